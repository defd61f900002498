package sshconfig

import (
	"bytes"
	"fmt"
	"strings"
)

// record is what Remove has to know of what Install found; it is kept in the head of our own file.
type record struct {
	addedLine, madeConfig, madeFolder, madeBackup bool
}

const (
	title = `# Written by "sallyport ssh-config install", which replaces this file; "sallyport ssh-config remove" deletes it.` + "\n"
	lore  = "# Options of your own go into a Host block in ~/.ssh/config. A ProxyJump or ProxyCommand there has no effect on these\n" +
		"# hosts: the first value that ssh reads wins, and this file is read first.\n"
	recordWord = "# For remove:"
)

// head gives the first lines of our file.
func (r record) head() string {
	words := []string{recordWord}
	for _, part := range r.parts() {
		if *part.held {
			words = append(words, part.word)
		}
	}
	if len(words) == 1 {
		words = append(words, "nothing-else")
	}
	return title + lore + strings.Join(words, " ") + "\n"
}

type recordPart struct {
	word string
	held *bool
}

func (r *record) parts() []recordPart {
	return []recordPart{
		{"line-added", &r.addedLine}, {"config-made", &r.madeConfig},
		{"folder-made", &r.madeFolder}, {"backup-made", &r.madeBackup},
	}
}

// parseRecord reads head back. Words that it does not know are another version's and stand for nothing here.
func parseRecord(text []byte) (record, error) {
	var r record
	if !bytes.HasPrefix(text, []byte(title)) {
		return r, fmt.Errorf("was not written by sallyport: its first line is another")
	}
	for _, line := range strings.Split(string(text), "\n") {
		words, found := strings.CutPrefix(strings.TrimRight(line, "\r"), recordWord)
		if !found {
			continue
		}
		for _, word := range strings.Fields(words) {
			for _, part := range r.parts() {
				*part.held = *part.held || part.word == word
			}
		}
		return r, nil
	}
	return r, fmt.Errorf("lacks the line that begins with %q, so what was there before it is not known", recordWord)
}
