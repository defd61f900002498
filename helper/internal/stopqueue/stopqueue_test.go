package stopqueue

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a queue in a directory of its own; its commands write to out.
type bench struct {
	t       *testing.T
	dir     string
	queue   *Queue
	mu      sync.Mutex
	reports []Report
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: filepath.Join(t.TempDir(), "state")}
	b.open()
	return b
}

func (b *bench) open() int {
	b.t.Helper()
	queue, recovered, err := Open(b.options())
	if err != nil {
		b.t.Fatal(err)
	}
	b.queue = queue
	b.t.Cleanup(func() { settle(queue) })
	return recovered
}

// settle lets a queue write what it is about to, before its folder goes.
func settle(q *Queue) {
	q.mu.Lock()
	closed := q.closed
	q.mu.Unlock()
	if !closed {
		q.Close(0)
	}
	idle := make(chan struct{})
	go func() {
		q.running.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-time.After(20 * time.Second):
	}
}

func (b *bench) options() Options {
	return Options{Dir: b.dir, Output: os.Stderr, Now: time.Now, Report: func(r Report) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.reports = append(b.reports, r)
	}}
}

func (b *bench) out() string { return filepath.Join(filepath.Dir(b.dir), "out") }

func (b *bench) lines() string {
	data, _ := os.ReadFile(b.out())
	return strings.Join(strings.Fields(string(data)), " ")
}

// wait waits until what the commands wrote is as wanted.
func (b *bench) wait(want string) {
	b.t.Helper()
	for range 2000 {
		if b.lines() == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatalf("the commands wrote %q, want %q", b.lines(), want)
}

func (b *bench) job(name string, after time.Duration) Job {
	return Job{Door: "ssh", Source: "192.0.2.1", Start: "echo start" + name + " >> " + b.out(), Stop: "echo stop" + name + " >> " + b.out(), StopAfter: after}
}

func TestStopCommandFollows(t *testing.T) {
	b := newBench(t)
	if err := b.queue.Run(b.job("1", 2*time.Second)); err != nil {
		t.Fatal(err)
	}
	b.wait("start1")
	if data, err := os.ReadFile(b.queue.file.path); err != nil || !strings.Contains(string(data), "echo stop1") {
		t.Errorf("what is owed must be in the file: %v %s", err, data)
	}
	b.wait("start1 stop1")
	if left := b.queue.Close(time.Second); left != 0 {
		t.Errorf("%d left", left)
	}
	if data, err := os.ReadFile(b.queue.file.path); err != nil || strings.Contains(string(data), "stop1") {
		t.Errorf("nothing may be owed any more: %v %s", err, data)
	}
	if err := b.queue.Run(b.job("2", 0)); !errors.Is(err, ErrTooMany) {
		t.Errorf("a closed queue takes nothing: %v", err)
	}
}

func TestOwedCommandsComeBack(t *testing.T) {
	b := newBench(t)
	_ = b.queue.Run(b.job("1", time.Hour))
	_ = b.queue.Run(Job{Door: "plain", Source: "::1", Start: "echo plain >> " + b.out()})
	for range 2000 {
		if len(strings.Fields(b.lines())) == 2 && b.queue.Len() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if left := b.queue.Close(time.Second); left != 1 {
		t.Fatalf("%d left", left)
	}
	// An hour later, as far as the new process can tell.
	o := b.options()
	o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	queue, recovered, err := Open(o)
	if err != nil || recovered != 1 {
		t.Fatalf("%d, %v", recovered, err)
	}
	for range 2000 {
		if strings.HasSuffix(b.lines(), "stop1") && queue.Len() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !strings.HasSuffix(b.lines(), "stop1") {
		t.Fatalf("wrote %q", b.lines())
	}
	queue.Close(time.Second)
	if recovered := b.open(); recovered != 0 {
		t.Fatalf("%d owed after it was run", recovered)
	}
}

func TestClockThatWasSetBack(t *testing.T) {
	b := newBench(t)
	_ = b.queue.Run(b.job("1", 2*time.Second))
	b.wait("start1")
	b.queue.mu.Lock()
	for _, stop := range b.queue.owed {
		stop.Due = time.Now().Add(100 * time.Hour)
	}
	b.queue.mu.Unlock()
	b.queue.save()
	b.queue.Close(0)
	if b.open() == 1 {
		b.wait("start1 stop1") // after the door's own time at the latest
	}
}

func TestTooMany(t *testing.T) {
	b := newBench(t)
	var refused error
	over := b.out() + ".over"
	for range Running + Waiting + 1 {
		if err := b.queue.Run(Job{Door: "slow", Start: "while [ ! -e " + over + " ]; do sleep 0.2; done"}); err != nil {
			refused = err
		}
	}
	if !errors.Is(refused, ErrTooMany) {
		t.Fatal("nothing was refused")
	}
	if err := os.WriteFile(over, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.queue.Close(20 * time.Second)
}

func TestFilesThatCannotBeTrusted(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"others can write to": func(dir string) error { return os.Chmod(dir, 0o777) },
		"holds the stop commands that are owed and cannot be read": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, fileName), []byte("{"), 0o600)
		},
		"too many levels of symbolic links": func(dir string) error {
			return os.Symlink("/etc/passwd", filepath.Join(dir, fileName))
		},
		"belongs to somebody else": func(dir string) error { return os.Chown(dir, 65534, 65534) },
	} {
		b := newBench(t)
		b.queue.Close(0)
		if err := spoil(b.dir); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(b.options()); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFullDisk has a directory that is gone: the door opens and closes all the same, and the error is told.
func TestFullDisk(t *testing.T) {
	b := newBench(t)
	if err := os.RemoveAll(b.dir); err != nil {
		t.Fatal(err)
	}
	_ = b.queue.Run(b.job("1", 50*time.Millisecond))
	b.wait("start1 stop1")
	b.queue.Close(time.Second)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.reports {
		if r.Phase == Saved && r.Err != nil {
			return
		}
	}
	t.Errorf("no report of the error: %+v", b.reports)
}

func TestCommandsSeeNothingOfSystemd(t *testing.T) {
	b := newBench(t)
	t.Setenv("NOTIFY_SOCKET", "@secret")
	t.Setenv("KEPT", "kept")
	_ = b.queue.Run(Job{Door: "x", Start: "echo $KEPT$NOTIFY_SOCKET >> " + b.out() + "; exit 7"})
	b.wait("kept")
	b.queue.Close(time.Second)
	b.mu.Lock()
	defer b.mu.Unlock()
	if last := b.reports[len(b.reports)-1]; !last.Done || last.Exit != 7 || last.Err != nil {
		t.Errorf("%+v", last)
	}
}
