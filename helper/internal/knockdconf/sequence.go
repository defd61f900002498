package knockdconf

import (
	"fmt"
	"math"
	"strings"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

// ParseSequence reads a list of port[:tcp|udp]. Numbers are read as C's atoi does, so that "8000 # web" is 8000 and
// "ssh" is port 0; notes say where that happened.
func ParseSequence(text string) (steps []step.Step, notes []string, err error) {
	parts := strings.Split(text, ",")
	if len(parts) > MaxSteps {
		return nil, nil, fmt.Errorf("%d steps; knockd takes at most %d", len(parts), MaxSteps)
	}
	for i, part := range parts {
		fields := strings.Split(part, ":")
		number, whole := atoi(fields[0])
		if number > math.MaxUint16 {
			return nil, nil, fmt.Errorf("step %d: port %d is out of range; ports go from 1 to 65535", i+1, number)
		}
		one := step.Step{Protocol: step.TCP, Value: uint16(number)}
		if len(fields) > 1 {
			switch strings.ToLower(strings.TrimSpace(fields[1])) {
			case "tcp":
			case "udp":
				one.Protocol = step.UDP
			default:
				return nil, nil, fmt.Errorf("step %d: %q is not a protocol; expected tcp or udp", i+1, strings.TrimSpace(fields[1]))
			}
		}
		switch {
		case one.Value == 0:
			notes = append(notes, fmt.Sprintf("step %d: %q is port 0 to knockd, and no packet has that: this sequence can never be completed",
				i+1, strings.TrimSpace(part)))
		case !whole || number < 0 || len(fields) > 2:
			notes = append(notes, fmt.Sprintf("step %d: %q is read as %s, as knockd does", i+1, strings.TrimSpace(part), one))
		}
		steps = append(steps, one)
	}
	return steps, notes, nil
}

// ParseFlags reads a list such as syn,!ack without spaces, in any case.
func ParseFlags(text string) (Flags, error) {
	var f Flags
	names := map[string]uint8{"fin": matcher.FIN, "syn": matcher.SYN, "rst": matcher.RST, "psh": matcher.PSH, "ack": matcher.ACK, "urg": matcher.URG}
	for part := range strings.SplitSeq(strings.ToLower(text), ",") {
		name, clear := strings.CutPrefix(part, "!")
		bit, known := names[name]
		if !known {
			return f, fmt.Errorf("%q is not a TCP flag; expected fin, syn, rst, psh, ack or urg, with ! in front for \"must be clear\", commas and no spaces between", part)
		}
		f.Mask |= bit
		f.Want &^= bit
		if !clear {
			f.Want |= bit
		}
	}
	return f, nil
}

// atoi reads a number as atoi(3) does; whole tells whether there was nothing else in the text but space around it.
// A number too large for knockd comes out as larger than any port.
func atoi(text string) (number int64, whole bool) {
	text = strings.Trim(text, space)
	digits, sign := text, int64(1)
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		if digits[0] == '-' {
			sign = -1
		}
		digits = digits[1:]
	}
	n := 0
	for n < len(digits) && digits[n] >= '0' && digits[n] <= '9' {
		if number < math.MaxInt32 {
			number = number*10 + int64(digits[n]-'0')
		}
		n++
	}
	return sign * number, n > 0 && n == len(digits)
}
