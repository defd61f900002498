// Package keyring keeps the matcher supplied with the sequences that are valid now: for every rotating key
// those of the counters around the clock, for every static key its own. It is pure but for the matcher that
// it fills; the time comes in.
package keyring

import (
	"slices"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/watchset"
)

// rotatingWindow bounds the time from first to last step, however long the period is.
const rotatingWindow = 15 * time.Second

// Slot is what a sequence in the matcher stands for.
type Slot struct {
	// Door and Key are indexes into the config.
	Door, Key int
	Action    rks1.Action
	// Counter is the sequence's, for rotating keys.
	Counter uint64
	// Replay is the index of the key among the rotating keys, -1 for static ones.
	Replay int
}

// owner is one key and action; the matcher lets sequences of one owner stand for each other. There may be tens of
// thousands, so it is kept small.
type owner struct {
	slot Slot
	key  *daemonconfig.Rotating // nil for a static key
	live []current              // the sequences that the matcher has
}

type current struct {
	counter uint64
	id      matcher.ID
}

// reference finds the owner of a sequence.
type reference struct {
	owner   int32
	counter uint64
}

// Keyring knows which sequence belongs to whom.
type Keyring struct {
	config   *daemonconfig.Config
	matcher  *matcher.Matcher
	owners   []owner
	slots    map[matcher.ID]reference
	rotating []*daemonconfig.Rotating
}

// New adds the static sequences to the matcher; Roll adds the rotating ones.
func New(cfg *daemonconfig.Config, m *matcher.Matcher) *Keyring {
	k := &Keyring{matcher: m, slots: map[matcher.ID]reference{}}
	k.fill(cfg, nil)
	return k
}

// fill makes the owners of a config. Sequences that are there already are taken over from before, which is left
// with those that nobody has any more.
func (k *Keyring) fill(cfg *daemonconfig.Config, before map[string][]current) {
	k.config = cfg
	for d, door := range cfg.Doors {
		for i, key := range door.Keys {
			slot := Slot{Door: d, Key: i, Replay: -1}
			if key.Rotating != nil {
				slot.Replay = len(k.rotating)
				k.rotating = append(k.rotating, key.Rotating)
			}
			for _, action := range []rks1.Action{rks1.Open, rks1.Close} {
				slot.Action = action
				k.owners = append(k.owners, owner{slot: slot, key: key.Rotating})
				index := len(k.owners) - 1
				if key.Rotating != nil {
					k.takeOver(index, before, rotatingIdentity(key.Rotating, action))
				} else if s, some := staticSequence(key.Sequence, action); some && !k.takeOver(index, before, staticIdentity(s, action)) {
					k.add(index, 0, s)
				}
			}
		}
	}
}

func staticSequence(key *daemonconfig.Sequence, action rks1.Action) (s matcher.Sequence, some bool) {
	if key == nil {
		return s, false
	}
	steps := key.Open
	if action == rks1.Close {
		steps = key.Close
	}
	return matcher.Sequence{Kind: matcher.Static, Steps: steps, Window: key.Window, Flags: key.Flags}, len(steps) > 0
}

func (k *Keyring) add(index int, counter uint64, s matcher.Sequence) {
	s.Owner = index
	id := k.matcher.Add(s)
	k.owners[index].live = append(k.owners[index].live, current{counter, id})
	k.slots[id] = reference{int32(index), counter}
}

// Rotating lists the rotating keys in the order of Slot.Replay.
func (k *Keyring) Rotating() []*daemonconfig.Rotating { return k.rotating }

// RotatingOf lists the rotating keys of a config in the order that Slot.Replay will have.
func RotatingOf(cfg *daemonconfig.Config) []*daemonconfig.Rotating {
	var rotating []*daemonconfig.Rotating
	for _, door := range cfg.Doors {
		for _, key := range door.Keys {
			if key.Rotating != nil {
				rotating = append(rotating, key.Rotating)
			}
		}
	}
	return rotating
}

// Slot tells what a sequence stands for.
func (k *Keyring) Slot(id matcher.ID) (Slot, bool) {
	r, ok := k.slots[id]
	if !ok {
		return Slot{}, false
	}
	slot := k.owners[r.owner].slot
	slot.Counter = r.counter
	return slot, true
}

// Roll brings the rotating sequences in line with the clock, deriving at most limit of them, so that with many
// keys the caller can let packets through in between. It tells whether any came or went, and whether more are due.
func (k *Keyring) Roll(now time.Time, limit int) (changed, more bool) {
	for i := range k.owners {
		o := &k.owners[i]
		if o.key == nil {
			continue
		}
		now, skew := rks1.Counter(now.Unix(), o.key.Params.Period), uint64(o.key.Skew)
		low, high := now-min(skew, now), now+skew
		before := len(o.live)
		o.live = slices.DeleteFunc(o.live, func(c current) bool {
			over := c.counter < low || c.counter > high
			if over {
				k.matcher.Remove(c.id)
				delete(k.slots, c.id)
			}
			return over
		})
		changed = changed || len(o.live) < before
		for counter := low; counter <= high; counter++ {
			if slices.ContainsFunc(o.live, func(c current) bool { return c.counter == counter }) {
				continue
			}
			if limit == 0 {
				return changed, true
			}
			limit--
			window := min(rotatingWindow, time.Duration(o.key.Params.Period)*time.Second)
			steps := rks1.Derive(o.key.Secret, counter, o.slot.Action, o.key.Params)
			k.add(i, counter, matcher.Sequence{Kind: matcher.Rotating, Steps: steps, Window: window})
			changed = true
		}
	}
	return changed, false
}

// Next is when Roll has something to do again; zero when there are no rotating keys.
func (k *Keyring) Next(now time.Time) time.Time {
	var next time.Time
	for _, key := range k.rotating {
		period := key.Params.Period
		at := time.Unix((now.Unix()/period+1)*period, 0)
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next
}

// Watch lists every sequence that is valid now.
func (k *Keyring) Watch() []watchset.Sequence {
	watch := make([]watchset.Sequence, 0, len(k.slots))
	for i := range k.owners {
		for _, c := range k.owners[i].live {
			s := k.matcher.Sequence(c.id)
			watch = append(watch, watchset.Sequence{Steps: s.Steps, Static: s.Kind == matcher.Static, Flags: s.Flags})
		}
	}
	return watch
}
