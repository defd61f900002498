package statedir

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

func TestOneAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("got %v", err)
	}
	first.Close()
	second, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
}

func TestGateComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadGate(dir); !errors.Is(err, ErrNoGate) {
		t.Fatalf("got %v", err)
	}
	want := Gate{
		Ports:       []gate.PortRange{{Protocol: step.TCP, Low: 22, High: 22}, {Protocol: step.UDP, Low: 60000, High: 60010}},
		AlwaysAllow: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		Interfaces:  []string{"eth0"}, Open: true,
	}
	for range 2 {
		if err := SaveGate(dir, want); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := LoadGate(dir); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Fatalf("%v", files)
	}
	for _, bad := range []string{"", "{", `{"version":2}`, `{"version":1,"ports":[{"protocol":"icmp","low":1,"high":2}]}`, `{"version":1,"ports":[{"protocol":"tcp","low":9,"high":2}]}`} {
		if err := os.WriteFile(filepath.Join(dir, gateName), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadGate(dir); err == nil || errors.Is(err, ErrNoGate) || !strings.Contains(err.Error(), gateName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPanicMark(t *testing.T) {
	dir := t.TempDir()
	for _, on := range []bool{false, true, true, false} {
		if err := SetPanic(dir, on); err != nil || Panicking(dir) != on {
			t.Fatalf("%v: %v", on, err)
		}
	}
}

// TestRootLeavesFilesToTheDaemon holds that a command run by root cannot lock out the daemon's own user.
func TestRootLeavesFilesToTheDaemon(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it looks at what root leaves behind for another user")
	}
	dir := t.TempDir()
	const nobody = 65534
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	lock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	lock.Close()
	if err := errors.Join(SetPanic(dir, true), SaveGate(dir, Gate{})); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{lockName, panicName, gateName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != nobody {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHandOverTakesOnlyWhatRootMadeHere(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it looks at what root leaves behind for another user")
	}
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "shadow")
	const nobody = 65534
	for path, create := range map[string]func(string) error{
		elsewhere:                      func(path string) error { return os.WriteFile(path, nil, 0o600) },
		filepath.Join(dir, "replay"):   func(path string) error { return os.WriteFile(path, nil, 0o600) },
		filepath.Join(dir, "symbolic"): func(path string) error { return os.Symlink(elsewhere, path) },
	} {
		if err := create(path); err != nil {
			t.Fatal(err)
		}
	}
	hard := filepath.Join(filepath.Dir(elsewhere), "second name")
	if err := errors.Join(os.Link(elsewhere, hard), os.Chown(dir, nobody, nobody), HandOver(dir), HandOver(filepath.Dir(elsewhere))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Dir(elsewhere), nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := HandOver(filepath.Dir(elsewhere)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]uint32{filepath.Join(dir, "replay"): nobody, elsewhere: 0} {
		info, err := os.Stat(path)
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != want {
			t.Errorf("%s: owner is not %d (%v)", path, want, err)
		}
	}
}
