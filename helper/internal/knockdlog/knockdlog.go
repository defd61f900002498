// Package knockdlog writes the log file and the syslog lines that knockd writes, in its words, because other programs
// read them. Lines are written by a goroutine of its own, so that a full pipe or disk never holds up a packet; of what
// strangers can cause, only so many lines a second are kept.
package knockdlog

import (
	"fmt"
	"log/syslog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	waiting   = 1024
	perSecond = 50
)

// Options name the places to write to.
type Options struct {
	// File is empty for none.
	File   string
	Syslog bool
	Now    func() time.Time
}

// Log takes lines for any goroutine. The zero Options make one that writes nowhere.
type Log struct {
	now    func() time.Time
	lines  chan string
	done   chan struct{}
	file   *os.File
	syslog *syslog.Writer

	mu     sync.Mutex
	closed bool
	second int64
	noisy  int
}

// Open opens what the options name. What cannot be opened is told and done without, as knockd does.
func Open(o Options) (l *Log, problems []error) {
	l = &Log{now: o.Now, lines: make(chan string, waiting), done: make(chan struct{})}
	var err error
	if o.File != "" {
		if l.file, err = os.OpenFile(o.File, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640); err != nil {
			problems = append(problems, fmt.Errorf("log file: %w", err))
		}
	}
	if o.Syslog {
		if l.syslog, err = syslog.New(syslog.LOG_USER|syslog.LOG_NOTICE, "knockd"); err != nil {
			problems = append(problems, fmt.Errorf("syslog: %w", err))
		}
	}
	go l.write()
	return l, problems
}

// Line writes a line that this host or a complete knock caused.
func (l *Log) Line(format string, args ...any) { l.put(fmt.Sprintf(format, args...)) }

// Noise writes a line that any stranger can cause; beyond 50 in a second they are left out.
func (l *Log) Noise(format string, args ...any) {
	l.mu.Lock()
	if second := l.now().Unix(); second != l.second {
		l.second, l.noisy = second, 0
	}
	l.noisy++
	tooMany := l.noisy > perSecond
	l.mu.Unlock()
	if !tooMany {
		l.put(fmt.Sprintf(format, args...))
	}
}

func (l *Log) put(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	select {
	case l.lines <- clean(text):
	default:
	}
}

// Close writes what is waiting.
func (l *Log) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.lines)
	}
	l.mu.Unlock()
	<-l.done
}

func (l *Log) write() {
	defer close(l.done)
	for text := range l.lines {
		if l.file != nil {
			_, _ = fmt.Fprintf(l.file, "[%s] %s\n", l.now().Format("2006-01-02 15:04"), text)
		}
		if l.syslog != nil {
			_ = l.syslog.Notice(text)
		}
	}
	if l.file != nil {
		l.file.Close()
	}
	if l.syslog != nil {
		l.syslog.Close()
	}
}

// clean keeps a name or a command from making lines of its own.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, text)
}
