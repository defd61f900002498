package sshconfig

import (
	"fmt"
	"strings"
)

// conflicts finds what the blocks of ours put out of force: ssh takes the first ProxyCommand or ProxyJump it reads for a
// host and ignores the others (ssh_config(5)). Files that config includes are not looked into.
func conflicts(path string, config []byte, aliases []string) []string {
	var notes []string
	held, perhaps := aliases, false // before the first Host, options hold for every host
	for i, line := range strings.Split(string(config), "\n") {
		keyword, arguments := split(line)
		switch keyword {
		case "host":
			held, perhaps = matching(arguments, aliases), false
		case "match":
			held, perhaps = aliases, true
		case "proxyjump", "proxycommand":
			if len(held) == 0 || len(arguments) == 1 && strings.EqualFold(arguments[0], "none") {
				continue
			}
			notes = append(notes, fmt.Sprintf("line %d of %s: %s", i+1, path, conflictNote(keyword, held, perhaps)))
		}
	}
	return notes
}

func conflictNote(keyword string, held []string, perhaps bool) string {
	word := map[string]string{"proxyjump": "ProxyJump", "proxycommand": "ProxyCommand"}[keyword]
	whom := strings.Join(held, ", ")
	if len(held) > 3 {
		whom = fmt.Sprintf("%s and %d more", strings.Join(held[:3], ", "), len(held)-3)
	}
	if perhaps {
		whom += ", where its Match holds"
	}
	return fmt.Sprintf("this %s does not hold for %s: the first value that ssh reads wins, and %s is read before it", word, whom, fileName)
}

// matching gives the aliases that a Host line with these patterns is about: one pattern matches, and no negated one.
func matching(patterns, aliases []string) []string {
	var held []string
	for _, alias := range aliases {
		yes, no := false, false
		for _, pattern := range patterns {
			if negated, found := strings.CutPrefix(pattern, "!"); found {
				no = no || matches(negated, alias)
			} else {
				yes = yes || matches(pattern, alias)
			}
		}
		if yes && !no {
			held = append(held, alias)
		}
	}
	return held
}

// matches knows * and ? (ssh_config(5), PATTERNS). The position after the last * is kept, so that no pattern takes long.
func matches(pattern, text string) bool {
	p, t, star, retry := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
