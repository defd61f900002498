package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// withoutEcho does work while the terminal shows nothing of what is typed. It is as it was afterwards, also when a signal ends
// the program meanwhile. What is no terminal has nothing to show.
func withoutEcho(terminal *os.File, work func() error) error {
	fd := int(terminal.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return work()
	}
	ends := []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, ends...)
	done := make(chan struct{})
	defer close(done)
	defer signal.Stop(ended)
	restore := func() error { return unix.IoctlSetTermios(fd, unix.TCSETSW, before) }
	silent := *before
	silent.Lflag &^= unix.ECHO | unix.ECHONL
	if err := unix.IoctlSetTermios(fd, unix.TCSETSW, &silent); err != nil {
		return fmt.Errorf("the terminal would show the secret (%w); give it on standard input from a file or a pipe", err)
	}
	// Only now, so that no signal restores it before it was changed.
	go func() {
		select {
		case by := <-ended:
			_ = restore()
			signal.Reset(by)
			if number, ok := by.(unix.Signal); ok {
				_ = unix.Kill(unix.Getpid(), number)
			}
		case <-done:
		}
	}()
	return errors.Join(work(), restore())
}
