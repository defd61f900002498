package main

import "testing"

const fixedOverLoss = "3-step fixed knocks that open, 5 % loss each way, 50 ± 30 ms"

func TestMissedTargetsCountWhereStrict(t *testing.T) {
	for _, c := range []struct {
		opened        float64
		strict, plain int
	}{{100, 0, 0}, {99, 0, 0}, {98, exitFailed, 0}} {
		r := &results{}
		r.add(fixedOverLoss, "%", "sallyport", c.opened)
		missed := r.judge()
		if got := exitCode(0, missed, true); got != c.strict {
			t.Errorf("%v %% and strict: code %d", c.opened, got)
		}
		if got := exitCode(0, missed, false); got != c.plain {
			t.Errorf("%v %%: code %d", c.opened, got)
		}
	}
	if exitCode(1, 0, false) != exitFailed {
		t.Error("a measurement that failed is no failure")
	}
}
