package main

import (
	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

func (a *app) clock() *cobra.Command {
	var ntp, web string
	var off bool
	cmd := &cobra.Command{
		Use: "clock", Short: "Compare this computer's clock with a server that you choose", Args: none,
		Long: "Say how far this computer's clock is off a server's that you choose. After a knock without effect the same server is\n" +
			"asked, because rotating codes and single packets need the right time. Nobody is asked before you choose one.",
	}
	set := cmd.Flags()
	set.StringVar(&ntp, "ntp", "", "from now on ask the time server `host`, UDP port 123")
	set.StringVar(&web, "web", "", "from now on ask the web server `address`, whose Date is exact to a second")
	set.BoolVar(&off, "off", false, "from now on ask nobody")
	cmd.RunE = action(func(cmd *cobra.Command, _ []string) error {
		params := client.ClockParams{}
		switch {
		case chosen(set.Changed("ntp"), set.Changed("web"), off) > 1:
			return client.BadInput("", "expected one of --ntp, --web and --off")
		case set.Changed("ntp"):
			params.Server = &client.ClockServer{Kind: "ntp", Host: ntp}
		case set.Changed("web"):
			params.Server = &client.ClockServer{Kind: "http", URL: web}
		case off:
			params.Server = &client.ClockServer{Kind: "off"}
		}
		var answer client.Clock
		raw, err := a.ask(cmd.Context(), "clock", params, nil, &answer)
		if err != nil {
			return err
		}
		switch {
		case a.json:
			a.printRaw(raw)
		case answer.Reading != nil:
			a.term.print(plaintext.Line(answer.Reading.Text) + "\n")
		case answer.Problem != nil:
			a.complain(answer.Problem.Message, answer.Problem.Hint)
		default:
			a.term.sayf("the clock is compared with nobody's; choose a server with --ntp or --web")
		}
		if answer.Problem != nil {
			return ended{exit: client.ExitOf(answer.Problem.Code)}
		}
		return nil
	})
	return cmd
}
