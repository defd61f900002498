package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemon"
	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/grants"
	"sallyport/helper/internal/statedir"
)

// daemonOf is the daemon that may run with a config, and the gate that one may have left.
type daemonOf struct {
	config, stateDir string
}

var errOtherConfig = errors.New("the daemon that runs here serves another config")

// status asks it. A daemon that runs with another config is none of ours.
func (d daemonOf) status() (s daemon.Status, err error) {
	if err := control.Call(daemonconfig.ControlSocket(d.stateDir), "status", &s); err != nil {
		return s, err
	}
	if !filepath.IsAbs(s.Config) {
		return s, nil // relative to a place that is not known here
	}
	served, err := os.Stat(s.Config)
	if err != nil {
		return s, nil // it serves what was there when it started
	}
	if ours, err := os.Stat(d.config); err == nil && !os.SameFile(served, ours) {
		return s, fmt.Errorf("%w, %s", errOtherConfig, s.Config)
	}
	return s, nil
}

// reload has it read the config and says in words whether it did; an error means that it runs and refused.
func (d daemonOf) reload() (string, error) {
	_, err := d.status()
	switch {
	case errors.Is(err, control.ErrNotRunning):
		return "no daemon runs with this config, the next start reads it", nil
	case errors.Is(err, errOtherConfig):
		return err.Error() + ", and was not reloaded", nil
	}
	var done daemon.Done
	if err := control.Call(daemonconfig.ControlSocket(d.stateDir), "reload", &done); err != nil {
		return "", err
	}
	return "the daemon has reloaded", nil
}

// keyName is a user at a door.
type keyName struct{ door, user string }

// live counts the grants of keys that a daemon tells of.
func live(told []daemon.GrantStatus, keys ...keyName) int {
	n := 0
	for _, g := range told {
		if slices.Contains(keys, keyName{g.Door, g.User}) {
			n++
		}
	}
	return n
}

// endGrants ends grants that a daemon left in the kernel which does not run any more, and tells how many. A running one
// has ended them with its reload.
func (d daemonOf) endGrants(keys ...keyName) (int, error) {
	gone := func(g gate.Grant) bool {
		door, user, ok := grants.ParseLabel(g.Label)
		return ok && slices.Contains(keys, keyName{door, user})
	}
	left, err := gate.Live()
	if err != nil || !slices.ContainsFunc(left, gone) {
		return 0, err
	}
	release, err := lockIdle(d.stateDir)
	if err != nil {
		return 0, err
	}
	defer release()
	saved, err := statedir.LoadGate(d.stateDir)
	if err != nil {
		return 0, err
	}
	type grant struct {
		addr  netip.Addr
		label string
	}
	ended := map[grant]bool{} // a grant of several ports is several elements
	g, _, err := gate.Open(gate.Config{
		Ports: saved.Ports, AlwaysAllow: saved.AlwaysAllow, Interfaces: saved.Interfaces, Panic: statedir.Panicking(d.stateDir),
	}, time.Now, func(one gate.Grant) bool {
		if gone(one) {
			ended[grant{one.Addr, one.Label}] = true
		}
		return !gone(one)
	})
	if err != nil {
		return 0, err
	}
	return len(ended), g.Close(true)
}
