package testnet

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// Outcome of one connection attempt.
type Outcome string

const (
	Opened   Outcome = "opened"
	Refused  Outcome = "refused"
	Filtered Outcome = "filtered"
)

// Listen accepts and echoes connections on an address inside the namespace until the test ends.
func (ns *Namespace) Listen(address string) {
	ns.t.Helper()
	var listener net.Listener
	var err error
	ns.Do(func() { listener, err = net.Listen("tcp", address) })
	if err != nil {
		ns.t.Fatal(err)
	}
	ns.t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, 256)
				for {
					n, err := conn.Read(buffer)
					if err != nil {
						return
					}
					if _, err := conn.Write(buffer[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
}

// Dial connects from an address inside the namespace. The connection is nil unless the outcome is Opened.
func (ns *Namespace) Dial(from, to string, wait time.Duration) (net.Conn, Outcome) {
	ns.t.Helper()
	var conn net.Conn
	var err error
	ns.Do(func() {
		dialer := net.Dialer{Timeout: wait, LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err = dialer.DialContext(context.Background(), "tcp", to)
	})
	var timeout net.Error
	switch {
	case err == nil:
		return conn, Opened
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, Refused
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return nil, Filtered
	}
	ns.t.Fatalf("dial %s from %s: %v", to, from, err)
	return nil, ""
}

const (
	// silence is how long a port says nothing that is taken for closed.
	silence = 300 * time.Millisecond
	// answerWait is how long a busy machine may take to answer. It is too short for a second SYN (RFC 6298, 2.1).
	answerWait = 900 * time.Millisecond
)

// Probe tells what a fresh connection attempt meets.
func (ns *Namespace) Probe(from, to string) Outcome {
	ns.t.Helper()
	return ns.probe(from, to, silence)
}

func (ns *Namespace) probe(from, to string, wait time.Duration) Outcome {
	ns.t.Helper()
	conn, outcome := ns.Dial(from, to, wait)
	if conn != nil {
		conn.Close()
	}
	return outcome
}

// Expect fails the test unless a fresh connection attempt meets what is wanted.
func (ns *Namespace) Expect(from, to string, want Outcome) {
	ns.t.Helper()
	wait := answerWait
	if want == Filtered {
		wait = silence
	}
	if got := ns.probe(from, to, wait); got != want {
		ns.t.Fatalf("from %s to %s: %s, want %s", from, to, got, want)
	}
}
