package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

// commandDoor writes down what its commands are told; DIR stands for the test's directory.
const commandDoor = `
[gate]
mode = "none"
[[door]]
name = "wake"
on_open = ["DIR/note", "open", "{ip}", "{user}", "{door}", "{port}"]
on_close = ["DIR/note", "close", "{ip}", "{user}", "{door}", "{port}"]
open_for = "2s"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "alice.key"
  [[door.key]]
  user = "bob"
  method = "rotating"
  secret_file = "bob.key"
`

func newCommandServer(t *testing.T, config string) *server {
	t.Helper()
	s := newServer(t, "")
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+strings.ReplaceAll(config, "DIR", s.dir))
	// The capabilities are there, whole, before anything is said.
	script := "#!/bin/sh\ncd " + s.dir + "\ngrep CapEff /proc/self/status >caps.$$ && mv caps.$$ caps\nprintf '%s.' \"$@\" >>said\necho >>said\n"
	if err := testnet.WriteProgram(filepath.Join(s.dir, "note"), []byte(script)); err != nil {
		t.Fatal(err)
	}
	return s
}

// said waits until a number of lines were said, and gives them.
func (s *server) said(lines int) string {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		text, _ := os.ReadFile(filepath.Join(s.dir, "said"))
		if strings.Count(string(text), "\n") >= lines {
			return strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", " ")
		}
	}
	text, _ := os.ReadFile(filepath.Join(s.dir, "said"))
	s.t.Fatalf("%d lines are expected, there is: %q", lines, text)
	return ""
}

func TestCommandDoorRunsAndTouchesNoFirewall(t *testing.T) {
	t.Parallel()
	s := newCommandServer(t, strings.Replace(commandDoor, "2s", "5s", 1))
	d := s.start()
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("event=command door=wake user=alice source=192.0.2.2 command=on_open")
	if tables := s.ns.Run("nft", "list", "tables"); strings.Contains(tables, "sallyport") {
		t.Errorf("there is a table: %s", tables)
	}
	if st := s.status(); st.Gate.Mode != "none" || len(st.Grants) != 1 || st.Grants[0].Ports != "" {
		t.Errorf("%+v", st)
	}
	if got := s.said(2); got != "open.192.0.2.2.alice.wake.. close.192.0.2.2.alice.wake.." {
		t.Errorf("said %q", got)
	}
	d.waitFor("command=on_close")
	if caps, err := os.ReadFile(filepath.Join(s.dir, "caps")); err != nil || !strings.Contains(string(caps), "0000000000000000") {
		t.Errorf("the command has capabilities: %s, %v", caps, err)
	}
	if out := s.inside(exitFailure, "panic"); !strings.Contains(out, "keeps no port closed") {
		t.Errorf("panic: %s", out)
	}
	if d.end(syscall.SIGTERM) != 0 {
		t.Error("no clean stop")
	}
}

func TestOwedCloseRunsAfterKillWhenItIsDue(t *testing.T) {
	t.Parallel()
	s := newCommandServer(t, strings.Replace(commandDoor, "2s", "5s", 1))
	d := s.start()
	sent := time.Now()
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	s.said(1)
	opened := time.Now()
	d.end(syscall.SIGKILL)
	d = s.start()
	if grants := s.status().Grants; len(grants) != 1 || grants[0].User != "alice" || grants[0].Left > 5 {
		t.Fatalf("the grant after the restart: %+v", grants)
	}
	if got := s.said(2); !strings.HasSuffix(got, "close.192.0.2.2.alice.wake..") || time.Since(sent) < 4900*time.Millisecond || time.Since(opened) > 15*time.Second {
		t.Errorf("said %q %v after the knock, %v after the open", got, time.Since(sent), time.Since(opened))
	}
	d.waitFor("command=on_close")

	// Killed again, and due while nothing runs.
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 1)...)
	s.said(3)
	d.end(syscall.SIGKILL)
	time.Sleep(5100 * time.Millisecond)
	d = s.start()
	if got := s.said(4); !strings.HasSuffix(got, "close.192.0.2.2.alice.wake..") {
		t.Errorf("said %q", got)
	}
	d.waitFor("command=on_close")
	if d.end(syscall.SIGTERM) != 0 {
		t.Error("no clean stop")
	}
	s.start()
	if got := s.said(4); strings.Count(got, "close") != 2 {
		t.Errorf("a close ran twice: %q", got)
	}
}

