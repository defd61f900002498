package arena

import (
	"math/rand"
	"slices"
	"testing"
)

type record struct {
	Links
	value int
}

// TestAgesAgainstASlice does random changes to a list and to a slice, oldest first.
func TestAgesAgainstASlice(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	records, ages := New[record](3*chunkSize), NoAges()
	of := func(i int32) *Links { return &records.At(i).Links }
	var want []int32
	for step := range 50_000 {
		if random.Intn(5) < 3 {
			i := records.Take()
			if (i == None) != (len(want) == 3*chunkSize) {
				t.Fatalf("step %d: record %d with %d in use", step, i, len(want))
			}
			if i != None {
				records.At(i).value = int(i)
				ages.Push(i, of)
				want = append(want, i)
			}
		} else if len(want) > 0 {
			at := random.Intn(len(want))
			i := want[at]
			if records.At(i).value != int(i) {
				t.Fatalf("step %d: record %d holds %d", step, i, records.At(i).value)
			}
			ages.Drop(i, of)
			records.Give(i)
			want = slices.Delete(want, at, at+1)
		}
		if step%997 != 0 {
			continue
		}
		var up, down []int32
		for i := ages.Oldest; i != None; i = of(i).Newer {
			up = append(up, i)
		}
		for i := ages.Newest; i != None; i = of(i).Older {
			down = append(down, i)
		}
		slices.Reverse(down)
		if !slices.Equal(up, want) || !slices.Equal(down, want) || records.InUse() != len(want) {
			t.Fatalf("step %d: %d up, %d down, %d in use, want %d", step, len(up), len(down), records.InUse(), len(want))
		}
	}
}

func TestAnEmptyArenaGivesItsMemoryBack(t *testing.T) {
	records := New[record](4 * chunkSize)
	var all []int32
	for i := records.Take(); i != None; i = records.Take() {
		all = append(all, i)
	}
	for _, i := range all {
		records.Give(i)
	}
	if len(all) != 4*chunkSize || len(records.chunks) != 0 || records.InUse() != 0 || records.Take() == None {
		t.Errorf("%d records, %d chunks, %d in use", len(all), len(records.chunks), records.InUse())
	}
}
