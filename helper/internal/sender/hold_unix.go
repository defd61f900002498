//go:build linux || darwin

package sender

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/sendjob"
)

// held keeps source ports from everyone else by bound, unconnected TCP sockets, for as long as the job runs. They never
// listen: an answer to a knock gets the kernel's RST.
type held struct {
	fds   []int
	ports []uint16 // by packet; 0 for those that are not TCP
}

// hold binds every source port of the job before anything is sent. Packets that ask for one port share one socket.
func hold(job sendjob.Job, own netip.Addr, index int) (held, *Fault) {
	h := held{ports: make([]uint16, len(job.Packets))}
	chosen := map[uint16]bool{}
	for i, p := range job.Packets {
		if p.TCP == nil {
			continue
		}
		want := p.TCP.SourcePort
		if want != 0 && chosen[want] {
			h.ports[i] = want
			continue
		}
		port, err := h.bind(own, want, index)
		switch {
		case errors.Is(err, unix.EADDRINUSE):
			h.close()
			return held{}, faultf(CodeBadJob, "packets[%d].sourcePort: expected a free port, %d is in use on this machine", i, want)
		case err != nil:
			h.close()
			return held{}, sendFault(err)
		case port < sendjob.MinSource:
			h.close()
			return held{}, faultf(CodeNetwork, "the kernel gave source port %d, below %d: check net.ipv4.ip_local_port_range", port, sendjob.MinSource)
		}
		chosen[port] = true
		h.ports[i] = port
	}
	return h, nil
}

func (h *held) bind(own netip.Addr, want uint16, index int) (uint16, error) {
	fd, err := openSocket(familyOf(own), unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	h.fds = append(h.fds, fd)
	if err := unix.Bind(fd, sockaddr(own, int(want), index)); err != nil {
		return 0, err
	}
	bound, err := unix.Getsockname(fd)
	if err != nil {
		return 0, err
	}
	switch bound := bound.(type) {
	case *unix.SockaddrInet4:
		return uint16(bound.Port), nil
	case *unix.SockaddrInet6:
		return uint16(bound.Port), nil
	}
	return 0, unix.EAFNOSUPPORT
}

func (h *held) close() {
	for _, fd := range h.fds {
		unix.Close(fd)
	}
	h.fds = nil
}
