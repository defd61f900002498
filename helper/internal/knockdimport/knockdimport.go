// Package knockdimport turns a knockd configuration into one of sallyportd. It is pure and never guesses in silence:
// every line of the old file gets a note that says what became of it, and a door whose commands are not understood
// comes out as a comment. What comes out is a config that `check` takes, as far as this host's files allow.
package knockdimport

import (
	"fmt"
	"slices"
	"strings"

	"sallyport/helper/internal/knockdconf"
)

// Note says what became of a line of the old file.
type Note struct {
	Line int
	Text string
}

// Result is the new config and how it came about.
type Result struct {
	TOML  string
	Notes []Note
}

type importer struct {
	file    string
	config  *knockdconf.Config
	out     strings.Builder
	notes   []Note
	names   map[string]int
	used    []usedSequence
	emitted int
}

// Import translates a checked config that was read from file.
func Import(file string, config *knockdconf.Config) Result {
	i := &importer{file: file, config: config, names: map[string]int{}}
	i.options()
	i.doors()
	i.rest()
	if i.emitted == 0 {
		i.note(1, "no door could be taken over, so the new config is not complete: sallyportd needs at least one")
	}
	i.note(1, "the sequences in the new file are secrets: chown root:sallyport, chmod 0640. They can be sniffed and replayed; give users rotating keys when you can")
	slices.SortStableFunc(i.notes, func(a, b Note) int { return a.Line - b.Line })
	return Result{i.out.String(), i.notes}
}

func (i *importer) note(line int, format string, args ...any) {
	i.notes = append(i.notes, Note{line, fmt.Sprintf(format, args...)})
}

func (i *importer) options() {
	c := i.config
	fmt.Fprintf(&i.out, "# Made from %s by sallyportd import-knockd. Read it, then run: sallyportd check\n", comment(i.file))
	switch line := c.Lines["interface"]; {
	case c.Interface != "" && c.Interface != "any":
		fmt.Fprintf(&i.out, "interfaces = [%s]\n", quote(c.Interface))
		i.note(line, "Interface → interfaces; it limits what is heard and what is gated, and may come and go")
	case line != 0:
		i.note(line, "Interface = any → all interfaces, which is what sallyportd does by itself")
	default:
		i.note(1, "no Interface → all interfaces (knockd listens on eth0 or on that of its command line)")
	}
	for _, key := range []string{"usesyslog", "logfile"} {
		if line := c.Lines[key]; line != 0 {
			i.note(line, "%s: left out; sallyportd logs to the journal, see journalctl -u sallyportd", key)
		}
	}
	if line := c.Lines["pidfile"]; line != 0 {
		i.note(line, "pidfile: left out; systemd knows the process")
	}
}

// rest gives the lines that nothing has been said about yet to their sections.
func (i *importer) rest() {
	noted := map[int]bool{}
	for _, note := range i.notes {
		noted[note.Line] = true
	}
	for _, door := range i.config.Doors {
		for directive, line := range door.Lines {
			if !noted[line] {
				i.note(line, "%s: goes the way of [%s], see line %d", directive, door.Name, door.Line)
			}
		}
	}
}

// comment keeps text on one line.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, "?") {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
