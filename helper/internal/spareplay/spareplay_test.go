package spareplay

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
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
	s = open(t, dir, at(begin, 2*time.Second-time.Hour), alice)
	if len(s.Ahead) != 1 {
		t.Errorf("a floor an hour ahead is not told: %v", s.Ahead)
	}
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

func TestDamagedFileIsToldNotTrusted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, at(start, time.Hour), alice)
	expect(t, s.Accept(0, proof(1), start), nil)
	path := filepath.Join(dir, FileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "other": []byte(strings.Repeat("x", len(good))),
		"bit": append(append([]byte{}, good[:headerSize+headSize]...), append([]byte{good[headerSize+headSize] ^ 1}, good[headerSize+headSize+1:]...)...),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, []replay.ID{alice}, at(start, time.Hour)); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
