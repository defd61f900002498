package client

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxRequest bounds what we ask, its end included. What comes back may be longer, since a list grows with its profiles, but
// is bounded too.
const (
	maxRequest = 65536
	maxAnswer  = 4 << 20
)

var errLineTooLong = errors.New("a line is too long")

type lineReader struct{ buffer *bufio.Reader }

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{bufio.NewReaderSize(r, maxRequest)}
}

// readJSON reads one line, which must be a JSON object.
func (l *lineReader) readJSON(into any) error {
	line, err := l.line()
	switch {
	case errors.Is(err, io.EOF) && len(line) > 0:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	}
	if trimmed := bytes.TrimSpace(line); len(trimmed) == 0 || trimmed[0] != '{' {
		return errors.New("a line is not a JSON object")
	}
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("a line is not what it should be: %w", err)
	}
	return nil
}

func (l *lineReader) line() ([]byte, error) {
	var whole []byte
	for {
		part, err := l.buffer.ReadSlice('\n')
		if len(whole)+len(part) > maxAnswer {
			return nil, errLineTooLong
		}
		whole = append(whole, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return whole, err
		}
	}
}

func writeLine(w io.Writer, message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(line)+1 > maxRequest {
		return errLineTooLong
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
