package daemon

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/grants"
)

func commandKey(g grants.Grant) doorcmd.Key {
	return doorcmd.Key{Addr: g.Addr, Door: g.Door, User: g.User, Ports: g.PortsText()}
}

// openCommands reads the closes that an earlier process owes: of grants that live on they wait, all others run now.
func (e *engine) openCommands() error {
	commands, err := doorcmd.New(e.config.StateDir, e.commandEnded)
	if err != nil {
		return err
	}
	e.commands = commands
	if err := commands.Cramped(); err != nil {
		e.log.Event(eventlog.Warning, "command", eventlog.F("error", err), eventlog.F("effect", "the journal of owed closes that is there is used on"))
	}
	if err := commands.Damaged(); err != nil {
		e.log.Event(eventlog.Error, "command", eventlog.F("error", err),
			eventlog.F("effect", "the closes that stood there do not run; run by hand what closes these doors"))
	}
	now, wall := time.Now(), e.wall()
	for _, o := range commands.Owed() {
		left := o.Left(wall)
		// Grants with ports are in the gate, or over.
		if o.Ports == "" && left > 0 && mayHold(e.config, o.Door, o.User, gate.Element{Addr: o.Addr}) {
			e.book.Restore(o.Addr, o.Door, o.User, now.Add(left))
		}
	}
	e.endCommandsOfNoGrant(now)
	return nil
}

// endCommandsOfNoGrant has the closes of grants run that are over, for whatever reason.
func (e *engine) endCommandsOfNoGrant(now time.Time) {
	owed := e.commands.Owed()
	if len(owed) == 0 {
		return
	}
	live := map[doorcmd.Key]bool{}
	for _, g := range e.book.Live(now) {
		live[commandKey(g)] = true
	}
	for _, o := range owed {
		if !live[o.Key] {
			e.commands.End(o.Key)
		}
	}
}

// commandEnded tells how a command ended. It takes no lock of the engine.
func (e *engine) commandEnded(r doorcmd.Report) {
	level, result := eventlog.Info, "done"
	fields := []eventlog.Field{
		eventlog.F("door", r.Door), eventlog.F("user", r.User), eventlog.F("source", r.Addr), eventlog.F("command", r.Phase),
		eventlog.F("took", r.Took.Round(time.Millisecond)),
	}
	if r.Err != nil || r.Exit != 0 {
		level, result = eventlog.Warning, "failed"
		if r.Err != nil {
			fields = append(fields, eventlog.F("error", r.Err))
		} else {
			fields = append(fields, eventlog.F("exit", r.Exit))
		}
		if r.Output != "" {
			fields = append(fields, eventlog.F("output", r.Output))
		}
	}
	e.log.Event(level, "command", append(fields, eventlog.F("result", result))...)
}

// grantsCommand lists the live grants.
func (e *engine) grantsCommand([]string) (any, error) { return e.status().Grants, nil }

// revokeCommand ends every grant of an address.
func (e *engine) revokeCommand(arguments []string) (any, error) {
	if len(arguments) != 1 {
		return nil, errors.New("expected one address")
	}
	addr, err := netip.ParseAddr(arguments[0])
	if err != nil || addr.Zone() != "" {
		return nil, fmt.Errorf("%q is not an IPv4 or IPv6 address", arguments[0])
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	plan := e.book.PlanRevoke(addr.Unmap(), time.Now())
	if err := e.apply(plan); err != nil {
		return nil, err
	}
	for _, g := range plan.Ended {
		e.log.Event(eventlog.Notice, "closed", eventlog.F("door", g.Door), eventlog.F("user", g.User),
			eventlog.F("source", g.Addr), eventlog.F("result", "revoked"))
	}
	if len(plan.Ended) == 0 {
		return Done{fmt.Sprintf("%s had no live grant", addr)}, nil
	}
	return Done{fmt.Sprintf("%s of %s ended; connections that are open stay open", counted.Of(len(plan.Ended), "grant"), addr)}, nil
}
