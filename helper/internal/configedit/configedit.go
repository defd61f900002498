// Package configedit puts a person's key into the text of sallyportd.toml and takes it out again, as a careful person
// would with an editor: every other byte stays, comments and line ends included. It is pure, and it does not trust
// itself: what comes out is parsed and must be what went in and exactly that key, or there is an error and no text.
package configedit

import (
	"errors"
	"fmt"
	"strings"

	"sallyport/helper/internal/rks1"
)

// Key is a key of method "rotating" as it stands in a door. User and File must be names that the config allows; they
// need no escape in TOML.
type Key struct {
	User string
	// File holds the secret, relative to the config's directory.
	File   string
	Params rks1.Params
	Skew   int
}

// ByHandError means that the text could not be changed safely.
type ByHandError struct {
	// Advice is what a person can do instead.
	Advice string
	Cause  error
}

func (e *ByHandError) Error() string {
	return fmt.Sprintf("the config is written in a way that cannot be changed safely by a program (%v); %s", e.Cause, e.Advice)
}

func (e *ByHandError) Unwrap() error { return e.Cause }

// nobody stands in a door whose last key was taken out; Add takes it away again.
const nobody = "key = []  # nobody can open this door, until: sallyportd user add"

// Add puts a key behind those that a door has. The text must be a config that daemonconfig takes, with this door in it.
func Add(data []byte, door string, key Key) ([]byte, error) {
	by := func(cause error) error {
		return &ByHandError{fmt.Sprintf("put the secret into a file %s beside it (mode 0640) and add this block yourself, below the keys of door %q, then: sallyportd reload\n%s",
			key.File, door, strings.TrimSuffix(key.block("  ", "\n"), "\n")), cause}
	}
	d, err := find(data, door)
	if err != nil {
		return nil, by(err)
	}
	at, indent := d.end, "  "
	if n := len(d.keys); n > 0 {
		at, indent = d.keys[n-1].end, d.keys[n-1].indent
	}
	at = notes(data, at)
	eol := lineEnd(data)
	text := eol + key.block(indent, eol)
	if at > 0 && data[at-1] != '\n' {
		text = eol + strings.TrimSuffix(text, eol)
	}
	after := join(data[:at], text, data[at:])
	if !d.nobody.none() {
		after = cut(after, d.nobody)
	}
	err = prove(data, after, door, func(keys []any) []any { return append(keys, key.values()) })
	if err != nil {
		return nil, by(err)
	}
	return after, nil
}

// Removed is what was taken out.
type Removed struct {
	Text []byte
	// Files are the files of secrets that the key named, as they stood in the config.
	Files []string
	// Last tells that the door has no key any more.
	Last bool
}

// Remove takes a user's key out of a door. A door that loses its last one says so in the text.
func Remove(data []byte, door, user string) (Removed, error) {
	by := func(cause error) error {
		return &ByHandError{fmt.Sprintf("take the key of %q out of door %q yourself, then: sallyportd reload", user, door), cause}
	}
	d, err := find(data, door)
	if err != nil {
		return Removed{}, by(err)
	}
	k, found := d.of(user)
	if !found {
		return Removed{}, by(fmt.Errorf("its key of %q is no [[door.key]] table", user))
	}
	last := len(d.keys) == 1
	after := cut(data, withBlankBefore(data, k.span))
	if last {
		at, eol := d.header.end, lineEnd(data)
		if at > len(after) {
			return Removed{}, by(errors.New("nothing stands between its door and its key"))
		}
		after = join(after[:at], d.indent+nobody+eol, after[at:])
	}
	var gone map[string]any
	err = prove(data, after, door, func(keys []any) []any {
		kept := []any{}
		for _, one := range keys {
			if values, ok := one.(map[string]any); ok && values["user"] == user {
				gone = values
			} else {
				kept = append(kept, one)
			}
		}
		return kept
	})
	if err != nil {
		return Removed{}, by(err)
	}
	return Removed{Text: after, Files: filesOf(gone), Last: last}, nil
}

func (k Key) block(indent, eol string) string {
	protocols := make([]string, len(k.Params.Protocols))
	for i, p := range k.Params.Protocols {
		protocols[i] = fmt.Sprintf("%q", p.String())
	}
	lines := []string{
		"[[door.key]]",
		fmt.Sprintf("user = %q", k.User),
		`method = "rotating"`,
		fmt.Sprintf("secret_file = %q", k.File),
		fmt.Sprintf("period = %q", k.period()),
		fmt.Sprintf("steps = %d", k.Params.Steps),
		"protocols = [" + strings.Join(protocols, ", ") + "]",
		fmt.Sprintf("range = %q", k.ports()),
		fmt.Sprintf("skew = %d", k.Skew),
	}
	return indent + strings.Join(lines, eol+indent) + eol
}

// values is the block as a parser gives it.
func (k Key) values() map[string]any {
	var protocols []any
	for _, p := range k.Params.Protocols {
		protocols = append(protocols, p.String())
	}
	return map[string]any{
		"user": k.User, "method": "rotating", "secret_file": k.File, "period": k.period(), "steps": int64(k.Params.Steps),
		"protocols": protocols, "range": k.ports(), "skew": int64(k.Skew),
	}
}

func (k Key) period() string { return fmt.Sprintf("%ds", k.Params.Period) }
func (k Key) ports() string  { return fmt.Sprintf("%d-%d", k.Params.Low, k.Params.High) }
