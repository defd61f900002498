package gate

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

var ssh = []PortRange{{step.TCP, 22, 22}}

func keepAll(Grant) bool { return true }

func open(t *testing.T, ns *testnet.Namespace, cfg Config) (*Gate, []Grant) {
	t.Helper()
	if cfg.Report == nil {
		cfg.Report = func(what string, err error) { t.Logf("gate: %s: %v", what, err) }
	}
	var g *Gate
	var adopted []Grant
	var err error
	ns.Do(func() { g, adopted, err = Open(cfg, time.Now, keepAll) })
	if err != nil {
		t.Fatal(err)
	}
	return g, adopted
}

func grant(addr string, port uint16, left time.Duration) Grant {
	return Grant{Element{netip.MustParseAddr(addr), step.TCP, port}, left, "ssh alice"}
}

func set(t *testing.T, g *Gate, grants ...Grant) {
	t.Helper()
	if err := g.Set(grants); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, client *testnet.Namespace, from, to string, want testnet.Outcome) {
	t.Helper()
	client.Expect(from, to, want)
}

func TestGrantOpensForOneAddressAndTheKernelCloses(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	server.Listen("[2001:db8::1]:22")
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	g, _ := open(t, server, Config{Ports: ssh, AlwaysAllow: []netip.Prefix{
		netip.MustParsePrefix("192.0.2.4/32"), netip.MustParsePrefix("192.0.2.4/31"), netip.MustParsePrefix("2001:db8::3/128")}})
	defer g.Close(false)

	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	expect(t, client, "2001:db8::2", "[2001:db8::1]:22", testnet.Filtered)
	expect(t, client, "192.0.2.4", "192.0.2.1:22", testnet.Opened)
	expect(t, client, "2001:db8::3", "[2001:db8::1]:22", testnet.Opened)
	expect(t, client, "192.0.2.2", "192.0.2.1:23", testnet.Refused)

	const lasts = 3 * time.Second
	set(t, g, grant("192.0.2.2", 22, lasts), grant("2001:db8::2", 22, lasts))
	since := time.Now()
	session, outcome := client.Dial("192.0.2.2", "192.0.2.1:22", time.Second)
	if outcome != testnet.Opened {
		t.Fatalf("with a grant: %s", outcome)
	}
	defer session.Close()
	expect(t, client, "2001:db8::2", "[2001:db8::1]:22", testnet.Opened)
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	time.Sleep(time.Until(since.Add(lasts + 100*time.Millisecond)))
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	expect(t, client, "2001:db8::2", "[2001:db8::1]:22", testnet.Filtered)
	session.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := session.Write([]byte("still here")); err != nil {
		t.Fatal(err)
	}
	reply := make([]byte, 32)
	if n, err := session.Read(reply); err != nil || string(reply[:n]) != "still here" {
		t.Fatalf("the session that was open must survive: %q, %v", reply[:n], err)
	}
}

func TestRenewalExtendsAndRemovalCloses(t *testing.T) {
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.2", 22, 500*time.Millisecond))
	set(t, g, grant("192.0.2.2", 22, time.Minute))
	time.Sleep(700 * time.Millisecond)
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	set(t, g, grant("192.0.2.2", 22, 0), grant("192.0.2.3", 22, 0))
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestOwnedTableCannotBeFlushedAndIsAdopted(t *testing.T) {
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	g, _ := open(t, server, Config{Ports: ssh})
	if g.State().Mode != "owned" {
		t.Fatalf("this kernel should own the table, state %+v", g.State())
	}
	set(t, g, grant("192.0.2.2", 22, time.Minute))
	server.Run("nft", "flush", "ruleset")
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	var err error
	server.Do(func() { _, _, err = Open(Config{Ports: ssh}, time.Now, keepAll) })
	if err == nil || !strings.Contains(err.Error(), "another running process") {
		t.Fatalf("a second gate must be refused in words, got %v", err)
	}
	// What a kill leaves behind: the socket is gone, the table stays.
	if err := g.conn.Close(); err != nil {
		t.Fatal(err)
	}
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)

	again, adopted := open(t, server, Config{Ports: ssh})
	if len(adopted) != 1 || adopted[0].Label != "ssh alice" || adopted[0].Left > time.Minute || adopted[0].Left < 30*time.Second {
		t.Fatalf("adopted %+v", adopted)
	}
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if err := again.Close(true); err != nil {
		t.Fatal(err)
	}
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	last, _ := open(t, server, Config{Ports: ssh})
	if err := last.Close(false); err != nil {
		t.Fatal(err)
	}
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Opened)
}

