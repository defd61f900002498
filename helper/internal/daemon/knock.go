package daemon

import (
	"errors"
	"net/netip"
	"time"

	"sallyport/helper/internal/capture"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/grants"
	"sallyport/helper/internal/keyring"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/rks1"
)

// packets takes one batch from the capture.
func (e *engine) packets(batch []capture.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	view := e.network.View()
	for i := range batch {
		p := &batch[i]
		class := e.watch.Classify(p.Step, p.Flags, e.ports.has)
		if class == 0 || !view.Watches(p.Interface) || !view.Local(p.Destination) || !view.Outside(p.Source) {
			continue
		}
		outcome := e.matcher.Hit(now, matcher.Hit{Source: p.Source, Step: p.Step, Flags: p.Flags, Class: class})
		if outcome.Matched != 0 {
			e.matched(outcome.Matched, p.Source, now)
		}
		if len(outcome.Conflict) > 0 {
			e.conflict(outcome.Conflict, p.Source)
		}
		if outcome.Scan > 0 {
			e.log.Event(eventlog.Warning, "scan", eventlog.F("source", p.Source), eventlog.F("hits", outcome.Scan),
				eventlog.F("within", matcher.ScanWindow))
		}
	}
}

// matched turns a complete sequence into an open or closed door: replay record first, then the gate.
func (e *engine) matched(id matcher.ID, from netip.Addr, now time.Time) {
	slot, known := e.keys.Slot(id)
	if !known {
		return
	}
	door, key := e.config.Doors[slot.Door], e.config.Doors[slot.Door].Keys[slot.Key]
	fields := []eventlog.Field{
		eventlog.F("door", door.Name), eventlog.F("user", key.User), eventlog.F("source", from), eventlog.F("action", slot.Action),
	}
	if key.Rotating != nil {
		offset := int64(slot.Counter) - int64(rks1.Counter(e.wall().Unix(), key.Rotating.Params.Period))
		fields = append(fields, eventlog.F("offset", offset))
		if err := e.store.Accept(slot.Replay, slot.Action, slot.Counter); err != nil {
			level, result := eventlog.Error, "refused"
			if errors.Is(err, replay.ErrUsed) {
				level, result = eventlog.Warning, "replayed"
			}
			e.log.Event(level, "knock", append(fields, eventlog.F("result", result), eventlog.F("error", err))...)
			return
		}
	}
	if key.OneTime != nil {
		if err := e.useOneTime(slot); err != nil {
			e.log.Event(eventlog.Error, "knock", append(fields, eventlog.F("result", "refused"), eventlog.F("error", err))...)
			return
		}
	}
	result, err := e.carryOut(slot, door, key.User, from, now)
	if err != nil {
		e.log.Event(eventlog.Error, "knock", append(fields, eventlog.F("result", "failed"), eventlog.F("error", err))...)
		return
	}
	e.log.Event(eventlog.Notice, "knock", append(fields, result...)...)
}

func (e *engine) carryOut(slot keyring.Slot, door daemonconfig.Door, user string, from netip.Addr, now time.Time) ([]eventlog.Field, error) {
	if slot.Action == rks1.Close {
		plan := e.book.PlanClose(from, door.Name, user, now)
		if len(plan.Ended) == 0 {
			return []eventlog.Field{eventlog.F("result", "not-open")}, nil
		}
		return []eventlog.Field{eventlog.F("result", "closed")}, e.apply(plan)
	}
	return e.open(opening{door: &door, user: user, addr: from, ports: door.Ports, port: firstPort(door.Ports), openFor: door.OpenFor}, now)
}

// conflict reports that keys of different owners matched at once, which opens nothing.
func (e *engine) conflict(ids []matcher.ID, from netip.Addr) {
	for _, id := range ids {
		slot, known := e.keys.Slot(id)
		if !known {
			continue
		}
		door := e.config.Doors[slot.Door]
		e.log.Event(eventlog.Warning, "knock", eventlog.F("door", door.Name), eventlog.F("user", door.Keys[slot.Key].User),
			eventlog.F("source", from), eventlog.F("action", slot.Action), eventlog.F("result", "ambiguous"))
	}
}

// stillKnown tells whether a grant that was found in the kernel belongs to a key that is still configured and to
// a port of its door.
func (e *engine) stillKnown(g gate.Grant) bool {
	door, user, ok := grants.ParseLabel(g.Label)
	return ok && mayHold(e.config, door, user, g.Element)
}

// mayHold tells whether a user has a key of a door that has this port; port 0 asks for a door without ports.
func mayHold(cfg *daemonconfig.Config, name, user string, element gate.Element) bool {
	for _, door := range cfg.Doors {
		if door.Name != name {
			continue
		}
		for _, key := range door.Keys {
			if key.User == user && (covers(door.Ports, element) || element.Port == 0 && len(door.Ports) == 0) {
				return true
			}
		}
	}
	return false
}

func covers(ports []gate.PortRange, element gate.Element) bool {
	for _, r := range ports {
		if r.Protocol == element.Protocol && r.Low <= element.Port && element.Port <= r.High {
			return true
		}
	}
	return false
}

// rotatingName names the rotating key with an index.
func (e *engine) rotatingName(index int) (door, user string) {
	for _, d := range e.config.Doors {
		for _, k := range d.Keys {
			if k.Rotating == nil {
				continue
			}
			if index == 0 {
				return d.Name, k.User
			}
			index--
		}
	}
	return "", ""
}
