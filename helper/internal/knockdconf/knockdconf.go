// Package knockdconf reads the configuration of knockd 0.8 as knockd itself does: the same directives, aliases and
// defaults, and the oddities that existing files rely on. Unlike knockd it reports everything that is wrong at
// once, with file and line, and warns where knockd silently does something that nobody can have meant. It is pure:
// it opens no file that the configuration names.
package knockdconf

import (
	"net/netip"
	"time"

	"sallyport/helper/internal/step"
)

// What knockd does when a directive is missing (knockd(1)).
const (
	DefaultTimeout   = 25 * time.Second
	DefaultStopAfter = 10 * time.Second
	MaxSteps         = 32
)

// Config is a checked knockd.conf.
type Config struct {
	UseSyslog bool
	// LogFile is empty when nothing is logged to a file.
	LogFile string
	// PidFile is read and not used: knockd writes it only as a daemon.
	PidFile string
	// Interface is empty when the file names none.
	Interface string
	Doors     []Door
	// Lines is where each directive of [options] stands last, by its name in lower case.
	Lines map[string]int
	// Warnings are things that work but that a person should know, with file and line.
	Warnings []string
}

// Door is one section: a sequence and what is run after it.
type Door struct {
	Name string
	Line int
	// Lines is where each directive stands last, by its first name in lower case: start_command, not command.
	Lines map[string]int
	// Steps are never ICMP; port 0 is possible and matches no packet. Empty when OneTimeFile is set and alone.
	Steps       []step.Step
	OneTimeFile string
	// Timeout is for the whole sequence, counted from its first step.
	Timeout time.Duration
	Flags   Flags
	// Target is the destination address to look for; the zero value means the host's own.
	Target      netip.Addr
	Start, Stop Command
	// StopAfter is the time between the end of the start command and the stop command.
	StopAfter time.Duration
}

// Command is a shell command for each address family; %IP% stands for the knocker's address.
type Command struct {
	IPv4 string
	// IPv6 is used for IPv6 when HasIPv6, even if it is empty, which means to do nothing.
	IPv6    string
	HasIPv6 bool
}

// For gives the command for a knocker's address, empty for none.
func (c Command) For(knocker netip.Addr) string {
	if knocker.Is6() && c.HasIPv6 {
		return c.IPv6
	}
	return c.IPv4
}

// Flags is which TCP flags a packet must carry: those in Mask as they are in Want. The zero value takes any.
type Flags struct{ Mask, Want uint8 }

// Accept tells whether a packet with these flags counts.
func (f Flags) Accept(flags uint8) bool { return flags&f.Mask == f.Want }
