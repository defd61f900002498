package testnet

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// mtu is what the kernel gives a TUN interface by itself.
const mtu = 1500

// OpenTunnel makes a TUN interface in a network namespace of ip-netns(8). What the kernel sends there is read from the
// file, an IP packet at a time, and what is written arrives there. The interface goes when the file is closed.
func OpenTunnel(namespace, device string) (*os.File, error) {
	var file *os.File
	var failed error
	err := inside(namespace, func() { file, failed = openTunnel(device) })
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, fmt.Errorf("tunnel %s in %s: %w", device, namespace, err)
	}
	return file, nil
}

func openTunnel(device string) (*os.File, error) {
	request, err := unix.NewIfreq(device)
	if err != nil {
		return nil, err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "/dev/net/tun"), nil // only now: what has no interface yet cannot be polled
}

// inside runs f on a thread of its own in a namespace.
func inside(namespace string, f func()) error {
	done := make(chan error)
	go func() {
		// The thread is not unlocked: it ends with the goroutine, and its namespace with it.
		runtime.LockOSThread()
		fd, err := unix.Open("/run/netns/"+namespace, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = unix.Setns(fd, unix.CLONE_NEWNET)
			unix.Close(fd)
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	return <-done
}

// Jitter is how long a link holds each packet back: anything from Least to Most, whatever the others have, so that packets
// that follow within the difference may overtake each other.
type Jitter struct{ Least, Most time.Duration }

func (j Jitter) delay() time.Duration { return j.Least + rand.N(j.Most-j.Least+1) }

// Carry joins two tunnels, both ways, and returns when one of them is closed.
func (j Jitter) Carry(a, b *os.File) error {
	ended := make(chan error, 2)
	for _, way := range [][2]*os.File{{a, b}, {b, a}} {
		go func() { ended <- j.carry(way[0], way[1]) }()
	}
	return <-ended
}

func (j Jitter) carry(from, to *os.File) error {
	buffer := make([]byte, mtu)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return err
		}
		packet := append([]byte(nil), buffer[:n]...)
		// An interface that is not up yet, or no longer, loses what it is sent, as any link does.
		time.AfterFunc(j.delay(), func() { _, _ = to.Write(packet) })
	}
}
