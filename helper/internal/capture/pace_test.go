package capture

import (
	"testing"
	"time"
)

// wakeUps plays packets at an even rate for a second and counts how often the reader wakes.
func wakeUps(gap time.Duration) (looks int, longest time.Duration) {
	var p pace
	now, next := time.Unix(1_800_000_000, 0), time.Unix(1_800_000_000, 0)
	end := now.Add(time.Second)
	for now.Before(end) {
		if now.Before(next) {
			now = next // poll
		}
		taken := 0
		for ; !next.After(now); next = next.Add(gap) {
			taken++
		}
		looks++
		sleep := p.nap(now, taken)
		longest = max(longest, sleep)
		now = now.Add(sleep)
	}
	return looks, longest
}

func TestPace(t *testing.T) {
	if looks, longest := wakeUps(time.Second / 2000); longest != 0 || looks < 2000 {
		t.Errorf("2,000 packets a second: %d looks, naps up to %v", looks, longest)
	}
	for _, rate := range []time.Duration{20_000, 200_000} {
		if looks, _ := wakeUps(time.Second / rate); looks > 700 {
			t.Errorf("%d packets a second: %d looks", rate, looks)
		}
	}
}

func TestAKnockIsNeverNappedOn(t *testing.T) {
	var p pace
	now := time.Unix(1_800_000_000, 0)
	for range 10 { // ten steps as fast as they can be sent
		if p.nap(now, 1) != 0 {
			t.Fatal("a knock alone is taken for a flood")
		}
		now = now.Add(20 * time.Microsecond)
	}
	for range 100 {
		p.nap(now, 50)
		now = now.Add(nap)
	}
	if p.nap(now.Add(2*moment), 1) != 0 {
		t.Error("a flood that is over is remembered")
	}
}
