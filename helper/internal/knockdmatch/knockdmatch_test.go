package knockdmatch

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

var (
	epoch = time.Unix(1_700_000_000, 0)
	alice = netip.MustParseAddr("192.0.2.7")
	here  = netip.MustParseAddr("192.0.2.1")
)

func steps(text string) []step.Step {
	parsed, err := step.Parse(text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func door(text string) Door { return Door{Steps: steps(text), Timeout: 10 * time.Second} }

// play sends packets 100 ms apart and gives the doors that opened.
func play(m *Matcher, from netip.Addr, text string) string {
	var opened []string
	for i, one := range steps(text) {
		for _, e := range m.Hit(epoch.Add(time.Duration(i)*100*time.Millisecond), Hit{from, here, true, one, matcher.SYN}) {
			if e.Kind == Opened {
				opened = append(opened, fmt.Sprint(e.Door))
			}
		}
	}
	return strings.Join(opened, " ")
}

func TestRules(t *testing.T) {
	doors := []Door{door("7000,8000,9000"), door("9000,8000,7000"), door("7000,8001:udp"), door("5"), door("6,6,6")}
	for _, c := range []struct{ name, packets, want string }{
		{"in order", "7000,8000,9000", "0"},
		{"a port of no door is invisible", "7000,1234,8000,4321:udp,9000", "0"},
		{"the same number over the other protocol is another port", "7000,8000:udp,8000,9000", "0"},
		{"a port of another door breaks", "7000,5,8000,9000", ""},
		{"a repeated packet breaks and begins nothing", "7000,7000,8000,9000", ""},
		{"again after a break", "7000,9000,7000,8000,9000", "0"},
		{"doors with the same first port", "7000,8001:udp", "2"},
		{"busy with one door: no other begins", "7000,9000,8000,7000", ""},
		{"one after the other", "7000,8000,9000,9000,8000,7000", "0 1"},
		{"one step", "5,5", "3 3"},
		{"repeats in a sequence", "6,6,6", "4"},
		{"too many repeats begin again", "6,6,6,6,6,6", "4 4"},
		{"an ascending scan", "6998,6999,7000,7001,7999,8000,8999,9000", "0"},
	} {
		if got := play(New(doors, epoch), alice, c.packets); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFlagsTargetAndTime(t *testing.T) {
	d := door("7000,8000")
	d.Flags = knockdconf.Flags{Mask: matcher.SYN | matcher.ACK, Want: matcher.SYN}
	d.Target = netip.MustParseAddr("198.51.100.1")
	d.Timeout = 2 * time.Second
	m := New([]Door{d}, epoch)
	hit := func(ms int, to netip.Addr, port uint16, flags uint8) (last Kind) {
		for _, e := range m.Hit(epoch.Add(time.Duration(ms)*time.Millisecond), Hit{alice, to, to == here, step.Step{Protocol: step.TCP, Value: port}, flags}) {
			last = e.Kind
		}
		return last
	}
	if hit(0, here, 7000, matcher.SYN) != 0 || hit(0, d.Target, 7000, matcher.SYN|matcher.ACK) != 0 {
		t.Error("another destination or other flags must not count")
	}
	if hit(0, d.Target, 7000, matcher.SYN) != Stage || hit(10, d.Target, 7000, matcher.ACK) != 0 || hit(1999, d.Target, 8000, matcher.SYN) != Opened {
		t.Error("a packet with other flags must not break the knock")
	}
	hit(5000, d.Target, 7000, matcher.SYN)
	if hit(7000, d.Target, 8000, matcher.SYN) != TimedOut {
		t.Error("the sequence must time out")
	}
	hit(9000, d.Target, 7000, matcher.SYN)
	if e := m.Sweep(epoch.Add(10999 * time.Millisecond)); len(e) != 0 {
		t.Errorf("too early: %+v", e)
	}
	if e := m.Sweep(epoch.Add(11 * time.Second)); len(e) != 1 || e[0].Kind != TimedOut || e[0].Source != alice || e[0].Stage != 1 || m.Attempts() != 0 {
		t.Errorf("%+v", e)
	}
}

func TestSetStepsForgetsAndDisables(t *testing.T) {
	m := New([]Door{door("7000,8000"), door("1,2")}, epoch)
	play(m, alice, "7000")
	m.SetSteps(0, steps("8000,7000"))
	if got := play(m, alice, "8000,7000"); got != "0" {
		t.Errorf("the new sequence: %q", got)
	}
	m.SetSteps(0, nil)
	if got := play(m, alice, "8000,7000,1,2"); got != "1" {
		t.Errorf("without steps: %q", got)
	}
}

// TestFloodIsBoundedAndKeepsProgress sends first steps from a million addresses while one user knocks.
func TestFloodIsBoundedAndKeepsProgress(t *testing.T) {
	m := New([]Door{door("7000,8000,9000")}, epoch)
	m.Hit(epoch, Hit{alice, here, true, steps("7000")[0], matcher.SYN})
	m.Hit(epoch, Hit{alice, here, true, steps("8000")[0], matcher.SYN})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	addr := netip.MustParseAddr("2001:db8::")
	for range 1_000_000 {
		addr = addr.Next()
		m.Hit(epoch.Add(time.Second), Hit{addr, here, true, steps("7000")[0], matcher.SYN})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 10<<20 || m.Attempts() != MaxAttempts {
		t.Errorf("%d bytes for %d attempts", grown, m.Attempts())
	}
	events := m.Hit(epoch.Add(2*time.Second), Hit{alice, here, true, steps("9000")[0], matcher.SYN})
	if len(events) != 2 || events[1].Kind != Opened {
		t.Errorf("the user's knock: %+v", events)
	}
	if m.Sweep(epoch.Add(time.Minute)); m.Attempts() != 0 || len(m.attempts.index) != 0 {
		t.Errorf("%d attempts after the sweep", m.Attempts())
	}
}
