package daemonconfig

import (
	"fmt"
	"path/filepath"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/step"
)

const (
	maxListFile  = 2 << 20
	maxListLines = 4096
)

// OneTime is a key of method "one-time": sequences that work once each, in their order.
type OneTime struct {
	// File is where the sequences come from; it is never written to.
	File      string
	Sequences [][]step.Step
	Window    time.Duration
	Flags     matcher.TCPFlags
}

func (l *loader) oneTime(r *reader) *OneTime {
	key := &OneTime{Window: r.duration("window", 15*time.Second, minWindow, maxWindow), Flags: tcpFlags(r)}
	key.File = r.text("sequences_file", "", `the name of a file with one sequence a line, such as "pads.txt"`)
	if key.File == "" {
		if !r.has("sequences_file") {
			r.fail("method", "sequences_file is missing; expected the name of a file with one sequence a line")
		}
		return key
	}
	text, err := l.readPrivateFile(key.File, maxListFile)
	if err != nil {
		r.fail("sequences_file", "sequences_file: %v", err)
		return key
	}
	path := key.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(l.file), path)
	}
	lines, faults := onetime.Parse([]byte(text), func(text string) ([]step.Step, error) {
		steps, err := step.Parse(text)
		if err == nil {
			err = usable(steps)
		}
		return steps, err
	})
	for _, fault := range faults {
		l.problems = append(l.problems, Problem{path, fault.Number, fmt.Sprintf("%s: %v", r.where, fault.Err)})
	}
	if len(lines) == 0 && len(faults) == 0 {
		r.fail("sequences_file", "sequences_file: there is no sequence in %s; expected one a line", path)
	}
	if len(lines) > maxListLines {
		r.fail("sequences_file", "sequences_file: %d sequences in %s; %d is the most", len(lines), path, maxListLines)
		return key
	}
	l.lists++
	first := map[string]int{}
	for _, line := range lines {
		same := step.Format(line.Steps)
		if before, twice := first[same]; twice {
			l.problems = append(l.problems, Problem{path, line.Number, fmt.Sprintf(
				"%s: this sequence is on line %d too; expected each only once, because a used one never works again", r.where, before)})
			continue
		}
		first[same] = line.Number
		key.Sequences = append(key.Sequences, line.Steps)
		l.statics = append(l.statics, staticUse{line.Steps, fmt.Sprintf("%s, %s line %d", r.where, key.File, line.Number), r.lineOf("sequences_file"), l.lists})
	}
	return key
}
