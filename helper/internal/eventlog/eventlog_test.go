package eventlog

import (
	"net/netip"
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

// limited gives a limit whose window ends when end is called.
func limited(out *strings.Builder, now *time.Time) (log *Limited, end func()) {
	log = NewLimited(NewWriter(out, nil), 3, func() time.Time { return *now })
	waits := 0
	log.repeats.later = func(time.Duration) { waits++ }
	return log, func() {
		if waits--; waits != 0 {
			panic("a window is ended once, and only when it has begun")
		}
		*now = now.Add(repeatWindow)
		log.tellRepeats()
	}
}

func TestLimit(t *testing.T) {
	var out strings.Builder
	now := time.Unix(100, 0)
	log, _ := limited(&out, &now)
	for range 10 {
		log.Event(Warning, "suspicious")
	}
	log.Event(Error, "disk")
	for range 4 {
		log.Event(Notice, "knock", F("source", netip.MustParseAddr("192.0.2.2")))
	}
	now = now.Add(time.Second)
	log.Event(Info, "next")
	// Whatever strangers cause, what opens is told.
	want := strings.Repeat("level=warning event=suspicious\n", 3) + "level=error event=disk\n" + strings.Repeat("level=notice event=knock source=192.0.2.2\n", 3) +
		"level=warning event=suppressed events=8\nlevel=info event=next\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestTheSameWarningOfASource(t *testing.T) {
	var out strings.Builder
	now := time.Unix(100, 0)
	log, end := limited(&out, &now)
	replayed := func(source string, offset int) {
		log.Event(Warning, "knock", F("door", "ssh"), F("source", netip.MustParseAddr(source)), F("offset", offset), F("result", "replayed"))
	}
	for i := range 100 {
		replayed("192.0.2.2", i)
	}
	replayed("192.0.2.3", 0)
	now = now.Add(time.Second)
	replayed("2001:db8::1", 0)
	replayed("2001:db8::2", 0) // of the same /64
	replayed("2001:db8:0:1::1", 0)
	end()
	replayed("192.0.2.2", 0)
	end()
	want := `level=warning event=knock door=ssh source=192.0.2.2 offset=0 result=replayed
level=warning event=knock door=ssh source=192.0.2.3 offset=0 result=replayed
level=warning event=knock door=ssh source=2001:db8::1 offset=0 result=replayed
level=warning event=knock door=ssh source=2001:db8:0:1::1 offset=0 result=replayed
level=warning event=knock door=ssh source=192.0.2.2 result=replayed repeated=99 within=1m0s
level=warning event=knock door=ssh source=2001:db8::1 result=replayed repeated=1 within=1m0s
level=warning event=knock door=ssh source=192.0.2.2 offset=0 result=replayed
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestRepeatsAreBounded(t *testing.T) {
	var out strings.Builder
	now := time.Unix(100, 0)
	log, _ := limited(&out, &now)
	addr := netip.MustParseAddr("10.0.0.0")
	for range 3 * repeatKinds {
		log.Event(Warning, "knock", F("source", addr), F("result", "replayed"))
		addr = addr.Next()
	}
	if kinds := len(log.repeats.kinds); kinds != repeatKinds || len(log.repeats.order) != repeatKinds {
		t.Errorf("%d kinds", kinds)
	}
}
