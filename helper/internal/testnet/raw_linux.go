package testnet

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// Raw sends hand-made IP packets and hears TCP answers; checksums are right, because these packets are to get past
// the host's own checks.
type Raw struct {
	ns       *Namespace
	send     int
	hear     int
	from, to netip.Addr
}

// NewRaw opens raw sockets in the namespace; they are closed with the test.
func (ns *Namespace) NewRaw(from, to string) *Raw {
	ns.t.Helper()
	r := &Raw{ns: ns, from: netip.MustParseAddr(from), to: netip.MustParseAddr(to)}
	family := unix.AF_INET
	if r.from.Is6() {
		family = unix.AF_INET6
	}
	var err error
	ns.Do(func() {
		if r.send, err = unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW); err != nil {
			return
		}
		r.hear, err = unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	})
	if err != nil {
		ns.t.Fatalf("raw sockets: %v", err)
	}
	ns.t.Cleanup(func() { unix.Close(r.send); unix.Close(r.hear) })
	return r
}

// To is where the packets go.
func (r *Raw) To() netip.Addr { return r.to }

// Segment is a TCP header with flags and data, with its checksum.
func (r *Raw) Segment(source, port uint16, sequence uint32, flags byte, data []byte) []byte {
	s := make([]byte, 20, 20+len(data))
	binary.BigEndian.PutUint16(s, source)
	binary.BigEndian.PutUint16(s[2:], port)
	binary.BigEndian.PutUint32(s[4:], sequence)
	s[12], s[13] = 5<<4, flags
	binary.BigEndian.PutUint16(s[14:], 64000)
	s = append(s, data...)
	binary.BigEndian.PutUint16(s[16:], r.checksum(unix.IPPROTO_TCP, s))
	return s
}

func (r *Raw) checksum(protocol byte, payload []byte) uint16 {
	pseudo := append(r.from.AsSlice(), r.to.AsSlice()...)
	pseudo = append(pseudo, 0, protocol)
	pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(payload)))
	var sum uint32
	for _, part := range [][]byte{pseudo, payload} {
		for i := 0; i < len(part); i += 2 {
			word := uint32(part[i]) << 8
			if i+1 < len(part) {
				word |= uint32(part[i+1])
			}
			sum += word
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// Send wraps a payload into an IP header. fragment is IPv4's field of flags and offset; IPv6 fragments come with
// their own extension header as payload.
func (r *Raw) Send(protocol byte, fragment uint16, payload []byte) {
	r.ns.t.Helper()
	var packet []byte
	if r.from.Is4() {
		packet = make([]byte, 20)
		packet[0], packet[8], packet[9] = 0x45, 64, protocol
		binary.BigEndian.PutUint16(packet[2:], uint16(20+len(payload)))
		binary.BigEndian.PutUint16(packet[4:], 4242)
		binary.BigEndian.PutUint16(packet[6:], fragment)
		copy(packet[12:], r.from.AsSlice())
		copy(packet[16:], r.to.AsSlice())
	} else {
		packet = make([]byte, 40)
		packet[0], packet[6], packet[7] = 0x60, protocol, 64
		binary.BigEndian.PutUint16(packet[4:], uint16(len(payload)))
		copy(packet[8:], r.from.AsSlice())
		copy(packet[24:], r.to.AsSlice())
	}
	if err := unix.Sendto(r.send, append(packet, payload...), 0, sockaddr(r.to)); err != nil {
		r.ns.t.Fatalf("send a raw packet: %v", err)
	}
}

// Answers tells whether a TCP segment from port to source comes within the time, and its flags.
func (r *Raw) Answers(port, source uint16, wait time.Duration) (flags byte, answered bool) {
	r.ns.t.Helper()
	buffer := make([]byte, 2048)
	for end := time.Now().Add(wait); ; {
		left := time.Until(end)
		if left <= 0 {
			return 0, false
		}
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(r.hear), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
		if err != nil && err != unix.EINTR {
			r.ns.t.Fatalf("poll: %v", err)
		}
		if ready <= 0 {
			continue
		}
		n, _, err := unix.Recvfrom(r.hear, buffer, unix.MSG_DONTWAIT)
		if err != nil {
			continue
		}
		segment := buffer[:n]
		if r.from.Is4() && n > 0 { // IPv4 raw sockets give the IP header as well
			segment = segment[min(n, int(segment[0]&0x0f)*4):]
		}
		if len(segment) >= 20 && binary.BigEndian.Uint16(segment) == port && binary.BigEndian.Uint16(segment[2:]) == source {
			return segment[13], true
		}
	}
}

// SpoofSYN sends a SYN in somebody else's name. Nobody looks at its checksum before the knock is heard.
func (r *Raw) SpoofSYN(from netip.Addr, port uint16) {
	r.ns.t.Helper()
	spoofed := *r
	spoofed.from = from
	segment := make([]byte, 20)
	binary.BigEndian.PutUint16(segment, 40000)
	binary.BigEndian.PutUint16(segment[2:], port)
	segment[12], segment[13] = 5<<4, 0x02
	spoofed.Send(unix.IPPROTO_TCP, 0, segment)
}
