// Package knockdmatch follows knocks by knockd's own rules, for configurations written for knockd: packets to ports
// that no door uses are invisible, a wrong or repeated packet breaks the knock, and while an address is in the middle
// of a knock it cannot begin another one. What knockd does by mistake is left out: time counts exactly, not in whole
// seconds of the clock, and what is remembered is bounded. It is pure; time comes in with each packet.
package knockdmatch

import (
	"net/netip"
	"slices"
	"time"

	"sallyport/helper/internal/knockdconf"
	"sallyport/helper/internal/step"
)

// MaxAttempts bounds the knocks that are under way. When it is reached the oldest that got no further than its first
// step goes first.
const MaxAttempts = 65536

// Door is what one door waits for.
type Door struct {
	Steps   []step.Step
	Timeout time.Duration
	Flags   knockdconf.Flags
	// Target is the destination address to look for; the zero value means the host's own.
	Target netip.Addr
}

// Hit is one packet. Local tells whether its destination is one of the host's addresses.
type Hit struct {
	Source, Destination netip.Addr
	Local               bool
	Step                step.Step
	Flags               uint8
}

// Kind is what happened to a knock.
type Kind uint8

const (
	// Stage: one more step was right.
	Stage Kind = iota + 1
	// Opened: the last step was right. A Stage comes before it.
	Opened
	// TimedOut: the knock was not finished in time.
	TimedOut
)

// Event is something that happened to the knock of one address at one door.
type Event struct {
	Kind   Kind
	Door   int // index
	Source netip.Addr
	Stage  int // steps done
}

// Matcher holds the doors and the knocks that are under way. It is not safe for concurrent use.
type Matcher struct {
	doors    []Door
	watching map[step.Step][]int // doors that have a step anywhere
	attempts pool
	events   []Event
}

// New makes a matcher. The epoch is any time before the first hit.
func New(doors []Door, epoch time.Time) *Matcher {
	m := &Matcher{doors: slices.Clone(doors), attempts: newPool(epoch, MaxAttempts)}
	m.index()
	return m
}

// SetSteps gives a door another sequence; knocks under way at that door are forgotten. No steps disable the door.
func (m *Matcher) SetSteps(door int, steps []step.Step) {
	m.doors[door].Steps = steps
	m.attempts.drop(func(a *attempt) bool { return int(a.door) == door })
	m.index()
}

func (m *Matcher) index() {
	m.watching = map[step.Step][]int{}
	for i, door := range m.doors {
		for _, one := range door.Steps {
			if list := m.watching[one]; len(list) == 0 || list[len(list)-1] != i {
				m.watching[one] = append(list, i)
			}
		}
	}
}

// Attempts is how many knocks are under way.
func (m *Matcher) Attempts() int { return m.attempts.records.InUse() }

// Hit takes one packet. The slice is used again with the next call.
func (m *Matcher) Hit(now time.Time, h Hit) []Event {
	m.events = m.events[:0]
	if !m.visible(h) {
		return nil
	}
	address := h.Source.As16()
	busy := false
	m.attempts.each(address, func(a *attempt) (keep bool) {
		door := &m.doors[a.door]
		switch {
		case m.expired(a, now):
			m.timedOut(a)
			return false
		case !door.reaches(h):
			return true
		}
		busy = true
		if !door.accepts(h) {
			return true
		}
		if door.Steps[a.stage] != h.Step {
			return false
		}
		return m.advance(a, h.Source)
	})
	if busy {
		return m.events
	}
	for _, i := range m.watching[h.Step] {
		door := &m.doors[i]
		if door.Steps[0] == h.Step && door.reaches(h) && door.accepts(h) {
			a := attempt{addr: address, door: int32(i), started: m.attempts.tick(now)}
			if m.advance(&a, h.Source) {
				m.attempts.add(a)
			}
		}
	}
	return m.events
}

// Sweep forgets the knocks that were not finished in time.
func (m *Matcher) Sweep(now time.Time) []Event {
	m.events = m.events[:0]
	m.attempts.drop(func(a *attempt) bool {
		over := m.expired(a, now)
		if over {
			m.timedOut(a)
		}
		return over
	})
	return m.events
}

// visible tells whether knockd's filter would let the packet through: some door has its port, reaches its destination
// and takes its flags.
func (m *Matcher) visible(h Hit) bool {
	return slices.ContainsFunc(m.watching[h.Step], func(i int) bool {
		return m.doors[i].reaches(h) && m.doors[i].accepts(h)
	})
}

// advance notes one right step and tells whether the knock goes on.
func (m *Matcher) advance(a *attempt, from netip.Addr) bool {
	a.stage++
	m.events = append(m.events, Event{Stage, int(a.door), from, int(a.stage)})
	if int(a.stage) < len(m.doors[a.door].Steps) {
		return true
	}
	m.events = append(m.events, Event{Opened, int(a.door), from, int(a.stage)})
	return false
}

func (m *Matcher) expired(a *attempt, now time.Time) bool {
	return time.Duration(m.attempts.tick(now)-a.started)*time.Millisecond >= m.doors[a.door].Timeout
}

func (m *Matcher) timedOut(a *attempt) {
	m.events = append(m.events, Event{TimedOut, int(a.door), netip.AddrFrom16(a.addr).Unmap(), int(a.stage)})
}

func (d *Door) reaches(h Hit) bool {
	if d.Target.IsValid() {
		return d.Target == h.Destination
	}
	return h.Local
}

func (d *Door) accepts(h Hit) bool {
	return h.Step.Protocol != step.TCP || d.Flags.Accept(h.Flags)
}
