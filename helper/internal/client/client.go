// Package client is the command line's end of the control socket (docs/control-socket.md).
//
// It promises to say nothing to a socket that another user could have made, to prove the key on both sides where there is
// one, to read and write lines of bounded length, and to turn every failure into a Fault: a code, words, what to do next
// and an exit code. It never starts the other side; package launch does.
package client

import (
	"errors"
	"fmt"
)

// Codes of docs/control-socket.md that this side gives by itself.
const (
	CodeBadInput = "bad-input"
	CodeInternal = "internal"
)

// Fault is an error answer, or our own failure in the same form. Exit is the exit code of the command line.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Exit    int    `json:"exit"`
}

// ExitOf is the exit code of an error code (docs/control-socket.md). One that this version does not know is internal.
func ExitOf(code string) int {
	switch code {
	case "cancelled", "refused":
		return 1
	case CodeBadInput, "not-found", "conflict", "too-large", "bad-line", "unknown-method", "no-terminal":
		return 2
	case "keychain-locked", "keychain-missing", "keychain-failed":
		return 3
	case "unresolvable", "no-route", "network", "no-capability":
		return 4
	}
	return 5
}

// Error gives the message alone.
func (f *Fault) Error() string { return f.Message }

// Internal is a fault of ours or of the other side: exit 5.
func Internal(hint, format string, args ...any) *Fault {
	return &Fault{Code: CodeInternal, Message: fmt.Sprintf(format, args...), Hint: hint, Exit: 5}
}

// BadInput is a fault of what was asked: exit 2.
func BadInput(hint, format string, args ...any) *Fault {
	return &Fault{Code: CodeBadInput, Message: fmt.Sprintf(format, args...), Hint: hint, Exit: 2}
}

// AsFault gives any error the form of a Fault.
func AsFault(err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	return Internal("", "%s", err)
}

// ErrNotRunning means that nothing listens: the socket is missing or nobody is behind it.
var ErrNotRunning = errors.New("sallyport is not running")
