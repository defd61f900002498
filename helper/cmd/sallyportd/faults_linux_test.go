package main

import (
	"fmt"
	"math/rand"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

var longDoor = strings.Replace(rotatingDoor, "2s", "120s", 1)

func clockShift(file string) time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	shift, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return shift
}

func TestClockIsSetBothWays(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	shift := func(text string) {
		t.Helper()
		path := filepath.Join(s.dir, "clock")
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	const hour = 120 // periods
	s.env = []string{clockFile + "=" + filepath.Join(s.dir, "clock")}
	d := s.start()
	send := func(from string, offset int64) {
		s.client.NewSender(from, "192.0.2.1").Send(code(aliceSecret, rks1.Open, offset)...)
	}
	send("192.0.2.2", 0)
	d.waitFor("source=192.0.2.2 action=open offset=0 result=opened")

	shift("1h")
	d.waitFor("event=clock-set by=1h0m0s")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened) // what lasts for a while does not go by the time of day
	send("192.0.2.3", 1)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	send("192.0.2.3", hour)
	d.waitFor("source=192.0.2.3 action=open offset=0 result=opened")

	shift("-1h")
	d.waitFor("event=clock-set by=-2h0m0s")
	d.waitFor("event=replay-ahead door=ssh user=alice")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	send("192.0.2.4", -hour)
	d.waitFor("source=192.0.2.4 action=open offset=0 result=replayed")
	if out := s.ask(exitOK, "reset-replay"); !strings.Contains(out, "reset 1 key;") {
		t.Errorf("reset-replay says %q", out)
	}
	send("192.0.2.3", -hour+1)
	d.waitFor("source=192.0.2.3 action=open offset=1 result=replayed")
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
	shift("-59m") // a minute passes
	d.waitFor("event=clock-set by=1m0s")
	send("192.0.2.4", -hour+2)
	d.waitFor("source=192.0.2.4 action=open offset=0 result=opened")
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Opened)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	state := filepath.Join(s.dir, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("spd-test", state, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(state, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	d := s.start()
	filler, err := os.Create(filepath.Join(state, "filler"))
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()
	if !strings.Contains(err.Error(), "no space") {
		t.Fatal(err)
	}
	used := code(aliceSecret, rks1.Open, 0)
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(used...)
	d.waitFor("source=192.0.2.2 action=open offset=0 result=opened") // the record has its full size from the start
	d.end(syscall.SIGKILL)

	again := s.start() // with less than it wants, but nobody is locked out and nothing is forgotten
	again.waitFor("event=replay")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.client.NewSender("192.0.2.3", "192.0.2.1").Send(used...)
	again.waitForLine(`source=192\.0\.2\.3 action=open offset=(0|-1) result=replayed`) // the period may have turned since
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.client.NewSender("192.0.2.3", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 1)...)
	again.waitFor("source=192.0.2.3 action=open offset=1 result=opened")

	// What cannot be noted for a restart is said.
	if out := s.ask(exitFailure, "panic"); !strings.Contains(out, "a restart will close the gate") {
		t.Errorf("panic says %q", out)
	}
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Opened)
	s.ask(exitOK, "resume")
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
	// A new key needs a record that there is no room for: the old config stays.
	s.write("sallyportd.toml", "state_dir = \""+state+"\"\n"+bobsDoor+longDoor)
	if out := s.ask(exitFailure, "reload"); !strings.Contains(out, "no space left") {
		t.Errorf("reload says %q", out)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.4", "192.0.2.1:80", testnet.Refused)
}

// settle waits until a port that is not gated answers: a new link takes its time to find its neighbours.
func (s *server) settle(from, to string) {
	s.t.Helper()
	for range 20 {
		if s.client.Probe(from, to) == testnet.Refused {
			return
		}
	}
	s.t.Fatalf("no way from %s to %s", from, to)
}

func TestInterfacesAndAddressesComeAndGo(t *testing.T) {
	t.Parallel()
	s := newServer(t, "interfaces = [\"veth0\"]\n"+longDoor)
	d := s.start()
	// opens knocks again where the daemon has not noticed yet what has come.
	opens := func(from, to string, offset int64) {
		t.Helper()
		sender, line := s.client.NewSender(from, to), fmt.Sprintf("source=%s action=open offset=%d result=opened", from, offset)
		sender.Send(code(aliceSecret, rks1.Open, offset)...)
		for try := 1; !d.logs(line, 3*time.Second); try++ {
			if try == 10 {
				t.Fatalf("no knock from %s opens", from)
			}
			sender.Send(code(aliceSecret, rks1.Open, offset)...)
		}
	}
	s.ns.Run("ip", "link", "set", "veth0", "down")
	s.ns.Run("ip", "link", "set", "veth0", "up")
	s.settle("192.0.2.2", "192.0.2.1:23")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	opens("192.0.2.2", "192.0.2.1", -1)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)

	s.ns.Run("ip", "link", "del", "veth0")
	testnet.Link(s.ns, "veth0", []string{"192.0.2.1/24"}, s.client, "veth0", []string{"192.0.2.2/24", "192.0.2.3/24"})
	s.settle("192.0.2.2", "192.0.2.1:23")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	opens("192.0.2.3", "192.0.2.1", 0)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)

	s.ns.Run("ip", "addr", "add", "192.0.2.10/24", "dev", "veth0")
	s.client.Run("ip", "addr", "add", "192.0.2.4/24", "dev", "veth0")
	s.ns.Listen("192.0.2.10:22")
	s.settle("192.0.2.4", "192.0.2.10:23")
	s.expect("192.0.2.4", "192.0.2.10:22", testnet.Filtered)
	opens("192.0.2.4", "192.0.2.10", 1)
	s.expect("192.0.2.4", "192.0.2.10:22", testnet.Opened)
}

