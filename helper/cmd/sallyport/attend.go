package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"sallyport/helper/internal/client"
)

// sshsOwn is ssh's exit code for its own errors (ssh(1), EXIT STATUS).
const sshsOwn = 255

// tooQuick is shorter than a person takes to log in and leave again: a code other than 0 this soon is news to them.
const tooQuick = 3 * time.Second

// attendSSH runs ssh in a window that closes when its command ends. ssh has the terminal as if it had taken this process's
// place, and its code is ours; but what it fails with waits to be read.
func (a *app) attendSSH(ctx context.Context, argv []string) error {
	path, err := findSSH(argv)
	if err != nil {
		return err
	}
	cmd := exec.Command(path)
	cmd.Args = argv
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	started := time.Now()
	told, err := runAttended(cmd)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return client.Internal("", "could not start %s: %s", path, err)
	}
	code := exitCode(cmd.ProcessState)
	if told || code == 0 || ctx.Err() != nil {
		return ended{exit: code}
	}
	switch {
	case code == sshsOwn:
		a.complain("ssh could not connect or log in, or lost the connection; its words stand above", "")
	case wasInterrupted(cmd.ProcessState), time.Since(started) >= tooQuick:
		return ended{exit: code}
	default:
		a.term.sayf("sallyport: the session ended at once, with code %d", code)
	}
	a.term.waitForEnter(ctx)
	return ended{exit: code}
}

// runAttended runs a child in our place: what the terminal sends (Ctrl-C, Ctrl-\) reaches it by itself, being in the same
// group, and is nothing to us; what is sent to us alone is passed on. told says that somebody ended it that way. The
// signals are caught, not ignored, because what is ignored stays so in the child.
func runAttended(cmd *exec.Cmd) (told bool, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return false, err
	}
	over, passed := make(chan struct{}), make(chan struct{})
	var ending atomic.Bool
	go func() {
		defer close(passed)
		for {
			select {
			case caught := <-signals:
				if caught == syscall.SIGTERM || caught == syscall.SIGHUP {
					ending.Store(true)
					_ = cmd.Process.Signal(caught)
				}
			case <-over:
				return
			}
		}
	}()
	err = cmd.Wait()
	close(over)
	<-passed
	return ending.Load(), err
}

// exitCode is 128 and the number of a signal, as shells have it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// wasInterrupted is an end by Ctrl-C or Ctrl-\, which whoever pressed it knows of.
func wasInterrupted(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGINT || status.Signal() == syscall.SIGQUIT)
}
