package sender

import (
	"strconv"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/sendjob"
)

// Sockets are the sockets that need a privilege. They are opened before any input is read, so that the privilege can be
// given up first. A missing one is no error until a job needs it.
type Sockets struct {
	raw4, raw6 raw
}

// raw is a socket that we write whole IP packets to. Its protocol is IPPROTO_RAW, which receives nothing by design
// (raw(7)): no TCP and no ICMP packet of this machine is ever copied to it.
type raw struct {
	fd  int
	ttl uint8 // the system's default
	err error
}

// Open opens what the kernel lets this process open. Close is the process's end.
func Open() *Sockets {
	return &Sockets{raw4: openRaw(unix.AF_INET), raw6: openRaw(unix.AF_INET6)}
}

func openRaw(family int) raw {
	fd, err := openSocket(family, unix.SOCK_RAW, unix.IPPROTO_RAW)
	if err != nil {
		return raw{fd: -1, err: err}
	}
	level, option := unix.IPPROTO_IP, unix.IP_TTL
	if family == unix.AF_INET6 {
		level, option = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS
	}
	ttl, err := unix.GetsockoptInt(fd, level, option)
	if err != nil || ttl < 1 || ttl > 255 {
		ttl = 64
	}
	return raw{fd: fd, ttl: uint8(ttl)}
}

func (s *Sockets) raw(t target) raw {
	if t.addr.Is4() {
		return s.raw4
	}
	return s.raw6
}

// Probe says what Load would find now. It sends nothing.
func (s *Sockets) Probe() Probe {
	ping := func(family, protocol int, r raw) bool {
		fd, err := openSocket(family, unix.SOCK_DGRAM, protocol)
		if err == nil {
			unix.Close(fd)
		}
		return err == nil || r.err == nil
	}
	p := Probe{
		ICMP:   ping(unix.AF_INET, unix.IPPROTO_ICMP, s.raw4),
		ICMP6:  ping(unix.AF_INET6, unix.IPPROTO_ICMPV6, s.raw6),
		RawTCP: s.raw4.err == nil,
	}
	switch {
	case !p.RawTCP:
		p.Hint = capabilityHint()
	case !p.ICMP6:
		p.Hint = "IPv6 is off on this machine"
	}
	return p
}

// openSocket opens a socket that drops whatever arrives: a filter that accepts nothing is attached before it could have
// been connected or bound, and its receive side is shut.
func openSocket(family, kind, protocol int) (int, error) {
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, err
	}
	if kind == unix.SOCK_STREAM {
		return fd, nil // never connected and never listening: nothing can arrive
	}
	dropAll := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}
	program := unix.SockFprog{Len: 1, Filter: &dropAll[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
		unix.Close(fd)
		return -1, err
	}
	_ = unix.Shutdown(fd, unix.SHUT_RD) // ENOTCONN on datagram sockets; the filter holds by itself
	return fd, nil
}

// interfaceIndex finds a zone's interface. Package net could too, but it may link cgo, where Shed cannot work.
func interfaceIndex(zone string) (int, error) {
	if index, err := strconv.Atoi(zone); err == nil && index > 0 {
		return index, nil
	}
	request, err := unix.NewIfreq(zone)
	if err != nil {
		return 0, err
	}
	fd, err := openSocket(unix.AF_INET6, unix.SOCK_DGRAM, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request); err != nil {
		return 0, err
	}
	return int(request.Uint32()), nil
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
	v := &volley{job: job, to: to, own: own, raw: s.raw(to), ping: -1, random: random}
	if fault := v.open(); fault != nil {
		v.Close()
		return nil, fault
	}
	return v, nil
}
