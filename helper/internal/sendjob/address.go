package sendjob

import (
	"fmt"
	"net/netip"
)

func parseAddress(o object) (netip.Addr, error) {
	const expected = "an IPv4 or IPv6 literal"
	text, err := o.text("address", expected)
	if err != nil {
		return netip.Addr{}, err
	}
	if len(text) > 64 {
		return netip.Addr{}, fmt.Errorf("address: expected %s, got %d bytes", expected, len(text))
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("address: expected %s, got %s", expected, quote([]byte(text)))
	}
	if reason := notUnicast(addr); reason != "" {
		return netip.Addr{}, fmt.Errorf("address: expected the address of one host, got %s, %s", quote([]byte(text)), reason)
	}
	linkLocal := addr.Is6() && addr.IsLinkLocalUnicast()
	if addr.Zone() != "" && !linkLocal {
		return netip.Addr{}, fmt.Errorf("address: a zone (%%…) belongs to link-local addresses only, got %s", quote([]byte(text)))
	}
	if linkLocal && addr.Zone() == "" {
		return netip.Addr{}, fmt.Errorf("address: a link-local address needs its interface (fe80::1%%eth0), got %s", quote([]byte(text)))
	}
	return addr, nil
}

// notUnicast says why an address cannot be knocked at, or nothing.
func notUnicast(addr netip.Addr) string {
	switch {
	case addr.Is4In6():
		return "an IPv4-mapped address (write it as IPv4)"
	case addr.IsUnspecified():
		return "the unspecified address"
	case addr.IsMulticast():
		return "a multicast address"
	case addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return "the broadcast address"
	}
	return ""
}
