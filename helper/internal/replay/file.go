package replay

import (
	"encoding/binary"
	"os"
	"time"

	"sallyport/helper/internal/recordfile"
)

const (
	recordSize = 40 // ID, open, close, sealed
	fileName   = "replay"
)

var format = recordfile.Format{Magic: "SPRPLY1\n", Size: recordSize, Most: 1 << 20}

func (e *entry) encode() []byte {
	newest := e.newest()
	b := append(make([]byte, 0, recordSize), e.id[:]...)
	b = binary.BigEndian.AppendUint64(b, newest.open)
	return recordfile.Seal(binary.BigEndian.AppendUint64(b, newest.close))
}

// read gives the records in order; no file is no records and a clean stop. With [recordfile.ErrDamaged] it gives those
// that are whole.
func read(path string) (entries []entry, header recordfile.Header, err error) {
	header, data, err := format.Read(path)
	for number := 0; len(data) > 0; number++ {
		e := entry{id: ID(data[:16]), position: number, old: true}
		e.saved = counters{binary.BigEndian.Uint64(data[16:]), binary.BigEndian.Uint64(data[24:])}
		if recordfile.Intact(data[:recordSize]) {
			entries = append(entries, e)
		} else {
			err = recordfile.ErrDamaged
		}
		data = data[recordSize:]
	}
	return entries, header, err
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
