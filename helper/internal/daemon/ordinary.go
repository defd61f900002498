package daemon

import (
	"sync/atomic"
	"time"

	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/step"
)

// staleAfter is how old the list of sockets may be when a decoy is hit; nothing is read while nobody knocks.
const staleAfter = 2 * time.Second

// ordinaryPorts knows the ports whose traffic is ordinary, so that they are no decoys: the gated ones and those
// with a socket.
type ordinaryPorts struct {
	gated   map[step.Step]bool
	bound   atomic.Pointer[hostnet.Bound]
	readAt  atomic.Int64
	refresh chan struct{}
	done    chan struct{}
}

func newOrdinaryPorts(ranges []gate.PortRange) (*ordinaryPorts, error) {
	o := &ordinaryPorts{refresh: make(chan struct{}, 1), done: make(chan struct{})}
	o.setGated(ranges)
	ask, err := hostnet.DialBound()
	if err != nil {
		return nil, err
	}
	read := func() error {
		bound, err := hostnet.ReadBound(ask)
		if err == nil {
			o.bound.Store(&bound)
		}
		o.readAt.Store(time.Now().UnixNano())
		return err
	}
	if err := read(); err != nil {
		ask.Close()
		return nil, err
	}
	go func() {
		defer close(o.done)
		defer ask.Close()
		for range o.refresh {
			_ = read() // the older list serves on
		}
	}()
	return o, nil
}

// setGated says which ports are gated; like has, it is called with the engine's lock held.
func (o *ordinaryPorts) setGated(ranges []gate.PortRange) {
	o.gated = map[step.Step]bool{}
	for _, r := range ranges {
		for port := int(r.Low); port <= int(r.High); port++ {
			o.gated[step.Step{Protocol: r.Protocol, Value: uint16(port)}] = true
		}
	}
}

func (o *ordinaryPorts) has(port step.Step) bool {
	if time.Now().UnixNano()-o.readAt.Load() > int64(staleAfter) {
		select {
		case o.refresh <- struct{}{}:
		default:
		}
	}
	return o.gated[port] || (*o.bound.Load())[port]
}

func (o *ordinaryPorts) stop() {
	close(o.refresh)
	<-o.done
}