func TestManySpoofedSources(t *testing.T) {
	// One code in 32 would have no TCP step to spoof.
	s := newServer(t, longDoor+"  protocols = [\"tcp\"]\n")
	onlyTCP := rks1.Defaults()
	onlyTCP.Protocols = []step.Protocol{step.TCP}
	d := s.start()
	raw := s.client.NewRaw("192.0.2.2", "192.0.2.1")
	status := s.status()
	// A busy machine may leave the daemon no time to take all of them.
	for round := 0; round < 3 && status.Sources < 60_000; round++ {
		addr, port := netip.MustParseAddr("10.1.0.0"), codeWith(onlyTCP, aliceSecret, rks1.Open, 0)[0].Value
		for n := range 72_000 {
			raw.SpoofSYN(addr, port)
			if addr = addr.Next(); n%150 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		status = s.status()
	}
	knocker, opened := s.client.NewSender("192.0.2.3", "192.0.2.1"), "source=192.0.2.3 action=open offset=1 result=opened"
	for try := 0; try == 0 || try < 3 && !d.logs(opened, 2*time.Second); try++ {
		knocker.Knock(10*time.Millisecond, codeWith(onlyTCP, aliceSecret, rks1.Open, 1)...)
	}
	d.waitFor(opened)
	if status.Sources < 60_000 || status.Sources > 65_536 || status.Packets.Passed < uint64(status.Sources) || status.Clock.Synchronized == "" {
		t.Errorf("%d sources are remembered; %+v", status.Sources, status.Packets)
	}
	// The program's own pages are left out, because all of the tests are among them; the bench looks at the daemon alone.
	if kib := memory(t, status.PID); kib > 13<<10 && !raceDetector {
		t.Errorf("%d KiB of memory", kib)
	} else {
		t.Logf("%d sources, %d KiB, %+v", status.Sources, kib, status.Packets)
	}
}

// memory is what a process has in memory of its own and of what the kernel shares with it, in KiB (proc_pid_status(5)).
func memory(t *testing.T, pid int) (kib int) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"RssAnon:", "RssShmem:"} {
		_, rest, _ := strings.Cut(string(text), field)
		part, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		kib += part
	}
	return kib
}

// TestSpooferCannotStopAKnock sends decoys and first steps in the user's name all the while.
func TestSpooferCannotStopAKnock(t *testing.T) {
	s := newServer(t, longDoor)
	d := s.start()
	knocker := s.client.NewSender("192.0.2.2", "192.0.2.1")
	spoofer := s.client.NewSender("192.0.2.2", "192.0.2.1")
	for offset := int64(-1); offset <= 1; offset++ {
		steps := code(aliceSecret, rks1.Open, offset)
		begun, end, done := make(chan struct{}), make(chan struct{}), make(chan int)
		go func() {
			random, sent := rand.New(rand.NewSource(offset)), 0
			for ticker := time.NewTicker(25 * time.Millisecond); ; sent++ {
				if sent == 8 {
					close(begun)
				}
				select {
				case <-end:
					ticker.Stop()
					done <- sent
					return
				case <-ticker.C:
					one := step.Step{Protocol: step.TCP, Value: uint16(1 + random.Intn(65535))}
					if sent%4 == 0 {
						one = steps[0]
					}
					spoofer.Send(one)
				}
			}
		}()
		<-begun
		knocker.Knock(150*time.Millisecond, steps...)
		d.waitFor(fmt.Sprintf("source=192.0.2.2 action=open offset=%d result=opened", offset))
		close(end)
		if sent := <-done; sent < 8+10 { // in 600 ms, where a busy machine may leave some out
			t.Errorf("only %d packets were spoofed", sent)
		}
	}
}
