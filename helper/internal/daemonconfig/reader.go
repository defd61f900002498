package daemonconfig

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader takes values out of one table and collects what is wrong; keys that nobody took are unknown.
type reader struct {
	*table
	load  *loader
	where string // such as: door "ssh", key of "alice"
	known []string
	bad   map[string]bool // keys that fail was called for
}

func (l *loader) reader(t *table, where string) *reader {
	return &reader{table: t, load: l, where: where, bad: map[string]bool{}}
}

func (r *reader) lineOf(key string) int {
	if line, ok := r.lines[key]; ok {
		return line
	}
	return r.line
}

func (r *reader) fail(key, format string, args ...any) {
	r.bad[key] = true
	r.load.problem(r.lineOf(key), r.prefix()+fmt.Sprintf(format, args...))
}

func (r *reader) warn(key, format string, args ...any) {
	r.load.warn(r.lineOf(key), r.prefix()+fmt.Sprintf(format, args...))
}

func (r *reader) prefix() string {
	if r.where == "" {
		return ""
	}
	return r.where + ": "
}

func (r *reader) has(key string) bool {
	_, ok := r.values[key]
	return ok
}

// take gives the raw value of a key and notes that the key is known.
func (r *reader) take(key string) (any, bool) {
	r.known = append(r.known, key)
	v, ok := r.values[key]
	return v, ok
}

func (r *reader) text(key, fallback, expected string) string {
	v, ok := r.take(key)
	if !ok {
		return fallback
	}
	text, isText := v.(string)
	if !isText || strings.TrimSpace(text) == "" {
		r.fail(key, "%s: expected %s", key, expected)
		return fallback
	}
	return text
}

// oneOf reads a word from a list.
func (r *reader) oneOf(key, fallback string, words ...string) string {
	expected := oneOf(words)
	word := r.text(key, fallback, expected)
	if word != fallback && !slices.Contains(words, word) {
		r.fail(key, "%s = %q: expected %s", key, word, expected)
		return fallback
	}
	return word
}

func (r *reader) integer(key string, fallback, low, high int64) int64 {
	v, ok := r.take(key)
	if !ok {
		return fallback
	}
	n, isInt := v.(int64)
	if !isInt || n < low || n > high {
		r.fail(key, "%s = %s: expected a whole number from %d to %d", key, quoted(v), low, high)
		return fallback
	}
	return n
}

func (r *reader) boolean(key string, fallback bool) bool {
	v, ok := r.take(key)
	if !ok {
		return fallback
	}
	b, isBool := v.(bool)
	if !isBool {
		r.fail(key, "%s = %s: expected true or false", key, quoted(v))
		return fallback
	}
	return b
}

// duration reads text such as "30s": whole seconds between two bounds.
func (r *reader) duration(key string, fallback, low, high time.Duration) time.Duration {
	v, ok := r.take(key)
	if !ok {
		return fallback
	}
	text, isText := v.(string)
	d, err := time.ParseDuration(text)
	if !isText || err != nil || d%time.Second != 0 || d < low || d > high {
		r.fail(key, "%s = %s: expected a duration in whole seconds from %q to %q, such as \"30s\" or \"10m\"",
			key, quoted(v), short(low), short(high))
		return fallback
	}
	return d
}

func (r *reader) list(key, expected string) []string {
	v, ok := r.take(key)
	if !ok {
		return nil
	}
	items, isList := v.([]any)
	if !isList {
		r.fail(key, "%s: expected a list of %s", key, expected)
		return nil
	}
	var texts []string
	for _, item := range items {
		text, isText := item.(string)
		if !isText {
			r.fail(key, "%s: %s is not text; expected a list of %s", key, quoted(item), expected)
			return nil
		}
		texts = append(texts, text)
	}
	return texts
}

// below gives the tables of a name; a value in their place is an error.
func (r *reader) below(name, expected string) []*table {
	r.known = append(r.known, name)
	if r.has(name) {
		r.fail(name, "%s: expected %s", name, expected)
	}
	return r.tables[name]
}

// finish reports the keys and tables that nobody asked for.
func (r *reader) finish() {
	report := func(key string, line int) {
		if !slices.Contains(r.known, key) {
			r.load.problem(line, fmt.Sprintf("%sunknown key %q; expected one of %s", r.prefix(), key, strings.Join(r.known, ", ")))
		}
	}
	for key := range r.values {
		report(key, r.lineOf(key))
	}
	for name, tables := range r.tables {
		report(name, tables[0].line)
	}
}

// name reads the name of a door or a user, which must be there.
func (r *reader) name(key, example string) string {
	expected := fmt.Sprintf("a name, such as %q", example)
	name := r.text(key, "", expected)
	switch {
	case !r.has(key):
		r.fail(key, "%s is missing; expected %s", key, expected)
	case !r.bad[key] && !isName(name):
		r.fail(key, "%s = %q: %s", key, name, nameExpected)
	}
	return name
}

// anyOf is the first of keys that is given, or the table itself.
func (r *reader) anyOf(keys ...string) string {
	if i := slices.IndexFunc(keys, r.has); i >= 0 {
		return keys[i]
	}
	return ""
}

// oneOf writes "a", "b" or "c".
func oneOf(words []string) string {
	quotes := make([]string, len(words))
	for i, word := range words {
		quotes[i] = strconv.Quote(word)
	}
	last := len(quotes) - 1
	return strings.Join(quotes[:last], ", ") + " or " + quotes[last]
}

// quoted writes a value so that its type can be seen, about as the file has it.
func quoted(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	}
	return fmt.Sprint(v)
}

// short writes 5m0s as 5m.
func short(d time.Duration) string {
	text := d.String()
	text, _ = strings.CutSuffix(text, "m0s")
	if len(text) < len(d.String()) {
		text += "m"
	}
	if cut, ok := strings.CutSuffix(text, "h0m"); ok {
		text = cut + "h"
	}
	return text
}
