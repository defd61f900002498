package knockdimport

import (
	"fmt"
	"strings"

	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

// flags writes tcpflags where sallyportd would not take a pure SYN for the same.
func (i *importer) flags(d *judged) {
	line := d.Lines["tcpflags"]
	if line == 0 {
		i.note(d.Line, "no tcpflags: knockd took any packet; sallyportd takes the first packet of a connection (a pure SYN), which is what every client sends")
		return
	}
	text := flagText(d.Flags)
	if parsed, err := matcher.ParseTCPFlags(text); err != nil || parsed.OnlyPureSYN() {
		i.note(line, "tcpflags → the first packet of a connection, which is what sallyportd takes by itself")
		return
	}
	fmt.Fprintf(&i.out, "  tcpflags = %s\n", quote(text))
	i.note(line, "tcpflags → tcpflags; \"syn\" is safer, because other packets belong to ordinary connections")
}

func flagText(f knockdconf.Flags) string {
	var names []string
	for bit, name := range []string{"fin", "syn", "rst", "psh", "ack", "urg"} {
		switch mask := uint8(1) << bit; {
		case f.Mask&mask == 0:
		case f.Want&mask == 0:
			names = append(names, "!"+name)
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// leftovers tells of directives that have no place in the new config.
func (i *importer) leftovers(d *judged) {
	if line := d.Lines["target"]; line != 0 {
		i.note(line, "target: left out; sallyportd hears knocks for any address of this host and for no other. If %s is another machine's, this door cannot be knocked", d.Target)
	}
	for key, command := range map[string]knockdconf.Command{"start_command_6": d.Start, "stop_command_6": d.Stop} {
		line := d.Lines[key]
		switch {
		case line == 0:
		case command.IPv6 == "":
			i.note(line, "%s: left out; IPv6 knocks did nothing, now they open the door for the IPv6 address", key)
		default:
			i.note(line, "%s: left out; the door opens for the address that knocked, of either family", key)
		}
	}
	if d.Stop.For(d.Target) == "" && d.Lines["cmd_timeout"] != 0 {
		i.note(d.Lines["cmd_timeout"], "cmd_timeout: left out; there is no stop command that it is about")
	}
}

// leaveOut writes a door as a comment.
func (i *importer) leaveOut(d *knockdconf.Door, why error) {
	fmt.Fprintf(&i.out, "\n# [%s], line %d, is left out: %s\n", comment(d.Name), d.Line, comment(why.Error()))
	for _, one := range []struct{ key, value string }{
		{"start_command", d.Start.IPv4}, {"start_command_6", d.Start.IPv6}, {"stop_command", d.Stop.IPv4}, {"stop_command_6", d.Stop.IPv6},
	} {
		if one.value != "" {
			fmt.Fprintf(&i.out, "#   %s = %s\n", one.key, comment(one.value))
		}
	}
	i.note(d.Line, "[%s] is left out: %v. Write a [[door]] for it, or keep this section with run --knockd-conf", d.Name, why)
}

// usable tells why sallyportd would refuse a sequence.
func (i *importer) usable(steps []step.Step) error {
	if len(steps) < fewestSteps {
		return fmt.Errorf("its sequence has %d steps and sallyportd takes no fewer than %d, because short ones are found by chance", len(steps), fewestSteps)
	}
	for n, one := range steps {
		if one.Value == 0 {
			return fmt.Errorf("step %d of its sequence is port 0, which no packet has", n+1)
		}
		if n > 0 && one == steps[n-1] {
			return fmt.Errorf("steps %d and %d of its sequence are the same, and sallyportd ignores doubled packets", n, n+1)
		}
	}
	for _, other := range i.used {
		if contains(steps, other.steps) || contains(other.steps, steps) {
			return fmt.Errorf("its sequence and that of [%s] are the same or one is part of the other, so that one knock would mean both", other.door)
		}
	}
	return nil
}

func contains(long, short []step.Step) bool {
	text, part := ","+step.Format(long)+",", ","+step.Format(short)+","
	return strings.Contains(text, part)
}

// name makes a section's name one that sallyportd takes and that no other door has.
func (i *importer) name(section string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._@-", r):
			return r
		}
		return '-'
	}, section)
	clean = strings.TrimLeft(clean, "._@-")
	if clean == "" {
		clean = "door"
	}
	clean = clean[:min(len(clean), longestNames)]
	for i.names[clean] > 0 {
		i.names[clean]++
		clean = fmt.Sprintf("%s-%d", clean, i.names[clean])
	}
	i.names[clean]++
	return clean
}
