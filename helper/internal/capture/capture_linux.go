package capture

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

const (
	blocksIPv4, blocksIPv6 = 12, 4
	batch                  = 256
)

// Filters are the kernel programs for the two address families.
type Filters struct{ IPv4, IPv6 []bpf.RawInstruction }

// Capture is a pair of packet sockets. Run is for one goroutine; the other methods are for any.
type Capture struct {
	ipv4, ipv6 *socket
	wake       int // eventfd that ends Run
	loopback   atomic.Bool
}

// Open starts to queue packets that the filters pass.
func Open(filters Filters) (*Capture, error) { return open(filters, blocksIPv4, blocksIPv6) }

func open(filters Filters, blocks4, blocks6 int) (*Capture, error) {
	c := &Capture{wake: -1}
	var err error
	if c.ipv4, err = openSocket(unix.ETH_P_IP, filters.IPv4, blocks4); err != nil {
		return nil, fmt.Errorf("capture IPv4: %w", err)
	}
	if c.ipv6, err = openSocket(unix.ETH_P_IPV6, filters.IPv6, blocks6); err != nil {
		c.ipv4.close()
		return nil, fmt.Errorf("capture IPv6: %w", err)
	}
	if c.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		c.Close()
		return nil, fmt.Errorf("capture: eventfd: %w", err)
	}
	return c, nil
}

// SetFilters replaces both filters.
func (c *Capture) SetFilters(filters Filters) error {
	return errors.Join(c.ipv4.attach(filters.IPv4), c.ipv6.attach(filters.IPv6))
}

// TakeLoopback says whether loopback addresses count as sources; at first they do not.
func (c *Capture) TakeLoopback(take bool) { c.loopback.Store(take) }

// Ring tells whether packets come through memory-mapped rings.
func (c *Capture) Ring() bool { return c.ipv4.ring.memory != nil && c.ipv6.ring.memory != nil }

// Run hands over packets in batches until Stop. The slice is used again after handle returns.
func (c *Capture) Run(handle func([]Packet)) error {
	buffer := make([]byte, 2048)
	packets := make([]Packet, 0, batch)
	collect := func(data []byte, index int) {
		if p, ok := parse(data, c.loopback.Load()); ok {
			p.Interface = index
			packets = append(packets, p)
		}
	}
	fds := []unix.PollFd{
		{Fd: int32(c.ipv4.fd), Events: unix.POLLIN}, {Fd: int32(c.ipv6.fd), Events: unix.POLLIN}, {Fd: int32(c.wake), Events: unix.POLLIN},
	}
	var pace pace
	for {
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("capture: poll: %w", err)
		}
		if fds[2].Revents != 0 {
			return nil
		}
		taken, more := 0, false
		for _, s := range []*socket{c.ipv4, c.ipv6} {
			packets = packets[:0]
			n := s.drain(buffer, batch, collect)
			taken, more = taken+n, more || n == batch
			if len(packets) > 0 {
				handle(packets)
			}
		}
		// A pending socket error (an interface that went down) would make poll return at once for ever.
		for i, s := range []*socket{c.ipv4, c.ipv6} {
			if fds[i].Revents&unix.POLLERR != 0 {
				_, _ = unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
			}
		}
		if sleep := pace.nap(time.Now(), taken); sleep > 0 && !more {
			c.sleep(sleep)
		}
	}
}

// sleep waits without telling Go's scheduler, which would wake its other threads some thousand times a second to look
// after one that sleeps in the kernel; that cost more than the packets. Stop, and a signal of the collector, end it.
func (c *Capture) sleep(d time.Duration) {
	wake := [1]unix.PollFd{{Fd: int32(c.wake), Events: unix.POLLIN}}
	limit := unix.NsecToTimespec(d.Nanoseconds())
	_, _, _ = unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&wake)), 1, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if runtime.GOMAXPROCS(0) == 1 {
		runtime.Gosched() // nobody else could have run meanwhile
	}
}

// Stop makes Run return.
func (c *Capture) Stop() {
	_, _ = unix.Write(c.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

// Close frees the sockets; Run must have returned.
func (c *Capture) Close() {
	for _, s := range []*socket{c.ipv4, c.ipv6} {
		if s != nil {
			s.close()
		}
	}
	if c.wake >= 0 {
		unix.Close(c.wake)
	}
}
