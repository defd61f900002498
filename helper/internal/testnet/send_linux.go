package testnet

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/step"
)

// Sender sends knock packets from one address to another through raw sockets, which is fast enough for scans.
// Checksums are left out: packet sockets and the gate come before anything that would check them, and the
// host behind stays quiet.
type Sender struct {
	ns         *Namespace
	fds        map[step.Protocol]int
	to         unix.Sockaddr
	v6         bool
	SourcePort uint16
}

// NewSender binds raw sockets to an address inside the namespace; they are closed with the test.
func (ns *Namespace) NewSender(from, to string) *Sender {
	ns.t.Helper()
	source, destination := netip.MustParseAddr(from), netip.MustParseAddr(to)
	s := &Sender{ns: ns, fds: map[step.Protocol]int{}, to: sockaddr(destination), v6: destination.Is6(), SourcePort: 40000}
	family, icmp := unix.AF_INET, unix.IPPROTO_ICMP
	if s.v6 {
		family, icmp = unix.AF_INET6, unix.IPPROTO_ICMPV6
	}
	ns.Do(func() {
		for protocol, number := range map[step.Protocol]int{step.TCP: unix.IPPROTO_TCP, step.UDP: unix.IPPROTO_UDP, step.ICMP: icmp} {
			fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, number)
			if err != nil {
				ns.t.Errorf("raw socket: %v", err)
				return
			}
			if err := unix.Bind(fd, sockaddr(source)); err != nil {
				ns.t.Errorf("bind raw socket to %s: %v", from, err)
			}
			s.fds[protocol] = fd
			ns.t.Cleanup(func() { unix.Close(fd) })
		}
	})
	return s
}

func sockaddr(addr netip.Addr) unix.Sockaddr {
	if addr.Is4() {
		return &unix.SockaddrInet4{Addr: addr.As4()}
	}
	return &unix.SockaddrInet6{Addr: addr.As16()}
}

// Send sends the steps, TCP ones as pure SYNs.
func (s *Sender) Send(steps ...step.Step) {
	s.ns.t.Helper()
	for _, one := range steps {
		s.SendFlags(one, 0x02)
	}
}

// Knock sends the steps with a gap between them.
func (s *Sender) Knock(gap time.Duration, steps ...step.Step) {
	s.ns.t.Helper()
	for i, one := range steps {
		if i > 0 {
			time.Sleep(gap)
		}
		s.Send(one)
	}
}

// SendFlags sends one step with chosen TCP flags.
func (s *Sender) SendFlags(one step.Step, flags byte) {
	s.ns.t.Helper()
	var packet []byte
	switch one.Protocol {
	case step.TCP:
		packet = make([]byte, 20)
		packet[12], packet[13] = 5<<4, flags
	case step.UDP:
		packet = make([]byte, 9)
		binary.BigEndian.PutUint16(packet[4:], 9)
		packet[7] = 1 // a checksum that is wrong, so that nobody answers
	case step.ICMP:
		packet = make([]byte, 8+int(one.Value))
		packet[0] = 8
		if s.v6 {
			packet[0] = 128
		}
	}
	if one.Protocol != step.ICMP {
		binary.BigEndian.PutUint16(packet[0:], s.SourcePort)
		binary.BigEndian.PutUint16(packet[2:], one.Value)
	}
	if err := unix.Sendto(s.fds[one.Protocol], packet, 0, s.to); err != nil {
		s.ns.t.Fatalf("send %s: %v", one, err)
	}
}
