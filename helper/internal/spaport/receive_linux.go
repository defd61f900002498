package spaport

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is how many datagrams one system call takes.
const batch = 32

// message is struct mmsghdr (recvmmsg(2)).
type message struct {
	header unix.Msghdr
	length uint32
}

// receiver takes datagrams in batches into memory of its own.
type receiver struct {
	messages [batch]message
	names    [batch]unix.RawSockaddrLinklayer
	vectors  [batch]unix.Iovec
	buffers  [batch][snap]byte
}

func newReceiver() *receiver {
	r := &receiver{}
	for i := range r.messages {
		r.vectors[i].Base = &r.buffers[i][0]
		r.vectors[i].SetLen(snap)
		h := &r.messages[i].header
		h.Name, h.Iov = (*byte)(unsafe.Pointer(&r.names[i])), &r.vectors[i]
		h.SetIovlen(1)
	}
	return r
}

// receive takes what waits and tells how much there is.
func (r *receiver) receive(fd int) int {
	for i := range r.messages {
		r.messages[i].header.Namelen = unix.SizeofSockaddrLinklayer
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&r.messages[0])), batch, unix.MSG_DONTWAIT, 0, 0)
	runtime.KeepAlive(r)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// at gives a datagram from its IP header on, and the interface it came in on.
func (r *receiver) at(i int) (data []byte, index int) {
	return r.buffers[i][:min(int(r.messages[i].length), snap)], int(r.names[i].Ifindex)
}
