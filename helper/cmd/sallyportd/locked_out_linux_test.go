package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/testnet"
)

// TestPanicWithABrokenConfig: whoever has locked himself out while he edited must get in again, and a boot must not open.
func TestPanicWithABrokenConfig(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	d := s.start()
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n[[[door\n")
	s.inside(exitOK, "panic")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.inside(exitOK, "resume")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	d.end(syscall.SIGTERM)
	s.inside(exitOK, "cleanup") // as after a boot
	s.inside(exitOK, "gate", "--load-last-good")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestPanicWithTheConfigOfAnother(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	s.start()
	s.write("other.toml", "state_dir = \""+s.dir+"/elsewhere\"\n")
	s.config = filepath.Join(s.dir, "other.toml")
	if out := s.inside(exitFailure, "panic"); !strings.Contains(out, "name the config that it runs with") {
		t.Errorf("panic says %q", out)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestPanicBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	if out := s.inside(exitOK, "resume"); !strings.Contains(out, "there is no panic to end: nothing was changed") {
		t.Errorf("resume says %q", out)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.inside(exitOK, "gate", "--load-last-good")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.inside(exitOK, "panic")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	if out := s.inside(exitOK, "gate", "--load-last-good"); !strings.Contains(out, "stays open") {
		t.Errorf("gate says %q", out)
	}
	s.inside(exitOK, "resume")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestPanicOpensAlsoWhereItCannotBeNoted(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	s.inside(exitOK, "gate", "--load-last-good")
	s.write("other.toml", "state_dir = \"/proc/nowhere\"\n")
	s.config = filepath.Join(s.dir, "other.toml")
	if out := s.inside(exitFailure, "panic"); !strings.Contains(out, "every gated port is open to all now, but the next start will close the gate") {
		t.Errorf("panic says %q", out)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
}

func TestAConfigThatIsNamedHasToBeThere(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	if err := os.Remove(s.config); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"status"}, {"grants"}, {"reload"}, {"confirm"}, {"reset-replay"}, {"revoke", "192.0.2.2"}} {
		if out := s.inside(exitUsage, args...); !strings.Contains(out, "read the config: open "+s.config+": no such file") {
			t.Errorf("%v: %q", args, out)
		}
	}
}

func TestWithoutADaemonNobodyIsToldThatOnlyRootMay(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	for _, dir := range []string{s.dir, filepath.Dir(s.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(s.config, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"panic", "resume", "reload", "cleanup"} {
		if out := s.asNobody(exitFailure, name); !strings.Contains(out, "only root may do this") {
			t.Errorf("%s: %q", name, out)
		}
	}
}
