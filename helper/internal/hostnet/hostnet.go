// Package hostnet follows what the daemon must know of its host: the local addresses, which interfaces bear
// the configured names, which ports have a socket, and the range that the host's own traffic leaves from.
// It asks netlink only, so it works where /proc is hidden, and needs no privilege.
package hostnet

import (
	"net/netip"

	"sallyport/helper/internal/step"
)

// View is the state of the host's network at a moment; it does not change.
type View struct {
	addresses  map[netip.Addr]bool
	interfaces map[int]bool // nil: all
}

// Local tells whether an address is one of this host's.
func (v *View) Local(addr netip.Addr) bool { return v.addresses[addr.WithZone("")] }

// Watches tells whether packets that arrive on an interface count.
func (v *View) Watches(index int) bool { return v.interfaces == nil || v.interfaces[index] }

// Bound is the set of ports with a listening TCP or any UDP socket.
type Bound map[step.Step]bool
