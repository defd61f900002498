package knockdconf

import (
	"bytes"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"sallyport/helper/internal/daemonconfig"
)

const (
	space = " \t\r\n\v\f"
	// MaxLine is where knockd's buffer ends; it would read the rest as another line.
	MaxLine = 4096
	// maxName is how much of a section's name knockd keeps.
	maxName = 127
	options = "options"
)

// aliases are the other names of directives.
var aliases = map[string]string{"timeout": "seq_timeout", "command": "start_command", "command_6": "start_command_6"}

type parser struct {
	file     string
	line     int
	config   *Config
	section  string // the name, empty before the first
	problems daemonconfig.Problems
	// hasSequence is for each door whether it has one, even an unusable one.
	hasSequence []bool
}

// Parse reads the text of a knockd.conf. The error is daemonconfig.Problems.
func Parse(file string, data []byte) (*Config, error) {
	p := &parser{file: file, config: &Config{Lines: map[string]int{}}}
	for raw := range bytes.Lines(data) {
		p.line++
		if len(raw) > MaxLine {
			p.fail("a line of %d bytes; expected at most %d", len(raw), MaxLine)
			continue
		}
		p.read(strings.Trim(string(raw), space))
	}
	for i, door := range p.config.Doors {
		if !p.hasSequence[i] {
			p.line = door.Line
			p.fail("section %q has no sequence; expected sequence = … or one_time_sequences = …", door.Name)
		}
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	if len(p.config.Doors) == 0 {
		p.line = max(p.line, 1)
		p.warn("there is no door: no knock does anything")
	}
	return p.config, nil
}

func (p *parser) fail(format string, args ...any) {
	p.problems = append(p.problems, daemonconfig.Problem{File: p.file, Line: p.line, Message: fmt.Sprintf(format, args...)})
}

func (p *parser) warn(format string, args ...any) {
	p.config.Warnings = append(p.config.Warnings,
		daemonconfig.Problem{File: p.file, Line: p.line, Message: fmt.Sprintf(format, args...)}.String())
}

func (p *parser) read(text string) {
	switch {
	case text == "" || text[0] == '#':
	case strings.ContainsRune(text, 0):
		p.fail("there is a NUL byte in this line; expected text")
	case text[0] == '[' && text[len(text)-1] == ']':
		p.open(text[1 : len(text)-1])
	case p.section == "":
		p.fail("this line stands before the first section; expected [options] or a door such as [openSSH]")
	default:
		key, value, hasValue := strings.Cut(text, "=")
		p.directive(strings.ToLower(strings.Trim(key, space)), strings.Trim(value, space), hasValue)
	}
}

func (p *parser) open(name string) {
	if name == "" {
		p.fail("a section without a name; expected [options] or a door such as [openSSH]")
		return
	}
	if len(name) > maxName {
		name = name[:maxName]
		p.warn("the name of this section is cut to %d bytes, as knockd does", maxName)
	}
	p.section = name
	if name == options {
		return
	}
	if strings.EqualFold(name, options) {
		p.warn("[%s] is a door to knockd; only [options] in lower case holds the global directives", name)
	}
	p.config.Doors = append(p.config.Doors, Door{Name: name, Line: p.line, Lines: map[string]int{}, Timeout: DefaultTimeout, StopAfter: DefaultStopAfter})
	p.hasSequence = append(p.hasSequence, false)
}

func (p *parser) directive(key, value string, hasValue bool) {
	if p.section == options {
		p.global(key, value, hasValue)
		return
	}
	if !hasValue {
		p.fail("%q has no value; expected directive = value", key)
		return
	}
	p.ofDoor(&p.config.Doors[len(p.config.Doors)-1], key, value)
}

func (p *parser) global(key, value string, hasValue bool) {
	p.config.Lines[key] = p.line
	if key == "usesyslog" {
		if p.config.UseSyslog = true; hasValue {
			p.fail("UseSyslog takes no value; expected the bare word")
		}
		return
	}
	targets := map[string]*string{"logfile": &p.config.LogFile, "pidfile": &p.config.PidFile, "interface": &p.config.Interface}
	target, known := targets[key]
	switch {
	case !known:
		p.fail("%q is no directive of [options]; expected UseSyslog, LogFile, PidFile or Interface", key)
	case !hasValue:
		p.fail("%q has no value; expected directive = value", key)
	default:
		*target = value
	}
}

func (p *parser) ofDoor(door *Door, key, value string) {
	var err error
	if first, is := aliases[key]; is {
		key = first
	}
	door.Lines[key] = p.line
	switch key {
	case "sequence":
		p.hasSequence[len(p.hasSequence)-1] = true
		var notes []string
		door.Steps, notes, err = ParseSequence(value)
		for _, note := range notes {
			p.warn("sequence: %s", note)
		}
	case "one_time_sequences":
		p.hasSequence[len(p.hasSequence)-1] = true
		if door.OneTimeFile = value; value == "" {
			err = fmt.Errorf("expected the path of a file")
		}
	case "seq_timeout":
		door.Timeout = p.seconds(key, value)
	case "cmd_timeout":
		if door.StopAfter = p.seconds(key, value); door.StopAfter < 0 {
			door.StopAfter = 0
			p.warn("%s = %s: knockd would wait for more than a century; the stop command is run at once", key, value)
		}
	case "tcpflags":
		door.Flags, err = ParseFlags(value)
	case "target":
		if door.Target, err = netip.ParseAddr(value); err != nil || door.Target.Zone() != "" || door.Target.Is4In6() {
			err = fmt.Errorf("%q is not an IP address; expected one such as 192.0.2.1 or 2001:db8::1", value)
		}
	case "start_command":
		door.Start.IPv4 = value
	case "start_command_6":
		door.Start.IPv6, door.Start.HasIPv6 = value, true
	case "stop_command":
		door.Stop.IPv4 = value
	case "stop_command_6":
		door.Stop.IPv6, door.Stop.HasIPv6 = value, true
	default:
		err = fmt.Errorf("no such directive of a door; expected sequence, one_time_sequences, seq_timeout, tcpflags, target, start_command, start_command_6, cmd_timeout, stop_command or stop_command_6")
	}
	if err != nil {
		p.fail("%s: %v", key, err)
	}
}

// seconds reads whole seconds as atoi(3) does.
func (p *parser) seconds(key, value string) time.Duration {
	n, whole := atoi(value)
	if !whole {
		p.warn("%s = %s: read as %d, as knockd does", key, value, n)
	}
	if key != "cmd_timeout" && n <= 0 {
		p.warn("%s = %s: no time at all; only a sequence of one step can be completed", key, value)
	}
	return time.Duration(min(n, math.MaxInt32)) * time.Second
}
