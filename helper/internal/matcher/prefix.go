package matcher

func prefixOf(addr address) prefix { return prefix(addr[:8]) }

// findPrefix gives the record of a /64, or none.
func (t *table) findPrefix(key prefix) int32 {
	for i := *t.byPrefix.head(key) - 1; i != none; i = t.prefixes.at(i).chain - 1 {
		if t.prefixes.at(i).key == key {
			return i
		}
	}
	return none
}

// makePrefix finds or adds the record of a /64. There are never more of them than sources.
func (t *table) makePrefix(key prefix) int32 {
	if i := t.findPrefix(key); i != none {
		return i
	}
	i, head := t.prefixes.take(), t.byPrefix.head(key)
	*t.prefixes.at(i) = neighbours{ends: ends{none, none}, key: key, chain: *head}
	*head = i + 1
	return i
}

// dropPrefix removes the record of a /64 that has no source left.
func (t *table) dropPrefix(i int32) {
	n := t.prefixes.at(i)
	if n.count > 0 {
		return
	}
	link := t.byPrefix.head(n.key)
	for *link != i+1 {
		link = &t.prefixes.at(*link - 1).chain
	}
	*link = n.chain
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
