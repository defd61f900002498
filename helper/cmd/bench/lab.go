package main

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"testing"

	"sallyport/helper/internal/testnet"
)

// lab is a place to measure in: two namespaces joined by a link, a folder, and what runs there. It stands in for
// testing.TB, so that the namespaces and senders of the tests serve here as well.
type lab struct {
	testing.TB
	server, client *testnet.Namespace
	folder         string

	mu       sync.Mutex
	cleanups []func()
}

// failure ends one measurement; the others go on.
type failure string

func (f failure) Error() string { return string(f) }

// labs are those that exist now, for an interrupt to remove.
var labs sync.Map

// inLab measures in a place of its own and removes it, whatever happens.
func inLab(measure func(*lab)) (err error) {
	l := &lab{}
	labs.Store(l, nil)
	defer func() {
		l.remove()
		labs.Delete(l)
		if f, ours := recover().(failure); ours {
			err = f
		} else if r := recover(); r != nil {
			panic(r)
		}
	}()
	folder, err := os.MkdirTemp("", "sallyport-bench-")
	if err != nil {
		return err
	}
	l.folder = folder
	l.Cleanup(func() { os.RemoveAll(folder) })
	l.server, l.client = testnet.Pair(l)
	l.server.Listen(service)
	measure(l)
	return nil
}

// service is the port behind every gate.
const (
	serverAddress = "192.0.2.1"
	service       = serverAddress + ":22"
)

// address is the client's with a number from 0 to 199; it is made when first asked for by addresses.
func address(i int) string { return fmt.Sprintf("192.0.2.%d", 10+i) }

// addresses gives the client as many addresses.
func (l *lab) addresses(count int) {
	for i := range count {
		l.client.Run("ip", "addr", "add", address(i)+"/24", "dev", "veth0")
	}
}

func (l *lab) Helper() {}

func (l *lab) Cleanup(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cleanups = append(l.cleanups, f)
}

func (l *lab) Fatal(args ...any) { panic(failure(fmt.Sprint(args...))) }

func (l *lab) Fatalf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }

func (l *lab) Errorf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

func (l *lab) remove() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.cleanups) > 0 {
		last := len(l.cleanups) - 1
		l.cleanups[last]()
		l.cleanups = l.cleanups[:last]
	}
}

// check ends the measurement on an error.
func (l *lab) check(err error) {
	if err != nil {
		l.Fatal(err)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
