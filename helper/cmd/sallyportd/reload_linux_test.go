package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

// ask runs a command against the server's config and returns what it printed.
func (s *server) ask(want int, args ...string) string {
	s.t.Helper()
	exit, out, errs := command("", append(args, "--config", s.config)...)
	if exit != want {
		s.t.Fatalf("%q: exit %d, want %d: %s%s", args, exit, want, out, errs)
	}
	return out + errs
}

const bobsDoor = `
[[door]]
name = "web"
ports = ["80/tcp"]
open_for = "20s"
  [[door.key]]
  user = "bob"
  method = "rotating"
  secret_file = "bob.key"
`

func TestReloadKeepsGrantsAndProgress(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "60s", 1))
	s.ns.Listen("192.0.2.1:80")
	d := s.start()
	s.expect("192.0.2.2", "192.0.2.1:80", testnet.Opened)
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("result=opened")
	half := code(aliceSecret, rks1.Open, 1)
	knocker := s.client.NewSender("192.0.2.3", "192.0.2.1")
	knocker.Send(half[:3]...)

	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+bobsDoor+strings.Replace(rotatingDoor, "2s", "60s", 1))
	if out := s.ask(exitOK, "reload"); !strings.Contains(out, "in force") {
		t.Errorf("reload says %q", out)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.2", "192.0.2.1:80", testnet.Filtered)
	knocker.Send(half[3:]...)
	d.waitForLine(`source=192\.0\.2\.3 action=open offset=[01] result=opened`) // the period may have turned since
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(bobSecret, rks1.Open, 0)...)
	d.waitFor("door=web user=bob source=192.0.2.2 action=open offset=0 result=opened")
	s.expect("192.0.2.2", "192.0.2.1:80", testnet.Opened)

	// A key that is gone takes its grants with it; SIGHUP is the other way to ask.
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+bobsDoor)
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.waitFor("source=192.0.2.3 result=removed")
	s.expect("192.0.2.2", "192.0.2.1:80", testnet.Opened)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened) // not gated any more
	if status := s.status(); len(status.Grants) != 1 || len(status.Doors) != 1 || status.RotateKeys != 1 {
		t.Errorf("%+v", status)
	}
}

func TestReloadWithAnErrorKeepsTheOldConfig(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "60s", 1))
	d := s.start()
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("result=opened")
	for _, c := range []struct{ config, want string }{
		{"state_dir = \"" + s.dir + "/state\"\n" + rotatingDoor + "\nsteps = 99\ncolour = \"blue\"\n", s.config + ":12: "},
		{"state_dir = \"" + s.dir + "/state\"\nthis is not TOML\n", s.config + ":2: this is not TOML"},
		{"state_dir = \"" + s.dir + "/state\"\n" + strings.Replace(rotatingDoor, "alice.key", "missing.key", 1), "secret_file: cannot be read"},
	} {
		s.write("sallyportd.toml", c.config)
		// The command cannot read where the daemon is out of what is not TOML; SIGHUP always arrives.
		if strings.Contains(c.want, "not TOML") {
			if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		} else if out := s.ask(exitFailure, "reload"); !strings.Contains(out, c.want) || !strings.Contains(out, "old config stays") {
			t.Errorf("no %q in %q", c.want, out)
		}
		d.waitFor(strings.ReplaceAll(c.want, "\"", "\\\""))
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.client.NewSender("192.0.2.3", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 1)...)
	d.waitFor("source=192.0.2.3 action=open offset=1 result=opened")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
}

func TestTrialConfirm(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "60s", 1))
	d := s.startWith("--trial")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	if out := s.ask(exitFailure, "confirm"); !strings.Contains(out, "no knock has opened a door") {
		t.Errorf("confirm says %q", out)
	}
	d.end(syscall.SIGKILL)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	if _, err := os.Stat(filepath.Join(s.dir, "state", "gate.json")); err == nil {
		t.Error("a trial counts as good before it is confirmed")
	}

	state := filepath.Join(s.dir, "state")
	if err := os.Chown(state, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	d = s.startWith("--trial")
	if info, err := os.Stat(filepath.Join(state, "replay")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 65534 {
		t.Errorf("root's trial leaves a record that the service's user cannot read: %v", err)
	}
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("result=opened")
	s.ask(exitOK, "confirm")
	if out := s.ask(exitFailure, "confirm", "--force"); !strings.Contains(out, "no trial") {
		t.Errorf("confirm says %q", out)
	}
	d.end(syscall.SIGKILL)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
}

func TestPanicHoldsOverRestartsUntilResumed(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	d := s.start()
	s.ask(exitOK, "panic")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	d.end(syscall.SIGKILL)
	d = s.start()
	d.waitFor("event=panic")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.inside(exitOK, "gate", "--load-last-good") // the daemon has the gate
	s.ask(exitOK, "resume")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	if out := s.inside(exitFailure, "cleanup"); !strings.Contains(out, "stop it first") {
		t.Errorf("cleanup says %q", out)
	}

	// The same without a daemon.
	d.end(syscall.SIGKILL)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.inside(exitOK, "panic")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	if out := s.inside(exitOK, "gate", "--load-last-good"); !strings.Contains(out, "stays open") {
		t.Errorf("gate says %q", out)
	}
	s.inside(exitOK, "resume")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.inside(exitOK, "cleanup")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	if out := s.inside(exitOK, "cleanup"); !strings.Contains(out, "there is no gate") {
		t.Errorf("cleanup says %q", out)
	}
}

func TestBootGateClosesBeforeTheDaemonRuns(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	d := s.start()
	d.end(syscall.SIGTERM)
	s.inside(exitOK, "cleanup") // as after a boot
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\ncolour = \"blue\"\n") // a crash loop would leave it so
	s.inside(exitOK, "gate", "--load-last-good")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+rotatingDoor)
	s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)

	// Without a saved gate the config says what to close.
	fresh := newServer(t, rotatingDoor)
	fresh.inside(exitOK, "gate", "--load-last-good")
	fresh.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestOnlyRootChangesAnything(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	s.start()
	if err := os.Chmod(filepath.Join(s.dir, "state"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(s.dir, "state", "sallyportd.sock"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{s.dir, filepath.Dir(s.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(s.config, 0o644); err != nil {
		t.Fatal(err)
	}
	for name := range operations {
		out := s.asNobody(exitFailure, name)
		if !strings.Contains(out, "only root may do this") {
			t.Errorf("%s as nobody: %q", name, out)
		}
	}
	if out := s.asNobody(exitFailure, "revoke", "192.0.2.2"); !strings.Contains(out, "only root may do this") {
		t.Errorf("revoke as nobody: %q", out)
	}
	s.asNobody(exitOK, "status")
	s.asNobody(exitOK, "grants")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}
