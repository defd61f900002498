package knockdaemon

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/step"
)

const (
	maxKnockdConf = 4 << 20
	anyInterface  = "any"
)

// Config is a knockd configuration with its one-time lists.
type Config struct {
	*knockdconf.Config
	// Pads are by door, nil for doors without a list.
	Pads []*onetime.Pad
}

// Load reads a knockd.conf and the one-time lists that it names. The error is daemonconfig.Problems, or that of
// opening the file.
func Load(path string) (*Config, error) {
	data, info, err := daemonconfig.ReadFile(path, maxKnockdConf)
	if err != nil {
		return nil, fmt.Errorf("read the config: %w", err)
	}
	config, err := knockdconf.Parse(path, data)
	if err != nil {
		return nil, err
	}
	k := &Config{Config: config, Pads: make([]*onetime.Pad, len(config.Doors))}
	var problems daemonconfig.Problems
	for i := range config.Doors {
		door := &config.Doors[i]
		if door.OneTimeFile == "" {
			continue
		}
		pad, err := onetime.OpenPad(door.OneTimeFile, padSteps)
		if err != nil {
			problems = append(problems, daemonconfig.Problem{File: path, Line: door.Line, Message: fmt.Sprintf("section %q: %v", door.Name, err)})
			continue
		}
		k.Pads[i], door.Steps = pad, pad.Active.Steps
		for _, fault := range pad.Faults {
			k.warn("%s:%d: this line is skipped: %v", pad.Path, fault.Number, fault.Err)
		}
		if pad.Left == 0 {
			k.warn("%s:%d: section %q: every sequence in %s is used; this door stays shut", path, door.Line, door.Name, pad.Path)
		}
	}
	if problem, open := daemonconfig.OpenToAll(path, info.Mode()); open { // and run as root what they like
		problems = append(problems, problem)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if k.only() && !exists(k.Interface) {
		k.warn("%s: there is no interface %q now; knocks count from the moment there is", path, k.Interface)
	}
	return k, nil
}

func (k *Config) warn(format string, args ...any) {
	k.Warnings = append(k.Warnings, fmt.Sprintf(format, args...))
}

// only tells whether one interface is named.
func (k *Config) only() bool { return k.Interface != "" && k.Interface != anyInterface }

// loopback tells whether the interface is the loopback one, for trying things out.
func (k *Config) loopback() bool {
	if !k.only() {
		return false
	}
	device, err := net.InterfaceByName(k.Interface)
	return err == nil && device.Flags&net.FlagLoopback != 0
}

func exists(name string) bool {
	_, err := net.InterfaceByName(name)
	return err == nil
}

// StateDir is where owed stop commands are kept unless something else is asked for: a directory for each
// configuration, outside of the one that belongs to the daemon's unprivileged user.
func StateDir(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	return filepath.Join("/var/lib/sallyport-knockd", nameOf(absolute))
}

// nameOf makes a path into the name of a file.
func nameOf(path string) string {
	name := []byte(filepath.Clean(path))
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-'
		if !letter {
			name[i] = '_'
		}
	}
	if len(name) > 200 {
		name = name[len(name)-200:]
	}
	return string(name)
}

// padSteps reads a sequence as knockd does, but skips what could never be knocked and would block the list.
func padSteps(text string) ([]step.Step, error) {
	steps, _, err := knockdconf.ParseSequence(text)
	if err == nil && slices.ContainsFunc(steps, func(s step.Step) bool { return s.Value == 0 }) {
		err = fmt.Errorf("there is no port 0; expected steps such as 7000,8000:udp")
	}
	return steps, err
}
