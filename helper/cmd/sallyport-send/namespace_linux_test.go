package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// lab is two namespaces joined by a veth: 10.66.0.1 and fd66::1 on the sender's side, .2 and ::2 on the other.
type lab struct {
	t            *testing.T
	program      string
	here, beyond string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root: run the tests as root to see what is on the wire")
	}
	id := fmt.Sprintf("clisend%d", os.Getpid())
	l := &lab{t: t, program: buildSender(t), here: id + "a", beyond: id + "b"}
	for _, name := range []string{l.here, l.beyond} {
		l.must("ip", "netns", "add", name)
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", name).Run() })
	}
	l.must("ip", "-n", l.here, "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", l.beyond)
	for _, end := range [][3]string{{l.here, "v0", "1"}, {l.beyond, "v1", "2"}} {
		l.must("ip", "-n", end[0], "addr", "add", "10.66.0."+end[2]+"/24", "dev", end[1])
		l.must("ip", "-n", end[0], "addr", "add", "fd66::"+end[2]+"/64", "dev", end[1], "nodad")
		l.must("ip", "-n", end[0], "link", "set", end[1], "up")
		l.must("ip", "-n", end[0], "link", "set", "lo", "up")
	}
	return l
}

// buildSender makes the program as it ships: without cgo, in a folder that any user may enter.
func buildSender(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sallyport-send-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "sallyport-send")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-X main.version=9.9.9", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

func (l *lab) must(name string, args ...string) string {
	l.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		l.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// asNobody puts a command under a user without any privilege.
func asNobody(argv ...string) []string {
	return append([]string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"}, argv...)
}

// send runs the program in the sender's namespace and gives its output and exit code.
func (l *lab) send(argv []string, job string) (string, int) {
	l.t.Helper()
	cmd := exec.Command("ip", append([]string{"netns", "exec", l.here}, argv...)...)
	cmd.Stdin = strings.NewReader(job)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if stderr.Len() > 0 {
		l.t.Errorf("stderr: %s", stderr.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// capture runs tcpdump at the far end while act runs, and gives its lines for packets that came in.
func (l *lab) capture(act func()) string {
	l.t.Helper()
	var out, log lockedBuffer
	dump := exec.Command("ip", "netns", "exec", l.beyond, "tcpdump", "-i", "v1", "-Q", "in", "-nn", "-vv", "-S", "-U", "-l",
		"icmp[icmptype] == 8 or icmp6[0] == 128 or tcp")
	dump.Stdout, dump.Stderr = &out, &log
	if err := dump.Start(); err != nil {
		l.t.Fatal(err)
	}
	waitFor(l.t, "tcpdump to listen", func() bool { return strings.Contains(log.String(), "listening on") })
	act()
	quiet := -1
	waitFor(l.t, "tcpdump to go quiet", func() bool {
		seen := len(out.String())
		still := seen == quiet && seen > 0
		quiet = seen
		time.Sleep(200 * time.Millisecond)
		return still
	})
	_ = dump.Process.Signal(syscall.SIGINT)
	_ = dump.Wait()
	return out.String()
}

func waitFor(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ready() {
			return
		}
	}
	t.Fatalf("waited too long for %s", what)
}
