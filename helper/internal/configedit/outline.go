package configedit

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// span is whole lines: from the first byte of the first to behind the line break of the last.
type span struct{ start, end int }

func (s span) none() bool { return s.end == 0 }

// table is a header and the values below it, up to the last of them. Comments behind that are not part of it.
type table struct {
	span
	indent string // of the header
}

type keyTable struct {
	table
	user string
}

type doorTable struct {
	table
	header span
	name   string
	keys   []keyTable
	nobody span // key = []
}

func (d doorTable) of(user string) (keyTable, bool) {
	i := slices.IndexFunc(d.keys, func(k keyTable) bool { return k.user == user })
	if i < 0 {
		return keyTable{}, false
	}
	return d.keys[i], true
}

// find gives where a door and its keys stand.
func find(data []byte, door string) (doorTable, error) {
	doors, err := outline(data)
	if err != nil {
		return doorTable{}, err
	}
	i := slices.IndexFunc(doors, func(d doorTable) bool { return d.name == door })
	if i < 0 {
		return doorTable{}, fmt.Errorf("no [[door]] table has the name %q", door)
	}
	return doors[i], nil
}

// outline reads the tables of all doors in their order.
func outline(data []byte) ([]doorTable, error) {
	var doors []doorTable
	var key *keyTable // that the values belong to
	var door *doorTable
	parser := unstable.Parser{}
	parser.Reset(data)
	for parser.NextExpression() {
		e := parser.Expression()
		path, at := pathOf(e)
		lines := linesOf(data, at, at)
		switch {
		case e.Kind == unstable.KeyValue:
			lines = linesOf(data, int(e.Raw.Offset), int(e.Raw.Offset+e.Raw.Length))
			key.note(path, e, lines)
			door.note(path, e, lines)
		case slices.Equal(path, []string{"door"}):
			doors = append(doors, doorTable{table: header(data, lines), header: lines})
			key, door = nil, &doors[len(doors)-1]
		case slices.Equal(path, []string{"door", "key"}) && len(doors) > 0:
			owner := &doors[len(doors)-1]
			owner.keys = append(owner.keys, keyTable{table: header(data, lines)})
			key, door = &owner.keys[len(owner.keys)-1], nil
		default:
			key, door = nil, nil
		}
	}
	return doors, parser.Error()
}

func (k *keyTable) note(path []string, e *unstable.Node, lines span) {
	if k == nil {
		return
	}
	k.end = lines.end
	if len(path) == 1 && path[0] == "user" {
		k.user = string(e.Value().Data)
	}
}

func (d *doorTable) note(path []string, e *unstable.Node, lines span) {
	if d == nil {
		return
	}
	d.end = lines.end
	switch {
	case len(path) != 1:
	case path[0] == "name":
		d.name = string(e.Value().Data)
	case path[0] == "key":
		d.nobody = lines
	}
}

// pathOf gives the parts of an expression's key and where it begins.
func pathOf(e *unstable.Node) (path []string, at int) {
	for it := e.Key(); it.Next(); {
		if path == nil {
			at = int(it.Node().Raw.Offset)
		}
		path = append(path, string(it.Node().Data))
	}
	return path, at
}

func header(data []byte, lines span) table {
	line := data[lines.start:lines.end]
	return table{lines, string(line[:bytes.IndexByte(line, '[')])}
}

// linesOf widens two positions to whole lines.
func linesOf(data []byte, from, to int) span {
	s := span{bytes.LastIndexByte(data[:from], '\n') + 1, len(data)}
	if n := bytes.IndexByte(data[to:], '\n'); n >= 0 {
		s.end = to + n + 1
	}
	return s
}
