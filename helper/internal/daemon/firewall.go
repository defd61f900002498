package daemon

import (
	"errors"

	"sallyport/helper/internal/gate"
)

// firewall is what the daemon does with the gate.
type firewall interface {
	Set([]gate.Grant) error
	Reconfigure(gate.Config, []gate.Grant) error
	Panic(on bool) error
	Confirm() error
	State() gate.State
	Close(keepClosed bool) error
}

var errNoGate = errors.New("gate.mode is \"none\": the daemon keeps no port closed")

// noGate is the firewall of gate.mode "none", where every door only runs commands.
type noGate struct{}

func (noGate) Set([]gate.Grant) error                      { return nil }
func (noGate) Reconfigure(gate.Config, []gate.Grant) error { return nil }
func (noGate) Panic(bool) error                            { return errNoGate }
func (noGate) Confirm() error                              { return errNoGate }
func (noGate) State() gate.State                           { return gate.State{Mode: "none"} }
func (noGate) Close(bool) error                            { return nil }
