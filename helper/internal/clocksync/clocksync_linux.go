// Package clocksync tells whether the time of day is kept in step with the world, as far as this process may
// know: rotating codes need it. It also tells at once when somebody sets the clock.
package clocksync

import (
	"errors"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/timedated"
)

// State is what is known about the clock.
type State struct {
	// Synchronized is "yes", "no" or "unknown".
	Synchronized string `json:"synchronized"`
	// Source is who says so: "kernel", "timesyncd" or "timedated".
	Source string `json:"source,omitempty"`
}

// timesyncd makes the file when it has synchronised for the first time since boot (systemd-timesyncd.service(8)).
const timesyncd = "/run/systemd/timesync"

const (
	// askFor bounds how long timedated may take, which the bus may have to start.
	askFor = time.Second
	// askAgain is how long its answer is good for those who ask often.
	askAgain = 10 * time.Second
	// Hourly is how often to Ask when nobody wants to know.
	Hourly = time.Hour
)

// Clock asks the kernel (adjtimex(2)); where a sandbox forbids that, it looks at timesyncd's file, and remembers what
// timedated said last, which knows of other time daemons as well. It is for any goroutine.
type Clock struct {
	kernel    func() (state int, status int32, err error)
	directory string
	timedated func() (synchronized bool, err error)

	asking sync.Mutex // one at a time
	mu     sync.Mutex // guards what follows
	said   State      // by timedated, the zero value for nothing
	asked  time.Time
}

// New makes a clock that timedated was not asked about.
func New() *Clock {
	ask := func() (bool, error) { return timedated.Synchronized(timedated.SystemBus, askFor) }
	return &Clock{kernel: adjtimex, directory: timesyncd, timedated: ask}
}

func adjtimex() (int, int32, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state, t.Status, err
}

// Read tells what is known, without waiting for anybody.
func (c *Clock) Read() State {
	here, sure := c.look()
	c.mu.Lock()
	defer c.mu.Unlock()
	if sure || c.said == (State{}) {
		return here
	}
	return c.said
}

// Ask asks timedated if nobody else knows for sure; it takes a second at most. An answer of the last seconds is still
// good, because asking may start a process.
func (c *Clock) Ask() {
	c.asking.Lock()
	defer c.asking.Unlock()
	if !c.Due(askAgain) {
		return
	}
	said := State{}
	if _, sure := c.look(); !sure {
		synchronized, err := c.timedated()
		switch {
		case err == nil && synchronized:
			said = State{"yes", "timedated"}
		case err == nil:
			said = State{"no", "timedated"}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said, c.asked = said, time.Now()
}

// Due tells whether the last Ask is longer ago than that.
func (c *Clock) Due(since time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked.IsZero() || time.Since(c.asked) >= since
}

// look asks who answers at once. sure is false where timedated may know better.
func (c *Clock) look() (state State, sure bool) {
	if state, status, err := c.kernel(); err == nil {
		if state == unix.TIME_ERROR || status&unix.STA_UNSYNC != 0 {
			return State{"no", "kernel"}, true
		}
		return State{"yes", "kernel"}, true
	}
	if _, err := os.Stat(c.directory + "/synchronized"); err == nil {
		return State{"yes", "timesyncd"}, true
	}
	if _, err := os.Stat(c.directory); err == nil {
		return State{"no", "timesyncd"}, false
	}
	return State{Synchronized: "unknown"}, false
}

// farAway is a time that the timer is set to, so that only a change of the clock ends its wait.
const farAway = 10 * 365 * 24 * time.Hour

// Watch sends whenever the clock is set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). stop ends it.
func Watch() (set <-chan struct{}, stop func(), err error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, nil, err
	}
	if err := arm(fd); err != nil {
		unix.Close(fd)
		return nil, nil, err
	}
	file := os.NewFile(uintptr(fd), "timerfd")
	changes, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 8)
		for {
			_, err := file.Read(buffer)
			if err != nil && !errors.Is(err, unix.ECANCELED) {
				return
			}
			select {
			case changes <- struct{}{}:
			default:
			}
			if arm(fd) != nil {
				return
			}
		}
	}()
	return changes, func() { file.Close(); <-done }, nil
}

func arm(fd int) error {
	at := unix.NsecToTimespec(time.Now().Add(farAway).UnixNano())
	return unix.TimerfdSettime(fd, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &unix.ItimerSpec{Value: at}, nil)
}
