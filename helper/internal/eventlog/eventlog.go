// Package eventlog tells events: as lines of logfmt, as lines of JSON, or as journald entries with fields.
// Callers pass names, addresses and words; never a secret, a step or a sequence. Values cannot break a line
// or forge a field.
package eventlog

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Level follows syslog's words.
type Level string

const (
	Info    Level = "info"
	Notice  Level = "notice"
	Warning Level = "warning"
	Error   Level = "error"
)

// Field is one key=value of an event.
type Field struct {
	Key   string
	Value any
}

// F makes a field.
func F(key string, value any) Field { return Field{key, value} }

// Log takes events.
type Log interface {
	Event(level Level, event string, fields ...Field)
}

// Writer is a Log that writes lines; now may be nil where the reader adds the time itself.
type Writer struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

// NewWriter makes a Log of lines.
func NewWriter(out io.Writer, now func() time.Time) *Writer { return &Writer{out: out, now: now} }

// Event writes one line.
func (w *Writer) Event(level Level, event string, fields ...Field) {
	var b strings.Builder
	if w.now != nil {
		b.WriteString("time=" + w.now().UTC().Format("2006-01-02T15:04:05.000Z") + " ")
	}
	b.WriteString("level=" + string(level) + " event=" + event)
	for _, f := range fields {
		b.WriteString(" " + f.Key + "=" + quote(fmt.Sprint(f.Value)))
	}
	b.WriteByte('\n')
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = io.WriteString(w.out, b.String())
}

func quote(text string) string {
	plain := text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r == '"' || r == '=' || r == '\\' || r >= 0x7f
	})
	if plain {
		return text
	}
	return strconv.QuoteToASCII(text)
}
