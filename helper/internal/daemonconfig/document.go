package daemonconfig

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Problem is one thing that is wrong, where it stands.
type Problem struct {
	File    string
	Line    int
	Message string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message) }

// Problems is the error that Load gives: everything that is wrong with a file.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// table is one TOML table with the lines that its keys stand on.
type table struct {
	line   int
	values map[string]any
	lines  map[string]int
	tables map[string][]*table // [[name]] and [name] below this one
}

func newTable(line int) *table {
	return &table{line: line, values: map[string]any{}, lines: map[string]int{}, tables: map[string][]*table{}}
}

// parse reads a document twice: once for the values, where the library refuses what is not TOML, and once for
// the lines, which the library does not keep.
func parse(file string, data []byte) (*table, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // some editors put this mark before the text
	var values map[string]any
	if err := toml.Unmarshal(data, &values); err != nil {
		var decode *toml.DecodeError
		if errors.As(err, &decode) {
			line, _ := decode.Position()
			return nil, Problems{{file, line, "this is not TOML: " + strings.TrimPrefix(decode.Error(), "toml: ")}}
		}
		return nil, Problems{{file, 1, "this is not TOML: " + err.Error()}}
	}
	root := newTable(1)
	current := root
	parser := unstable.Parser{}
	parser.Reset(data)
	for parser.NextExpression() {
		e := parser.Expression()
		path, line := keyPath(data, e)
		switch e.Kind {
		case unstable.ArrayTable:
			parent := root.descend(path[:len(path)-1], line)
			current = newTable(line)
			name := path[len(path)-1]
			parent.tables[name] = append(parent.tables[name], current)
		case unstable.Table:
			current = root.descend(path, line)
			current.line = line
		case unstable.KeyValue:
			target := current.descend(path[:len(path)-1], line)
			target.lines[path[len(path)-1]] = line
		}
	}
	root.fill(values)
	return root, nil
}

// descend walks to the newest table of a path, making what is missing.
func (t *table) descend(path []string, line int) *table {
	for _, name := range path {
		if len(t.tables[name]) == 0 {
			t.tables[name] = []*table{newTable(line)}
		}
		t = t.tables[name][len(t.tables[name])-1]
	}
	return t
}

// fill spreads the decoded values over the tables that have their lines. Inline tables stay values: nothing in
// the file is written so, and the reader of a key says what it wanted instead.
func (t *table) fill(values map[string]any) {
	for name, value := range values {
		below := t.tables[name]
		switch v := value.(type) {
		case map[string]any:
			if len(below) == 1 {
				below[0].fill(v)
				continue
			}
		case []any:
			if len(below) == len(v) && len(below) > 0 {
				for i, one := range v {
					if m, ok := one.(map[string]any); ok {
						below[i].fill(m)
					}
				}
				continue
			}
		}
		t.values[name] = value
	}
}

// keyPath gives the parts of an expression's key and the line that it stands on.
func keyPath(data []byte, e *unstable.Node) ([]string, int) {
	var path []string
	line := 1
	for it := e.Key(); it.Next(); {
		node := it.Node()
		if path == nil {
			line = 1 + bytes.Count(data[:node.Raw.Offset], []byte("\n"))
		}
		path = append(path, string(node.Data))
	}
	return path, line
}
