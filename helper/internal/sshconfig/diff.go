package sshconfig

import (
	"fmt"
	"strings"
)

const contextLines = 3

// diff shows what changes from before to after in the unified form, as one hunk. Nil stands for no file.
func diff(path string, before, after []byte) string {
	was, is := lines(before), lines(after)
	head := 0
	for head < len(was) && head < len(is) && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < len(was)-head && tail < len(is)-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", nameOr(path, before), nameOr(path, after))
	if head == len(was) && head == len(is) {
		return b.String()
	}
	from, rest := max(0, head-contextLines), min(tail, contextLines)
	removed, added := was[head:len(was)-tail], is[head:len(is)-tail]
	context := (head - from) + rest
	fmt.Fprintf(&b, "@@ -%s +%s @@\n", span(from, len(removed)+context), span(from, len(added)+context))
	write := func(sign string, part []string) {
		for _, line := range part {
			b.WriteString(sign + line)
			if !strings.HasSuffix(line, "\n") {
				b.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	write(" ", was[from:head])
	write("-", removed)
	write("+", added)
	write(" ", was[len(was)-tail:len(was)-tail+rest])
	return b.String()
}

func lines(text []byte) []string {
	all := strings.SplitAfter(string(text), "\n")
	if all[len(all)-1] == "" {
		return all[:len(all)-1]
	}
	return all
}

func nameOr(path string, text []byte) string {
	if text == nil {
		return "(no file)"
	}
	return path
}

// span counts from 1, and an empty one stands on the line before it.
func span(from, count int) string {
	if count == 0 {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, count)
}
