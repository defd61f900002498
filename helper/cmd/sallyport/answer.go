package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

func answer(ctx context.Context, conn *client.Conn, method string, params any, onEvent func(client.Event), into any) ([]byte, error) {
	ok, err := conn.Call(ctx, method, params, onEvent)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(ok, into); err != nil {
		return nil, client.Internal("", "sallyport's answer to %s makes no sense: %s", method, err)
	}
	return ok, nil
}

// faultOf gives any error of a command its words and exit code. What cobra says by itself is about usage.
func faultOf(cmd *cobra.Command, err error) *client.Fault {
	var fault *client.Fault
	var stop interruption
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &stop):
		return &client.Fault{Code: "cancelled", Message: stop.Error(), Exit: stop.exit()}
	}
	words, _, _ := strings.Cut(err.Error(), ": strconv.") // Go's own words for a bad number
	return client.BadInput("run: "+cmd.CommandPath()+" --help", "%s", words)
}

// showFault says what went wrong: one JSON object on standard output with --json, else words on standard error.
func (a *app) showFault(cmd *cobra.Command, fault *client.Fault) {
	if cmd.Name() == "proxy" {
		a.term.out = a.term.err // also what is refused before the command begins: standard output is the connection's
	}
	switch {
	case !a.json:
		a.complain(fault.Message, fault.Hint)
	case cmd.Name() == "knock":
		report := a.seen
		report.Verdict, report.Message, report.Code, report.Hint, report.Exit = "error", fault.Message, fault.Code, fault.Hint, fault.Exit
		if report.Steps == nil {
			report.Steps = []client.StepSent{}
		}
		a.printJSON(report)
	default:
		a.printJSON(struct {
			Error *client.Fault `json:"error"`
		}{fault})
	}
}

// complain follows the usual form of command lines: the program's name, no capital, no full stop; then what to do next.
func (a *app) complain(message, hint string) {
	a.term.sayf("sallyport: %s", clause(plaintext.Lines(message)))
	a.hint(hint)
}

func (a *app) hint(hint string) {
	if hint != "" {
		a.term.sayf("sallyport: hint: %s", clause(plaintext.Lines(hint)))
	}
}

func (a *app) warn(message string) {
	a.term.sayf("sallyport: warning: %s", plaintext.Line(message))
}

// tell says what nobody asked for; with --json it is part of the answer as well.
func (a *app) tell(notices []client.Notice) {
	for _, notice := range notices {
		a.warn(clause(notice.Message))
		if notice.Hint != nil {
			a.hint(*notice.Hint)
		}
	}
}

// advise tells what came with an answer about a method; with --json it is part of it.
func (a *app) advise(advice client.Advice) {
	if a.json {
		return
	}
	for _, warning := range advice.Warnings {
		a.warn(clause(warning))
	}
	switch bits := advice.StrengthBits; {
	case bits == nil:
	case *bits == 1:
		a.term.sayf("strength: guessing it costs 1 bit")
	default:
		a.term.sayf("strength: guessing it costs %d bits", *bits)
	}
}

// clause turns a sentence into the form above. A first word in capitals (IPv6, DNS) stays, and so does a full stop that
// ends one of several sentences.
func clause(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(first) && (unicode.IsLower(second) || second == ' ') {
		s = string(unicode.ToLower(first)) + s[size:]
	}
	if len(s) > 1 && s[len(s)-1] == '.' && !bytes.Contains([]byte(s[:len(s)-1]), []byte(". ")) {
		s = s[:len(s)-1]
	}
	return s
}

// printJSON writes one value of ours as one line.
func (a *app) printJSON(value any) {
	text, err := json.Marshal(value)
	if err != nil {
		a.complain("the answer cannot be written as JSON: "+err.Error(), "")
		return
	}
	a.printRaw(text)
}

// printRaw writes the other side's JSON as it came, on one line. What JSON leaves alone but a terminal obeys (delete and
// the C1 controls) is escaped; it can only stand inside strings.
func (a *app) printRaw(text []byte) {
	var line bytes.Buffer
	if err := json.Compact(&line, text); err != nil {
		a.complain("the answer is not JSON: "+err.Error(), "")
		return
	}
	var b strings.Builder
	for _, r := range line.String() {
		if r >= 0x7f && r <= 0x9f {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	a.term.print(b.String() + "\n")
}
