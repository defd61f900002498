// Package onetime handles lists of sequences of which each works once: one sequence a line, blank lines and lines
// that begin with # left out, the first line that is left is the one in force. knockd marks a used line in the file
// itself (Pad); sallyportd's own config leaves the file alone and remembers in its state directory (Record).
// A sequence is noted as used, safe on the disk, before anything opens for it; if that fails, nothing opens.
package onetime

import (
	"bytes"
	"strings"

	"sallyport/helper/internal/step"
)

// Line is one sequence of a list.
type Line struct {
	// Number counts from 1; Offset is where the line begins in the file.
	Number int
	Offset int64
	Steps  []step.Step
}

// Fault is a line that is no sequence.
type Fault struct {
	Number int
	Err    error
}

// Parse reads a list. parse reads one sequence; lines that it refuses are given as faults.
func Parse(data []byte, parse func(string) ([]step.Step, error)) (lines []Line, faults []Fault) {
	number, offset := 0, int64(0)
	for raw := range bytes.Lines(data) {
		number++
		text := strings.TrimSpace(string(raw))
		if text != "" && !strings.HasPrefix(text, "#") {
			steps, err := parse(text)
			if err != nil {
				faults = append(faults, Fault{number, err})
			} else {
				lines = append(lines, Line{number, offset, steps})
			}
		}
		offset += int64(len(raw))
	}
	return lines, faults
}
