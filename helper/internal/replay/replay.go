// Package replay remembers, for every rotating key, the newest counter that was accepted, so that a knock
// works once. The record is written before anything opens, into a file that has its full size from the
// start; without fsync, which survives the death of the process and costs microseconds. What a power cut
// can lose is made up for by a floor taken from the clock when the machine was not stopped cleanly.
package replay

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sallyport/helper/internal/recordfile"
	"sallyport/helper/internal/rks1"
)

// ErrUsed means that the counter, or a newer one, was accepted before.
var ErrUsed = errors.New("this code was used already, or a newer one was")

// ID names a key without telling its secret.
type ID [16]byte

// KeyID derives the name from the secret: a new secret starts a new record.
func KeyID(secret []byte) ID {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("sallyport-replay-record"))
	return ID(mac.Sum(nil)[:16])
}

// Key is a rotating key whose counters are to be remembered.
type Key struct {
	ID     ID
	Period int64
	Skew   int
}

// Clock is a moment of both clocks: the time of day, and the time since the machine started.
type Clock struct {
	Wall time.Time
	Boot time.Duration
}

// Epoch is when the machine started; within one boot it changes only when the clock is set.
func (c Clock) Epoch() time.Time { return c.Wall.Add(-c.Boot) }

// sameBoot is how far two readings of the same boot may lie apart without the clock having been set.
const sameBoot = 2 * time.Second

// CrashedSince tells whether the machine went down without a clean stop since a record was written.
func (c Clock) CrashedSince(h recordfile.Header) bool {
	return !h.Clean && c.Epoch().Sub(h.Epoch).Abs() > sameBoot
}

// counters are the newest of each action.
type counters struct{ open, close uint64 }

func (c counters) max(o counters) counters {
	return counters{max(c.open, o.open), max(c.close, o.close)}
}

// entry is what is known of a key. Nothing at or below any of the three is accepted.
type entry struct {
	id ID
	// saved is what the file held, accepted what came since, floor what the clock says might have come.
	saved, accepted, floor counters
	// position is the record's place in the file.
	position int
	// old tells that codes may have been accepted for it before the machine or the file came to harm.
	old bool
}

func (e *entry) newest() counters { return e.saved.max(e.accepted).max(e.floor) }

// Store is the file. It is not safe for concurrent use.
type Store struct {
	path string
	file *os.File
	keys []Key
	// entries are those of keys, in their order, then those of keys that are gone.
	entries []entry
	// Unclean tells that the machine went down without a clean stop, so that floors were taken from the clock.
	Unclean bool
	recordfile.Damage
	// Cramped is why the file could not be written anew (a full disk); the old one serves in its place.
	Cramped error
}

// Open reads the records of dir, keeps those of keys that are gone, and writes the file anew at its full size.
func Open(dir string, keys []Key, clock Clock) (*Store, error) {
	s := &Store{path: filepath.Join(dir, fileName)}
	saved, header, err := read(s.path)
	if err := s.Assess(s.path, err); err != nil {
		return nil, fmt.Errorf("replay state: %w", err)
	}
	s.Unclean = len(saved) > 0 && clock.CrashedSince(header)
	next, known := arrange(saved, keys)
	s.takeFloors(next, keys, clock.Wall)
	file, err := write(s.path, next, clock.Epoch())
	if err != nil {
		if !known || s.Damaged {
			return nil, fmt.Errorf("replay state: %w", err)
		}
		// Nobody should be locked out by a full disk: all records are there, so they can be kept in place.
		s.Cramped = err
		if file, err = rewrite(s.path, next, clock.Epoch()); err != nil {
			return nil, fmt.Errorf("replay state: %w", err)
		}
	}
	s.file, s.keys, s.entries = file, keys, next
	return s, nil
}

// SetKeys goes over to other keys; after an error nothing has changed.
func (s *Store) SetKeys(keys []Key, clock Clock) error {
	next, _ := arrange(s.entries, keys)
	s.takeFloors(next, keys, clock.Wall)
	file, err := write(s.path, next, clock.Epoch())
	if err != nil {
		return fmt.Errorf("replay state: %w", err)
	}
	s.file.Close()
	s.file, s.keys, s.entries = file, keys, next
	return nil
}

