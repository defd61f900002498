package replay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"sallyport/helper/internal/recordfile"
)

const (
	recordSize = 40 // ID, open, close, sealed
	fileName   = "replay"
	advice     = "if the codes of the last minutes cannot have been sniffed, remove it and start again"
)

var format = recordfile.Format{Magic: "SPRPLY1\n", Size: recordSize, Most: 1 << 20}

func (e *entry) encode() []byte {
	newest := e.newest()
	b := append(make([]byte, 0, recordSize), e.id[:]...)
	b = binary.BigEndian.AppendUint64(b, newest.open)
	return recordfile.Seal(binary.BigEndian.AppendUint64(b, newest.close))
}

// read gives the records in order; no file is no records and a clean stop.
func read(path string) ([]entry, recordfile.Header, error) {
	header, data, err := format.Read(path)
	if errors.Is(err, recordfile.ErrDamaged) {
		return nil, header, fmt.Errorf("%s is damaged; %s", path, advice)
	}
	if err != nil {
		return nil, header, err
	}
	var entries []entry
	for ; len(data) > 0; data = data[recordSize:] {
		e := entry{id: ID(data[:16]), position: len(entries)}
		e.saved = counters{binary.BigEndian.Uint64(data[16:]), binary.BigEndian.Uint64(data[24:])}
		if !recordfile.Intact(data[:recordSize]) {
			return nil, header, fmt.Errorf("%s is damaged at record %d; %s", path, len(entries)+1, advice)
		}
		entries = append(entries, e)
	}
	return entries, header, nil
}

// write makes the file anew; the entries get their new positions.
func write(path string, entries []entry, epoch time.Time) (*os.File, error) {
	var data []byte
	for i := range entries {
		data = append(data, entries[i].encode()...)
	}
	file, err := format.Write(path, recordfile.Header{Epoch: epoch}, data)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		entries[i].position = i
	}
	return file, nil
}

// rewrite writes the entries over those that are there.
func rewrite(path string, entries []entry, epoch time.Time) (*os.File, error) {
	return format.Rewrite(path, recordfile.Header{Epoch: epoch}, func(file *os.File) error {
		for i := range entries {
			if _, err := file.WriteAt(entries[i].encode(), format.Offset(entries[i].position)); err != nil {
				return err
			}
		}
		return nil
	})
}
