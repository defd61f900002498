package sender

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/rawpacket"
	"sallyport/helper/internal/sendjob"
)

// rawHint is said when raw TCP is refused: macOS has no capability to grant.
const rawHint = "raw TCP needs root on macOS; plain TCP knocks (flags syn only) and UDP knocks do not"

// Sockets holds nothing on macOS: ping sockets need no privilege and raw ones need root.
type Sockets struct{}

// Open has nothing to open ahead of the job.
func Open() *Sockets { return &Sockets{} }

// Shed has nothing to give up: macOS has no file capabilities, and root is the person's own choice.
func (s *Sockets) Shed() *Fault { return nil }

// Probe says what Load would find now. It sends nothing.
func (s *Sockets) Probe() Probe {
	try := func(family, kind, protocol int) bool {
		fd, err := openSocket(family, kind, protocol)
		if err == nil {
			unix.Close(fd)
		}
		return err == nil
	}
	p := Probe{
		ICMP:   try(unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP),
		ICMP6:  try(unix.AF_INET6, unix.SOCK_DGRAM, unix.IPPROTO_ICMPV6),
		RawTCP: try(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP),
	}
	if !p.RawTCP {
		p.Hint = rawHint
	}
	return p
}

func openSocket(family, kind, protocol int) (int, error) {
	fd, err := unix.Socket(family, kind, protocol)
	if err != nil {
		return -1, err
	}
	unix.CloseOnExec(fd)
	if kind != unix.SOCK_STREAM {
		_ = unix.Shutdown(fd, unix.SHUT_RD) // refused on some datagram sockets; nothing here ever reads
	}
	return fd, nil
}

func interfaceIndex(zone string) (int, error) {
	ifi, err := net.InterfaceByName(zone)
	if err != nil {
		return 0, err
	}
	return ifi.Index, nil
}

type volley struct {
	job       sendjob.Job
	to        target
	own       netip.Addr
	ping, raw int
	held      held
	random    Random
}

// Load has everything that the job needs, or says what is missing. It sends nothing.
func (s *Sockets) Load(job sendjob.Job, random Random) (Volley, *Fault) {
	to, fault := aim(job.Address)
	if fault != nil {
		return nil, fault
	}
	own, fault := to.source()
	if fault != nil {
		return nil, fault
	}
	v := &volley{job: job, to: to, own: own, ping: -1, raw: -1, random: random}
	if fault := v.open(); fault != nil {
		v.Close()
		return nil, fault
	}
	return v, nil
}

func (v *volley) open() *Fault {
	icmp := unix.IPPROTO_ICMP
	if v.to.addr.Is6() {
		icmp = unix.IPPROTO_ICMPV6
	}
	var err error
	for _, p := range v.job.Packets {
		switch {
		case p.TCP != nil && v.raw < 0:
			if v.raw, err = openSocket(v.to.family(), unix.SOCK_RAW, unix.IPPROTO_TCP); err != nil {
				return &Fault{Code: CodeNoCapability, Message: "raw TCP is not allowed for this user: " + err.Error(), Hint: rawHint}
			}
		case p.ICMP != nil && v.ping < 0:
			if v.ping, err = openSocket(v.to.family(), unix.SOCK_DGRAM, icmp); err != nil {
				return &Fault{Code: CodeNoCapability, Message: "ICMP is not allowed for this user: " + err.Error()}
			}
		}
	}
	held, fault := hold(v.job, v.own, v.to.index)
	v.held = held
	return fault
}

// Send puts one packet on the wire; the kernel writes the IP header.
func (v *volley) Send(index int) error {
	p := v.job.Packets[index]
	fd, payload := v.ping, []byte(nil)
	if p.ICMP != nil {
		payload = rawpacket.Echo(v.own, v.to.addr, uint16(v.random()), uint16(v.random()), p.ICMP.Payload)
	} else {
		fd = v.raw
		payload = rawpacket.TCP(v.own, v.to.addr, rawpacket.Segment{
			SourcePort: v.held.ports[index], Port: p.TCP.Port,
			Sequence: v.random(), Timestamp: v.random(), Flags: p.TCP.Flags,
		})
	}
	level, option := unix.IPPROTO_IP, unix.IP_TTL
	if v.to.addr.Is6() {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	ttl := 64 // macOS's default (net.inet.ip.ttl), set again after a packet that chose its own
	if p.TTL != 0 {
		ttl = int(p.TTL)
	}
	err := unix.SetsockoptInt(fd, level, option, ttl)
	if err == nil {
		err = unix.Sendto(fd, payload, 0, v.to.sockaddr(0))
	}
	if err != nil {
		return sendFault(err)
	}
	return nil
}

// Close frees the source ports and the sockets.
func (v *volley) Close() {
	v.held.close()
	for _, fd := range []int{v.ping, v.raw} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
	v.ping, v.raw = -1, -1
}
