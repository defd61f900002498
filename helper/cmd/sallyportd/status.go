package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"

	"sallyport/helper/internal/clocksync"
	"sallyport/helper/internal/control"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
)

const statusHelp = `Usage: sallyportd status [--json] [--config FILE | --knockd-conf FILE [--state-dir DIR]]

Asks the daemon that runs with this config for its doors, live grants and the state of the gate; the one that serves a
knockd.conf (root only) for its doors and the stop commands that are to come.

  --json              print one JSON object
  --config FILE       default ` + daemonconfig.DefaultPath + `
  --knockd-conf FILE  what the daemon was started with
  --state-dir DIR     the same
`

func statusCommand(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("status", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "")
	path := flags.String("config", daemonconfig.DefaultPath, "")
	knockd := addKnockdFlags(flags, true)
	if err := parseFlags(flags, statusHelp, args); err != nil {
		return err
	}
	if chosen, err := knockd.chosen(flags); err != nil {
		return err
	} else if chosen {
		return knockd.status(*asJSON, stdout)
	}
	dir, err := stateDirOf(flags, *path)
	if err != nil {
		return err
	}
	var s daemon.Status
	if err := control.Call(daemonconfig.ControlSocket(dir), "status", &s); err != nil {
		return err
	}
	if s.Clock.Synchronized == "unknown" {
		s.Clock = clocksync.New().Read() // the daemon's sandbox may forbid what this process may ask
	}
	if *asJSON {
		return printJSON(stdout, s)
	}
	_, err = io.WriteString(stdout, describe(s))
	return err
}

func printJSON(stdout io.Writer, value any) error {
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func describe(s daemon.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sallyportd %s, pid %d, up %.0f s\n", s.Version, s.PID, s.Uptime)
	fmt.Fprintf(&b, "gate: %s", s.Gate.Mode)
	if s.Gate.Restored > 0 {
		fmt.Fprintf(&b, ", put back %s", counted.Of(s.Gate.Restored, "time"))
	}
	b.WriteByte('\n')
	if s.Gate.Panic {
		b.WriteString("PANIC: every gated port is open to all until \"sallyportd resume\"\n")
	}
	if s.Gate.Trial {
		b.WriteString("trial: the gate vanishes with the daemon until \"sallyportd confirm\"\n")
	}
	fmt.Fprintf(&b, "clock synchronized: %s\n", s.Clock.Synchronized)
	fmt.Fprintf(&b, "watching %d steps and %d neighbours; %d sources remembered; %d packets seen, %d dropped by the kernel\n",
		s.Watched.Steps, s.Watched.Neighbours, s.Sources, s.Packets.Passed, s.Packets.Dropped)
	for _, d := range s.Doors {
		ports := "only commands"
		if len(d.Ports) > 0 {
			ports = strings.Join(d.Ports, " ")
		}
		fmt.Fprintf(&b, "door %s: %s, open for %.0f s, users %s\n", d.Name, ports, d.OpenFor, strings.Join(d.Users, " "))
	}
	b.WriteString(describeGrants(s.Grants))
	return b.String()
}
