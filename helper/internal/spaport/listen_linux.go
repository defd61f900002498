package spaport

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/spa"
)

const (
	// receiveBuffer bounds what waits in the kernel, some thousand datagrams; the kernel doubles it.
	receiveBuffer = 1 << 20
	// After more than a few datagrams at once the reader naps, so that a flood costs one wake-up for many.
	few = 8
	nap = time.Millisecond
	// atOnce batches are taken at most before the time is looked at again.
	atOnce = 16
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
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	}
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
	// The work is this thread's, and measured as such: time in which others run is none.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	receiver := newReceiver()
	fds := slices.Clone(l.fds)
	for {
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("capture SPA: poll: %w", err)
		}
		if fds[2].Revents != 0 {
			return nil
		}
		before := threadTime()
		taken := 0
		for i := range fds[:2] {
			for range atOnce {
				n := l.drain(int(fds[i].Fd), receiver, handle)
				if taken += n; n < batch {
					break
				}
			}
			// A pending socket error (an interface that went down) would make poll return at once for ever.
			if fds[i].Revents&unix.POLLERR != 0 {
				_, _ = unix.GetsockoptInt(int(fds[i].Fd), unix.SOL_SOCKET, unix.SO_ERROR)
			}
		}
		if rest := l.fair.pause(threadTime()-before, time.Now()); rest > 0 {
			time.Sleep(rest)
		} else if taken > few {
			time.Sleep(nap)
		}
	}
}

// threadTime is the processor time of the calling thread (clock_gettime(2)).
func threadTime() time.Duration {
	var used unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used) // cannot fail on Linux
	return time.Duration(used.Nano())
}

// drain judges one batch and tells how large it was. Who sent a datagram decides first, because that costs the least.
func (l *Listener) drain(fd int, r *receiver, handle func(Datagram)) int {
	n := r.receive(fd)
	if n == 0 {
		return 0
	}
	now := time.Now()
	for i := range n {
		data, index := r.at(i)
		if d, ok := parse(data); ok && l.fair.admit(d.Source, now) && spa.Candidate(d.Payload) {
			d.Interface = index
			handle(d)
		}
	}
	return n
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
