package main

import (
	"context"
	"errors"
	"regexp"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
)

var ticketForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (a *app) connect() *cobra.Command {
	var ticket string
	var family familyFlags
	cmd := &cobra.Command{
		Use: "connect NAME | connect --ticket TICKET", Short: "Knock, then start ssh",
		Long: "Knock at a profile and replace this program by ssh when the port is reachable, or do what else the profile\n" +
			"says: replace this program by another, print a link and open it, or nothing. With --json an error is one\n" +
			"object; once ssh or another program has taken over, standard output is its own.",
		Args: noCommand, ValidArgsFunction: a.completeProfiles,
	}
	cmd.Flags().StringVar(&ticket, "ticket", "", "redeem a `ticket` of the app: 32 hex digits, once, within 30 s")
	family.register(cmd.Flags())
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("ticket") {
			if len(args) > 0 {
				return client.BadInput("", "expected a NAME or --ticket, not both")
			}
			return a.redeem(cmd, ticket)
		}
		if len(args) != 1 {
			return client.BadInput("run: sallyport connect --help", "expected the NAME of a profile")
		}
		return a.knockAndConnect(cmd.Context(), args[0], family.family())
	})
	return cmd
}

func (a *app) knockAndConnect(ctx context.Context, name, family string) error {
	params := map[string]any{"name": name}
	if family != "" {
		params["family"] = family
	}
	var answer client.Connection
	shown := progress{term: a.term, quiet: a.json}
	raw, err := a.ask(ctx, "connect", params, shown.event, &answer)
	if err != nil {
		return err
	}
	if err := a.stopAt(answer.Report, raw); err != nil {
		return err
	}
	if answer.Next != nil {
		return a.follow(*answer.Next, raw)
	}
	return startSSH(answer.Argv)
}

// stopAt ends a command whose knock did not make the port reachable. Otherwise it says the verdict on standard error,
// because standard output belongs to what comes next.
func (a *app) stopAt(report *client.Report, raw []byte) error {
	if report == nil {
		return nil
	}
	end := endOf(*report)
	switch {
	case end != nil && a.json:
		a.printRaw(raw)
	case report.Verdict == "error":
		a.complain(report.Message, report.Hint)
	case !a.json:
		_, _ = a.term.err.Write([]byte(reportWords(*report)))
	}
	return end
}

// redeem is what the app's terminal windows run. A window that only flashes up tells nobody anything, so a failure waits
// to be read.
func (a *app) redeem(cmd *cobra.Command, ticket string) error {
	err := a.redeemed(cmd.Context(), ticket)
	var stop interruption
	if errors.As(err, &stop) {
		return err
	}
	var quiet ended
	if errors.As(err, &quiet) {
		return err
	}
	fault := client.AsFault(err)
	a.showFault(cmd, fault)
	a.term.waitForEnter(cmd.Context())
	return ended{exit: fault.Exit}
}

// redeemed gives an error in any case: where it succeeds, what it ran has ended with a code.
func (a *app) redeemed(ctx context.Context, ticket string) error {
	if !ticketForm.MatchString(ticket) {
		return client.BadInput("", "--ticket: expected 32 hex digits")
	}
	conn, err := a.dial(ctx)
	if errors.Is(err, client.ErrNotRunning) {
		return client.BadInput("start the app and connect from there", "the app that gave this ticket is no longer running")
	}
	if err != nil {
		return err
	}
	var redeemed client.Connection
	_, err = answer(ctx, conn, "ticket", map[string]any{"ticket": ticket}, nil, &redeemed)
	_ = conn.Close()
	if err != nil {
		return err
	}
	if redeemed.Test {
		a.term.printf("This terminal works: Sallyport has been told.")
		a.term.waitForEnter(ctx)
		return ended{exit: 0}
	}
	var order func() error
	switch {
	case redeemed.Install != nil:
		order = func() error { return a.ordered(ctx, *redeemed.Install) }
	case redeemed.Ordered != nil:
		order = func() error { return a.orderedUser(ctx, *redeemed.Ordered) }
	}
	if order != nil {
		if err := order(); err != nil {
			return err
		}
		a.term.waitForEnter(ctx)
		return ended{exit: 0}
	}
	return a.attendSSH(ctx, redeemed.Argv)
}
