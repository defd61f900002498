package matcher

import "sallyport/helper/internal/step"

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

const chunkSize = 1024

type address [16]byte

type prefix [8]byte

// source is what one address has sent lately. It is kept small: there may be 65,536 of them.
type source struct {
	addr         address
	last         uint32 // tick of the newest hit
	blockedUntil uint32 // static sequences wait until then, while blocked
	softSince    uint32
	hits         uint32
	head         int32 // progress records
	newer, older int32 // sources of the same level, by age
	left, right  int32 // sources of the same /64, by age: left is newer
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

type ends struct{ newest, oldest int32 }

type neighbours struct {
	ends
	count int
	scan  counter
}

// table holds the sources: by address, by level for eviction, and by /64 for its quota.
type table struct {
	limits   Limits
	index    map[address]int32
	chunks   []*[chunkSize]source
	used     int
	free     []int32
	count    int
	level    [levels]ends
	prefixes map[prefix]*neighbours
}

func newTable(limits Limits) table {
	t := table{limits: limits, index: map[address]int32{}, prefixes: map[prefix]*neighbours{}}
	for i := range t.level {
		t.level[i] = ends{none, none}
	}
	return t
}

func (t *table) at(i int32) *source { return &t.chunks[i/chunkSize][i%chunkSize] }

// slot gives an unused index; the caller has made room.
func (t *table) slot() int32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		return i
	}
	if t.used == len(t.chunks)*chunkSize {
		t.chunks = append(t.chunks, new([chunkSize]source))
	}
	t.used++
	return int32(t.used - 1)
}

// victim is the source to forget for a new one: the least progress first, then the longest silent.
func (t *table) victim() int32 {
	for level := range t.level {
		if oldest := t.level[level].oldest; oldest != none {
			return oldest
		}
	}
	return none
}

// victimIn is the same within one /64.
func (t *table) victimIn(n *neighbours) int32 {
	best := n.oldest
	for i := n.oldest; i != none; i = t.at(i).left {
		if t.at(i).level < t.at(best).level {
			best = i
		}
	}
	return best
}

func (t *table) insert(addr address, v6 bool) int32 {
	i := t.slot()
	*t.at(i) = source{addr: addr, v6: v6, head: none, newer: none, older: none, left: none, right: none}
	t.index[addr] = i
	t.count++
	t.link(i)
	if v6 {
		t.linkPrefix(i)
	}
	return i
}

func (t *table) remove(i int32) {
	s := t.at(i)
	t.unlink(i)
	if s.v6 {
		t.unlinkPrefix(i)
	}
	delete(t.index, s.addr)
	t.free = append(t.free, i)
	t.count--
}

// touch makes i the newest of its level and of its /64.
func (t *table) touch(i int32) {
	t.unlink(i)
	t.link(i)
	if t.at(i).v6 {
		n := t.prefixes[prefixOf(t.at(i).addr)]
		if n.newest != i {
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

func (t *table) link(i int32) {
	s := t.at(i)
	list := &t.level[s.level]
	s.newer, s.older = none, list.newest
	if list.newest != none {
		t.at(list.newest).newer = i
	} else {
		list.oldest = i
	}
	list.newest = i
}

func (t *table) unlink(i int32) {
	s := t.at(i)
	list := &t.level[s.level]
	if s.newer != none {
		t.at(s.newer).older = s.older
	} else {
		list.newest = s.older
	}
	if s.older != none {
		t.at(s.older).newer = s.newer
	} else {
		list.oldest = s.newer
	}
}

func prefixOf(addr address) prefix { return prefix(addr[:8]) }

func (t *table) linkPrefix(i int32) {
	s := t.at(i)
	key := prefixOf(s.addr)
	n := t.prefixes[key]
	if n == nil {
		n = &neighbours{ends: ends{none, none}}
		t.prefixes[key] = n
	}
	s.left, s.right = none, n.newest
	if n.newest != none {
		t.at(n.newest).left = i
	} else {
		n.oldest = i
	}
	n.newest = i
	n.count++
}

func (t *table) unlinkPrefix(i int32) {
	s := t.at(i)
	key := prefixOf(s.addr)
	n := t.prefixes[key]
	if s.left != none {
		t.at(s.left).right = s.right
	} else {
		n.newest = s.right
	}
	if s.right != none {
		t.at(s.right).left = s.left
	} else {
		n.oldest = s.left
	}
	if n.count--; n.count == 0 {
		delete(t.prefixes, key)
	}
}
