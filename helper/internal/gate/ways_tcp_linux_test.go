package gate

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

const (
	fin, syn, rst, psh, ack, urg, ece, cwr = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
	listening                              = syn | ack
	answerWait                             = 150 * time.Millisecond
)

// way is one form in which a SYN can come; each is tried from an address with a grant as well, which shows that
// it would open a connection if the gate let it.
type way struct {
	name string
	// opens tells whether the host takes this form for the start of a connection at all.
	opens bool
	send  func(r *testnet.Raw, source uint16)
}

func segments(flags byte, data []byte) func(*testnet.Raw, uint16) {
	return func(r *testnet.Raw, source uint16) {
		r.Send(unix.IPPROTO_TCP, 0, r.Segment(source, 22, 1000, flags, data))
	}
}

// fragments4 cuts the segment after the first 8 bytes, before the flags.
func fragments4(last bool) func(*testnet.Raw, uint16) {
	return func(r *testnet.Raw, source uint16) {
		segment := r.Segment(source, 22, 1000, syn, nil)
		parts := [][]byte{segment[:8], segment[8:]}
		more := []uint16{0x2000, 1}
		for i := range parts {
			if last {
				i = 1 - i
			}
			r.Send(unix.IPPROTO_TCP, more[i], parts[i])
		}
	}
}

// extended puts IPv6 extension headers of eight bytes before the segment (RFC 8200).
func extended(headers ...byte) func(*testnet.Raw, uint16) {
	return func(r *testnet.Raw, source uint16) {
		var packet []byte
		for i := range headers {
			next := byte(unix.IPPROTO_TCP)
			if i+1 < len(headers) {
				next = headers[i+1]
			}
			header := []byte{next, 0, 1, 4, 0, 0, 0, 0} // one PadN option that fills it
			if headers[i] == unix.IPPROTO_ROUTING {     // a segment routing header that is at its end (RFC 8754)
				header = append([]byte{next, 2, 4, 0, 0, 0, 0, 0}, r.To().AsSlice()...)
			}
			if headers[i] == unix.IPPROTO_FRAGMENT {
				header = []byte{next, 0, 0, 0, 0, 0, 0, byte(i)} // an atomic fragment
			}
			packet = append(packet, header...)
		}
		r.Send(headers[0], 0, append(packet, r.Segment(source, 22, 1000, syn, nil)...))
	}
}

// fragments6 cuts the segment after size bytes.
func fragments6(size int) func(*testnet.Raw, uint16) {
	return func(r *testnet.Raw, source uint16) {
		segment := r.Segment(source, 22, 1000, syn, make([]byte, 40))
		for at := 0; at < len(segment); at += size {
			part := segment[at:min(at+size, len(segment))]
			field := uint16(at)
			if at+size < len(segment) {
				field |= 1
			}
			header := []byte{unix.IPPROTO_TCP, 0}
			header = binary.BigEndian.AppendUint16(header, field)
			header = binary.BigEndian.AppendUint32(header, uint32(source))
			r.Send(unix.IPPROTO_FRAGMENT, 0, append(header, part...))
		}
	}
}

func TestNoFormOfSYNGetsRoundTheGate(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	server.Listen("[2001:db8::1]:22")
	server.Run("sysctl", "-qw", "net.ipv6.conf.all.seg6_enabled=1")
	server.Run("sysctl", "-qw", "net.ipv6.conf.veth0.seg6_enabled=1")
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.3", 22, time.Minute), grant("2001:db8::3", 22, time.Minute))
	ways := map[bool][]way{
		false: {
			{"in two fragments", true, fragments4(false)}, {"in two fragments, the last first", true, fragments4(true)},
			{"with data", true, segments(syn, []byte("data"))}, {"with PSH and URG", true, segments(syn|psh|urg, nil)},
			{"with ECE and CWR", true, segments(syn|ece|cwr, nil)}, {"with FIN", false, segments(syn|fin, nil)},
			{"with FIN, PSH and URG", false, segments(syn|fin|psh|urg, nil)}, {"with RST", false, segments(syn|rst, nil)},
		},
		true: {
			{"alone", true, segments(syn, nil)}, {"after destination options", true, extended(unix.IPPROTO_DSTOPTS)},
			{"after hop-by-hop and destination options", true, extended(unix.IPPROTO_HOPOPTS, unix.IPPROTO_DSTOPTS)},
			{"after a segment routing header", true, extended(unix.IPPROTO_ROUTING)},
			{"in an atomic fragment", true, extended(unix.IPPROTO_FRAGMENT)},
			{"in an atomic fragment after options", true, extended(unix.IPPROTO_HOPOPTS, unix.IPPROTO_FRAGMENT, unix.IPPROTO_DSTOPTS)},
			{"in two fragments", true, fragments6(24)}, {"in fragments without flags in the first", false, fragments6(8)},
		},
	}
	for v6, list := range ways {
		stranger, friend, to := "192.0.2.2", "192.0.2.3", "192.0.2.1"
		if v6 {
			stranger, friend, to = "2001:db8::2", "2001:db8::3", "2001:db8::1"
		}
		for i, w := range list {
			for from, granted := range map[string]bool{stranger: false, friend: true} {
				r, source := client.NewRaw(from, to), uint16(20000+i)
				w.send(r, source)
				wait := answerWait
				if granted && w.opens {
					wait = 10 * time.Second
				}
				flags, answered := r.Answers(22, source, wait)
				if opened := answered && flags&(syn|ack) == listening; opened != (granted && w.opens) {
					t.Errorf("a SYN %s to %s, grant %v: answered %v, flags %#x", w.name, to, granted, answered, flags)
				}
			}
		}
	}
}

