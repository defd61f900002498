// Package knockdaemon serves a configuration that was written for knockd: packets go from the capture to knockd's own
// matching, and a completed knock runs its commands. Stop commands that are owed outlive the process; a config with an
// error in it is not taken over; a missing interface is waited for. Nothing here touches Sallyport's own gate.
package knockdaemon

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/net/bpf"

	"sallyport/helper/internal/capture"
	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/knockdlog"
	"sallyport/helper/internal/knockdmatch"
	"sallyport/helper/internal/sdnotify"
	"sallyport/helper/internal/statedir"
	"sallyport/helper/internal/stopqueue"
	"sallyport/helper/internal/watchset"
)

const (
	tick = time.Second
	// commandGrace is how long a stopping daemon waits for commands that run.
	commandGrace = 5 * time.Second
)

// Options are what Run needs besides the config.
type Options struct {
	Config   *Config
	Path     string
	StateDir string
	Version  string
	Log      eventlog.Log
	// Reload makes the daemon read its config again.
	Reload <-chan os.Signal
	// Output is where commands write to.
	Output *os.File
}

// server is the running daemon. mu guards everything below it.
type server struct {
	o       Options
	log     eventlog.Log
	queue   *stopqueue.Queue
	started time.Time

	mu      sync.Mutex
	config  *Config
	network *hostnet.Follower
	lines   *knockdlog.Log
	matcher *knockdmatch.Matcher
	capture *capture.Capture
	own     bool // the interface is the loopback one
	// openings counts by the name of the door, over reloads.
	openings map[string]uint64
	counts   capture.Counts
}

// Run serves until the context ends.
func Run(ctx context.Context, o Options) (err error) {
	lock, err := statedir.Lock(o.StateDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	k := &server{o: o, log: o.Log, started: time.Now(), openings: map[string]uint64{}}
	k.lines, _ = knockdlog.Open(knockdlog.Options{Now: time.Now})
	recovered := 0
	k.queue, recovered, err = stopqueue.Open(stopqueue.Options{Dir: o.StateDir, Output: o.Output, Report: k.report, Now: time.Now})
	if err != nil {
		return err
	}
	defer k.close()
	if err := k.adopt(o.Config); err != nil {
		return err
	}
	socket, err := control.Listen(daemonconfig.ControlSocket(o.StateDir), k.command)
	if err != nil {
		return err
	}
	defer socket.Close()
	k.lines.Line("starting up, listening on %s", k.interfaces())
	k.log.Event(eventlog.Notice, "started", eventlog.F("version", o.Version), eventlog.F("doors", len(o.Config.Doors)),
		eventlog.F("mode", "knockd"), eventlog.F("interface", k.interfaces()), eventlog.F("owed_stop_commands", recovered))
	sdnotify.Send("READY=1")
	defer sdnotify.Send("STOPPING=1")
	return k.serve(ctx)
}

// RunOwed runs the stop commands that are due and ends. It is for a start that a bad config prevents: doors that an
// earlier process opened are closed all the same.
func RunOwed(o Options) error {
	lock, err := statedir.Lock(o.StateDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	k := &server{o: o, log: o.Log}
	k.lines, _ = knockdlog.Open(knockdlog.Options{Now: time.Now})
	defer k.lines.Close()
	k.queue, _, err = stopqueue.Open(stopqueue.Options{Dir: o.StateDir, Output: o.Output, Report: k.report, Now: time.Now})
	if err != nil {
		return err
	}
	k.queue.RunDue(commandGrace)
	k.queue.Close(commandGrace)
	return nil
}

func (k *server) serve(ctx context.Context) error {
	captured := make(chan error, 1)
	go func() { captured <- k.capture.Run(k.packets) }()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			k.capture.Stop()
			return <-captured
		case err := <-captured:
			return err
		case <-k.o.Reload:
			k.reload()
		case now := <-ticker.C:
			sdnotify.Send("WATCHDOG=1")
			k.mu.Lock()
			k.events(k.matcher.Sweep(now), now)
			k.mu.Unlock()
		}
	}
}

