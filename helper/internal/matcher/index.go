package matcher

import "hash/maphash"

// index finds a record by its key: chains of numbers from a table of fixed size. A Go map would take five times the
// memory. The hash is keyed, so that nobody can choose addresses that share a chain.
type index[K comparable] struct {
	seed  maphash.Seed
	heads []int32 // number + 1; 0 is an empty chain
}

// newIndex is made for a number of records.
func newIndex[K comparable](records int) index[K] {
	size := 1
	for size < records {
		size *= 2
	}
	return index[K]{maphash.MakeSeed(), make([]int32, size)}
}

func (x *index[K]) head(key K) *int32 {
	return &x.heads[maphash.Comparable(x.seed, key)&uint64(len(x.heads)-1)]
}
