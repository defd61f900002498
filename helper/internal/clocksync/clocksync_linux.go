// Package clocksync tells whether the time of day is kept in step with the world, as far as this process may
// know: rotating codes need it. It also tells at once when somebody sets the clock.
package clocksync

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// State is what is known about the clock.
type State struct {
	// Synchronized is "yes", "no" or "unknown".
	Synchronized string `json:"synchronized"`
	// Source is who says so: "kernel" or "timesyncd".
	Source string `json:"source,omitempty"`
}

// timesyncd makes the file when it has synchronised for the first time since boot (systemd-timesyncd.service(8)).
const timesyncd = "/run/systemd/timesync"

// Read asks the kernel (adjtimex(2)), and timesyncd's file where a sandbox forbids that.
func Read() State { return read(adjtimex, timesyncd) }

func adjtimex() (int, int32, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state, t.Status, err
}

func read(kernel func() (state int, status int32, err error), directory string) State {
	if state, status, err := kernel(); err == nil {
		if state == unix.TIME_ERROR || status&unix.STA_UNSYNC != 0 {
			return State{"no", "kernel"}
		}
		return State{"yes", "kernel"}
	}
	if _, err := os.Stat(directory + "/synchronized"); err == nil {
		return State{"yes", "timesyncd"}
	}
	if _, err := os.Stat(directory); err == nil {
		return State{"no", "timesyncd"}
	}
	return State{Synchronized: "unknown"}
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
