package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/daemon"
)

// daemonOf is the daemon that may run with a config.
type daemonOf struct {
	config, socket string
}

var errOtherConfig = errors.New("the daemon that runs serves another config")

// status asks it. A daemon that runs with another config is none of ours.
func (d daemonOf) status() (s daemon.Status, err error) {
	if err := control.Call(d.socket, "status", &s); err != nil {
		return s, err
	}
	served, err := os.Stat(s.Config)
	if err != nil || !filepath.IsAbs(s.Config) {
		return s, nil // relative to a place that is not known here
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
		return "no daemon runs with this config: it takes effect at the next start", nil
	case errors.Is(err, errOtherConfig):
		return err.Error() + ", and was not reloaded", nil
	}
	var done daemon.Done
	if err := control.Call(d.socket, "reload", &done); err != nil {
		return "", err
	}
	return "the daemon has reloaded", nil
}

// liveOf counts the live grants of a user at a door, or at every door.
func liveOf(grants []daemon.GrantStatus, door, user string) int {
	n := 0
	for _, g := range grants {
		if g.User == user && (door == "" || g.Door == door) {
			n++
		}
	}
	return n
}
