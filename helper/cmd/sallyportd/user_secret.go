package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"sallyport/helper/internal/rks1"
)

// readOneSecret reads one line. From a terminal it says what it waits for; there the line ends it, else the input must.
func readOneSecret(stdin io.Reader, stderr io.Writer, user string) ([]byte, error) {
	text := make([]byte, 0, maxSecretInput)
	typed := isTerminal(stdin)
	if typed {
		fmt.Fprintf(stderr, "The secret of %s in base32, then Enter: ", user)
	}
	for one := make([]byte, 1); ; {
		n, err := stdin.Read(one)
		if n > 0 {
			text = append(text, one[0])
		}
		if len(text) == maxSecretInput {
			return nil, fmt.Errorf("over %d bytes on standard input; expected one line, a secret in base32", maxSecretInput)
		}
		if err == io.EOF || err == nil && typed && one[0] == '\n' {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
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

func isTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
