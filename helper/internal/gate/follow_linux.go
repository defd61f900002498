package gate

import (
	"errors"
	"os"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// follower listens for changes that others make to the ruleset, and puts the table back. It exists for
// kernels that cannot give a table an owner.
type follower struct {
	conn *netlink.Conn
	done chan struct{}
}

func startFollower(g *Gate) (*follower, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, err
	}
	if err := conn.JoinGroup(unix.NFNLGRP_NFTABLES); err != nil {
		conn.Close()
		return nil, err
	}
	f := &follower{conn: conn, done: make(chan struct{})}
	go f.run(g)
	return f, nil
}

func (f *follower) run(g *Gate) {
	defer close(f.done)
	for {
		_, err := f.conn.Receive()
		// ENOBUFS: events were lost, so look; a closed socket is the end.
		if errors.Is(err, os.ErrClosed) || errors.Is(err, unix.EBADF) {
			return
		}
		if err != nil && !errors.Is(err, unix.ENOBUFS) {
			time.Sleep(100 * time.Millisecond)
		}
		g.mend()
	}
}

func (f *follower) stop() {
	f.conn.Close()
	<-f.done
}

// mend looks whether the table is whole and puts it back when it is not.
func (g *Gate) mend() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.whole() {
		return
	}
	if err := g.restore(); err != nil {
		g.report("the table was changed by somebody else and could not be put back", err)
		return
	}
	g.report("the table was changed by somebody else and was put back", nil)
}

// whole compares the number of rules in each chain and of elements in each set with what was sent; one more or
// fewer is a change. The caller holds the lock.
func (g *Gate) whole() bool {
	for chain, want := range g.layout.rules {
		if count, err := g.conn.CountRules(tableName, chain); err != nil || count != want {
			return false
		}
	}
	for set, want := range g.layout.sets {
		if elements, err := g.conn.Elements(tableName, set); err != nil || len(elements) != want {
			return false
		}
	}
	for _, set := range []string{setOK4, setOK6} {
		elements, err := g.conn.Elements(tableName, set)
		if err != nil {
			return false
		}
		for _, e := range elements {
			if element, ok := elementFromKey(e.Key); !ok || g.live[element].until.IsZero() {
				return false // a grant that this process did not give
			}
		}
	}
	return true
}
