package daemon

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/eventlog"
)

func TestUnprovenIsToldOncePerSourceAndMinute(t *testing.T) {
	var out strings.Builder
	log := eventlog.NewWriter(&out, nil)
	var u unproven
	now := time.Unix(1000, 0)
	loud, quiet := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("2001:db8::1")
	for range 500 {
		u.add(loud, now)
	}
	u.add(quiet, now.Add(30*time.Second))
	u.tell(log, now.Add(59*time.Second))
	if out.Len() > 0 {
		t.Fatalf("told before the minute is over: %s", &out)
	}
	u.tell(log, now.Add(time.Minute))
	u.tell(log, now.Add(2*time.Minute))
	want := "level=warning event=spa-unproven source=192.0.2.9 packets=500 within=1m0s reason=\"the HMAC is of no key\"\n" +
		"level=warning event=spa-unproven source=2001:db8::1 packets=1 within=1m0s reason=\"the HMAC is of no key\"\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

func TestUnprovenStaysSmall(t *testing.T) {
	var out strings.Builder
	var u unproven
	now := time.Unix(1000, 0)
	addr := netip.MustParseAddr("10.0.0.0")
	for range 3 * unprovenSources {
		addr = addr.Next()
		u.add(addr, now)
	}
	if len(u.counts) != unprovenSources {
		t.Errorf("%d sources are counted", len(u.counts))
	}
	u.tell(eventlog.NewWriter(&out, nil), now.Add(time.Hour))
	if lines := strings.Count(out.String(), "\n"); lines != unprovenTold+1 || !strings.Contains(out.String(), fmt.Sprintf("source=others packets=%d", 3*unprovenSources-unprovenTold)) {
		t.Errorf("%d lines:\n%s", lines, &out)
	}
}
