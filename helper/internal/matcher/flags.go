package matcher

import (
	"fmt"
	"strings"

	"sallyport/helper/internal/step"
)

// Bits of the TCP flags byte (RFC 9293 section 3.1).
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// TCPFlags is which flags a TCP step must carry: those in Mask as they are in Want. The zero value is a pure
// SYN, which is what a connection attempt sends.
type TCPFlags struct {
	Mask, Want uint8
}

// PureSYN is the first packet of a connection: SYN set; ACK, RST and FIN clear.
var PureSYN = TCPFlags{SYN | ACK | RST | FIN, SYN}

// Accepts tells whether a packet with these flags counts.
func (f TCPFlags) Accepts(flags uint8) bool {
	if f == (TCPFlags{}) {
		f = PureSYN
	}
	return flags&f.Mask == f.Want
}

// OnlyPureSYN tells whether every packet that f accepts is a pure SYN.
func (f TCPFlags) OnlyPureSYN() bool {
	return f == (TCPFlags{}) || (f.Mask&PureSYN.Mask == PureSYN.Mask && f.Want&PureSYN.Mask == PureSYN.Want)
}

// ParseTCPFlags reads knockd's list: names of flags that must be set, or with "!" clear; others do not matter.
// A list of just "syn" is taken as a pure SYN, so that the replies of connections the server itself makes are
// no hits.
func ParseTCPFlags(text string) (TCPFlags, error) {
	names := map[string]uint8{"fin": FIN, "syn": SYN, "rst": RST, "psh": PSH, "ack": ACK, "urg": URG}
	var f TCPFlags
	for part := range strings.SplitSeq(strings.ToLower(text), ",") {
		name, clear := strings.CutPrefix(strings.TrimSpace(part), "!")
		bit, known := names[name]
		if !known {
			return f, fmt.Errorf("%q is not a TCP flag; list fin, syn, rst, psh, ack or urg, with ! in front for \"must be clear\"", part)
		}
		if f.Mask&bit != 0 {
			return f, fmt.Errorf("the TCP flag %s is listed twice", name)
		}
		f.Mask |= bit
		if !clear {
			f.Want |= bit
		}
	}
	if f == (TCPFlags{SYN, SYN}) {
		return PureSYN, nil
	}
	return f, nil
}

func (s *Sequence) accepts(want step.Step, h Hit) bool {
	return want == h.Step && (want.Protocol != step.TCP || s.Flags.Accepts(h.Flags))
}
