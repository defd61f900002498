package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
)

func (a *app) knock() *cobra.Command {
	var port int
	var want string
	var delay delayFlag
	var family familyFlags
	cmd := &cobra.Command{
		Use: "knock NAME | knock HOST [--port PORT] --sequence-file FILE", Short: "Knock and prove that the door opened",
		Long: "Knock at a profile, or at any host when a sequence is given. Without --port a host is only sent to:\n" +
			"nothing is proven. Exit codes: 0 opened, closed, sent or reachable; 1 no effect or nothing listening;\n" +
			"2 usage; 3 secret store; 4 this machine's network; 5 internal.",
		Args: one("NAME or HOST"), ValidArgsFunction: a.completeProfiles,
	}
	flags := newMethodFlags(cmd.Flags())
	numberVar(cmd.Flags(), &port, "port", 0, "the `port` behind the door of a host")
	cmd.Flags().StringVar(&want, "action", "open", "`what` to do to the door: open or close")
	delay.register(cmd.Flags())
	family.register(cmd.Flags())
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		params := client.KnockParams{Action: want}
		if err := checkAction(want); err != nil {
			return err
		}
		var err error
		if params.GapMs, err = delay.gap(); err != nil {
			return err
		}
		params.Family = family.family()
		if params.Target, err = a.target(cmd, args[0], flags, port); err != nil {
			return err
		}
		shown := progress{term: a.term, quiet: a.json, steps: stepCount(params.Target)}
		began := time.Now()
		var report client.Report
		raw, err := a.ask(cmd.Context(), "knock", params, func(e client.Event) {
			a.seen = withEvent(a.seen, e)
			a.seen.ElapsedMs = float64(time.Since(began).Milliseconds())
			shown.event(e)
		}, &report)
		if err != nil {
			return hostMeant(err, params.Target)
		}
		if len(report.Warnings) > 0 {
			a.advise(report.Advice)
		}
		if a.json {
			a.printRaw(raw)
		} else {
			a.showReport(report)
		}
		return endOf(report)
	})
	return cmd
}

// hostMeant says what makes a name that is no profile's a host.
func hostMeant(err error, target client.Target) error {
	var fault *client.Fault
	if target.Kind != "profile" || !errors.As(err, &fault) || fault.Code != "not-found" {
		return err
	}
	told := *fault
	told.Hint = "list the profiles with: sallyport list; for a host without a profile say how, like: --sequence-file FILE"
	return &told
}

func checkAction(action string) error {
	if action != "open" && action != "close" {
		return client.BadInput("", "--action: expected open or close, got %q", action)
	}
	return nil
}

// target is a host when a method is given, else a profile.
func (a *app) target(cmd *cobra.Command, name string, flags *methodFlags, port int) (client.Target, error) {
	if !flags.given() {
		if flag := flags.leftover(); flag != "" {
			return client.Target{}, client.BadInput("", "--%s goes with --%s, which make NAME a host", flag, strings.Join(methodNames, " or --"))
		}
		return client.Target{Kind: "profile", Name: name}, nil
	}
	target := client.Target{Kind: "host", Host: name, TCPFlags: flags.tcpFlags}
	if cmd.Flags().Changed("port") {
		if err := checkPort(port); err != nil {
			return client.Target{}, err
		}
		target.Port = &port
	}
	method, err := flags.method(cmd.Context(), a)
	if err == nil && method.Kind == "one-time" && !a.json {
		a.term.sayf("the list is not changed: after the door has opened, put # before the line that was used; a profile keeps count by itself")
	}
	target.Method = method
	return target, err
}

// stepCount is how many steps will be sent, as far as this side can know: 0 for a profile.
func stepCount(target client.Target) int {
	switch m := target.Method; {
	case m == nil:
		return 0
	case m.Kind == "one-time":
		return 0
	case m.Kind == "static":
		return strings.Count(m.Sequence, ",") + 1
	case m.Steps > 0:
		return m.Steps
	}
	return 5 // the default of a rotating sequence
}

// endOf is the exit code of a report (docs/control-socket.md).
func endOf(r client.Report) error {
	switch r.Verdict {
	case "opened", "closed", "sent", "reachable-not-proven":
		return nil
	case "no-effect", "nothing-listening":
		return ended{exit: 1}
	case "error":
		return ended{exit: client.ExitOf(r.Code)}
	}
	return ended{exit: 5}
}
