//go:build linux || darwin

package sender

import (
	"errors"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// target is where a job goes, as the kernel wants it.
type target struct {
	addr  netip.Addr
	index int // of the interface that the zone names; 0 without one
}

func aim(addr netip.Addr) (target, *Fault) {
	t := target{addr: addr.WithZone("")}
	if zone := addr.Zone(); zone != "" {
		index, err := interfaceIndex(zone)
		if err != nil {
			return target{}, faultf(CodeNoRoute, "there is no interface %s here", strconv.QuoteToASCII(zone))
		}
		t.index = index
	}
	return t, nil
}

func (t target) family() int { return familyOf(t.addr) }

func familyOf(addr netip.Addr) int {
	if addr.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func (t target) sockaddr(port int) unix.Sockaddr {
	return sockaddr(t.addr, port, t.index)
}

func sockaddr(addr netip.Addr, port, index int) unix.Sockaddr {
	if addr.Is4() {
		return &unix.SockaddrInet4{Port: port, Addr: addr.As4()}
	}
	return &unix.SockaddrInet6{Port: port, Addr: addr.As16(), ZoneId: uint32(index)}
}

// source asks the kernel which of our addresses it would send from. Connecting a UDP socket chooses a route and sends
// nothing (ip(7)), and a broadcast address is refused there with EACCES.
func (t target) source() (netip.Addr, *Fault) {
	fd, err := openSocket(t.family(), unix.SOCK_DGRAM, 0)
	if err != nil {
		return netip.Addr{}, sendFault(err)
	}
	defer unix.Close(fd)
	const discard = 9 // any port serves: nothing leaves
	if err := unix.Connect(fd, t.sockaddr(discard)); err != nil {
		if errors.Is(err, unix.EACCES) {
			return netip.Addr{}, faultf(CodeBadJob, "address: expected the address of one host, got %s, a broadcast address on this network", t.addr)
		}
		return netip.Addr{}, sendFault(err)
	}
	own, err := unix.Getsockname(fd)
	if err != nil {
		return netip.Addr{}, sendFault(err)
	}
	switch own := own.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(own.Addr), nil
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(own.Addr), nil
	}
	return netip.Addr{}, faultf(CodeInternal, "the kernel named no source address for %s", t.addr)
}

// sendFault puts what the kernel said into a fault.
func sendFault(err error) *Fault {
	switch {
	case errors.Is(err, unix.ENETUNREACH), errors.Is(err, unix.EHOSTUNREACH), errors.Is(err, unix.EADDRNOTAVAIL),
		errors.Is(err, unix.ENETDOWN), errors.Is(err, unix.ENODEV), errors.Is(err, unix.EAFNOSUPPORT):
		return &Fault{Code: CodeNoRoute, Message: "this machine has no way to that address: " + err.Error(), Hint: "check that its network, and IPv6 for an IPv6 address, is up"}
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return &Fault{Code: CodeNetwork, Message: "the kernel refused to send: " + err.Error(), Hint: "a firewall on this machine may drop what it sends"}
	}
	return &Fault{Code: CodeNetwork, Message: "the kernel refused to send: " + err.Error()}
}
