package replay

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
)

const period = 30

var (
	alice = Key{KeyID([]byte("alice's secret..")), period, 1}
	bob   = Key{KeyID([]byte("bob's secret....")), period, 1}
	start = Clock{time.Unix(1_800_000_000, 0), time.Hour}
)

func (c Clock) after(d time.Duration) Clock { return Clock{c.Wall.Add(d), c.Boot + d} }

// rebooted is the clock d later, on a machine that started s seconds before that.
func (c Clock) rebooted(d, up time.Duration) Clock { return Clock{c.Wall.Add(d), up} }

func counter(c Clock) uint64 { return rks1.Counter(c.Wall.Unix(), period) }

func open(t *testing.T, dir string, clock Clock, keys ...Key) *Store {
	t.Helper()
	s, err := Open(dir, keys, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.file.Close() })
	return s
}

func want(t *testing.T, err, wanted error) {
	t.Helper()
	if !errors.Is(err, wanted) || (wanted == nil && err != nil) {
		t.Fatalf("got %v, want %v", err, wanted)
	}
}

func TestEachCounterOnceAndNoneBelow(t *testing.T) {
	s := open(t, t.TempDir(), start, alice, bob)
	want(t, s.Accept(0, rks1.Open, 100), nil)
	want(t, s.Accept(0, rks1.Open, 100), ErrUsed)
	want(t, s.Accept(0, rks1.Open, 99), ErrUsed)
	want(t, s.Accept(1, rks1.Open, 100), nil)
	want(t, s.Accept(0, rks1.Close, 99), nil)
	want(t, s.Accept(0, rks1.Open, 101), nil)
	want(t, s.Accept(0, rks1.Close, 103), nil)
	want(t, s.Accept(0, rks1.Open, 103), ErrUsed)
	want(t, s.Accept(0, rks1.Open, 104), nil)
	want(t, s.Accept(0, rks1.Close, 104), nil)
}

func TestRecordSurvivesKillAndCleanReboot(t *testing.T) {
	dir := t.TempDir()
	now := counter(start)
	s := open(t, dir, start, alice)
	want(t, s.Accept(0, rks1.Open, now), nil)

	killed := open(t, dir, start.after(time.Second), bob, alice) // another order of keys, same boot
	if killed.Unclean {
		t.Fatal("a kill is not a reboot")
	}
	want(t, killed.Accept(1, rks1.Open, now), ErrUsed)
	want(t, killed.Accept(1, rks1.Open, now+1), nil)
	if err := killed.Close(start.after(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	rebooted := open(t, dir, start.rebooted(40*time.Second, 10*time.Second), alice)
	if rebooted.Unclean {
		t.Fatal("the stop was clean")
	}
	want(t, rebooted.Accept(0, rks1.Open, now+1), ErrUsed)
	want(t, rebooted.Accept(0, rks1.Open, now+2), nil)
}

func TestPowerCutTakesTheFloorFromTheClock(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, start, alice)
	later := start.rebooted(time.Minute, 20*time.Second)
	s := open(t, dir, later, alice)
	if !s.Unclean {
		t.Fatal("the power cut went unnoticed")
	}
	now := counter(later)
	want(t, s.Accept(0, rks1.Open, now), ErrUsed)
	want(t, s.Accept(0, rks1.Open, now+1), ErrUsed)
	want(t, s.Accept(0, rks1.Open, now+2), nil)
	// The clock was an hour behind and is set now.
	set := Clock{later.Wall.Add(time.Hour), later.Boot + time.Second}
	if err := s.ClockSet(set); err != nil {
		t.Fatal(err)
	}
	want(t, s.Accept(0, rks1.Open, counter(set)), ErrUsed)
	want(t, s.Accept(0, rks1.Open, counter(set)+2), nil)
	// It is set back: the floor that the wrong clock gave goes, what was accepted stays.
	if err := s.ClockSet(later); err != nil {
		t.Fatal(err)
	}
	want(t, s.Accept(0, rks1.Open, counter(set)+2), ErrUsed)
	if len(s.Ahead(later.Wall)) != 1 {
		t.Fatal("the counter that was accepted lies in the future now")
	}
}

func TestAFloorFromAWrongClockLocksNobodyOut(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, start, alice)
	wrong := start.rebooted(time.Hour, 20*time.Second)
	s := open(t, dir, wrong, alice)
	right := Clock{start.Wall.Add(time.Minute), wrong.Boot + 5*time.Second}
	for range 3 { // each step takes the floor again, and does not raise it
		if err := s.ClockSet(right); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s.Accept(0, rks1.Open, counter(right)+1), ErrUsed)
	want(t, s.Accept(0, rks1.Open, counter(right)+2), nil)
}

func TestKeysComeAndGo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, start, alice)
	want(t, s.Accept(0, rks1.Open, 100), nil)
	for _, keys := range [][]Key{{bob}, {bob, alice}} {
		if err := s.SetKeys(keys, start); err != nil {
			t.Fatal(err)
		}
	}
	want(t, s.Accept(1, rks1.Open, 100), ErrUsed)
	want(t, s.Accept(0, rks1.Open, 100), nil)
	want(t, s.Accept(1, rks1.Open, 101), nil)
	s = open(t, dir, start, bob, alice)
	want(t, s.Accept(0, rks1.Open, 100), ErrUsed)
	want(t, s.Accept(1, rks1.Open, 101), ErrUsed)
	// After an error nothing has changed.
	s.path = filepath.Join(dir, "missing", fileName)
	if err := s.SetKeys([]Key{alice}, start); err == nil {
		t.Fatal("no error without a directory")
	}
	want(t, s.Accept(1, rks1.Open, 101), ErrUsed)
}

