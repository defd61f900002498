package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sallyport/helper/internal/daemonconfig"
)

func TestWhatTheUnitsUserCannotRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.key")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	me, mine, stranger := uint32(os.Getuid()), []string{strconv.Itoa(os.Getgid())}, uint32(os.Getuid()+1)
	for name, c := range map[string]struct {
		dir, file os.FileMode
		uid       uint32
		groups    []string
		want      []string
	}{
		"its own":              {0o700, 0o600, me, nil, nil},
		"its group's":          {0o750, 0o640, stranger, mine, nil},
		"root's alone":         {0o750, 0o600, stranger, mine, []string{"cannot read this file: chown root:sallyport " + path}},
		"a closed directory":   {0o700, 0o640, stranger, mine, []string{"cannot enter this directory: chown root:sallyport " + dir}},
		"neither":              {0o700, 0o600, stranger, nil, []string{"cannot enter", "cannot read"}},
		"the first class only": {0o750, 0o604, stranger, mine, []string{"cannot read"}},
	} {
		for path, mode := range map[string]os.FileMode{dir: c.dir, path: c.file} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		file := daemonconfig.File{Path: path, Info: info}
		got := unreadable([]daemonconfig.File{file, file}, c.uid, c.groups)
		ok := len(got) == len(c.want)
		for i := range min(len(got), len(c.want)) {
			ok = ok && strings.Contains(got[i], c.want[i])
		}
		if !ok {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
