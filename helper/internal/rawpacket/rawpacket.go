// Package rawpacket writes the bytes of the packets that sallyport-send puts on the wire by itself: TCP segments
// without data and ICMP echo requests, with their checksums, and the IPv4 or IPv6 header in front of them.
//
// Everything here is a pure function of its arguments; random numbers and addresses are the caller's.
package rawpacket

import (
	"encoding/binary"
	"net/netip"

	"sallyport/helper/internal/sendjob"
)

// IP protocol numbers (IANA).
const (
	ProtoICMP   = 1
	ProtoTCP    = 6
	ProtoICMPv6 = 58
)

// Segment is a TCP segment without data. Timestamp is the TSval of a plain SYN's timestamp option (RFC 7323).
type Segment struct {
	SourcePort, Port uint16
	Sequence         uint32
	Timestamp        uint32
	Flags            sendjob.Flags
}

// TCP writes the segment with its checksum over src and dst. A plain SYN carries the options and the window that an
// ordinary Linux connection starts with, so that a middlebox sees nothing unusual; other segments carry no options.
func TCP(src, dst netip.Addr, s Segment) []byte {
	var options []byte
	if s.Flags == sendjob.SYN {
		options = synOptions(dst, s.Timestamp)
	}
	b := make([]byte, 20, 20+len(options))
	binary.BigEndian.PutUint16(b[0:], s.SourcePort)
	binary.BigEndian.PutUint16(b[2:], s.Port)
	binary.BigEndian.PutUint32(b[4:], s.Sequence)
	b[12] = byte((20 + len(options)) / 4 << 4)
	b[13] = byte(s.Flags)
	binary.BigEndian.PutUint16(b[14:], 64240)
	b = append(b, options...)
	binary.BigEndian.PutUint16(b[16:], checksum(pseudoHeader(src, dst, ProtoTCP, len(b)), b))
	return b
}

func synOptions(dst netip.Addr, timestamp uint32) []byte {
	mss := uint16(1460) // a 1500-byte link less 40 bytes of headers
	if dst.Is6() {
		mss = 1440
	}
	o := []byte{2, 4, 0, 0, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7}
	binary.BigEndian.PutUint16(o[2:], mss)
	binary.BigEndian.PutUint32(o[8:], timestamp)
	return o
}

// Echo writes an echo request of the family of dst (RFC 792, RFC 4443) with payload zero bytes after its header. src
// matters for ICMPv6 only, whose checksum covers the addresses.
func Echo(src, dst netip.Addr, id, sequence uint16, payload int) []byte {
	b := make([]byte, 8+payload)
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], sequence)
	if dst.Is4() {
		b[0] = 8
		binary.BigEndian.PutUint16(b[2:], checksum(0, b))
		return b
	}
	b[0] = 128
	binary.BigEndian.PutUint16(b[2:], checksum(pseudoHeader(src, dst, ProtoICMPv6, len(b)), b))
	return b
}

// IP puts an IPv4 (RFC 791) or IPv6 (RFC 8200) header before payload. The IPv4 identification and header checksum stay
// zero: the kernel fills them in (raw(7), IP_HDRINCL).
func IP(src, dst netip.Addr, protocol, ttl uint8, payload []byte) []byte {
	if dst.Is4() {
		b := make([]byte, 20, 20+len(payload))
		b[0] = 0x45
		binary.BigEndian.PutUint16(b[2:], uint16(20+len(payload)))
		b[6] = 0x40 // don't fragment, as ordinary TCP does
		b[8], b[9] = ttl, protocol
		copy(b[12:], src.AsSlice())
		copy(b[16:], dst.AsSlice())
		return append(b, payload...)
	}
	b := make([]byte, 40, 40+len(payload))
	b[0] = 0x60
	binary.BigEndian.PutUint16(b[4:], uint16(len(payload)))
	b[6], b[7] = protocol, ttl
	copy(b[8:], src.AsSlice())
	copy(b[24:], dst.AsSlice())
	return append(b, payload...)
}

// pseudoHeader is the unfolded sum over addresses, length and protocol (RFC 9293 section 3.1, RFC 8200 section 8.1).
func pseudoHeader(src, dst netip.Addr, protocol, length int) uint64 {
	return sum(src.AsSlice()) + sum(dst.AsSlice()) + uint64(protocol) + uint64(length)
}

func checksum(start uint64, b []byte) uint16 {
	total := start + sum(b)
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	return ^uint16(total)
}

func sum(b []byte) uint64 {
	var total uint64
	for ; len(b) > 1; b = b[2:] {
		total += uint64(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		total += uint64(b[0]) << 8
	}
	return total
}
