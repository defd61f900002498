package matcher

import (
	"slices"
	"time"

	"sallyport/helper/internal/arena"
)

const (
	blockTicks = uint32(BlockTime / 1e6)
	// forgetTicks is after how long of silence a source starts afresh; longer than any window.
	forgetTicks = 2 * scanWindowTicks
)

// Hit takes one watched packet. now must not go back.
func (m *Matcher) Hit(now time.Time, h Hit) Outcome {
	t := m.tick(now)
	i := m.find(h, t)
	s := m.sources.at(i)
	s.last = t
	if s.blocked && int32(t-s.blockedUntil) >= 0 {
		s.blocked = false
	}
	if h.Class == Soft {
		return m.softHit(s, h, t)
	}
	if s.hits > 0 && h.Step == s.newest && h.Flags == s.newestFlags {
		// A SYN sent again or a doubled datagram: it spoils nothing, but may be the first step of a new try.
		m.start(s, h, t)
		m.level(i)
		return Outcome{}
	}
	s.hits++
	s.newest, s.newestFlags = h.Step, h.Flags
	matched, advanced := m.advance(s, h, t)
	if len(matched) > 0 {
		m.clear(s)
		m.level(i)
		return m.settle(matched)
	}
	var outcome Outcome
	if started := m.start(s, h, t); !advanced && !started && m.staticSteps[h.Step] == 0 {
		if h.Class == Step && !PureSYN.Accepts(h.Flags) && h.Flags != 0 {
			outcome = m.softHit(s, h, t) // ordinary traffic of a door that asks for other flags than SYN
		} else {
			m.block(s, t)
			outcome.Scan = m.countForeign(s, t)
		}
	}
	m.level(i)
	return outcome
}

// find gives the source of a hit, remembered or new.
func (m *Matcher) find(h Hit, t uint32) int32 {
	addr := address(h.Source.As16())
	if i := m.sources.find(addr); i != arena.None {
		s := m.sources.at(i)
		if t-s.last > forgetTicks {
			m.clear(s)
			s.hits, s.softCount, s.blocked, s.softRecent = 0, 0, false, [4]uint16{}
		}
		m.sources.touch(i)
		return i
	}
	v6 := h.Source.Is6()
	if v6 {
		if i := m.sources.findPrefix(prefixOf(addr)); i != arena.None {
			if n := m.sources.prefixes.At(i); int(n.count) >= m.sources.limits.PerPrefix {
				m.forget(m.sources.victimIn(n))
			}
		}
	}
	if m.Sources() >= m.sources.limits.Sources {
		m.forget(m.sources.victim())
	}
	return m.sources.insert(addr, v6)
}

func (m *Matcher) forget(i int32) {
	m.clear(m.sources.at(i))
	m.sources.remove(i)
}

// Sweep forgets sources that have been silent for two minutes, at most limit of them.
func (m *Matcher) Sweep(now time.Time, limit int) {
	t := m.tick(now)
	for level := range m.sources.level {
		for limit > 0 {
			oldest := m.sources.level[level].Oldest
			if oldest == arena.None || t-m.sources.at(oldest).last <= forgetTicks {
				break
			}
			m.forget(oldest)
			limit--
		}
	}
}

// settle decides among the sequences that one hit completed.
func (m *Matcher) settle(matched []ID) Outcome {
	owner := m.sequences[matched[0]].Owner
	for _, id := range matched {
		if m.sequences[id].Owner != owner {
			return Outcome{Conflict: matched}
		}
	}
	return Outcome{Matched: slices.Max(matched)}
}

// softHit counts a hit on a soft decoy; ports seen just now do not count again.
func (m *Matcher) softHit(s *source, h Hit, t uint32) Outcome {
	if slices.Contains(s.softRecent[:], h.Step.Value) {
		return Outcome{}
	}
	copy(s.softRecent[1:], s.softRecent[:])
	s.softRecent[0] = h.Step.Value
	s.soft++
	if s.softCount == 0 || t-s.softSince > blockTicks {
		s.softSince, s.softCount = t, 0
	}
	if s.softCount < SoftStatic {
		s.softCount++
	} else {
		m.block(s, t)
	}
	return Outcome{Scan: m.countForeign(s, t)}
}

// block keeps the static sequences of a source from matching for a while.
func (m *Matcher) block(s *source, t uint32) {
	s.blocked, s.blockedUntil = true, t+blockTicks
	m.drop(s, func(p *progress) bool { return p.static })
}

func (m *Matcher) countForeign(s *source, t uint32) int {
	c := &s.scan
	if s.v6 {
		c = &m.sources.prefixes.At(s.prefix).scan
	}
	c.add(t)
	return c.report(t)
}
