package eventlog

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// JSONWriter is a Log that writes one JSON object a line, for a SIEM. time, level and event come first; the other
// keys are the fields'. Numbers stay numbers, all else is text.
type JSONWriter struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

// NewJSON makes a Log of JSON lines.
func NewJSON(out io.Writer, now func() time.Time) *JSONWriter { return &JSONWriter{out: out, now: now} }

// Event writes one line.
func (w *JSONWriter) Event(level Level, event string, fields ...Field) {
	var b strings.Builder
	b.WriteString(`{"time":` + jsonText(w.now().UTC().Format(time.RFC3339Nano)))
	b.WriteString(`,"level":` + jsonText(string(level)) + `,"event":` + jsonText(event))
	for _, f := range fields {
		b.WriteString("," + jsonText(f.Key) + ":")
		switch v := f.Value.(type) {
		case int, int64, uint64:
			fmt.Fprint(&b, v)
		default:
			b.WriteString(jsonText(fmt.Sprint(v)))
		}
	}
	b.WriteString("}\n")
	w.mu.Lock()
	defer w.mu.Unlock()
	_, _ = io.WriteString(w.out, b.String())
}

func jsonText(text string) string {
	data, err := json.Marshal(text)
	if err != nil { // cannot be for text
		return `""`
	}
	return string(data)
}
