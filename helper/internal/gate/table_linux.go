package gate

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/nft"
	"sallyport/helper/internal/step"
)

const (
	tableName   = "sallyport"
	chainDecide = "decide"
	chainMatch  = "match"
	chainPre    = "pre"
	chainIn     = "in"
	setOK4      = "ok4"
	setOK6      = "ok6"
	// Before the usual filter and DNAT chains, after connection tracking and mangle.
	priority = -150
)

// features are the parts of the table that a kernel may refuse.
type features struct {
	owner, ct, fib bool
}

// layout is what the table must hold: how many rules each chain has, and how many elements each fixed set.
type layout struct {
	rules map[string]int
	sets  map[string]int
}

// builder writes the whole table into a batch.
type builder struct {
	*nft.Batch
	layout
	ids uint32
}

func tableFlags(cfg Config, has features) uint32 {
	switch {
	case !has.owner:
		return 0
	case cfg.Trial:
		return nft.FlagOwner
	}
	return nft.FlagOwner | nft.FlagPersist
}

// build gives a batch that replaces the table, with these grants inside. exists tells whether there is one: it
// must be known, because "add, delete, add" fails on a table that a dead owner left.
func build(cfg Config, has features, exists bool, grants []Grant) (*nft.Batch, layout) {
	b := &builder{Batch: nft.NewBatch(tableName), layout: layout{map[string]int{}, map[string]int{}}}
	if exists {
		b.DeleteTable()
	}
	b.AddTable(tableFlags(cfg, has))
	if cfg.Panic {
		cfg.Ports = nil
	}
	tports := b.set(nft.Set{Name: "tports", Key: []nft.Type{nft.InetService}, Interval: true}, portElements(cfg.Ports, step.TCP))
	uports := b.set(nft.Set{Name: "uports", Key: []nft.Type{nft.InetService}, Interval: true}, portElements(cfg.Ports, step.UDP))
	always4 := b.set(nft.Set{Name: "always4", Key: []nft.Type{nft.IPv4Addr}, Interval: true}, prefixElements(cfg.AlwaysAllow, true))
	always6 := b.set(nft.Set{Name: "always6", Key: []nft.Type{nft.IPv6Addr}, Interval: true}, prefixElements(cfg.AlwaysAllow, false))
	ok4 := b.set(nft.Set{Name: setOK4, Key: []nft.Type{nft.IPv4Addr, nft.InetProto, nft.InetService}, Timeout: true}, nil)
	ok6 := b.set(nft.Set{Name: setOK6, Key: []nft.Type{nft.IPv6Addr, nft.InetProto, nft.InetService}, Timeout: true}, nil)
	b.AddChain(chainDecide)
	b.AddChain(chainMatch)
	if leased(cfg, has) {
		b.lease()
	}
	b.AddFilterChain(chainPre, nft.Prerouting, priority)
	b.AddFilterChain(chainIn, nft.Input, priority)

	b.rule(chainDecide, ipv4Source.always(always4))
	b.rule(chainDecide, ipv6Source.always(always6))
	b.rule(chainDecide, ipv4Source.granted(ok4))
	b.rule(chainDecide, ipv6Source.granted(ok6))
	b.rule(chainDecide, []expr.Any{&expr.Counter{}, verdict(expr.VerdictDrop, "")})
	b.rule(chainMatch, tcpOpening(tports))
	// Connection tracking is asked for only where a UDP port is gated: merely having the rule switches
	// tracking on for the whole host, and a full tracking table drops packets.
	if slices.ContainsFunc(cfg.Ports, func(r PortRange) bool { return r.Protocol == step.UDP }) {
		if has.ct {
			b.rule(chainMatch, udpEstablished(uports))
		}
		b.rule(chainMatch, udpOpening(uports))
	}
	b.baseChains(cfg, has)
	setGrants(b.Batch, grants)
	return b.Batch, b.layout
}

func (b *builder) baseChains(cfg Config, has features) {
	var interfaces nft.Set
	if len(cfg.Interfaces) > 0 {
		interfaces = b.set(nft.Set{Name: "ifaces", Key: []nft.Type{nft.InterfaceName}, HostOrder: true}, interfaceElements(cfg.Interfaces))
	}
	for _, chain := range []string{chainPre, chainIn} {
		b.rule(chain, fromLoopback())
		if len(cfg.Interfaces) > 0 {
			b.rule(chain, fromElsewhere(interfaces))
		}
		if chain == chainPre {
			if !has.fib {
				continue // without fib, prerouting would also judge what is only forwarded
			}
			types := b.set(nft.Set{Name: "__set%d", Key: []nft.Type{nft.FIBAddrType}, Anonymous: true, HostOrder: true}, addressTypes())
			b.rule(chain, notForThisHost(types))
		}
		b.rule(chain, []expr.Any{verdict(expr.VerdictJump, chainMatch)})
	}
}

func (b *builder) set(s nft.Set, elements []nft.Element) nft.Set {
	b.ids++
	s.ID = b.ids
	b.AddSet(s, elements)
	if !s.Timeout && !s.Anonymous {
		b.sets[s.Name] = len(elements)
	}
	return s
}

func (b *builder) rule(chain string, expressions []expr.Any) {
	b.AddRule(chain, expressions)
	b.rules[chain]++
}

func addressTypes() []nft.Element {
	var elements []nft.Element
	for _, kind := range []uint32{unix.RTN_LOCAL, unix.RTN_BROADCAST, unix.RTN_ANYCAST, unix.RTN_MULTICAST} {
		elements = append(elements, nft.Element{Key: binary.NativeEndian.AppendUint32(nil, kind)})
	}
	return elements
}

// setGrants queues grants: add, delete, add, because adding an element again does not extend its timeout, and
// deleting one that has just expired would fail the batch.
func setGrants(b *nft.Batch, grants []Grant) {
	for _, set := range []string{setOK4, setOK6} {
		var existing, wanted []nft.Element
		for _, g := range grants {
			if g.Addr.Is4() != (set == setOK4) {
				continue
			}
			existing = append(existing, nft.Element{Key: g.key(), Timeout: time.Second})
			if g.Left > 0 {
				wanted = append(wanted, nft.Element{Key: g.key(), Timeout: g.Left, Comment: g.Label})
			}
		}
		b.AddElements(set, 0, existing)
		b.DeleteElements(set, 0, existing)
		b.AddElements(set, 0, wanted)
	}
}

// replace puts the table in place, whatever was there before.
func replace(conn *nft.Conn, cfg Config, has features, grants []Grant) (layout, error) {
	old, err := conn.Table(tableName)
	if err != nil {
		return layout{}, fmt.Errorf("list tables: %w", err)
	}
	batch, l := build(cfg, has, old != nil, grants)
	return l, conn.Send(batch)
}
