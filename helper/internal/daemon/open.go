package daemon

import (
	"net/netip"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/grants"
)

// opening is a grant that a knock or packet has earned.
type opening struct {
	door  *daemonconfig.Door
	user  string
	addr  netip.Addr
	ports []gate.PortRange
	// port is what {port} stands for in commands, 0 for nothing.
	port    uint16
	openFor time.Duration
}

// open lets an address in: the owed close is noted first, then the gate opens. The caller holds the lock.
func (e *engine) open(o opening, now time.Time) ([]eventlog.Field, error) {
	plan, err := e.book.PlanOpen(o.addr, grants.Door{Name: o.door.Name, Ports: o.ports}, o.user, o.openFor, now)
	if err != nil {
		return nil, err
	}
	left := plan.Opened.Until.Sub(now)
	if len(o.door.OnOpen)+len(o.door.OnClose) > 0 {
		values := doorcmd.Values{IP: o.addr, User: o.user, Door: o.door.Name, Port: o.port}
		err := e.commands.Begin(doorcmd.Opening{
			Key: commandKey(plan.Opened), OnOpen: o.door.OnOpen.Expand(values), OnClose: o.door.OnClose.Expand(values),
			Until: e.wall().Add(left), OpenFor: left,
		})
		if err != nil {
			return nil, err
		}
	}
	if err := e.apply(plan); err != nil {
		e.endCommandsOfNoGrant(now)
		return nil, err
	}
	e.opened = true
	select {
	case e.sooner <- struct{}{}:
	default: // it will look
	}
	return []eventlog.Field{eventlog.F("result", "opened"), eventlog.F("for", left.Round(time.Second))}, nil
}

// apply has the gate make a change, notes it, and has the closes of what ended run.
func (e *engine) apply(plan grants.Plan) error {
	if len(plan.Changes) > 0 {
		if err := e.gate.Set(plan.Changes); err != nil {
			return err
		}
	}
	e.book.Commit(plan)
	for _, g := range plan.Ended {
		e.commands.End(commandKey(g))
	}
	return nil
}

// firstPort is what {port} stands for where nobody asked for one.
func firstPort(ports []gate.PortRange) uint16 {
	if len(ports) == 0 {
		return 0
	}
	return ports[0].Low
}
