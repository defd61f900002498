package replay

import (
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
	if s := open(t, dir, start, bob, alice); len(s.Ahead) != 1 || s.Ahead[0] != 1 {
		t.Fatalf("ahead: %v", s.Ahead)
	}
}

func TestDamageIsRefusedInWords(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, start, alice)
	want(t, s.Accept(0, rks1.Open, 100), nil)
	path := filepath.Join(dir, fileName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty": {}, "cut": good[:len(good)-1], "magic": append([]byte("X"), good[1:]...), "bit": append(good[:len(good)-20:len(good)-20], append([]byte{good[len(good)-20] ^ 1}, good[len(good)-19:]...)...),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, []Key{alice}, start); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != string(bad) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestNothingIsAcceptedThatCannotBeWritten(t *testing.T) {
	s := open(t, t.TempDir(), start, alice)
	s.file.Close()
	if err := s.Accept(0, rks1.Open, 100); err == nil || errors.Is(err, ErrUsed) {
		t.Fatalf("got %v", err)
	}
	if s.records[0].open != 0 {
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
