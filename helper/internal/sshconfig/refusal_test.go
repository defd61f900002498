//go:build unix

package sshconfig

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRefusalsChangeNothing(t *testing.T) {
	ssh := func(home, name string) string { return filepath.Join(home, ".ssh", name) }
	for _, test := range []struct {
		name, want string
		spoil      func(t *testing.T, home string) error
	}{
		{"a folder of ours that is a file", ".ssh is not a folder", func(t *testing.T, home string) error {
			return errors.Join(os.RemoveAll(filepath.Join(home, ".ssh")), os.WriteFile(filepath.Join(home, ".ssh"), nil, 0o600))
		}},
		{"somebody else's file", "was not written by sallyport", func(t *testing.T, home string) error {
			return os.WriteFile(ssh(home, fileName), []byte("Host mine\n"), 0o600)
		}},
		{"a file of ours without its record", "lacks the line", func(t *testing.T, home string) error {
			return os.WriteFile(ssh(home, fileName), []byte(title+"\nHost a\n"), 0o600)
		}},
		{"a link in place of our file", "sallyport.conf is not a regular file", func(t *testing.T, home string) error {
			return os.Symlink("/etc/hostname", ssh(home, fileName))
		}},
		{"a link to nowhere", "leads nowhere", func(t *testing.T, home string) error {
			return errors.Join(os.Remove(ssh(home, "config")), os.Symlink("gone", ssh(home, "config")))
		}},
		{"links in a circle", "too many links", func(t *testing.T, home string) error {
			return errors.Join(os.Remove(ssh(home, "config")), os.Symlink("config", ssh(home, "config")))
		}},
		{"a pipe", "config is not a regular file", func(t *testing.T, home string) error {
			return errors.Join(os.Remove(ssh(home, "config")), syscall.Mkfifo(ssh(home, "config"), 0o600))
		}},
		{"a huge file", "longer than 4 MiB", func(t *testing.T, home string) error {
			return os.Truncate(ssh(home, "config"), largest+1)
		}},
		{"a backup of somebody else's", "move it away", func(t *testing.T, home string) error {
			return os.WriteFile(ssh(home, "config.sallyport-backup"), []byte("other"), 0o600)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			home := homeWith(t, []byte("Host a\n"))
			if err := test.spoil(t, home); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadDir(filepath.Join(home, ".ssh"))
			_, err := PlanInstall(home, someBlocks)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			after, _ := os.ReadDir(filepath.Join(home, ".ssh"))
			if len(before) != len(after) {
				t.Error("a file came or went")
			}
		})
	}
}

// When a later file cannot be written, the earlier ones are taken back.
func TestAFailureHalfWayIsTakenBack(t *testing.T) {
	for _, broken := range []int{0, 1, 2} {
		home := homeWith(t, []byte("Host a\n"))
		before := tree(t, home)
		plan, err := PlanInstall(home, someBlocks)
		if err != nil {
			t.Fatal(err)
		}
		plan.Changes[broken].Path = filepath.Join(home, "no-such-folder", "file")
		plan.Changes[broken].Before = nil
		if err := Apply(plan); err == nil || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("change %d: got %v", broken, err)
		}
		if tree(t, home) != before {
			t.Errorf("change %d left something behind:\n%s", broken, tree(t, home))
		}
	}
	home := t.TempDir()
	plan, err := PlanInstall(home, someBlocks)
	if err != nil {
		t.Fatal(err)
	}
	plan.Changes[2].Path = filepath.Join(home, "no-such-folder", "file")
	if err := Apply(plan); err == nil {
		t.Error("no error")
	}
	if left, _ := os.ReadDir(home); len(left) != 0 {
		t.Errorf("the folder was left: %v", left)
	}
}

func TestAFileThatChangedSinceIsLeftAlone(t *testing.T) {
	home := homeWith(t, []byte("Host a\n"))
	plan, err := PlanInstall(home, someBlocks)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(home, ".ssh", "config"), []byte("Host b\n"))
	before := tree(t, home)
	if err := Apply(plan); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	if tree(t, home) != before {
		t.Errorf("changed:\n%s", tree(t, home))
	}
}

func TestAFolderThatCameSinceIsLeftAlone(t *testing.T) {
	home := t.TempDir()
	plan, err := PlanInstall(home, someBlocks)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(home, ".ssh", "id"), []byte("key"))
	before := tree(t, home)
	if err := Apply(plan); !errors.Is(err, ErrChanged) || tree(t, home) != before {
		t.Errorf("got %v\n%s", err, tree(t, home))
	}
}

func TestConflicts(t *testing.T) {
	config := "ProxyJump none\nHost web*\n  ProxyJump bastion\nHost *.org !web1\n  ProxyCommand nc %h %p\nHost * !web1 !db\n  ProxyJump x\nMatch user ada\n  proxyjump=y\nHost w?b1 db\n\tProxyCommand none\n"
	notes := conflicts("C", []byte(config), []string{"web1", "db"})
	want := []string{"line 3 of C: this ProxyJump does not hold for web1: the first", "line 9 of C: this ProxyJump does not hold for web1, db, where its Match holds: "}
	if len(notes) != len(want) || !strings.HasPrefix(notes[0], want[0]) || !strings.HasPrefix(notes[1], want[1]) {
		t.Errorf("got %q", notes)
	}
}

func TestDiff(t *testing.T) {
	for _, test := range []struct{ before, after, want string }{
		{"a\nb\nc\nd\ne", "x\na\nb\nc\nd\ne", "--- F\n+++ F\n@@ -1,3 +1,4 @@\n+x\n a\n b\n c\n"},
		{"a\nb", "a\nc\n", "--- F\n+++ F\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"},
		{"", "x\n", "--- F\n+++ F\n@@ -0,0 +1,1 @@\n+x\n"},
		{"x\n", "x\n", "--- F\n+++ F\n"},
	} {
		if got := diff("F", []byte(test.before), []byte(test.after)); got != test.want {
			t.Errorf("%q to %q: got %q", test.before, test.after, got)
		}
	}
	if got := diff("F", nil, []byte("x\n")); got != "--- (no file)\n+++ F\n@@ -0,0 +1,1 @@\n+x\n" {
		t.Errorf("got %q", got)
	}
}

func TestTheLineEndsAsTheOthersDo(t *testing.T) {
	for config, want := range map[string]string{
		"": "Include sallyport.conf\n", "Host a": "Include sallyport.conf\nHost a", "\nHost a\r\n": "Include sallyport.conf\n\nHost a\r\n",
		"Host a\r\n": "Include sallyport.conf\r\nHost a\r\n", "\r\n": "Include sallyport.conf\r\n\r\n",
	} {
		if got := string(withInclude([]byte(config))); got != want {
			t.Errorf("%q: got %q, want %q", config, got, want)
		}
	}
}

func TestASecondOneWaits(t *testing.T) {
	home := homeWith(t, []byte("Host a\n"))
	plan, err := PlanInstall(home, someBlocks)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := lockFolder(filepath.Join(home, ".ssh"))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- Apply(plan) }()
	select {
	case err := <-done:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
