package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

func (a *app) status() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say what runs, where secrets are and which doors are open", Args: none,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			var s client.Status
			raw, err := a.ask(cmd.Context(), "status", nil, nil, &s)
			if err != nil {
				return err
			}
			a.tell(s.Notices)
			if a.json {
				a.printRaw(raw)
				return nil
			}
			a.term.print(statusWords(s))
			return nil
		}),
	}
}

func statusWords(s client.Status) string {
	words := fmt.Sprintf("running   %s %s, process %d\n", plaintext.Line(s.Role), plaintext.Line(s.Version), s.PID)
	words += fmt.Sprintf("home      %s\n", plaintext.Line(s.Home))
	words += fmt.Sprintf("profiles  %d\n", s.Profiles)
	words += fmt.Sprintf("secrets   %s, %s%s\n", plaintext.Line(s.Secrets.Store), plaintext.Line(s.Secrets.State), detail(s.Secrets.Detail))
	words += fmt.Sprintf("native    icmp %s, raw tcp %s%s\n", yesNo(s.Native.ICMP), yesNo(s.Native.RawTCP), detail(s.Native.Hint))
	for _, g := range s.Grants {
		words += fmt.Sprintf("open      %s, %s port %d, closes in %s\n", plaintext.Line(g.Profile), plaintext.Line(g.Address), g.Port, seconds(g.ClosesInMs))
	}
	return words
}

func detail(text *string) string {
	if text == nil || *text == "" {
		return ""
	}
	return " (" + plaintext.Line(*text) + ")"
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: none,
		RunE: action(func(*cobra.Command, []string) error {
			if a.json {
				a.printJSON(map[string]string{"version": version})
				return nil
			}
			a.term.printf("sallyport %s", version)
			return nil
		}),
	}
}
