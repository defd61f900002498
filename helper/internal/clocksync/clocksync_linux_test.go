package clocksync

import (
	"errors"
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
	missing := filepath.Join(before, "missing")
	yes := func() (bool, error) { return true, nil }
	no := func() (bool, error) { return false, nil }
	silent := func() (bool, error) { return true, errors.New("no bus") }
	for name, c := range map[string]struct {
		kernel    func() (int, int32, error)
		directory string
		timedated func() (bool, error)
		want      State
	}{
		"kernel":                     {synchronised, before, no, State{"yes", "kernel"}},
		"kernel, not":                {unsynchronised, after, yes, State{"no", "kernel"}},
		"timesyncd":                  {denied, after, no, State{"yes", "timesyncd"}},
		"timesyncd, not":             {denied, before, silent, State{"no", "timesyncd"}},
		"timesyncd is not in charge": {denied, before, yes, State{"yes", "timedated"}},
		"another time daemon":        {denied, missing, yes, State{"yes", "timedated"}},
		"another time daemon, not":   {denied, missing, no, State{"no", "timedated"}},
		"nobody":                     {denied, missing, silent, State{"unknown", ""}},
	} {
		clock := &Clock{kernel: c.kernel, directory: c.directory, timedated: c.timedated}
		clock.Ask()
		if got := clock.Read(); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTimedatedIsNotAskedOften(t *testing.T) {
	asked := 0
	clock := &Clock{directory: filepath.Join(t.TempDir(), "missing"),
		kernel:    func() (int, int32, error) { return 0, 0, unix.EPERM },
		timedated: func() (bool, error) { asked++; return true, nil }}
	if got := clock.Read(); got.Synchronized != "unknown" || asked != 0 || !clock.Due(Hourly) {
		t.Errorf("reading asks nobody: %+v, %d", got, asked)
	}
	clock.Ask()
	clock.Ask()
	if asked != 1 || clock.Due(Hourly) || !clock.Due(0) {
		t.Errorf("asked %d times", asked)
	}
	clock.asked = clock.asked.Add(-askAgain)
	clock.Ask()
	if asked != 2 {
		t.Errorf("asked %d times", asked)
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
