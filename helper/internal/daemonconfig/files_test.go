package daemonconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInlineSecretInAReadableConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.toml")
	text := head + "[[door.key]]\nuser = \"a\"\nmethod = \"rotating\"\nsecret = \"" + secretA + "\"\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "c.toml:7: ") || !strings.Contains(err.Error(), "chmod o-rwx") {
		t.Fatalf("got %v", err)
	}
}

func TestConfigThatEverybodyCanChange(t *testing.T) {
	for mode, want := range map[os.FileMode]bool{0o640: false, 0o644: false, 0o664: false, 0o646: true, 0o602: true} {
		_, err := Check("c.toml", []byte(head+rotating), mode)
		if got := err != nil && strings.Contains(err.Error(), "c.toml:1: everybody on this machine can write to this file"); got != want {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestConfigInADirectoryThatEverybodyCanChange(t *testing.T) {
	for mode, want := range map[os.FileMode]bool{0o750: false, 0o755: false, 0o777: true, 0o777 | os.ModeSticky: false} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Check(filepath.Join(dir, "c.toml"), []byte(head+rotating), 0o640)
		if got := err != nil && strings.Contains(err.Error(), "c.toml:1: everybody on this machine can replace this file"); got != want {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	if _, err := load(t, "\ufeff"+head+rotating); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, "\ufeff"+head+rotating+"skew = 9\n"); err == nil || !strings.Contains(err.Error(), "c.toml:8: ") {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	c, err := load(t, head+rotating)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 2 || filepath.Base(c.Files[0].Path) != "c.toml" || filepath.Base(c.Files[1].Path) != "a.key" {
		t.Fatalf("%+v", c.Files)
	}
}
