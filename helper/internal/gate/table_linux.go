package gate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"sallyport/helper/internal/step"
)

const (
	tableName   = "sallyport"
	chainDecide = "decide"
	chainMatch  = "match"
	chainPre    = "pre"
	chainIn     = "in"
	// Before the usual filter and DNAT chains, after connection tracking and mangle.
	priority = -150
	// A nested netlink attribute holds 64 KiB; an element with its label takes under 256 bytes.
	elementsPerMessage = 200
)

// features are the parts of the table that a kernel may refuse.
type features struct {
	owner, ct, fib bool
}

// layout is the table as it was sent: the sets that grants go into, and how many rules each chain and how many
// elements each fixed set must have.
type layout struct {
	table    *nftables.Table
	ok4, ok6 *nftables.Set
	rules    map[string]int
	fixed    map[*nftables.Set]int
}

// build replaces the table in one batch, with these grants inside. Nothing is sent yet.
func build(conn *nftables.Conn, cfg Config, has features, grants []Grant) (*layout, error) {
	table := &nftables.Table{Name: tableName, Family: nftables.TableFamilyINet}
	// Looked up, because "add, delete, add" fails on a table that a dead owner left: adding must repeat its flags.
	old, err := findTable(conn)
	if err != nil {
		return nil, err
	}
	if old != nil {
		conn.DelTable(table)
	}
	if has.owner {
		table.Flags = nftables.TableFlagOwner | nftables.TableFlagPersist
	}
	conn.AddTable(table)
	l := &layout{table: table, rules: map[string]int{}, fixed: map[*nftables.Set]int{}}
	var errs []error
	addSet := func(s *nftables.Set, elements []nftables.SetElement) *nftables.Set {
		s.Table = table
		errs = append(errs, conn.AddSet(s, elements))
		if !s.HasTimeout && !s.Anonymous {
			l.fixed[s] = len(elements)
		}
		return s
	}
	portSet := func(name string, protocol step.Protocol) *nftables.Set {
		return addSet(&nftables.Set{Name: name, KeyType: nftables.TypeInetService, Interval: true},
			portElements(cfg.Ports, protocol))
	}
	tports, uports := portSet("tports", step.TCP), portSet("uports", step.UDP)
	always4 := addSet(&nftables.Set{Name: "always4", KeyType: nftables.TypeIPAddr, Interval: true}, prefixElements(cfg.AlwaysAllow, true))
	always6 := addSet(&nftables.Set{Name: "always6", KeyType: nftables.TypeIP6Addr, Interval: true}, prefixElements(cfg.AlwaysAllow, false))
	l.ok4 = addSet(grantSet(table, "ok4", nftables.TypeIPAddr), nil)
	l.ok6 = addSet(grantSet(table, "ok6", nftables.TypeIP6Addr), nil)

	chain := func(name string) *nftables.Chain {
		return conn.AddChain(&nftables.Chain{Name: name, Table: table})
	}
	hooked := func(name string, hook *nftables.ChainHook) *nftables.Chain {
		policy := nftables.ChainPolicyAccept
		return conn.AddChain(&nftables.Chain{Name: name, Table: table, Type: nftables.ChainTypeFilter,
			Hooknum: hook, Priority: nftables.ChainPriorityRef(priority), Policy: &policy})
	}
	decide, match := chain(chainDecide), chain(chainMatch)
	pre, in := hooked(chainPre, nftables.ChainHookPrerouting), hooked(chainIn, nftables.ChainHookInput)
	rule := func(c *nftables.Chain, exprs []expr.Any) {
		conn.AddRule(&nftables.Rule{Table: table, Chain: c, Exprs: exprs})
		l.rules[c.Name]++
	}
	rule(decide, ipv4Source.always(always4))
	rule(decide, ipv6Source.always(always6))
	rule(decide, ipv4Source.granted(l.ok4))
	rule(decide, ipv6Source.granted(l.ok6))
	rule(decide, []expr.Any{&expr.Counter{}, verdict(expr.VerdictDrop, "")})
	rule(match, tcpOpening(tports))
	// Connection tracking is asked for only where a UDP port is gated: merely having the rule switches
	// tracking on for the whole host, and a full tracking table drops packets.
	if slices.ContainsFunc(cfg.Ports, func(r PortRange) bool { return r.Protocol == step.UDP }) {
		if has.ct {
			rule(match, udpEstablished(uports))
		}
		rule(match, udpOpening(uports))
	}
	jump := []expr.Any{verdict(expr.VerdictJump, chainMatch)}
	var interfaces *nftables.Set
	if len(cfg.Interfaces) > 0 {
		interfaces = addSet(&nftables.Set{Name: "ifaces", KeyType: nftables.TypeIFName}, interfaceElements(cfg.Interfaces))
	}
	for _, c := range []*nftables.Chain{pre, in} {
		rule(c, fromLoopback())
		if interfaces != nil {
			rule(c, fromElsewhere(interfaces))
		}
		if c == pre {
			if !has.fib {
				continue // without fib, prerouting would also judge what is only forwarded
			}
			types := addSet(&nftables.Set{Anonymous: true, Constant: true, KeyType: nftables.TypeFIBAddr}, addressTypes())
			rule(c, notForThisHost(types))
		}
		rule(c, jump)
	}
	errs = append(errs, l.set(conn, grants))
	return l, errors.Join(errs...)
}

// findTable gives our table as it is in the kernel, or nil.
func findTable(conn *nftables.Conn) (*nftables.Table, error) {
	tables, err := conn.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	for _, t := range tables {
		if t.Name == tableName {
			return t, nil
		}
	}
	return nil, nil
}

func grantSet(table *nftables.Table, name string, address nftables.SetDatatype) *nftables.Set {
	return &nftables.Set{
		Table: table, Name: name, HasTimeout: true, Concatenation: true,
		KeyType: nftables.MustConcatSetType(address, nftables.TypeInetProto, nftables.TypeInetService),
	}
}

func addressTypes() []nftables.SetElement {
	var elements []nftables.SetElement
	for _, kind := range []uint32{unix.RTN_LOCAL, unix.RTN_BROADCAST, unix.RTN_ANYCAST, unix.RTN_MULTICAST} {
		elements = append(elements, nftables.SetElement{Key: binaryutil.NativeEndian.PutUint32(kind)})
	}
	return elements
}

// set queues grants: add, delete, add, because adding an element again does not extend its timeout, and
// deleting one that has just expired would fail the batch.
func (l *layout) set(conn *nftables.Conn, grants []Grant) error {
	for _, v4 := range []bool{true, false} {
		set := l.ok6
		if v4 {
			set = l.ok4
		}
		var existing, wanted []nftables.SetElement
		for _, g := range grants {
			if g.Addr.Is4() != v4 {
				continue
			}
			existing = append(existing, nftables.SetElement{Key: g.key(), Timeout: time.Second})
			if g.Left > 0 {
				// The kernel counts milliseconds; a timeout of 0 would mean for ever.
				wanted = append(wanted, nftables.SetElement{Key: g.key(), Timeout: max(g.Left, time.Millisecond), Comment: g.Label})
			}
		}
		for _, queue := range []struct {
			send     func(*nftables.Set, []nftables.SetElement) error
			elements []nftables.SetElement
		}{{conn.SetAddElements, existing}, {conn.SetDeleteElements, existing}, {conn.SetAddElements, wanted}} {
			for chunk := range slices.Chunk(queue.elements, elementsPerMessage) {
				if err := queue.send(set, chunk); err != nil {
					return fmt.Errorf("queue elements: %w", err)
				}
			}
		}
	}
	return nil
}
