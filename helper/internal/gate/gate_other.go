//go:build !linux

package gate

import (
	"errors"
	"time"
)

// Gate is not available outside Linux; the type exists so that the module builds everywhere.
type Gate struct{}

var errNotLinux = errors.New("gate: nftables exists on Linux only")

// Open always fails outside Linux.
func Open(Config, func() time.Time, func(Grant) bool) (*Gate, []Grant, error) {
	return nil, nil, errNotLinux
}

// Set always fails outside Linux.
func (g *Gate) Set([]Grant) error { return errNotLinux }

// State is empty outside Linux.
func (g *Gate) State() State { return State{} }

// Close does nothing outside Linux.
func (g *Gate) Close(bool) error { return nil }
