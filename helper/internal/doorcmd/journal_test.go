package doorcmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWhatIsOwedOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir)
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	b.begin(Opening{Key: key(1), OnClose: b.noting("one"), Until: until, OpenFor: 2 * time.Hour})
	b.begin(Opening{Key: key(2), OnClose: b.noting("two"), Until: until, OpenFor: 2 * time.Hour})
	b.begin(Opening{Key: key(1), OnClose: b.noting("one"), Until: until.Add(time.Minute), OpenFor: 2 * time.Hour})
	b.begin(Opening{Key: key(3), OnClose: b.noting("three"), Until: until, OpenFor: time.Hour})
	b.End(key(3))
	b.wait(1)
	// Killed: nothing is closed or stopped.
	again := newBench(t, dir)
	owed := again.Owed()
	if len(owed) != 2 {
		t.Fatalf("%+v", owed)
	}
	for _, o := range owed {
		want := until
		if o.Key == key(1) {
			want = until.Add(time.Minute)
		}
		if !o.Until.Equal(want) {
			t.Errorf("%+v", o)
		}
	}
	again.End(key(2))
	again.wait(1)
	if again.said() != "three two" {
		t.Errorf("said %q", again.said())
	}
	if owed := newBench(t, dir).Owed(); len(owed) != 1 || owed[0].Key != key(1) {
		t.Errorf("%+v", owed)
	}
}

func TestKilledWhileAClosedRuns(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir)
	b.begin(Opening{Key: key(1), OnClose: shell("sleep 60")})
	b.End(key(1))
	again := newBench(t, dir) // the first has not ended
	if owed := again.Owed(); len(owed) != 1 {
		t.Fatalf("%+v", owed)
	}
}

func TestLeftIsBoundedWhateverTheClockSays(t *testing.T) {
	now := time.Unix(1700000000, 0)
	for until, want := range map[time.Duration]time.Duration{time.Minute: time.Minute, -time.Hour: 0, 48 * time.Hour: 10 * time.Minute} {
		if got := (Owed{Until: now.Add(until), For: 10 * time.Minute}).Left(now); got != want {
			t.Errorf("%v: %v", until, got)
		}
	}
}

func TestJournalDamage(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir)
	b.begin(Opening{Key: key(1), OnClose: b.noting("x")})
	path := filepath.Join(dir, FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(data string) {
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(good) + string(good[:len(good)/2])) // the machine went down in the middle of a line
	if owed := newBench(t, dir).Owed(); len(owed) != 1 {
		t.Errorf("%+v", owed)
	}
	for name, text := range map[string]string{
		"no JSON": "x\n", "long": strings.Repeat("x", 2*maxLine) + "\n",
		"no program": `{"id":1,"owed":{"ip":"192.0.2.1","door":"d","user":"u","argv":[]}}` + "\n",
	} {
		write(text + string(good))
		b := newBench(t, dir)
		if owed, err := b.Owed(), b.Damaged(); len(owed) != 1 || err == nil || !strings.Contains(err.Error(), ":1 is damaged") {
			t.Errorf("%s: %+v, %v", name, owed, err)
		}
		if kept, _ := os.ReadFile(path + ".damaged"); string(kept) != text+string(good) {
			t.Errorf("%s: %q was kept", name, kept)
		}
		if b := newBench(t, dir); len(b.Owed()) != 1 || b.Damaged() != nil {
			t.Errorf("%s: then %+v, %v", name, b.Owed(), b.Damaged())
		}
	}
}

func TestJournalThatCannotBeWrittenRunsNothing(t *testing.T) {
	b := newBench(t, t.TempDir())
	b.journal.file.Close()
	if err := b.Begin(Opening{Key: key(1), OnOpen: b.noting("open"), OnClose: b.noting("close")}); err == nil {
		t.Fatal("no error")
	}
	time.Sleep(100 * time.Millisecond)
	if b.said() != "" || len(b.Owed()) != 0 {
		t.Errorf("said %q, owed %v", b.said(), b.Owed())
	}
}

func TestFullDiskAtTheStartKeepsTheJournal(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, dir)
	b.begin(Opening{Key: key(1), OnClose: b.noting("one"), Until: time.Now().Add(time.Hour), OpenFor: time.Hour})
	path := filepath.Join(dir, FileName)
	good, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(good, strings.Repeat("x", 2000)...), 0o600) // it went down in the middle of a line
	}
	if err != nil {
		t.Fatal(err)
	}
	// A directory in the way of the new file stands for a disk that takes none.
	if err := os.Mkdir(filepath.Join(dir, FileName+".new"), 0o700); err != nil {
		t.Fatal(err)
	}
	again := newBench(t, dir)
	if again.Cramped() == nil || len(again.Owed()) != 1 {
		t.Fatalf("%v, %v", again.Cramped(), again.Owed())
	}
	again.begin(Opening{Key: key(2), OnClose: b.noting("two"), Until: time.Now().Add(time.Hour), OpenFor: time.Hour})
	again.End(key(1))
	again.wait(1)
	if owed := newBench(t, dir).Owed(); len(owed) != 1 || owed[0].Key != key(2) {
		t.Errorf("%+v", owed)
	}
}

func TestJournalStaysSmall(t *testing.T) {
	j, _, err := openJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { j.file.Close() }()
	for range 3 * compactAfter {
		o := &Owed{Key: key(1), Argv: []string{"/bin/true"}}
		if err := j.owe(o); err != nil {
			t.Fatal(err)
		}
		if err := j.done(o.id, func() []Owed { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if j.lines > compactAfter+1 {
		t.Errorf("%d lines", j.lines)
	}
}
