//go:build unix

package client

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDialTrustsOnlyItsOwn(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(t *testing.T, run string)
		says  string
	}{
		{"as it should be", func(*testing.T, string) {}, ""},
		{"folder open to the group", func(t *testing.T, run string) { must(t, os.Chmod(run, 0o710)) }, "may be entered by others (mode 0710"},
		{"folder is a link", func(t *testing.T, run string) {
			must(t, os.Rename(run, run+"2"))
			must(t, os.Symlink(run+"2", run))
		}, "symbolic link in place of the control folder"},
		{"socket is a link", func(t *testing.T, run string) {
			must(t, os.Rename(filepath.Join(run, "control.sock"), filepath.Join(run, "other.sock")))
			must(t, os.Symlink("other.sock", filepath.Join(run, "control.sock")))
		}, "symbolic link in place of the control socket"},
		{"a file instead", func(t *testing.T, run string) {
			must(t, os.Remove(filepath.Join(run, "control.sock")))
			must(t, os.WriteFile(filepath.Join(run, "control.sock"), nil, 0o600))
		}, "is not a socket"},
		{"folder of another user", func(t *testing.T, run string) { giveAway(t, run) }, "belongs to another user"},
		{"socket of another user", func(t *testing.T, run string) { giveAway(t, filepath.Join(run, "control.sock")) }, "belongs to another user"},
		{"key file for everyone", func(t *testing.T, run string) {
			must(t, os.WriteFile(filepath.Join(run, "control.json"), []byte("{}"), 0o600))
			must(t, os.Chmod(filepath.Join(run, "control.json"), 0o644))
		}, "only its user may read"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, home, run := listening(t)
			c.spoil(t, run)
			conn, err := Dial(context.Background(), s, home)
			if c.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				must(t, conn.Close())
				return
			}
			if fault := AsFault(err); err == nil || errors.Is(err, ErrNotRunning) || !strings.Contains(fault.Message, c.says) || fault.Exit != 5 {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	s := Surroundings{OS: "linux", UID: os.Getuid(), Env: func(string) string { return "" }}
	if _, err := Dial(context.Background(), s, t.TempDir()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no folder: %v", err)
	}
	s, home, run := listening(t)
	left := filepath.Join(run, "control.sock")
	must(t, os.Remove(left))
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: left})
	must(t, err)
	dead.SetUnlinkOnClose(false)
	must(t, dead.Close())
	if _, err := Dial(context.Background(), s, home); !errors.Is(err, ErrNotRunning) {
		t.Errorf("socket left behind: %v", err)
	}
}

// listening makes a home with a socket that somebody listens on.
func listening(t *testing.T) (Surroundings, string, string) {
	t.Helper()
	home, err := os.MkdirTemp("", "sallyport-trust-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	run := filepath.Join(home, "run")
	must(t, os.Mkdir(run, 0o700))
	listener, err := net.Listen("unix", filepath.Join(run, "control.sock"))
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return Surroundings{OS: "linux", UID: os.Getuid(), Env: func(string) string { return "" }}, home, run
}

func giveAway(t *testing.T, path string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can give a file to another user")
	}
	must(t, os.Lchown(path, 65534, 65534))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
