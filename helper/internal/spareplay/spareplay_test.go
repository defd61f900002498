package spareplay

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/spa"
)

var (
	alice, bob = replay.ID{1}, replay.ID{2}
	start      = time.Unix(1700000000, 0)
)

func at(wall time.Time, boot time.Duration) replay.Clock { return replay.Clock{Wall: wall, Boot: boot} }

func proof(n int) spa.Proof {
	p := make(spa.Proof, 32)
	binary.BigEndian.PutUint64(p[24:], uint64(n)+1)
	return p
}

func open(t *testing.T, dir string, clock replay.Clock, keys ...replay.ID) *Store {
	t.Helper()
	s, err := Open(dir, keys, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.file.Close() })
	return s
}

func expect(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || (want == nil && got != nil) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestOncePerKeyAcrossKillAndRestart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, at(start, time.Hour), alice, bob)
	expect(t, s.Accept(0, proof(1), start), nil)
	expect(t, s.Accept(0, proof(1), start), ErrUsed)
	expect(t, s.Accept(1, proof(1), start), nil) // another key's
	// Killed: the same boot, no clean stop; bob is out of the config for a while.
	s = open(t, dir, at(start.Add(time.Second), time.Hour+time.Second), alice)
	if s.Unclean {
		t.Fatal("a killed process is not a crashed machine")
	}
	expect(t, s.Accept(0, proof(1), start), ErrUsed)
	expect(t, s.Accept(0, proof(2), start), nil)
	if err := s.Close(at(start, time.Hour)); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, at(start.Add(time.Minute), time.Second), bob, alice)
	if s.Unclean {
		t.Fatal("a clean stop and a reboot")
	}
	expect(t, s.Accept(0, proof(1), start), ErrUsed)
	expect(t, s.Accept(1, proof(2), start), ErrUsed)
	expect(t, s.Accept(1, proof(3), start), nil)
}

func TestFullKeyRaisesItsFloorOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, at(start, time.Hour), alice, bob)
	for i := range 3 * places {
		expect(t, s.Accept(0, proof(i), start.Add(time.Duration(i)*time.Second)), nil)
	}
	for i := range 3 * places {
		want := ErrUsed
		if i < 2*places {
			want = ErrOld
		}
		expect(t, s.Accept(0, proof(i), start.Add(time.Duration(i)*time.Second)), want)
	}
	s = open(t, dir, at(start, time.Hour), alice, bob)
	expect(t, s.Accept(0, proof(0), start), ErrOld)
	expect(t, s.Accept(0, proof(9999), start.Add(2*places*time.Second)), ErrOld)
	expect(t, s.Accept(0, proof(9999), start.Add((2*places+1)*time.Second)), nil)
	expect(t, s.Accept(1, proof(0), start.Add(-time.Hour)), nil)
}

func TestManyPacketsOfOneSecond(t *testing.T) {
	s := open(t, t.TempDir(), at(start, time.Hour), alice)
	for i := range places {
		expect(t, s.Accept(0, proof(i), start), nil)
	}
	expect(t, s.Accept(0, proof(places), start), ErrOld) // taking it would forget another of that second
	expect(t, s.Accept(0, proof(0), start), ErrUsed)
	expect(t, s.Accept(0, proof(places+1), start.Add(time.Second)), nil)
}

func TestCrashedMachineTakesNewerPacketsOnly(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, at(start, time.Hour), alice)
	s := open(t, dir, at(start.Add(time.Minute), time.Second), alice)
	if !s.Unclean {
		t.Fatal("the crash is not noticed")
	}
	begin := start.Add(time.Minute)
	expect(t, s.Accept(0, proof(1), begin.Add(spa.MaxAge)), ErrOld)
	expect(t, s.Accept(0, proof(1), begin.Add(spa.MaxAge+time.Second)), nil)
	// The clock was wrong until it was set.
	later := begin.Add(time.Hour)
	if err := s.ClockSet(at(later, 2*time.Second)); err != nil {
		t.Fatal(err)
	}
	expect(t, s.Accept(0, proof(2), later.Add(spa.MaxAge)), ErrOld)
	expect(t, s.Accept(0, proof(2), later.Add(spa.MaxAge+time.Second)), nil)
	// Set back again, to before what was taken just now.
	if err := s.ClockSet(at(begin, 3*time.Second)); err != nil {
		t.Fatal(err)
	}
	expect(t, s.Accept(0, proof(2), later.Add(spa.MaxAge+time.Second)), ErrUsed)
	expect(t, s.Accept(0, proof(3), begin.Add(spa.MaxAge)), ErrOld)
	expect(t, s.Accept(0, proof(3), begin.Add(spa.MaxAge+time.Second)), nil)
}

