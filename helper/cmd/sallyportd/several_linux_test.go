package main

import (
	"net"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

const carolSecret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYDCMRTGQ2Q"

const severalDoors = `
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "20s"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "alice.key"
  [[door.key]]
  user = "bob"
  method = "rotating"
  secret_file = "bob.key"
  [[door.key]]
  user = "legacy"
  method = "sequence"
  sequence = "17043:tcp,28411:udp,icmp:131,20562:tcp"
[[door]]
name = "mosh"
ports = ["8022/tcp", "60000-60010/udp"]
open_for = "20s"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "carol.key"
`

// TestSeveralDoorsUsersPortsAndRanges opens two doors at once for two users at one of them, with a range of UDP ports.
func TestSeveralDoorsUsersPortsAndRanges(t *testing.T) {
	t.Parallel()
	s := newServer(t, severalDoors)
	s.write("carol.key", carolSecret+"\n")
	s.ns.Listen("192.0.2.1:8022")
	heard := s.listenUDP("192.0.2.1:60005", "192.0.2.1:60010")
	d := s.start()
	ask := func(from, to, word string, want bool) {
		t.Helper()
		s.client.SendUDP(from, to, []byte(word))
		select {
		case got := <-heard:
			if !want || got != word {
				t.Errorf("%s to %s: %q came through", from, to, got)
			}
		case <-time.After(300 * time.Millisecond):
			if want {
				t.Errorf("%s to %s: nothing came through", from, to)
			}
		}
	}
	alice, bob := s.client.NewSender("192.0.2.2", "192.0.2.1"), s.client.NewSender("192.0.2.3", "192.0.2.1")
	ask("192.0.2.2", "192.0.2.1:60005", "closed", false)
	alice.Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("door=ssh user=alice source=192.0.2.2 action=open offset=0 result=opened")
	bob.Send(code(bobSecret, rks1.Open, 0)...)
	d.waitFor("door=ssh user=bob source=192.0.2.3 action=open offset=0 result=opened")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.2", "192.0.2.1:8022", testnet.Filtered)
	alice.Send(code(carolSecret, rks1.Open, 0)...)
	d.waitFor("door=mosh user=alice source=192.0.2.2 action=open offset=0 result=opened")
	s.expect("192.0.2.2", "192.0.2.1:8022", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:8022", testnet.Filtered)
	ask("192.0.2.2", "192.0.2.1:60005", "inside", true)
	ask("192.0.2.2", "192.0.2.1:60010", "the last", true)
	ask("192.0.2.3", "192.0.2.1:60005", "another's", false)

	// Bob's other way in is a grant of its own; alice's close of one door leaves the other.
	bob.Knock(10*time.Millisecond, mustSteps(t, "17043:tcp,28411:udp,icmp:131,20562:tcp")...)
	d.waitFor("door=ssh user=legacy source=192.0.2.3 action=open result=opened")
	bob.Send(code(bobSecret, rks1.Close, 0)...)
	d.waitFor("door=ssh user=bob source=192.0.2.3 action=close offset=0 result=closed")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	alice.Send(code(aliceSecret, rks1.Close, 0)...)
	d.waitFor("door=ssh user=alice source=192.0.2.2 action=close offset=0 result=closed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.2", "192.0.2.1:8022", testnet.Opened)
	s.inside(exitOK, "revoke", "192.0.2.2")
	s.expect("192.0.2.2", "192.0.2.1:8022", testnet.Filtered)
	if grants := s.status().Grants; len(grants) != 1 || grants[0].User != "legacy" {
		t.Errorf("%+v", grants)
	}
}

// listenUDP gives what datagrams to some addresses of the server say.
func (s *server) listenUDP(addresses ...string) <-chan string {
	s.t.Helper()
	heard := make(chan string, 16)
	for _, address := range addresses {
		var conn net.PacketConn
		var err error
		s.ns.Do(func() { conn, err = net.ListenPacket("udp", address) })
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { conn.Close() })
		go func() {
			buffer := make([]byte, 256)
			for {
				n, _, err := conn.ReadFrom(buffer)
				if err != nil {
					return
				}
				heard <- string(buffer[:n])
			}
		}()
	}
	return heard
}
