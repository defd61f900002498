package sshconfig

import (
	"bytes"
	"strings"
)

// fileName is our own file in ~/.ssh. An Include without a path is looked for there (ssh_config(5)), wherever the file that
// includes it really lies.
const fileName = "sallyport.conf"

const includeLine = "Include " + fileName

// withInclude puts our line at the top, where it holds for every host and its values are the first, which win. The line
// ends as the first line of config does.
func withInclude(config []byte) []byte {
	end := "\n"
	if at := bytes.IndexByte(config, '\n'); at > 0 && config[at-1] == '\r' {
		end = "\r\n"
	}
	return append([]byte(includeLine+end), config...)
}

// withoutInclude takes out the first line that is exactly ours, and says whether there was one. Below the first Host or
// Match stands nothing that we wrote.
func withoutInclude(config []byte) ([]byte, bool) {
	for start := 0; start < len(config); {
		end := start + lineLength(config[start:])
		line := string(bytes.TrimRight(config[start:end], "\r\n"))
		switch keyword, _ := split(line); {
		case line == includeLine:
			return append(bytes.Clone(config[:start]), config[end:]...), true
		case keyword == "host" || keyword == "match":
			return config, false
		}
		start = end
	}
	return config, false
}

func lineLength(text []byte) int {
	if at := bytes.IndexByte(text, '\n'); at >= 0 {
		return at + 1
	}
	return len(text)
}

// includes says whether our file, whose path is given, is read already for every host: an Include of it before the first
// Host or Match, in whatever form.
func includes(config []byte, path string) bool {
	for _, line := range strings.Split(string(config), "\n") {
		keyword, arguments := split(line)
		switch keyword {
		case "host", "match":
			return false
		case "include":
			for _, argument := range arguments {
				if argument == fileName || argument == "~/.ssh/"+fileName || argument == path {
					return true
				}
			}
		}
	}
	return false
}

// split gives a line's keyword in lower case and its arguments: separated by blanks or one "=", quoted or not.
func split(line string) (string, []string) {
	line = strings.Trim(line, " \t\r\n\f")
	end := strings.IndexAny(line, " \t=\"")
	if end < 1 || line[0] == '#' {
		return strings.ToLower(line), nil
	}
	keyword, rest := strings.ToLower(line[:end]), strings.TrimLeft(line[end:], " \t")
	rest = strings.TrimPrefix(rest, "=")
	var arguments []string
	for rest = strings.TrimLeft(rest, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		var argument string
		if quoted, found := strings.CutPrefix(rest, `"`); found {
			argument, rest, _ = strings.Cut(quoted, `"`)
		} else if end := strings.IndexAny(rest, " \t"); end >= 0 {
			argument, rest = rest[:end], rest[end:]
		} else {
			argument, rest = rest, ""
		}
		arguments = append(arguments, argument)
	}
	return keyword, arguments
}
