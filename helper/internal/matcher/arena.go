package matcher

// none ends a list of indexes.
const none = -1

const chunkSize = 1024

// arena holds records of one kind under small numbers, hands them out and takes them back. It allocates in pieces, never
// moves a record, and never has more than its limit; records without pointers cost the collector nothing.
type arena[T any] struct {
	chunks []*[chunkSize]T
	used   int // records that were ever in use
	free   []int32
	limit  int
}

func (a *arena[T]) at(i int32) *T { return &a.chunks[uint32(i)/chunkSize][uint32(i)%chunkSize] }

// take gives the number of an unused record, whatever it holds, or none when all are in use.
func (a *arena[T]) take() int32 {
	if n := len(a.free); n > 0 {
		i := a.free[n-1]
		a.free = a.free[:n-1]
		return i
	}
	if a.used >= a.limit {
		return none
	}
	if a.used == len(a.chunks)*chunkSize {
		a.chunks = append(a.chunks, new([chunkSize]T))
	}
	a.used++
	return int32(a.used - 1)
}

// give takes a record back. When the last one comes back, the memory goes to the collector.
func (a *arena[T]) give(i int32) {
	a.free = append(a.free, i)
	if len(a.free) == a.used && len(a.chunks) > 1 {
		*a = arena[T]{limit: a.limit}
	}
}

// inUse is how many records are handed out.
func (a *arena[T]) inUse() int { return a.used - len(a.free) }
