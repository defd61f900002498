package main

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
)

const grantsHelp = `Usage: sallyportd grants [--json] [--config FILE]

Lists who is let in where, and for how long still.

  --json         print a JSON list
` + configFlagHelp

func grantsCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("grants", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "")
	path := flags.String("config", daemonconfig.DefaultPath, "")
	if err := parseFlags(flags, grantsHelp, args); err != nil {
		return err
	}
	dir, err := stateDirOf(flags, *path)
	if err != nil {
		return err
	}
	var live []daemon.GrantStatus
	if err := control.Call(daemonconfig.ControlSocket(dir), "grants", &live); err != nil {
		return err
	}
	if *asJSON {
		return printJSON(stdout, live)
	}
	_, err = io.WriteString(stdout, describeGrants(live))
	return err
}

func describeGrants(live []daemon.GrantStatus) string {
	if len(live) == 0 {
		return "no live grants\n"
	}
	var b strings.Builder
	for _, g := range live {
		ports := ""
		if g.Ports != "" {
			ports = ": " + g.Ports
		}
		fmt.Fprintf(&b, "open: %s for %s (%s), %.0f s left%s\n", g.Door, g.Source, g.User, g.Left, ports)
	}
	return b.String()
}

const revokeHelp = `Usage: sallyportd revoke [--config FILE] ADDRESS

Ends every grant of an address and has the close commands of its doors run. Connections that are open stay open.
` + configFlagHelp

func revokeCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("revoke", flag.ContinueOnError)
	path := flags.String("config", daemonconfig.DefaultPath, "")
	address, err := parseOperand(flags, revokeHelp, args)
	if err != nil {
		return err
	}
	if address == "" {
		return usageError{fmt.Errorf("revoke: the address is missing; see \"sallyportd revoke --help\"")}
	}
	asked, err := netip.ParseAddr(address)
	if err != nil {
		return usageError{fmt.Errorf("revoke: %q is not an IPv4 or IPv6 address", address)}
	}
	dir, err := stateDirOf(flags, *path)
	if err != nil {
		return err
	}
	var done daemon.Done
	// Without the interface that who(1) and ss(8) show after a link-local address: grants know addresses only.
	if err := control.Call(daemonconfig.ControlSocket(dir), "revoke", &done, asked.WithZone("").String()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, done.Message)
	return err
}
