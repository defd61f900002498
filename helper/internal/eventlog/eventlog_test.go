package eventlog

import (
	"strings"
	"testing"
	"time"
)

func TestOneLineWhateverTheValues(t *testing.T) {
	var out strings.Builder
	log := NewWriter(&out, func() time.Time { return time.Unix(0, 0) })
	log.Event(Notice, "knock", F("door", "ssh"), F("user", "a b"), F("error", "line\nlevel=error \"x\""), F("empty", ""), F("n", 5), F("odd", "ü\x1b[31m"))
	want := `time=1970-01-01T00:00:00.000Z level=notice event=knock door=ssh user="a b" error="line\nlevel=error \"x\"" empty="" n=5 odd="\u00fc\x1b[31m"` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out.String(), want)
	}
	out.Reset()
	NewWriter(&out, nil).Event(Info, "x")
	if out.String() != "level=info event=x\n" {
		t.Errorf("%q", out.String())
	}
}

func TestLimit(t *testing.T) {
	var out strings.Builder
	now := time.Unix(100, 0)
	log := NewLimited(NewWriter(&out, nil), 3, func() time.Time { return now })
	for range 10 {
		log.Event(Warning, "scan")
	}
	log.Event(Error, "disk")
	now = now.Add(time.Second)
	log.Event(Info, "next")
	want := strings.Repeat("level=warning event=scan\n", 3) + "level=error event=disk\nlevel=warning event=suppressed events=7\nlevel=info event=next\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
