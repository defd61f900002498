package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

const daveSecret = "DAVEDAVEDAVEDAVEDAVEDAVEDAVEDAVE" // 20 bytes

// user runs a user command against the server's config, with a secret on standard input.
func (s *server) user(want int, secret string, args ...string) string {
	s.t.Helper()
	exit, out, errs := command(secret, append([]string{"user"}, append(args, "--config", s.config)...)...)
	if exit != want {
		s.t.Fatalf("user %q: exit %d, want %d: %s%s", args, exit, want, out, errs)
	}
	for _, line := range strings.Fields(secret) {
		if strings.Contains(out+errs, line) {
			s.t.Fatalf("user %q tells the secret: %s%s", args, out, errs)
		}
	}
	return out + errs
}

// files reads everything in the config's directory.
func (s *server) files() map[string]string {
	s.t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			data, err := os.ReadFile(filepath.Join(s.dir, entry.Name()))
			if err != nil {
				s.t.Fatal(err)
			}
			files[entry.Name()] = string(data)
		}
	}
	return files
}

func (s *server) knock(from string, steps []step.Step) {
	s.client.NewSender(from, "192.0.2.1").Send(steps...)
}

func TestUserAddedWhileTheDaemonRuns(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	before := s.files()
	used := code(aliceSecret, rks1.Open, 0)
	s.knock("192.0.2.2", used)
	d.waitFor("result=opened")
	half := code(aliceSecret, rks1.Open, 1)
	knocker := s.client.NewSender("192.0.2.3", "192.0.2.1")
	knocker.Send(half[:3]...)

	said := s.user(exitOK, strings.ToLower(carolSecret[:16])+" "+carolSecret[16:]+"\n", "add", "carol", "--door", "ssh")
	if want := "added carol to door \"ssh\": key file " + s.dir + "/carol-ssh.key; the daemon has reloaded\n"; said != want {
		t.Errorf("%q, want %q", said, want)
	}
	after := s.files()
	if after["carol-ssh.key"] != carolSecret+"\n" || !strings.HasPrefix(after["sallyportd.toml"], before["sallyportd.toml"]) || len(after) != len(before)+1 {
		t.Errorf("%q", after)
	}
	if info, err := os.Stat(filepath.Join(s.dir, "carol-ssh.key")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}

	// Nothing of the others has changed: what is open, what is used up, what is half knocked.
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.knock("192.0.2.2", used)
	d.waitForLine(`source=192\.0\.2\.2 action=open offset=(0|-1) result=replayed`) // the period may have turned since
	knocker.Send(half[3:]...)
	d.waitForLine(`user=alice source=192\.0\.2\.3 action=open offset=[01] result=opened`)

	s.knock("192.0.2.4", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.4 action=open offset=0 result=opened")
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Opened)
	if list := s.user(exitOK, "", "list", "--json"); !strings.Contains(strings.Join(strings.Fields(list), ""),
		`[{"door":"ssh","user":"alice","method":"rotating","grants":2},{"door":"ssh","user":"carol","method":"rotating","grants":1}]`) {
		t.Error(list)
	}
	if strings.Contains(d.log.String(), carolSecret) {
		t.Error("the log holds the secret")
	}
}

func TestRevokedUserIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.knock("192.0.2.2", code(aliceSecret, rks1.Open, 0))
	d.waitFor("user=alice source=192.0.2.2 action=open offset=0 result=opened")
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.3 action=open offset=0 result=opened")
	s.knock("192.0.2.2", code(carolSecret, rks1.Open, 1)) // behind the same address as alice
	d.waitFor("user=carol source=192.0.2.2 action=open offset=1 result=opened")
	session, outcome := s.client.Dial("192.0.2.3", "192.0.2.1:22", time.Second)
	if outcome != testnet.Opened {
		t.Fatal(outcome)
	}
	defer session.Close()

	said := s.user(exitOK, "", "revoke", "carol")
	if said != "revoked carol at door \"ssh\"; the daemon has reloaded; 2 live grants ended; connections that are open stay open\n" {
		t.Errorf("%q", said)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	if _, err := session.Write([]byte("alive")); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 8)
	session.SetReadDeadline(time.Now().Add(patience))
	if n, err := session.Read(reply); err != nil || string(reply[:n]) != "alive" {
		t.Errorf("the session that was open must survive: %q, %v", reply[:n], err)
	}
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 1))
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 0))
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if _, there := s.files()["carol-ssh.key"]; there {
		t.Error("the secret of a revoked key is left")
	}
	s.knock("192.0.2.4", code(aliceSecret, rks1.Open, 1))
	d.waitFor("user=alice source=192.0.2.4 action=open offset=1 result=opened")
}

func TestExchangedKeyLetsTheOldOneOut(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.3 action=open offset=0 result=opened")
	said := s.user(exitOK, daveSecret, "add", "carol", "--door", "ssh", "--replace")
	if !strings.Contains(said, "exchanged the key of carol") || !strings.Contains(said, "1 live grant ended") {
		t.Errorf("%q", said)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 1))
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.knock("192.0.2.3", code(daveSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.3 action=open offset=0 result=opened")
	// The same secret again, in another period: he has it, so what is open stays.
	if said := s.user(exitOK, daveSecret, "add", "carol", "--door", "ssh", "--replace", "--period", "2m"); strings.Contains(said, "grant") {
		t.Errorf("%q", said)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	for name, text := range s.files() {
		if strings.Contains(text, carolSecret) {
			t.Errorf("%s holds the old secret", name)
		}
	}
}

func TestWithoutADaemonTheKernelsGrantsEndToo(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.knock("192.0.2.2", code(aliceSecret, rks1.Open, 0))
	d.waitFor("user=alice source=192.0.2.2 action=open offset=0 result=opened")
	s.knock("192.0.2.3", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.3 action=open offset=0 result=opened")
	d.end(syscall.SIGKILL)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	if said := s.inside(exitOK, "user", "revoke", "carol"); !strings.Contains(said, "no daemon runs") || !strings.Contains(said, "1 live grant ended") {
		t.Errorf("%q", said)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.inside(exitOK, "panic")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
}

func TestTheLastKeyTakesForce(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	before := s.files()
	s.knock("192.0.2.2", code(aliceSecret, rks1.Open, 0))
	d.waitFor("result=opened")
	if said := s.user(exitFailure, "", "revoke", "alice"); !strings.Contains(said, "the last key of door \"ssh\"") || !strings.Contains(said, "--force") {
		t.Errorf("%q", said)
	}
	if !slices.Equal(sorted(before), sorted(s.files())) {
		t.Error("a refusal changes something")
	}
	s.user(exitOK, "", "revoke", "alice", "--force")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	if out := s.ask(exitOK, "check"); !strings.Contains(out, "nobody can open this door") {
		t.Errorf("check says %q", out)
	}
	d.end(syscall.SIGTERM)
	d = s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh")
	s.knock("192.0.2.2", code(carolSecret, rks1.Open, 0))
	d.waitFor("user=carol source=192.0.2.2 action=open offset=0 result=opened")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
}

func sorted(files map[string]string) []string {
	var all []string
	for name, text := range files {
		all = append(all, name+"\x00"+text)
	}
	slices.Sort(all)
	return all
}
