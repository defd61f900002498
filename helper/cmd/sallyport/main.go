// Command sallyport is the command line of Sallyport: it asks the app or the agent that runs, starting one if none does,
// and shows what they answer.
//
// It promises to keep results on standard output and everything else on standard error, to print exactly one JSON object
// with --json, to end with the exit codes of docs/control-socket.md, and to leave nothing behind when interrupted. It
// holds no state and stores no secret; what it reads from a secret's file goes over the control socket only.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		caught := <-signals
		signal.Stop(signals) // a second one ends us at once
		cancel(interruption{caught})
	}()
	os.Exit(run(ctx, os.Args[1:], terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// interruption is why a command was given up.
type interruption struct{ signal os.Signal }

func (i interruption) Error() string { return "interrupted" }

// exit is 128 and the signal's number, as shells have it: 130 for Ctrl-C.
func (i interruption) exit() int {
	if number, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return 130
}
