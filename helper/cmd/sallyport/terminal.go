package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"sallyport/helper/internal/tty"
)

// terminal is the three streams: results go to out, everything else to err.
type terminal struct {
	in       *os.File
	out, err io.Writer
}

// checked remembers the first failure to write, for whoever ends the program: a script must not take half a list for a whole
// one because the disk was full. A reader that has gone away is none; it has ended us by SIGPIPE already, where there is that.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil && !errors.Is(err, syscall.EPIPE) {
		c.err = err
	}
	return n, err
}

// print writes to standard output.
func (t terminal) print(text string) { _, _ = io.WriteString(t.out, text) }

func (t terminal) printf(format string, args ...any) { t.print(fmt.Sprintf(format, args...) + "\n") }

// sayf writes a line to standard error.
func (t terminal) sayf(format string, args ...any) { _, _ = fmt.Fprintf(t.err, format+"\n", args...) }

// waitForEnter keeps a window open that somebody should read, when there is one. Ctrl-C will do as well. A
// program that was killed may have left the terminal raw: then Enter is a carriage return.
func (t terminal) waitForEnter(ctx context.Context) {
	if !tty.Is(t.in) {
		return
	}
	_, _ = io.WriteString(t.err, "press Enter to close this window ")
	pressed := make(chan struct{})
	go func() {
		defer close(pressed)
		var one [1]byte
		for {
			if n, err := t.in.Read(one[:]); err != nil || n == 1 && (one[0] == '\n' || one[0] == '\r') {
				return
			}
		}
	}()
	select {
	case <-pressed:
	case <-ctx.Done():
	}
}
