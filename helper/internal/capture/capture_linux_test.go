package capture

import (
	"math/rand"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
	"sallyport/helper/internal/watchset"
)

// heard collects packets from a capture that runs in a namespace.
type heard struct {
	mu      sync.Mutex
	packets []Packet
}

func (h *heard) take(batch []Packet) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.packets = append(h.packets, batch...)
}

// steps lists what came from an address, in order.
func (h *heard) steps(from string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []step.Step
	for _, p := range h.packets {
		if p.Source.String() == from {
			all = append(all, p.Step)
		}
	}
	return step.Format(all)
}

func filters(t *testing.T, text string) Filters {
	t.Helper()
	steps, err := step.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	// Decoys would be heard too; this key puts them where the test does not go.
	random := rand.New(rand.NewSource(1))
	var set *watchset.Set
	for set == nil || isDecoy(set, 9999) {
		set = watchset.New([]watchset.Sequence{{Steps: steps}}, watchset.Ephemeral{Low: 32768, High: 60999}, random.Uint32)
	}
	var f Filters
	if f.IPv4, err = set.Filter(false); err != nil {
		t.Fatal(err)
	}
	if f.IPv6, err = set.Filter(true); err != nil {
		t.Fatal(err)
	}
	return f
}

func isDecoy(set *watchset.Set, port uint16) bool {
	return set.Classify(step.Step{Protocol: step.TCP, Value: port}, matcher.SYN, func(step.Step) bool { return false }) != 0
}

func TestCaptureWithAndWithoutRing(t *testing.T) {
	for name, blocks := range map[string]int{"ring": 2, "recv": 0} {
		t.Run(name, func(t *testing.T) {
			server, client := testnet.Pair(t)
			const sent = "7000:tcp,8000:udp,icmp:128,7000:tcp"
			var c *Capture
			var err error
			server.Do(func() { c, err = open(filters(t, sent), blocks, blocks) })
			if err != nil {
				t.Fatal(err)
			}
			if c.Ring() != (name == "ring") {
				t.Fatalf("ring: %v", c.Ring())
			}
			h, done := &heard{}, make(chan error)
			go func() { done <- c.Run(h.take) }()
			defer c.Close()

			// What must not be heard: other ports, other flags, and the host talking to itself.
			server.Do(func() { _, _ = net.DialTimeout("tcp", "192.0.2.1:7000", 50*time.Millisecond) })
			v4, v6 := client.NewSender("192.0.2.2", "192.0.2.1"), client.NewSender("2001:db8::2", "2001:db8::1")
			steps, _ := step.Parse(sent)
			for _, sender := range []*testnet.Sender{v4, v6} {
				sender.Send(step.Step{Protocol: step.TCP, Value: 9999})
				sender.SendFlags(steps[0], matcher.SYN|matcher.ACK)
				sender.Send(steps...)
			}
			waitFor(t, func() bool { return h.steps("192.0.2.2") == sent && h.steps("2001:db8::2") == sent }, h)
			if own := h.steps("192.0.2.1"); own != "" {
				t.Errorf("the host heard itself: %s", own)
			}

			// A later filter takes the place of the first.
			if err := c.SetFilters(filters(t, "7100:tcp")); err != nil {
				t.Fatal(err)
			}
			v4.Send(steps[0], step.Step{Protocol: step.TCP, Value: 7100})
			waitFor(t, func() bool { return h.steps("192.0.2.2") == sent+",7100:tcp" }, h)

			// An interface that comes later is heard as well.
			testnet.Link(server, "late0", []string{"198.51.100.1/24"}, client, "late0", []string{"198.51.100.2/24"})
			client.NewSender("198.51.100.2", "198.51.100.1").Send(step.Step{Protocol: step.TCP, Value: 7100})
			waitFor(t, func() bool { return h.steps("198.51.100.2") == "7100:tcp" }, h)
			c.Stop()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			indexes := map[int]bool{}
			for _, p := range h.packets {
				indexes[p.Interface] = true
			}
			if len(indexes) != 2 || indexes[0] {
				t.Errorf("interfaces %v", indexes)
			}
		})
	}
}

func waitFor(t *testing.T, condition func() bool, h *heard) {
	t.Helper()
	for range 2000 {
		if condition() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []string
	for _, p := range h.packets {
		all = append(all, p.Source.String()+" "+p.Step.String())
	}
	slices.Sort(all)
	t.Fatalf("heard:\n%s", strings.Join(all, "\n"))
}
