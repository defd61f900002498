package daemon

import (
	"fmt"
	"os"
	"time"

	"sallyport/helper/internal/clocksync"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/sdnotify"
)

// Status is what `sallyportd status --json` prints. Times are whole or fractional seconds.
type Status struct {
	Version    string        `json:"version"`
	PID        int           `json:"pid"`
	Config     string        `json:"config"`
	Uptime     float64       `json:"uptimeSeconds"`
	Gate       gate.State    `json:"gate"`
	Capture    string        `json:"capture"` // "ring" or "recv"
	Doors      []DoorStatus  `json:"doors"`
	Grants     []GrantStatus `json:"grants"`
	Watched    WatchStatus   `json:"watched"`
	Sources    int           `json:"sources"`
	RotateKeys int           `json:"rotatingKeys"`
	// Packets are those of the watch set since the start.
	Packets PacketStatus    `json:"packets"`
	Clock   clocksync.State `json:"clock"`
}

// DoorStatus is one door.
type DoorStatus struct {
	Name    string   `json:"name"`
	Ports   []string `json:"ports"`
	OpenFor float64  `json:"openForSeconds"`
	Users   []string `json:"users"`
}

// GrantStatus is one live grant.
type GrantStatus struct {
	Door   string  `json:"door"`
	User   string  `json:"user"`
	Source string  `json:"source"`
	Ports  string  `json:"ports,omitempty"` // such as "22/tcp", separated by blanks
	Left   float64 `json:"leftSeconds"`
}

// PacketStatus counts what the kernel passed on, and what it dropped because the daemon did not keep up.
type PacketStatus struct {
	Passed  uint64 `json:"passed"`
	Dropped uint64 `json:"dropped"`
}

// WatchStatus is the size of the watch set; which ports it holds is nobody's business.
type WatchStatus struct {
	Steps      int `json:"steps"`
	Neighbours int `json:"neighbours"`
}

func (e *engine) status() Status {
	e.sync.Ask() // before the lock: it may take a moment
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	s := Status{
		Version: e.options.Version, PID: os.Getpid(), Config: e.options.ConfigPath, Uptime: seconds(now.Sub(e.started)),
		Gate: e.gate.State(), Capture: "recv", Sources: e.matcher.Sources(), RotateKeys: len(e.keys.Rotating()),
		Grants: []GrantStatus{},
	}
	if e.capture.Ring() {
		s.Capture = "ring"
	}
	counts := e.capture.TakeCounts()
	e.counts.Passed, e.counts.Dropped = e.counts.Passed+counts.Passed, e.counts.Dropped+counts.Dropped
	s.Packets, s.Clock = PacketStatus(e.counts), e.sync.Read()
	s.Watched.Steps, s.Watched.Neighbours = e.watch.Size()
	for _, d := range e.config.Doors {
		door := DoorStatus{Name: d.Name, OpenFor: d.OpenFor.Seconds(), Users: []string{}}
		for _, r := range d.Ports {
			door.Ports = append(door.Ports, portText(r))
		}
		for _, k := range d.Keys {
			door.Users = append(door.Users, k.User)
		}
		s.Doors = append(s.Doors, door)
	}
	for _, g := range e.book.Live(now) {
		s.Grants = append(s.Grants, GrantStatus{g.Door, g.User, g.Addr.String(), g.PortsText(), seconds(g.Until.Sub(now))})
	}
	return s
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

func portText(r gate.PortRange) string {
	if r.Low == r.High {
		return fmt.Sprintf("%d/%s", r.Low, r.Protocol)
	}
	return fmt.Sprintf("%d-%d/%s", r.Low, r.High, r.Protocol)
}

func (e *engine) announce() {
	s := e.status()
	e.mu.Lock()
	e.synced = s.Clock // it has just been asked for: what it says is no news at the first tick
	e.mu.Unlock()
	e.log.Event(eventlog.Notice, "started", eventlog.F("version", s.Version), eventlog.F("doors", len(s.Doors)),
		eventlog.F("gate", s.Gate.Mode), eventlog.F("capture", s.Capture), eventlog.F("grants", len(s.Grants)))
}

func notify(state string) { sdnotify.Send(state) }
