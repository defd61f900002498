// Package overssh words the commands of what is done on a server over ssh: an installation (upload, run, confirm), and
// calls of the daemon there.
//
// It promises that nothing of a profile or a server is read by a shell as more than a word, that the file on the server is
// readable by its user only and removed after the run, and that no secret stands in any argument. It runs nothing itself.
package overssh

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Target is whom ssh logs in to. Port 0 and an empty User leave it to ssh's own configuration.
type Target struct {
	Host string
	User string
	Port int
	// Pinned is the address that Host stood for when it was knocked at; empty leaves it to ssh.
	Pinned string
}

// Link is how one call of ssh connects.
type Link struct {
	// Control is the socket of a connection that calls share; empty is a connection of its own.
	Control string
	// Terminal asks for one on the server, so that sudo (or doas) and the installer can ask.
	Terminal bool
	// Silent never asks for a password.
	Silent bool
}

// Argv is a call of ssh that runs a command there.
func Argv(t Target, l Link, command string) []string {
	argv := append([]string{"ssh"}, l.options()...)
	if t.Port != 0 {
		argv = append(argv, "-p", strconv.Itoa(t.Port))
	}
	if t.User != "" {
		argv = append(argv, "-l", t.User)
	}
	if t.Pinned != "" && t.Pinned != t.Host {
		argv = append(argv, "-o", "HostName="+literal(t.Pinned), "-o", "HostKeyAlias="+t.knownAs())
	}
	return append(argv, "--", t.Host, command)
}

// knownAs is the host's name in known_hosts, which has the port where it is not 22.
func (t Target) knownAs() string {
	if t.Port == 0 || t.Port == 22 {
		return t.Host
	}
	return "[" + t.Host + "]:" + strconv.Itoa(t.Port)
}

func (l Link) options() []string {
	var options []string
	if l.Control == "" {
		options = append(options, "-o", "ControlMaster=no", "-o", "ControlPath=none")
	} else {
		options = append(options, "-o", "ControlMaster=auto", "-o", "ControlPersist=15m", "-o", "ControlPath="+literal(l.Control))
	}
	if l.Silent {
		options = append(options, "-o", "BatchMode=yes")
	}
	if l.Terminal {
		return append(options, "-t")
	}
	return append(options, "-T")
}

// EndShared is a call that ends the shared connection.
func EndShared(t Target, control string) []string {
	return []string{"ssh", "-o", "ControlPath=" + literal(control), "-O", "exit", "--", t.Host}
}

// Upload keeps standard input in a new folder that only its user can enter, and says what arrived. What is not whole, or
// whose answer cannot be said, is removed there again. Whatever the login shell is, it is read by sh.
func Upload(sum string) string {
	return `sh -c 'umask 077; d=; trap "[ -z \"\$d\" ] || rm -rf \"\$d\"" EXIT; trap "exit 129" HUP INT TERM PIPE; d=$(mktemp -d) && cat >"$d/upload" && ` +
		`s=$({ sha256sum <"$d/upload" || shasum -a 256 <"$d/upload" || openssl dgst -sha256 -r <"$d/upload"; } 2>/dev/null | cut -c1-64) && ` +
		`echo && echo "sallyport-uploaded $d $s $(id -u) $(date +%s)" && ` +
		`if [ "$s" = ` + sum + ` ] && [ -z "$(printf %s "$d" | tr -d A-Za-z0-9._/-)" ]; then trap - EXIT; fi'`
}

// Uploaded is what the server said of the upload.
type Uploaded struct {
	Folder string
	SHA256 string
	Root   bool
	// Time is the server's, Unix seconds.
	Time int64
}

var uploaded = regexp.MustCompile(`(?m)^sallyport-uploaded (/[A-Za-z0-9._/-]+) ([0-9a-f]{64}) ([0-9]+) ([0-9]+)\r?$`)

// ParseUploaded finds that among what a login may print besides.
func ParseUploaded(said string) (Uploaded, error) {
	found := uploaded.FindStringSubmatch(said)
	if found == nil || strings.Contains(found[1], "..") {
		return Uploaded{}, errors.New("the server did not say what arrived there")
	}
	seconds, err := strconv.ParseInt(found[4], 10, 64)
	if err != nil {
		return Uploaded{}, fmt.Errorf("the server's time makes no sense: %w", err)
	}
	return Uploaded{Folder: found[1], SHA256: found[2], Root: found[3] == "0", Time: seconds}, nil
}

// Run runs the uploaded installer as root and removes it afterwards, also when the session is lost. Renaming it first
// takes it over from Discard. asks tells whether sudo or doas may ask for a password.
func Run(u Uploaded, asks bool, options []string) string {
	return "sh -c " + quote(takeOver(u, "run.sh")+fmt.Sprintf("%ssh %s/run.sh %s", rootBy(u.Root, asks), u.Folder, words(options)))
}

// takeOver makes an upload the running command's own, to be removed when that ends.
func takeOver(u Uploaded, name string) string {
	return fmt.Sprintf(`trap "rm -rf %s" EXIT; trap "exit 129" HUP INT TERM; mv %s/upload %s/%s && `, u.Folder, u.Folder, u.Folder, name)
}

// Discard removes an upload that Run has not taken over; one that it has is its own to remove.
func Discard(u Uploaded) string {
	return fmt.Sprintf("sh -c 'rm -f %s/upload; rmdir %s 2>/dev/null'", u.Folder, u.Folder)
}

// Unchanged tells whether the installer's last line says that this very upload found nothing to do.
func Unchanged(said, sum string) bool {
	lines := strings.Split(strings.TrimRight(said, "\r\n"), "\n")
	return strings.TrimSuffix(lines[len(lines)-1], "\r") == "sallyport-unchanged "+sum
}

// Confirm ends the trial.
func Confirm(root, asks bool) string {
	return "sh -c " + quote(rootBy(root, asks)+"/usr/local/sbin/sallyport-setup --confirm")
}

// rootBy is what stands before a command in sh. Where there is neither sudo nor doas, sh says that sudo was not found.
func rootBy(root, asks bool) string {
	const found = "$(command -v sudo || command -v doas || echo sudo) "
	switch {
	case root:
		return ""
	case asks:
		return found
	}
	return found + "-n "
}

// words makes each text one word of a POSIX shell.
func words(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return strings.Join(quoted, " ")
}

// quote makes one word of a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// literal keeps ssh from reading a percent sign as one of its tokens (ssh_config(5)).
func literal(text string) string { return strings.ReplaceAll(text, "%", "%%") }
