package gate

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/nft"
	"sallyport/helper/internal/step"
)

// portElements writes the ranges of one protocol as interval elements: a start, and an end one past the last.
func portElements(ranges []PortRange, protocol step.Protocol) []nft.Element {
	var chosen []PortRange
	for _, r := range ranges {
		if r.Protocol == protocol {
			chosen = append(chosen, r)
		}
	}
	slices.SortFunc(chosen, func(a, b PortRange) int { return cmp.Compare(a.Low, b.Low) })
	var elements []nft.Element
	for i := 0; i < len(chosen); {
		low, high := chosen[i].Low, int(chosen[i].High)
		for i++; i < len(chosen) && int(chosen[i].Low) <= high+1; i++ {
			high = max(high, int(chosen[i].High))
		}
		elements = append(elements, nft.Element{Key: binary.BigEndian.AppendUint16(nil, low)})
		if high < 65535 {
			elements = append(elements, nft.Element{Key: binary.BigEndian.AppendUint16(nil, uint16(high+1)), IntervalEnd: true})
		}
	}
	return elements
}

// prefixElements writes the prefixes of one family as interval elements; overlapping ones are merged, because
// the kernel refuses them.
func prefixElements(prefixes []netip.Prefix, v4 bool) []nft.Element {
	var chosen []netip.Prefix
	for _, p := range prefixes {
		if p.Addr().Is4() == v4 {
			chosen = append(chosen, p.Masked())
		}
	}
	slices.SortFunc(chosen, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) })
	var elements []nft.Element
	for i := 0; i < len(chosen); {
		first, last := chosen[i].Addr(), lastAddress(chosen[i])
		for i++; i < len(chosen) && (chosen[i].Addr().Compare(last) <= 0 || chosen[i].Addr() == last.Next()); i++ {
			if end := lastAddress(chosen[i]); end.Compare(last) > 0 {
				last = end
			}
		}
		elements = append(elements, nft.Element{Key: first.AsSlice()})
		if next := last.Next(); next.IsValid() {
			elements = append(elements, nft.Element{Key: next.AsSlice(), IntervalEnd: true})
		}
	}
	return elements
}

func lastAddress(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

func interfaceElements(names []string) []nft.Element {
	elements := make([]nft.Element, 0, len(names))
	for _, name := range names {
		key := make([]byte, unix.IFNAMSIZ)
		copy(key, name)
		elements = append(elements, nft.Element{Key: key})
	}
	return elements
}

// key is the concatenation address . protocol . port, each part padded to four bytes.
func (e Element) key() []byte {
	key := e.Addr.AsSlice()
	number := byte(unix.IPPROTO_TCP)
	if e.Protocol == step.UDP {
		number = unix.IPPROTO_UDP
	}
	key = append(key, number, 0, 0, 0)
	key = binary.BigEndian.AppendUint16(key, e.Port)
	return append(key, 0, 0)
}

func elementFromKey(key []byte) (Element, bool) {
	addr, ok := netip.AddrFromSlice(key[:max(0, len(key)-8)])
	if !ok {
		return Element{}, false
	}
	rest := key[len(key)-8:]
	e := Element{Addr: addr, Protocol: step.TCP, Port: binary.BigEndian.Uint16(rest[4:6])}
	switch rest[0] {
	case unix.IPPROTO_TCP:
	case unix.IPPROTO_UDP:
		e.Protocol = step.UDP
	default:
		return Element{}, false
	}
	return e, true
}
