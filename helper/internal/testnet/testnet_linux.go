// Package testnet gives tests throw-away network namespaces of the real kernel, joined by veth pairs, and
// removes them when the test ends. A test that cannot have them fails with the reason rather than passing
// without having looked at anything. Only tests and the bench import it.
package testnet

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

var counter atomic.Int32

// Namespace is one network namespace with its loopback up.
type Namespace struct {
	t    testing.TB
	Name string
}

// New makes a namespace that lives as long as the test.
func New(t testing.TB) *Namespace {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test needs root: it makes network namespaces to test against the real kernel; run it as root or in a container")
	}
	ns := &Namespace{t, fmt.Sprintf("spd-%d-%d", os.Getpid(), counter.Add(1))}
	run(t, "ip", "netns", "add", ns.Name)
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", ns.Name).CombinedOutput(); err != nil {
			t.Errorf("remove namespace %s: %v: %s", ns.Name, err, out)
		}
	})
	// Duplicate address detection of the link-local address would hold IPv6 back for the first second.
	ns.Run("sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0")
	ns.Run("ip", "link", "set", "lo", "up")
	return ns
}

// Link is a veth pair between two namespaces, each side named as given, with IPv4 and IPv6 addresses.
func Link(a *Namespace, aDev string, aAddrs []string, b *Namespace, bDev string, bAddrs []string) {
	a.t.Helper()
	a.Run("ip", "link", "add", aDev, "type", "veth", "peer", "name", bDev, "netns", b.Name)
	for _, end := range []struct {
		ns    *Namespace
		dev   string
		addrs []string
	}{{a, aDev, aAddrs}, {b, bDev, bAddrs}} {
		for _, addr := range end.addrs {
			args := []string{"ip", "addr", "add", addr, "dev", end.dev}
			if strings.Contains(addr, ":") {
				args = append(args, "nodad")
			}
			end.ns.Run(args...)
		}
		end.ns.Run("ip", "link", "set", end.dev, "up")
	}
}

// Pair is a server and a client namespace: 192.0.2.1 and 2001:db8::1 on the server's side, .2 to .4 on the client's.
func Pair(t testing.TB) (server, client *Namespace) {
	t.Helper()
	server, client = New(t), New(t)
	Link(server, "veth0", []string{"192.0.2.1/24", "2001:db8::1/64"}, client, "veth0", []string{
		"192.0.2.2/24", "192.0.2.3/24", "192.0.2.4/24", "2001:db8::2/64", "2001:db8::3/64",
	})
	// The first packets of each address wait for neighbour discovery; a test should not take that for a closed gate.
	for _, from := range []string{"2001:db8::2", "2001:db8::3"} {
		for try := 0; client.Probe(from, "[2001:db8::1]:1") != Refused; try++ {
			if try == 10 {
				t.Fatalf("no IPv6 between the test namespaces from %s", from)
			}
		}
	}
	return server, client
}

// Command prepares a command inside the namespace.
func (ns *Namespace) Command(args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns.Name}, args...)...)
}

// Run runs a command inside the namespace and fails the test when it fails.
func (ns *Namespace) Run(args ...string) string {
	ns.t.Helper()
	return run(ns.t, append([]string{"ip", "netns", "exec", ns.Name}, args...)...)
}

// Do runs f on a thread inside the namespace; sockets opened by f stay there. f must not start goroutines that
// open sockets.
func (ns *Namespace) Do(f func()) {
	ns.t.Helper()
	if err := inside(ns.Name, f); err != nil {
		ns.t.Fatalf("enter namespace %s: %v", ns.Name, err)
	}
}

func run(t testing.TB, args ...string) string {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
