// Package daemon puts the parts of sallyportd together: packets from capture go through the watch set to the
// matcher; a match goes through the replay record to the gate. It starts with the gate closed and ends with
// it closed, and a failure of any part along the way opens nothing.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/replay"
)

// Options are what Run needs besides the config.
type Options struct {
	Config     *daemonconfig.Config
	ConfigPath string
	Version    string
	Log        eventlog.Log
}

// Run serves until the context ends.
func Run(ctx context.Context, o Options) (err error) {
	lock, err := lockState(o.Config.StateDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	network, err := hostnet.Follow(o.Config.Interfaces)
	if err != nil {
		return err
	}
	defer network.Stop()
	ports, err := newOrdinaryPorts(o.Config.GatedPorts())
	if err != nil {
		return err
	}
	defer ports.stop()
	e := newEngine(o, network, ports)
	if err := e.openStore(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.store.Close(readClock())) }()
	if err := e.openGate(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.gate.Close(o.Config.OnExit == daemonconfig.KeepClosed)) }()
	if err := e.roll(); err != nil {
		return err
	}
	defer e.capture.Close()
	server, err := control.Listen(o.Config.ControlSocket(), e.command)
	if err != nil {
		return err
	}
	defer server.Close()
	e.announce()
	notify("READY=1")
	defer notify("STOPPING=1")
	// What starting up needed goes back to the system, once.
	debug.FreeOSMemory()
	return e.serve(ctx)
}

// serve runs the capture loop and the clock's work until the context ends or the capture fails.
func (e *engine) serve(ctx context.Context) error {
	captured := make(chan error, 1)
	go func() { captured <- e.capture.Run(e.packets) }()
	timer := time.NewTimer(e.wait())
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			e.capture.Stop()
			return <-captured
		case err := <-captured:
			return err
		case <-timer.C:
			e.tick()
			timer.Reset(e.wait())
		}
	}
}

func (e *engine) openStore() error {
	var keys []replay.Key
	for _, key := range e.keys.Rotating() {
		keys = append(keys, replay.Key{ID: replay.KeyID(key.Secret), Period: key.Params.Period, Skew: key.Skew})
	}
	store, err := replay.Open(e.config.StateDir, keys, readClock())
	if err != nil {
		return err
	}
	e.store = store
	if store.Unclean {
		e.log.Event(eventlog.Warning, "replay-floor", eventlog.F("reason", "the machine went down without a clean stop"),
			eventlog.F("effect", "rotating knocks open again after skew + 1 periods"))
	}
	for _, i := range store.Ahead(time.Now()) {
		door, user := e.rotatingName(i)
		e.log.Event(eventlog.Warning, "replay-ahead", eventlog.F("door", door), eventlog.F("user", user),
			eventlog.F("reason", "the newest accepted code lies in the future; was the clock set back?"))
	}
	return nil
}

func (e *engine) openGate() error {
	g, adopted, err := gate.Open(gate.Config{
		Ports: e.config.GatedPorts(), AlwaysAllow: e.config.AlwaysAllow, Interfaces: e.config.Interfaces,
		Report: func(what string, err error) {
			fields := []eventlog.Field{eventlog.F("what", what)}
			if err != nil {
				fields = append(fields, eventlog.F("error", err))
			}
			e.log.Event(eventlog.Warning, "gate", fields...)
		},
	}, time.Now, e.stillKnown)
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

// lockState makes sure that one daemon works with a state directory.
func lockState(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another sallyportd is running with the state directory %s", dir)
		}
		return nil, fmt.Errorf("lock the state directory: %w", err)
	}
	return file, nil
}

// readClock reads both clocks (clock_gettime(2), CLOCK_BOOTTIME counts sleep too).
func readClock() replay.Clock {
	var boot unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) // cannot fail on Linux
	return replay.Clock{Wall: time.Now().Round(0), Boot: time.Duration(boot.Nano())}
}
