package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

// usersDir is a server whose config is in a directory of its own, which nothing but the commands writes to.
func usersDir(t *testing.T, config string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir()}
	s.config = filepath.Join(s.dir, "sallyportd.toml")
	s.write("sallyportd.toml", "state_dir = \""+t.TempDir()+"\"\n"+config)
	s.write("alice.key", aliceSecret+"\n")
	return s
}

// refuses runs a user command that must change nothing and say what is wrong.
func (s *server) refuses(exit int, want, secret string, args ...string) {
	s.t.Helper()
	before := sorted(s.files())
	if said := s.user(exit, secret, args...); !strings.Contains(said, want) || strings.Contains(said, "goroutine") {
		s.t.Errorf("user %q says %q, want %q", args, said, want)
	}
	if after := sorted(s.files()); !slices.Equal(before, after) {
		s.t.Errorf("user %q fails and changes\n%q to\n%q", args, before, after)
	}
}

func TestUserRefusals(t *testing.T) {
	t.Parallel()
	s := usersDir(t, rotatingDoor+bobsDoor)
	s.write("bob.key", bobSecret)
	add := func(name string, more ...string) []string {
		return append([]string{"add", name, "--door", "ssh"}, more...)
	}
	for _, c := range []struct {
		exit         int
		want, secret string
		args         []string
	}{
		{exitFailure, `this secret is used already, by "alice" at door "ssh"`, aliceSecret, add("carol")},
		{exitFailure, `this secret is used already, by "bob" at door "web"`, strings.ToLower(bobSecret) + "\n", add("carol")},
		{exitFailure, `door "ssh" already has a key of "alice"; --replace`, carolSecret, add("alice")},
		{exitFailure, `door "ssh" has no key of "bob" that could be exchanged`, carolSecret, add("bob", "--replace")},
		{exitFailure, `there is no door "shh"; there is "ssh", "web"`, carolSecret, []string{"add", "carol", "--door", "shh"}},
		{exitUsage, "there is no secret on standard input", "", add("carol")},
		{exitUsage, "there is no secret on standard input", " \n\n", add("carol")},
		{exitUsage, "more than one line", carolSecret + "\n" + daveSecret, add("carol")},
		{exitUsage, "part of it may be missing", carolSecret[:20] + "B", add("carol")},
		{exitUsage, "not base32", "0" + carolSecret, add("carol")},
		{exitUsage, "it takes 16 to 64", daveSecret[:8], add("carol")},
		{exitUsage, "over 4096 bytes", strings.Repeat(carolSecret, 100), add("carol")},
		{exitFailure, `no door has a key of "dave"`, "", []string{"revoke", "dave"}},
		{exitFailure, `door "web" has no key of "alice"`, "", []string{"revoke", "alice", "--door", "web"}},
		{exitFailure, `there is no door "shh"`, "", []string{"revoke", "alice", "--door", "shh"}},
		{exitFailure, `"alice" has the last key of door "ssh"`, "", []string{"revoke", "alice"}},
	} {
		s.refuses(c.exit, c.want, c.secret, c.args...)
	}
	// What is good, but written so that no block can be put below.
	s.write("sallyportd.toml", strings.Replace(rotatingDoor, "[[door.key]]", "[door.key]", 1))
	s.refuses(exitFailure, "file carol-ssh.key beside it (mode 0640) and add this block yourself", carolSecret, add("carol")...)
	s.write("sallyportd.toml", rotatingDoor+"colour = 1\n")
	s.refuses(exitUsage, s.config+":10: ", carolSecret, add("carol")...)
	s.refuses(exitUsage, "the config has 1 problem", "", "revoke", "alice")
	s.refuses(exitUsage, `unknown key "colour"`, "", "list")
}

func TestUserCommandsAreRoots(t *testing.T) {
	t.Parallel()
	s := usersDir(t, rotatingDoor)
	for _, dir := range []string{s.dir, filepath.Dir(s.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"user", "add", "carol", "--door", "ssh"}, {"user", "revoke", "alice"}} {
		if out := s.asNobody(exitFailure, args...); !strings.Contains(out, "only root may do this") {
			t.Errorf("%q as nobody: %q", args, out)
		}
	}
	if out := s.asNobody(exitUsage, "user", "list"); !strings.Contains(out, "permission denied") {
		t.Errorf("list as nobody: %q", out)
	}
}

