package main

import (
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/recordfile"
	"sallyport/helper/internal/statedir"
)

// TestPipesInTheStateDirectory: a pipe has taken the place of a file. Nobody writes to it, and nobody waits for it: a
// daemon that does would neither start nor end.
func TestPipesInTheStateDirectory(t *testing.T) {
	t.Parallel()
	format := recordfile.Format{Magic: "magic of", Size: 8, Most: 4}
	for name, read := range map[string]func(dir string) error{
		doorcmd.FileName: func(dir string) error { _, err := doorcmd.New(dir, func(doorcmd.Report) {}); return err },
		"gate.json":      func(dir string) error { _, err := statedir.LoadGate(dir); return err },
		"one-time":       func(dir string) error { _, err := onetime.OpenRecord(dir); return err },
		"records":        func(dir string) error { _, _, err := format.Read(filepath.Join(dir, "records")); return err },
	} {
		dir := t.TempDir()
		if err := unix.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- read(dir) }()
		select {
		case err := <-done:
			if err == nil {
				t.Errorf("%s: a pipe is taken for a file", name)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: a pipe is waited for", name)
		}
	}
}
