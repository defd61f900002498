package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// latest is the last second that RKS1's implementations agree on: the largest whole number of JSON.
const latest = 1<<53 - 1

func (a *app) derive() *cobra.Command {
	var secret, secretFile string
	var rotation rotationFlags
	var params client.DeriveParams
	cmd := &cobra.Command{
		Use: "derive --secret-file FILE --time UNIX", Short: "Print the rotating sequence of one moment", Args: none,
	}
	flags := cmd.Flags()
	flags.StringVar(&secret, "secret", "", "the base32 `secret` (others can see it; prefer a file)")
	flags.StringVar(&secretFile, "secret-file", "", "a `file` with the base32 secret, or -")
	numberVar(flags, &params.Time, "time", 0, "the moment in `unix` seconds")
	flags.StringVar(&params.Action, "action", "open", "`what` the sequence is for: open or close")
	rotation.register(flags)
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		if flags.Changed("secret") == flags.Changed("secret-file") {
			return client.BadInput("", "expected exactly one of --secret and --secret-file")
		}
		if err := checkAction(params.Action); err != nil {
			return err
		}
		if !flags.Changed("time") {
			return client.BadInput("", "expected --time UNIX")
		}
		if params.Time < 0 || params.Time > latest {
			return client.BadInput("", "--time: expected seconds since 1970, 0 to %d, got %d", int64(latest), params.Time)
		}
		if err := rotation.check(flags); err != nil {
			return err
		}
		params.Secret = strings.TrimSpace(secret)
		if flags.Changed("secret") {
			a.warn("--secret shows in process lists and shell history; --secret-file does not")
		} else {
			var err error
			if params.Secret, err = a.readKey(cmd.Context(), "secret-file", secretFile); err != nil {
				return err
			}
		}
		params.Period, params.Steps = rotation.period, rotation.steps
		params.Protocols, params.Range = rotation.protocolNames(), rotation.portRange
		var answer struct{ Sequence string }
		raw, err := a.ask(cmd.Context(), "derive", params, nil, &answer)
		if err != nil {
			return err
		}
		if a.json {
			a.printRaw(raw)
			return nil
		}
		a.term.printf("%s", plaintext.Line(answer.Sequence))
		return nil
	})
	return cmd
}
