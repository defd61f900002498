package matcher

import (
	"net/netip"
	"testing"
	"time"

	"sallyport/helper/internal/step"
)

var (
	epoch = time.Unix(1_800_000_000, 0)
	alice = netip.MustParseAddr("192.0.2.1")
	eve   = netip.MustParseAddr("192.0.2.66")
)

// bench drives a matcher with a clock that moves only when told.
type bench struct {
	t   *testing.T
	m   *Matcher
	now time.Time
}

func newBench(t *testing.T) *bench {
	return &bench{t, New(epoch, DefaultLimits()), epoch.Add(time.Second)}
}

func steps(t *testing.T, text string) []step.Step {
	t.Helper()
	s, err := step.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *bench) add(kind Kind, owner int, text string) ID {
	return b.m.Add(Sequence{Kind: kind, Steps: steps(b.t, text), Window: 15 * time.Second, Owner: owner})
}

// hit sends one hit; steps of known sequences are of class Step.
func (b *bench) hit(from netip.Addr, text string, class Class) Outcome {
	b.t.Helper()
	one := steps(b.t, text)[0]
	h := Hit{Source: from, Step: one, Class: class}
	if one.Protocol == step.TCP {
		h.Flags = SYN
	}
	b.now = b.now.Add(10 * time.Millisecond)
	return b.m.Hit(b.now, h)
}

// knock sends steps and tells what the last of them led to.
func (b *bench) knock(from netip.Addr, text string) (last Outcome) {
	b.t.Helper()
	for _, one := range steps(b.t, text) {
		last = b.hit(from, one.String(), Step)
	}
	return last
}

func (b *bench) want(got Outcome, id ID) {
	b.t.Helper()
	if got.Matched != id || len(got.Conflict) > 0 {
		b.t.Fatalf("got %+v, want match %d", got, id)
	}
}

const code = "100:tcp,200:udp,icmp:300,400:tcp,500:udp"

func TestInOrderMatchesAndNothingElse(t *testing.T) {
	for _, kind := range []Kind{Rotating, Static} {
		for name, c := range map[string]struct {
			knock string
			match bool
		}{
			"in order":        {code, true},
			"doubled packets": {"100:tcp,100:tcp,200:udp,200:udp,icmp:300,400:tcp,400:tcp,500:udp", true},
			"wrong order":     {"100:tcp,icmp:300,200:udp,400:tcp,500:udp", false},
			"backwards":       {"500:udp,400:tcp,icmp:300,200:udp,100:tcp", false},
			"one missing":     {"100:tcp,200:udp,icmp:300,500:udp", false},
			"wrong protocol":  {"100:udp,200:udp,icmp:300,400:tcp,500:udp", false},
			"lost, then anew": {"200:udp,icmp:300,400:tcp,500:udp," + code, true},
			"stopped, anew":   {"100:tcp,200:udp," + code, true},
		} {
			b := newBench(t)
			id := b.add(kind, 1, code)
			if !c.match {
				id = 0
			}
			if got := b.knock(alice, c.knock); got.Matched != id {
				t.Errorf("kind %d, %s: %+v, want %d", kind, name, got, id)
			}
		}
	}
}

func TestOnlyOneSourceCounts(t *testing.T) {
	b := newBench(t)
	b.add(Rotating, 1, code)
	b.knock(alice, "100:tcp,200:udp,icmp:300")
	b.want(b.knock(eve, "400:tcp,500:udp"), 0)
}

func TestWindow(t *testing.T) {
	for _, kind := range []Kind{Rotating, Static} {
		b := newBench(t)
		id := b.add(kind, 1, "1:tcp,2:tcp,3:tcp")
		b.knock(alice, "1:tcp,2:tcp")
		b.now = b.now.Add(14900 * time.Millisecond)
		b.want(b.hit(alice, "3:tcp", Step), id)
		b.knock(alice, "1:tcp,2:tcp")
		b.now = b.now.Add(15 * time.Second)
		b.want(b.hit(alice, "3:tcp", Step), 0)
	}
}

func TestFirstStepSentAgainStartsTheWindowAgain(t *testing.T) {
	b := newBench(t)
	id := b.add(Static, 1, "1:tcp,2:tcp,3:tcp")
	b.hit(alice, "1:tcp", Step)
	b.now = b.now.Add(14 * time.Second)
	b.hit(alice, "1:tcp", Step)
	b.now = b.now.Add(2 * time.Second)
	b.want(b.knock(alice, "2:tcp,3:tcp"), id)
}

func TestRotatingStandsForeignHits(t *testing.T) {
	for _, c := range []struct {
		foreign int
		match   bool
	}{{0, true}, {31, true}, {32, true}, {33, false}, {200, false}} {
		b := newBench(t)
		id := b.add(Rotating, 1, code)
		b.knock(alice, "100:tcp,200:udp")
		for i := range c.foreign {
			b.hit(alice, step.Step{Protocol: step.TCP, Value: uint16(1000 + i)}.String(), Foreign)
		}
		if got := b.knock(alice, "icmp:300,400:tcp,500:udp"); (got.Matched == id) != c.match {
			t.Errorf("%d foreign hits: %+v", c.foreign, got)
		}
	}
}

