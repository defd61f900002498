package knockdlog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLinesAreKnockds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "knockd.log")
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local) }
	l, problems := Open(Options{File: path, Now: now})
	if len(problems) != 0 {
		t.Fatal(problems)
	}
	l.Line("%s: %s: OPEN SESAME", "192.0.2.1", "a\nb")
	for range 3 * perSecond {
		l.Noise("noise")
	}
	l.Close()
	l.Close()
	l.Line("after the end")
	data, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(data), "[2026-01-02 03:04] 192.0.2.1: a?b: OPEN SESAME\n") || strings.Count(string(data), "noise\n") != perSecond ||
		strings.Contains(string(data), "after") {
		t.Fatalf("%v %q", err, data)
	}
	if l, problems := Open(Options{File: "/nonexistent/x", Now: now}); len(problems) != 1 {
		t.Fatal("a file that cannot be opened must be told")
	} else {
		l.Line("nowhere")
		l.Close()
	}
}
