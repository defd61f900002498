package spaport

import (
	"golang.org/x/net/bpf"

	"sallyport/helper/internal/spa"
)

// MaxPorts bounds the ports of one filter.
const MaxPorts = 64

// Offsets of the kernel's own values (include/uapi/linux/filter.h): loads there do not touch the packet.
const (
	adOffset       = 0xfffff000
	packetType     = adOffset + 4
	hardwareType   = adOffset + 28
	packetHost     = 0
	loopbackDevice = 772 // ARPHRD_LOOPBACK
	// snap is what the filter passes on: the longest headers and the longest payload.
	snap = 60 + udpHeader + spa.MaxSize
)

// filter makes the kernel's program, for sockets whose packets begin at the IP header: whole UDP datagrams for this
// host, to one of the ports, of a size that an SPA packet can have.
func filter(ports []uint16, ipv6 bool) ([]bpf.RawInstruction, error) {
	var program []bpf.Instruction
	emit := func(ins ...bpf.Instruction) { program = append(program, ins...) }
	unless := func(cond bpf.JumpTest, value uint32) {
		emit(bpf.JumpIf{Cond: cond, Val: value, SkipTrue: 1}, bpf.RetConstant{Val: 0})
	}
	emit(bpf.LoadAbsolute{Off: packetType, Size: 4})
	unless(bpf.JumpEqual, packetHost)
	emit(bpf.LoadAbsolute{Off: hardwareType, Size: 4})
	unless(bpf.JumpNotEqual, loopbackDevice)
	if ipv6 {
		emit(bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6Header}, bpf.LoadAbsolute{Off: 6, Size: 1})
		unless(bpf.JumpEqual, protocolUDP)
	} else {
		emit(bpf.LoadAbsolute{Off: 6, Size: 2})
		unless(bpf.JumpBitsNotSet, 0x3fff) // no fragment
		emit(bpf.LoadAbsolute{Off: 9, Size: 1})
		unless(bpf.JumpEqual, protocolUDP)
		emit(bpf.LoadMemShift{Off: 0})
	}
	emit(bpf.LoadIndirect{Off: 4, Size: 2})
	unless(bpf.JumpGreaterOrEqual, udpHeader+spa.MinSize)
	unless(bpf.JumpLessOrEqual, udpHeader+spa.MaxSize)
	emit(bpf.LoadIndirect{Off: 2, Size: 2})
	for _, port := range ports {
		emit(bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1}, bpf.RetConstant{Val: snap})
	}
	emit(bpf.RetConstant{Val: 0})
	return bpf.Assemble(program)
}
