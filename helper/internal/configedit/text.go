package configedit

import "bytes"

// lineEnd is what the text ends its lines with.
func lineEnd(data []byte) string {
	if n := bytes.IndexByte(data, '\n'); n > 0 && data[n-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// notes skips the comments right behind a table, which are about it, unless another table follows right away, which
// they are about then.
func notes(data []byte, at int) int {
	next := at
	for next < len(data) {
		line := linesOf(data, next, next)
		text := bytes.TrimSpace(data[line.start:line.end])
		if len(text) == 0 {
			return next
		}
		if text[0] != '#' {
			return at
		}
		next = line.end
	}
	return next
}

// withBlankBefore takes the empty line that sets a table apart.
func withBlankBefore(data []byte, s span) span {
	if s.start == 0 {
		return s
	}
	before := linesOf(data, s.start-1, s.start-1)
	if len(bytes.TrimSpace(data[before.start:before.end])) == 0 {
		s.start = before.start
	}
	return s
}

// cut leaves a span out; when nothing follows it, the text ends as it did.
func cut(data []byte, s span) []byte {
	if s.end == len(data) && s.end > 0 && data[s.end-1] != '\n' {
		return bytes.TrimRight(data[:s.start], "\r\n")
	}
	return join(data[:s.start], "", data[s.end:])
}

func join(before []byte, text string, after []byte) []byte {
	return bytes.Join([][]byte{before, []byte(text), after}, nil)
}
