package eventlog

import (
	"errors"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Room tells whether a line can be written to file without waiting. A pipe that says so takes 4 KiB (pipe(7), poll(2)).
func Room(file *os.File) bool {
	room := true
	conn, err := file.SyscallConn()
	if err != nil {
		return room
	}
	_ = conn.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(fds, 0)
		for errors.Is(err, unix.EINTR) {
			n, err = unix.Poll(fds, 0)
		}
		room = err != nil || n > 0 && fds[0].Revents&unix.POLLOUT != 0
	})
	return room
}

// sendNow sends a datagram, or fails where it would have to wait.
func sendNow(conn *net.UnixConn, datagram []byte) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		_, sent = syscall.Write(int(fd), datagram)
		return true
	})
	if err != nil {
		return err
	}
	return sent
}
