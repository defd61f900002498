package watchset

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/net/bpf"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

// Snap is how many bytes of a packet, from its IP header, the filter passes on.
const Snap = 112

// Offsets of the kernel's own values (include/uapi/linux/filter.h): loads there do not touch the packet.
const (
	adOffset       = 0xfffff000
	packetType     = adOffset + 4
	hardwareType   = adOffset + 28
	packetHost     = 0
	packetOthers   = 3   // PACKET_OTHERHOST; broadcast and multicast come before it
	loopbackDevice = 772 // ARPHRD_LOOPBACK
)

// Filter is the kernel's half of the decision, for sockets whose packets begin at the IP header. It may pass
// more than Classify takes (ports with ordinary traffic, rare IPv6 headers) but never less.
func (s *Set) Filter(ipv6 bool) ([]bpf.RawInstruction, error) {
	f := filter{set: s}
	f.drop, f.pass, f.tcp, f.udp, f.icmp = f.label(), f.label(), f.label(), f.label(), f.label()
	f.emit(bpf.LoadAbsolute{Off: packetType, Size: 4})
	f.jumpUnless(bpf.JumpEqual, packetHost, f.drop)
	f.emit(bpf.LoadAbsolute{Off: hardwareType, Size: 4})
	f.jumpIf(bpf.JumpEqual, loopbackDevice, f.drop)
	if ipv6 {
		f.ipv6()
	} else {
		f.ipv4()
	}
	f.transport()
	f.bind(f.drop)
	f.emit(bpf.RetConstant{Val: 0})
	f.bind(f.pass)
	f.emit(bpf.RetConstant{Val: Snap})
	return f.assemble()
}

type filter struct {
	assembler
	set                        *Set
	drop, pass, tcp, udp, icmp label
}

// ipv4 leaves the header length in X and jumps by protocol; ICMP with the payload size in A.
func (f *filter) ipv4() {
	f.emit(bpf.LoadAbsolute{Off: 6, Size: 2})
	f.jumpIf(bpf.JumpBitsSet, 0x1fff, f.drop) // not a first fragment
	f.emit(bpf.LoadMemShift{Off: 0}, bpf.LoadAbsolute{Off: 9, Size: 1})
	f.jumpIf(bpf.JumpEqual, 6, f.tcp)
	f.jumpIf(bpf.JumpEqual, 17, f.udp)
	f.jumpUnless(bpf.JumpEqual, 1, f.drop)
	f.emit(bpf.LoadIndirect{Off: 0, Size: 2})
	f.jumpUnless(bpf.JumpEqual, 0x0800, f.drop) // echo request, code 0
	f.emit(
		bpf.LoadAbsolute{Off: 2, Size: 2},
		bpf.ALUOpX{Op: bpf.ALUOpSub},
		bpf.ALUOpConstant{Op: bpf.ALUOpSub, Val: 8},
	)
	f.jump(f.icmp)
}

// ipv6 does the same; packets with extension headers are passed on, because this language has no loops.
func (f *filter) ipv6() {
	f.emit(bpf.LoadConstant{Dst: bpf.RegX, Val: 40}, bpf.LoadAbsolute{Off: 6, Size: 1})
	f.jumpIf(bpf.JumpEqual, 6, f.tcp)
	f.jumpIf(bpf.JumpEqual, 17, f.udp)
	for _, extension := range []uint32{0, 43, 44, 60} {
		f.jumpIf(bpf.JumpEqual, extension, f.pass)
	}
	f.jumpUnless(bpf.JumpEqual, 58, f.drop)
	f.emit(bpf.LoadIndirect{Off: 0, Size: 2})
	f.jumpUnless(bpf.JumpEqual, 0x8000, f.drop)
	f.emit(bpf.LoadAbsolute{Off: 4, Size: 2}, bpf.ALUOpConstant{Op: bpf.ALUOpSub, Val: 8})
	f.jump(f.icmp)
}

func (f *filter) transport() {
	f.bind(f.tcp)
	ports := f.label()
	for _, flags := range append([]matcher.TCPFlags{matcher.PureSYN}, f.set.flags...) {
		f.emit(bpf.LoadIndirect{Off: 13, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: uint32(flags.Mask)})
		f.jumpIf(bpf.JumpEqual, uint32(flags.Want), ports)
	}
	f.jump(f.drop)
	f.bind(ports)
	f.emit(bpf.LoadIndirect{Off: 2, Size: 2})
	f.watched(step.TCP)
	f.bind(f.udp)
	f.emit(bpf.LoadIndirect{Off: 2, Size: 2})
	f.watched(step.UDP)
	f.bind(f.icmp)
	if !f.set.hasICMP {
		f.jump(f.drop)
		return
	}
	f.jump(f.pass)
}

// watched passes the packet whose port is in A when it is a step, a neighbour or a decoy.
func (f *filter) watched(protocol step.Protocol) {
	if len(f.set.steps) > TooManyPorts {
		f.jump(f.pass)
		return
	}
	decoys := f.label()
	f.search(f.set.ranges(protocol), decoys)
	f.bind(decoys)
	d := f.set.decoys[protocol]
	f.emit(bpf.ALUOpConstant{Op: bpf.ALUOpXor, Val: uint32(d.mask)})
	f.round(d.first, firstShift)
	f.round(d.second, secondShift)
	f.emit(bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: classMask})
	f.jumpIf(bpf.JumpEqual, uint32(d.class), f.pass)
	f.jump(f.drop)
}

func (f *filter) round(factor uint16, shift uint32) {
	f.emit(
		bpf.ALUOpConstant{Op: bpf.ALUOpMul, Val: uint32(factor)},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0xffff},
		bpf.TAX{},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: shift},
		bpf.ALUOpX{Op: bpf.ALUOpXor},
	)
}

// portRange is a run of watched ports, inclusive.
type portRange struct{ low, high uint16 }

// search is a binary search over sorted ranges, written out.
func (f *filter) search(ranges []portRange, otherwise label) {
	if len(ranges) <= 3 {
		for _, r := range ranges {
			next := f.label()
			f.jumpUnless(bpf.JumpGreaterOrEqual, uint32(r.low), next)
			f.jumpUnless(bpf.JumpGreaterThan, uint32(r.high), f.pass)
			f.bind(next)
		}
		f.jump(otherwise)
		return
	}
	middle, right := len(ranges)/2, f.label()
	f.jumpIf(bpf.JumpGreaterOrEqual, uint32(ranges[middle].low), right)
	f.search(ranges[:middle], otherwise)
	f.bind(right)
	f.search(ranges[middle:], otherwise)
}

// ranges joins the steps and neighbours of one protocol into sorted runs.
func (s *Set) ranges(protocol step.Protocol) []portRange {
	steps := slices.AppendSeq(make([]step.Step, 0, len(s.steps)+len(s.neighbours)), maps.Keys(s.steps))
	return rangesOf(protocol, slices.AppendSeq(steps, maps.Keys(s.neighbours)))
}

// rangesOf joins the steps of one protocol into sorted runs.
func rangesOf(protocol step.Protocol, steps []step.Step) []portRange {
	var ports []uint16
	for _, one := range steps {
		if one.Protocol == protocol {
			ports = append(ports, one.Value)
		}
	}
	slices.SortFunc(ports, func(a, b uint16) int { return cmp.Compare(a, b) })
	var ranges []portRange
	for _, port := range slices.Compact(ports) {
		if n := len(ranges); n > 0 && int(ranges[n-1].high)+1 == int(port) {
			ranges[n-1].high = port
		} else {
			ranges = append(ranges, portRange{port, port})
		}
	}
	return ranges
}
