package stopqueue

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// run runs one command through the shell, as system(3) does, in a session of its own, so that signals for the daemon
// do not reach it.
func (q *Queue) run(phase Phase, door, source, command string) {
	report := Report{Phase: phase, Door: door, Source: source, Command: command}
	q.o.Report(report)
	cmd := exec.Command("/bin/sh", "-c", "--", command)
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = q.o.Output, q.o.Output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err := cmd.Run()
	report.Done = true
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		report.Exit = exit.ExitCode()
	} else {
		report.Err = err
	}
	q.o.Report(report)
}

// environment is the daemon's own, without what systemd tells the daemon alone.
func environment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "JOURNAL_STREAM":
		default:
			kept = append(kept, entry)
		}
	}
	return kept
}