// TestDoorWithPortsAndCommands has two users at two doors, a close code, a revoke, a door that a reload takes away,
// and a stop.
func TestDoorWithPortsAndCommands(t *testing.T) {
	t.Parallel()
	config := strings.NewReplacer("[gate]\nmode = \"none\"\n", "", "name = \"wake\"", "name = \"ssh\"\nports = [\"22/tcp\", \"60000-60010/udp\"]", "2s", "60s").Replace(commandDoor)
	s := newCommandServer(t, config)
	d := s.start()
	alice, bob := s.client.NewSender("192.0.2.2", "192.0.2.1"), s.client.NewSender("192.0.2.3", "192.0.2.1")
	alice.Send(code(aliceSecret, rks1.Open, -1)...)
	d.waitFor("user=alice source=192.0.2.2 action=open offset=-1 result=opened")
	bob.Send(code(bobSecret, rks1.Open, -1)...)
	d.waitFor("user=bob source=192.0.2.3 action=open offset=-1 result=opened")
	s.said(2)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	alice.Send(code(aliceSecret, rks1.Close, 0)...)
	d.waitFor("user=alice source=192.0.2.2 action=close offset=0 result=closed")
	if got := s.said(3); !strings.HasSuffix(got, "close.192.0.2.2.alice.ssh.22.") {
		t.Errorf("said %q", got)
	}
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)

	if out := s.inside(exitOK, "grants"); !strings.Contains(out, "open: ssh for 192.0.2.3 (bob)") || !strings.Contains(out, "22/tcp 60000-60010/udp") {
		t.Errorf("grants: %s", out)
	}
	if out := s.inside(exitOK, "revoke", "fe80::7%eth0"); !strings.Contains(out, "fe80::7 had no live grant") {
		t.Errorf("a link-local address as other programs show it: %q", out)
	}
	if out := s.inside(exitUsage, "revoke", "bob"); !strings.Contains(out, "not an IPv4 or IPv6 address") {
		t.Errorf("revoke of a name: %s", out)
	}
	if out := s.inside(exitOK, "revoke", "192.0.2.3"); !strings.Contains(out, "1 grant of 192.0.2.3 ended") {
		t.Errorf("revoke: %s", out)
	}
	if out := s.inside(exitOK, "revoke", "192.0.2.3"); !strings.Contains(out, "no live grant") {
		t.Errorf("revoke again: %s", out)
	}
	s.said(4)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	bob.Send(code(bobSecret, rks1.Open, 0)...)
	d.waitFor("user=bob source=192.0.2.3 action=open offset=0 result=opened")
	s.said(5)
	d.end(syscall.SIGKILL)
	d = s.start() // the gate has kept the grant, the journal its close
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	if got := s.said(5); strings.Count(got, "open") != 3 {
		t.Errorf("said %q", got)
	}
	bobs := strings.Index(config, "  [[door.key]]\n  user = \"bob\"")
	s.write("sallyportd.toml", "state_dir = \""+s.dir+"/state\"\n"+strings.ReplaceAll(config[:bobs], "DIR", s.dir))
	s.inside(exitOK, "reload")
	if got := s.said(6); !strings.HasSuffix(got, "close.192.0.2.3.bob.ssh.22.") {
		t.Errorf("said %q", got)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	alice.Send(code(aliceSecret, rks1.Open, 1)...)
	d.waitFor("user=alice source=192.0.2.2 action=open offset=1 result=opened")
	s.said(7)
	if d.end(syscall.SIGTERM) != 0 {
		t.Errorf("no clean stop:\n%s", d.log)
	}
	if got := s.said(8); !strings.HasSuffix(got, "close.192.0.2.2.alice.ssh.22.") {
		t.Errorf("at the stop: said %q", got)
	}
}

func TestFailingCommandIsToldAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newCommandServer(t, strings.Replace(commandDoor, `["DIR/note", "open", "{ip}", "{user}", "{door}", "{port}"]`,
		`["/bin/sh", "-c", "echo it broke >&2; exit 7"]`, 1))
	d := s.start()
	s.client.NewSender("2001:db8::2", "2001:db8::1").Send(code(bobSecret, rks1.Open, 0)...)
	d.waitFor(`command=on_open took=`)
	d.waitFor(`exit=7 output="it broke" result=failed`)
	if got := s.said(1); got != "close.2001:db8::2.bob.wake.." {
		t.Errorf("said %q", got)
	}
}

// TestGateWithoutPorts has the usual mode and a door that only runs commands.
func TestGateWithoutPorts(t *testing.T) {
	t.Parallel()
	s := newCommandServer(t, strings.Replace(commandDoor, "[gate]\nmode = \"none\"\n", "", 1))
	d := s.start()
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	s.said(1)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	if d.end(syscall.SIGTERM) != 0 {
		t.Error("no clean stop")
	}
	s.said(2)
}
