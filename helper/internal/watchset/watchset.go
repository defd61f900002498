// Package watchset decides which packets matter: the steps of every current sequence, the neighbours of
// those steps, and decoys. Decoys are one port in eight, chosen by a keyed hash that changes every period;
// a scanner in any order runs into them, and that is what stops a port scan from opening a door. The same
// decision is made in the kernel by a small filter program (filter.go) and here, for the class of a hit.
package watchset

import (
	"slices"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

// TooManyPorts is the number of step ports over which the kernel filter passes everything and Classify alone decides.
const TooManyPorts = 500

// Sequence is the part of a sequence that matters here.
type Sequence struct {
	Steps  []step.Step
	Static bool
	Flags  matcher.TCPFlags
}

// Ephemeral is the range that the server's own traffic leaves from (ip_local_port_range).
type Ephemeral struct{ Low, High uint16 }

// Set is the watch set of one period. It does not change; a new one is made for the next period.
type Set struct {
	steps      map[step.Step]bool
	neighbours map[step.Step]bool
	flags      []matcher.TCPFlags // other than a pure SYN
	decoys     [4]decoy           // by protocol
	ephemeral  Ephemeral
	hasICMP    bool
}

// New makes the set for the sequences that are valid now. random gives the decoys' key.
func New(sequences []Sequence, ephemeral Ephemeral, random func() uint32) *Set {
	s := &Set{steps: map[step.Step]bool{}, neighbours: map[step.Step]bool{}, ephemeral: ephemeral}
	for _, seq := range sequences {
		for _, one := range seq.Steps {
			s.steps[one] = true
			s.hasICMP = s.hasICMP || one.Protocol == step.ICMP
		}
		if !seq.Flags.OnlyPureSYN() && !slices.Contains(s.flags, seq.Flags) {
			s.flags = append(s.flags, seq.Flags)
		}
	}
	for _, seq := range sequences {
		for _, one := range seq.Steps {
			s.addNeighbour(one.Protocol, int(one.Value)-1)
			s.addNeighbour(one.Protocol, int(one.Value)+1)
		}
		if seq.Static && len(seq.Steps) > 1 && seq.Steps[0].Protocol == seq.Steps[1].Protocol {
			first, second := int(seq.Steps[0].Value), int(seq.Steps[1].Value)
			s.addNeighbour(seq.Steps[0].Protocol, first-(second-first))
		}
	}
	for protocol := range s.decoys {
		s.decoys[protocol] = newDecoy(random)
	}
	return s
}

func (s *Set) addNeighbour(protocol step.Protocol, value int) {
	n := step.Step{Protocol: protocol, Value: uint16(value)}
	if value > 0 && value <= 65535 && !s.steps[n] {
		s.neighbours[n] = true
	}
}

// Size is the number of steps and neighbours that are watched, decoys not counted.
func (s *Set) Size() (steps, neighbours int) { return len(s.steps), len(s.neighbours) }

// Classify gives the class of a packet, or 0 when it does not matter. ordinary tells whether a port carries
// the server's ordinary traffic (it is gated or has a socket); such a port is watched only as a current step.
func (s *Set) Classify(one step.Step, flags uint8, ordinary func(step.Step) bool) matcher.Class {
	odd := one.Protocol == step.TCP && !matcher.PureSYN.Accepts(flags)
	if odd && !slices.ContainsFunc(s.flags, func(f matcher.TCPFlags) bool { return f.Accepts(flags) }) {
		return 0
	}
	if s.steps[one] {
		return matcher.Step
	}
	neighbour := s.neighbours[one]
	if !neighbour && !s.isDecoy(one) {
		return 0
	}
	if one.Protocol != step.ICMP && ordinary(one) {
		return 0
	}
	// Innocent packets with other flags, and replies to the server's own UDP traffic, may land on these.
	if odd || (!neighbour && one.Protocol == step.UDP && one.Value >= s.ephemeral.Low && one.Value <= s.ephemeral.High) {
		return matcher.Soft
	}
	return matcher.Foreign
}

func (s *Set) isDecoy(one step.Step) bool {
	if one.Protocol != step.ICMP {
		return s.decoys[one.Protocol].has(one.Value)
	}
	if !s.hasICMP {
		return false
	}
	// The sizes of a sequence are few, so one in eight would not do; these are what ordinary pings send.
	return !slices.Contains(ordinaryEchoSizes, one.Value)
}

// ordinaryEchoSizes are what ping sends by default on Windows, Linux and the BSDs, and some monitors.
var ordinaryEchoSizes = []uint16{0, 32, 56, 64}
