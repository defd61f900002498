// Package capture reads the packets that a knock is made of from the kernel, before any firewall sees them:
// TCP, UDP and echo requests for this host, over IPv4 and IPv6, on every interface. Packet sockets see what
// arrives at closed ports; nothing is ever sent or answered. Whatever the packet holds, parsing only ever
// says "a hit" or "not one".
package capture

import (
	"encoding/binary"
	"net/netip"

	"sallyport/helper/internal/step"
)

// Packet is one first fragment with a complete header.
type Packet struct {
	Source, Destination netip.Addr
	Step                step.Step
	// Flags are the TCP flags, 0 for other protocols.
	Flags uint8
	// Interface is the index of the interface it arrived on.
	Interface int
}

const (
	protocolICMP, protocolTCP, protocolUDP, protocolICMPv6 = 1, 6, 17, 58
	ipv4Header, ipv6Header, tcpHeader, portHeader          = 20, 40, 20, 8
	maxExtensions                                          = 8
)

// parse reads a packet from its IP header on. data may be cut off after the headers. Sources that nobody outside can
// have are no packets, but for loopback ones where they are asked for.
func parse(data []byte, loopback bool) (Packet, bool) {
	if len(data) == 0 {
		return Packet{}, false
	}
	var p Packet
	var ok bool
	switch data[0] >> 4 {
	case 4:
		p, ok = parseIPv4(data)
	case 6:
		p, ok = parseIPv6(data)
	}
	return p, ok && (plausible(p.Source) || loopback && p.Source.IsLoopback())
}

// parseIPv4 reads RFC 791 headers.
func parseIPv4(data []byte) (Packet, bool) {
	if len(data) < ipv4Header {
		return Packet{}, false
	}
	header := int(data[0]&0x0f) * 4
	total := int(binary.BigEndian.Uint16(data[2:]))
	fragment := binary.BigEndian.Uint16(data[6:])
	if header < ipv4Header || total < header || len(data) < header || fragment&0x1fff != 0 {
		return Packet{}, false
	}
	p := Packet{
		Source:      netip.AddrFrom4([4]byte(data[12:16])),
		Destination: netip.AddrFrom4([4]byte(data[16:20])),
	}
	more := fragment&0x2000 != 0
	ok := p.transport(data[header:], data[9], total-header, more)
	return p, ok
}

// parseIPv6 reads RFC 8200 headers and walks over the extension headers.
func parseIPv6(data []byte) (Packet, bool) {
	if len(data) < ipv6Header {
		return Packet{}, false
	}
	p := Packet{
		Source:      netip.AddrFrom16([16]byte(data[8:24])),
		Destination: netip.AddrFrom16([16]byte(data[24:40])),
	}
	next, rest, length, more := data[6], data[ipv6Header:], int(binary.BigEndian.Uint16(data[4:])), false
	for range maxExtensions {
		size := 8
		switch next {
		case 0, 43, 60: // hop-by-hop options, routing, destination options
			if len(rest) < 8 {
				return Packet{}, false
			}
			size = 8 * (int(rest[1]) + 1)
		case 44: // fragment
			if len(rest) < 8 {
				return Packet{}, false
			}
			offset := binary.BigEndian.Uint16(rest[2:])
			if offset&0xfff8 != 0 {
				return Packet{}, false
			}
			more = offset&1 != 0
		default:
			ok := p.transport(rest, next, length, more)
			return p, ok
		}
		if len(rest) < size || length < size {
			return Packet{}, false
		}
		next, rest, length = rest[0], rest[size:], length-size
	}
	return Packet{}, false
}

// transport reads the header after the IP headers; length is what the IP header says is left, more whether
// further fragments follow.
func (p *Packet) transport(data []byte, protocol byte, length int, more bool) bool {
	if length < portHeader || len(data) < portHeader {
		return false
	}
	port := binary.BigEndian.Uint16(data[2:])
	switch {
	case protocol == protocolTCP && length >= tcpHeader && len(data) >= tcpHeader && port != 0:
		p.Step, p.Flags = step.Step{Protocol: step.TCP, Value: port}, data[13]
		return true
	case protocol == protocolUDP && port != 0:
		p.Step = step.Step{Protocol: step.UDP, Value: port}
		return true
	case (protocol == protocolICMP && p.Source.Is4() && data[0] == 8 || protocol == protocolICMPv6 && p.Source.Is6() && data[0] == 128) &&
		data[1] == 0 && !more: // the size of a fragmented echo is not known from its first fragment
		p.Step = step.Step{Protocol: step.ICMP, Value: uint16(length - portHeader)}
		return true
	}
	return false
}

// plausible refuses source addresses that nobody outside can have.
func plausible(source netip.Addr) bool {
	return !source.IsLoopback() && !source.IsMulticast() && !source.IsUnspecified() && !source.Is4In6() &&
		source != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
