package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

func (a *app) history() *cobra.Command {
	var forget bool
	cmd := &cobra.Command{
		Use: "history NAME", Short: "Say what became of the last knocks at a profile", Args: one("NAME"),
		Long: "Say what became of the last knocks at a profile: the newest 50, the newest first. Neither steps nor secrets are\n" +
			"kept. A removed profile's history goes with it.",
		ValidArgsFunction: a.completeProfiles,
	}
	cmd.Flags().BoolVar(&forget, "clear", false, "delete what is kept, and say how much it was")
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		params := map[string]any{"name": args[0]}
		if forget {
			params["clear"] = true
		}
		var answer client.History
		raw, err := a.ask(cmd.Context(), "history", params, nil, &answer)
		switch {
		case err != nil:
			return err
		case a.json:
			a.printRaw(raw)
		case forget:
			a.term.printf("cleared %s of %s", runCount(answer.Cleared), plaintext.Line(answer.Profile))
		case len(answer.Runs) == 0:
			a.term.sayf("no knocks at %s yet", plaintext.Line(answer.Profile))
		default:
			a.term.print(historyTable(answer.Runs))
		}
		return nil
	})
	return cmd
}

func runCount(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}

func historyTable(runs []client.Run) string {
	rows := make([][]string, len(runs))
	for i, r := range runs {
		when := time.UnixMilli(r.At).Format("2006-01-02 15:04:05")
		took := fmt.Sprintf("%.1f s", r.ElapsedMs/1000)
		rows[i] = []string{when, runVerdict(r), portChange(r), orDash(r.Address), orDash(r.Interface), fmt.Sprint(r.Attempts), took}
	}
	return table([]string{"WHEN", "VERDICT", "PORT", "ADDRESS", "BY", "TRIES", "TOOK"}, rows)
}

func runVerdict(r client.Run) string {
	words, known := verdictWords[r.Verdict]
	if !known {
		words = r.Verdict
	}
	if r.Code != nil {
		words += " (" + *r.Code + ")"
	}
	return words
}

func portChange(r client.Run) string {
	before, after := orDash(r.Before), orDash(r.After)
	if before == after {
		return before
	}
	return before + " -> " + after
}