func TestFollowedTableIsPutBack(t *testing.T) {
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	g, _ := open(t, server, Config{Ports: ssh, WithoutOwner: true})
	defer g.Close(false)
	set(t, g, grant("192.0.2.2", 22, time.Minute))
	for i, damage := range [][]string{
		{"flush", "ruleset"}, {"delete", "table", "inet", "sallyport"}, {"flush", "chain", "inet", "sallyport", "decide"},
		{"insert", "rule", "inet", "sallyport", "pre", "accept"}, {"flush", "set", "inet", "sallyport", "tports"},
		{"add", "element", "inet", "sallyport", "ok4", "{ 192.0.2.3 . tcp . 22 }"},
	} {
		server.Run(append([]string{"nft"}, damage...)...)
		deadline := time.Now().Add(20 * time.Second)
		for g.State().Restored <= i {
			if time.Now().After(deadline) {
				t.Fatalf("not put back after nft %s", strings.Join(damage, " "))
			}
			time.Sleep(time.Millisecond)
		}
		expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
		expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	}
	if restored := g.State().Restored; restored != 6 {
		t.Fatalf("restored %d times for 6 changes: the gate reacts to its own changes", restored)
	}
}

func TestUDPAndInterfaces(t *testing.T) {
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	g, _ := open(t, server, Config{Ports: []PortRange{{step.TCP, 22, 22}, {step.UDP, 60000, 60010}, {step.UDP, 60005, 65535}},
		Interfaces: []string{"other0"}})
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	g.Close(false)
	g, _ = open(t, server, Config{Ports: []PortRange{{step.TCP, 22, 22}, {step.UDP, 60000, 60010}, {step.UDP, 60005, 65535}},
		Interfaces: []string{"other0", "veth0"}})
	defer g.Close(false)
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	rules := server.Run("nft", "list", "table", "inet", "sallyport")
	for _, want := range []string{"elements = { 60000-65535 }", `"veth0"`, "iifname != @ifaces accept",
		"udp dport @uports ct state established,related accept"} {
		if !strings.Contains(rules, want) {
			t.Errorf("the table lacks %q:\n%s", want, rules)
		}
	}
}

func TestManyElementsFitInOneBatch(t *testing.T) {
	server, _ := testnet.Pair(t)
	g, _ := open(t, server, Config{Ports: []PortRange{{step.TCP, 60000, 61000}}})
	defer g.Close(false)
	var grants []Grant
	for port := uint16(60000); port <= 61000; port++ {
		for _, addr := range []string{"192.0.2.2", "2001:db8::2"} {
			next := grant(addr, port, time.Minute)
			next.Label = strings.Repeat("x", MaxLabel)
			grants = append(grants, next)
		}
	}
	set(t, g, grants...)
	g.conn.Close()
	again, adopted := open(t, server, Config{Ports: ssh})
	defer again.Close(false)
	if len(adopted) != len(grants) {
		t.Fatalf("%d of %d elements", len(adopted), len(grants))
	}
}

// TestTableIsWhatNftWouldWrite compares the table with one that nft itself made from testdata/gate.nft.
func TestTableIsWhatNftWouldWrite(t *testing.T) {
	ns, other := testnet.New(t), testnet.New(t)
	g, _ := open(t, ns, Config{
		Ports: []PortRange{{step.TCP, 8085, 8090}, {step.TCP, 22, 22}, {step.UDP, 5000, 5000}, {step.TCP, 2022, 2022}, {step.TCP, 8080, 8085}},
		AlwaysAllow: []netip.Prefix{netip.MustParsePrefix("203.0.113.128/25"), netip.MustParsePrefix("203.0.113.0/25"),
			netip.MustParsePrefix("2001:db8:1::/48"), netip.MustParsePrefix("203.0.113.5/32")},
	})
	defer g.Close(false)
	other.Run("nft", "-f", "testdata/gate.nft")
	clean := func(listing string) string {
		_, body, _ := strings.Cut(listing, "\n")
		return strings.ReplaceAll(body, "\tflags owner\n\n", "")
	}
	list := []string{"nft", "list", "table", "inet", "sallyport"}
	if got, want := clean(ns.Run(list...)), clean(other.Run(list...)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
