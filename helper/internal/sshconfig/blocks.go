// Package sshconfig puts Sallyport's hosts into the ssh configuration of one user and takes them out again.
//
// It promises to write a file of its own, ~/.ssh/sallyport.conf, and to add no more to ~/.ssh/config than one Include line
// at its top, which Remove takes out byte for byte; to replace files whole or not at all, keeping mode and owner; and to
// put nothing into them that ssh or a shell would read as anything but one host, one user and one command: no tokens of
// ssh_config(5) besides %%, and names that do not fit are skipped with a reason.
package sshconfig

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Host is one profile.
type Host struct {
	ID, Name, HostName string
	User               string // may be empty: left to ssh
	Port               int
}

// Skipped is a profile that ssh cannot have, and why.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Blocks are the Host blocks of the profiles that ssh can have, in their order.
type Blocks struct {
	Text    string
	Aliases []string
	Skipped []Skipped
}

var (
	idForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)
	// A backslash stands for itself in ssh_config(5) unless another one or a quote follows.
	userForm = regexp.MustCompile(`^[A-Za-z0-9_](?:\\?[A-Za-z0-9_.@-]){0,63}$`)
	nameForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$`)
	// What inet_aton(3) reads as an address, and a person does not.
	numberForm = regexp.MustCompile(`^(?i:0x[0-9a-f]*|[0-9]+)(\.(?i:0x[0-9a-f]*|[0-9]+))*\.?$`)
	zoneForm   = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,15}$`)
)

// NewBlocks writes one Host block per profile. program is the absolute path of the command line, which has passed
// ProgramProblem.
func NewBlocks(hosts []Host, program string) Blocks {
	blocks := Blocks{Aliases: []string{}, Skipped: []Skipped{}}
	taken := map[string]bool{}
	var b strings.Builder
	for _, host := range hosts {
		reason := problem(host)
		if reason == "" && taken[host.Name] {
			reason = "another profile has this name, and ssh would only ever use the first"
		}
		if reason != "" {
			blocks.Skipped = append(blocks.Skipped, Skipped{host.Name, reason})
			continue
		}
		taken[host.Name] = true
		blocks.Aliases = append(blocks.Aliases, host.Name)
		b.WriteString("\n" + block(host, program))
	}
	blocks.Text = b.String()
	return blocks
}

func block(host Host, program string) string {
	text := fmt.Sprintf("Host %s\n  HostName %s\n", host.Name, literal(host.HostName))
	if host.User != "" {
		text += fmt.Sprintf("  User %s\n", host.User)
	}
	return text + fmt.Sprintf("  Port %d\n  ProxyCommand \"%s\" proxy --profile %s\n", host.Port, literal(program), host.ID)
}

// literal keeps ssh from reading a token (ssh_config(5), TOKENS).
func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }

// problem says why a profile gets no block. The app has checked hosts and users when they were saved; what goes into a
// file that runs commands is checked again.
func problem(host Host) string {
	switch {
	case !idForm.MatchString(host.ID):
		return "its id is not one"
	case !isHostName(host.HostName):
		return "its host is neither a host name nor an address"
	case host.User != "" && !userForm.MatchString(host.User):
		return "its user has characters that ssh's configuration cannot hold as they are"
	case host.Port < 1 || host.Port > 65535:
		return "its port is not from 1 to 65535"
	}
	return aliasProblem(host.Name)
}

// aliasProblem is about what a person types after "ssh": ssh(1) refuses spaces and shell characters there, Host reads
// patterns and negations, and user@, host: and ssh:// mean something of their own to ssh, scp and git.
func aliasProblem(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case name == "" || len(name) > 253 || !utf8.ValidString(name):
		return "its name is empty, too long or not text"
	case strings.ContainsFunc(name, unicode.IsSpace):
		return "its name has a space, which ssh takes in no host; rename the profile"
	case !unicode.IsLetter(first) && !unicode.IsDigit(first):
		return "its name does not begin with a letter or digit; rename the profile"
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("._-", r) {
			return fmt.Sprintf("its name has %q, which means something of its own to ssh or a shell; rename the profile", r)
		}
	}
	return ""
}

func isHostName(text string) bool {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.Zone() == "" || zoneForm.MatchString(address.Zone())
	}
	return nameForm.MatchString(text) && !strings.Contains(text, "..") && !numberForm.MatchString(text)
}

// ProgramProblem says why ssh cannot be told to run the program at path, or nothing. ProxyCommand goes through the user's
// shell, inside double quotes (ssh_config(5)), so whatever any shell acts on there is refused rather than escaped.
func ProgramProblem(path string, windows bool) string {
	for _, r := range path {
		if r == '\\' && windows {
			continue
		}
		if !unicode.IsPrint(r) || strings.ContainsRune("\"$`\\!", r) {
			return fmt.Sprintf("its path has %q, on which a shell acts: %s", r, path)
		}
	}
	if strings.Contains(path, "/.mount_") {
		return "it runs from an AppImage, which lies elsewhere each time: " + path
	}
	return ""
}
