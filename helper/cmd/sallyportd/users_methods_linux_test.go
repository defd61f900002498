package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sallyport/helper/internal/rks1"
)

func TestSecretsElsewhereStay(t *testing.T) {
	t.Parallel()
	elsewhere := filepath.Join(t.TempDir(), "zoe.key")
	if err := os.WriteFile(elsewhere, []byte(bobSecret), 0o640); err != nil {
		t.Fatal(err)
	}
	s := usersDir(t, rotatingDoor+strings.ReplaceAll(strings.Replace(bobsDoor, "bob.key", elsewhere, 1), "bob", "zoe")+
		"  [[door.key]]\n  user = \"carol\"\n  method = \"rotating\"\n  secret = \""+carolSecret+"\"\n")
	if said := s.user(exitOK, "", "revoke", "zoe"); !strings.Contains(said, elsewhere+" holds the old secret and was left: it is not in the config's directory") {
		t.Errorf("%q", said)
	}
	if _, err := os.Stat(elsewhere); err != nil {
		t.Error(err)
	}
	s.user(exitOK, "", "revoke", "carol", "--force")
	if strings.Contains(s.files()["sallyportd.toml"], carolSecret) {
		t.Error("the secret of a revoked key stands in the config")
	}
}

// TestEveryMethod: every key can be taken out, with all the files of its secrets, and a rotating one can take its place.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	key := func(user, method, rest string) string {
		return fmt.Sprintf("[[door.key]]\nuser = %q\nmethod = %q\n%s\n", user, method, rest)
	}
	s := usersDir(t, rotatingDoor+key("legacy", "sequence", "sequence = \"17043:tcp,28411:udp,icmp:131\"")+
		key("pads", "one-time", "sequences_file = \"pads.txt\"")+
		key("spa", "spa", "key_base64_file = \"spa.key\"\nhmac_key_base64_file = \"spa.hmac\""))
	s.write("pads.txt", "7100:tcp,7211:udp,7099:tcp\n")
	s.write("spa.key", strings.Repeat("QUJD", 10)+"\n")
	s.write("spa.hmac", strings.Repeat("REVG", 10)+"\n")
	list := s.user(exitOK, "", "list")
	for _, want := range []string{"DOOR  USER    METHOD    LIVE GRANTS\n", "ssh   legacy  sequence  -\n", "ssh   pads    one-time  -\n", "ssh   spa     spa       -\n"} {
		if !strings.Contains(list, want) {
			t.Errorf("no %q in\n%s", want, list)
		}
	}
	s.user(exitOK, carolSecret, "add", "spa", "--door", "ssh", "--replace")
	s.user(exitOK, "", "revoke", "pads")
	s.user(exitOK, "", "revoke", "legacy")
	var names []string
	for name := range s.files() {
		names = append(names, name)
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "alice.key sallyportd.toml spa-ssh.key" {
		t.Errorf("%s", got)
	}
	if out := s.ask(exitOK, "check"); !strings.Contains(out, "1 door, 2 keys") {
		t.Error(out)
	}
}

// TestADaemonWithAnotherConfig is not taken for the one that must reload.
func TestADaemonWithAnotherConfig(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	text := s.files()["sallyportd.toml"]
	s.write("other.toml", text)
	s.config = filepath.Join(s.dir, "other.toml")
	if said := s.user(exitOK, carolSecret, "add", "carol", "--door", "ssh"); !strings.Contains(said, "serves another config, "+s.dir+"/sallyportd.toml, and was not reloaded") {
		t.Errorf("%q", said)
	}
	if said := s.user(exitOK, "", "list"); !strings.Contains(said, "live grants are not known: the daemon that runs here serves another config") {
		t.Errorf("%q", said)
	}
	if strings.Contains(d.log.String(), "event=reload") {
		t.Error("it has reloaded")
	}
}

// TestNobodyIsAddedOnTrial: an installer that takes its trial back would bring a revoked person back too.
func TestNobodyIsAddedOnTrial(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.startWith("--trial")
	before := s.files()
	for _, args := range [][]string{{"add", "carol", "--door", "ssh"}, {"revoke", "alice", "--force"}} {
		if said := s.user(exitFailure, carolSecret+"\n", args...); !strings.Contains(said, "the daemon is on trial") {
			t.Error(said)
		}
	}
	if after := s.files(); !maps.Equal(after, before) {
		t.Errorf("%v became %v", before, after)
	}
	s.knock("192.0.2.2", code(aliceSecret, rks1.Open, 0))
	d.waitFor("source=192.0.2.2 action=open offset=0 result=opened")
	s.ask(exitOK, "confirm")
	s.user(exitOK, carolSecret+"\n", "add", "carol", "--door", "ssh")
}
