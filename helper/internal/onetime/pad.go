package onetime

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"sallyport/helper/internal/step"
)

const maxPad = 4 << 20

// ErrExhausted means that every line of a pad is used.
var ErrExhausted = errors.New("every sequence of the list is used")

// Pad is a list that knockd edits: the first character of a used line becomes #.
type Pad struct {
	Path string
	// Active is the line in force, the zero value when the list is exhausted.
	Active Line
	// Left is how many lines are left, Active included.
	Left int
	// Faults are the lines that were skipped.
	Faults []Fault
	parse  func(string) ([]step.Step, error)
}

// OpenPad reads a list that can also be written to; parse reads one sequence.
func OpenPad(path string, parse func(string) ([]step.Step, error)) (*Pad, error) {
	p := &Pad{Path: path, parse: parse}
	file, err := p.open()
	if err != nil {
		return nil, fmt.Errorf("one-time sequences: %w", err)
	}
	defer file.Close()
	return p, p.read(file)
}

// Use marks the active line as used and goes on to the next one. The file is read again first, because an editor may
// have moved the lines: the line that is marked is always the one that was in force. Use fails without having
// changed anything when the line is not there any more or cannot be marked.
func (p *Pad) Use() error {
	if p.Active.Steps == nil {
		return ErrExhausted
	}
	used := p.Active.Steps
	file, err := p.open()
	if err != nil {
		return fmt.Errorf("mark the sequence as used: %w", err)
	}
	defer file.Close()
	fresh := &Pad{Path: p.Path, parse: p.parse}
	if err := fresh.read(file); err != nil {
		return err
	}
	if !slices.Equal(fresh.Active.Steps, used) {
		*p = *fresh
		return fmt.Errorf("%s was changed: the sequence that was in force is not its first any more", p.Path)
	}
	at := fresh.Active.Offset
	if _, err = file.WriteAt([]byte{'#'}, at); err == nil {
		err = file.Sync()
	}
	if err != nil {
		return fmt.Errorf("mark the sequence as used: %w", err)
	}
	if err := fresh.read(file); err != nil {
		return err
	}
	*p = *fresh
	return nil
}

// open does not hang on a pipe; a file that cannot be marked is of no use.
func (p *Pad) open() (*os.File, error) {
	file, err := os.OpenFile(p.Path, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, errors.Join(err, fmt.Errorf("%s is not a regular file", p.Path))
	}
	return file, nil
}

func (p *Pad) read(file *os.File) error {
	data, err := io.ReadAll(io.NewSectionReader(file, 0, maxPad+1))
	if err != nil {
		return fmt.Errorf("read the one-time sequences: %w", err)
	}
	if len(data) > maxPad {
		return fmt.Errorf("%s is larger than %d bytes", p.Path, maxPad)
	}
	lines, faults := Parse(data, p.parse)
	p.Active, p.Left, p.Faults = Line{}, len(lines), faults
	if len(lines) > 0 {
		p.Active = lines[0]
	}
	return nil
}
