package capture

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A memory-mapped ring of frames (PACKET_RX_RING, TPACKET_V2; Documentation/networking/packet_mmap.rst).
// Version 2 wakes the reader for every frame, where version 3 would wait for a block to fill.
const (
	frameSize      = 192 // header and address take 80, which leaves watchset.Snap bytes
	blockSize      = 32 << 10
	framesPerBlock = blockSize / frameSize
	tpacketV2      = 1
	// The link-layer address lies behind the header, aligned to 16 (TPACKET2_HDRLEN).
	addressOffset = 32
)

type ring struct {
	memory []byte
	frames int
	next   int
}

func mapRing(fd, blocks int) (ring, error) {
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, tpacketV2); err != nil {
		return ring{}, err
	}
	request := &unix.TpacketReq{
		Block_size: blockSize, Block_nr: uint32(blocks), Frame_size: frameSize, Frame_nr: uint32(blocks * framesPerBlock),
	}
	if err := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, request); err != nil {
		return ring{}, err
	}
	memory, err := unix.Mmap(fd, 0, blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		// Without the mapping the ring must go, or the kernel would fill it and recv would see nothing.
		_ = unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq{})
		return ring{}, err
	}
	return ring{memory: memory, frames: blocks * framesPerBlock}, nil
}

func (r *ring) drain(limit int, handle func(data []byte, interfaceIndex int)) int {
	for n := range limit {
		offset := r.next/framesPerBlock*blockSize + r.next%framesPerBlock*frameSize
		frame := r.memory[offset : offset+frameSize]
		header := (*unix.Tpacket2Hdr)(unsafe.Pointer(&frame[0]))
		if atomic.LoadUint32(&header.Status)&unix.TP_STATUS_USER == 0 {
			return n
		}
		start, length := int(header.Net), int(header.Snaplen)
		if start+length <= frameSize {
			link := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&frame[addressOffset]))
			handle(frame[start:start+length], int(link.Ifindex))
		}
		atomic.StoreUint32(&header.Status, unix.TP_STATUS_KERNEL)
		r.next = (r.next + 1) % r.frames
	}
	return limit
}
