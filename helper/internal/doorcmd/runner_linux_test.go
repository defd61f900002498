package doorcmd

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is a runner with everything it reported, and a directory for what commands write.
type bench struct {
	t *testing.T
	*Runner
	dir     string
	mu      sync.Mutex
	reports []Report
}

func newBench(t *testing.T, dir string) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir}
	var err error
	b.Runner, err = New(dir, func(r Report) { b.mu.Lock(); b.reports = append(b.reports, r); b.mu.Unlock() })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.cancel)
	return b
}

func (b *bench) wait(n int) []Report {
	b.t.Helper()
	for range 1000 {
		b.mu.Lock()
		got := slices.Clone(b.reports)
		b.mu.Unlock()
		if len(got) >= n {
			return got
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.t.Fatalf("%d reports, want %d", len(b.reports), n)
	return nil
}

func key(n int) Key {
	return Key{Addr: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", n)), Door: "wake", User: "alice"}
}

func shell(script string) []string { return []string{"/bin/sh", "-c", script} }

// noting appends a word to a file.
func (b *bench) noting(word string) []string {
	return shell(fmt.Sprintf("echo %s >>%s/said", word, b.dir))
}

func (b *bench) said() string {
	data, _ := os.ReadFile(filepath.Join(b.dir, "said"))
	return strings.Join(strings.Fields(string(data)), " ")
}

func (b *bench) begin(o Opening) {
	b.t.Helper()
	if err := b.Begin(o); err != nil {
		b.t.Fatal(err)
	}
}

func TestCommandsHaveNothingOfTheDaemon(t *testing.T) {
	b := newBench(t, t.TempDir())
	t.Setenv("SECRET", "of the daemon")
	b.begin(Opening{Key: key(1), OnOpen: shell("env; pwd; grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status >" + b.dir + "/caps; cat; exit 3")})
	report := b.wait(1)[0]
	if report.Exit != 3 || report.Err != nil || report.Phase != Open || strings.Contains(report.Output, "SECRET") || !strings.HasSuffix(report.Output, "/") {
		t.Errorf("%+v", report)
	}
	caps, err := os.ReadFile(filepath.Join(b.dir, "caps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
		if os.Geteuid() != 0 && name == "CapBnd" {
			continue // only root can take it away, and without privileges it gives nothing
		}
		if !strings.Contains(string(caps), name+":\t0000000000000000\n") {
			t.Errorf("%s is not empty:\n%s", name, caps)
		}
	}
	if !strings.Contains(string(caps), "NoNewPrivs:\t1") {
		t.Errorf("privileges can be had again:\n%s", caps)
	}
	mine, err := os.ReadFile("/proc/self/status")
	if err != nil || !strings.Contains(string(mine), "NoNewPrivs:\t0") {
		t.Errorf("the daemon itself lost something: %v", err)
	}
}

func TestNoShellSeesTheArguments(t *testing.T) {
	b := newBench(t, t.TempDir())
	argv := Template{"/usr/bin/printf", "%s", "{user}"}.Expand(Values{User: "$(reboot); `x` 'y'"})
	b.begin(Opening{Key: key(1), OnOpen: argv})
	if report := b.wait(1)[0]; report.Output != "$(reboot); `x` 'y'" {
		t.Errorf("%+v", report)
	}
	b.begin(Opening{Key: key(1), OnOpen: []string{"/nonexistent"}})
	if report := b.wait(2)[1]; !errors.Is(report.Err, os.ErrNotExist) {
		t.Errorf("%+v", report)
	}
}

func TestDeadlineEndsTheCommandAndItsChildren(t *testing.T) {
	b := newBench(t, t.TempDir())
	b.deadline = 2 * time.Second // enough to have a child
	b.begin(Opening{Key: key(1), OnOpen: shell("sleep 61 & echo $! >" + b.dir + "/said; sleep 62")})
	if report := b.wait(1)[0]; report.Err == nil || !strings.Contains(report.Err.Error(), "killed after") || report.Took > 30*time.Second {
		t.Errorf("%+v", report)
	}
	child := b.said()
	if child == "" {
		t.Fatal("it had no child")
	}
	for range 1000 {
		// Of a process that has ended, and that nobody has asked for yet, the line is empty (proc_pid_cmdline(5)).
		if line, _ := os.ReadFile("/proc/" + child + "/cmdline"); len(line) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("its child lived on")
}

func TestFewAtOnceAndNoEndlessQueue(t *testing.T) {
	b := newBench(t, t.TempDir())
	gate := filepath.Join(b.dir, "go")
	blocked := shell("touch " + b.dir + "/run.$$; while [ ! -e " + gate + " ]; do sleep 0.05; done")
	for n := range AtOnce + MaxWaiting {
		b.begin(Opening{Key: key(n), OnOpen: blocked})
	}
	if err := b.Begin(Opening{Key: key(200), OnOpen: blocked, OnClose: b.noting("never")}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	if len(b.Owed()) != 0 {
		t.Error("a close is owed for what did not open")
	}
	b.begin(Opening{Key: key(201), OnClose: b.noting("close")}) // no open: nothing to wait for
	b.End(key(201))
	var running []string
	for range 1000 {
		if running, _ = filepath.Glob(filepath.Join(b.dir, "run.*")); len(running) >= AtOnce {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond) // for one too many
	if running, _ = filepath.Glob(filepath.Join(b.dir, "run.*")); len(running) != AtOnce {
		t.Errorf("%d commands run at once", len(running))
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.wait(AtOnce + MaxWaiting + 1)
	if b.said() != "close" {
		t.Errorf("said %q", b.said())
	}
}

func TestOneGrantsCommandsRunInOrder(t *testing.T) {
	b := newBench(t, t.TempDir())
	open := shell("sleep 0.3; echo open >>" + b.dir + "/said")
	b.begin(Opening{Key: key(1), OnOpen: open, OnClose: b.noting("close")})
	b.begin(Opening{Key: key(1), OnOpen: b.noting("again"), OnClose: b.noting("again")}) // renewed: nothing but the time
	b.End(key(1))
	b.End(key(1))
	b.begin(Opening{Key: key(1), OnOpen: b.noting("second"), OnClose: b.noting("end")})
	b.wait(3)
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	if b.said() != "open close second end" {
		t.Errorf("said %q", b.said())
	}
	if err := b.Begin(Opening{Key: key(1), OnOpen: b.noting("late")}); err == nil {
		t.Error("something runs after the end")
	}
}

func TestWithoutACloseEveryKnockRuns(t *testing.T) {
	b := newBench(t, t.TempDir())
	b.begin(Opening{Key: key(1), OnOpen: b.noting("wake")})
	b.begin(Opening{Key: key(1), OnOpen: b.noting("wake")})
	b.wait(2)
	if b.said() != "wake wake" {
		t.Errorf("said %q", b.said())
	}
}
