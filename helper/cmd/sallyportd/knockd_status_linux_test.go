package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/knockdaemon"
	"sallyport/helper/internal/stopqueue"
)

const statusConf = `
[options]
  interface = veth0
[slow]
  sequence = 7001,7002:udp
  start_command = echo start %IP% >> $PEER_OUT; while [ ! -e $PEER_OUT.go ]; do sleep 0.05; done
  stop_command = echo stop %IP% >> $PEER_OUT
  cmd_timeout = 6
[once]
  one_time_sequences = PADS
  start_command = true
`

// ask prints the status as a person or a program gets it.
func (p *peers) ask(flags ...string) string {
	p.t.Helper()
	exit, out, errs := command("", append([]string{"status", "--knockd-conf", p.path("ours.conf"), "--state-dir", p.path("state")}, flags...)...)
	if exit != exitOK {
		p.t.Fatalf("status: exit %d: %s", exit, errs)
	}
	return out
}

// statusWhen waits until there are so many stop commands, all of them in a phase.
func (p *peers) statusWhen(count int, phase stopqueue.Phase) (s knockdaemon.Status) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		s = knockdaemon.Status{}
		if err := json.Unmarshal([]byte(p.ask("--json")), &s); err != nil {
			p.t.Fatal(err)
		}
		if len(s.Stops) == count && !slices.ContainsFunc(s.Stops, func(one knockdaemon.StopStatus) bool { return one.Phase != phase }) {
			return s
		}
	}
	p.t.Fatalf("%d stop commands in the phase %q are expected: %+v", count, phase, s)
	return s
}

func TestStatusInKnockdsPlace(t *testing.T) {
	p := newPeers(t)
	p.write("pads", "1101,1102\n1201,1202\n")
	p.write("ours.conf", strings.ReplaceAll(statusConf, "PADS", p.path("pads"))+readyDoors)
	if exit, _, errs := command("", "status", "--knockd-conf", p.path("ours.conf"), "--state-dir", p.path("state")); exit != exitFailure || !strings.Contains(errs, "no sallyportd is running") {
		t.Errorf("while none runs: exit %d, %s", exit, errs)
	}
	p.startOurs()
	p.ready("ours.out")
	p.play(0, trace{packets: "7001"}.script(t, "192.0.2.2", "192.0.2.1"))
	for range 1000 {
		if strings.Contains(p.ask(), "1 knocks under way") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.play(0, trace{packets: "7002:udp"}.script(t, "192.0.2.2", "192.0.2.1"))

	s := p.statusWhen(1, stopqueue.Started)
	if s.Starts.Running+s.Starts.Waiting != 1 || s.Mode != "knockd" || s.Interface != "veth0" || s.Capture != "ring" || s.Packets.Passed == 0 || s.PID != p.ours.cmd.Process.Pid {
		t.Errorf("while the start command runs: %+v", s)
	}
	p.write("ours.out.go", "")
	before := time.Now()
	s = p.statusWhen(1, stopqueue.Pending)
	stop := s.Stops[0]
	if stop.Door != "slow" || stop.Source != "192.0.2.2" || !strings.HasPrefix(stop.Command, "echo stop 192.0.2.2 >> ") ||
		stop.Left < 1 || stop.Left > 6 || stop.Due.Before(before.Add(4*time.Second)) || stop.Due.After(time.Now().Add(6*time.Second)) {
		t.Errorf("the stop command that is owed: %+v", stop)
	}
	left := 2
	want := []knockdaemon.DoorStatus{{Name: "slow", Steps: 2, Timeout: 25, Opened: 1}, {Name: "once", Steps: 2, Timeout: 25, Left: &left}}
	if len(s.Doors) != 4 || fmt.Sprint(s.Doors[0]) != fmt.Sprint(want[0]) || s.Doors[1].Left == nil || *s.Doors[1].Left != left {
		t.Errorf("doors: %+v", s.Doors)
	}
	text := p.ask()
	if !strings.Contains(text, "open: slow for 192.0.2.2, stop command in ") || !strings.Contains(text, "door once: 2 steps within 25 s, opened 0 times, 2 one-time sequences left") ||
		strings.Contains(text, "7001") || strings.Contains(text, "1101") {
		t.Errorf("in words:\n%s", text)
	}

	// A killed daemon's successor still owes it, and not for longer.
	p.ours.end(syscall.SIGKILL)
	p.startOurs()
	again := p.statusWhen(1, stopqueue.Pending).Stops[0]
	if early := stop.Due.Sub(again.Due); early < 0 || early > time.Second || again.Command != stop.Command {
		t.Errorf("after kill -9: %+v, want %+v", again, stop)
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if strings.Contains(p.ask(), "no stop command is owed") {
			break
		}
	}
	if got := strings.Join(p.lines("ours.out"), "; "); got != "start 192.0.2.2; stop 192.0.2.2" || time.Now().Before(again.Due) {
		t.Errorf("the commands wrote %q at %v", got, time.Now())
	}
}

// TestStatusIsRootsOnly opens the directory up on purpose: the daemon itself must refuse.
func TestStatusIsRootsOnly(t *testing.T) {
	p := newPeers(t)
	p.write("ours.conf", "[a]\n\tsequence = 1\n")
	p.startOurs()
	socket := p.path("state/sallyportd.sock")
	if info, err := os.Stat(p.path("state")); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("the state directory: %v, %v", info, err)
	}
	for dir := p.path("state"); dir != "/" && dir != os.TempDir(); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(socket, 0o666); err != nil {
		t.Fatal(err)
	}
	client := exec.Command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "nc", "-U", "-w", "2", socket)
	client.Stdin = strings.NewReader("{\"v\":1,\"command\":\"status\"}\n")
	out, err := client.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"ok":false,"error":"only root may ask`) || strings.Contains(string(out), "doors") {
		t.Errorf("%v: %s", err, out)
	}
}
