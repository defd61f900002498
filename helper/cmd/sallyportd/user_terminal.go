package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/tty"
)

// withoutEcho does work while the terminal shows nothing of what is typed. It is as it was afterwards, also when a signal ends
// the program meanwhile.
func withoutEcho(terminal *os.File, work func() error) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT)
	done := make(chan struct{})
	defer close(done)
	defer signal.Stop(ended)
	show, err := tty.HideTyping(terminal)
	if err != nil {
		return fmt.Errorf("the terminal would show the secret (%w); give it on standard input from a file or a pipe", err)
	}
	// Only now, so that no signal shows it before it was hidden.
	go func() {
		select {
		case by := <-ended:
			_ = show()
			signal.Reset(by)
			if number, ok := by.(unix.Signal); ok {
				_ = unix.Kill(unix.Getpid(), number)
			}
		case <-done:
		}
	}()
	return errors.Join(work(), show())
}
