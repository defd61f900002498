package matcher

import (
	"sallyport/helper/internal/arena"
	"sallyport/helper/internal/step"
)

// Limits bound the state. Every one is a number of records.
type Limits struct {
	Sources   int
	PerPrefix int // IPv6 sources of one /64
	Progress  int
}

// DefaultLimits are the daemon's.
func DefaultLimits() Limits { return Limits{Sources: 65536, PerPrefix: 64, Progress: 65536} }

// levels is one more than the furthest position that eviction tells apart.
const levels = 16

type address [16]byte

type prefix [8]byte

// source is what one address has sent lately. It is kept small: there may be 65,536 of them.
type source struct {
	addr         address
	last         uint32 // tick of the newest hit
	blockedUntil uint32 // static sequences wait until then, while blocked
	softSince    uint32
	hits         uint32
	head         int32       // progress records
	prefix       int32       // record of the /64
	peers        arena.Links // sources of the same level
	neighbours   arena.Links // sources of the same /64
	scan         counter
	softRecent   [4]uint16
	soft         uint16
	newest       step.Step
	newestFlags  uint8
	softCount    uint8
	level        uint8
	records      uint8
	blocked      bool
	v6           bool
}

// neighbours is what is known of one /64.
type neighbours struct {
	arena.Ages
	key   prefix
	count int32
	scan  counter
}

// table holds the sources: by address, by level for eviction, and by /64 for its quota.
type table struct {
	limits   Limits
	records  arena.Arena[source]
	byAddr   index[address]
	level    [levels]arena.Ages
	prefixes arena.Arena[neighbours]
	byPrefix index[prefix]
}

func newTable(limits Limits) table {
	t := table{
		limits: limits, records: arena.New[source](limits.Sources), byAddr: newIndex[address](),
		prefixes: arena.New[neighbours](limits.Sources), byPrefix: newIndex[prefix](),
	}
	for i := range t.level {
		t.level[i] = arena.NoAges()
	}
	return t
}

func (t *table) at(i int32) *source { return t.records.At(i) }

// find gives the source with an address, or none.
func (t *table) find(addr address) int32 {
	return t.byAddr.find(addr, func(i int32) bool { return t.at(i).addr == addr })
}

// victim is the source to forget for a new one: the least progress first, then the longest silent.
func (t *table) victim() int32 {
	for level := range t.level {
		if oldest := t.level[level].Oldest; oldest != arena.None {
			return oldest
		}
	}
	return arena.None
}

// victimIn is the same within one /64.
func (t *table) victimIn(n *neighbours) int32 {
	best := n.Oldest
	for i := n.Oldest; i != arena.None; i = t.at(i).neighbours.Newer {
		if t.at(i).level < t.at(best).level {
			best = i
		}
	}
	return best
}

// insert adds a source; the caller has made room.
func (t *table) insert(addr address, v6 bool) int32 {
	i := t.records.Take()
	*t.at(i) = source{addr: addr, v6: v6, head: arena.None}
	t.byAddr.add(addr, i)
	t.link(i)
	if v6 {
		t.at(i).prefix = t.makePrefix(prefixOf(addr))
		t.linkPrefix(i)
	}
	return i
}

func (t *table) remove(i int32) {
	s := t.at(i)
	t.unlink(i)
	if s.v6 {
		t.unlinkPrefix(i)
		t.dropPrefix(s.prefix)
	}
	t.byAddr.remove(s.addr, i)
	t.records.Give(i)
}

// touch makes i the newest of its level and of its /64.
func (t *table) touch(i int32) {
	t.unlink(i)
	t.link(i)
	if t.at(i).v6 {
		if t.prefixes.At(t.at(i).prefix).Newest != i {
			t.unlinkPrefix(i)
			t.linkPrefix(i)
		}
	}
}

func (t *table) setLevel(i int32, level uint8) {
	level = min(level, levels-1)
	if t.at(i).level == level {
		return
	}
	t.unlink(i)
	t.at(i).level = level
	t.link(i)
}

func (t *table) link(i int32) { t.level[t.at(i).level].Push(i, t.peersOf) }

func (t *table) unlink(i int32) { t.level[t.at(i).level].Drop(i, t.peersOf) }

func (t *table) peersOf(i int32) *arena.Links { return &t.at(i).peers }
