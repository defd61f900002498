package main

import (
	"runtime"
	"runtime/debug"
)

const (
	// gcPercent trades a little work for memory: the daemon allocates next to nothing once it runs.
	gcPercent = 50
	// processors is one for the packets and one for the rest. Go keeps caches and threads for each that it may use: 64 cost
	// 3 MiB, and every packet's goroutine another thread to be handed to.
	processors = 2
)

// beSmall keeps the Go runtime from sizing itself for a large machine.
func beSmall() {
	runtime.GOMAXPROCS(min(processors, runtime.GOMAXPROCS(0)))
	debug.SetGCPercent(gcPercent)
}
