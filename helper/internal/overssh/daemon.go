package overssh

import (
	"bytes"
	"fmt"
	"io"
)

// NoDaemon is the exit code of Daemon and DaemonWithSecret where there is no sallyportd.
const NoDaemon = 69

// began is said on a line of its own when the daemon's program is about to run: what comes before is a login's or sudo's.
const began = "sallyport-began"

// findDaemon looks where packages and the installer put it, whatever PATH a login without a terminal has.
const findDaemon = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; d=$(command -v sallyportd) || { echo "there is no sallyportd on this server" >&2; exit %d; }; `

// Daemon runs sallyportd there as root. asks tells whether sudo may ask for a password.
func Daemon(asks bool, arguments []string) string {
	return "sh -c " + quote(daemon(asks, arguments))
}

// DaemonWithSecret does so with what was uploaded as its standard input, and removes the upload afterwards, also when the
// session is lost.
func DaemonWithSecret(u Uploaded, asks bool, arguments []string) string {
	return "sh -c " + quote(fmt.Sprintf("%s{ %s <%s/secret; }", takeOver(u, "secret"), daemon(asks, arguments), u.Folder))
}

func daemon(asks bool, arguments []string) string {
	run := `sh -c 'echo; echo ` + began + `; exec "$0" "$@"' "$d" ` + words(arguments)
	return fmt.Sprintf(findDaemon, NoDaemon) + `as=; [ "$(id -u)" = 0 ] || as="` + rootBy(false, asks) + `"; $as ` + run
}

// Said divides what a call of Daemon prints: what comes before it began goes on at once, so that a person sees what sudo
// asks, and what comes after is kept.
type Said struct {
	// Before takes the login's words.
	Before io.Writer
	// Began tells whether the daemon's program was run.
	Began bool

	held  []byte // could be the beginning of the mark
	after []byte
}

// mostKept is far above what a list of users is long; the rest is dropped.
const mostKept = 1 << 20

var mark = []byte("\n" + began)

// Write never fails.
func (s *Said) Write(p []byte) (int, error) {
	if s.Began {
		s.keep(p)
		return len(p), nil
	}
	s.held = append(s.held, p...)
	if at := bytes.Index(s.held, mark); at >= 0 {
		s.Began = true
		_, _ = s.Before.Write(bytes.TrimRight(s.held[:at], "\r\n"))
		rest := s.held[at+len(mark):]
		s.held = nil
		s.keep(rest)
		return len(p), nil
	}
	free := len(s.held) - possible(s.held)
	_, _ = s.Before.Write(s.held[:free])
	s.held = append([]byte(nil), s.held[free:]...)
	return len(p), nil
}

func (s *Said) keep(p []byte) {
	s.after = append(s.after, p[:min(len(p), mostKept-len(s.after))]...)
}

// possible is how many bytes at the end could be the mark's first ones.
func possible(text []byte) int {
	for n := min(len(mark)-1, len(text)); n > 0; n-- {
		if bytes.HasSuffix(text, mark[:n]) {
			return n
		}
	}
	return 0
}

// After ends it, and gives what the daemon's program printed, with a terminal's line ends made plain.
func (s *Said) After() string {
	_, _ = s.Before.Write(s.held) // no mark can come any more
	s.held = nil
	return string(bytes.TrimSpace(bytes.ReplaceAll(s.after, []byte("\r\n"), []byte("\n"))))
}
