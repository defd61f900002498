package onetime

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sallyport/helper/internal/step"
)

func pad(t *testing.T, text string) *Pad {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pad")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := OpenPad(path, step.Parse)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *Pad) text(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPadMarksTheUsedLine(t *testing.T) {
	p := pad(t, "# list\n\n  nonsense\n 1,2,3\n4000,5\nmore nonsense\n6,7")
	if p.Active.Number != 4 || p.Left != 3 || len(p.Faults) != 2 || p.Faults[1].Number != 6 {
		t.Fatalf("%+v", p)
	}
	for _, want := range []string{
		"# list\n\n  nonsense\n#1,2,3\n4000,5\nmore nonsense\n6,7",
		"# list\n\n  nonsense\n#1,2,3\n#000,5\nmore nonsense\n6,7", // the first digit is lost, as with knockd
		"# list\n\n  nonsense\n#1,2,3\n#000,5\nmore nonsense\n#,7",
	} {
		if err := p.Use(); err != nil || p.text(t) != want {
			t.Fatalf("%v:\n%s", err, p.text(t))
		}
	}
	if p.Left != 0 || p.Active.Steps != nil || !errors.Is(p.Use(), ErrExhausted) {
		t.Fatalf("%+v", p)
	}
	if again, err := OpenPad(p.Path, step.Parse); err != nil || again.Left != 0 {
		t.Fatalf("an exhausted list can be opened: %v", err)
	}
}

func TestPadThatWasEdited(t *testing.T) {
	p := pad(t, "1,2,3\n4,5,6\n")
	edit := func(text string) {
		if err := os.WriteFile(p.Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("# a new comment moves the lines\n1,2,3\n4,5,6\n")
	if err := p.Use(); err != nil || p.text(t) != "# a new comment moves the lines\n#,2,3\n4,5,6\n" {
		t.Fatalf("%v: %s", err, p.text(t))
	}
	edit("7,8,9\n4,5,6\n")
	if err := p.Use(); err == nil || !strings.Contains(err.Error(), "was changed") || p.text(t) != "7,8,9\n4,5,6\n" || step.Format(p.Active.Steps) != "7:tcp,8:tcp,9:tcp" {
		t.Fatalf("%v: %s", err, p.text(t))
	}
	os.Remove(p.Path)
	if err := p.Use(); err == nil || p.Active.Steps == nil {
		t.Fatalf("a list that is gone must not open: %v", err)
	}
	if _, err := OpenPad(t.TempDir(), step.Parse); err == nil {
		t.Fatal("a directory is no list")
	}
}

func TestRecordRemembers(t *testing.T) {
	dir := t.TempDir()
	one, _ := step.Parse("1,2,3")
	id, other := IDOf("ssh", "pads", one), IDOf("ssh", "other", one)
	r, err := OpenRecord(dir)
	if err != nil || r.Used(id) || id == other {
		t.Fatal(err)
	}
	if err := r.Use(id); err != nil || !r.Used(id) || r.Used(other) || !errors.Is(r.Use(id), ErrUsed) {
		t.Fatal(err)
	}
	// Not closed: as after kill -9. The tail of a write that was cut off is no sequence, and the next takes its place.
	path := filepath.Join(dir, recordName)
	data, _ := os.ReadFile(path)
	for _, tail := range []string{"half", strings.Repeat("x", slotSize)} {
		if err := os.WriteFile(path, append(data[:len(data):len(data)], tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err = OpenRecord(dir); err != nil || !r.Used(id) || len(r.used) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if err := r.Use(other); err != nil {
		t.Fatal(err)
	}
	if r, err = OpenRecord(dir); err != nil || !r.Used(id) || !r.Used(other) {
		t.Fatalf("%+v, %v", r, err)
	}
	r.file.Close()
	if err := r.Use(IDOf("a", "b", one)); err == nil || r.Used(IDOf("a", "b", one)) {
		t.Fatal("what cannot be written is not used, and must fail")
	}
	data, _ = os.ReadFile(path)
	data[len(magic)] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRecord(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatalf("damage must be told: %v", err)
	}
}

// Whatever the file holds, marking the line in force leaves all others in force, in their order, and never that one.
func FuzzList(f *testing.F) {
	f.Add([]byte("# list\n\n  nonsense\n 1,2,3\n4000,5:udp\r\n6,7"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, faults := Parse(data, step.Parse)
		for _, fault := range faults {
			if fault.Number < 1 || fault.Err == nil {
				t.Fatalf("%+v", fault)
			}
		}
		if len(lines) == 0 {
			return
		}
		marked := bytes.Clone(data)
		marked[lines[0].Offset] = '#'
		left, _ := Parse(marked, step.Parse)
		if !reflect.DeepEqual(left, lines[1:]) && len(lines) > 1 || len(left) != len(lines)-1 {
			t.Fatalf("%q: %+v is left of %+v", data, left, lines)
		}
	})
}
