package main

import (
	"encoding/base32"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

// randomScans says how many random orders there are besides the others: npm run test:deep wants more of them.
const randomScans = "SALLYPORTD_TEST_RANDOM_SCANS"

// codesEach is how many codes of a user are valid at a moment; each works once.
const codesEach = 3

// scanSources is how many addresses take turns in the scans that come from many.
const scanSources = 64

// scannedDoor has sequences whose steps lie in the very order of an ascending and of a descending scan.
const scannedDoor = `
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "1s"
  [[door.key]]
  user = "ascending"
  method = "sequence"
  sequence = "17043:tcp,39005:tcp,28411:udp"
  [[door.key]]
  user = "descending"
  method = "sequence"
  sequence = "48412:udp,41006:tcp,12044:tcp"
`

// TestRealScansOpenNothing sends every TCP and UDP port in several orders, from one address and from many in turns,
// while somebody else knocks.
func TestRealScansOpenNothing(t *testing.T) {
	orders := []string{"ascending", "descending", "random 0"}
	if more, err := strconv.Atoi(os.Getenv(randomScans)); err == nil {
		for n := 1; n < more; n++ {
			orders = append(orders, fmt.Sprintf("random %d", n))
		}
	}
	config := scannedDoor
	scans := 2 * len(orders)
	spare := max(6, scans/3)
	users := (scans+spare)/codesEach + 1
	for i := range users {
		config += fmt.Sprintf("  [[door.key]]\n  user = \"user%d\"\n  method = \"rotating\"\n  secret = %q\n", i, secretOf(i))
	}
	s := newServer(t, config)
	d := s.start()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%+v", s.status().Packets)
		}
	})
	knocker := s.client.NewSender("192.0.2.2", "192.0.2.1")
	one := []*testnet.Sender{s.client.NewSender("192.0.2.3", "192.0.2.1")}
	var many []*testnet.Sender
	for i := range scanSources {
		address := fmt.Sprintf("192.0.2.%d", 100+i)
		s.client.Run("ip", "address", "add", address+"/24", "dev", "veth0")
		many = append(many, s.client.NewSender(address, "192.0.2.1"))
	}
	knocks := 0
	knock := func() (line string) {
		user, offset := knocks%users, int64(knocks/users)-1
		knocks++
		knocker.Knock(5*time.Millisecond, code(secretOf(user), rks1.Open, offset)...)
		return fmt.Sprintf("user=user%d source=192.0.2.2 action=open offset=%d result=opened", user, offset)
	}
	for i := range scans {
		order, senders := orders[i/2], [][]*testnet.Sender{one, many}[i%2]
		began, knocked := time.Now(), make(chan string)
		go func() {
			time.Sleep(200 * time.Millisecond)
			knocked <- knock()
		}()
		for n, one := range scanOrder(order) {
			senders[n%len(senders)].Send(one)
			if n%200 == 0 { // a sleep takes about a millisecond: some 100,000 packets a second
				time.Sleep(100 * time.Microsecond)
			}
		}
		t.Logf("%s, from %d: 131070 packets in %v", order, len(senders), time.Since(began).Round(time.Millisecond))
		// One scan in 500 happens on the first two steps of a code, which is its alone then, and a code lives through
		// some 50 of these scans; the next code is as good as any.
		for line := <-knocked; !d.logs(line, time.Second); line = knock() {
			t.Logf("not %s", line)
			if again := knocks - i - 1; again >= spare {
				t.Fatalf("%d knocks had to be sent again with another code in %d of %d scans", again, i+1, scans)
			}
		}
	}
	for _, line := range strings.Split(d.log.String(), "\n") {
		if strings.Contains(line, " action=") && !strings.Contains(line, "source=192.0.2.2 ") {
			t.Fatalf("a scan matched a sequence: %s", line)
		}
	}
	// The log takes so many lines a second and counts the others: not each of the many has a line of its own.
	if !strings.Contains(d.log.String(), "event=scan source=192.0.2.3 ") || !strings.Contains(d.log.String(), "event=scan source=192.0.2.1") {
		t.Fatal("the scans were not logged")
	}
	// The sequences are good: sent by themselves they open.
	for user, steps := range map[string]string{"ascending": "17043:tcp,39005:tcp,28411:udp", "descending": "48412:udp,41006:tcp,12044:tcp"} {
		s.client.NewSender("192.0.2.4", "192.0.2.1").Send(mustSteps(t, steps)...)
		d.waitFor("user=" + user + " source=192.0.2.4 action=open result=opened")
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.100", "192.0.2.1:22", testnet.Filtered)
}

// secretOf is the secret of a user with a number.
func secretOf(user int) string {
	secret := make([]byte, 20)
	rand.New(rand.NewSource(int64(user))).Read(secret)
	return base32.StdEncoding.EncodeToString(secret)
}

func scanOrder(name string) []step.Step {
	var all []step.Step
	for _, protocol := range []step.Protocol{step.TCP, step.UDP} {
		for port := 1; port <= 65535; port++ {
			all = append(all, step.Step{Protocol: protocol, Value: uint16(port)})
		}
	}
	for i, j := 0, len(all)-1; name == "descending" && i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	if number, isRandom := strings.CutPrefix(name, "random "); isRandom {
		seed, _ := strconv.Atoi(number)
		random := rand.New(rand.NewSource(int64(seed)))
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	return all
}
