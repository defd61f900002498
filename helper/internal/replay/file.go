package replay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"
)

const (
	magic      = "SPRPLY1\n"
	headerSize = 32
	recordSize = 40 // ID, open, close, CRC-32 of these, 4 spare
	fileName   = "replay"
	maxRecords = 1 << 20
)

func offset(position int) int64 { return headerSize + int64(position)*recordSize }

func header(epoch time.Time, clean bool) []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.BigEndian.AppendUint64(b, uint64(epoch.UnixNano()))
	if clean {
		b = append(b, 1)
	}
	return append(b, make([]byte, headerSize-len(b))...)
}

func (e *entry) encode() []byte {
	newest := e.newest()
	b := append(make([]byte, 0, recordSize), e.id[:]...)
	b = binary.BigEndian.AppendUint64(b, newest.open)
	b = binary.BigEndian.AppendUint64(b, newest.close)
	return append(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)), 0, 0, 0, 0)
}

// read gives the records in order; no file is no records and a clean stop.
func read(path string) (entries []entry, clean bool, epoch time.Time, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, true, time.Time{}, nil
	}
	if err != nil {
		return nil, false, time.Time{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, offset(maxRecords)))
	if err != nil {
		return nil, false, time.Time{}, err
	}
	const advice = "if the codes of the last minutes cannot have been sniffed, remove it and start again"
	if len(data) < headerSize || string(data[:len(magic)]) != magic || (len(data)-headerSize)%recordSize != 0 {
		return nil, false, time.Time{}, fmt.Errorf("%s is damaged; %s", path, advice)
	}
	epoch = time.Unix(0, int64(binary.BigEndian.Uint64(data[8:])))
	clean = data[16] == 1
	for data = data[headerSize:]; len(data) > 0; data = data[recordSize:] {
		e := entry{id: ID(data[:16]), position: len(entries)}
		e.saved = counters{binary.BigEndian.Uint64(data[16:]), binary.BigEndian.Uint64(data[24:])}
		if crc32.ChecksumIEEE(data[:32]) != binary.BigEndian.Uint32(data[32:]) {
			return nil, false, time.Time{}, fmt.Errorf("%s is damaged at record %d; %s", path, len(entries)+1, advice)
		}
		entries = append(entries, e)
	}
	return entries, clean, epoch, nil
}

// write makes the whole file beside the old one and puts it in its place; the entries get their new positions.
func write(path string, entries []entry, epoch time.Time) (*os.File, error) {
	data := header(epoch, false)
	for i := range entries {
		data = append(data, entries[i].encode()...)
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
	for i := range entries {
		entries[i].position = i
	}
	return file, nil
}

// rewrite writes header and records over those that are there, which takes no space.
func rewrite(path string, entries []entry, epoch time.Time) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteAt(header(epoch, false), 0)
	for i := 0; i < len(entries) && err == nil; i++ {
		_, err = file.WriteAt(entries[i].encode(), offset(entries[i].position))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}
