package gate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/nft"
)

// Gate is the table in the kernel. Its methods may be called from any goroutine.
type Gate struct {
	mu     sync.Mutex
	conn   *nft.Conn // the table's ownership hangs on this socket
	cfg    Config
	has    features
	layout layout
	now    func() time.Time
	live   map[Element]held
	state  State
	follow *follower
	// lease ends what keeps a trial gate alive on kernels without owners.
	lease chan struct{}
}

type held struct {
	until time.Time
	label string
}

// Open puts the table in place, closed but for the grants that an earlier process left in it and that keep
// returns true for. Those are returned with the time they have left. Nothing is ever open in between.
func Open(cfg Config, now func() time.Time, keep func(Grant) bool) (*Gate, []Grant, error) {
	conn, err := nft.Dial()
	if err != nil {
		return nil, nil, fmt.Errorf("gate: open netlink: %w", err)
	}
	g := &Gate{conn: conn, cfg: cfg, now: now, live: map[Element]held{}}
	adopted, err := g.takeOver(keep)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	for _, grant := range adopted {
		g.live[grant.Element] = held{now().Add(grant.Left), grant.Label}
	}
	if !g.has.owner {
		if g.follow, err = startFollower(g); err != nil {
			conn.Close()
			return nil, nil, fmt.Errorf("gate: follow nftables events: %w", err)
		}
	}
	g.startLease()
	return g, adopted, nil
}

func (g *Gate) takeOver(keep func(Grant) bool) ([]Grant, error) {
	adopted, err := readGrants(g.conn)
	if errors.Is(err, unix.EPERM) {
		return nil, fmt.Errorf("gate: read the tables: %w (is CAP_NET_ADMIN missing?)", err)
	}
	if err != nil {
		return nil, fmt.Errorf("gate: read the grants of the table that is there: %w", err)
	}
	adopted = slices.DeleteFunc(adopted, func(grant Grant) bool { return !keep(grant) })
	attempts := []features{
		{owner: true, ct: true, fib: true}, {ct: true, fib: true},
		{owner: true, fib: true}, {fib: true}, {owner: true}, {},
	}
	var first error
	for _, has := range attempts {
		if has.owner && g.cfg.WithoutOwner {
			continue
		}
		l, err := replace(g.conn, g.cfg, has, adopted)
		if err == nil {
			g.has, g.layout = has, l
			g.noteRefused(first)
			return adopted, nil
		}
		if errors.Is(err, unix.EPERM) && ownedByAnother(g.conn) {
			return nil, fmt.Errorf("gate: %w", ErrHeld)
		}
		if errors.Is(err, unix.EPERM) && !has.owner {
			return nil, fmt.Errorf("gate: create the table: %w (is CAP_NET_ADMIN missing?)", err)
		}
		if first == nil {
			first = err
		}
	}
	return nil, fmt.Errorf("gate: create the table: %w", first)
}

func (g *Gate) noteRefused(cause error) {
	g.state.Mode = "owned"
	if !g.has.owner {
		g.state.Mode = "followed"
	}
	for _, part := range []struct {
		name string
		has  bool
	}{{"table flags owner and persist", g.has.owner || g.cfg.WithoutOwner}, {"connection tracking", g.has.ct}, {"fib lookup", g.has.fib}} {
		if !part.has {
			g.state.Refused = append(g.state.Refused, part.name)
			g.report("the kernel refused "+part.name, cause)
		}
	}
}

func (g *Gate) report(what string, err error) {
	if g.cfg.Report != nil {
		g.cfg.Report(what, err)
	}
}

// readGrants lists the live elements of a table that is already there; none when there is no table.
func readGrants(conn *nft.Conn) ([]Grant, error) {
	var grants []Grant
	for _, set := range []string{setOK4, setOK6} {
		elements, err := conn.Elements(tableName, set)
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range elements {
			element, ok := elementFromKey(e.Key)
			if ok && e.Expires > 0 {
				grants = append(grants, Grant{element, e.Expires, e.Comment})
			}
		}
	}
	return grants, nil
}

func ownedByAnother(conn *nft.Conn) bool {
	table, err := conn.Table(tableName)
	return err == nil && table != nil && table.Owner != 0 && table.Owner != conn.PortID()
}

// Set applies grants in one batch: each element gets exactly the time given, none left removes it. After an
// error nothing has changed.
func (g *Gate) Set(grants []Grant) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.send(grants)
	if !g.has.owner && errors.Is(err, unix.ENOENT) {
		// Somebody flushed the table and the event has not been read yet.
		if err = g.restore(); err == nil {
			err = g.send(grants)
		}
	}
	if err != nil {
		return fmt.Errorf("gate: set grants: %w", err)
	}
	now := g.now()
	for _, grant := range grants {
		if grant.Left > 0 {
			g.live[grant.Element] = held{now.Add(grant.Left), grant.Label}
		} else {
			delete(g.live, grant.Element)
		}
	}
	maps.DeleteFunc(g.live, func(_ Element, h held) bool { return !h.until.After(now) })
	return nil
}

func (g *Gate) send(grants []Grant) error {
	batch := nft.NewBatch(tableName)
	setGrants(batch, grants)
	return g.conn.Send(batch)
}

// restore builds the table again with the grants that are still live. The caller holds the lock.
func (g *Gate) restore() error {
	l, err := replace(g.conn, g.cfg, g.has, g.remaining(g.live))
	if err != nil {
		return fmt.Errorf("put the table back: %w", err)
	}
	g.layout = l
	g.state.Restored++
	return nil
}

// State tells how the gate is kept.
func (g *Gate) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	state := g.state
	state.Refused = slices.Clone(state.Refused)
	state.Trial, state.Panic = g.cfg.Trial, g.cfg.Panic
	return state
}

// Close lets go of the table: with keepClosed it stays and its grants run out by themselves; without, it is
// removed and every port it gated is open. A trial ends here in any case.
func (g *Gate) Close(keepClosed bool) error {
	if g.follow != nil {
		g.follow.stop()
	}
	g.endLease()
	g.mu.Lock()
	defer g.mu.Unlock()
	var err error
	if !keepClosed || g.cfg.Trial && !g.has.owner {
		batch := nft.NewBatch(tableName)
		batch.DeleteTable()
		if err = g.conn.Send(batch); err != nil {
			err = fmt.Errorf("gate: remove the table: %w", err)
		}
	}
	return errors.Join(err, g.conn.Close())
}
