package gate

import (
	"fmt"

	"sallyport/helper/internal/nft"
)

// Reconfigure goes over to other ports, networks and interfaces in one batch. Grants for which keep is true stay
// with the time they have left; the others end. After an error nothing has changed.
func (g *Gate) Reconfigure(cfg Config, keep func(Element, string) bool) error {
	return g.change(keep, func(next *Config) {
		next.Ports, next.AlwaysAllow, next.Interfaces = cfg.Ports, cfg.AlwaysAllow, cfg.Interfaces
	})
}

// Confirm turns a trial into a gate that outlives its process, in one batch.
func (g *Gate) Confirm() error {
	if err := g.change(nil, func(next *Config) { next.Trial = false }); err != nil {
		return err
	}
	g.endLease()
	return nil
}

// Panic lets everybody in, or ends that. Grants go on.
func (g *Gate) Panic(on bool) error {
	return g.change(nil, func(next *Config) { next.Panic = on })
}

func (g *Gate) change(keep func(Element, string) bool, edit func(*Config)) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.cfg
	edit(&next)
	now := g.now()
	var grants []Grant
	live := map[Element]held{}
	for element, h := range g.live {
		if left := h.until.Sub(now); left > 0 && (keep == nil || keep(element, h.label)) {
			grants = append(grants, Grant{element, left, h.label})
			live[element] = h
		}
	}
	l, err := replace(g.conn, next, g.has, grants)
	if err != nil {
		return fmt.Errorf("gate: change the table: %w", err)
	}
	g.cfg, g.layout, g.live = next, l, live
	return nil
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
