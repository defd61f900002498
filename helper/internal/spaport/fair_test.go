package spaport

import (
	"net/netip"
	"testing"
	"time"
)

func TestOneSourceCannotUseUpWhatOthersNeed(t *testing.T) {
	now := time.Unix(1000, 0)
	f := newFair(now)
	flooder, quiet := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("192.0.2.2")
	admitted := 0
	for i := range 100_000 { // one second
		now = now.Add(10 * time.Microsecond)
		if f.admit(flooder, now) {
			admitted++
		}
		if i%20_000 == 19_999 && !f.admit(quiet, now) {
			t.Errorf("the quiet source is turned away at %d", i)
		}
	}
	// What is free to all, its own bucket, and what that gets refilled.
	if most := int(time.Second/window+1)*freePerWindow + bucketSize + bucketsPerSec + 1; admitted > most || admitted < freePerWindow {
		t.Errorf("%d datagrams of the flooder were admitted, %d is the most", admitted, most)
	}
}

func TestFewDatagramsPassWhoeverTheyClaimToComeFrom(t *testing.T) {
	now := time.Unix(1000, 0)
	f := newFair(now)
	for i := range 5000 {
		now = now.Add(1100 * time.Microsecond) // some 900 a second, evenly
		if !f.admit(netip.MustParseAddr("192.0.2.2"), now) {
			t.Fatalf("datagram %d is turned away", i)
		}
	}
}

func TestSubnetSharesABucket(t *testing.T) {
	now := time.Unix(1000, 0)
	f := newFair(now)
	for f.free = 0; f.admit(netip.MustParseAddr("2001:db8::1"), now); f.free = 0 {
	}
	if f.free = 0; f.admit(netip.MustParseAddr("2001:db8::ffff"), now) {
		t.Error("another address of the same /64 has a bucket of its own")
	}
	if f.free = 0; !f.admit(netip.MustParseAddr("2001:db8:0:1::1"), now) {
		t.Error("another /64 shares the bucket")
	}
}

func TestReaderRests(t *testing.T) {
	now := time.Unix(1000, 0)
	f := newFair(now)
	f.turn(now)
	if rest := f.pause(workPerWindow-1, now.Add(workPerWindow)); rest != 0 {
		t.Errorf("rests %v after little work", rest)
	}
	if rest := f.pause(1, now.Add(window/2)); rest != window/2 {
		t.Errorf("rests %v", rest)
	}
	if rest := f.pause(time.Millisecond, now.Add(time.Second)); rest != 0 {
		t.Errorf("rests %v in a new window", rest)
	}
}
