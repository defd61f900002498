package matcher

import (
	"hash/maphash"

	"sallyport/helper/internal/arena"
)

// index finds a record's number by its key: open addressing with linear probing in a table that is at most half full.
// An entry holds 32 bits of the hash beside the number, so that a search for a stranger looks at no record: under a
// flood those lie in memory that no cache holds. The hash is keyed, so that nobody can choose addresses that collide.
type index[K comparable] struct {
	seed    maphash.Seed
	entries []entryOf // length is a power of two
	count   int
}

// entryOf is one place of the table; number is one more than the record's, 0 for an empty place.
type entryOf struct {
	hash   uint32
	number int32
}

const fewestEntries = 256

func newIndex[K comparable]() index[K] {
	return index[K]{seed: maphash.MakeSeed(), entries: make([]entryOf, fewestEntries)}
}

func (x *index[K]) hash(key K) uint32 { return uint32(maphash.Comparable(x.seed, key)) }

func (x *index[K]) home(hash uint32) uint32 { return hash & uint32(len(x.entries)-1) }

// find gives the number of the record that is the key's, or none.
func (x *index[K]) find(key K, is func(number int32) bool) int32 {
	hash := x.hash(key)
	for at := x.home(hash); ; at = x.home(at + 1) {
		e := x.entries[at]
		if e.number == 0 {
			return arena.None
		}
		if e.hash == hash && is(e.number-1) {
			return e.number - 1
		}
	}
}

// add enters a record whose key is not in the table.
func (x *index[K]) add(key K, number int32) {
	if x.count++; 2*x.count > len(x.entries) {
		old := x.entries
		x.entries = make([]entryOf, 2*len(old))
		for _, e := range old {
			if e.number != 0 {
				x.place(e)
			}
		}
	}
	x.place(entryOf{x.hash(key), number + 1})
}

func (x *index[K]) place(e entryOf) {
	at := x.home(e.hash)
	for x.entries[at].number != 0 {
		at = x.home(at + 1)
	}
	x.entries[at] = e
}

// remove takes a record out and moves up those behind it that were pushed away from their place.
func (x *index[K]) remove(key K, number int32) {
	gap := x.home(x.hash(key))
	for x.entries[gap].number != number+1 {
		gap = x.home(gap + 1)
	}
	for at := x.home(gap + 1); x.entries[at].number != 0; at = x.home(at + 1) {
		// Distances go around the end of the table. One that is nearer to its place than to the gap stays.
		if x.home(at-x.home(x.entries[at].hash)) >= x.home(at-gap) {
			x.entries[gap] = x.entries[at]
			gap = at
		}
	}
	x.entries[gap] = entryOf{}
	if x.count--; x.count == 0 && len(x.entries) > fewestEntries {
		x.entries = make([]entryOf, fewestEntries) // the flood is over
	}
}
