//go:build !linux && !darwin && !windows

package sender

import "sallyport/helper/internal/sendjob"

// Sockets holds nothing: this system is not supported.
type Sockets struct{}

// Open has nothing to open.
func Open() *Sockets { return &Sockets{} }

// Shed has nothing to give up.
func (s *Sockets) Shed() *Fault { return nil }

// Probe says that nothing can be sent.
func (s *Sockets) Probe() Probe {
	return Probe{Hint: "native packets are supported on Linux, macOS and Windows only"}
}

// Load always refuses.
func (s *Sockets) Load(sendjob.Job, Random) (Volley, *Fault) {
	return nil, faultf(CodeUnsupported, "native packets are supported on Linux, macOS and Windows only")
}
