package spareplay

import (
	"encoding/binary"
	"os"
	"time"

	"sallyport/helper/internal/recordfile"
	"sallyport/helper/internal/replay"
)

// A record is a key's head and its places, each sealed by itself, because each is written by itself.
const (
	headSize  = 32 // ID, floor, sealed
	usedSize  = 48 // proof, sent, sealed
	blockSize = headSize + places*usedSize
)

var format = recordfile.Format{Magic: "SPSPAR1\n", Size: blockSize, Most: 1 << 14}

func (b *block) head() []byte {
	data := append(make([]byte, 0, headSize), b.id[:]...)
	return recordfile.Seal(binary.BigEndian.AppendUint64(data, uint64(b.lowest())))
}

func (u used) encode() []byte {
	data := append(make([]byte, 0, usedSize), u.proof[:]...)
	return recordfile.Seal(binary.BigEndian.AppendUint64(data, uint64(u.sent)))
}

func decode(data []byte) (*block, bool) {
	b := &block{id: replay.ID(data[:16]), floor: int64(binary.BigEndian.Uint64(data[16:])), start: noFloor, old: true}
	ok := recordfile.Intact(data[:headSize])
	for i := range b.used {
		u := data[headSize+i*usedSize:][:usedSize]
		b.used[i] = used{proofID(u[:32]), int64(binary.BigEndian.Uint64(u[32:]))}
		ok = ok && recordfile.Intact(u)
	}
	return b, ok
}

// read gives what is saved; no file is no blocks and a clean stop. With [recordfile.ErrDamaged] it gives the blocks that
// are whole.
func read(path string) (blocks []*block, header recordfile.Header, err error) {
	header, data, err := format.Read(path)
	for ; len(data) > 0; data = data[blockSize:] {
		if b, intact := decode(data[:blockSize]); intact {
			blocks = append(blocks, b)
		} else {
			err = recordfile.ErrDamaged
		}
	}
	return blocks, header, err
}

func contents(blocks []*block) (data []byte) {
	for _, b := range blocks {
		data = append(data, b.head()...)
		for _, u := range b.used {
			data = append(data, u.encode()...)
		}
	}
	return data
}

// write makes the file anew.
func write(path string, blocks []*block, epoch time.Time) (*os.File, error) {
	return format.Write(path, recordfile.Header{Epoch: epoch}, contents(blocks))
}

// rewrite writes over a file of the same size.
func rewrite(path string, blocks []*block, epoch time.Time) (*os.File, error) {
	return format.Rewrite(path, recordfile.Header{Epoch: epoch}, func(file *os.File) error {
		_, err := file.WriteAt(contents(blocks), format.Offset(0))
		return err
	})
}
