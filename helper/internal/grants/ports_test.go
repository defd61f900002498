package grants

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

func TestEqualSetsOfPortsAreOneGrant(t *testing.T) {
	b := New()
	tcp := func(low, high uint16) gate.PortRange { return gate.PortRange{Protocol: step.TCP, Low: low, High: high} }
	open(t, b, home, Door{"x", []gate.PortRange{tcp(30, 40), tcp(22, 22), {Protocol: step.UDP, Low: 5, High: 5}}}, "alice", time.Minute, now)
	p := open(t, b, home, Door{"x", []gate.PortRange{{Protocol: step.UDP, Low: 5, High: 5}, tcp(22, 22), tcp(36, 40), tcp(30, 35)}}, "alice", time.Minute, now)
	if text := p.Opened.PortsText(); text != "22/tcp 30-40/tcp 5/udp" || len(b.Live(now)) != 1 {
		t.Fatalf("%s, %+v", text, b.Live(now))
	}
	// What the kernel gives back piece by piece is the same grant, so that a knock after a restart prolongs it.
	again := New()
	for _, change := range slices.Backward(p.Changes) {
		again.Adopt(change, now)
	}
	open(t, again, home, Door{"x", p.Opened.ports}, "alice", time.Hour, now)
	if live := again.Live(now); len(live) != 1 || live[0].Until != now.Add(time.Hour) {
		t.Fatalf("%+v", live)
	}
}

func TestOtherPortsAreAnotherGrant(t *testing.T) {
	b := New()
	web := Door{"ssh", []gate.PortRange{{Protocol: step.TCP, Low: 443, High: 443}}}
	open(t, b, home, ssh, "alice", 10*time.Second, now)
	p := open(t, b, home, web, "alice", time.Minute, now)
	if len(p.Changes) != 1 || p.Changes[0].Port != 443 || len(b.Live(now)) != 2 {
		t.Fatalf("%+v", p)
	}
	adopted := New()
	for _, e := range b.Elements(now) {
		adopted.Adopt(e, now)
	}
	for _, e := range adopted.Elements(now) {
		if want := map[uint16]time.Duration{22: 10 * time.Second, 443: time.Minute}[e.Port]; e.Left != want {
			t.Errorf("after a restart port %d is open for %v", e.Port, e.Left)
		}
	}
	if p := b.PlanClose(home, "ssh", "alice", now); len(p.Ended) != 2 || len(p.Changes) != 2 {
		t.Fatalf("%+v", p)
	}
}

func TestRevokeEndsEverythingOfAnAddress(t *testing.T) {
	b := New()
	open(t, b, home, ssh, "alice", time.Minute, now)
	open(t, b, home, admin, "bob", time.Minute, now)
	open(t, b, home.Next(), ssh, "alice", time.Minute, now)
	p := b.PlanRevoke(home, now)
	if len(p.Ended) != 2 || len(p.Changes) != 2 || p.Changes[0].Left != 0 {
		t.Fatalf("%+v", p)
	}
	b.Commit(p)
	if live := b.Live(now); len(live) != 1 || live[0].Addr != home.Next() || b.count != 1 {
		t.Fatalf("%+v", live)
	}
	if p := b.PlanRevoke(netip.MustParseAddr("203.0.113.1"), now); len(p.Ended) != 0 || len(p.Changes) != 0 {
		t.Fatalf("%+v", p)
	}
}

func TestGrantsWithoutPorts(t *testing.T) {
	b := New()
	b.Restore(home, "wake", "alice", now.Add(time.Minute))
	p := open(t, b, home, Door{Name: "wake"}, "alice", 2*time.Minute, now)
	if len(p.Changes) != 0 || len(b.Live(now)) != 1 || b.count != 1 {
		t.Fatalf("%+v, %+v", p, b)
	}
	next, ended := b.Refit(func(door, _ string, e gate.Element) bool { return door == "wake" && e.Port == 0 }, now)
	if len(ended) != 0 || len(next.Live(now)) != 1 || next.count != 1 {
		t.Fatalf("%+v", ended)
	}
	if next, ended = b.Refit(func(string, string, gate.Element) bool { return false }, now); len(ended) != 1 || next.count != 0 {
		t.Fatalf("%+v", ended)
	}
}
