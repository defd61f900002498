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
	broadcasts map[netip.Addr]bool
	interfaces map[int]bool // nil: all
}

// Local tells whether an address is one of this host's.
func (v *View) Local(addr netip.Addr) bool { return v.addresses[addr.WithZone("")] }

// Outside tells whether an address can be another host's: it is neither ours nor the broadcast address of a network
// that we are in.
func (v *View) Outside(addr netip.Addr) bool { return !v.Local(addr) && !v.broadcasts[addr] }

// broadcastOf gives the last address of an IPv4 network, which nobody has (RFC 919).
func broadcastOf(addr netip.Addr, bits int) (netip.Addr, bool) {
	if !addr.Is4() || bits > 30 {
		return netip.Addr{}, false
	}
	last := addr.As4()
	for bit := bits; bit < 32; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	return netip.AddrFrom4(last), true
}

// Watches tells whether packets that arrive on an interface count.
func (v *View) Watches(index int) bool { return v.interfaces == nil || v.interfaces[index] }

// Bound is the set of ports with a listening TCP or any UDP socket.
type Bound map[step.Step]bool
