package onetime

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"sallyport/helper/internal/step"
)

const (
	recordName = "one-time"
	magic      = "SPONCE1\n"
	idSize     = 16
	slotSize   = idSize + 4 // CRC-32
	maxRecord  = 64 << 20
)

// ErrUsed means that the sequence was used before.
var ErrUsed = errors.New("this sequence was used already")

// ID names a sequence of a key by its content: a list may be reordered, and a used sequence stays used.
type ID [idSize]byte

// IDOf names a sequence. Door and user keep the lists of different keys apart.
func IDOf(door, user string, steps []step.Step) ID {
	sum := sha256.Sum256([]byte("sallyport-one-time\x00" + door + "\x00" + user + "\x00" + step.Format(steps)))
	return ID(sum[:idSize])
}

// Record remembers used sequences in a file. It is not safe for concurrent use.
type Record struct {
	file *os.File
	used map[ID]bool
}

// OpenRecord reads the record of a state directory.
func OpenRecord(dir string) (*Record, error) {
	path := filepath.Join(dir, recordName)
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("one-time record: %s is not a regular file", path) // a pipe would be waited for
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("one-time record: %w", err)
	}
	r := &Record{file: file, used: map[ID]bool{}}
	if err := r.read(path); err != nil {
		file.Close()
		return nil, fmt.Errorf("one-time record: %w", err)
	}
	return r, nil
}

func (r *Record) read(path string) error {
	data, err := io.ReadAll(io.LimitReader(r.file, maxRecord))
	if err != nil {
		return err
	}
	if len(data) == 0 {
		_, err := r.file.WriteAt([]byte(magic), 0)
		return err
	}
	if !bytes.HasPrefix(data, []byte(magic)) {
		return fmt.Errorf("%s is damaged; take the used sequences out of the lists by hand, then remove it", path)
	}
	// What a crash cut off in the middle of a slot opened nothing.
	for data = data[len(magic):]; len(data) >= slotSize; data = data[slotSize:] {
		if crc32.ChecksumIEEE(data[:idSize]) != binary.BigEndian.Uint32(data[idSize:]) {
			if len(data) < 2*slotSize {
				break // written last, not completely
			}
			return fmt.Errorf("%s is damaged at slot %d; take the used sequences out of the lists by hand, then remove it", path, len(r.used)+1)
		}
		r.used[ID(data)] = true
	}
	return nil
}

// Used tells whether a sequence was used.
func (r *Record) Used(id ID) bool { return r.used[id] }

// Use notes a sequence as used, on the disk. On an error it is not used, and nothing may open for it.
func (r *Record) Use(id ID) error {
	if r.used[id] {
		return ErrUsed
	}
	slot := binary.BigEndian.AppendUint32(append(make([]byte, 0, slotSize), id[:]...), crc32.ChecksumIEEE(id[:]))
	_, err := r.file.WriteAt(slot, int64(len(magic)+len(r.used)*slotSize))
	if err == nil {
		err = r.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("one-time record: %w", err)
	}
	r.used[id] = true
	return nil
}
