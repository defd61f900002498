package watchset

import (
	"golang.org/x/net/bpf"

	"sallyport/helper/internal/step"
)

// Wanted is some ports and, for TCP, the flags a packet to them must carry: those in Mask as they are in Want.
type Wanted struct {
	Steps      []step.Step
	Mask, Want uint8
}

// PlainFilter passes packets to the wanted ports and nothing else: no neighbours, no decoys, no echo requests.
// With over TooManyPorts ports all TCP and UDP packets pass. anyDestination also lets through what is sent to others
// or to everybody, else only what is for this host; loopback also what comes over the loopback interface.
func PlainFilter(ipv6 bool, wanted []Wanted, anyDestination, loopback bool) ([]bpf.RawInstruction, error) {
	f, ports := filter{}, 0
	for _, w := range wanted {
		ports += len(w.Steps)
	}
	f.drop, f.pass, f.tcp, f.udp, f.icmp = f.label(), f.label(), f.label(), f.label(), f.label()
	f.emit(bpf.LoadAbsolute{Off: packetType, Size: 4})
	if anyDestination {
		f.jumpIf(bpf.JumpGreaterThan, packetOthers, f.drop)
	} else {
		f.jumpUnless(bpf.JumpEqual, packetHost, f.drop)
	}
	f.emit(bpf.LoadAbsolute{Off: hardwareType, Size: 4})
	if !loopback {
		f.jumpIf(bpf.JumpEqual, loopbackDevice, f.drop)
	}
	if ipv6 {
		f.ipv6()
	} else {
		f.ipv4()
	}
	if ports > TooManyPorts {
		f.bind(f.tcp)
		f.bind(f.udp)
		f.jump(f.pass)
	} else {
		f.wanted(wanted)
	}
	f.bind(f.icmp)
	f.bind(f.drop)
	f.emit(bpf.RetConstant{Val: 0})
	f.bind(f.pass)
	f.emit(bpf.RetConstant{Val: Snap})
	return f.assemble()
}

func (f *filter) wanted(wanted []Wanted) {
	f.bind(f.tcp)
	for _, w := range wanted {
		next := f.label()
		f.emit(bpf.LoadIndirect{Off: 13, Size: 1}, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: uint32(w.Mask)})
		f.jumpUnless(bpf.JumpEqual, uint32(w.Want), next)
		f.emit(bpf.LoadIndirect{Off: 2, Size: 2})
		f.search(rangesOf(step.TCP, w.Steps), next)
		f.bind(next)
	}
	f.jump(f.drop)
	f.bind(f.udp)
	f.emit(bpf.LoadIndirect{Off: 2, Size: 2})
	for _, w := range wanted {
		next := f.label()
		f.search(rangesOf(step.UDP, w.Steps), next)
		f.bind(next)
	}
}
