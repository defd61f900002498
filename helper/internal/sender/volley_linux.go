package sender

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/rawpacket"
	"sallyport/helper/internal/sendjob"
)

type volley struct {
	job    sendjob.Job
	to     target
	own    netip.Addr
	raw    raw
	ping   int // a ping socket, or -1: then ICMP goes through raw
	held   held
	random Random
}

func (v *volley) open() *Fault {
	for _, p := range v.job.Packets {
		switch {
		case p.TCP != nil && v.raw.err != nil:
			return noCapability("raw TCP", v.raw.err, capabilityHint())
		case p.ICMP != nil && v.ping < 0:
			if fault := v.openPing(); fault != nil {
				return fault
			}
		}
	}
	held, fault := hold(v.job, v.own, v.to.index)
	v.held = held
	return fault
}

// openPing takes an unprivileged ping socket (icmp(7), net.ipv4.ping_group_range) before a raw one.
func (v *volley) openPing() *Fault {
	protocol := unix.IPPROTO_ICMP
	if v.to.addr.Is6() {
		protocol = unix.IPPROTO_ICMPV6
	}
	fd, err := openSocket(v.to.family(), unix.SOCK_DGRAM, protocol)
	if err == nil {
		v.ping = fd
		return nil
	}
	if v.raw.err != nil {
		return noCapability("ICMP", err, pingHint)
	}
	return nil
}

// Send puts one packet on the wire.
func (v *volley) Send(index int) error {
	var err error
	switch p := v.job.Packets[index]; {
	case p.ICMP != nil && v.ping >= 0:
		err = v.sendPing(p)
	case p.ICMP != nil:
		protocol := uint8(rawpacket.ProtoICMP)
		if v.to.addr.Is6() {
			protocol = rawpacket.ProtoICMPv6
		}
		id, sequence := uint16(v.random()), uint16(v.random())
		err = v.sendRaw(p, protocol, rawpacket.Echo(v.own, v.to.addr, id, sequence, p.ICMP.Payload))
	case p.TCP != nil:
		segment := rawpacket.Segment{
			SourcePort: v.held.ports[index], Port: p.TCP.Port,
			Sequence: v.random(), Timestamp: v.random(), Flags: p.TCP.Flags,
		}
		err = v.sendRaw(p, rawpacket.ProtoTCP, rawpacket.TCP(v.own, v.to.addr, segment))
	}
	if err != nil {
		return sendFault(err)
	}
	return nil
}

func (v *volley) sendRaw(p sendjob.Packet, protocol uint8, payload []byte) error {
	ttl := p.TTL
	if ttl == 0 {
		ttl = v.raw.ttl
	}
	packet := rawpacket.IP(v.own, v.to.addr, protocol, ttl, payload)
	return unix.Sendto(v.raw.fd, packet, 0, v.to.sockaddr(0))
}

// sendPing leaves identifier and checksum to the kernel, as ping sockets do.
func (v *volley) sendPing(p sendjob.Packet) error {
	level, option := unix.IPPROTO_IP, unix.IP_TTL
	if v.to.addr.Is6() {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	ttl := -1 // the system's default (ip(7), ipv6(7))
	if p.TTL != 0 {
		ttl = int(p.TTL)
	}
	if err := unix.SetsockoptInt(v.ping, level, option, ttl); err != nil {
		return err
	}
	echo := rawpacket.Echo(v.own, v.to.addr, 0, uint16(v.random()), p.ICMP.Payload)
	return unix.Sendto(v.ping, echo, 0, v.to.sockaddr(0))
}

// Close frees the source ports and the ping socket.
func (v *volley) Close() {
	v.held.close()
	if v.ping >= 0 {
		unix.Close(v.ping)
		v.ping = -1
	}
}

func noCapability(what string, err error, hint string) *Fault {
	return &Fault{Code: CodeNoCapability, Message: what + " is not allowed for this user: " + err.Error(), Hint: hint}
}
