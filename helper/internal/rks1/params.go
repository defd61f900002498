package rks1

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sallyport/helper/internal/step"
)

// Params are the public parameters of a rotating key.
type Params struct {
	// Period in seconds, 10-86400.
	Period int64
	// Steps per sequence, 3-10.
	Steps int
	// Protocols in order, each at most once. The order matters: it is what a draw indexes.
	Protocols []step.Protocol
	// Low and High bound the ports, inclusive.
	Low, High uint16
}

// Bounds of the parameters, in the units of Params; bits are log2 of the number of sequences.
const (
	MinPeriod, MaxPeriod, LongPeriod = 10, 86400, 300
	MinSteps, MaxSteps               = 3, 10
	RefusedBits, WeakBits            = 40, 60
	MinSecretBytes, MaxSecretBytes   = 16, 64
)

// Defaults are what both sides use when nothing is said; they give 81 bits.
func Defaults() Params {
	return Params{
		Period: 30, Steps: 5, Protocols: []step.Protocol{step.TCP, step.UDP}, Low: 10000, High: 49999,
	}
}

// Bits is the cost of guessing one sequence: log2 of the number of sequences that p allows.
func (p Params) Bits() float64 {
	ports := float64(p.High) - float64(p.Low) + 1
	portProtocols, hasICMP := 0, false
	for _, protocol := range p.Protocols {
		if protocol == step.ICMP {
			hasICMP = true
		} else {
			portProtocols++
		}
	}
	ways := 0.0
	for icmp := 0; icmp <= p.Steps; icmp++ {
		rest := p.Steps - icmp
		if (icmp > 0 && !hasICMP) || (rest > 0 && portProtocols == 0) {
			continue
		}
		ways += falling(float64(p.Steps), icmp) / falling(float64(icmp), icmp) *
			falling(icmpSizes, icmp) * falling(ports, rest) * math.Pow(float64(portProtocols), float64(rest))
	}
	return math.Log2(ways)
}

func falling(n float64, k int) float64 {
	product := 1.0
	for i := range k {
		product *= n - float64(i)
	}
	return product
}

// Problem is what is wrong with a parameter, or to be known of it.
type Problem struct {
	// Parameter is its name in flags and configs: period, steps, protocols or range.
	Parameter string
	Message   string
}

func (p Problem) Error() string { return p.Message }

func problem(parameter, format string, args ...any) Problem {
	return Problem{parameter, fmt.Sprintf(format, args...)}
}

// Check says what is wrong with p, as a Problem, or nil. Only parameters that pass may go to Derive.
func (p Params) Check() error {
	if p.Period < MinPeriod || p.Period > MaxPeriod {
		return problem("period", "the period is %d s; it takes %d to %d whole seconds", p.Period, MinPeriod, MaxPeriod)
	}
	if p.Steps < MinSteps || p.Steps > MaxSteps {
		return problem("steps", "%d steps; it takes %d to %d", p.Steps, MinSteps, MaxSteps)
	}
	if len(p.Protocols) == 0 {
		return problem("protocols", "no protocol; list at least one of tcp, udp and icmp")
	}
	seen := map[step.Protocol]bool{}
	for _, protocol := range p.Protocols {
		if seen[protocol] {
			return problem("protocols", "protocol %s is listed twice", protocol)
		}
		if protocol != step.TCP && protocol != step.UDP && protocol != step.ICMP {
			return problem("protocols", "unknown protocol; use tcp, udp and icmp")
		}
		seen[protocol] = true
	}
	if p.Low < 1 || p.Low > p.High {
		return problem("range", "the range %d-%d is not one; write it like 10000-49999, from 1 to 65535", p.Low, p.High)
	}
	if int(p.High)-int(p.Low)+1 <= p.Steps {
		return problem("range", "the range %d-%d holds %d ports; it takes more ports than steps (%d)",
			p.Low, p.High, int(p.High)-int(p.Low)+1, p.Steps)
	}
	if bits := p.Bits(); bits < RefusedBits {
		return problem("range", "these parameters give %d bits, which a patient guesser could hit; "+
			"use a wider range or more steps (at least %d bits)", int(bits), RefusedBits)
	}
	return nil
}

// Warnings are things that work but that a person should know.
func (p Params) Warnings() []Problem {
	var warnings []Problem
	if p.Period > LongPeriod {
		warnings = append(warnings, problem("period", "a period over %d s leaves a sniffed knock usable for longer", LongPeriod))
	}
	if bits := p.Bits(); bits < WeakBits {
		warnings = append(warnings, problem("range", "these parameters give %d bits; %d or more are recommended", int(bits), WeakBits))
	}
	return warnings
}

// ParseRange reads 10000-49999.
func ParseRange(text string) (low, high uint16, err error) {
	first, second, found := strings.Cut(text, "-")
	l, errLow := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	h, errHigh := strconv.ParseUint(strings.TrimSpace(second), 10, 16)
	if !found || errLow != nil || errHigh != nil || l < 1 || l > h {
		return 0, 0, fmt.Errorf("%q is not a range; write it like 10000-49999, from 1 to 65535", text)
	}
	return uint16(l), uint16(h), nil
}

// ParseProtocols reads an ordered, comma-separated list such as tcp,udp.
func ParseProtocols(text string) ([]step.Protocol, error) {
	var protocols []step.Protocol
	for part := range strings.SplitSeq(text, ",") {
		protocol, err := step.ParseProtocol(part)
		if err != nil {
			return nil, err
		}
		protocols = append(protocols, protocol)
	}
	return protocols, nil
}
