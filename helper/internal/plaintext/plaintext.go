// Package plaintext makes text from elsewhere safe to show in a terminal.
//
// Names, messages and log lines come from files, links and other programs. Nothing that passes through here can move the
// cursor, change colours, reorder what is read (Unicode's bidirectional controls) or start a new line.
package plaintext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line gives s with every character that is not printable written as an escape.
func Line(s string) string {
	if strings.IndexFunc(s, unsafe) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				fmt.Fprintf(&b, `\x%02x`, s[i])
				continue
			}
			b.WriteRune(r)
		case !unsafe(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// Lines is Line for text that may have line breaks of its own.
func Lines(s string) string {
	parts := strings.Split(s, "\n")
	for i, part := range parts {
		parts[i] = Line(part)
	}
	return strings.Join(parts, "\n")
}

// unsafe is true for controls, formats (zero-width and bidirectional ones), surrogates, private use, and separators of
// lines.
func unsafe(r rune) bool {
	return !unicode.IsPrint(r) && r != '\u00a0'
}
