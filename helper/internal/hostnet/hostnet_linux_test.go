package hostnet

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

func TestFollowsAddressesAndInterfaces(t *testing.T) {
	server, client := testnet.Pair(t)
	var all, named *Follower
	var err, namedErr error
	server.Do(func() {
		all, err = Follow(nil)
		named, namedErr = Follow([]string{"late0"})
	})
	if err != nil || namedErr != nil {
		t.Fatal(err, namedErr)
	}
	defer all.Stop()
	defer named.Stop()
	late := netip.MustParseAddr("198.51.100.1")
	for addr, want := range map[string]bool{"192.0.2.1": true, "2001:db8::1": true, "127.0.0.1": true, "192.0.2.2": false, "198.51.100.1": false} {
		if all.View().Local(netip.MustParseAddr(addr)) != want {
			t.Errorf("%s local: want %v", addr, want)
		}
	}
	for addr, want := range map[string]bool{"192.0.2.1": false, "192.0.2.255": false, "192.0.2.254": true, "198.51.100.255": true, "2001:db8::ffff": true} {
		if all.View().Outside(netip.MustParseAddr(addr)) != want {
			t.Errorf("%s outside: want %v", addr, want)
		}
	}
	if !all.View().Watches(5) || named.View().Watches(2) {
		t.Error("no names watch everything, names only what bears them")
	}
	testnet.Link(server, "late0", []string{"198.51.100.1/24"}, client, "late0", nil)
	var index int
	server.Do(func() {
		if link, err := net.InterfaceByName("late0"); err == nil {
			index = link.Index
		}
	})
	wait(t, func() bool { return all.View().Local(late) && named.View().Watches(index) && named.View().Local(late) })
	server.Run("ip", "addr", "del", "198.51.100.1/24", "dev", "late0")
	wait(t, func() bool { return !all.View().Local(late) })
}

func wait(t *testing.T, condition func() bool) {
	t.Helper()
	for range 2000 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the change went unnoticed")
}

func TestReadBound(t *testing.T) {
	ns := testnet.New(t)
	ns.Listen("127.0.0.1:8022")
	ns.Listen("[::1]:8023")
	var bound Bound
	var err error
	ns.Do(func() {
		udp, listenErr := net.ListenPacket("udp", "127.0.0.1:8053")
		if listenErr != nil {
			err = listenErr
			return
		}
		defer udp.Close()
		ask, dialErr := DialBound()
		if dialErr != nil {
			err = dialErr
			return
		}
		defer ask.Close()
		bound, err = ReadBound(ask)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []step.Step{{Protocol: step.TCP, Value: 8022}, {Protocol: step.TCP, Value: 8023}, {Protocol: step.UDP, Value: 8053}} {
		if !bound[want] {
			t.Errorf("%s is missing in %v", want, bound)
		}
	}
	if len(bound) != 3 {
		t.Errorf("%v", bound)
	}
}

func TestEphemeralRange(t *testing.T) {
	if low, high := EphemeralRange(); low == 0 || low > high {
		t.Errorf("%d-%d", low, high)
	}
}
