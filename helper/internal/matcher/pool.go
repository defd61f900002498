package matcher

import "sallyport/helper/internal/step"

// none ends a list of indexes.
const none = -1

// progress is how far one source has come in one sequence. It holds all that most hits need to know, so that
// they need not look up the sequence.
type progress struct {
	sequence ID
	started  uint32    // tick of the first step
	expires  uint32    // tick after which the sequence cannot be finished
	hits     uint32    // the source's hit count at the first step
	soft     uint16    // the source's soft count at the first step
	position uint8     // steps done
	static   bool      // a static sequence
	want     step.Step // the next step
	next     int32
}

// pool is a fixed number of progress records, handed out and taken back; it allocates in pieces and never more.
type pool struct {
	records []progress
	free    int32
	limit   int
}

func newPool(limit int) pool { return pool{free: none, limit: limit} }

// take gives the index of an unused record, or none when all are in use.
func (p *pool) take() int32 {
	if p.free != none {
		index := p.free
		p.free = p.records[index].next
		return index
	}
	if len(p.records) >= p.limit {
		return none
	}
	p.records = append(p.records, progress{})
	return int32(len(p.records) - 1)
}

func (p *pool) give(index int32) {
	p.records[index] = progress{next: p.free}
	p.free = index
}