func TestStaticStandsNoneAndIsBlockedForAWhile(t *testing.T) {
	b := newBench(t)
	id := b.add(Static, 1, "1:tcp,2:tcp,3:tcp")
	b.knock(alice, "1:tcp,2:tcp")
	b.hit(alice, "7000:tcp", Foreign)
	b.want(b.hit(alice, "3:tcp", Step), 0)
	b.want(b.knock(alice, "1:tcp,2:tcp,3:tcp"), 0)
	b.now = b.now.Add(14 * time.Second)
	b.want(b.knock(alice, "1:tcp,2:tcp,3:tcp"), 0)
	b.want(b.knock(eve, "1:tcp,2:tcp,3:tcp"), id)
	b.now = b.now.Add(2 * time.Second)
	b.want(b.knock(alice, "1:tcp,2:tcp,3:tcp"), id)
}

func TestSoftHitsCountWhenMany(t *testing.T) {
	base := 33000
	flood := func(b *bench, ports int) {
		for i := range ports {
			b.hit(alice, step.Step{Protocol: step.UDP, Value: uint16(base + i)}.String(), Soft)
		}
	}
	b := newBench(t)
	static, rotating := b.add(Static, 1, "1:tcp,2:tcp,3:tcp"), b.add(Rotating, 2, code)
	for range 1000 { // a few flows of ordinary traffic, however busy
		flood(b, 3)
	}
	b.want(b.knock(alice, "1:tcp,2:tcp,3:tcp"), static)
	b.now = b.now.Add(time.Minute)
	base += 1000
	flood(b, SoftStatic+1)
	b.want(b.knock(alice, "1:tcp,2:tcp,3:tcp"), 0)

	b.now = b.now.Add(time.Minute)
	b.knock(alice, "100:tcp,200:udp")
	base += 1000
	flood(b, SoftAllowed)
	b.want(b.knock(alice, "icmp:300,400:tcp,500:udp"), rotating)
	b.knock(alice, "100:tcp,200:udp")
	base += 1000
	flood(b, SoftAllowed+1)
	b.want(b.knock(alice, "icmp:300,400:tcp,500:udp"), 0)
}

func TestFirstToSendTwoStepsKeepsOthersOut(t *testing.T) {
	b := newBench(t)
	id := b.add(Rotating, 1, code)
	b.knock(alice, "100:tcp,200:udp")
	b.want(b.knock(eve, code), 0)
	b.want(b.knock(alice, "icmp:300,400:tcp,500:udp"), id)
	b.want(b.knock(eve, code), 0)
}

func TestTwoOwnersAtOnceOpenNothing(t *testing.T) {
	b := newBench(t)
	b.add(Static, 1, "1:tcp,2:tcp,3:tcp")
	b.add(Static, 2, "9:tcp,1:tcp,2:tcp,3:tcp")
	got := b.knock(alice, "9:tcp,1:tcp,2:tcp,3:tcp")
	if got.Matched != 0 || len(got.Conflict) != 2 {
		t.Fatalf("%+v", got)
	}
}

func TestRemovedSequenceMatchesNoMore(t *testing.T) {
	b := newBench(t)
	id := b.add(Rotating, 1, code)
	b.knock(alice, "100:tcp,200:udp,icmp:300,400:tcp")
	b.m.Remove(id)
	b.want(b.hit(alice, "500:udp", Step), 0)
	b.want(b.knock(alice, code), 0)
	if len(b.m.first) != 0 {
		t.Fatalf("the step table still holds %v", b.m.first)
	}
}

func TestSequenceThatRepeatsSteps(t *testing.T) {
	b := newBench(t)
	id := b.add(Static, 1, "1:tcp,2:tcp,1:tcp,3:tcp")
	b.want(b.knock(alice, "1:tcp,2:tcp,1:tcp,3:tcp"), id)
	// The third packet was lost; the next try begins inside what the first one left.
	b.knock(alice, "1:tcp,2:tcp")
	b.want(b.knock(alice, "1:tcp,2:tcp,1:tcp,3:tcp"), id)
}

func TestScanIsReportedOnceAMinute(t *testing.T) {
	b := newBench(t)
	b.add(Static, 1, "1:tcp,2:tcp,3:tcp")
	reports := 0
	for i := range 3000 { // 30 seconds
		if b.hit(alice, step.Step{Protocol: step.TCP, Value: uint16(10000 + i)}.String(), Foreign).Scan > 0 {
			reports++
			if i < ScanHits {
				t.Fatalf("reported after %d hits", i)
			}
		}
	}
	if reports < 1 || reports > 2 {
		t.Fatalf("%d reports in half a minute", reports)
	}
}

func TestTCPFlags(t *testing.T) {
	for text, want := range map[string]struct{ yes, no []uint8 }{
		"syn":      {[]uint8{SYN, SYN | PSH}, []uint8{SYN | ACK, FIN, 0}},
		"fin":      {[]uint8{FIN, FIN | ACK}, []uint8{SYN}},
		"fin,!ack": {[]uint8{FIN}, []uint8{FIN | ACK}},
		"SYN, ack": {[]uint8{SYN | ACK}, []uint8{SYN}},
	} {
		f, err := ParseTCPFlags(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, flags := range want.yes {
			if !f.Accepts(flags) {
				t.Errorf("%q refuses %#x", text, flags)
			}
		}
		for _, flags := range want.no {
			if f.Accepts(flags) {
				t.Errorf("%q accepts %#x", text, flags)
			}
		}
	}
	for _, text := range []string{"", "sin", "syn,syn", "syn,!syn", "syn,"} {
		if _, err := ParseTCPFlags(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
