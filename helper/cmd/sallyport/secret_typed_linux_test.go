package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/testterm"
)

// typing gives an app whose standard input is a terminal, what is seen there, and whether it echoes.
func typing(t *testing.T) (a *app, master *os.File, screen func() string, echoes func() bool) {
	t.Helper()
	master, slave, err := testterm.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = slave.Close(), master.Close() })
	a = &app{term: terminal{in: slave, out: &bytes.Buffer{}, err: slave}}
	return a, master, testterm.Watch(master), func() bool { return testterm.Echoes(slave) }
}

func awaitPrompt(t *testing.T, screen func() string) {
	t.Helper()
	if err := testterm.Await(screen, "nothing is shown while you type"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsTypedIsNotShown(t *testing.T) {
	for typed, read := range map[string]func(*app) (string, error){
		"GEZDGNBVGY3TQOJQ\r":                func(a *app) (string, error) { return a.readSecret(t.Context(), "secret-file", "-") },
		"GEZDGNBV\rGY3TQOJQ\r\x04":          func(a *app) (string, error) { return a.readKey(t.Context(), "key-file", "-") },
		"7001:tcp 7002\r\n7003:udp\r\n\x04": func(a *app) (string, error) { return a.readList(t.Context(), "one-time-file", "-") },
	} {
		a, master, screen, echoes := typing(t)
		done := make(chan string, 1)
		go func() {
			text, err := read(a)
			if err != nil {
				text = err.Error()
			}
			done <- text
		}()
		awaitPrompt(t, screen)
		if echoes() {
			t.Error("the terminal echoes while a secret is asked for")
		}
		if _, err := master.WriteString(typed); err != nil {
			t.Fatal(err)
		}
		select {
		case text := <-done:
			if want := strings.Fields(typed)[0]; !strings.HasPrefix(text, want[:8]) {
				t.Errorf("%q was read of %q", text, typed)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%q is waited on; the screen has: %s", typed, screen())
		}
		if !echoes() || strings.Contains(screen(), typed[:4]) {
			t.Errorf("left without echo, or shown: %s", screen())
		}
	}
}

func TestAnInterruptWhileASecretIsTypedRestoresTheTerminal(t *testing.T) {
	a, _, screen, echoes := typing(t)
	stop := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := a.readSecret(ctx, "secret-file", "-")
		done <- err
	}()
	awaitPrompt(t, screen)
	cancel(stop)
	if err := <-done; !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if !echoes() {
		t.Error("the terminal was left without echo")
	}
}
