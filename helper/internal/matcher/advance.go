package matcher

import (
	"net/netip"

	"sallyport/helper/internal/arena"
)

// advance moves the source's progress by one hit and drops what the hit or time has spoiled. It returns the
// sequences that are complete, and whether the hit was the right next step of any.
func (m *Matcher) advance(s *source, h Hit, t uint32) (matched []ID, advanced bool) {
	m.drop(s, func(p *progress) bool {
		if int32(t-p.expires) > 0 {
			return true
		}
		// Without this hit, which is counted already.
		foreign := s.hits - p.hits - uint32(p.position) - 1
		if !p.static && (foreign > ForeignAllowed || s.soft-p.soft > SoftAllowed) {
			return true
		}
		if p.want != h.Step {
			return p.static
		}
		e := m.sequences[p.sequence]
		if e == nil {
			return true
		}
		if !e.accepts(p.want, h) {
			return p.static
		}
		if !p.static && !e.claim(h.Source, p.position) {
			return true
		}
		p.position++
		advanced = true
		if int(p.position) == len(e.Steps) {
			matched = append(matched, p.sequence)
			return true
		}
		p.want = e.Steps[p.position]
		return false
	})
	return matched, advanced
}

// claim tells whether the source may go on from a position; the first to send two steps keeps all others out.
func (e *entry) claim(from netip.Addr, position uint8) bool {
	if e.claimed.IsValid() {
		return e.claimed == from
	}
	if position == 1 {
		e.claimed = from
	}
	return true
}

// start begins every sequence whose first step this hit is. It tells whether a static one was among them; the
// first step of a rotating one is no excuse, because with many keys nearly every port is one.
func (m *Matcher) start(s *source, h Hit, t uint32) (static bool) {
	for _, id := range m.first[h.Step] {
		e := m.sequences[id]
		if !e.accepts(e.Steps[0], h) || (e.Kind == Static && s.blocked) {
			continue
		}
		static = static || e.Kind == Static
		m.begin(s, progress{
			sequence: id, started: t, expires: t + uint32(e.Window.Milliseconds()), hits: s.hits - 1, soft: s.soft,
			position: 1, static: e.Kind == Static, want: e.Steps[1],
		})
	}
	return static
}

// begin records a first step; one of the same sequence that got no further is replaced.
func (m *Matcher) begin(s *source, p progress) {
	oldest := int32(arena.None)
	for i := s.head; i != arena.None; i = m.progress.At(i).next {
		r := m.progress.At(i)
		if r.position != 1 {
			continue
		}
		if r.sequence == p.sequence {
			p.next = r.next
			*r = p
			return
		}
		if oldest == arena.None || int32(m.progress.At(oldest).started-r.started) > 0 {
			oldest = i
		}
	}
	if s.records >= ProgressPerSource {
		if oldest != arena.None {
			p.next = m.progress.At(oldest).next
			*m.progress.At(oldest) = p
		}
		return
	}
	i := m.progress.Take()
	if i == arena.None {
		m.reclaim(s)
		if i = m.progress.Take(); i == arena.None {
			return
		}
	}
	p.next = s.head
	*m.progress.At(i) = p
	s.head = i
	s.records++
}

// reclaim frees the progress of the source that matters least, when the pool is empty.
func (m *Matcher) reclaim(except *source) {
	for level := 1; level < levels; level++ {
		oldest := m.sources.level[level].Oldest
		if oldest != arena.None && m.sources.at(oldest) != except {
			m.clear(m.sources.at(oldest))
			m.level(oldest)
			return
		}
	}
}

// drop takes out the progress records for which spoiled is true.
func (m *Matcher) drop(s *source, spoiled func(*progress) bool) {
	link := &s.head
	for *link != arena.None {
		i := *link
		r := m.progress.At(i)
		if !spoiled(r) {
			link = &r.next
			continue
		}
		*link = r.next
		m.progress.Give(i)
		s.records--
	}
}

func (m *Matcher) clear(s *source) {
	m.drop(s, func(*progress) bool { return true })
	s.blocked = false
}

// level files a source under its furthest progress, for eviction.
func (m *Matcher) level(i int32) {
	s := m.sources.at(i)
	furthest := uint8(0)
	for p := s.head; p != arena.None; p = m.progress.At(p).next {
		furthest = max(furthest, m.progress.At(p).position)
	}
	m.sources.setLevel(i, furthest)
}
