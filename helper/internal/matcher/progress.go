package matcher

import "sallyport/helper/internal/step"

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
