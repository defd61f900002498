package spaport

import (
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"sallyport/helper/internal/spa"
	"sallyport/helper/internal/testnet"
)

// TestOnlyWhatCanBeAPacketArrives sends real datagrams of many shapes to ports that nobody has open.
func TestOnlyWhatCanBeAPacketArrives(t *testing.T) {
	server, client := testnet.Pair(t)
	server.Run("ip", "link", "set", "veth0", "mtu", "9000")
	client.Run("ip", "link", "set", "veth0", "mtu", "9000")
	var listener *Listener
	var err error
	server.Do(func() { listener, err = Listen([]uint16{62201, 62202}) })
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	got := map[string]int{}
	done := make(chan error)
	go func() {
		done <- listener.Run(func(d Datagram) {
			mu.Lock()
			defer mu.Unlock()
			got[fmt.Sprintf("%s>%s:%d %d", d.Source, d.Destination, d.Port, len(d.Payload))]++
		})
	}()
	send := func(from, to string, payload []byte) {
		client.Do(func() {
			dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
			conn, err := dialer.Dial("udp", to)
			if err != nil {
				t.Errorf("dial %s: %v", to, err)
				return
			}
			defer conn.Close()
			if _, err := conn.Write(payload); err != nil {
				t.Errorf("send to %s: %v", to, err)
			}
		})
	}
	text := func(n int) []byte { return bytes.Repeat([]byte("A"), n) }
	for _, n := range []int{0, 1, spa.MinSize - 1, spa.MinSize, 300, spa.MaxSize, spa.MaxSize + 1, 8000} {
		send("192.0.2.2", "192.0.2.1:62201", text(n))
		send("2001:db8::2", "[2001:db8::1]:62202", text(n))
	}
	send("192.0.2.2", "192.0.2.1:62203", text(200))
	send("192.0.2.2", "192.0.2.1:62201", append(text(200), '\n'))
	client.Run("ip", "link", "set", "veth0", "mtu", "1300")
	send("192.0.2.3", "192.0.2.1:62201", text(spa.MaxSize)) // in fragments
	send("192.0.2.3", "192.0.2.1:62201", text(201))
	want := []string{"192.0.2.3>192.0.2.1:62201 201"}
	for _, n := range []int{spa.MinSize, 300, spa.MaxSize} {
		want = append(want, fmt.Sprintf("192.0.2.2>192.0.2.1:62201 %d", n), fmt.Sprintf("2001:db8::2>2001:db8::1:62202 %d", n))
	}
	for range 2000 {
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		last := got[want[0]]
		mu.Unlock()
		if last > 0 {
			break
		}
	}
	listener.Stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	listener.Close()
	for _, one := range want {
		if got[one] != 1 {
			t.Errorf("%s came %d times", one, got[one])
		}
		delete(got, one)
	}
	if len(got) > 0 {
		t.Errorf("more came: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1, 1, 0, 0xf2, 0xf9, 0, 8, 0, 0})
	f.Add(append([]byte{0x60, 0, 0, 0, 0, 8, 17, 64}, make([]byte, 40)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, ok := parse(data); ok && (len(d.Payload) > len(data)-28 || !Grantable(d.Source)) {
			t.Fatalf("%x is read as %+v", data, d)
		}
	})
}
