// Package rks1 is Rotating Knock Sequence v1: both sides hold a secret and a clock and derive the
// knock sequence of a period from HMAC-SHA-256. It is pure: secret, counter and parameters in,
// steps out. The specification is docs/protocol.md; test/vectors/rks1.json holds the worked cases
// shared with the TypeScript implementation.
package rks1

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"sallyport/helper/internal/step"
)

// Action is what a sequence asks the server to do; it is part of what the HMAC covers.
type Action string

const (
	Open  Action = "open"
	Close Action = "close"
)

const (
	label        = "sallyport-rks1"
	icmpSmallest = 32
	icmpSizes    = 961
)

// Counter is floor(unix seconds / period). Times before 1970 have no counter and give 0.
func Counter(unixSeconds, period int64) uint64 {
	if unixSeconds < 0 {
		return 0
	}
	return uint64(unixSeconds / period)
}

// Derive gives the steps of one counter. The parameters must have passed Check; others may not terminate.
func Derive(secret []byte, counter uint64, action Action, p Params) []step.Step {
	draws := newDraws(secret, counter, action)
	usedPorts := make(map[uint16]bool, p.Steps)
	usedSizes := make(map[uint16]bool, p.Steps)
	steps := make([]step.Step, 0, p.Steps)
	for len(steps) < p.Steps {
		protocol := p.Protocols[0]
		if len(p.Protocols) > 1 {
			protocol = p.Protocols[draws.uniform(uint32(len(p.Protocols)))]
		}
		used, low, size := usedPorts, uint32(p.Low), uint32(p.High)-uint32(p.Low)+1
		if protocol == step.ICMP {
			used, low, size = usedSizes, icmpSmallest, icmpSizes
		}
		value := uint16(low + draws.uniform(size))
		for used[value] {
			value = uint16(low + draws.uniform(size))
		}
		used[value] = true
		steps = append(steps, step.Step{Protocol: protocol, Value: value})
	}
	return steps
}

// draws reads the HMAC blocks four bytes at a time.
type draws struct {
	mac    hash.Hash
	prefix []byte
	index  uint32
	block  []byte
}

func newDraws(secret []byte, counter uint64, action Action) *draws {
	prefix := append([]byte(label), 0)
	prefix = append(prefix, action...)
	prefix = append(prefix, 0)
	return &draws{
		mac:    hmac.New(sha256.New, secret),
		prefix: binary.BigEndian.AppendUint64(prefix, counter),
	}
}

func (d *draws) next() uint32 {
	if len(d.block) == 0 {
		d.mac.Reset()
		d.mac.Write(d.prefix)
		d.mac.Write(binary.BigEndian.AppendUint32(nil, d.index))
		d.block = d.mac.Sum(nil)
		d.index++
	}
	value := binary.BigEndian.Uint32(d.block)
	d.block = d.block[4:]
	return value
}

// uniform draws below m without favouring small values: draws at or over the last multiple of m are thrown away.
func (d *draws) uniform(m uint32) uint32 {
	limit := (uint64(1) << 32) / uint64(m) * uint64(m)
	for {
		if x := d.next(); uint64(x) < limit {
			return x % m
		}
	}
}