func TestReusedConnectionAfterAReset(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	server.Run("nft", "add", "table", "inet", "track")
	server.Run("nft", "add", "chain", "inet", "track", "c", "{ type filter hook input priority 0 ; ct state established accept ; }")
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.2", 22, time.Minute))
	r := client.NewRaw("192.0.2.2", "192.0.2.1")
	// A SYN that is answered, then the reset of the client's kernel, which knows no such connection.
	segments(syn, nil)(r, 30001)
	if flags, _ := r.Answers(22, 30001, 10*time.Second); flags != listening {
		t.Fatalf("with a grant: flags %#x", flags)
	}
	set(t, g, grant("192.0.2.2", 22, 0))
	for range 3 {
		segments(rst, nil)(r, 30001)
		segments(syn, nil)(r, 30001)
		if flags, answered := r.Answers(22, 30001, answerWait); answered {
			t.Fatalf("the same addresses and ports after a reset: flags %#x", flags)
		}
	}
}

func TestFastOpenBringsNoData(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	for _, ns := range []*testnet.Namespace{server, client} {
		ns.Run("sysctl", "-qw", "net.ipv4.tcp_fastopen=1559") // client, server, without a cookie, on every listener
	}
	server.Listen("192.0.2.1:22")
	fastOpen := func(from string, wait time.Duration) (reply string) {
		client.Do(func() {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				reply = err.Error()
				return
			}
			defer unix.Close(fd)
			limit := unix.NsecToTimeval(wait.Nanoseconds())
			_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit)
			_ = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &limit)
			address := &unix.SockaddrInet4{Port: 22, Addr: [4]byte{192, 0, 2, 1}}
			if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte(net.ParseIP(from).To4())}); err != nil {
				reply = err.Error()
				return
			}
			_ = unix.Sendto(fd, []byte("early"), unix.MSG_FASTOPEN, address)
			buffer := make([]byte, 16)
			if n, err := unix.Read(fd, buffer); err == nil {
				reply = string(buffer[:n])
			}
		})
		return reply
	}
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.3", 22, time.Minute))
	for range 2 { // the first time the client may only ask for a cookie
		if reply := fastOpen("192.0.2.3", 10*time.Second); reply != "early" {
			t.Errorf("with a grant: %q", reply)
		}
		if reply := fastOpen("192.0.2.2", 300*time.Millisecond); reply != "" {
			t.Errorf("without a grant: %q", reply)
		}
	}
}

// TestTranslatedAndForwardedTraffic has the server stand between the client and a container.
func TestTranslatedAndForwardedTraffic(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	container := testnet.New(t)
	testnet.Link(server, "cont0", []string{"198.51.100.1/24"}, container, "veth0", []string{"198.51.100.2/24"})
	container.Run("ip", "route", "add", "default", "via", "198.51.100.1")
	client.Run("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.1")
	server.Run("sysctl", "-qw", "net.ipv4.ip_forward=1")
	server.Listen("192.0.2.1:22")
	container.Listen("198.51.100.2:22")
	container.Listen("198.51.100.2:80")
	server.Run("nft", "add", "table", "ip", "nat")
	server.Run("nft", "add", "chain", "ip", "nat", "pre", "{ type nat hook prerouting priority dstnat ; }")
	for _, rule := range []string{"tcp dport 2022 redirect to :22", "tcp dport 8080 ip daddr 192.0.2.1 dnat to 198.51.100.2:80"} {
		server.Run(append([]string{"nft", "add", "rule", "ip", "nat", "pre"}, strings.Fields(rule)...)...)
	}
	expect(t, client, "192.0.2.2", "192.0.2.1:2022", testnet.Opened)
	expect(t, client, "192.0.2.2", "192.0.2.1:8080", testnet.Opened)

	g, _ := open(t, server, Config{Ports: []PortRange{{step.TCP, 22, 22}, {step.TCP, 8080, 8080}}})
	defer g.Close(false)
	set(t, g, grant("192.0.2.3", 22, time.Minute), grant("192.0.2.3", 8080, time.Minute))
	for _, c := range []struct {
		what, to string
		stranger testnet.Outcome
	}{
		{"the port itself", "192.0.2.1:22", testnet.Filtered},
		{"a redirect to the gated port", "192.0.2.1:2022", testnet.Filtered},
		{"a published container port", "192.0.2.1:8080", testnet.Filtered},
		{"forwarded traffic to a port of the same number", "198.51.100.2:22", testnet.Opened},
	} {
		t.Log(c.what)
		expect(t, client, "192.0.2.2", c.to, c.stranger)
		expect(t, client, "192.0.2.3", c.to, testnet.Opened)
	}
	t.Log("from the container outwards")
	expect(t, container, "198.51.100.2", "192.0.2.2:9", testnet.Refused)
}
