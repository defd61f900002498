package knockdaemon

import (
	"fmt"
	"os"
	"time"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/stopqueue"
)

// Status is what `sallyportd status --knockd-conf F --json` prints. Times are whole or fractional seconds.
type Status struct {
	Version   string  `json:"version"`
	PID       int     `json:"pid"`
	Config    string  `json:"config"`
	Mode      string  `json:"mode"` // "knockd"
	Uptime    float64 `json:"uptimeSeconds"`
	Interface string  `json:"interface"`
	Capture   string  `json:"capture"` // "ring" or "recv"
	// Attempts is how many knocks are under way.
	Attempts int          `json:"attempts"`
	Doors    []DoorStatus `json:"doors"`
	Starts   StartStatus  `json:"startCommands"`
	Stops    []StopStatus `json:"stopCommands"`
	Packets  PacketStatus `json:"packets"`
}

// DoorStatus is one door. Its sequence is nobody's business.
type DoorStatus struct {
	Name    string  `json:"name"`
	Steps   int     `json:"steps"`
	Timeout float64 `json:"timeoutSeconds"`
	// Opened is how often it was since the daemon started.
	Opened uint64 `json:"opened"`
	// Left is how many sequences of a one-time list are left; none for a door without one.
	Left *int `json:"oneTimeLeft,omitempty"`
}

// StartStatus counts start commands.
type StartStatus struct {
	Waiting int `json:"waiting"`
	Running int `json:"running"`
}

// StopStatus is a stop command that is owed: for as long, its door is open.
type StopStatus struct {
	Door    string    `json:"door"`
	Source  string    `json:"source"`
	Command string    `json:"command"`
	Due     time.Time `json:"due"`
	Left    float64   `json:"leftSeconds"`
	// Phase is "start" while the start command waits or runs, "stop" while this one runs, else "pending".
	Phase stopqueue.Phase `json:"phase"`
}

// PacketStatus counts what the kernel passed on, and what it dropped because the daemon did not keep up.
type PacketStatus struct {
	Passed  uint64 `json:"passed"`
	Dropped uint64 `json:"dropped"`
}

// command answers the control socket, which only root and the daemon's own user can reach.
func (k *server) command(name string, arguments []string, peer control.Peer) (any, error) {
	switch {
	case !peer.Root() && peer.UID != os.Geteuid():
		return nil, fmt.Errorf("only root may ask a daemon that serves a knockd.conf: its commands are nobody else's business")
	case name != "status" || len(arguments) > 0:
		return nil, fmt.Errorf("unknown command %q; a daemon that serves a knockd.conf knows status", name)
	}
	return k.status(), nil
}

func (k *server) status() Status {
	load, now := k.queue.Load(), time.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	s := Status{
		Version: k.o.Version, PID: os.Getpid(), Config: k.o.Path, Mode: "knockd", Uptime: seconds(now.Sub(k.started)),
		Interface: k.interfaces(), Capture: "recv", Attempts: k.matcher.Attempts(), Doors: []DoorStatus{},
		Starts: StartStatus{load.Waiting, load.Running}, Stops: make([]StopStatus, 0, len(load.Stops)),
	}
	if k.capture.Ring() {
		s.Capture = "ring"
	}
	counts := k.capture.TakeCounts()
	k.counts.Passed, k.counts.Dropped = k.counts.Passed+counts.Passed, k.counts.Dropped+counts.Dropped
	s.Packets = PacketStatus(k.counts)
	for i, door := range k.config.Doors {
		one := DoorStatus{Name: door.Name, Steps: len(door.Steps), Timeout: door.Timeout.Seconds(), Opened: k.openings[door.Name]}
		if pad := k.config.Pads[i]; pad != nil {
			left := pad.Left // the list goes on while this is sent
			one.Left = &left
		}
		s.Doors = append(s.Doors, one)
	}
	for _, stop := range load.Stops {
		left := max(0, stop.Due.Sub(now))
		s.Stops = append(s.Stops, StopStatus{stop.Door, stop.Source, stop.Command, stop.Due.UTC().Truncate(time.Millisecond), seconds(left), stop.Phase})
	}
	return s
}

func seconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
