package matcher

import (
	"math/rand"
	"testing"

	"sallyport/helper/internal/arena"
)

// TestIndexAgreesWithAMap adds, finds and removes at random in a table that grows, with runs that collide and
// go around its end.
func TestIndexAgreesWithAMap(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	const records = 300
	for range 20 {
		x, want := newIndex[int](), map[int]int32{}
		keys := map[int32]int{}
		is := func(key int) func(int32) bool { return func(i int32) bool { return keys[i] == key } }
		for range 5000 {
			key := random.Intn(500)
			number, known := want[key]
			if got := x.find(key, is(key)); known && got != number || !known && got != arena.None {
				t.Fatalf("key %d: %d, want %d (%v)", key, got, number, known)
			}
			switch {
			case known && random.Intn(2) == 0:
				x.remove(key, number)
				delete(want, key)
				delete(keys, number)
			case !known && len(want) < records:
				number = int32(len(want))
				for _, used := keys[number]; used; _, used = keys[number] {
					number = int32(random.Intn(records))
				}
				x.add(key, number)
				want[key], keys[number] = number, key
			}
		}
	}
}
