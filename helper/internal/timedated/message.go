package timedated

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// As much of D-Bus's messages as one method call and its answer need (D-Bus specification, "Message Protocol").
const (
	methodCall, methodReturn, failure             = 1, 2, 3
	fieldPath, fieldInterface, fieldMember        = 1, 2, 3
	fieldError, fieldReplyTo, fieldTo, fieldTypes = 4, 5, 6, 8
	fixedHeader                                   = 16
	maxMessage                                    = 64 << 10
)

var errMessage = errors.New("the bus sent something that is no message")

// call is a method call whose arguments are strings.
type call struct {
	serial                          uint32
	destination, path, face, member string
	arguments                       []string
}

func (c call) encode() []byte {
	var body writer
	for _, argument := range c.arguments {
		body.text(argument)
	}
	var fields writer
	fields.field(fieldPath, 'o', c.path)
	fields.field(fieldTo, 's', c.destination)
	fields.field(fieldInterface, 's', c.face)
	fields.field(fieldMember, 's', c.member)
	if len(c.arguments) > 0 {
		fields.types(strings.Repeat("s", len(c.arguments)))
	}
	return frame(methodCall, c.serial, fields, body)
}

// frame puts the fixed header before the fields, and the body behind them.
func frame(kind byte, serial uint32, fields, body writer) []byte {
	m := writer{'l', kind, 0, 1}
	m.number(uint32(len(body)))
	m.number(serial)
	m.number(uint32(len(fields)))
	m = append(m, fields...)
	m.align(8)
	return append(m, body...)
}

// writer marshals; everything is aligned to its own size from the beginning.
type writer []byte

func (w *writer) align(to int) {
	for len(*w)%to != 0 {
		*w = append(*w, 0)
	}
}

func (w *writer) number(n uint32) {
	w.align(4)
	*w = binary.LittleEndian.AppendUint32(*w, n)
}

func (w *writer) text(s string) {
	w.number(uint32(len(s)))
	*w = append(append(*w, s...), 0)
}

func (w *writer) signature(s string) {
	*w = append(append(append(*w, byte(len(s))), s...), 0)
}

// field is a structure of a code and a variant; the fields begin at a multiple of 8.
func (w *writer) field(code, kind byte, value string) {
	w.align(8)
	*w = append(*w, code, 1, kind, 0)
	w.text(value)
}

// types is the field with the signature of the body.
func (w *writer) types(signature string) {
	w.align(8)
	*w = append(*w, fieldTypes, 1, 'g', 0)
	w.signature(signature)
}

// message is what came.
type message struct {
	replyTo uint32 // serial of the call that it answers, 0 for none
	failed  string // name of the error that it tells of
	order   binary.ByteOrder
	body    []byte
}

// readMessage reads one whole message, of either byte order.
func readMessage(from io.Reader) (message, error) {
	var head [fixedHeader]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return message{}, err
	}
	m := message{order: binary.LittleEndian}
	if head[0] == 'B' {
		m.order = binary.BigEndian
	} else if head[0] != 'l' {
		return message{}, errMessage
	}
	fields, body := m.order.Uint32(head[12:]), m.order.Uint32(head[4:])
	if fields > maxMessage || body > maxMessage {
		return message{}, errMessage
	}
	padded := (fields + 7) &^ 7
	rest := make([]byte, padded+body)
	if _, err := io.ReadFull(from, rest); err != nil {
		return message{}, err
	}
	m.body = rest[padded:]
	kind := head[1]
	err := m.readFields(&reader{data: rest[:fields], order: m.order}, kind)
	return m, err
}

func (m *message) readFields(r *reader, kind byte) error {
	for r.align(8); len(r.data) > r.at; r.align(8) {
		code, signature := r.byte(), r.signature()
		var text string
		var number uint32
		switch signature {
		case "s", "o":
			text = r.text()
		case "g":
			text = r.signature()
		case "u":
			number = r.number()
		default:
			return errMessage
		}
		if r.bad {
			return errMessage
		}
		switch {
		case code == fieldReplyTo && (kind == methodReturn || kind == failure):
			m.replyTo = number
		case code == fieldError && kind == failure:
			m.failed = text
		}
	}
	if kind == failure && m.failed == "" {
		return errMessage
	}
	return nil
}

// truth reads a body that is a variant with a boolean.
func (m *message) truth() (bool, error) {
	if m.failed != "" {
		return false, fmt.Errorf("the bus answered %.80q", m.failed)
	}
	r := reader{data: m.body, order: m.order}
	signature := r.signature()
	value := r.number()
	if r.bad || signature != "b" || value > 1 {
		return false, errMessage
	}
	return value == 1, nil
}
