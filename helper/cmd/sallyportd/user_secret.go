package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/tty"
)

// readOneSecret reads one line. From a terminal it says what it waits for and shows nothing of it; there the line ends it, else
// the input must.
func readOneSecret(stdin io.Reader, stderr io.Writer, user string) ([]byte, error) {
	var text []byte
	read := func() (err error) {
		text, err = readText(stdin, false)
		return err
	}
	if file, ok := stdin.(*os.File); ok && tty.Is(file) {
		read = func() error {
			return withoutEcho(file, func() (err error) {
				fmt.Fprintf(stderr, "The secret of %s in base32, then Enter (nothing is shown while you type): ", user)
				text, err = readText(file, true)
				fmt.Fprintln(stderr)
				return err
			})
		}
	}
	if err := read(); err != nil {
		return nil, err
	}
	line := bytes.TrimSpace(text)
	if len(line) == 0 {
		return nil, errors.New("there is no secret on standard input; expected one line in base32")
	}
	if bytes.ContainsAny(line, "\r\n") {
		return nil, errors.New("there is more than one line on standard input; expected one secret in base32")
	}
	return rks1.ParseSecret(string(line))
}

// readText reads to the end, or of what is typed one line.
func readText(stdin io.Reader, typed bool) ([]byte, error) {
	text := make([]byte, 0, maxSecretInput)
	for one := make([]byte, 1); ; {
		n, err := stdin.Read(one)
		if n > 0 {
			text = append(text, one[0])
		}
		if len(text) == maxSecretInput {
			return nil, fmt.Errorf("over %d bytes on standard input; expected one line, a secret in base32", maxSecretInput)
		}
		if err == io.EOF || err == nil && typed && one[0] == '\n' {
			return text, nil
		}
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
	}
}
