package gate

import (
	"time"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/nft"
)

// On kernels that cannot give a table an owner, a trial gate hangs on a lease: two elements with a timeout, which
// the process renews. When it is gone, the kernel forgets them and the gate lets everybody in.
const (
	leaseTime  = 20 * time.Second
	leaseRenew = 5 * time.Second
	setLease   = "lease"
)

func leased(cfg Config, has features) bool { return cfg.Trial && !has.owner }

func leaseElements() []nft.Element {
	return []nft.Element{{Key: []byte{unix.IPPROTO_TCP}, Timeout: leaseTime}, {Key: []byte{unix.IPPROTO_UDP}, Timeout: leaseTime}}
}

// lease adds: meta l4proto != @lease accept
func (b *builder) lease() {
	set := b.set(nft.Set{Name: setLease, Key: []nft.Type{nft.InetProto}, Timeout: true}, leaseElements())
	b.rule(chainMatch, []expr.Any{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, inSet(1, set, true), accept()})
}

func (g *Gate) startLease() {
	if !leased(g.cfg, g.has) {
		return
	}
	g.lease = make(chan struct{})
	go func(end chan struct{}) {
		ticker := time.NewTicker(leaseRenew)
		defer ticker.Stop()
		for {
			select {
			case <-end:
				return
			case <-ticker.C:
				g.renewLease()
			}
		}
	}(g.lease)
}

func (g *Gate) renewLease() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !leased(g.cfg, g.has) {
		return
	}
	batch := nft.NewBatch(tableName)
	elements := leaseElements()
	batch.AddElements(setLease, 0, elements) // so that deleting them cannot fail
	batch.DeleteElements(setLease, 0, elements)
	batch.AddElements(setLease, 0, elements)
	if err := g.conn.Send(batch); err != nil {
		g.report("the trial gate could not be kept up and will open by itself", err)
	}
}

func (g *Gate) endLease() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lease != nil {
		close(g.lease)
		g.lease = nil
	}
}
