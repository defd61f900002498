package main

import (
	"fmt"
	"strings"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// progress tells a run's events on standard error as they come.
type progress struct {
	term  terminal
	quiet bool
	steps int // 0 when unknown
}

func (p progress) event(e client.Event) {
	if line := p.line(e); line != "" && !p.quiet {
		p.term.sayf("%s", plaintext.Line(line))
	}
}

// line is empty for an event that this version does not know.
func (p progress) line(e client.Event) string {
	switch e.Kind {
	case "resolved":
		return "knocking at " + e.Address
	case "waiting":
		return fmt.Sprintf("waiting %.1f s: %s", e.Ms/1000, clause(e.Why))
	case "before", "after":
		return e.Kind + ": " + e.State
	case "step":
		return fmt.Sprintf("sent %s  %-10s %6.1f ms", p.count(e), stepWords(e.Step), e.SentMs)
	case "note":
		return clause(e.Text)
	case "checking":
		return "nothing changed, looking for the cause"
	case "moved":
		return fmt.Sprintf("moved %d of %d", e.Done, e.Of)
	case "retry":
		return fmt.Sprintf("no effect yet, attempt %d of %d", e.Attempt, e.Of)
	}
	return ""
}

func (p progress) count(e client.Event) string {
	total := p.steps
	if e.Of > 0 {
		total = e.Of
	}
	if total > e.Index {
		return fmt.Sprintf("%d/%d", e.Index+1, total)
	}
	return fmt.Sprint(e.Index + 1)
}

// stepWords shows step notation with a space: "7000 tcp", "icmp 128".
func stepWords(step string) string { return strings.Replace(step, ":", " ", 1) }

var verdictWords = map[string]string{
	"opened": "opened", "closed": "closed", "sent": "sent", "reachable-not-proven": "reachable, not proven",
	"nothing-listening": "nothing listening", "no-effect": "no effect",
}

// showReport says how a run ended: the verdict on standard output, an error on standard error.
func (a *app) showReport(r client.Report) {
	if r.Verdict == "error" {
		a.complain(r.Message, r.Hint)
		a.term.print(causeWords(r))
		return
	}
	a.term.print(reportWords(r))
	a.hint(r.Hint)
}

func reportWords(r client.Report) string {
	words := verdictOf(r.Verdict)
	if r.Before != nil || r.After != nil {
		words += fmt.Sprintf("  %s -> %s", seen(r.Before), seen(r.After))
	}
	if r.Address != nil {
		words += "  " + plaintext.Line(*r.Address)
	}
	words += fmt.Sprintf("  %.1f s\n", r.ElapsedMs/1000)
	if r.Message != "" {
		words += plaintext.Line(r.Message) + "\n"
	}
	for _, one := range r.Addresses {
		words += fmt.Sprintf("%s: %s  %s -> %s\n", plaintext.Line(one.Address), verdictOf(one.Verdict), seen(one.Before), seen(one.After))
	}
	for _, note := range r.Notes {
		words += plaintext.Line(note) + "\n"
	}
	return words + causeWords(r)
}

// causeWords are the causes, the likeliest first, then what was measured and is none.
func causeWords(r client.Report) string {
	found := map[string]bool{}
	fine := ""
	for _, check := range r.Checks {
		switch check.Result {
		case "confirmed":
			found[check.Text] = true
		case "ruled-out":
			fine += "+ " + plaintext.Line(check.Text) + "\n"
		}
	}
	words := ""
	for _, cause := range r.Causes {
		mark := "- "
		if found[cause] {
			mark = "- found: "
		}
		words += mark + plaintext.Line(cause) + "\n"
	}
	if fine != "" {
		words += "checked and fine:\n" + fine
	}
	return words
}

func verdictOf(verdict string) string {
	if words, known := verdictWords[verdict]; known {
		return words
	}
	return plaintext.Line(verdict)
}

func seen(state *string) string {
	if state == nil {
		return "not looked at"
	}
	return plaintext.Line(*state)
}

// withEvent adds to a report what an event tells of the run.
func withEvent(r client.Report, e client.Event) client.Report {
	switch e.Kind {
	case "resolved":
		r.Address = &e.Address
	case "before":
		r.Before = &e.State
	case "after":
		r.After = &e.State
	case "step":
		if e.Index == 0 {
			r.Steps = nil // of the last try only, as in every report
		}
		r.Steps = append(r.Steps, client.StepSent{Step: e.Step, SentMs: e.SentMs})
	}
	return r
}