func TestWithoutSpaceTheOldFileServes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, start, alice, bob)
	want(t, s.Accept(1, rks1.Open, 100), nil)
	if err := os.Mkdir(filepath.Join(dir, fileName+".new"), 0o700); err != nil { // a new file cannot be made
		t.Fatal(err)
	}
	s = open(t, dir, start, bob, alice)
	if s.Cramped == nil {
		t.Fatal("the file was written anew")
	}
	want(t, s.Accept(0, rks1.Open, 100), ErrUsed)
	want(t, s.Accept(0, rks1.Open, 101), nil)
	want(t, open(t, dir, start, bob).Accept(0, rks1.Open, 101), ErrUsed)
	if _, err := Open(dir, []Key{alice, {KeyID([]byte("another secret..")), period, 1}}, start); err == nil {
		t.Fatal("a new key has no record yet and cannot get one")
	}
}

func TestRecordOfAKeyThatIsGoneIsKept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, start, alice, bob)
	want(t, s.Accept(0, rks1.Open, 100), nil)
	open(t, dir, start, bob)
	want(t, open(t, dir, start, bob, alice).Accept(1, rks1.Open, 100), ErrUsed)
}

func TestCounterInTheFutureIsTold(t *testing.T) {
	dir := t.TempDir()
	want(t, open(t, dir, start, bob, alice).Accept(1, rks1.Open, counter(start)+3), nil)
	s := open(t, dir, start, bob, alice)
	if ahead := s.Ahead(start.Wall); len(ahead) != 1 || ahead[0] != 1 {
		t.Fatalf("ahead: %v", ahead)
	}
	now := counter(start)
	want(t, s.Accept(0, rks1.Open, now), nil)
	want(t, s.Accept(1, rks1.Open, now+3), ErrUsed)
	if reset, err := s.Reset(start.Wall); err != nil || len(reset) != 1 || len(s.Ahead(start.Wall)) != 0 {
		t.Fatalf("reset %v, %v", reset, err)
	}
	want(t, s.Accept(0, rks1.Open, now), ErrUsed)
	s = open(t, dir, start, bob, alice)
	want(t, s.Accept(1, rks1.Open, now+1), ErrUsed)
	want(t, s.Accept(1, rks1.Open, now+2), nil)
}

// TestDamageLocksNobodyOut: what may have been used is refused by the clock and by when the file was last written; then
// knocks open again, and a reload makes nobody wait anew.
func TestDamageLocksNobodyOut(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, start, alice, bob)
	now := counter(start)
	want(t, s.Accept(0, rks1.Open, now+50), nil)
	path := filepath.Join(dir, fileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bit := bytes.Clone(good)
	bit[len(good)-20] ^= 1 // in bob's record
	for name, bad := range map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "magic": append([]byte("X"), good[1:]...), "bit": bit,
	} {
		t.Run(name, func(t *testing.T) {
			for _, late := range []int64{-3600, 10 * period} { // the clock is right, or behind by then
				leave(t, path, bad, start.Wall.Add(time.Duration(late)*time.Second))
				s := open(t, dir, start, alice, bob)
				if kept, _ := os.ReadFile(s.Aside); !s.Damaged || string(kept) != string(bad) {
					t.Fatalf("damaged: %t, kept %q", s.Damaged, kept)
				}
				floor := now + 1 + uint64(max(late, 0)/period)
				want(t, s.Accept(1, rks1.Open, floor), ErrUsed)
				want(t, s.SetKeys([]Key{bob, alice}, start.after(period*time.Second)), nil)
				want(t, s.Accept(0, rks1.Open, floor+1), nil)
				if name == "bit" {
					want(t, s.Accept(1, rks1.Open, now+50), ErrUsed) // alice's record is whole
				}
				if again := open(t, dir, start.after(time.Minute), bob); again.Damaged {
					t.Fatal("what was written anew is damaged")
				} else {
					want(t, again.Accept(0, rks1.Open, floor+1), ErrUsed)
				}
			}
		})
	}
}

// leave writes a file that was last written at a time.
func leave(t *testing.T, path string, data []byte, written time.Time) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, data, 0o600), os.Chtimes(path, written, written)); err != nil {
		t.Fatal(err)
	}
}

// TestAReloadAfterAPowerCutMakesNobodyWait: the floor is taken once.
func TestAReloadAfterAPowerCutMakesNobodyWait(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, start, alice)
	later := start.rebooted(time.Minute, 20*time.Second)
	s := open(t, dir, later, alice)
	now := counter(later)
	want(t, s.SetKeys([]Key{alice, bob}, later.after(2*period*time.Second)), nil)
	want(t, s.Accept(0, rks1.Open, now+2), nil)
	want(t, s.SetKeys([]Key{bob, alice}, later.after(4*period*time.Second)), nil)
	want(t, s.Accept(0, rks1.Open, now+4), nil) // bob came after the power cut
}

func TestNothingIsAcceptedThatCannotBeWritten(t *testing.T) {
	s := open(t, t.TempDir(), start, alice)
	s.file.Close()
	if err := s.Accept(0, rks1.Open, 100); err == nil || errors.Is(err, ErrUsed) {
		t.Fatalf("got %v", err)
	}
	if s.entries[0].newest().open != 0 {
		t.Fatal("the counter was noted all the same")
	}
}

func TestRecordHoldsNoSecret(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, start, alice)
	data, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil || strings.Contains(string(data), "secret") {
		t.Fatalf("%q, %v", data, err)
	}
	info, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
}
