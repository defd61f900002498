// Package spareplay remembers, for every SPA key, the packets that were accepted, so that a packet works once.
// Nothing is ever forgotten for its age: when a key's places are full, the packet that was sent longest ago
// makes room and everything sent up to then is refused from now on. So the clock may jump either way. Records
// are written before anything opens, into a file that has its full size from the start, without fsync: that
// survives the death of the process. After a power cut a floor is taken from the clock.
package spareplay

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sallyport/helper/internal/recordfile"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/spa"
)

var (
	// ErrUsed means that this very packet was accepted before.
	ErrUsed = errors.New("this packet was used already")
	// ErrOld means that the packet was sent before a time up to which packets may have been used.
	ErrOld = errors.New("this packet was sent before the time from which packets are known to be new")
)

const (
	// FileName is the record's name inside the state directory.
	FileName = "spa-replay"
	// places is the number of packets remembered for a key: far more than one person sends in four minutes.
	places  = 64
	noFloor = math.MinInt64
)

// proofID is the beginning of a packet's HMAC.
type proofID [32]byte

// used is one accepted packet; the zero value is a free place.
type used struct {
	proof proofID
	sent  int64 // Unix seconds
}

// block is what is known of one key.
type block struct {
	id replay.ID
	// Nothing sent at or before these Unix seconds is taken: floor for what was forgotten, start for what the
	// clock says may have been lost.
	floor, start int64
	used         [places]used
	old          bool // packets may have been accepted for it before the machine or the file came to harm
}

func (b *block) lowest() int64 { return max(b.floor, b.start) }

// Store is the file. It is not safe for concurrent use.
type Store struct {
	path string
	file *os.File
	keys int
	// blocks are those of the keys, in their order, then those of keys that are gone.
	blocks []*block
	// Unclean tells that the machine went down without a clean stop, so that floors were taken from the clock.
	Unclean bool
	recordfile.Damage
	// Cramped is why the file could not be written anew (a full disk); the old one serves in its place.
	Cramped error
}

// Open reads the records of dir, keeps those of keys that are gone, and writes the file anew at its full size.
func Open(dir string, keys []replay.ID, clock replay.Clock) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName)}
	saved, header, err := read(s.path)
	if err := s.Assess(s.path, err); err != nil {
		return nil, fmt.Errorf("SPA replay state: %w", err)
	}
	s.blocks = saved
	s.Unclean = len(saved) > 0 && clock.CrashedSince(header)
	if err := s.SetKeys(keys, clock); err != nil {
		return nil, err
	}
	return s, nil
}

// SetKeys goes over to other keys; after an error nothing has changed.
func (s *Store) SetKeys(keys []replay.ID, clock replay.Clock) error {
	left, next := slices.Clone(s.blocks), []*block(nil)
	for _, id := range keys {
		at := slices.IndexFunc(left, func(b *block) bool { return b.id == id })
		if at < 0 {
			next = append(next, &block{id: id, floor: noFloor, start: noFloor})
			continue
		}
		next = append(next, left[at])
		left = slices.Delete(left, at, at+1)
	}
	s.raise(next, clock.Wall)
	next = append(next, left...)
	file, err := write(s.path, next, clock.Epoch())
	if err != nil && len(next) == len(s.blocks) && (s.file != nil || !s.Damaged) {
		// A full disk: as many blocks as before fit into the file that is there.
		s.Cramped = err
		file, err = rewrite(s.path, next, clock.Epoch())
	}
	if err != nil {
		return fmt.Errorf("SPA replay state: %w", err)
	}
	if s.file != nil {
		s.file.Close()
	}
	s.file, s.keys, s.blocks = file, len(keys), next
	return nil
}

// raise refuses every packet that may have been accepted by a clock like this one, after an unclean stop for keys that
// have a record, after damage for all. A key that has its start keeps it, so that a reload makes nobody wait.
func (s *Store) raise(blocks []*block, now time.Time) {
	now = s.Latest(now)
	for _, b := range blocks {
		if b.start == noFloor && (s.Damaged || s.Unclean && b.old) {
			b.start = now.Add(spa.MaxAge).Unix()
		}
	}
}

// ClockSet is called when the time of day jumped or was synchronised for the first time. Earlier starts came from a
// clock that may have been wrong, and go.
func (s *Store) ClockSet(clock replay.Clock) error {
	if s.Unclean || s.Damaged {
		for _, b := range s.blocks[:s.keys] {
			b.start = noFloor
		}
		s.raise(s.blocks[:s.keys], clock.Wall)
		if err := s.saveHeads(); err != nil {
			return err
		}
	}
	if err := format.Mark(s.file, recordfile.Header{Epoch: clock.Epoch()}); err != nil {
		return fmt.Errorf("SPA replay state: %w", err)
	}
	return nil
}

func (s *Store) saveHeads() error {
	for i := range s.keys {
		if err := s.writeAt(s.blocks[i].head(), format.Offset(i)); err != nil {
			return err
		}
	}
	return nil
}

// Ahead lists the keys that refuse packets until the clock gets past a time in the future.
func (s *Store) Ahead(now time.Time) []int {
	var ahead []int
	for i, b := range s.blocks[:s.keys] {
		if b.lowest() > now.Add(2*spa.MaxAge).Unix() {
			ahead = append(ahead, i)
		}
	}
	return ahead
}

// Reset takes such floors down to now and lists the keys that had them. The packets that are remembered stay so.
func (s *Store) Reset(now time.Time) ([]int, error) {
	ahead := s.Ahead(now)
	s.Distrust()
	for _, i := range ahead {
		b := s.blocks[i]
		b.floor = now.Add(spa.MaxAge).Unix()
		b.start = b.floor
	}
	return ahead, s.saveHeads()
}

// Accept notes a packet of keys[key]. It fails with ErrUsed or ErrOld, or when the record could not be written;
// then nothing may open.
func (s *Store) Accept(key int, proof spa.Proof, sent time.Time) error {
	b := s.blocks[key]
	entry := used{sent: sent.Unix()}
	copy(entry.proof[:], proof)
	place := 0
	for i := range b.used {
		if b.used[i].proof == entry.proof {
			return ErrUsed
		}
		if b.used[i].before(b.used[place]) {
			place = i
		}
	}
	if entry.sent <= b.lowest() {
		return ErrOld
	}
	if old := b.used[place]; old != (used{}) {
		if entry.sent <= old.sent {
			return ErrOld
		}
		// The floor goes to the disk first, so that at no moment both are missing.
		before := b.floor
		b.floor = max(b.floor, old.sent)
		if err := s.writeAt(b.head(), format.Offset(key)); err != nil {
			b.floor = before
			return err
		}
	}
	if err := s.writeAt(entry.encode(), format.Offset(key)+headSize+int64(place)*usedSize); err != nil {
		return err
	}
	b.used[place] = entry
	return nil
}

// before orders places by which is to be taken first: free ones, then the packet sent longest ago.
func (u used) before(other used) bool {
	if free, otherFree := u == (used{}), other == (used{}); free || otherFree {
		return free && !otherFree
	}
	return u.sent < other.sent
}

// Close marks the stop as clean.
func (s *Store) Close(clock replay.Clock) error {
	return format.Close(s.file, clock.Epoch())
}

func (s *Store) writeAt(data []byte, at int64) error {
	if _, err := s.file.WriteAt(data, at); err != nil {
		return fmt.Errorf("SPA replay state: %w", err)
	}
	return nil
}
