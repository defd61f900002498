// Package recordfile is the file of a replay record: a header that tells whether the machine was stopped cleanly, and
// records of one size, each with a checksum. It has its full size from the start, so that writing over a record takes
// no space; it is made anew beside the old one and put in its place in one step.
package recordfile

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"syscall"
	"time"
)

const (
	headerSize = 32 // magic, epoch in ns, 1 after a clean stop; all numbers are big-endian
	magicSize  = 8
	sealSize   = 8 // CRC-32, 4 spare
)

// ErrDamaged means that a file is not what was written.
var ErrDamaged = errors.New("the file is damaged")

// Format is one kind of file.
type Format struct {
	// Magic is what the file begins with, of 8 bytes.
	Magic string
	// Size is that of a record, Most how many there may be.
	Size, Most int
}

// Header is what is known of the time that a file was written in.
type Header struct {
	// Epoch is when the machine started, by the clock of then.
	Epoch time.Time
	// Clean tells that the daemon was stopped, rather than killed.
	Clean bool
}

func (f Format) header(h Header) []byte {
	b := append(make([]byte, 0, headerSize), f.Magic...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Epoch.UnixNano()))
	if h.Clean {
		b = append(b, 1)
	}
	return append(b, make([]byte, headerSize-len(b))...)
}

// Offset is where the record with a number begins.
func (f Format) Offset(number int) int64 { return headerSize + int64(number)*int64(f.Size) }

// Read gives the header and all records; no file is no records and a clean stop.
func (f Format) Read(path string) (h Header, records []byte, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
	if errors.Is(err, os.ErrNotExist) {
		return Header{Clean: true}, nil, nil
	}
	if err != nil {
		return Header{}, nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, f.Offset(f.Most)))
	if err != nil {
		return Header{}, nil, err
	}
	if len(data) < headerSize || string(data[:magicSize]) != f.Magic || (len(data)-headerSize)%f.Size != 0 {
		return Header{}, nil, ErrDamaged
	}
	h = Header{Epoch: time.Unix(0, int64(binary.BigEndian.Uint64(data[magicSize:]))), Clean: data[magicSize+8] == 1}
	return h, data[headerSize:], nil
}

// Write makes the whole file beside the old one and puts it in its place.
func (f Format) Write(path string, h Header, records []byte) (*os.File, error) {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(append(f.header(h), records...))
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

// Damage is what a store does without when its file was damaged.
type Damage struct {
	// Damaged tells that it was, so that floors are taken from the clock and from when the file was last written.
	Damaged bool
	// Aside is where the damaged file is kept, "" if it could not be.
	Aside   string
	written time.Time
}

// Assess looks at how reading a file went: of a damaged one a copy is kept, and what else went wrong is given back.
func (d *Damage) Assess(path string, err error) error {
	if d.Damaged = errors.Is(err, ErrDamaged); !d.Damaged {
		return err
	}
	if info, err := os.Stat(path); err == nil {
		d.written = info.ModTime()
	}
	d.Aside = SetAside(path)
	return nil
}

// Latest is now, or when a damaged file was last written if that is later: the clock may be behind.
func (d *Damage) Latest(now time.Time) time.Time {
	if d.written.After(now) {
		return d.written
	}
	return now
}

// Distrust forgets when a damaged file was written: it lies in a future that the clock was wrong about.
func (d *Damage) Distrust() { d.written = time.Time{} }

// SetAside keeps a damaged file under another name too, which it gives. The file stays in its place, so that at no moment
// there is none. Without a second name it gives "": a record that opens doors again matters more than a copy of what is
// wrong with it.
func SetAside(path string) string {
	aside := path + ".damaged"
	os.Remove(aside)
	if err := os.Link(path, aside); err != nil {
		return ""
	}
	return aside
}

// Rewrite opens the file that is there and writes another header and records over what it holds, which takes no space:
// write puts each record at its Offset.
func (f Format) Rewrite(path string, h Header, write func(*os.File) error) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Mark(file, h), write(file)); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// Mark writes another header.
func (f Format) Mark(file *os.File, h Header) error {
	_, err := file.WriteAt(f.header(h), 0)
	return err
}

// Close marks the stop as clean.
func (f Format) Close(file *os.File, epoch time.Time) error {
	return errors.Join(f.Mark(file, Header{Epoch: epoch, Clean: true}), file.Sync(), file.Close())
}

// Seal adds the checksum to data, and some bytes to spare.
func Seal(data []byte) []byte {
	return append(binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data)), 0, 0, 0, 0)
}

// Intact tells whether data are as Seal left them.
func Intact(data []byte) bool {
	cut := len(data) - sealSize
	return cut >= 0 && crc32.ChecksumIEEE(data[:cut]) == binary.BigEndian.Uint32(data[cut:])
}
