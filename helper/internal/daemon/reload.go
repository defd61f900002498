package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/grants"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/keyring"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/statedir"
)

// reload goes over to the config as it is in the file now. Grants and the progress of whoever is knocking stay as far
// as the new config knows their keys. After an error everything is as it was. It runs in the serve loop.
func (e *engine) reload() error {
	next, err := e.options.Load()
	if err == nil {
		err = e.reconfigure(next)
	}
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			e.log.Event(eventlog.Error, "reload", eventlog.F("result", "refused"), eventlog.F("error", line))
		}
		return fmt.Errorf("the old config stays in force: %w", err)
	}
	for _, warning := range next.Warnings {
		e.log.Event(eventlog.Warning, "config", eventlog.F("warning", warning))
	}
	keys := 0
	for _, door := range next.Doors {
		keys += len(door.Keys)
	}
	e.log.Event(eventlog.Notice, "reload", eventlog.F("result", "done"), eventlog.F("doors", len(next.Doors)), eventlog.F("keys", keys))
	e.saveGate()
	if err := e.roll(); err != nil {
		return fmt.Errorf("the new config is in force, but not all of it is heard yet: %w", err)
	}
	return nil
}

func (e *engine) reconfigure(next *daemonconfig.Config) error {
	if next.StateDir != e.config.StateDir {
		return fmt.Errorf("state_dir changed from %s to %s, which takes a restart", e.config.StateDir, next.StateDir)
	}
	if next.NoGate != e.config.NoGate {
		return errors.New("gate.mode changed, which takes a restart")
	}
	network := e.network
	if !slices.Equal(next.Interfaces, e.config.Interfaces) {
		var err error
		if network, err = hostnet.Follow(next.Interfaces); err != nil {
			return err
		}
	}
	old := e.network
	desk, err := newSPADesk(e, next, network)
	oldDesk := e.spa
	if err == nil {
		err = e.swap(next, network, desk)
	}
	if err == nil {
		oldDesk.stop()
	} else {
		desk.discard()
	}
	if unused := old; network != old {
		if err != nil {
			unused = network
		}
		unused.Stop()
	}
	return err
}

// swap makes the change while no packet is judged: first what can fail, the gate before the record.
func (e *engine) swap(next *daemonconfig.Config, network *hostnet.Follower, desk *spaDesk) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	exchanged := exchangedKeys(e.config, next)
	book, ended := e.book.Refit(func(door, user string, element gate.Element) bool {
		return mayHold(next, door, user, element) && !exchanged[grants.Label(door, user)]
	}, now)
	if err := e.gate.Reconfigure(gateConfig(next), book.Elements(now)); err != nil {
		return err
	}
	if err := e.store.SetKeys(replayKeys(keyring.RotatingOf(next)), e.readClock()); err != nil {
		return errors.Join(err, e.gate.Reconfigure(gateConfig(e.config), e.book.Elements(now)))
	}
	if err := e.setSPAKeys(desk); err != nil {
		return errors.Join(err, e.store.SetKeys(replayKeys(e.keys.Rotating()), e.readClock()),
			e.gate.Reconfigure(gateConfig(e.config), e.book.Elements(now)))
	}
	e.config, e.network, e.book = next, network, book
	e.keys.Reconfigure(next)
	e.armOneTime()
	e.spa = desk
	desk.start()
	e.ports.setGated(ordinaryOf(next))
	e.nextTurn = now // sequences may have gone, so the watch set is made anew
	for _, g := range ended {
		e.log.Event(eventlog.Notice, "closed", eventlog.F("door", g.Door), eventlog.F("user", g.User),
			eventlog.F("source", g.Addr), eventlog.F("result", "removed"))
	}
	e.endCommandsOfNoGrant(now)
	return nil
}

// exchangedKeys lists by label the keys that have another secret now: whoever has only the old one is to be out.
func exchangedKeys(old, next *daemonconfig.Config) map[string]bool {
	before := map[string]*daemonconfig.Key{}
	eachKey(old, func(label string, key *daemonconfig.Key) { before[label] = key })
	exchanged := map[string]bool{}
	eachKey(next, func(label string, key *daemonconfig.Key) {
		if was := before[label]; was != nil && !was.Same(*key) {
			exchanged[label] = true
		}
	})
	return exchanged
}

func eachKey(cfg *daemonconfig.Config, use func(label string, key *daemonconfig.Key)) {
	for d := range cfg.Doors {
		for k := range cfg.Doors[d].Keys {
			use(grants.Label(cfg.Doors[d].Name, cfg.Doors[d].Keys[k].User), &cfg.Doors[d].Keys[k])
		}
	}
}

func gateConfig(cfg *daemonconfig.Config) gate.Config {
	return gate.Config{Ports: cfg.GatedPorts(), AlwaysAllow: cfg.AlwaysAllow, Interfaces: cfg.Interfaces}
}

func replayKeys(rotating []*daemonconfig.Rotating) []replay.Key {
	var keys []replay.Key
	for _, key := range rotating {
		keys = append(keys, replay.Key{ID: replay.KeyID(key.Secret), Period: key.Params.Period, Skew: key.Skew})
	}
	return keys
}

// saveGate notes the gate for the next boot. One that is on trial was not good yet.
func (e *engine) saveGate() {
	if e.gate.State().Trial {
		return
	}
	if err := statedir.SaveGate(e.config.StateDir, BootGate(e.config)); err != nil {
		e.log.Event(eventlog.Warning, "gate", eventlog.F("what", "the gate could not be saved for the next boot"), eventlog.F("error", err))
	}
}

// BootGate is what a config wants closed before the daemon runs.
func BootGate(cfg *daemonconfig.Config) statedir.Gate {
	return statedir.Gate{
		Ports: cfg.GatedPorts(), AlwaysAllow: cfg.AlwaysAllow, Interfaces: cfg.Interfaces, Open: cfg.OnExit == daemonconfig.LeaveOpen,
	}
}

// handOver keeps a daemon that root runs by hand from locking out the service's own user.
func (e *engine) handOver() {
	if err := statedir.HandOver(e.config.StateDir); err != nil {
		e.log.Event(eventlog.Warning, "state", eventlog.F("error", err))
	}
}
