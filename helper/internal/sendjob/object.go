package sendjob

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// object is one JSON object with its members still unread. encoding/json would match names in any case and let the last
// of two equal names win; a job that says something twice is refused instead.
type object struct {
	where   string
	members map[string]json.RawMessage
}

func readObject(where string, raw []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	open, err := dec.Token()
	if err != nil {
		return object{}, fmt.Errorf("%sexpected a JSON object: %s", prefix(where), jsonReason(err))
	}
	if open != json.Delim('{') {
		return object{}, fmt.Errorf("%sexpected an object, got %s", prefix(where), quote(raw))
	}
	o := object{where: where, members: map[string]json.RawMessage{}}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return object{}, fmt.Errorf("%sexpected a field name: %s", prefix(where), jsonReason(err))
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return object{}, fmt.Errorf("%s: expected a JSON value: %s", o.path(name), jsonReason(err))
		}
		if _, twice := o.members[name]; twice {
			return object{}, fmt.Errorf("%s: given twice", o.path(name))
		}
		o.members[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return object{}, fmt.Errorf("%sthe object does not end: %s", prefix(where), jsonReason(err))
	}
	if rest := bytes.TrimSpace(raw[dec.InputOffset():]); len(rest) > 0 {
		return object{}, fmt.Errorf("%sexpected nothing after the object, got %s", prefix(where), quote(rest))
	}
	return o, nil
}

// only refuses members that are not named.
func (o object) only(names ...string) error {
	known := map[string]bool{}
	for _, name := range names {
		known[name] = true
	}
	for name := range o.members {
		if !known[name] {
			return fmt.Errorf("%s: unknown field; expected only %s", o.path(name), strings.Join(names, ", "))
		}
	}
	return nil
}

func (o object) has(name string) bool {
	_, ok := o.members[name]
	return ok
}

func (o object) path(name string) string {
	if len(name) > 40 {
		name = name[:40] + "…"
	}
	if name == "" || strconv.Quote(name) != `"`+name+`"` {
		name = strconv.QuoteToASCII(name)
	}
	if o.where == "" {
		return name
	}
	return o.where + "." + name
}

func (o object) integer(name string, low, high int) (int, error) {
	expected := fmt.Sprintf("expected a whole number %d to %d", low, high)
	raw, ok := o.members[name]
	if !ok {
		return 0, fmt.Errorf("%s: missing; %s", o.path(name), expected)
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s: %s, got %s", o.path(name), expected, quote(raw))
	}
	return n, nil
}

func (o object) text(name, expected string) (string, error) {
	raw, ok := o.members[name]
	if !ok {
		return "", fmt.Errorf("%s: missing; expected %s", o.path(name), expected)
	}
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", fmt.Errorf("%s: expected %s, got %s", o.path(name), expected, quote(raw))
	}
	return *s, nil
}

func (o object) list(name, expected string) ([]json.RawMessage, error) {
	raw, ok := o.members[name]
	if !ok {
		return nil, fmt.Errorf("%s: missing; expected %s", o.path(name), expected)
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		return nil, fmt.Errorf("%s: expected %s, got %s", o.path(name), expected, quote(raw))
	}
	return items, nil
}

func prefix(where string) string {
	if where == "" {
		return ""
	}
	return where + ": "
}

// quote shows a little of what was given, in printable ASCII.
func quote(raw []byte) string {
	const limit = 40
	if len(raw) > limit {
		return strconv.QuoteToASCII(string(raw[:limit])) + "…"
	}
	return strconv.QuoteToASCII(string(raw))
}

func jsonReason(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "the text ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
