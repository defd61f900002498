package daemon

import (
	"errors"
	"fmt"
	"time"

	"sallyport/helper/internal/daemonconfig"
	"sallyport/helper/internal/eventlog"
	"sallyport/helper/internal/gate"
	"sallyport/helper/internal/hostnet"
	"sallyport/helper/internal/spa"
	"sallyport/helper/internal/spaport"
	"sallyport/helper/internal/spareplay"
)

// spaKey is one user's SPA key at one door.
type spaKey struct {
	*spa.Key
	cfg  *daemonconfig.SPA
	door *daemonconfig.Door
	user string
}

// spaDesk takes the packets of one config. A reload makes another; packets of the old one then count no more.
type spaDesk struct {
	engine   *engine
	network  *hostnet.Follower
	keys     []spaKey // in the order of the replay record
	listener *spaport.Listener
	done     chan struct{}
	unproven unproven
}

// newSPADesk starts to queue packets; nothing is judged before start. It is nil when the config has no SPA key.
func newSPADesk(e *engine, cfg *daemonconfig.Config, network *hostnet.Follower) (*spaDesk, error) {
	d := &spaDesk{engine: e, network: network, done: make(chan struct{})}
	for i := range cfg.Doors {
		for _, key := range cfg.Doors[i].Keys {
			if key.SPA != nil {
				d.keys = append(d.keys, spaKey{spa.NewKey(key.SPA.Key, key.SPA.HMACKey, key.SPA.Digest), key.SPA, &cfg.Doors[i], key.User})
			}
		}
	}
	if len(d.keys) == 0 {
		return nil, nil
	}
	var err error
	if d.listener, err = spaport.Listen(cfg.SPAPorts()); err != nil {
		return nil, err
	}
	return d, nil
}

// start judges packets until stop.
func (d *spaDesk) start() {
	if d == nil {
		return
	}
	go func() {
		defer close(d.done)
		if err := d.listener.Run(d.judge); err != nil {
			select {
			case d.engine.failed <- err:
			default: // one is enough to end the daemon
			}
		}
	}()
}

// discard frees a desk that was never started.
func (d *spaDesk) discard() {
	if d != nil {
		d.listener.Close()
	}
}

// stop may not be called with the engine's lock held, which the last packet may wait for.
func (d *spaDesk) stop() {
	if d != nil {
		d.listener.Stop()
		<-d.done
		d.listener.Close()
	}
}

// judge finds the key that a packet is proven with. Until then it costs one HMAC per key of its port, and no lock.
func (d *spaDesk) judge(p spaport.Datagram) {
	view := d.network.View()
	if !view.Watches(p.Interface) || !view.Local(p.Destination) || !view.Outside(p.Source) {
		return
	}
	for i := range d.keys {
		if d.keys[i].cfg.Port != p.Port {
			continue
		}
		if proof, err := d.keys[i].Prove(p.Payload); err == nil {
			d.proven(i, proof, p)
			return
		}
	}
	d.unproven.add(p.Source, time.Now())
}

// proven judges what a packet asks for.
func (d *spaDesk) proven(index int, proof spa.Proof, p spaport.Datagram) {
	e, key := d.engine, &d.keys[index]
	fields := []eventlog.Field{
		eventlog.F("door", key.door.Name), eventlog.F("user", key.user), eventlog.F("source", p.Source), eventlog.F("action", "open"),
	}
	tell := func(level eventlog.Level, result string, err error) {
		e.log.Event(level, "knock", append(fields, eventlog.F("result", result), eventlog.F("error", err))...)
	}
	request, err := key.Open(p.Payload)
	if err != nil {
		tell(eventlog.Warning, "refused", err)
		return
	}
	offset, fresh := request.Fresh(e.wall())
	fields = append(fields, eventlog.F("offset", int64(offset.Round(time.Second)/time.Second)))
	if !fresh {
		tell(eventlog.Warning, "refused", fmt.Errorf("sent more than %s ago or ahead; are both clocks right?", spa.MaxAge))
		return
	}
	o, err := key.permits(request, p)
	if err != nil {
		tell(eventlog.Warning, "refused", err)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.spa != d {
		return
	}
	if err := e.spaStore.Accept(index, proof, request.Sent); err != nil {
		level, result := eventlog.Error, "refused"
		if errors.Is(err, spareplay.ErrUsed) || errors.Is(err, spareplay.ErrOld) {
			level, result = eventlog.Warning, "replayed"
		}
		tell(level, result, err)
		return
	}
	result, err := e.open(o, time.Now())
	if err != nil {
		tell(eventlog.Error, "failed", err)
		return
	}
	e.log.Event(eventlog.Notice, "knock", append(fields, result...)...)
}

// permits limits a request to what the key may have: its own address, ports of its door, the door's longest time.
func (k *spaKey) permits(r spa.Request, p spaport.Datagram) (opening, error) {
	o := opening{door: k.door, user: k.user, addr: p.Source, port: r.Ports[0].Value, openFor: k.door.OpenFor}
	switch {
	case r.Allow.IsUnspecified() && k.cfg.RequireSource:
		return o, errors.New("the packet leaves the address open, which require_source_address refuses")
	case !r.Allow.IsUnspecified() && r.Allow != p.Source:
		return o, errors.New("the address inside the packet is not the one that it came from (is there a NAT? see docs/server.md)")
	case !spaport.Grantable(o.addr):
		return o, errors.New("nobody can have this address")
	}
	if r.OpenFor > 0 {
		o.openFor = min(r.OpenFor, k.door.MaxOpenFor)
	}
	if len(k.door.Ports) == 0 {
		return o, nil // only commands: what is asked for is theirs to know
	}
	for _, port := range r.Ports {
		if !covers(k.door.Ports, gate.Element{Protocol: port.Protocol, Port: port.Value}) {
			return o, fmt.Errorf("%d/%s is not a port of this door", port.Value, port.Protocol)
		}
		o.ports = append(o.ports, gate.PortRange{Protocol: port.Protocol, Low: port.Value, High: port.Value})
	}
	return o, nil
}
