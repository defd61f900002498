// Package arena keeps many small records of one kind under numbers, and lists of them by age. What is remembered about
// strangers goes here: it is bounded, and records without pointers cost the collector nothing.
package arena

// None is no record.
const None = -1

const chunkSize = 1024

// Arena hands out records and takes them back. It allocates in pieces, never moves a record, and never has more than
// its limit.
type Arena[T any] struct {
	chunks []*[chunkSize]T
	used   int // records that were ever in use
	free   []int32
	limit  int
}

// New makes an arena with a limit.
func New[T any](limit int) Arena[T] { return Arena[T]{limit: limit} }

// At gives the record with a number.
func (a *Arena[T]) At(i int32) *T { return &a.chunks[uint32(i)/chunkSize][uint32(i)%chunkSize] }

// Take gives the number of an unused record, whatever it holds, or None when all are in use.
func (a *Arena[T]) Take() int32 {
	if n := len(a.free); n > 0 {
		i := a.free[n-1]
		a.free = a.free[:n-1]
		return i
	}
	if a.used >= a.limit {
		return None
	}
	if a.used == len(a.chunks)*chunkSize {
		a.chunks = append(a.chunks, new([chunkSize]T))
	}
	a.used++
	return int32(a.used - 1)
}

// Give takes a record back. When the last one comes back, the memory goes to the collector.
func (a *Arena[T]) Give(i int32) {
	a.free = append(a.free, i)
	if len(a.free) == a.used && len(a.chunks) > 1 {
		*a = Arena[T]{limit: a.limit}
	}
}

// InUse is how many records are handed out.
func (a *Arena[T]) InUse() int { return a.used - len(a.free) }
