package counted

import "testing"

func TestOf(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 doors", 1: "1 door", 2: "2 doors"} {
		if got := Of(n, "door"); got != want {
			t.Errorf("%d: %q, expected %q", n, got, want)
		}
	}
}