func TestUserOnAFullDisk(t *testing.T) {
	t.Parallel()
	s := usersDir(t, rotatingDoor)
	old := s.files()
	if err := unix.Mount("spd-users", s.dir, "tmpfs", 0, "size=64k,mode=0750"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(s.dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	for name, text := range old {
		s.write(name, text)
	}
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	filler, err := os.Create(filepath.Join(s.dir, "filler"))
	size := int64(0)
	for err == nil {
		var n int
		n, err = filler.Write(make([]byte, 4096))
		size += int64(n)
	}
	defer filler.Close()
	s.refuses(exitFailure, "nothing was changed: write the secret: write ", daveSecret, "add", "dave", "--door", "ssh")
	s.refuses(exitFailure, "nothing was changed: replace the config: write ", "", "revoke", "carol")
	// Room for the secret, but not for the config.
	if err := filler.Truncate(size - 4096); err != nil {
		t.Fatal(err)
	}
	s.refuses(exitFailure, "nothing was changed: replace the config: write ", daveSecret, "add", "dave", "--door", "ssh")
	s.refuses(exitFailure, "nothing was changed", daveSecret, "add", "carol", "--door", "ssh", "--replace")
	if err := filler.Truncate(0); err != nil {
		t.Fatal(err)
	}
	s.user(exitOK, daveSecret, "add", "dave", "--door", "ssh")
}

// TestADaemonThatRefuses: its record cannot be written anew, so it cannot take keys. The config goes back.
func TestADaemonThatRefuses(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	state := filepath.Join(s.dir, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("spd-test", state, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(state, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	d := s.start()
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	filler, err := os.Create(filepath.Join(state, "filler"))
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()
	s.refuses(exitFailure, "the daemon refused: the old config stays in force: replay state: ", daveSecret, "add", "dave", "--door", "ssh")
	if said := s.user(exitFailure, "", "revoke", "carol"); !strings.Contains(said, "carol is out of the config, but the running daemon still lets carol in") {
		t.Errorf("%q", said)
	}
	if strings.Contains(s.files()["sallyportd.toml"], "carol") {
		t.Error("a revoked key came back")
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	s.ask(exitOK, "reload")
	s.knock("192.0.2.2", code(carolSecret, rks1.Open, 0))
	s.knock("192.0.2.2", code(aliceSecret, rks1.Open, 0))
	d.waitFor("user=alice source=192.0.2.2 action=open offset=0 result=opened")
	if strings.Contains(d.log.String(), "user=carol") {
		t.Error("a revoked key opens")
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := usersDir(t, rotatingDoor)
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			s.user(exitOK, strings.Repeat(string(rune('A'+n)), 32), "add", fmt.Sprintf("user%d", n), "--door", "ssh")
		})
	}
	wg.Wait()
	if cfg, err := daemonconfig.Load(s.config); err != nil || len(cfg.Doors[0].Keys) != 13 {
		t.Fatalf("%+v, %v", cfg, err)
	}
}

// TestKilledAtAnyMoment: whatever moment the command dies at, the config is good and everybody else is in it.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	s := usersDir(t, rotatingDoor)
	start := time.Now()
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.user(exitOK, "", "revoke", "carol")
	took := max(time.Since(start), 5*time.Millisecond)
	for n := range 40 {
		args := []string{"user", "add", "dave", "--door", "ssh", "--config", s.config}
		cfg, err := daemonconfig.Load(s.config)
		if err != nil {
			t.Fatal(err)
		}
		if len(cfg.Doors[0].Keys) == 2 {
			args = []string{"user", "revoke", "dave", "--config", s.config}
		}
		cmd := exec.Command(s.executable(), args...)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		cmd.Stdin = strings.NewReader(daveSecret)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(n) / 30)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if cfg, err = daemonconfig.Load(s.config); err != nil || cfg.Doors[0].Keys[0].User != "alice" {
			t.Fatalf("try %d: %+v, %v", n, cfg, err)
		}
	}
}

// TestRevokedAgainAfterAKill: the config was changed, and then the command was killed before it told the daemon.
func TestRevokedAgainAfterAKill(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	before := s.files()["sallyportd.toml"]
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.knock("192.0.2.2", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.2 action=open offset=0 result=opened")
	s.write("sallyportd.toml", before)

	said := s.user(exitOK, "", "revoke", "carol")
	want := "carol was out of the config, and the running daemon still let carol in at door \"ssh\"; the daemon has reloaded; 1 live grant ended; connections that are open stay open\n"
	if said != want {
		t.Errorf("%q, want %q", said, want)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 1))
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.refuses(exitFailure, `no door has a key of "carol"`, "", "revoke", "carol")
}
