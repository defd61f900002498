package main

import (
	"github.com/spf13/pflag"

	"sallyport/helper/internal/client"
)

// longestDelay is the other side's bound of a gap, milliseconds (shared/sequence).
const longestDelay = 5000

// delayFlag is the time between two steps, of one knock or of every knock at a profile.
type delayFlag struct {
	set *pflag.FlagSet
	ms  int
}

func (f *delayFlag) register(set *pflag.FlagSet) {
	f.set = set
	numberVar(set, &f.ms, "delay", 0, "`milliseconds` between steps (150)")
}

// gap is nil when none was given: then a profile's own counts, or the default.
func (f *delayFlag) gap() (*int, error) {
	if !f.set.Changed("delay") {
		return nil, nil
	}
	if f.ms < 0 || f.ms > longestDelay {
		return nil, client.BadInput("", "--delay: expected 0 to %d milliseconds, got %d", longestDelay, f.ms)
	}
	return &f.ms, nil
}
