// Package matcher turns hits on watched ports into matches of knock sequences. It is pure: sequences and
// hits come in with their time, outcomes go out. Its state is bounded whatever the network sends, and the
// cost of a hit does not grow with the number of sequences. The rules are in docs/server.md ("Matching").
package matcher

import (
	"net/netip"
	"time"

	"sallyport/helper/internal/arena"
	"sallyport/helper/internal/step"
)

// Kind decides how much may come between the steps of a sequence.
type Kind uint8

const (
	// Rotating sequences stand a number of foreign hits between their steps, so that neither a neighbour behind
	// the same NAT nor a spoofer can spoil them.
	Rotating Kind = iota + 1
	// Static sequences stand none: they never change, so a scanner has unlimited tries.
	Static
)

// Class is what the watch set says about a hit.
type Class uint8

const (
	// Step is a port or size that is a step of some current sequence.
	Step Class = iota + 1
	// Foreign is a decoy or a neighbour of a step: nobody who knows a sequence goes there.
	Foreign
	// Soft is a decoy that innocent traffic may touch now and then (replies to the server's own UDP traffic):
	// only many different ones count.
	Soft
)

const (
	// ForeignAllowed is how many foreign hits may lie between the first and last step of a rotating sequence.
	ForeignAllowed = 32
	// SoftAllowed is the same for soft hits on different ports.
	SoftAllowed = 64
	// SoftStatic is how many soft hits block the static sequences of a source.
	SoftStatic = 8
	// BlockTime is for how long a foreign hit blocks the static sequences of its source.
	BlockTime = 15 * time.Second
	// ScanHits is how many foreign hits within ScanWindow make a scan.
	ScanHits   = 100
	ScanWindow = time.Minute
	// ProgressPerSource bounds the sequences that one source can be in the middle of.
	ProgressPerSource = 64
)

// ID names a sequence that was added; IDs are never used twice.
type ID uint32

// Sequence is what a source must send, in order.
type Sequence struct {
	Kind  Kind
	Steps []step.Step
	// Window is the longest time between the first and the last step.
	Window time.Duration
	Flags  TCPFlags
	// Owner is the same for sequences that mean the same (one key and action at different counters).
	Owner int
}

// Hit is one watched packet.
type Hit struct {
	Source netip.Addr
	Step   step.Step
	// Flags are the TCP flags, 0 for other protocols.
	Flags uint8
	Class Class
}

// Outcome is what a hit led to; the zero value is nothing.
type Outcome struct {
	// Matched is the sequence that this hit completed, 0 for none.
	Matched ID
	// Conflict holds the sequences of different owners that this hit completed at once; none of them may open.
	Conflict []ID
	// Scan is the number of foreign hits of the last minute, given once a minute to report a scan.
	Scan int
}

type entry struct {
	Sequence
	// claimed is the address that sent the first two steps; only it can finish a rotating sequence.
	claimed netip.Addr
}

// Matcher holds the sequences and what each source has sent. It is not safe for concurrent use.
type Matcher struct {
	epoch       time.Time
	nextID      ID
	sequences   map[ID]*entry
	first       map[step.Step][]ID
	staticSteps map[step.Step]int
	sources     table
	progress    arena.Arena[progress]
}

// New makes an empty matcher; epoch is any time before the first hit.
func New(epoch time.Time, limits Limits) *Matcher {
	return &Matcher{
		epoch: epoch, sequences: map[ID]*entry{}, first: map[step.Step][]ID{}, staticSteps: map[step.Step]int{},
		sources: newTable(limits), progress: arena.New[progress](limits.Progress),
	}
}

// Add watches a sequence from now on. It takes 2 to 255 steps.
func (m *Matcher) Add(s Sequence) ID {
	m.nextID++
	id := m.nextID
	m.sequences[id] = &entry{Sequence: s}
	m.first[s.Steps[0]] = append(m.first[s.Steps[0]], id)
	if s.Kind == Static {
		for _, one := range s.Steps {
			m.staticSteps[one]++
		}
	}
	return id
}

// Remove forgets a sequence; progress on it is worth nothing from now on.
func (m *Matcher) Remove(id ID) {
	s := m.sequences[id]
	if s == nil {
		return
	}
	delete(m.sequences, id)
	ids := m.first[s.Steps[0]]
	for i, other := range ids {
		if other == id {
			ids = append(ids[:i:i], ids[i+1:]...)
			break
		}
	}
	if len(ids) == 0 {
		delete(m.first, s.Steps[0])
	} else {
		m.first[s.Steps[0]] = ids
	}
	if s.Kind == Static {
		for _, one := range s.Steps {
			if m.staticSteps[one]--; m.staticSteps[one] == 0 {
				delete(m.staticSteps, one)
			}
		}
	}
}

// Reown changes the owner of a sequence; progress on it stays.
func (m *Matcher) Reown(id ID, owner int) {
	if e := m.sequences[id]; e != nil {
		e.Owner = owner
	}
}

// Sequence gives a sequence that was added and not removed.
func (m *Matcher) Sequence(id ID) Sequence {
	if e := m.sequences[id]; e != nil {
		return e.Sequence
	}
	return Sequence{}
}

// Sources is how many sources are remembered.
func (m *Matcher) Sources() int { return m.sources.records.InUse() }

// tick is milliseconds since the epoch. It wraps after 49 days; entries are forgotten long before that, so
// differences stay right.
func (m *Matcher) tick(now time.Time) uint32 {
	return uint32(now.Sub(m.epoch).Milliseconds())
}
