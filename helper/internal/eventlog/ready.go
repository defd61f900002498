package eventlog

import "sync"

// Ready is a Log that waits for nobody: what its reader has no room for is lost, and how much that was is told when there
// is room again. A reader that hangs must not keep doors from opening.
type Ready struct {
	mu   sync.Mutex
	log  Log
	room func() bool
	lost int
}

// NewReady puts the question whether there is room before a log.
func NewReady(log Log, room func() bool) *Ready { return &Ready{log: log, room: room} }

// Event passes the event on where there is room.
func (r *Ready) Event(level Level, event string, fields ...Field) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost > 0 && r.room() {
		r.log.Event(Warning, "lost", F("events", r.lost))
		r.lost = 0
	}
	if !r.room() {
		r.lost++
		return
	}
	r.log.Event(level, event, fields...)
}
