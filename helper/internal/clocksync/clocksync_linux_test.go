package clocksync

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWhoSaysWhat(t *testing.T) {
	denied := func() (int, int32, error) { return 0, 0, unix.EPERM }
	unsynchronised := func() (int, int32, error) { return unix.TIME_ERROR, unix.STA_UNSYNC, nil }
	synchronised := func() (int, int32, error) { return unix.TIME_OK, unix.STA_PLL, nil }
	before, after := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(after, "synchronized"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		kernel    func() (int, int32, error)
		directory string
		want      State
	}{
		"kernel":         {synchronised, before, State{"yes", "kernel"}},
		"kernel, not":    {unsynchronised, after, State{"no", "kernel"}},
		"timesyncd":      {denied, after, State{"yes", "timesyncd"}},
		"timesyncd, not": {denied, before, State{"no", "timesyncd"}},
		"nobody":         {denied, filepath.Join(before, "missing"), State{"unknown", ""}},
	} {
		if got := read(c.kernel, c.directory); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWatchIsQuietAndEnds(t *testing.T) {
	set, stop, err := Watch()
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-set:
		t.Error("nobody set the clock")
	case <-time.After(50 * time.Millisecond):
	}
	stop()
}
