// Package doorcmd runs the commands of doors: an argument vector and never a shell, without any capability or
// environment of the daemon, with a deadline, a few at once. A close that is owed is written to the state
// directory before its open runs, so that it runs when it is due even after the daemon was killed.
package doorcmd

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxArguments and maxBytes bound a command as it stands in the config.
	maxArguments, maxBytes = 32, 1024
)

// names are what braces may hold.
var names = []string{"ip", "user", "door", "port"}

// Template is a command with {ip}, {user}, {door} and {port} in its arguments.
type Template []string

// Values are what takes their place. All of them are free of characters that mean anything to anybody.
type Values struct {
	IP   netip.Addr
	User string
	Door string
	// Port is 0 when there is none; {port} is then empty.
	Port uint16
}

// Check tells what is wrong with a template.
func (t Template) Check() error {
	if len(t) == 0 {
		return fmt.Errorf("expected a program and its arguments, such as [\"/usr/local/bin/wake\", \"{ip}\"]")
	}
	if !filepath.IsAbs(t[0]) || strings.ContainsAny(t[0], "{}") {
		return fmt.Errorf("%q: expected the program's absolute path first, without {…}", t[0])
	}
	total := 0
	for _, argument := range t {
		total += len(argument)
		if strings.ContainsRune(argument, 0) {
			return fmt.Errorf("%q holds a zero byte", argument)
		}
		for rest := argument; ; {
			_, after, found := strings.Cut(rest, "{")
			if !found {
				break
			}
			name, after, closed := strings.Cut(after, "}")
			if !closed || !slices.Contains(names, name) {
				return fmt.Errorf("%q: braces may hold only {ip}, {user}, {door} or {port}", argument)
			}
			rest = after
		}
	}
	if len(t) > maxArguments || total > maxBytes {
		return fmt.Errorf("%d arguments of %d bytes; %d and %d are the most", len(t), total, maxArguments, maxBytes)
	}
	return nil
}

// Expand gives the argument vector. Values are put in once; what they hold is not looked at again.
func (t Template) Expand(v Values) []string {
	port := ""
	if v.Port != 0 {
		port = strconv.Itoa(int(v.Port))
	}
	replacer := strings.NewReplacer("{ip}", v.IP.String(), "{user}", v.User, "{door}", v.Door, "{port}", port)
	argv := make([]string, len(t))
	for i, argument := range t {
		argv[i] = replacer.Replace(argument)
	}
	return argv
}
