package client

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds a line in both directions, its end included.
const maxLine = 65536

var errLineTooLong = fmt.Errorf("a line is longer than %d bytes", maxLine)

type lineReader struct{ buffer *bufio.Reader }

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{bufio.NewReaderSize(r, maxLine)}
}

// readJSON reads one line, which must be a JSON object.
func (l *lineReader) readJSON(into any) error {
	line, err := l.buffer.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return errLineTooLong
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

func writeLine(w io.Writer, message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(line)+1 > maxLine {
		return errLineTooLong
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
