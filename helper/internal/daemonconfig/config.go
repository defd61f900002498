// Package daemonconfig reads sallyportd.toml and the secrets beside it. Reading is strict: an unknown key, a
// bad value, a secret that others can read or that is used twice is an error with file and line that says
// what was expected, and all errors are given at once. A Config that comes out is safe to run.
package daemonconfig

import (
	"bytes"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/doorcmd"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

const (
	// DefaultPath is where the daemon looks without --config.
	DefaultPath = "/etc/sallyport/sallyportd.toml"
	// DefaultStateDir is used when the file names none.
	DefaultStateDir = "/var/lib/sallyport"
	runtimeSocket   = "/run/sallyport/sallyportd.sock"
)

// Config is a checked configuration.
type Config struct {
	Interfaces  []string
	StateDir    string
	OnExit      OnExit
	AlwaysAllow []netip.Prefix
	// NoGate leaves the firewall alone; every door then only runs commands.
	NoGate bool
	Doors  []Door
	// Files are those of the secrets; Load puts the config itself before them.
	Files []File
	// Warnings are things that work but that a person should know, with file and line.
	Warnings []string
}

// OnExit is what happens to the gate when the daemon ends.
type OnExit string

const (
	KeepClosed OnExit = "keep-closed"
	LeaveOpen  OnExit = "open"
)

// Door is a set of ports and who may open them.
type Door struct {
	Name    string
	Ports   []gate.PortRange
	OpenFor time.Duration
	// MaxOpenFor bounds what a client may ask for.
	MaxOpenFor time.Duration
	// OnOpen and OnClose are commands that run when a grant begins and ends; empty for none.
	OnOpen, OnClose doorcmd.Template
	Keys            []Key
}

// Key is one user's way to open a door. Exactly one of the methods is set.
type Key struct {
	User     string
	Rotating *Rotating
	Sequence *Sequence
	OneTime  *OneTime
	SPA      *SPA
}

// Method is the name of the key's method in the config.
func (k Key) Method() string {
	switch {
	case k.Rotating != nil:
		return "rotating"
	case k.Sequence != nil:
		return "sequence"
	case k.OneTime != nil:
		return "one-time"
	}
	return "spa"
}

// Same tells whether two keys prove the same: who has the secret of one has that of the other. One-time lists change as
// they are used up, so they are the same as long as they are lists.
func (k Key) Same(o Key) bool {
	switch {
	case k.Rotating != nil && o.Rotating != nil:
		return bytes.Equal(k.Rotating.Secret, o.Rotating.Secret)
	case k.Sequence != nil && o.Sequence != nil:
		return slices.Equal(k.Sequence.Open, o.Sequence.Open)
	case k.SPA != nil && o.SPA != nil:
		return bytes.Equal(k.SPA.Key, o.SPA.Key) && bytes.Equal(k.SPA.HMACKey, o.SPA.HMACKey)
	}
	return k.OneTime != nil && o.OneTime != nil
}

// Holds tells whether a secret is one of the key's.
func (k Key) Holds(secret []byte) bool {
	return k.Rotating != nil && bytes.Equal(k.Rotating.Secret, secret) ||
		k.SPA != nil && (bytes.Equal(k.SPA.Key, secret) || bytes.Equal(k.SPA.HMACKey, secret))
}

// Rotating is a key of method "rotating" (RKS1).
type Rotating struct {
	Secret []byte
	Params rks1.Params
	// Skew is how many counters before and after the current one are taken.
	Skew int
}

// Sequence is a key of method "sequence".
type Sequence struct {
	Open []step.Step
	// Close is empty when the key cannot close.
	Close  []step.Step
	Window time.Duration
	Flags  matcher.TCPFlags
}

// ControlSocket is where `status` finds the daemon: in /run for the usual state directory, else beside the state.
func (c *Config) ControlSocket() string { return ControlSocket(c.StateDir) }

// ControlSocket is the socket of the daemon with a state directory.
func ControlSocket(stateDir string) string {
	if stateDir == DefaultStateDir {
		return runtimeSocket
	}
	return filepath.Join(stateDir, "sallyportd.sock")
}

// StateDirOf reads the state directory alone, so that a config with errors does not keep anybody from asking the
// daemon that runs with an older one: not even when it is no TOML, because then too somebody may have to open the gate.
// Without a readable one it is the default.
func StateDirOf(path string) string {
	data, _, err := readFile(path, maxFileSize)
	if err != nil {
		return DefaultStateDir
	}
	dir := ""
	if root, err := parse(path, data); err == nil {
		dir, _ = root.values["state_dir"].(string)
	} else {
		dir = stateDirLine(string(data))
	}
	if !filepath.IsAbs(dir) {
		return DefaultStateDir
	}
	return filepath.Clean(dir)
}

// stateDirLine finds state_dir = "…" in a text that is no TOML as a whole.
func stateDirLine(text string) string {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		if strings.TrimSpace(key) != "state_dir" || value == "" {
			continue
		}
		if dir, _, closed := strings.Cut(value[1:], value[:1]); closed {
			return dir
		}
	}
	return ""
}

// GatedPorts are the ports of all doors.
func (c *Config) GatedPorts() []gate.PortRange {
	var ports []gate.PortRange
	for _, door := range c.Doors {
		ports = append(ports, door.Ports...)
	}
	return ports
}
