package capture

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// socket is one cooked packet socket: the kernel strips the link header, so bridges, VLANs, PPP and tunnels
// look alike. It is not bound to an interface, so interfaces may come and go.
type socket struct {
	fd   int
	ring ring // nil memory when the kernel refused one
}

// openSocket attaches the filter before the socket is bound to a protocol, so that no unexpected packet is
// ever queued (packet(7): protocol 0 receives nothing).
func openSocket(protocol uint16, filter []bpf.RawInstruction, blocks int) (*socket, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		if errors.Is(err, unix.EPERM) {
			err = fmt.Errorf("%w (is CAP_NET_RAW missing?)", err)
		}
		return nil, fmt.Errorf("open packet socket: %w", err)
	}
	s := &socket{fd: fd}
	if err := s.attach(filter); err != nil {
		unix.Close(fd)
		return nil, err
	}
	// Both save work only; kernels before 4.20 lack the first.
	_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	s.ring, _ = mapRing(fd, blocks)
	address := &unix.SockaddrLinklayer{Protocol: protocol>>8 | protocol<<8}
	if err := unix.Bind(fd, address); err != nil {
		s.close()
		return nil, fmt.Errorf("bind packet socket: %w", err)
	}
	return s, nil
}

// attach replaces the filter; there is no moment without one.
func (s *socket) attach(filter []bpf.RawInstruction) error {
	program := make([]unix.SockFilter, len(filter))
	for i, ins := range filter {
		program[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	err := unix.SetsockoptSockFprog(s.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: unsafe.SliceData(program)})
	if err != nil {
		return fmt.Errorf("attach filter of %d instructions: %w", len(program), err)
	}
	return nil
}

// drain calls handle for what is waiting, at most limit packets, and returns how many there were.
func (s *socket) drain(buffer []byte, limit int, handle func(data []byte, interfaceIndex int)) int {
	if s.ring.memory != nil {
		return s.ring.drain(limit, handle)
	}
	for n := range limit {
		size, from, err := unix.Recvfrom(s.fd, buffer, unix.MSG_DONTWAIT)
		if err != nil {
			return n
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		if ok {
			handle(buffer[:size], link.Ifindex)
		}
	}
	return limit
}

func (s *socket) close() {
	if s.ring.memory != nil {
		_ = unix.Munmap(s.ring.memory)
	}
	unix.Close(s.fd)
}
