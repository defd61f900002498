package keyring

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

var start = time.Unix(1_800_000_000, 0)

const all = 1 << 30

func rotating(n int, skew int) daemonconfig.Key {
	return daemonconfig.Key{User: fmt.Sprint(n), Rotating: &daemonconfig.Rotating{
		Secret: fmt.Appendf(nil, "a secret of some length %d", n), Params: rks1.Defaults(), Skew: skew}}
}

func static(t *testing.T, open, close string) daemonconfig.Key {
	t.Helper()
	s := &daemonconfig.Sequence{Window: 15 * time.Second}
	var err error
	if s.Open, err = step.Parse(open); err != nil {
		t.Fatal(err)
	}
	if close != "" {
		if s.Close, err = step.Parse(close); err != nil {
			t.Fatal(err)
		}
	}
	return daemonconfig.Key{User: "static", Sequence: s}
}

func newRing(keys ...daemonconfig.Key) (*Keyring, *matcher.Matcher) {
	m := matcher.New(start, matcher.DefaultLimits())
	return New(&daemonconfig.Config{Doors: []daemonconfig.Door{{Name: "ssh", Keys: keys}}}, m), m
}

// knock sends steps and gives the slot that they matched.
func knock(t *testing.T, k *Keyring, m *matcher.Matcher, steps []step.Step, now time.Time) (Slot, bool) {
	t.Helper()
	for _, s := range steps {
		h := matcher.Hit{Source: netip.MustParseAddr("192.0.2.1"), Step: s, Class: matcher.Step}
		if s.Protocol == step.TCP {
			h.Flags = matcher.SYN
		}
		if got := m.Hit(now, h); got.Matched != 0 {
			return k.Slot(got.Matched)
		}
	}
	return Slot{}, false
}

func TestCountersAroundTheClock(t *testing.T) {
	key := rotating(1, 2)
	k, m := newRing(rotating(0, 0), key)
	k.Roll(start, all)
	for offset := int64(-4); offset <= 4; offset++ {
		for _, action := range []rks1.Action{rks1.Open, rks1.Close} {
			counter := uint64(int64(rks1.Counter(start.Unix(), 30)) + offset)
			slot, ok := knock(t, k, m, rks1.Derive(key.Rotating.Secret, counter, action, key.Rotating.Params), start)
			want := Slot{Key: 1, Action: action, Counter: counter, Replay: 1}
			if inside := offset >= -2 && offset <= 2; ok != inside || (ok && slot != want) {
				t.Errorf("offset %d, %s: %v %+v", offset, action, ok, slot)
			}
		}
	}
}

func TestRollComesAndGoes(t *testing.T) {
	k, m := newRing(rotating(0, 1))
	if changed, more := k.Roll(start, all); !changed || more {
		t.Fatal("the first roll brings sequences")
	}
	if changed, _ := k.Roll(start.Add(time.Second), all); changed {
		t.Fatal("within a period nothing changes")
	}
	if next := k.Next(start); next != start.Add(30*time.Second) {
		t.Fatalf("next at %v", next)
	}
	for _, jump := range []time.Duration{30 * time.Second, 300 * time.Hour, -200 * time.Hour} {
		now := start.Add(jump)
		k.Roll(now, all)
		if len(k.slots) != 6 || len(k.Watch()) != 6 {
			t.Fatalf("after a jump of %v: %d slots, %d watched", jump, len(k.slots), len(k.Watch()))
		}
		key := k.rotating[0]
		if slot, ok := knock(t, k, m, rks1.Derive(key.Secret, rks1.Counter(now.Unix(), 30), rks1.Open, key.Params), start.Add(time.Minute)); !ok || slot.Action != rks1.Open {
			t.Fatalf("after a jump of %v the code of the moment does not match", jump)
		}
	}
}

func TestRollInPieces(t *testing.T) {
	k, _ := newRing(rotating(0, 1), rotating(1, 5), rotating(2, 0))
	rounds := 0
	for more := true; more; rounds++ {
		before := len(k.slots)
		if _, more = k.Roll(start, 5); len(k.slots)-before > 5 {
			t.Fatalf("%d at once", len(k.slots)-before)
		}
	}
	if len(k.slots) != 2*(3+11+1) || rounds != 6 {
		t.Fatalf("%d sequences in %d rounds", len(k.slots), rounds)
	}
}

func TestStaticKeys(t *testing.T) {
	k, m := newRing(static(t, "1001,2002,3001", "4001,5001,6001"), static(t, "7001,8001,7501", ""))
	if len(k.slots) != 3 || !k.Next(start).IsZero() {
		t.Fatalf("%d slots", len(k.slots))
	}
	for text, want := range map[string]Slot{
		"1001,2002,3001": {Action: rks1.Open, Replay: -1}, "4001,5001,6001": {Action: rks1.Close, Replay: -1}, "7001,8001,7501": {Key: 1, Action: rks1.Open, Replay: -1},
	} {
		steps, _ := step.Parse(text)
		if got, ok := knock(t, k, m, steps, start.Add(time.Second)); !ok || got != want {
			t.Errorf("%s: %v %+v", text, ok, got)
		}
	}
}

func TestReconfigureKeepsWhatIsTheSame(t *testing.T) {
	stays, goes, comes := rotating(1, 1), rotating(2, 1), rotating(3, 1)
	legacy := static(t, "1001,2002,3001", "4001,5001,6001")
	k, m := newRing(goes, stays, legacy)
	k.Roll(start, all)
	counter := rks1.Counter(start.Unix(), 30)
	half := func(key daemonconfig.Key) (done, rest []step.Step) {
		steps := rks1.Derive(key.Rotating.Secret, counter, rks1.Open, key.Rotating.Params)
		return steps[:3], steps[3:]
	}
	begun, rest := half(stays)
	knock(t, k, m, begun, start)

	k.Reconfigure(&daemonconfig.Config{Doors: []daemonconfig.Door{{Name: "new", Keys: []daemonconfig.Key{comes}}, {Name: "ssh", Keys: []daemonconfig.Key{legacy, stays}}}})
	k.Roll(start, all)
	if slot, ok := knock(t, k, m, rest, start); !ok || slot != (Slot{Door: 1, Key: 1, Action: rks1.Open, Counter: counter, Replay: 1}) {
		t.Errorf("the knock that was under way: %v %+v", ok, slot)
	}
	for name, c := range map[string]struct {
		key  daemonconfig.Key
		want bool
	}{"gone": {goes, false}, "new": {comes, true}, "same": {stays, true}} {
		first, second := half(c.key)
		if _, ok := knock(t, k, m, append(first, second...), start.Add(time.Second)); ok != c.want {
			t.Errorf("the key that is %s: %v", name, ok)
		}
	}
	steps, _ := step.Parse("4001,5001,6001")
	if slot, ok := knock(t, k, m, steps, start.Add(time.Minute)); !ok || slot != (Slot{Door: 1, Action: rks1.Close, Replay: -1}) {
		t.Errorf("the static key: %v %+v", ok, slot)
	}
	if len(k.slots) != 2*6+2 {
		t.Errorf("%d sequences", len(k.slots))
	}
}
