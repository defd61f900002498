package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
)

// No test may touch the ssh configuration of whoever runs it: in this binary the home folder is the one that a script
// names. The one of the user database is asked in the network tests, which have a user database of their own.
func init() {
	passwdHome = func() (string, error) {
		if home := os.Getenv("SCRIPT_PASSWD_HOME"); home != "" {
			return home, nil
		}
		return "", errors.New("the script names none in SCRIPT_PASSWD_HOME")
	}
}

func TestConfirm(t *testing.T) {
	for typed, want := range map[string]bool{
		"y\n": true, "YES\r\n": true, " y \n": true, "\n": false, "n\n": false, "yup\n": false, "": false, "y": true,
	} {
		in, out, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = out.WriteString(typed)
		_ = out.Close()
		var said bytes.Buffer
		got, err := terminal{in: in, err: &said}.confirm(t.Context(), "really? ")
		if got != want || err != nil || said.String() != "really? " {
			t.Errorf("%q: got %v, %v, %q", typed, got, err, said.String())
		}
		_ = in.Close()
	}
}

func TestConfirmIsInterrupted(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close() // later than the answer: nobody types anything
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interruption{syscall.SIGINT})
	var said bytes.Buffer
	agreed, err := terminal{in: in, err: &said}.confirm(ctx, "really? ")
	var stop interruption
	if agreed || !errors.As(err, &stop) || stop.exit() != 130 {
		t.Errorf("got %v, %v", agreed, err)
	}
}
