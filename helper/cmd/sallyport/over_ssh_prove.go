package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
	"sallyport/helper/internal/plaintext"
	"sallyport/helper/internal/tty"
)

// prove knocks from a new connection, and confirms over one that the knock let in. Whoever gets in so can always get in.
func (i *installation) prove(ctx context.Context, changed bool) error {
	if !changed {
		return i.done(client.Installation{SHA256: i.sum})
	}
	i.term.sayf("the gate is on trial; knocking from a new connection")
	report, err := i.knockForProof(ctx)
	if wait, open := i.stillOpen(report); err == nil && open {
		i.term.sayf("an earlier knock still counts; knocking again in %d s, when that has ended", int(wait.Seconds()))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		report, err = i.knockForProof(ctx)
	}
	if err != nil {
		return i.unproven(err)
	}
	if report.Verdict != "opened" {
		return i.unproven(fmt.Errorf("%s", plaintext.Line(report.Message)))
	}
	i.term.sayf("proven: %s -> %s; confirming over that connection", seen(report.Before), seen(report.After))
	asks := tty.Is(i.term.in)
	target := i.target
	if !i.chosen && report.Address != nil {
		target.Pinned = *report.Address
	}
	argv := overssh.Argv(target, overssh.Link{Terminal: asks}, overssh.Confirm(i.there.Root, asks))
	var in io.Reader
	if asks {
		in = i.term.in
	}
	if err := i.ssh(ctx, argv, in, i.term.err); err != nil {
		return i.unproven(err)
	}
	return i.done(client.Installation{Changed: true, Confirmed: true, SHA256: i.sum, Report: &report})
}

func (i *installation) knockForProof(ctx context.Context) (client.Report, error) {
	var report client.Report
	shown := progress{term: i.term, quiet: i.json}
	params := client.KnockParams{Target: client.Target{Kind: "profile", Name: i.profile.ID}, Action: "open"}
	_, err := i.ask(ctx, "knock", params, shown.event, &report)
	return report, err
}

// stillOpen tells how long to wait when the door was open before the knock, which whoever knocked to log in has opened.
func (i *installation) stillOpen(report client.Report) (time.Duration, bool) {
	wait := time.Duration(i.profile.OpenFor+3) * time.Second
	trial := time.Duration(i.flags.run.trialTime) * time.Second
	return wait, report.Verdict == "reachable-not-proven" && wait < trial/2
}

// unproven says what a person must know first: that nobody is locked out.
func (i *installation) unproven(err error) error {
	fault := client.AsFault(err)
	return &client.Fault{
		Code: "refused", Exit: 1,
		Message: "the door could not be proven: " + clause(fault.Message),
		Hint:    fmt.Sprintf("within %d s of its start the server puts everything back as it was; then look into the cause and try again", i.flags.run.trialTime),
	}
}

func (i *installation) done(result client.Installation) error {
	switch {
	case i.json:
		i.printJSON(result)
	case !result.Changed:
		i.term.printf("%s has it all already; nothing was changed", plaintext.Line(i.target.Host))
	default:
		i.term.printf("installed and proven: %s stays closed until you knock, also after a reboot", plaintext.Line(i.profile.Name))
	}
	return nil
}
