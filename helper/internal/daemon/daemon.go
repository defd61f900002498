// Package daemon puts the parts of sallyportd together: packets from capture go through the watch set to the
// matcher; a match goes through the replay record to the gate. It starts with the gate closed and ends with
// it closed, and a failure of any part along the way opens nothing.
package daemon

import (
	"context"
	"errors"
	"os"
	"time"

	"sallyport/helper/internal/clocksync"
	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/resident"
	"sallyport/helper/internal/statedir"
)

// Options are what Run needs besides the config.
type Options struct {
	Config     *daemonconfig.Config
	ConfigPath string
	// Load reads the config again, for a reload.
	Load func() (*daemonconfig.Config, error)
	// Hangup asks for a reload whenever something comes; nil is never.
	Hangup <-chan os.Signal
	// Trial makes a gate that vanishes with the process until it is confirmed.
	Trial bool
	// Wall is the time of day; nil is the machine's.
	Wall    func() time.Time
	Version string
	Log     eventlog.Log
}

// Run serves until the context ends.
func Run(ctx context.Context, o Options) (err error) {
	lock, err := statedir.Lock(o.Config.StateDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	network, err := hostnet.Follow(o.Config.Interfaces)
	if err != nil {
		return err
	}
	ports, err := newOrdinaryPorts(ordinaryOf(o.Config))
	if err != nil {
		network.Stop()
		return err
	}
	defer ports.stop()
	e := newEngine(o, network, ports)
	defer func() { e.network.Stop() }() // a reload may have changed it
	if err := e.openStore(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.store.Close(e.readClock())) }()
	if err := e.openGate(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.gate.Close(e.config.OnExit == daemonconfig.KeepClosed)) }()
	if err := e.openCommands(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.commands.Stop()) }()
	if err := e.roll(); err != nil {
		return err
	}
	defer e.capture.Close()
	if err := e.openSPA(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.closeSPA()) }()
	server, err := control.Listen(o.Config.ControlSocket(), e.command)
	if err != nil {
		return err
	}
	defer server.Close()
	e.saveGate()
	e.handOver()
	e.announce()
	notify("READY=1")
	defer notify("STOPPING=1")
	// What starting up needed goes back to the system, once everything runs.
	settled := time.AfterFunc(time.Second, resident.Trim)
	defer settled.Stop()
	return e.serve(ctx)
}

// serve runs the capture loop and the clock's work until the context ends or the capture fails.
func (e *engine) serve(ctx context.Context) error {
	captured := make(chan error, 1)
	go func() { captured <- e.capture.Run(e.packets) }()
	set, stop, err := clocksync.Watch()
	if err != nil {
		e.log.Event(eventlog.Warning, "clock", eventlog.F("error", err), eventlog.F("effect", "a clock that is set is noticed seconds later"))
	} else {
		defer stop()
	}
	timer := time.NewTimer(e.wait())
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			e.capture.Stop()
			return <-captured
		case err := <-captured:
			return err
		case err := <-e.failed:
			e.capture.Stop()
			return errors.Join(err, <-captured)
		case <-e.sooner:
		case <-e.options.Hangup:
			_ = e.reload() // the log says what is wrong
		case job := <-e.jobs:
			job.done <- job.do()
		case <-set:
			e.tick()
		case <-timer.C:
			e.tick()
		}
		timer.Reset(e.wait())
	}
}

// job is work that somebody else wants done in the serve loop, so that it never meets the clock's work.
type job struct {
	do   func() error
	done chan error
}

// inLoop has something done in the serve loop.
func (e *engine) inLoop(do func() error) error {
	j := job{do, make(chan error, 1)}
	select {
	case e.jobs <- j:
		return <-j.done
	case <-time.After(jobWait):
		return errors.New("the daemon is busy; try again")
	}
}

func (e *engine) openStore() error {
	store, err := replay.Open(e.config.StateDir, replayKeys(e.keys.Rotating()), e.readClock())
	if err != nil {
		return err
	}
	e.store = store
	if store.Cramped != nil {
		e.log.Event(eventlog.Warning, "replay", eventlog.F("error", store.Cramped), eventlog.F("effect", "the record that is there is used on"))
	}
	e.warnFloor(store.Unclean, store.Damaged, store.Aside, "rotating knocks open again after skew + 1 periods")
	e.warnAhead()
	e.armOneTime()
	return nil
}

// warnFloor tells why knocks that may have been used before are refused for a while after a start.
func (e *engine) warnFloor(unclean, damaged bool, aside, effect string) {
	switch {
	case damaged:
		e.log.Event(eventlog.Warning, "replay-floor", eventlog.F("reason", "the record of what was used is damaged"),
			eventlog.F("kept", aside), eventlog.F("effect", effect))
	case unclean:
		e.log.Event(eventlog.Warning, "replay-floor", eventlog.F("reason", "the machine went down without a clean stop"),
			eventlog.F("effect", effect))
	}
}

// warnAhead tells of keys that refuse knocks because of what was accepted in the future.
func (e *engine) warnAhead() {
	for _, i := range e.store.Ahead(e.wall()) {
		door, user := e.rotatingName(i)
		e.log.Event(eventlog.Warning, "replay-ahead", eventlog.F("door", door), eventlog.F("user", user),
			eventlog.F("reason", "the newest accepted code lies in the future; was the clock set back?"),
			eventlog.F("advice", "sallyportd reset-replay"))
	}
	e.warnSPAAhead()
}

func (e *engine) openGate() error {
	if e.config.NoGate {
		e.gate = noGate{}
		return nil
	}
	panicking := statedir.Panicking(e.config.StateDir)
	if panicking {
		e.log.Event(eventlog.Warning, "panic", eventlog.F("effect", "every gated port is open to all until: sallyportd resume"))
	}
	cfg := gateConfig(e.config)
	cfg.Trial, cfg.Panic = e.options.Trial, panicking
	cfg.Report = func(what string, err error) {
		fields := []eventlog.Field{eventlog.F("what", what)}
		if err != nil {
			fields = append(fields, eventlog.F("error", err))
		}
		e.log.Event(eventlog.Warning, "gate", fields...)
	}
	g, adopted, err := gate.Open(cfg, time.Now, e.stillKnown)
	if err != nil {
		return err
	}
	e.gate = g
	now := time.Now()
	for _, grant := range adopted {
		e.book.Adopt(grant, now)
	}
	return nil
}
