package daemon

import (
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/replay"
)

// clockJump is how far the time of day may drift from the machine's clock between two ticks.
const clockJump = 2 * time.Second

// wall is the time of day alone: what counters are reckoned by. Everything that lasts for a while is reckoned by
// the machine's own clock, which nobody can set.
func (e *engine) wall() time.Time { return e.options.Wall().Round(0) }

// readClock reads both clocks (clock_gettime(2), CLOCK_BOOTTIME counts sleep too).
func (e *engine) readClock() replay.Clock {
	var boot unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) // cannot fail on Linux
	return replay.Clock{Wall: e.wall(), Boot: time.Duration(boot.Nano())}
}

// watchClock notices a time of day that was set, by comparing it with the clock that cannot be, and one that is
// synchronised for the first time. The caller holds the lock.
func (e *engine) watchClock() {
	clock, synced := e.readClock(), e.sync.Read()
	jump := clock.Wall.Sub(e.clock.Wall) - (clock.Boot - e.clock.Boot)
	first := synced.Synchronized == "yes" && e.synced.Synchronized != "yes"
	e.clock, e.synced = clock, synced
	if jump.Abs() >= clockJump {
		e.log.Event(eventlog.Warning, "clock-set", eventlog.F("by", jump.Round(time.Millisecond)))
	} else if !first {
		return
	}
	if first {
		e.log.Event(eventlog.Notice, "clock-synchronized", eventlog.F("source", synced.Source))
	}
	if err := e.store.ClockSet(clock); err != nil {
		e.log.Event(eventlog.Error, "replay", eventlog.F("error", err))
	}
	if e.spaStore != nil {
		if err := e.spaStore.ClockSet(clock); err != nil {
			e.log.Event(eventlog.Error, "replay", eventlog.F("error", err))
		}
	}
	e.warnAhead()
}
