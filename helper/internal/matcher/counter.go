package matcher

import "math"

const scanWindowTicks = uint32(ScanWindow / 1e6)

// counter counts events over a sliding minute in two buckets: the running minute and a share of the last one. Minutes
// are counted modulo 2^16, which is 45 days; a source is forgotten long before.
type counter struct {
	minute        uint16
	reported      uint16 // minute of the newest report, plus one
	current, last uint16
}

func (c *counter) add(now uint32) {
	c.turn(now)
	if c.current < math.MaxUint16 {
		c.current++
	}
}

func (c *counter) turn(now uint32) {
	minute := uint16(now / scanWindowTicks)
	switch minute - c.minute {
	case 0:
	case 1:
		c.last, c.current, c.minute = c.current, 0, minute
	default:
		c.last, c.current, c.minute = 0, 0, minute
	}
}

// report gives the count when it is over the threshold and has not been given within this minute, else 0.
func (c *counter) report(now uint32) int {
	c.turn(now)
	share := float64(now%scanWindowTicks) / float64(scanWindowTicks)
	count := int(c.current) + int(float64(c.last)*(1-share))
	if count <= ScanHits || c.reported == c.minute+1 {
		return 0
	}
	c.reported = c.minute + 1
	return count
}
