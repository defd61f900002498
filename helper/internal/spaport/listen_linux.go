package spaport

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	// receiveBuffer bounds what waits in the kernel, some hundred datagrams.
	receiveBuffer = 512 << 10
	batch         = 32
)

// Listener is a pair of packet sockets.
type Listener struct {
	fds  []unix.PollFd // IPv4, IPv6, and an eventfd that ends Run
	fair *fair
}

// Listen starts to queue datagrams to the ports.
func Listen(ports []uint16) (*Listener, error) {
	l := &Listener{fair: newFair(time.Now())}
	for _, ipv6 := range []bool{false, true} {
		program, err := filter(ports, ipv6)
		if err != nil {
			l.closeSockets()
			return nil, fmt.Errorf("capture SPA: %w", err)
		}
		fd, err := openSocket(ipv6, program)
		if err != nil {
			l.closeSockets()
			return nil, fmt.Errorf("capture SPA: %w", err)
		}
		l.fds = append(l.fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		l.closeSockets()
		return nil, fmt.Errorf("capture SPA: eventfd: %w", err)
	}
	l.fds = append(l.fds, unix.PollFd{Fd: int32(wake), Events: unix.POLLIN})
	return l, nil
}

// openSocket attaches the filter before the socket is bound to a protocol, so that nothing else is ever queued.
func openSocket(ipv6 bool, program []bpf.RawInstruction) (int, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, fmt.Errorf("open packet socket: %w", err)
	}
	raw := make([]unix.SockFilter, len(program))
	for i, ins := range program {
		raw[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(raw)), Filter: unsafe.SliceData(raw)})
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("attach filter: %w", err)
	}
	// Both save work or memory only.
	_ = unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	protocol := uint16(unix.ETH_P_IP)
	if ipv6 {
		protocol = unix.ETH_P_IPV6
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: protocol>>8 | protocol<<8}); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("bind packet socket: %w", err)
	}
	return fd, nil
}

// Run hands over datagrams until Stop. The payload is used again after handle returns.
func (l *Listener) Run(handle func(Datagram)) error {
	buffer := make([]byte, snap)
	fds := slices.Clone(l.fds)
	for {
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("capture SPA: poll: %w", err)
		}
		if fds[2].Revents != 0 {
			return nil
		}
		began := time.Now()
		for i := range fds[:2] {
			l.drain(int(fds[i].Fd), buffer, handle)
			// A pending socket error (an interface that went down) would make poll return at once for ever.
			if fds[i].Revents&unix.POLLERR != 0 {
				_, _ = unix.GetsockoptInt(int(fds[i].Fd), unix.SOL_SOCKET, unix.SO_ERROR)
			}
		}
		if rest := l.fair.pause(began, time.Now()); rest > 0 {
			time.Sleep(rest)
		}
	}
}

func (l *Listener) drain(fd int, buffer []byte, handle func(Datagram)) {
	for range batch {
		size, from, err := unix.Recvfrom(fd, buffer, unix.MSG_DONTWAIT)
		if err != nil {
			return
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		if !ok {
			continue
		}
		if d, ok := parse(buffer[:size]); ok && l.fair.admit(d.Source, time.Now()) {
			d.Interface = link.Ifindex
			handle(d)
		}
	}
}

// Stop makes Run return.
func (l *Listener) Stop() {
	_, _ = unix.Write(int(l.fds[2].Fd), []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

// Close frees the sockets; Run must have returned.
func (l *Listener) Close() { l.closeSockets() }

func (l *Listener) closeSockets() {
	for _, fd := range l.fds {
		unix.Close(int(fd.Fd))
	}
}
