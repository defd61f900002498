package main

import (
	"context"
	"fmt"
	"io"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/overssh"
	"sallyport/helper/internal/plaintext"
)

// prove knocks from a new connection, and confirms over one that the knock let in. Whoever gets in so can always get in.
func (i *installation) prove(ctx context.Context, changed bool) error {
	if !changed {
		return i.done(client.Installation{SHA256: i.sum})
	}
	i.term.sayf("the gate is on trial; knocking from a new connection")
	report, err := i.knockForProof(ctx)
	if err != nil {
		return i.unproven(err)
	}
	if report.Verdict != "opened" {
		return i.unproven(fmt.Errorf("%s", plaintext.Line(report.Message)))
	}
	i.term.sayf("proven: %s -> %s; confirming over that connection", seen(report.Before), seen(report.After))
	argv, err := i.login(ctx)
	if err != nil {
		return i.unproven(err)
	}
	var in io.Reader
	if isTerminal(i.term.in) {
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

// login is a call of ssh on a connection of its own: to the address that was knocked at, unless a person named another way.
func (i *installation) login(ctx context.Context) ([]string, error) {
	asks := isTerminal(i.term.in)
	link := overssh.Link{Terminal: asks}
	confirm := overssh.Confirm(i.there.Root, asks)
	if i.chosen {
		return overssh.Argv(i.target, link, confirm), nil
	}
	var connection client.Connection
	if _, err := i.ask(ctx, "connect", map[string]any{"name": i.profile.ID}, nil, &connection); err != nil {
		return nil, err
	}
	if problem := sshProblem(connection.Argv); problem != "" {
		return nil, client.Internal("", "refused to start ssh: %s", problem)
	}
	return overssh.Onto(connection.Argv, link, confirm), nil
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
