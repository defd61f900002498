package knockdimport

import (
	"errors"
	"strings"
)

var errShell = errors.New("it uses the shell for more than a program and its arguments")

// simpleCommands takes a shell command apart into the argument vectors that it runs one after the other. Whatever the
// shell would do beyond that is an error.
func simpleCommands(command string) ([][]string, error) {
	var all [][]string
	var words []string
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			words = append(words, word.String())
			word.Reset()
			inWord = false
		}
	}
	endCommand := func() {
		endWord()
		if len(words) > 0 {
			all = append(all, words)
			words = nil
		}
	}
	for i := 0; i < len(command); i++ {
		switch c := command[i]; c {
		case ' ', '\t':
			endWord()
		case ';':
			endCommand()
		case '&':
			if !strings.HasPrefix(command[i:], "&&") {
				return nil, errShell
			}
			i++
			endCommand()
		case '#':
			if !inWord {
				i = len(command)
				continue
			}
			word.WriteByte(c)
		case '\'', '"':
			end := strings.IndexByte(command[i+1:], c)
			if end < 0 {
				return nil, errors.New("a quote is not closed")
			}
			quoted := command[i+1 : i+1+end]
			if c == '"' && strings.ContainsAny(quoted, "$`\\") {
				return nil, errShell
			}
			word.WriteString(quoted)
			inWord = true
			i += 1 + end
		case '|', '<', '>', '$', '`', '\\', '(', ')', '*', '?', '[', '~', '!':
			// "! -s" of old iptables rules is a word of its own and no glob, but means too much to guess at.
			return nil, errShell
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	endCommand()
	if len(all) == 0 {
		return nil, errors.New("there is no command")
	}
	return all, nil
}
