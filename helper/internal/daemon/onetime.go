package daemon

import (
	"errors"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/keyring"
	"sallyport/helper/internal/onetime"
	"sallyport/helper/internal/step"
)

// armOneTime puts the first unused sequence of every one-time list in force. The caller holds the lock, or nobody
// else is there yet. When the record cannot be read, these keys open nothing and the others serve on.
func (e *engine) armOneTime() {
	for d := range e.config.Doors {
		for i := range e.config.Doors[d].Keys {
			if e.config.Doors[d].Keys[i].OneTime != nil {
				e.armNext(d, i)
			}
		}
	}
}

func (e *engine) armNext(door, key int) {
	d := &e.config.Doors[door]
	user := d.Keys[key].User
	fields := []eventlog.Field{eventlog.F("door", d.Name), eventlog.F("user", user)}
	if err := e.openOneTimeRecord(); err != nil {
		e.log.Event(eventlog.Error, "one-time", append(fields, eventlog.F("error", err), eventlog.F("effect", "this key opens nothing"))...)
		return
	}
	next, left := e.unusedOf(d.Name, user, d.Keys[key].OneTime)
	e.keys.Arm(door, key, next)
	level := eventlog.Info
	if left == 0 {
		level = eventlog.Warning
		fields = append(fields, eventlog.F("effect", "every sequence is used; this key opens nothing"))
	}
	e.log.Event(level, "one-time", append(fields, eventlog.F("left", left))...)
}

func (e *engine) openOneTimeRecord() (err error) {
	if e.once == nil {
		e.once, err = onetime.OpenRecord(e.config.StateDir)
	}
	return err
}

func (e *engine) unusedOf(door, user string, list *daemonconfig.OneTime) (next []step.Step, left int) {
	for _, steps := range list.Sequences {
		if !e.once.Used(onetime.IDOf(door, user, steps)) {
			if left++; left == 1 {
				next = steps
			}
		}
	}
	return next, left
}

// useOneTime notes the sequence that was knocked as used and puts the next one in force.
func (e *engine) useOneTime(slot keyring.Slot) error {
	door := &e.config.Doors[slot.Door]
	key := &door.Keys[slot.Key]
	if e.once == nil {
		return errors.New("the record of used sequences cannot be read")
	}
	steps, _ := e.unusedOf(door.Name, key.User, key.OneTime)
	if steps == nil {
		return onetime.ErrUsed
	}
	if err := e.once.Use(onetime.IDOf(door.Name, key.User, steps)); err != nil {
		return err
	}
	e.armNext(slot.Door, slot.Key)
	// The next knock may come at once, so its ports are watched at once; the loop cannot wait for itself, hence aside.
	e.nextTurn = time.Now()
	go func() { _ = e.inLoop(e.roll) }() // if it is busy, the next tick does it
	return nil
}
