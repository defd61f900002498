package daemon

import (
	"errors"
	"fmt"

	"sallyport/helper/internal/counted"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/statedir"
)

// Done is the answer to a command that changed something.
type Done struct {
	// Message says in words what is different now.
	Message string `json:"message"`
}

func (e *engine) reloadNow() (string, error) { return "the config is in force", e.reload() }

func (e *engine) confirmCommand(arguments []string) (any, error) {
	force := len(arguments) == 1 && arguments[0] == "force"
	return e.do(func(e *engine) (string, error) { return e.confirm(force) })
}

// do has a command done in the serve loop.
func (e *engine) do(run func(*engine) (string, error)) (any, error) {
	var done Done
	err := e.inLoop(func() (err error) {
		done.Message, err = run(e)
		return err
	})
	return done, err
}

// panicNow opens the gate first: whoever asks for it is in trouble, and the mark can fail.
func (e *engine) panicNow() (string, error) {
	if err := e.gate.Panic(true); err != nil {
		return "", err
	}
	e.log.Event(eventlog.Warning, "panic", eventlog.F("effect", "every gated port is open to all until: sallyportd resume"))
	if err := statedir.SetPanic(e.config.StateDir, true); err != nil {
		e.log.Event(eventlog.Error, "panic", eventlog.F("error", err))
		return "", fmt.Errorf("every gated port is open to all now, but a restart will close the gate, because this could not be noted: %w", err)
	}
	return "every gated port is open to all until: sallyportd resume", nil
}

func (e *engine) resume() (string, error) {
	if err := statedir.SetPanic(e.config.StateDir, false); err != nil {
		return "", fmt.Errorf("the gate stays as it is: %w", err)
	}
	if err := e.gate.Panic(false); err != nil {
		return "", err
	}
	e.log.Event(eventlog.Notice, "resume", eventlog.F("effect", "the gate is closed but for grants"))
	return "the gate is closed but for grants", nil
}

// confirm ends a trial. A knock must have opened a door before, which proves that the way in works.
func (e *engine) confirm(force bool) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case !e.gate.State().Trial:
		return "", errors.New("this is no trial: the gate lasts already")
	case !e.opened && !force:
		return "", errors.New("no knock has opened a door since the trial began; knock first, from a new connection (or: confirm --force)")
	}
	if err := e.gate.Confirm(); err != nil {
		return "", err
	}
	e.log.Event(eventlog.Notice, "confirm", eventlog.F("knocked", e.opened), eventlog.F("forced", !e.opened))
	e.saveGate()
	return "the gate outlives the daemon from now on", nil
}

func (e *engine) resetReplay() (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ahead, err := e.store.Reset(e.wall())
	if err != nil {
		return "", err
	}
	for _, i := range ahead {
		door, user := e.rotatingName(i)
		e.log.Event(eventlog.Notice, "reset-replay", eventlog.F("door", door), eventlog.F("user", user))
	}
	spaAhead, err := e.resetSPA()
	if err != nil {
		return "", err
	}
	if len(ahead)+spaAhead == 0 {
		return "no key's newest accepted code lies in the future; nothing was reset", nil
	}
	return fmt.Sprintf("reset %s; knocks open again after skew + 1 periods", counted.Of(len(ahead)+spaAhead, "key")), nil
}
