package client

import (
	"errors"
	"io"
)

// readSmall reads a file that never has more than a few hundred bytes.
func readSmall(r io.Reader) ([]byte, error) {
	const limit = 4096
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && len(text) > limit {
		err = errors.New("is longer than 4096 bytes")
	}
	return text, err
}
