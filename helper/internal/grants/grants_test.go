package grants

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/step"
)

var (
	now   = time.Unix(1_800_000_000, 0)
	home  = netip.MustParseAddr("192.0.2.1")
	ssh   = Door{"ssh", []gate.PortRange{{Protocol: step.TCP, Low: 22, High: 22}}}
	admin = Door{"admin", []gate.PortRange{{Protocol: step.TCP, Low: 22, High: 23}}}
)

func open(t *testing.T, b *Book, addr netip.Addr, door Door, user string, openFor time.Duration, at time.Time) Plan {
	t.Helper()
	p, err := b.PlanOpen(addr, door, user, openFor, at)
	if err != nil {
		t.Fatal(err)
	}
	b.Commit(p)
	return p
}

func TestLaterOfOldAndNew(t *testing.T) {
	b := New()
	open(t, b, home, ssh, "alice", time.Minute, now)
	p := open(t, b, home, ssh, "alice", 10*time.Second, now.Add(time.Second))
	if len(p.Changes) != 1 || p.Changes[0].Left != 59*time.Second || p.Changes[0].Label != "ssh alice" {
		t.Fatalf("%+v", p)
	}
	p = open(t, b, home, ssh, "alice", 2*time.Minute, now.Add(time.Second))
	if p.Changes[0].Left != 2*time.Minute || len(b.Live(now)) != 1 {
		t.Fatalf("%+v", p)
	}
}

func TestPortStaysOpenForTheOtherGrant(t *testing.T) {
	b := New()
	open(t, b, home, ssh, "alice", time.Minute, now)
	open(t, b, home, admin, "bob", 30*time.Second, now)
	p := b.PlanClose(home, "ssh", "alice", now)
	if len(p.Ended) != 1 || len(p.Changes) != 1 || p.Changes[0].Left != 30*time.Second || p.Changes[0].Label != "admin bob" {
		t.Fatalf("%+v", p)
	}
	b.Commit(p)
	p = b.PlanClose(home, "admin", "bob", now)
	if len(p.Ended) != 1 || len(p.Changes) != 2 || p.Changes[0].Left != 0 || p.Changes[1].Left != 0 {
		t.Fatalf("%+v", p)
	}
	b.Commit(p)
	if p = b.PlanClose(home, "admin", "bob", now); len(p.Ended) != 0 || b.count != 0 || len(b.byAddr) != 0 {
		t.Fatalf("closing twice: %+v", b)
	}
}

func TestPlanThatIsNotCommittedChangesNothing(t *testing.T) {
	b := New()
	open(t, b, home, ssh, "alice", time.Minute, now)
	if _, err := b.PlanOpen(home, admin, "bob", time.Minute, now); err != nil {
		t.Fatal(err)
	}
	b.PlanClose(home, "ssh", "alice", now)
	if live := b.Live(now); len(live) != 1 || live[0].User != "alice" {
		t.Fatalf("%+v", live)
	}
}

func TestBounds(t *testing.T) {
	b := New()
	addr := netip.MustParseAddr("10.0.0.1")
	for range PerKey {
		open(t, b, addr, ssh, "alice", time.Minute, now)
		addr = addr.Next()
	}
	if _, err := b.PlanOpen(addr, ssh, "alice", time.Minute, now); !errors.Is(err, ErrTooMany) {
		t.Fatalf("one more than %d: %v", PerKey, err)
	}
	open(t, b, netip.MustParseAddr("10.0.0.1"), ssh, "alice", time.Minute, now)
	open(t, b, addr, ssh, "bob", time.Minute, now)
	open(t, b, addr, ssh, "alice", time.Minute, now.Add(time.Hour))
	if b.count != 1 {
		t.Fatalf("%d grants are counted, one lives", b.count)
	}
}

func TestAdopt(t *testing.T) {
	b := New()
	for _, port := range []uint16{22, 23} {
		b.Adopt(gate.Grant{Element: gate.Element{Addr: home, Protocol: step.TCP, Port: port}, Left: time.Minute, Label: "admin bob"}, now)
	}
	if live := b.Live(now); len(live) != 1 || live[0].Until != now.Add(time.Minute) || live[0].PortsText() != "22-23/tcp" || b.count != 1 {
		t.Fatalf("%+v", live)
	}
	b.Live(now.Add(2 * time.Minute)) // whoever notices first, the end is told once
	if ended := b.Expire(now.Add(2 * time.Minute)); len(ended) != 1 || ended[0].User != "bob" || b.count != 0 {
		t.Fatalf("%+v", ended)
	}
	if ended := b.Expire(now.Add(3 * time.Minute)); len(ended) != 0 {
		t.Fatalf("told twice: %+v", ended)
	}
}

func TestRefit(t *testing.T) {
	b := New()
	open(t, b, home, ssh, "alice", time.Minute, now)
	open(t, b, home, admin, "bob", 30*time.Second, now)
	open(t, b, home.Next(), ssh, "alice", time.Minute, now)
	next, ended := b.Refit(func(door, user string, e gate.Element) bool { return user == "bob" && e.Port != 22 }, now)
	if len(ended) != 2 || ended[0].User != "alice" || len(b.Live(now)) != 3 {
		t.Fatalf("ended %+v, the old book %+v", ended, b.Live(now))
	}
	elements := next.Elements(now)
	if len(elements) != 1 || elements[0].Port != 23 || elements[0].Left != 30*time.Second || elements[0].Label != "admin bob" || next.count != 1 {
		t.Fatalf("%+v", elements)
	}
	both := b.Elements(now)
	if len(both) != 3 {
		t.Fatalf("%+v", both)
	}
	for _, e := range both {
		if e.Addr == home && e.Port == 22 && (e.Left != time.Minute || e.Label != "ssh alice") {
			t.Errorf("the longer grant decides: %+v", e)
		}
	}
}
