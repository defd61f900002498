// Package replay remembers, for every rotating key, the newest counter that was accepted, so that a knock
// works once. The record is written before anything opens, into a file that has its full size from the
// start; without fsync, which survives the death of the process and costs microseconds. What a power cut
// can lose is made up for by a floor taken from the clock when the machine was not stopped cleanly.
package replay

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

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

// epoch is when the machine started; within one boot it changes only when the clock is set.
func (c Clock) epoch() time.Time { return c.Wall.Add(-c.Boot) }

const (
	magic      = "SPRPLY1\n"
	headerSize = 32
	recordSize = 40 // ID, open, close, CRC-32 of these, 4 spare
	fileName   = "replay"
	maxRecords = 1 << 20
	// sameBoot is how far two readings of the same boot may lie apart without the clock having been set.
	sameBoot = 2 * time.Second
)

type record struct {
	id          ID
	open, close uint64
}

// Store is the file. It is not safe for concurrent use.
type Store struct {
	file    *os.File
	keys    []Key
	records []record
	// Unclean tells that the machine went down without a clean stop, so that floors were taken from the clock.
	Unclean bool
	// Ahead lists keys whose saved counter lies in the future: they refuse knocks until the clock gets there.
	Ahead []int
}

// Open reads the records of dir, keeps those of keys that are gone, and writes the file anew at its full size.
func Open(dir string, keys []Key, clock Clock) (*Store, error) {
	path := filepath.Join(dir, fileName)
	saved, order, clean, epoch, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("replay state: %w", err)
	}
	s := &Store{keys: keys}
	s.Unclean = len(order) > 0 && !clean && clock.epoch().Sub(epoch).Abs() > sameBoot
	for i, key := range keys {
		r, known := saved[key.ID]
		delete(saved, key.ID)
		r.id = key.ID
		now := rks1.Counter(clock.Wall.Unix(), key.Period)
		if known && max(r.open, r.close) > now+uint64(key.Skew)+1 {
			s.Ahead = append(s.Ahead, i)
		}
		s.records = append(s.records, r)
	}
	if s.Unclean {
		s.floor(clock.Wall)
	}
	for _, id := range order {
		if r, gone := saved[id]; gone {
			s.records = append(s.records, r)
		}
	}
	if s.file, err = write(path, s.records, clock.epoch()); err != nil {
		return nil, fmt.Errorf("replay state: %w", err)
	}
	return s, nil
}

// floor raises every key to max(saved, now) + skew.
func (s *Store) floor(now time.Time) {
	for i, key := range s.keys {
		r := &s.records[i]
		counter, skew := rks1.Counter(now.Unix(), key.Period), uint64(key.Skew)
		r.open, r.close = max(r.open, counter)+skew, max(r.close, counter)+skew
	}
}

// ClockSet is called when the time of day jumped. After an unclean start the floors came from a clock that may
// have been wrong, so they are taken again.
func (s *Store) ClockSet(clock Clock) error {
	if s.Unclean {
		s.floor(clock.Wall)
		for i := range s.keys {
			if err := s.save(i); err != nil {
				return err
			}
		}
	}
	_, err := s.file.WriteAt(header(clock.epoch(), false), 0)
	return err
}

// Accept notes a counter of keys[key]. It fails with ErrUsed, or when the record could not be written; then
// nothing may open. Accepting a close also burns the opens up to that counter.
func (s *Store) Accept(key int, action rks1.Action, counter uint64) error {
	r := &s.records[key]
	before := *r
	last := &r.open
	if action == rks1.Close {
		last = &r.close
	}
	if counter <= *last {
		return ErrUsed
	}
	*last = counter
	if action == rks1.Close {
		r.open = max(r.open, counter)
	}
	if err := s.save(key); err != nil {
		*r = before
		return err
	}
	return nil
}

func (s *Store) save(key int) error {
	if _, err := s.file.WriteAt(s.records[key].encode(), headerSize+int64(key)*recordSize); err != nil {
		return fmt.Errorf("replay state: %w", err)
	}
	return nil
}

// Close marks the stop as clean.
func (s *Store) Close(clock Clock) error {
	_, err := s.file.WriteAt(header(clock.epoch(), true), 0)
	return errors.Join(err, s.file.Sync(), s.file.Close())
}

func header(epoch time.Time, clean bool) []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.BigEndian.AppendUint64(b, uint64(epoch.UnixNano()))
	if clean {
		b = append(b, 1)
	}
	return append(b, make([]byte, headerSize-len(b))...)
}

func (r record) encode() []byte {
	b := append(make([]byte, 0, recordSize), r.id[:]...)
	b = binary.BigEndian.AppendUint64(b, r.open)
	b = binary.BigEndian.AppendUint64(b, r.close)
	return append(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), 0, 0, 0, 0)
}

// read gives the records by ID and in order; no file is no records and a clean stop.
func read(path string) (records map[ID]record, order []ID, clean bool, epoch time.Time, err error) {
	records = map[ID]record{}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return records, nil, true, time.Time{}, nil
	}
	if err != nil {
		return nil, nil, false, time.Time{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, headerSize+maxRecords*recordSize))
	if err != nil {
		return nil, nil, false, time.Time{}, err
	}
	if len(data) < headerSize || string(data[:len(magic)]) != magic || (len(data)-headerSize)%recordSize != 0 {
		return nil, nil, false, time.Time{}, fmt.Errorf("%s is damaged; if the codes of the last minutes cannot have been "+
			"sniffed, remove it and start again", path)
	}
	epoch = time.Unix(0, int64(binary.BigEndian.Uint64(data[8:])))
	clean = data[16] == 1
	for data = data[headerSize:]; len(data) > 0; data = data[recordSize:] {
		r := record{id: ID(data[:16]), open: binary.BigEndian.Uint64(data[16:]), close: binary.BigEndian.Uint64(data[24:])}
		if crc32.ChecksumIEEE(data[:32]) != binary.BigEndian.Uint32(data[32:]) {
			return nil, nil, false, time.Time{}, fmt.Errorf("%s is damaged at record %d; if the codes of the last minutes "+
				"cannot have been sniffed, remove it and start again", path, len(order)+1)
		}
		records[r.id] = r
		order = append(order, r.id)
	}
	return records, order, clean, epoch, nil
}

// write makes the whole file beside the old one and puts it in its place.
func write(path string, records []record, epoch time.Time) (*os.File, error) {
	data := header(epoch, false)
	for _, r := range records {
		data = append(data, r.encode()...)
	}
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		file.Close()
		os.Remove(temporary)
		return nil, err
	}
	return file, nil
}
