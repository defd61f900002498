// Package sender opens the native sockets of sallyport-send and sends a checked job through them.
//
// It promises that its sockets never hand a received packet to the program, that every socket and source port a job
// needs is had before its first packet leaves, and that whatever privilege opened them is given up (Shed) before any
// input is read. The source address is always the kernel's choice. One file per system; see docs/send-job.md for what
// each system allows.
package sender

import (
	"fmt"
	"time"

	"sallyport/helper/internal/sendjob"
)

// Codes of a Fault; docs/send-job.md gives their exit codes.
const (
	CodeBadJob       = "bad-job"
	CodeNoCapability = "no-capability"
	CodeNoRoute      = "no-route"
	CodeNetwork      = "network"
	CodeUnsupported  = "unsupported"
	CodeInternal     = "internal"
)

// Fault says why a job could not be sent. Hint, when there is one, is what to do next: for no-capability a command.
type Fault struct {
	Code, Message, Hint string
}

// Error gives the message alone.
func (f *Fault) Error() string { return f.Message }

func faultf(code, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Probe is what this user can send now. Hint is empty when everything works.
type Probe struct {
	ICMP, ICMP6, RawTCP bool
	Hint                string
}

// Random gives the unpredictable numbers that a packet carries.
type Random func() uint32

// Clock is the time that Fire waits by.
type Clock interface {
	Now() time.Time
	Sleep(time.Duration)
}

// Volley is a job with everything it needs in hand. Send may be called once per packet, in order.
type Volley interface {
	Send(index int) error
	Close()
}

// Fire sends a loaded job. It calls sent after each packet has left, with the time since the first one, and stops at
// the first packet that the system would not take or that could not be reported.
func Fire(volley Volley, job sendjob.Job, clock Clock, sent func(index int, since time.Duration) error) error {
	var first time.Time
	for i, packet := range job.Packets {
		clock.Sleep(packet.After)
		if err := volley.Send(i); err != nil {
			return err
		}
		now := clock.Now()
		if i == 0 {
			first = now
		}
		if err := sent(i, now.Sub(first)); err != nil {
			return err
		}
	}
	return nil
}