// arrange puts the entries into the order of keys, followed by those of keys that are gone. known tells whether
// there was one for every key.
func arrange(entries []entry, keys []Key) (next []entry, known bool) {
	index := make(map[ID]int, len(entries))
	for i, e := range entries {
		index[e.id] = i
	}
	known = true
	for _, key := range keys {
		e := entry{id: key.ID, position: -1}
		if i, found := index[key.ID]; found {
			e = entries[i]
			delete(index, key.ID)
		}
		known = known && e.position >= 0
		next = append(next, e)
	}
	for _, e := range entries {
		if _, gone := index[e.id]; gone {
			next = append(next, e)
		}
	}
	return next, known
}

// takeFloors raises to max(saved, now) + skew, after an unclean stop the keys that have a record, after damage all. A
// key that has its floor keeps it, so that a reload makes nobody wait.
func (s *Store) takeFloors(entries []entry, keys []Key, now time.Time) {
	now = s.Latest(now)
	for i, key := range keys {
		e := &entries[i]
		if e.floor == (counters{}) && (s.Damaged || s.Unclean && e.old) {
			counter, skew := rks1.Counter(now.Unix(), key.Period), uint64(key.Skew)
			e.floor = counters{max(e.saved.open, counter) + skew, max(e.saved.close, counter) + skew}
		}
	}
}

// ClockSet is called when the time of day jumped or was synchronised for the first time. Earlier floors came from a
// clock that may have been wrong, and go.
func (s *Store) ClockSet(clock Clock) error {
	if s.Unclean || s.Damaged {
		for i := range s.keys {
			s.entries[i].floor = counters{}
		}
		s.takeFloors(s.entries, s.keys, clock.Wall)
		for i := range s.keys {
			if err := s.save(i); err != nil {
				return err
			}
		}
	}
	return format.Mark(s.file, recordfile.Header{Epoch: clock.Epoch()})
}

// Ahead lists the keys whose newest counter lies in the future: they refuse knocks until the clock gets there.
func (s *Store) Ahead(now time.Time) []int {
	var ahead []int
	for i, key := range s.keys {
		newest := s.entries[i].newest()
		if max(newest.open, newest.close) > rks1.Counter(now.Unix(), key.Period)+uint64(key.Skew)+1 {
			ahead = append(ahead, i)
		}
	}
	return ahead
}

// Reset forgets counters that lie in the future and lists the keys that had them. What was accepted there can be
// replayed when its time comes; what is valid now cannot.
func (s *Store) Reset(now time.Time) ([]int, error) {
	ahead := s.Ahead(now)
	s.Distrust()
	for _, i := range ahead {
		e, key := &s.entries[i], s.keys[i]
		before, floor := *e, rks1.Counter(now.Unix(), key.Period)+uint64(key.Skew)
		e.saved, e.accepted, e.floor = counters{}, counters{}, counters{floor, floor}
		if err := s.save(i); err != nil {
			*e = before
			return nil, err
		}
	}
	return ahead, nil
}

// Accept notes a counter of keys[key]. It fails with ErrUsed, or when the record could not be written; then
// nothing may open. Accepting a close also burns the opens up to that counter.
func (s *Store) Accept(key int, action rks1.Action, counter uint64) error {
	e := &s.entries[key]
	before, newest := e.accepted, e.newest()
	if action == rks1.Close && counter <= newest.close || action != rks1.Close && counter <= newest.open {
		return ErrUsed
	}
	e.accepted.open = max(e.accepted.open, counter)
	if action == rks1.Close {
		e.accepted.close = counter
	}
	if err := s.save(key); err != nil {
		e.accepted = before
		return err
	}
	return nil
}

func (s *Store) save(key int) error {
	e := &s.entries[key]
	if _, err := s.file.WriteAt(e.encode(), format.Offset(e.position)); err != nil {
		return fmt.Errorf("replay state: %w", err)
	}
	return nil
}

// Close marks the stop as clean.
func (s *Store) Close(clock Clock) error {
	return format.Close(s.file, clock.Epoch())
}
