package matcher

import "sallyport/helper/internal/arena"

func prefixOf(addr address) prefix { return prefix(addr[:8]) }

// findPrefix gives the record of a /64, or none.
func (t *table) findPrefix(key prefix) int32 {
	return t.byPrefix.find(key, func(i int32) bool { return t.prefixes.At(i).key == key })
}

// makePrefix finds or adds the record of a /64. There are never more of them than sources.
func (t *table) makePrefix(key prefix) int32 {
	if i := t.findPrefix(key); i != arena.None {
		return i
	}
	i := t.prefixes.Take()
	*t.prefixes.At(i) = neighbours{Ages: arena.NoAges(), key: key}
	t.byPrefix.add(key, i)
	return i
}

// dropPrefix removes the record of a /64 that has no source left.
func (t *table) dropPrefix(i int32) {
	n := t.prefixes.At(i)
	if n.count > 0 {
		return
	}
	t.byPrefix.remove(n.key, i)
	t.prefixes.Give(i)
}

// linkPrefix makes i the newest of its /64.
func (t *table) linkPrefix(i int32) {
	n := t.prefixes.At(t.at(i).prefix)
	n.Push(i, t.neighboursOf)
	n.count++
}

func (t *table) unlinkPrefix(i int32) {
	n := t.prefixes.At(t.at(i).prefix)
	n.Drop(i, t.neighboursOf)
	n.count--
}

func (t *table) neighboursOf(i int32) *arena.Links { return &t.at(i).neighbours }
