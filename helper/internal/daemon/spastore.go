package daemon

import (
	"slices"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/spareplay"
	"sallyport/helper/internal/step"
)

// openSPA opens the replay record and starts to take packets.
func (e *engine) openSPA() error {
	desk, err := newSPADesk(e, e.config, e.network)
	if err != nil || desk == nil {
		return err
	}
	if err := e.openSPAStore(desk.keys); err != nil {
		desk.discard()
		return err
	}
	e.spa = desk
	desk.start()
	return nil
}

func (e *engine) openSPAStore(keys []spaKey) error {
	store, err := spareplay.Open(e.config.StateDir, spaKeyIDs(keys), e.readClock())
	if err != nil {
		return err
	}
	e.spaStore = store
	if store.Cramped != nil {
		e.log.Event(eventlog.Warning, "replay", eventlog.F("error", store.Cramped), eventlog.F("effect", "the SPA record that is there is used on"))
	}
	e.warnFloor(store.Unclean, store.Damaged, store.Aside, "SPA packets open again when they were sent two minutes after the start")
	e.warnSPAAhead()
	return nil
}

// warnSPAAhead tells of keys that refuse packets because of a clock that was ahead.
func (e *engine) warnSPAAhead() {
	if e.spaStore == nil {
		return
	}
	for _, i := range e.spaStore.Ahead(e.wall()) {
		door, user := e.spaName(i)
		e.log.Event(eventlog.Warning, "replay-ahead", eventlog.F("door", door), eventlog.F("user", user),
			eventlog.F("reason", "packets are refused until a time in the future; was the clock set back?"),
			eventlog.F("advice", "sallyportd reset-replay"))
	}
}

// resetSPA has such keys take packets again and counts them. The caller holds the lock.
func (e *engine) resetSPA() (int, error) {
	if e.spaStore == nil {
		return 0, nil
	}
	ahead, err := e.spaStore.Reset(e.wall())
	for _, i := range ahead {
		door, user := e.spaName(i)
		e.log.Event(eventlog.Notice, "reset-replay", eventlog.F("door", door), eventlog.F("user", user))
	}
	return len(ahead), err
}

// spaName names the SPA key with an index.
func (e *engine) spaName(index int) (door, user string) {
	for _, d := range e.config.Doors {
		for _, k := range d.Keys {
			if k.SPA == nil {
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

// closeSPA ends taking packets and marks the record as whole.
func (e *engine) closeSPA() error {
	e.mu.Lock()
	desk := e.spa
	e.spa = nil
	e.mu.Unlock()
	desk.stop()
	if e.spaStore == nil {
		return nil
	}
	return e.spaStore.Close(e.readClock())
}

// setSPAKeys goes over to the keys of another desk, whose record may be the first. The caller holds the lock.
func (e *engine) setSPAKeys(desk *spaDesk) error {
	var keys []spaKey
	if desk != nil {
		keys = desk.keys
	}
	if e.spaStore == nil && desk != nil {
		return e.openSPAStore(keys)
	}
	if e.spaStore == nil {
		return nil
	}
	return e.spaStore.SetKeys(spaKeyIDs(keys), e.readClock())
}

func spaKeyIDs(keys []spaKey) []replay.ID {
	ids := make([]replay.ID, len(keys))
	for i := range keys {
		ids[i] = replay.KeyID(keys[i].cfg.HMACKey)
	}
	return ids
}

// ordinaryOf are ports whose traffic is no sign of a scan: the gated ones and those that SPA packets come to.
func ordinaryOf(cfg *daemonconfig.Config) []gate.PortRange {
	ports := slices.Clone(cfg.GatedPorts())
	for _, port := range cfg.SPAPorts() {
		ports = append(ports, gate.PortRange{Protocol: step.UDP, Low: port, High: port})
	}
	return ports
}
