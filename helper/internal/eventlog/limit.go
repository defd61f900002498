package eventlog

import (
	"sync"
	"time"
)

// Limited passes on at most so many warnings a second, and as many other events, and says how many it kept back, so
// that whoever sends packets can neither fill the disk nor hide what others do: what strangers can cause are warnings.
// The same warning about the same source is told once a minute, with how often it came again. Errors always pass:
// they are about this host, not about the network.
type Limited struct {
	mu        sync.Mutex
	log       Log
	perSecond int
	now       func() time.Time
	second    int64
	passed    map[bool]int // warnings, and others
	kept      int
	repeats   repeats
}

// NewLimited puts a limit before a log.
func NewLimited(log Log, perSecond int, now func() time.Time) *Limited {
	l := &Limited{log: log, perSecond: perSecond, now: now}
	l.repeats.later = func(wait time.Duration) { time.AfterFunc(wait, l.tellRepeats) }
	return l
}

// Event passes the event on or counts it.
func (l *Limited) Event(level Level, event string, fields ...Field) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if level == Warning && l.repeats.again(event, fields) {
		return
	}
	l.pass(level, event, fields)
}

func (l *Limited) tellRepeats() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.repeats.take() {
		l.pass(Warning, r.event, append(r.fields, F("repeated", r.count), F("within", repeatWindow)))
	}
}

func (l *Limited) pass(level Level, event string, fields []Field) {
	if second := l.now().Unix(); second != l.second {
		kept := l.kept
		l.second, l.passed, l.kept = second, map[bool]int{}, 0
		if kept > 0 {
			l.log.Event(Warning, "suppressed", F("events", kept))
		}
	}
	if level != Error {
		warning := level == Warning
		if l.passed[warning] >= l.perSecond {
			l.kept++
			return
		}
		l.passed[warning]++
	}
	l.log.Event(level, event, fields...)
}
