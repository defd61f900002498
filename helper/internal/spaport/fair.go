package spaport

import (
	"hash/maphash"
	"net/netip"
	"time"
)

const (
	// window is the piece of time that work is counted over, and workPerWindow what may be done in it. A rest is
	// shorter than what the kernel can hold meanwhile.
	window        = 10 * time.Millisecond
	workPerWindow = window / 4
	// freePerWindow datagrams pass whoever they come from: 1,000 a second. So nobody can keep a user out with a few
	// datagrams in his name.
	freePerWindow = 10
	// Beyond that every source (of IPv6: every /64) has a bucket of its own.
	bucketSize    = 20
	bucketsPerSec = 10
	buckets       = 4096
)

// bucket holds tokens, in nanoseconds of refilling; sources whose hashes meet share one.
type bucket struct{ filled time.Duration }

// fair decides which datagrams are worth the work when there are too many. Its size is fixed.
type fair struct {
	seed   maphash.Seed
	start  time.Time
	free   int
	at     time.Duration // when the current window began
	worked time.Duration
	byHash [buckets]bucket
}

func newFair(now time.Time) *fair { return &fair{seed: maphash.MakeSeed(), start: now} }

// admit tells whether a datagram from source may be looked at.
func (f *fair) admit(source netip.Addr, now time.Time) bool {
	t := f.turn(now)
	if f.free > 0 {
		f.free--
		return true
	}
	const token = time.Second / bucketsPerSec
	b := &f.byHash[maphash.Comparable(f.seed, group(source))%buckets]
	// An empty bucket lies bucketSize tokens behind; one that was not used for long is full.
	b.filled = max(b.filled, t-bucketSize*token)
	if b.filled+token > t {
		return false
	}
	b.filled += token
	return true
}

// turn begins a new window when it is time, and gives the time since the start.
func (f *fair) turn(now time.Time) time.Duration {
	t := now.Sub(f.start) + time.Hour // so that fresh buckets are full
	if t-f.at >= window {
		f.at, f.free, f.worked = t, freePerWindow, 0
	}
	return t
}

// pause notes processor time that was spent, and gives how long to rest for: until the window's end when its share
// is used up.
func (f *fair) pause(work time.Duration, now time.Time) time.Duration {
	t := f.turn(now)
	f.worked += work
	if f.worked < workPerWindow {
		return 0
	}
	return max(0, f.at+window-t)
}

func group(source netip.Addr) netip.Prefix {
	bits := 32
	if source.Is6() {
		bits = 64
	}
	prefix, _ := source.Prefix(bits) // both lengths fit
	return prefix
}
