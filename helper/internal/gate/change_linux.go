package gate

import (
	"fmt"

	"sallyport/helper/internal/nft"
)

// Reconfigure goes over to other ports, networks and interfaces, with these grants and no others, in one batch.
// After an error nothing has changed.
func (g *Gate) Reconfigure(cfg Config, grants []Grant) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.cfg
	next.Ports, next.AlwaysAllow, next.Interfaces = cfg.Ports, cfg.AlwaysAllow, cfg.Interfaces
	live, now := map[Element]held{}, g.now()
	for _, grant := range grants {
		live[grant.Element] = held{now.Add(grant.Left), grant.Label}
	}
	return g.change(next, live)
}

// Confirm turns a trial into a gate that outlives its process, in one batch.
func (g *Gate) Confirm() error {
	err := g.edit(func(next *Config) { next.Trial = false })
	if err == nil {
		g.endLease()
	}
	return err
}

// Panic lets everybody in, or ends that. Grants go on.
func (g *Gate) Panic(on bool) error { return g.edit(func(next *Config) { next.Panic = on }) }

func (g *Gate) edit(change func(*Config)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.cfg
	change(&next)
	return g.change(next, g.live)
}

// change replaces the table. The caller holds the lock.
func (g *Gate) change(next Config, live map[Element]held) error {
	l, err := replace(g.conn, next, g.has, g.remaining(live))
	if err != nil {
		return fmt.Errorf("gate: change the table: %w", err)
	}
	g.cfg, g.layout, g.live = next, l, live
	return nil
}

// remaining lists grants with the time that they have left now.
func (g *Gate) remaining(live map[Element]held) []Grant {
	now := g.now()
	var grants []Grant
	for element, h := range live {
		if left := h.until.Sub(now); left > 0 {
			grants = append(grants, Grant{element, left, h.label})
		}
	}
	return grants
}

// Live lists the grants of the table that is there, whoever owns it; none when there is no table.
func Live() ([]Grant, error) {
	conn, err := nft.Dial()
	if err != nil {
		return nil, fmt.Errorf("gate: open netlink: %w", err)
	}
	defer conn.Close()
	live, err := readGrants(conn)
	if err != nil {
		return nil, fmt.Errorf("gate: read the grants: %w", err)
	}
	return live, nil
}

// Remove deletes the table that no running process owns. It tells whether there was one.
func Remove() (bool, error) {
	conn, err := nft.Dial()
	if err != nil {
		return false, fmt.Errorf("gate: open netlink: %w", err)
	}
	defer conn.Close()
	table, err := conn.Table(tableName)
	if err != nil || table == nil {
		return false, err
	}
	batch := nft.NewBatch(tableName)
	batch.DeleteTable()
	if err := conn.Send(batch); err != nil {
		if ownedByAnother(conn) {
			err = ErrHeld
		}
		return false, fmt.Errorf("gate: remove the table: %w", err)
	}
	return true, nil
}
