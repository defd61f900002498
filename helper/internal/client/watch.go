package client

import (
	"context"
	"sync"
	"time"
)

// pingID and what follows are far from the ids of calls, which count up from 1.
const pingID = 1 << 30

// watch looks after one call: when no line has come for c.quiet it asks for a sign of life on the same connection, and
// when none comes within c.patience it gives the call up.
type watch struct {
	conn   *Conn
	giveUp context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	pings int
	over  bool
}

func (c *Conn) watch(giveUp context.CancelCauseFunc) *watch {
	w := &watch{conn: c, giveUp: giveUp}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(c.quiet, w.ping)
	return w
}

// heard takes note of a line and tells whether it only answers a ping.
func (w *watch) heard(id *int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer.Stop()
	if !w.over {
		w.timer = time.AfterFunc(w.conn.quiet, w.ping)
	}
	return id != nil && *id > pingID
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
}

func (w *watch) ping() {
	w.mu.Lock()
	if w.over {
		w.mu.Unlock()
		return
	}
	w.timer = time.AfterFunc(w.conn.patience, func() { w.giveUp(frozen(w.conn.quiet + w.conn.patience)) })
	w.pings++
	id := pingID + w.pings
	w.mu.Unlock()
	// A frozen reader may leave no room to write to: the timer is set before. What else fails here fails the reading too.
	_ = writeLine(w.conn.stream, request{V: 1, ID: id, Method: "hello", Params: struct{}{}})
}

// frozen is the fault of somebody who takes connections and says nothing.
func frozen(after time.Duration) *Fault {
	return Internal("its process is stopped or stuck; end it and run the command again",
		"sallyport does not answer: not a word for %s", after)
}
