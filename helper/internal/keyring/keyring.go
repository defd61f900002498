// Package keyring keeps the matcher supplied with the sequences that are valid now: for every rotating key
// those of the counters around the clock, for every static key its own. It is pure but for the matcher that
// it fills; the time comes in.
package keyring

import (
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

// owner is one key and action; the matcher lets sequences of one owner stand for each other.
type owner struct {
	slot    Slot
	key     *daemonconfig.Rotating
	ids     map[uint64]matcher.ID
	entries map[uint64]watchset.Sequence
}

// Keyring knows which sequence belongs to whom.
type Keyring struct {
	matcher  *matcher.Matcher
	slots    map[matcher.ID]Slot
	owners   []owner
	static   []watchset.Sequence
	rotating []*daemonconfig.Rotating
}

// New adds the static sequences to the matcher; Roll adds the rotating ones.
func New(cfg *daemonconfig.Config, m *matcher.Matcher) *Keyring {
	k := &Keyring{matcher: m, slots: map[matcher.ID]Slot{}}
	owners := 0
	for d, door := range cfg.Doors {
		for i, key := range door.Keys {
			slot := Slot{Door: d, Key: i, Replay: -1}
			if key.Rotating != nil {
				slot.Replay = len(k.rotating)
				k.rotating = append(k.rotating, key.Rotating)
			}
			for _, action := range []rks1.Action{rks1.Open, rks1.Close} {
				slot.Action = action
				owners++
				if key.Rotating != nil {
					k.owners = append(k.owners, owner{slot: slot, key: key.Rotating,
						ids: map[uint64]matcher.ID{}, entries: map[uint64]watchset.Sequence{}})
				} else {
					k.addStatic(key.Sequence, slot, -owners)
				}
			}
		}
	}
	return k
}

func (k *Keyring) addStatic(s *daemonconfig.Sequence, slot Slot, owner int) {
	steps := s.Open
	if slot.Action == rks1.Close {
		steps = s.Close
	}
	if len(steps) == 0 {
		return
	}
	id := k.matcher.Add(matcher.Sequence{Kind: matcher.Static, Steps: steps, Window: s.Window, Flags: s.Flags, Owner: owner})
	k.slots[id] = slot
	k.static = append(k.static, watchset.Sequence{Steps: steps, Static: true, Flags: s.Flags})
}

// Rotating lists the rotating keys in the order of Slot.Replay.
func (k *Keyring) Rotating() []*daemonconfig.Rotating { return k.rotating }

// Slot tells what a sequence stands for.
func (k *Keyring) Slot(id matcher.ID) (Slot, bool) {
	s, ok := k.slots[id]
	return s, ok
}

// Roll brings the rotating sequences in line with the clock, deriving at most limit of them, so that with many
// keys the caller can let packets through in between. It tells whether any came or went, and whether more are due.
func (k *Keyring) Roll(now time.Time, limit int) (changed, more bool) {
	for i := range k.owners {
		o := &k.owners[i]
		current, skew := rks1.Counter(now.Unix(), o.key.Params.Period), uint64(o.key.Skew)
		low, high := current-min(skew, current), current+skew
		for counter, id := range o.ids {
			if counter < low || counter > high {
				k.matcher.Remove(id)
				delete(o.ids, counter)
				delete(o.entries, counter)
				delete(k.slots, id)
				changed = true
			}
		}
		for counter := low; counter <= high; counter++ {
			if _, there := o.ids[counter]; there {
				continue
			}
			if limit == 0 {
				return changed, true
			}
			limit--
			steps := rks1.Derive(o.key.Secret, counter, o.slot.Action, o.key.Params)
			window := min(rotatingWindow, time.Duration(o.key.Params.Period)*time.Second)
			id := k.matcher.Add(matcher.Sequence{Kind: matcher.Rotating, Steps: steps, Window: window, Owner: i + 1})
			o.ids[counter] = id
			o.entries[counter] = watchset.Sequence{Steps: steps}
			slot := o.slot
			slot.Counter = counter
			k.slots[id] = slot
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
	watch := append([]watchset.Sequence(nil), k.static...)
	for i := range k.owners {
		for _, s := range k.owners[i].entries {
			watch = append(watch, s)
		}
	}
	return watch
}
