package doorcmd

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sallyport/helper/internal/recordfile"
)

// FileName is the journal's name inside the state directory.
const FileName = "owed-closes"

const (
	maxLine = 16 << 10
	// compactAfter lines the journal is written anew when nothing is owed.
	compactAfter = 1000
)

// Key names one grant at one door.
type Key struct {
	Addr netip.Addr `json:"ip"`
	Door string     `json:"door"`
	User string     `json:"user"`
	// Ports tells grants apart that one user has at one door, such as "22/tcp".
	Ports string `json:"ports,omitempty"`
}

// Owed is a close that must run when its time comes.
type Owed struct {
	Key
	Argv []string `json:"argv"`
	// Until is the time of day when it is due, and For the longest that it can take, should the clock be wrong.
	Until time.Time     `json:"until"`
	For   time.Duration `json:"for"`
	id    uint64
}

// Left is the time until a close that was read back is due.
func (o Owed) Left(now time.Time) time.Duration { return max(0, min(o.Until.Sub(now), o.For)) }

// line is one change: something new is owed, or it is done, or due later.
type line struct {
	ID    uint64    `json:"id"`
	Owed  *Owed     `json:"owed,omitempty"`
	Done  bool      `json:"done,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

// journal is a file that only grows, a line per change, until it is written anew. A write without fsync survives
// the end of the process; sync is for what must survive the machine's.
type journal struct {
	path  string
	file  *os.File
	size  int64
	lines int
	next  uint64
	// cramped is why the file could not be written anew (a full disk); the old one serves in its place.
	cramped error
	// damaged tells of lines that could not be read, nil if there are none.
	damaged error
}

// openJournal reads what is owed and writes the file anew with that alone. A last line without its end was being
// written when the machine went down; nothing had been run for it.
func openJournal(dir string) (*journal, []Owed, error) {
	j := &journal{path: filepath.Join(dir, FileName)}
	owed, err := j.read()
	if err != nil {
		return nil, nil, fmt.Errorf("owed closes: %w", err)
	}
	if j.damaged != nil {
		if aside := recordfile.SetAside(j.path); aside != "" {
			j.damaged = fmt.Errorf("%w; kept as %s", j.damaged, aside)
		}
	}
	if j.cramped = j.rewrite(owed); j.cramped != nil {
		// Nobody should be locked out by a full disk: what can be written goes behind what is there.
		if j.file, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
			return nil, nil, fmt.Errorf("owed closes: %w", errors.Join(j.cramped, err))
		}
		if err := j.file.Truncate(j.size); err != nil { // a last line without its end
			return nil, nil, fmt.Errorf("owed closes: %w", err)
		}
	}
	return j, owed, nil
}

func (j *journal) read() ([]Owed, error) {
	file, err := os.OpenFile(j.path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is not waited for
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s is not a regular file; run by hand what closes the doors, then remove it", j.path), err)
	}
	byID := map[uint64]*Owed{}
	var order []uint64
	reader := bufio.NewReaderSize(file, maxLine)
	for number := 1; ; number++ {
		text, length, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			break
		}
		j.size, j.lines = j.size+length, number
		var l line
		if err == nil {
			err = json.Unmarshal(text, &l)
		}
		if err == nil && l.Owed != nil && (len(l.Owed.Argv) == 0 || !l.Owed.Addr.IsValid()) {
			err = errors.New("a close without a program or an address")
		}
		if err != nil {
			// Nobody should be locked out by a close that is lost.
			if j.damaged == nil {
				j.damaged = fmt.Errorf("%s:%d is damaged: %w", j.path, number, err)
			}
			continue
		}
		j.next = max(j.next, l.ID)
		switch {
		case l.Owed != nil:
			l.Owed.id = l.ID
			byID[l.ID] = l.Owed
			order = append(order, l.ID)
		case l.Done:
			delete(byID, l.ID)
		case byID[l.ID] != nil:
			byID[l.ID].Until = l.Until
		}
	}
	var owed []Owed
	for _, id := range order {
		if o := byID[id]; o != nil {
			owed = append(owed, *o)
		}
	}
	return owed, nil
}

// readLine gives a line and how long it is; one of over maxLine bytes is passed over with bufio.ErrBufferFull.
func readLine(reader *bufio.Reader) (text []byte, length int64, err error) {
	text, err = reader.ReadSlice('\n')
	for length = int64(len(text)); errors.Is(err, bufio.ErrBufferFull); {
		var more []byte
		if more, err = reader.ReadSlice('\n'); err == nil {
			return nil, length + int64(len(more)), bufio.ErrBufferFull
		}
		length += int64(len(more))
	}
	return text, length, err
}

// rewrite makes the whole file beside the old one and puts it in its place.
func (j *journal) rewrite(owed []Owed) error {
	var data []byte
	for i := range owed {
		data = append(data, encode(line{ID: owed[i].id, Owed: &owed[i]})...)
	}
	file, err := os.OpenFile(j.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(j.path+".new", j.path)
	}
	if err != nil {
		file.Close()
		os.Remove(j.path + ".new")
		return err
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.size, j.lines = file, int64(len(data)), len(owed)
	return nil
}

// add writes one line; after an error the file is as it was.
func (j *journal) add(l line) error {
	data := encode(l)
	if len(data) >= maxLine {
		return fmt.Errorf("owed closes: a command of %d bytes is too long", len(data))
	}
	if _, err := j.file.WriteAt(data, j.size); err != nil {
		return errors.Join(fmt.Errorf("owed closes: %w", err), j.file.Truncate(j.size))
	}
	j.size += int64(len(data))
	j.lines++
	return nil
}

// owe notes a close and gives it its number.
func (j *journal) owe(o *Owed) error {
	j.next++
	o.id = j.next
	return j.add(line{ID: o.id, Owed: o})
}

// done notes that a close has run; left is what is owed still, for when the file has grown long.
func (j *journal) done(id uint64, left func() []Owed) error {
	if j.lines >= compactAfter {
		if owed := left(); len(owed) < compactAfter/2 && j.rewrite(owed) == nil {
			return nil
		}
	}
	return j.add(line{ID: id, Done: true})
}

func encode(l line) []byte {
	data, err := json.Marshal(l)
	if err != nil {
		panic(err) // plain fields of plain types
	}
	return append(data, '\n')
}
