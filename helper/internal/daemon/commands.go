package daemon

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport/helper/internal/control"
	"sallyport/helper/internal/counted"
)

// command is something that can be asked for over the control socket.
type command struct {
	// open commands only look; whoever reaches the socket may ask. All others are root's.
	open bool
	// arguments is how many it takes at most.
	arguments int
	run       func(e *engine, arguments []string) (any, error)
}

var commands = map[string]command{
	"status":       {open: true, run: func(e *engine, _ []string) (any, error) { return e.status(), nil }},
	"grants":       {open: true, run: (*engine).grantsCommand},
	"revoke":       {run: (*engine).revokeCommand, arguments: 1},
	"reload":       {run: func(e *engine, _ []string) (any, error) { return e.do((*engine).reloadNow) }},
	"confirm":      {run: (*engine).confirmCommand, arguments: 1},
	"panic":        {run: func(e *engine, _ []string) (any, error) { return e.do((*engine).panicNow) }},
	"resume":       {run: func(e *engine, _ []string) (any, error) { return e.do((*engine).resume) }},
	"reset-replay": {run: func(e *engine, _ []string) (any, error) { return e.do((*engine).resetReplay) }},
}

var errRootOnly = errors.New("only root may do this (try sudo)")

// command answers the control socket.
func (e *engine) command(name string, arguments []string, peer control.Peer) (any, error) {
	c, known := commands[name]
	switch {
	case !known:
		return nil, fmt.Errorf("unknown command %q; this version knows %s", name, strings.Join(slices.Sorted(maps.Keys(commands)), ", "))
	case !c.open && !peer.Root():
		return nil, errRootOnly
	case len(arguments) > c.arguments:
		return nil, fmt.Errorf("%s takes %s, not %d", name, counted.Of(c.arguments, "argument"), len(arguments))
	}
	return c.run(e, arguments)
}
