package matcher

func prefixOf(addr address) prefix { return prefix(addr[:8]) }

// findPrefix gives the record of a /64, or none.
func (t *table) findPrefix(key prefix) int32 {
	return t.byPrefix.find(key, func(i int32) bool { return t.prefixes.at(i).key == key })
}

// makePrefix finds or adds the record of a /64. There are never more of them than sources.
func (t *table) makePrefix(key prefix) int32 {
	if i := t.findPrefix(key); i != none {
		return i
	}
	i := t.prefixes.take()
	*t.prefixes.at(i) = neighbours{ends: ends{none, none}, key: key}
	t.byPrefix.add(key, i)
	return i
}

// dropPrefix removes the record of a /64 that has no source left.
func (t *table) dropPrefix(i int32) {
	n := t.prefixes.at(i)
	if n.count > 0 {
		return
	}
	t.byPrefix.remove(n.key, i)
	t.prefixes.give(i)
}

// linkPrefix makes i the newest of its /64.
func (t *table) linkPrefix(i int32) {
	s := t.at(i)
	n := t.prefixes.at(s.prefix)
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
	n := t.prefixes.at(s.prefix)
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
	n.count--
}
