package knockdaemon

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/capture"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/knockdmatch"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/stopqueue"
)

// packets takes one batch from the capture.
func (k *server) packets(batch []capture.Packet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := time.Now()
	view := k.network.View()
	for i := range batch {
		p := &batch[i]
		if !view.Watches(p.Interface) || !k.own && view.Local(p.Source) {
			continue
		}
		k.events(k.matcher.Hit(now, knockdmatch.Hit{
			Source: p.Source, Destination: p.Destination, Local: view.Local(p.Destination), Step: p.Step, Flags: p.Flags,
		}), now)
	}
}

// events logs in knockd's words and opens doors; mu is held.
func (k *server) events(events []knockdmatch.Event, now time.Time) {
	// Opening may change the matcher, which uses its slice again.
	for _, e := range slices.Clone(events) {
		door := k.config.Doors[e.Door].Name
		switch e.Kind {
		case knockdmatch.Stage:
			k.lines.Noise("%s: %s: Stage %d", e.Source, door, e.Stage)
		case knockdmatch.TimedOut:
			k.lines.Noise("%s: %s: sequence timeout (stage %d)", e.Source, door, e.Stage)
		case knockdmatch.Opened:
			k.opened(e.Door, e.Source)
		}
	}
}

// opened uses up a one-time sequence first, then runs what the door asks for.
func (k *server) opened(index int, from netip.Addr) {
	door := &k.config.Doors[index]
	fields := []eventlog.Field{eventlog.F("door", door.Name), eventlog.F("source", from), eventlog.F("action", "open")}
	if err := k.useUp(index); err != nil {
		k.log.Event(eventlog.Error, "knock", append(fields, eventlog.F("result", "refused"), eventlog.F("error", err))...)
		return
	}
	k.lines.Line("%s: %s: OPEN SESAME", from, door.Name)
	substitute := func(command string) string { return strings.ReplaceAll(command, "%IP%", from.String()) }
	job := stopqueue.Job{
		Door: door.Name, Source: from.String(),
		Start: substitute(door.Start.For(from)), Stop: substitute(door.Stop.For(from)), StopAfter: door.StopAfter,
	}
	result := "opened"
	if job.Start == "" {
		result = "no-command"
	} else if err := k.queue.Run(job); err != nil {
		k.log.Event(eventlog.Error, "knock", append(fields, eventlog.F("result", "failed"), eventlog.F("error", err))...)
		return
	}
	k.openings[door.Name]++
	k.log.Event(eventlog.Notice, "knock", append(fields, eventlog.F("result", result))...)
}

// useUp marks the active line of a one-time list and goes on to the next. When the line cannot be marked, nothing
// opens.
func (k *server) useUp(index int) error {
	pad := k.config.Pads[index]
	if pad == nil {
		return nil
	}
	failed := pad.Use()
	door := &k.config.Doors[index]
	door.Steps = pad.Active.Steps
	k.matcher.SetSteps(index, door.Steps)
	filters, err := filtersOf(k.config)
	if err == nil {
		err = k.capture.SetFilters(filters)
	}
	if err != nil {
		k.log.Event(eventlog.Error, "filter", eventlog.F("error", err))
	}
	if failed != nil && !errors.Is(failed, onetime.ErrExhausted) {
		return failed
	}
	level := eventlog.Info
	if pad.Left == 0 {
		level = eventlog.Warning
		k.lines.Line("no more sequences left in the one time sequences file for door %s --> disabling the door", door.Name)
	}
	k.log.Event(level, "one-time", eventlog.F("door", door.Name), eventlog.F("left", pad.Left))
	return failed
}

// report logs what the commands do.
func (k *server) report(r stopqueue.Report) {
	k.mu.Lock()
	lines := k.lines
	k.mu.Unlock()
	fields := []eventlog.Field{eventlog.F("door", r.Door), eventlog.F("source", r.Source), eventlog.F("command", r.Phase)}
	switch {
	case !r.Done:
		if r.Phase == stopqueue.Stopped {
			lines.Line("%s: %s: command timeout", r.Source, r.Door)
		}
		lines.Line("%s: running command: %s", r.Door, r.Command)
	case r.Phase == stopqueue.Saved:
		k.log.Event(eventlog.Error, "stop-commands", eventlog.F("result", "not-saved"), eventlog.F("error", r.Err),
			eventlog.F("effect", "they are lost if the daemon is killed now"))
	case r.Err != nil:
		k.log.Event(eventlog.Error, "command", append(fields, eventlog.F("result", "failed"), eventlog.F("error", r.Err))...)
	case r.Exit != 0:
		lines.Line("%s: command returned non-zero status code (%d)", r.Door, r.Exit)
		k.log.Event(eventlog.Warning, "command", append(fields, eventlog.F("result", "non-zero"), eventlog.F("status", r.Exit))...)
	case r.Phase == stopqueue.Stopped:
		k.log.Event(eventlog.Notice, "closed", append(fields, eventlog.F("result", "done"))...)
	}
}
