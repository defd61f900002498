// Package spaport takes UDP datagrams to chosen ports from packet sockets, before any firewall and without an
// open port: nothing is answered, and a port scan sees what it sees at any closed port. A filter in the kernel
// passes only datagrams that can be SPA packets by their size. However many come, the reader works about a
// quarter of the time, the kernel drops the rest, and no one source can use up what is left of it.
package spaport

import (
	"encoding/binary"
	"net/netip"
)

// Datagram is one unfragmented UDP datagram. Its payload is valid until the handler returns.
type Datagram struct {
	Source, Destination netip.Addr
	Port                uint16
	// Interface is the index of the interface it arrived on.
	Interface int
	Payload   []byte
}

const (
	ipv4Header, ipv6Header, udpHeader = 20, 40, 8
	protocolUDP                       = 17
)

// parse reads a datagram from its IP header on (RFC 791, RFC 8200 without extension headers, RFC 768). What its
// payload is does not matter here.
func parse(data []byte) (d Datagram, ok bool) {
	if len(data) == 0 {
		return d, false
	}
	switch data[0] >> 4 {
	case 4:
		header := int(data[0]&0x0f) * 4
		if len(data) < ipv4Header || header < ipv4Header || len(data) < header {
			return d, false
		}
		total := int(binary.BigEndian.Uint16(data[2:]))
		fragment := binary.BigEndian.Uint16(data[6:])
		if total < header || total > len(data) || fragment&0x3fff != 0 || data[9] != protocolUDP {
			return d, false
		}
		d.Source, d.Destination = netip.AddrFrom4([4]byte(data[12:16])), netip.AddrFrom4([4]byte(data[16:20]))
		return d, d.udp(data[header:total])
	case 6:
		if len(data) < ipv6Header || data[6] != protocolUDP {
			return d, false
		}
		length := int(binary.BigEndian.Uint16(data[4:]))
		if ipv6Header+length > len(data) {
			return d, false
		}
		d.Source, d.Destination = netip.AddrFrom16([16]byte(data[8:24])), netip.AddrFrom16([16]byte(data[24:40]))
		return d, d.udp(data[ipv6Header : ipv6Header+length])
	}
	return d, false
}

func (d *Datagram) udp(data []byte) bool {
	if len(data) < udpHeader {
		return false
	}
	length := int(binary.BigEndian.Uint16(data[4:]))
	if length < udpHeader || length > len(data) {
		return false
	}
	d.Port, d.Payload = binary.BigEndian.Uint16(data[2:]), data[udpHeader:length]
	return Grantable(d.Source)
}

// Grantable tells whether an address can be somebody outside who is to be let in.
func Grantable(addr netip.Addr) bool {
	return addr.IsValid() && !addr.IsUnspecified() && !addr.IsLoopback() && !addr.IsMulticast() && !addr.Is4In6() &&
		addr != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
