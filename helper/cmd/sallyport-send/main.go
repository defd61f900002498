// Command sallyport-send sends the packets that an ordinary program cannot: ICMP echo requests and TCP segments with
// chosen flags, source port or TTL.
//
// It promises to read one job from standard input (docs/send-job.md), to send exactly that, to receive nothing, and to
// end. Whatever capability it was given is dropped before the job is read.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sallyport/helper/internal/sender"
	"sallyport/helper/internal/sendjob"
)

// version is set by the linker.
var version = "dev"

const usage = `usage: sallyport-send [--probe | --version]

Reads one JSON job from standard input and sends its packets; docs/send-job.md describes it.
  --probe     send nothing, say what this user can send
  --version   print the version
`

var exits = map[string]int{
	sender.CodeBadJob: 2, sender.CodeNoCapability: 3, sender.CodeUnsupported: 3,
	sender.CodeNoRoute: 4, sender.CodeNetwork: 4, sender.CodeInternal: 5,
}

func main() {
	sockets := sender.Open()
	if fault := sockets.Shed(); fault != nil {
		os.Exit(fail(os.Stdout, fault))
	}
	os.Exit(run(os.Args[1:], sockets, os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, sockets *sender.Sockets, stdin io.Reader, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 0:
		return send(sockets, stdin, stdout)
	case len(args) == 1 && args[0] == "--probe":
		return writeProbe(stdout, sockets.Probe())
	case len(args) == 1 && args[0] == "--version":
		fmt.Fprintln(stdout, "sallyport-send", version)
		return 0
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		fmt.Fprint(stdout, usage)
		return 0
	}
	fmt.Fprintf(stderr, "sallyport-send: unexpected arguments: %q\n%s", strings.Join(args, " "), usage)
	return 2
}

func send(sockets *sender.Sockets, stdin io.Reader, stdout io.Writer) int {
	job, err := sendjob.Read(stdin)
	if err != nil {
		return fail(stdout, &sender.Fault{Code: sender.CodeBadJob, Message: err.Error()})
	}
	volley, fault := sockets.Load(job, random)
	if fault != nil {
		return fail(stdout, fault)
	}
	defer volley.Close()
	err = sender.Fire(volley, job, systemClock{}, func(index int, since time.Duration) error {
		return writeSent(stdout, index, since)
	})
	if err != nil {
		if !errors.As(err, &fault) {
			fault = &sender.Fault{Code: sender.CodeInternal, Message: err.Error()}
		}
		return fail(stdout, fault)
	}
	if err := writeDone(stdout); err != nil {
		return exits[sender.CodeInternal]
	}
	return 0
}

func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails: it ends the program instead
	return binary.NativeEndian.Uint32(b[:])
}

type systemClock struct{}

func (systemClock) Now() time.Time        { return time.Now() }
func (systemClock) Sleep(d time.Duration) { time.Sleep(d) }
