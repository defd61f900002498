package main

import (
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"sallyport/helper/internal/daemonconfig"
)

const userListHelp = `Usage: sallyportd user list [--json] [--config FILE]

Lists who may open which door, and how many grants of each are live now.

  --json         print a JSON list
` + configFlagHelp

// userEntry is one key, as "user list --json" prints it.
type userEntry struct {
	Door   string `json:"door"`
	User   string `json:"user"`
	Method string `json:"method"`
	// Grants counts the live ones; 0 too when no daemon runs that would know.
	Grants int `json:"grants"`
}

func userListCommand(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("user list", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "")
	config := flags.String("config", daemonconfig.DefaultPath, "")
	if err := parseFlags(flags, userListHelp, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*config)
	if err != nil {
		return err
	}
	status, unknown := daemonOf{*config, cfg.StateDir}.status()
	if unknown != nil {
		fmt.Fprintf(stderr, "live grants are not known: %v\n", unknown)
		status.Grants = nil
	}
	entries := []userEntry{}
	for _, door := range cfg.Doors {
		for _, key := range door.Keys {
			entries = append(entries, userEntry{door.Name, key.User, key.Method(), live(status.Grants, keyName{door.Name, key.User})})
		}
	}
	if *asJSON {
		return printJSON(stdout, entries)
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "DOOR\tUSER\tMETHOD\tLIVE GRANTS")
	for _, e := range entries {
		count := fmt.Sprint(e.Grants)
		if unknown != nil {
			count = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.Door, e.User, e.Method, count)
	}
	return table.Flush()
}
