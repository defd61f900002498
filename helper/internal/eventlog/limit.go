package eventlog

import (
	"sync"
	"time"
)

// Limited passes on at most so many events a second and says how many it kept back, so that whoever sends
// packets cannot fill the disk. Errors always pass: they are about this host, not about the network.
type Limited struct {
	mu        sync.Mutex
	log       Log
	perSecond int
	now       func() time.Time
	second    int64
	passed    int
	kept      int
}

// NewLimited puts a limit before a log.
func NewLimited(log Log, perSecond int, now func() time.Time) *Limited {
	return &Limited{log: log, perSecond: perSecond, now: now}
}

// Event passes the event on or counts it.
func (l *Limited) Event(level Level, event string, fields ...Field) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if second := l.now().Unix(); second != l.second {
		kept := l.kept
		l.second, l.passed, l.kept = second, 0, 0
		if kept > 0 {
			l.log.Event(Warning, "suppressed", F("events", kept))
		}
	}
	if level != Error && l.passed >= l.perSecond {
		l.kept++
		return
	}
	l.passed++
	l.log.Event(level, event, fields...)
}