func TestFloorInTheFutureIsToldAndReset(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, at(start, time.Hour), alice)
	s := open(t, dir, at(start.Add(48*time.Hour), time.Second), alice, bob) // the clock of the crashed machine is two days ahead
	expect(t, s.Accept(1, proof(1), start), nil)                            // bob was not there before
	s = open(t, dir, at(start, time.Second-48*time.Hour), alice, bob)
	if ahead := s.Ahead(start); len(ahead) != 1 || ahead[0] != 0 {
		t.Fatalf("ahead: %v", ahead)
	}
	expect(t, s.Accept(0, proof(1), start), ErrOld)
	if reset, err := s.Reset(start); err != nil || len(reset) != 1 {
		t.Fatalf("%v, %v", reset, err)
	}
	expect(t, s.Accept(0, proof(1), start.Add(spa.MaxAge)), ErrOld)
	expect(t, s.Accept(0, proof(1), start.Add(spa.MaxAge+time.Second)), nil)
}

func TestOtherKeys(t *testing.T) {
	s := open(t, t.TempDir(), at(start, time.Hour), alice)
	expect(t, s.Accept(0, proof(1), start), nil)
	if err := s.SetKeys([]replay.ID{bob, alice}, at(start, time.Hour)); err != nil {
		t.Fatal(err)
	}
	expect(t, s.Accept(1, proof(1), start), ErrUsed)
	expect(t, s.Accept(0, proof(1), start), nil)
	if err := s.SetKeys([]replay.ID{alice}, at(start, time.Hour)); err != nil {
		t.Fatal(err)
	}
	expect(t, s.Accept(0, proof(1), start), ErrUsed)
	s.path = "/nonexistent/file"
	if err := s.SetKeys([]replay.ID{bob}, at(start, time.Hour)); err == nil {
		t.Fatal("it could not be written")
	}
	expect(t, s.Accept(0, proof(1), start), ErrUsed)
}

func TestDiskThatFailsOpensNothing(t *testing.T) {
	s := open(t, t.TempDir(), at(start, time.Hour), alice)
	s.file.Close()
	if err := s.Accept(0, proof(1), start); err == nil || errors.Is(err, ErrUsed) {
		t.Fatalf("got %v", err)
	}
	if s.blocks[0].used[0] != (used{}) {
		t.Error("a packet that could not be written counts as used")
	}
}

func TestFullDiskAtTheStartKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	expect(t, open(t, dir, at(start, time.Hour), alice, bob).Accept(0, proof(1), start), nil)
	// A directory in the way of the new file stands for a disk that takes none.
	if err := os.Mkdir(filepath.Join(dir, FileName+".new"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, at(start, time.Hour), bob, alice)
	if s.Cramped == nil {
		t.Error("that the disk is full is not told")
	}
	expect(t, s.Accept(1, proof(1), start), ErrUsed)
	expect(t, s.Accept(1, proof(2), start), nil)
	expect(t, open(t, dir, at(start, time.Hour), alice, bob).Accept(0, proof(2), start), ErrUsed)
	if _, err := Open(dir, []replay.ID{alice, bob, {3}}, at(start, time.Hour)); err == nil {
		t.Error("there is no place for another key")
	}
}

// TestDamageLocksNobodyOut: packets that may have been used are refused by the clock and by when the file was last
// written; later ones open, and a reload makes nobody wait anew.
func TestDamageLocksNobodyOut(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	s := open(t, dir, at(start, time.Hour), alice, bob)
	expect(t, s.Accept(0, proof(1), start.Add(time.Hour)), nil)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bit := slices.Clone(good)
	bit[format.Offset(1)+headSize] ^= 1
	for name, data := range map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "other": []byte(strings.Repeat("x", len(good))), "bit": bit,
	} {
		for _, written := range []time.Time{start.Add(-time.Hour), start.Add(10 * time.Minute)} { // the clock is right, or behind
			if err := errors.Join(os.WriteFile(path, data, 0o600), os.Chtimes(path, written, written)); err != nil {
				t.Fatal(err)
			}
			s := open(t, dir, at(start, time.Hour), alice, bob)
			if kept, _ := os.ReadFile(s.Aside); !s.Damaged || !slices.Equal(kept, data) {
				t.Fatalf("%s: damaged: %t, kept %d bytes", name, s.Damaged, len(kept))
			}
			floor := start.Add(spa.MaxAge)
			if written.After(start) {
				floor = written.Add(spa.MaxAge)
			}
			expect(t, s.Accept(1, proof(2), floor), ErrOld)
			expect(t, s.SetKeys([]replay.ID{bob, alice}, at(start.Add(time.Minute), time.Hour)), nil)
			expect(t, s.Accept(0, proof(2), floor.Add(time.Second)), nil)
			if name == "bit" {
				expect(t, s.Accept(1, proof(1), start.Add(time.Hour)), ErrUsed) // the first key's block is whole
			}
		}
	}
}
