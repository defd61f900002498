package main

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is one running daemon.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	log *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// patience is how long anything may take that has to happen; the machine may be busy with other tests.
const patience = 30 * time.Second

func (p *process) waitFor(text string) {
	p.t.Helper()
	if !p.logs(text, patience) {
		p.t.Fatalf("no %q in the log:\n%s", text, p.log)
	}
}

// waitForLine waits for a line of which the time decides a part.
func (p *process) waitForLine(pattern string) {
	p.t.Helper()
	line := regexp.MustCompile(pattern)
	if !p.hasLogged(patience, line.MatchString) {
		p.t.Fatalf("no %q in the log:\n%s", line, p.log)
	}
}

// logs waits for a line in the log.
func (p *process) logs(text string, limit time.Duration) bool {
	return p.hasLogged(limit, func(log string) bool { return strings.Contains(log, text) })
}

func (p *process) hasLogged(limit time.Duration, there func(log string) bool) bool {
	for end := time.Now().Add(limit); !there(p.log.String()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// end stops the daemon with a signal and returns its exit code.
func (p *process) end(signal os.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}
