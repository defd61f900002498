package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// While a job waits, every thread of a capable copy must have given up everything, and no socket may hold a packet
// although the machine is pinged all the while.
func TestEveryThreadSheds(t *testing.T) {
	l := newLab(t)
	withCap := filepath.Join(filepath.Dir(l.program), "with-cap")
	l.must("cp", l.program, withCap)
	l.must("setcap", "cap_net_raw+ep", withCap)
	argv := append([]string{"netns", "exec", l.here}, asNobody(withCap)...)
	cmd := exec.Command("ip", argv...)
	slow := `{"kind":"tcp","port":7005,"flags":["syn"],"afterMs":10000}`
	cmd.Stdin = strings.NewReader(job("10.66.0.2", echo128, slow))
	var out lockedBuffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	waitFor(t, "the first packet", func() bool { return strings.Contains(out.String(), `{"sent":0`) })
	l.must("ip", "netns", "exec", l.beyond, "ping", "-c", "3", "-i", "0.2", "10.66.0.1")

	pid := cmd.Process.Pid // ip and setpriv both exec, so it is the program's own
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(tasks) < 2 {
		t.Fatalf("found %d threads: %v", len(tasks), err)
	}
	for _, task := range tasks {
		status, err := os.ReadFile(task)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{`Name:\s+with-cap`, `CapPrm:\s+0+`, `CapEff:\s+0+`, `CapInh:\s+0+`, `NoNewPrivs:\s+1`} {
			if !regexp.MustCompile(`(?m)^` + line + `$`).Match(status) {
				t.Errorf("%s lacks %s:\n%s", task, line, status)
			}
		}
	}
	sockets := l.must("ip", "netns", "exec", l.here, "ss", "-H", "-n", "-a", "-w", "-p")
	if !strings.Contains(sockets, "with-cap") {
		t.Errorf("no raw socket is open: %s", sockets)
	}
	for _, line := range strings.Split(strings.TrimSpace(sockets), "\n") {
		if fields := strings.Fields(line); len(fields) > 2 && fields[2] != "0" {
			t.Errorf("a raw socket has received: %s", line)
		}
	}
}

// The far end answers every echo; without its filter a ping socket would keep the answers.
func TestPingSocketKeepsNothing(t *testing.T) {
	l := newLab(t)
	l.must("ip", "netns", "exec", l.here, "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
	for address, table := range map[string]string{"10.66.0.2": "icmp", "fd66::2": "icmp6"} {
		cmd := exec.Command("ip", append([]string{"netns", "exec", l.here}, asNobody(l.program)...)...)
		slow := `{"kind":"icmp","payload":1,"afterMs":10000}`
		cmd.Stdin = strings.NewReader(job(address, echo128, echo1400, slow))
		var out lockedBuffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "two packets", func() bool { return strings.Contains(out.String(), `{"sent":1`) })
		queues := func() string { return pingQueues(t, cmd.Process.Pid, table) }
		waitFor(t, "both to have left", func() bool { return strings.HasPrefix(queues(), "00000000:") })
		time.Sleep(200 * time.Millisecond) // for the answers, which take microseconds
		if got := queues(); got != "00000000:00000000" {
			t.Errorf("%s: sent and received bytes in the socket: %s", table, got)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// pingQueues is "tx:rx" of the only ping socket in a process's namespace (proc(5), the layout of /proc/net/tcp).
func pingQueues(t *testing.T, pid int, table string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	fields := strings.Fields(lines[len(lines)-1])
	if len(lines) != 2 || len(fields) < 5 {
		t.Fatalf("expected one ping socket:\n%s", text)
	}
	return fields[4]
}

func TestSetUserIDIsRefused(t *testing.T) {
	l := newLab(t)
	copyPath := filepath.Join(filepath.Dir(l.program), "setuid")
	l.must("cp", l.program, copyPath)
	l.must("chmod", "4755", copyPath)
	out, code := l.send(asNobody(copyPath), job("10.66.0.2", echo128))
	if code != 5 || !strings.Contains(out, "set-user-ID") {
		t.Errorf("exit %d, said %s", code, out)
	}
}
