package spareplay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"

	"sallyport/helper/internal/replay"
)

// The file is a header and one block per key: its head, then its places. All numbers are big-endian.
const (
	magic      = "SPSPAR1\n"
	headerSize = 32 // magic, epoch in ns, 1 after a clean stop
	headSize   = 32 // ID, floor, CRC-32 of these, 4 spare
	usedSize   = 48 // proof, sent, CRC-32 of these, 4 spare
	blockSize  = headSize + places*usedSize
	maxBlocks  = 1 << 14
)

func header(epoch time.Time, clean bool) []byte {
	b := append(make([]byte, 0, headerSize), magic...)
	b = binary.BigEndian.AppendUint64(b, uint64(epoch.UnixNano()))
	if clean {
		b = append(b, 1)
	}
	return append(b, make([]byte, headerSize-len(b))...)
}

func (b *block) head() []byte {
	data := append(make([]byte, 0, headSize), b.id[:]...)
	return checked(binary.BigEndian.AppendUint64(data, uint64(b.lowest())))
}

func (u used) encode() []byte {
	data := append(make([]byte, 0, usedSize), u.proof[:]...)
	return checked(binary.BigEndian.AppendUint64(data, uint64(u.sent)))
}

func (b *block) encode() []byte {
	data := append(make([]byte, 0, blockSize), b.head()...)
	for _, u := range b.used {
		data = append(data, u.encode()...)
	}
	return data
}

// checked adds the sum and the spare bytes.
func checked(data []byte) []byte {
	return append(binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(data)), 0, 0, 0, 0)
}

// valid is the inverse: it tells whether the sum is right.
func valid(data []byte) bool {
	cut := len(data) - 8
	return crc32.ChecksumIEEE(data[:cut]) == binary.BigEndian.Uint32(data[cut:])
}

func decode(data []byte) (*block, bool) {
	b := &block{id: replay.ID(data[:16]), floor: int64(binary.BigEndian.Uint64(data[16:])), start: noFloor, saved: true}
	ok := valid(data[:headSize])
	for i := range b.used {
		u := data[headSize+i*usedSize:][:usedSize]
		b.used[i] = used{proofID(u[:32]), int64(binary.BigEndian.Uint64(u[32:]))}
		ok = ok && valid(u)
	}
	return b, ok
}

type saved struct {
	blocks []*block
	clean  bool
	epoch  time.Time
}

// read gives what is saved; no file is no blocks and a clean stop.
func read(path string) (saved, error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return saved{clean: true}, nil
	}
	if err != nil {
		return saved{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, headerSize+maxBlocks*blockSize))
	if err != nil {
		return saved{}, err
	}
	damaged := fmt.Errorf("%s is damaged; if no packet of the last four minutes can have been sniffed, remove it and start again", path)
	if len(data) < headerSize || string(data[:len(magic)]) != magic || (len(data)-headerSize)%blockSize != 0 {
		return saved{}, damaged
	}
	s := saved{epoch: time.Unix(0, int64(binary.BigEndian.Uint64(data[8:]))), clean: data[16] == 1}
	for data = data[headerSize:]; len(data) > 0; data = data[blockSize:] {
		b, ok := decode(data[:blockSize])
		if !ok {
			return saved{}, damaged
		}
		s.blocks = append(s.blocks, b)
	}
	return s, nil
}

func contents(blocks []*block, epoch time.Time) []byte {
	data := header(epoch, false)
	for _, b := range blocks {
		data = append(data, b.encode()...)
	}
	return data
}

// rewrite writes over a file of the same size, which takes no space.
func rewrite(path string, blocks []*block, epoch time.Time) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := file.WriteAt(contents(blocks, epoch), 0); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// write makes the whole file beside the old one and puts it in its place.
func write(path string, blocks []*block, epoch time.Time) (*os.File, error) {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(contents(blocks, epoch))
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