// close runs at the end; commands that are owed wait for the next start.
func (k *server) close() {
	if left := k.queue.Close(commandGrace); left > 0 {
		k.log.Event(eventlog.Warning, "stop-commands", eventlog.F("owed", left),
			eventlog.F("effect", "they are run when due, at the next start"))
	}
	k.lines.Line("shutting down")
	k.lines.Close()
	if k.network != nil {
		k.network.Stop()
	}
	if k.capture != nil {
		k.capture.Close()
	}
}

// adopt goes over to a config. On an error the old one stays in force.
func (k *server) adopt(config *Config) error {
	filters, err := filtersOf(config)
	if err != nil {
		return err
	}
	var names []string
	if config.only() {
		names = []string{config.Interface}
	}
	network, err := hostnet.Follow(names)
	if err != nil {
		return err
	}
	doors := make([]knockdmatch.Door, len(config.Doors))
	for i, d := range config.Doors {
		doors[i] = knockdmatch.Door{Steps: d.Steps, Timeout: d.Timeout, Flags: d.Flags, Target: d.Target}
	}
	k.mu.Lock()
	if k.capture == nil {
		k.capture, err = capture.Open(filters)
	} else {
		err = k.capture.SetFilters(filters)
	}
	if err != nil {
		k.mu.Unlock()
		network.Stop()
		return err
	}
	oldNetwork, oldLines := k.network, k.lines
	var problems []error
	k.config, k.network, k.own = config, network, config.loopback()
	k.matcher = knockdmatch.New(doors, time.Now())
	k.lines, problems = knockdlog.Open(knockdlog.Options{File: config.LogFile, Syslog: config.UseSyslog, Now: time.Now})
	k.capture.TakeLoopback(k.own)
	k.mu.Unlock()
	if oldNetwork != nil {
		oldNetwork.Stop()
	}
	oldLines.Close()
	for _, problem := range problems {
		k.log.Event(eventlog.Warning, "log", eventlog.F("error", problem))
	}
	return nil
}

// reload reads the config again; with an error in it nothing changes.
func (k *server) reload() {
	k.lines.Line("re-reading config file: %s", k.o.Path)
	config, err := Load(k.o.Path)
	if err == nil {
		err = k.adopt(config)
	}
	if err != nil {
		k.log.Event(eventlog.Error, "reload", eventlog.F("result", "refused"), eventlog.F("error", err),
			eventlog.F("effect", "the old config stays in force"))
		return
	}
	for _, warning := range config.Warnings {
		k.log.Event(eventlog.Warning, "config", eventlog.F("warning", warning))
	}
	k.log.Event(eventlog.Notice, "reload", eventlog.F("result", "done"), eventlog.F("doors", len(config.Doors)))
}

func (k *server) interfaces() string {
	if k.config.only() {
		return k.config.Interface
	}
	return anyInterface
}

// filtersOf lets through what some door waits for.
func filtersOf(config *Config) (f capture.Filters, err error) {
	var wanted []watchset.Wanted
	elsewhere := false
	for _, door := range config.Doors {
		elsewhere = elsewhere || door.Target.IsValid()
		at := -1
		for i, w := range wanted {
			if w.Mask == door.Flags.Mask && w.Want == door.Flags.Want {
				at = i
			}
		}
		if at < 0 {
			wanted, at = append(wanted, watchset.Wanted{Mask: door.Flags.Mask, Want: door.Flags.Want}), len(wanted)
		}
		wanted[at].Steps = append(wanted[at].Steps, door.Steps...)
	}
	program := func(ipv6 bool) []bpf.RawInstruction {
		raw, failed := watchset.PlainFilter(ipv6, wanted, elsewhere, config.loopback())
		err = errors.Join(err, failed)
		return raw
	}
	f.IPv4, f.IPv6 = program(false), program(true)
	return f, err
}
