package main

import (
	"fmt"
	"io"
	"strings"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/knockdaemon"
	"sallyport/helper/internal/plaintext"
)

func (k *knockdFlags) status(asJSON bool, stdout io.Writer) error {
	var s knockdaemon.Status
	if err := control.Call(daemonconfig.ControlSocket(k.dir()), "status", &s); err != nil {
		return err
	}
	if asJSON {
		return printJSON(stdout, s)
	}
	_, err := io.WriteString(stdout, describeKnockd(s))
	return err
}

func describeKnockd(s knockdaemon.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sallyportd %s, pid %d, up %.0f s, serves %s by knockd's rules\n", s.Version, s.PID, s.Uptime, s.Config)
	fmt.Fprintf(&b, "listening on %s; %d knocks under way; %d packets seen, %d dropped by the kernel\n",
		s.Interface, s.Attempts, s.Packets.Passed, s.Packets.Dropped)
	for _, d := range s.Doors {
		fmt.Fprintf(&b, "door %s: %s within %.0f s, opened %s", plaintext.Line(d.Name), counted.Of(d.Steps, "step"), d.Timeout, counted.Of(d.Opened, "time"))
		if d.Left != nil {
			fmt.Fprintf(&b, ", %s left", counted.Of(*d.Left, "one-time sequence"))
		}
		b.WriteByte('\n')
	}
	if s.Starts.Running+s.Starts.Waiting > 0 {
		fmt.Fprintf(&b, "start commands: %d running, %d waiting\n", s.Starts.Running, s.Starts.Waiting)
	}
	for _, stop := range s.Stops {
		when := fmt.Sprintf("in %.0f s", stop.Left)
		switch stop.Phase {
		case "start":
			when = "after its start command"
		case "stop":
			when = "running"
		}
		fmt.Fprintf(&b, "open: %s for %s, stop command %s: %s\n", plaintext.Line(stop.Door), stop.Source, when, plaintext.Line(stop.Command))
	}
	if len(s.Stops) == 0 {
		b.WriteString("no stop command is owed\n")
	}
	return b.String()
}
