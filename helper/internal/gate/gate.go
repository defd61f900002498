// Package gate keeps ports closed in the kernel until an address holds a grant. It owns one nftables
// table, "inet sallyport", which only ever drops, so it composes with every other firewall. A grant is a
// set element with a kernel timeout: a door closes by itself even when this process is gone, and the
// table outlives the process, so a crash never opens anything. Every change is one atomic batch.
package gate

import (
	"errors"
	"net/netip"
	"time"

	"sallyport/helper/internal/step"
)

// ErrHeld means that another running process owns the table.
var ErrHeld = errors.New("the table inet sallyport belongs to another running process (another sallyportd?)")

// MaxLabel is the longest label in bytes that the kernel keeps beside an element.
const MaxLabel = 127

// PortRange is a gated range of ports, inclusive; Protocol is TCP or UDP.
type PortRange struct {
	Protocol  step.Protocol
	Low, High uint16
}

// Config is what the gate keeps closed and for whom it does not.
type Config struct {
	Ports       []PortRange
	AlwaysAllow []netip.Prefix
	// Interfaces limits the gate to packets that arrive there; empty means all but loopback.
	Interfaces []string
	// Trial makes a gate that vanishes with its process, so that whoever locked himself out only has to wait for
	// its end or cause it. Confirm makes it lasting.
	Trial bool
	// Panic lets everybody in; grants are kept for when it ends.
	Panic bool
	// WithoutOwner does without the table flags owner and persist, as on kernels before 6.9: the gate then
	// follows nftables events and puts back what somebody removed.
	WithoutOwner bool
	// Report is told what the kernel refused and what was put back. It may be called from another goroutine.
	Report func(what string, err error)
}

// Element is one hole in the gate: this address may start connections to this port.
type Element struct {
	Addr     netip.Addr
	Protocol step.Protocol
	Port     uint16
}

// Grant is an element with the time that it has left; setting one with no time left removes it.
type Grant struct {
	Element
	Left time.Duration
	// Label is kept beside the element in the kernel, so that a restarted daemon knows whose grant it was.
	Label string
}

// State is what `status` shows.
type State struct {
	// Mode is "owned" (nobody else can change the table) or "followed" (removals are noticed and undone).
	Mode string `json:"mode"`
	// Trial and Panic are as configured.
	Trial bool `json:"trial"`
	Panic bool `json:"panic"`
	// Restored counts how often the table had to be put back.
	Restored int `json:"restored"`
	// Refused lists what this kernel would not do; the gate works without it.
	Refused []string `json:"refused,omitempty"`
}
