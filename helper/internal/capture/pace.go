package capture

import "time"

const (
	// Over this many packets within a moment the reader sleeps between looks, so that a flood costs one wake-up for
	// many packets; a knock then waits that much longer. No knock is that dense: the longest rotating one has ten steps.
	busyPackets = 16
	moment      = 2 * time.Millisecond
	nap         = 4 * time.Millisecond
)

// pace counts packets over the running moment and the one before it. One alone would forget a flood whenever a new
// moment begins.
type pace struct {
	since           time.Time
	current, before int
}

// nap tells for how long to sleep after a look that took a number of packets; 0 is not at all.
func (p *pace) nap(now time.Time, taken int) time.Duration {
	if age := now.Sub(p.since); age >= moment {
		p.before = p.current
		if age >= 2*moment {
			p.before = 0
		}
		p.since, p.current = now, 0
	}
	p.current += taken
	if max(p.current, p.before) < busyPackets {
		return 0
	}
	return nap
}
