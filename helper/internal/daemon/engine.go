package daemon

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"

	"sallyport/helper/internal/capture"
	"sallyport/helper/internal/clocksync"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/grants"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/keyring"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/replay"
	"sallyport/helper/internal/spareplay"
	"sallyport/helper/internal/watchset"
)

const (
	// longestWait is how soon a clock that was set is noticed.
	longestWait = 5 * time.Second
	// decoyPeriod is how often decoys change when no rotating key sets the pace.
	decoyPeriod  = 30 * time.Second
	sweepPerTick = 4096
	// jobWait is for how long a command waits for the serve loop; rolling ten thousand keys takes a second.
	jobWait = 4 * time.Second
	// rollAtOnce is how many sequences are derived in one go: a few milliseconds.
	rollAtOnce = 200
)

// engine is the running daemon. mu guards everything below it; the capture loop takes it once per batch.
type engine struct {
	options Options
	log     eventlog.Log
	ports   *ordinaryPorts
	started time.Time
	jobs    chan job
	failed  chan error // of what runs beside the capture
	// sooner has the serve loop look at the time again, because a grant may end before it would have.
	sooner chan struct{}

	mu        sync.Mutex
	config    *daemonconfig.Config
	network   *hostnet.Follower
	matcher   *matcher.Matcher
	keys      *keyring.Keyring
	watch     *watchset.Set
	ephemeral watchset.Ephemeral
	nextTurn  time.Time
	book      *grants.Book
	store     *replay.Store
	once      *onetime.Record // nil until a key is of this method
	gate      firewall
	commands  *doorcmd.Runner
	spa       *spaDesk         // nil while no key is of this method
	spaStore  *spareplay.Store // nil until one was
	capture   *capture.Capture
	clock     replay.Clock
	opened    bool // a knock has opened a door since the start
	counts    capture.Counts
	sync      *clocksync.Clock
	synced    clocksync.State
}

func newEngine(o Options, network *hostnet.Follower, ports *ordinaryPorts) *engine {
	now := time.Now()
	e := &engine{
		options: o, config: o.Config, log: o.Log, network: network, ports: ports, started: now, jobs: make(chan job), failed: make(chan error, 1), sooner: make(chan struct{}, 1),
		matcher: matcher.New(now, matcher.DefaultLimits()), book: grants.New(), sync: clocksync.New(),
	}
	if e.options.Wall == nil {
		e.options.Wall = time.Now
	}
	e.clock, e.synced = e.readClock(), e.sync.Read()
	e.ephemeral.Low, e.ephemeral.High = hostnet.EphemeralRange()
	e.keys = keyring.New(o.Config, e.matcher)
	return e
}

// roll follows the clock: new counters bring new sequences, a new watch set and new decoys. The lock is let go
// again and again, so that packets do not wait for ten thousand keys.
func (e *engine) roll() error {
	changed := false
	for more := true; more; {
		var some bool
		e.mu.Lock()
		some, more = e.keys.Roll(e.wall(), rollAtOnce)
		e.mu.Unlock()
		changed = changed || some
	}
	now := time.Now()
	e.mu.Lock()
	due := changed || e.watch == nil || !now.Before(e.nextTurn)
	var sequences []watchset.Sequence
	if due {
		sequences = e.keys.Watch()
		e.nextTurn = now.Add(decoyPeriod)
	}
	e.mu.Unlock()
	if !due {
		return nil
	}
	watch := watchset.New(sequences, e.ephemeral, random)
	filters, err := filtersOf(watch)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watch = watch
	if e.capture == nil {
		e.capture, err = capture.Open(filters)
		return err
	}
	return e.capture.SetFilters(filters)
}

// tick is called when the clock has work: sequences, decoys, ended grants, forgotten sources, a clock that was set.
func (e *engine) tick() {
	notify("WATCHDOG=1")
	e.handOver()
	if e.sync.Due(clocksync.Hourly) {
		go e.sync.Ask()
	}
	if err := e.roll(); err != nil {
		e.log.Event(eventlog.Error, "filter", eventlog.F("error", err))
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.watchClock()
	for _, g := range e.book.Expire(now) {
		e.log.Event(eventlog.Info, "closed", eventlog.F("door", g.Door), eventlog.F("user", g.User),
			eventlog.F("source", g.Addr), eventlog.F("result", "expired"))
	}
	e.endCommandsOfNoGrant(now)
	if e.spa != nil {
		e.spa.unproven.tell(e.log, now)
	}
	e.matcher.Sweep(now, sweepPerTick)
}

// wait is the time until the next tick.
func (e *engine) wait() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, wall := time.Now(), e.wall()
	wait := longestWait
	if next := e.keys.Next(wall); !next.IsZero() {
		wait = min(wait, next.Sub(wall))
	}
	for _, g := range e.book.Live(now) {
		wait = min(wait, g.Until.Sub(now))
	}
	return max(wait, time.Millisecond)
}

func filtersOf(watch *watchset.Set) (f capture.Filters, err error) {
	if f.IPv4, err = watch.Filter(false); err != nil {
		return f, err
	}
	f.IPv6, err = watch.Filter(true)
	return f, err
}

func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return binary.NativeEndian.Uint32(b[:])
}
