package gate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

func TestTrialVanishesWithItsProcess(t *testing.T) {
	t.Parallel()
	for name, withoutOwner := range map[string]bool{"owner": false, "lease": true} {
		t.Run(name, func(t *testing.T) {
			server, client := testnet.Pair(t)
			server.Listen("192.0.2.1:22")
			g, _ := open(t, server, Config{Ports: ssh, Trial: true, WithoutOwner: withoutOwner})
			set(t, g, grant("192.0.2.2", 22, time.Minute))
			expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
			expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
			if !g.State().Trial {
				t.Fatalf("%+v", g.State())
			}
			g.renewLease()
			expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
			if withoutOwner {
				// What a kill leaves behind is a table whose lease nobody renews; here it is taken away at once.
				g.follow.stop()
				server.Run("nft", "flush", "set", "inet", tableName, setLease)
				expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Opened)
				g.renewLease()
				expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
				if left := server.Run("nft", "list", "set", "inet", tableName, setLease); !strings.Contains(left, "timeout 20s") {
					t.Errorf("the lease has no end:\n%s", left)
				}
				g.follow = nil
			}
			if err := g.Close(true); err != nil {
				t.Fatal(err)
			}
			expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Opened)
		})
	}
}

func TestConfirmMakesATrialLast(t *testing.T) {
	t.Parallel()
	for name, withoutOwner := range map[string]bool{"owner": false, "lease": true} {
		t.Run(name, func(t *testing.T) {
			server, client := testnet.Pair(t)
			server.Listen("192.0.2.1:22")
			g, _ := open(t, server, Config{Ports: ssh, Trial: true, WithoutOwner: withoutOwner})
			set(t, g, grant("192.0.2.2", 22, time.Minute))
			if err := g.Confirm(); err != nil {
				t.Fatal(err)
			}
			if g.State().Trial {
				t.Fatal("still a trial")
			}
			if table := server.Run("nft", "list", "table", "inet", tableName); strings.Contains(table, setLease) {
				t.Fatalf("a lease is left:\n%s", table)
			}
			if g.follow != nil {
				g.follow.stop()
			}
			g.conn.Close() // as after a kill
			expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
			expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
		})
	}
}

func TestPanicLetsEverybodyInAndKeepsGrants(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.2", 22, time.Minute))
	if err := g.Panic(true); err != nil || !g.State().Panic {
		t.Fatal(err, g.State())
	}
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Opened)
	if err := g.Panic(false); err != nil {
		t.Fatal(err)
	}
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
}

func TestReconfigureKeepsWhatItIsTold(t *testing.T) {
	t.Parallel()
	server, client := testnet.Pair(t)
	server.Listen("192.0.2.1:22")
	server.Listen("192.0.2.1:23")
	g, _ := open(t, server, Config{Ports: ssh})
	defer g.Close(false)
	set(t, g, grant("192.0.2.2", 22, time.Minute), grant("192.0.2.3", 22, time.Minute))
	both := Config{Ports: []PortRange{{step.TCP, 22, 23}}}
	if err := g.Reconfigure(both, []Grant{grant("192.0.2.2", 22, time.Minute)}); err != nil {
		t.Fatal(err)
	}
	expect(t, client, "192.0.2.2", "192.0.2.1:22", testnet.Opened)
	expect(t, client, "192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	expect(t, client, "192.0.2.2", "192.0.2.1:23", testnet.Filtered)

	server.Do(func() {
		if _, err := Remove(); !errors.Is(err, ErrHeld) {
			t.Errorf("a table in use was removed: %v", err)
		}
	})
	if err := g.Close(true); err != nil {
		t.Fatal(err)
	}
	server.Do(func() {
		if there, err := Remove(); err != nil || !there {
			t.Errorf("%v, %v", there, err)
		}
		if there, err := Remove(); err != nil || there {
			t.Errorf("twice: %v, %v", there, err)
		}
	})
	expect(t, client, "192.0.2.3", "192.0.2.1:23", testnet.Opened)
}
