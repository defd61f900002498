package stopqueue

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Stop is a stop command that is to come.
type Stop struct {
	Door, Source, Command string
	// Due is when it runs; it counts again from the end of the start command while that has not ended.
	Due time.Time
	// Phase is Started while its start command waits or runs, Stopped while it runs itself, else Pending.
	Phase Phase
}

// Load is what goes on in a queue.
type Load struct {
	// Waiting and Running are the start commands that wait for their turn, and that run.
	Waiting, Running int
	// Stops are the stop commands, the next one first.
	Stops []Stop
}

// Load tells what goes on now.
func (q *Queue) Load() Load {
	q.mu.Lock()
	defer q.mu.Unlock()
	load := Load{Waiting: q.waiting, Running: q.active, Stops: make([]Stop, 0, len(q.owed))}
	for _, stop := range q.owed {
		load.Stops = append(load.Stops, Stop{stop.Door, stop.Source, stop.Command, stop.Due, stop.phase})
	}
	slices.SortFunc(load.Stops, func(a, b Stop) int {
		return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Source, b.Source), strings.Compare(a.Door, b.Door))
	})
	return load
}
