package main

import (
	"context"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"sallyport/helper/internal/client"
)

// longestSecret is far above any sequence or key.
const longestSecret = 4096

// readSecret reads the one line that a --…-file flag names: a regular file, or - for standard input. The errors name the
// flag and the file but never what is in it.
func (a *app) readSecret(ctx context.Context, flag, path string) (string, error) {
	source := path
	var text []byte
	var err error
	if path == "-" {
		source = "standard input"
		text, err = a.readStdin(ctx)
	} else {
		text, err = a.readSecretFile(flag, path)
	}
	if err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(text))
	switch {
	case len(text) > longestSecret:
		return "", client.BadInput("", "--%s: %s is longer than %d bytes; expected one line", flag, source, longestSecret)
	case line == "":
		return "", client.BadInput("", "--%s: %s is empty; expected one line", flag, source)
	case !utf8.ValidString(line):
		return "", client.BadInput("", "--%s: %s is not text", flag, source)
	case strings.ContainsAny(line, "\r\n"):
		return "", client.BadInput("", "--%s: %s has more than one line; expected one", flag, source)
	}
	return line, nil
}

func (a *app) readSecretFile(flag, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, client.BadInput("name a file, or - for standard input", "--%s: %s is not a regular file", flag, path)
	}
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		a.warn(path + " may be read by every user of this machine; run: chmod 600 " + path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestSecret+1))
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	return text, nil
}

// readStdin can be interrupted, which a read by itself cannot.
func (a *app) readStdin(ctx context.Context) ([]byte, error) {
	if isTerminal(a.term.in) {
		a.term.sayf("reading one line from standard input; it will be seen as you type (Ctrl-D ends it)")
	}
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := io.ReadAll(io.LimitReader(a.term.in, longestSecret+1))
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, client.BadInput("", "standard input: %s", r.err)
		}
		return r.text, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
