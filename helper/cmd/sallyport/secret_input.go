package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/tty"
)

const (
	// longestSecret is far above any sequence or key.
	longestSecret = 4096
	// longestList is what the other side takes for a one-time list.
	longestList = 30_000
	// oneLine is expected of what a terminal ends with Enter; what may have more ends with Ctrl-D.
	oneLine = "one line"
)

// readSecret reads the one line that a --…-file flag names: a regular file, or - for standard input. The errors name the
// flag and the file but never what is in it.
func (a *app) readSecret(ctx context.Context, flag, path string) (string, error) {
	text, err := a.readText(ctx, flag, path, longestSecret, oneLine)
	line := strings.TrimSpace(text)
	if err == nil && strings.ContainsAny(line, "\r\n") {
		return "", client.BadInput("", "--%s: %s has more than one line; expected one", flag, sourceOf(path))
	}
	return line, err
}

// readKey reads a key in base32 or base64 in the same way. It may be folded into lines, as base32(1) and base64(1) do: white
// space means nothing in it.
func (a *app) readKey(ctx context.Context, flag, path string) (string, error) {
	text, err := a.readText(ctx, flag, path, longestSecret, "one key")
	return strings.Join(strings.Fields(text), ""), err
}

// readList reads a file with one sequence a line, in the same way.
func (a *app) readList(ctx context.Context, flag, path string) (string, error) {
	return a.readText(ctx, flag, path, longestList, "one sequence a line")
}

func (a *app) readText(ctx context.Context, flag, path string, longest int64, expected string) (string, error) {
	source := sourceOf(path)
	var text []byte
	var err error
	if path == "-" {
		text, err = a.readStdin(ctx, longest, expected)
	} else {
		text, err = a.readSecretFile(ctx, flag, path, longest)
	}
	if err != nil {
		return "", err
	}
	switch {
	case int64(len(text)) > longest:
		return "", client.BadInput("", "--%s: %s is longer than %d bytes; expected %s", flag, source, longest, expected)
	case len(strings.TrimSpace(string(text))) == 0:
		return "", client.BadInput("", "--%s: %s is empty; expected %s", flag, source, expected)
	case !utf8.Valid(text):
		return "", client.BadInput("", "--%s: %s is not text", flag, source)
	}
	return string(text), nil
}

func sourceOf(path string) string {
	if path == "-" {
		return "standard input"
	}
	return path
}

// readSecretFile reads a regular file, or a named pipe, which is what <(command) is in a shell.
func (a *app) readSecretFile(ctx context.Context, flag, path string, longest int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	if info.Mode()&os.ModeNamedPipe != 0 {
		return readInterruptibly(ctx, "--"+flag, func() ([]byte, error) {
			file, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer file.Close()
			return io.ReadAll(io.LimitReader(file, longest+1))
		})
	}
	if !info.Mode().IsRegular() {
		return nil, client.BadInput("name a file, or - for standard input", "--%s: %s is not a regular file", flag, path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
		a.warn(path + " may be read by every user of this machine; run: chmod 600 " + path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longest+1))
	if err != nil {
		return nil, client.BadInput("", "--%s: %s", flag, err)
	}
	return text, nil
}

// readStdin reads to the end, or of what is typed one line where one is expected. A terminal shows nothing of it.
func (a *app) readStdin(ctx context.Context, longest int64, expected string) ([]byte, error) {
	read := func() ([]byte, error) { return io.ReadAll(io.LimitReader(a.term.in, longest+1)) }
	if tty.Is(a.term.in) {
		end := "Ctrl-D on a line of its own"
		if expected == oneLine {
			end = "Enter"
			read = func() ([]byte, error) { return bufio.NewReader(io.LimitReader(a.term.in, longest+1)).ReadBytes('\n') }
		}
		show, err := tty.HideTyping(a.term.in)
		if err != nil {
			return nil, client.BadInput("give it on standard input from a file or a pipe", "the terminal would show what is typed: %s", err)
		}
		defer func() { _ = show() }()
		a.term.sayf("expecting %s on standard input; nothing is shown while you type, and %s ends it", expected, end)
	}
	return readInterruptibly(ctx, "standard input", func() ([]byte, error) {
		text, err := read()
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return text, err
	})
}

// readInterruptibly does what can wait for ever, and gives up when ctx ends.
func readInterruptibly(ctx context.Context, source string, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return nil, client.BadInput("", "%s: %s", source, r.err)
		}
		return r.text, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
