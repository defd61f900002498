// Package grants is the book of who may come in where, and until when. It is pure: it turns an opening or a
// closing into the changes that the gate must make, and notes them once the gate has made them. Several
// grants may hold the same port open for one address; the port closes when the last of them ends.
package grants

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/gate"
)

const (
	// PerKey and Total bound the live grants.
	PerKey, Total = 16, 4096
	// together is how far the ends of elements of one grant may lie apart.
	together = time.Second
)

// ErrTooMany means that a bound was reached; nothing is opened.
var ErrTooMany = errors.New("too many live grants")

// Door is what a grant opens.
type Door struct {
	Name  string
	Ports []gate.PortRange
}

// Grant is one address that one key let in at one door.
type Grant struct {
	Addr  netip.Addr
	Door  string
	User  string
	Until time.Time
	ports []gate.PortRange
}

// Book holds the live grants.
type Book struct {
	byAddr map[netip.Addr][]Grant
	count  int
	ended  []Grant // not told yet
}

// New makes an empty book.
func New() *Book { return &Book{byAddr: map[netip.Addr][]Grant{}} }

// Label names door and user beside an element in the kernel.
func Label(door, user string) string { return door + " " + user }

// ParseLabel is the inverse of Label.
func ParseLabel(label string) (door, user string, ok bool) { return strings.Cut(label, " ") }

// Plan is a change that the gate has not made yet.
type Plan struct {
	// Changes are for the gate, in one batch.
	Changes []gate.Grant
	// Opened is the grant that begins or goes on, of an opening.
	Opened Grant
	// Ended are the grants that end, of a closing.
	Ended []Grant
	addr  netip.Addr
	after []Grant
}

// PlanOpen lets an address in for a time; an earlier grant of the same key to the same ports is prolonged, never
// shortened.
func (b *Book) PlanOpen(addr netip.Addr, door Door, user string, openFor time.Duration, now time.Time) (Plan, error) {
	b.expire(now)
	after := slices.Clone(b.byAddr[addr])
	opened := Grant{addr, door.Name, user, now.Add(openFor), normal(door.Ports)}
	if at := slices.IndexFunc(after, opened.same); at >= 0 {
		if after[at].Until.After(opened.Until) {
			opened.Until = after[at].Until
		}
		after[at] = opened
	} else {
		if b.count >= Total || b.ofKey(door.Name, user) >= PerKey {
			return Plan{}, ErrTooMany
		}
		after = append(after, opened)
	}
	return Plan{Changes: changes(addr, opened.ports, after, now), Opened: opened, addr: addr, after: after}, nil
}

// PlanClose ends what a key let in; Ended tells whether there was anything.
func (b *Book) PlanClose(addr netip.Addr, door, user string, now time.Time) Plan {
	return b.planEnd(addr, now, func(g Grant) bool { return g.Door == door && g.User == user })
}

// PlanRevoke ends everything that an address was let in to.
func (b *Book) PlanRevoke(addr netip.Addr, now time.Time) Plan {
	return b.planEnd(addr, now, func(Grant) bool { return true })
}

func (b *Book) planEnd(addr netip.Addr, now time.Time, ends func(Grant) bool) Plan {
	b.expire(now)
	plan := Plan{addr: addr}
	var ports []gate.PortRange
	for _, g := range b.byAddr[addr] {
		if ends(g) {
			plan.Ended = append(plan.Ended, g)
			ports = append(ports, g.ports...)
		} else {
			plan.after = append(plan.after, g)
		}
	}
	plan.Changes = changes(addr, ports, plan.after, now)
	return plan
}

// Restore notes a grant without ports, which no gate remembers.
func (b *Book) Restore(addr netip.Addr, door, user string, until time.Time) {
	restored := Grant{Addr: addr, Door: door, User: user, Until: until}
	if !slices.ContainsFunc(b.byAddr[addr], restored.same) {
		b.byAddr[addr] = append(b.byAddr[addr], restored)
		b.count++
	}
}

// Commit notes a plan that the gate has carried out.
func (b *Book) Commit(p Plan) {
	b.count += len(p.after) - len(b.byAddr[p.addr])
	if len(p.after) == 0 {
		delete(b.byAddr, p.addr)
	} else {
		b.byAddr[p.addr] = p.after
	}
}

// Adopt notes an element that an earlier process left in the gate.
func (b *Book) Adopt(g gate.Grant, now time.Time) {
	door, user, ok := ParseLabel(g.Label)
	if !ok {
		return
	}
	port := gate.PortRange{Protocol: g.Protocol, Low: g.Port, High: g.Port}
	list := b.byAddr[g.Addr]
	until := now.Add(g.Left)
	// What was let in together ends together; a user may hold several grants at one door.
	at := slices.IndexFunc(list, func(o Grant) bool {
		return o.Door == door && o.User == user && o.Until.Sub(until).Abs() < together
	})
	if at < 0 {
		b.byAddr[g.Addr] = append(list, Grant{g.Addr, door, user, until, []gate.PortRange{port}})
		b.count++
		return
	}
	list[at].ports = normal(append(list[at].ports, port))
	list[at].Until = maxTime(list[at].Until, until)
}

// Live lists the grants by address, door and user.
func (b *Book) Live(now time.Time) []Grant {
	b.expire(now)
	var live []Grant
	for _, list := range b.byAddr {
		live = append(live, list...)
	}
	slices.SortFunc(live, func(x, y Grant) int {
		if c := x.Addr.Compare(y.Addr); c != 0 {
			return c
		}
		return strings.Compare(Label(x.Door, x.User), Label(y.Door, y.User))
	})
	return live
}

// Expire forgets what has ended by itself and tells it once; the kernel has closed it already.
func (b *Book) Expire(now time.Time) []Grant {
	b.expire(now)
	ended := b.ended
	b.ended = nil
	return ended
}

func (b *Book) expire(now time.Time) {
	for addr, list := range b.byAddr {
		over := func(g Grant) bool { return !g.Until.After(now) }
		if !slices.ContainsFunc(list, over) {
			continue
		}
		var kept []Grant
		for _, g := range list {
			if over(g) {
				b.ended = append(b.ended, g)
			} else {
				kept = append(kept, g)
			}
		}
		b.count -= len(list) - len(kept)
		if len(kept) == 0 {
			delete(b.byAddr, addr)
		} else {
			b.byAddr[addr] = kept
		}
	}
}

func (b *Book) ofKey(door, user string) int {
	n := 0
	for _, list := range b.byAddr {
		for _, g := range list {
			if g.Door == door && g.User == user {
				n++
			}
		}
	}
	return n
}

// changes gives every port of a door the time that the longest of the grants on it has left.
func changes(addr netip.Addr, ports []gate.PortRange, after []Grant, now time.Time) []gate.Grant {
	var all []gate.Grant
	seen := map[gate.Element]bool{}
	for _, r := range ports {
		for port := int(r.Low); port <= int(r.High); port++ {
			change := gate.Grant{Element: gate.Element{Addr: addr, Protocol: r.Protocol, Port: uint16(port)}}
			if seen[change.Element] {
				continue
			}
			seen[change.Element] = true
			for _, g := range after {
				if left := g.Until.Sub(now); g.covers(change.Element) && left > change.Left {
					change.Left, change.Label = left, Label(g.Door, g.User)
				}
			}
			all = append(all, change)
		}
	}
	return all
}

func (g Grant) covers(e gate.Element) bool {
	return slices.ContainsFunc(g.ports, func(r gate.PortRange) bool {
		return r.Protocol == e.Protocol && r.Low <= e.Port && e.Port <= r.High
	})
}
