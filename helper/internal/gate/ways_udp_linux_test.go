package gate

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

// hears tells which datagrams arrive at port 5000 of a namespace, whatever address they were sent to.
func hears(t *testing.T, ns *testnet.Namespace) chan string {
	t.Helper()
	heard := make(chan string, 64)
	for network, address := range map[string]string{"udp4": "0.0.0.0:5000", "udp6": "[::]:5000"} {
		var conn net.PacketConn
		var err error
		ns.Do(func() { conn, err = net.ListenPacket(network, address) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		go func() {
			buffer := make([]byte, 64)
			for {
				n, from, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				heard <- string(buffer[:n])
				_, _ = conn.WriteTo([]byte("answer"), from)
			}
		}()
	}
	return heard
}

func say(t *testing.T, ns *testnet.Namespace, from, to, text string) {
	t.Helper()
	var err error
	ns.Do(func() {
		dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}, Control: func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_BROADCAST, 1) })
		}}
		var conn net.Conn
		if conn, err = dialer.Dial("udp", to); err == nil {
			_, err = conn.Write([]byte(text))
			conn.Close()
		}
	})
	if err != nil {
		t.Fatalf("say %s to %s: %v", text, to, err)
	}
}

func TestNoDestinationGetsUDPRoundTheGate(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1") // which brings the anycast address 2001:db8::
	client.Run("ip", "route", "add", "224.0.0.0/4", "dev", "veth0")
	heard := hears(t, server)
	for _, untracked := range []bool{false, true} {
		if untracked {
			server.Run("nft", "add", "table", "inet", "raw")
			server.Run("nft", "add", "chain", "inet", "raw", "pre", "{ type filter hook prerouting priority raw ; }")
			server.Run(append([]string{"nft", "add", "rule", "inet", "raw", "pre"}, strings.Fields("udp dport 5000 notrack")...)...)
		}
		g, _ := open(t, server, Config{Ports: []PortRange{{step.UDP, 5000, 5000}}})
		friend4, friend6 := grant("192.0.2.3", 5000, time.Minute), grant("2001:db8::3", 5000, time.Minute)
		friend4.Protocol, friend6.Protocol = step.UDP, step.UDP
		set(t, g, friend4, friend6)
		for name, to := range map[string]string{
			"unicast": "192.0.2.1:5000", "subnet broadcast": "192.0.2.255:5000", "broadcast": "255.255.255.255:5000",
			"multicast": "224.0.0.1:5000", "unicast, IPv6": "[2001:db8::1]:5000", "anycast": "[2001:db8::]:5000", "multicast, IPv6": "[ff02::1%veth0]:5000",
		} {
			stranger, friend := "192.0.2.2", "192.0.2.3"
			if strings.HasPrefix(to, "[") {
				stranger, friend = "2001:db8::2", "2001:db8::3"
			}
			say(t, client, stranger, to, "stranger by "+name)
			say(t, client, friend, to, "friend by "+name)
			select {
			case got := <-heard:
				if got != "friend by "+name {
					t.Errorf("untracked %v: heard %q", untracked, got)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("untracked %v: %s, with a grant: not heard", untracked, name)
			}
		}
		select {
		case got := <-heard:
			t.Errorf("untracked %v: heard %q as well", untracked, got)
		case <-time.After(answerWait):
		}
		if err := g.Close(false); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOwnUDPTrafficGoesOn(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	heard := hears(t, client)
	g, _ := open(t, server, Config{Ports: []PortRange{{step.UDP, 1024, 65535}}})
	defer g.Close(false)
	server.Do(func() {
		conn, err := net.Dial("udp", "192.0.2.2:5000")
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		buffer := make([]byte, 16)
		if _, err := conn.Write([]byte("question")); err != nil {
			t.Error(err)
		}
		if n, err := conn.Read(buffer); err != nil || string(buffer[:n]) != "answer" {
			t.Errorf("the answer to the server's own question: %q, %v", buffer[:n], err)
		}
	})
	if got := <-heard; got != "question" {
		t.Errorf("%q", got)
	}
}
