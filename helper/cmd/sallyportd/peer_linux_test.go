package main

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

// peers is the real knockd and sallyportd side by side in one namespace: both see the same packets. Commands write
// into the file that $PEER_OUT names, which is another one for each.
type peers struct {
	t              *testing.T
	ns, client     *testnet.Namespace
	dir            string
	knockd, ours   *process
	senders        map[string]*testnet.Sender
	nextFree       int
	knockdExecName string
	quiet          time.Duration // for how long nothing must have happened
}

// knockdBinary is the real one. Without it these tests would compare nothing.
func knockdBinary(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("knockd")
	if err != nil {
		path = "/usr/sbin/knockd"
		if _, err := os.Stat(path); err != nil {
			t.Fatal("this test compares with the real knockd, which is not installed; on Debian and Ubuntu: apt-get install knockd")
		}
	}
	return path
}

func newPeers(t *testing.T) *peers {
	t.Helper()
	t.Parallel() // most of the time is waiting
	p := &peers{t: t, dir: t.TempDir(), senders: map[string]*testnet.Sender{}, nextFree: 10, knockdExecName: knockdBinary(t), quiet: 300 * time.Millisecond}
	p.ns, p.client = testnet.Pair(t)
	p.ns.Run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
	p.client.Run("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.1")
	p.client.Run("ip", "route", "add", "2001:db8:1::/64", "via", "2001:db8::1")
	return p
}

func (p *peers) path(name string) string { return filepath.Join(p.dir, name) }

func (p *peers) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// start runs both with a config each and waits until they listen.
func (p *peers) start(knockdConf, ourConf string) {
	p.t.Helper()
	p.write("knockd.conf", knockdConf+readyDoors)
	p.write("ours.conf", ourConf+readyDoors)
	p.knockd = p.launch("theirs.out", p.knockdExecName, "-c", p.path("knockd.conf"), "-v")
	p.knockd.waitFor("listening on")
	p.startOurs()
	p.ready("theirs.out")
	p.ready("ours.out")
}

// readyDoors are added to every config. [ready] tells when a daemon listens: knockd says so before it does. [anchor] is
// for knockd's sake: it loses knocks that are under way when those at the head of its list end
// (TestKnocksAtTheSameTime), so one that never ends is put there.
const readyDoors = `
[ready]
  sequence = 64999
  tcpflags = syn
  command = echo ready %IP% >> $PEER_OUT.ready
[anchor]
  sequence = 64998,64997
  tcpflags = syn
  seq_timeout = 100000
`

func (p *peers) dropAnchor() {
	p.sender("192.0.2.3", "192.0.2.1").Send(step.Step{Protocol: step.TCP, Value: 64998})
}

// ready knocks until both families are heard.
func (p *peers) ready(out string) {
	p.t.Helper()
	p.readyAt(64999, out)
}

func (p *peers) readyAt(port uint16, out string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		data, _ := os.ReadFile(p.path(out + ".ready"))
		if strings.Contains(string(data), "192.0.2.2\n") && strings.Contains(string(data), "2001:db8::2\n") {
			return
		}
		p.sender("192.0.2.2", "192.0.2.1").Send(step.Step{Protocol: step.TCP, Value: port})
		p.sender("2001:db8::2", "2001:db8::1").Send(step.Step{Protocol: step.TCP, Value: port})
	}
	p.t.Fatalf("nothing was heard; %s", out)
}

func (p *peers) startOurs() {
	p.t.Helper()
	executable, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	p.ours = p.launch("ours.out", executable, "run", "--knockd-conf", p.path("ours.conf"), "--state-dir", p.path("state"))
	p.ours.waitFor("event=started")
}

func (p *peers) launch(out string, args ...string) *process {
	p.t.Helper()
	one := &process{t: p.t, cmd: p.ns.Command(args...), log: &lockedBuffer{}}
	one.cmd.Env = append(os.Environ(), asCommand+"=1", "PEER_OUT="+p.path(out))
	one.cmd.Stderr, one.cmd.Stdout = one.log, one.log
	// Commands that knockd leaves behind hold its output open; waiting for them would hide how it ended.
	one.cmd.WaitDelay = time.Second
	if err := one.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if one.cmd.ProcessState == nil {
			_ = one.cmd.Process.Signal(syscall.SIGTERM)
			_ = one.cmd.Wait()
		}
		if p.t.Failed() {
			p.t.Logf("log of %s:\n%s", filepath.Base(args[0]), one.log)
		}
	})
	return one
}

// address gives a source that nothing has used yet, for each family.
func (p *peers) address() (four, six string) {
	p.t.Helper()
	n := p.nextFree
	p.nextFree++
	four, six = fmt.Sprintf("192.0.2.%d", n), fmt.Sprintf("2001:db8::%x", n)
	p.client.Run("sh", "-ec", "ip addr add "+four+"/24 dev veth0; ip addr add "+six+"/64 dev veth0 nodad")
	return four, six
}

// packet is one packet of a trace: at is its time since the beginning.
type packet struct {
	at       time.Duration
	from, to string
	step     step.Step
	flags    byte
}

// play sends packets in the order of their times, beginning at once or at a fraction of a second of the clock, and tells how
// late a packet was at most.
func (p *peers) play(fraction time.Duration, packets []packet) (late time.Duration) {
	p.t.Helper()
	slices.SortStableFunc(packets, func(a, b packet) int { return int(a.at - b.at) })
	for _, one := range packets {
		p.sender(one.from, one.to)
	}
	begin := time.Now()
	if fraction != 0 {
		begin = begin.Truncate(time.Second).Add(time.Second + fraction)
	}
	for _, one := range packets {
		time.Sleep(time.Until(begin.Add(one.at)))
		p.sender(one.from, one.to).SendFlags(one.step, one.flags)
		late = max(late, time.Since(begin.Add(one.at)))
	}
	return late
}

func (p *peers) sender(from, to string) *testnet.Sender {
	key := from + " " + to
	if p.senders[key] == nil {
		p.senders[key] = p.client.NewSender(from, to)
	}
	return p.senders[key]
}

// outcomes waits until what is expected has been written, and then until nothing more is, and gives what both have run,
// sorted.
func (p *peers) outcomes(expected func(theirs, ours []string) bool) (theirs, ours []string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if expected(p.lines("theirs.out"), p.lines("ours.out")) {
			break
		}
	}
	var last string
	for since := time.Now(); time.Since(since) < p.quiet; time.Sleep(50 * time.Millisecond) {
		theirs, ours = p.lines("theirs.out"), p.lines("ours.out")
		if now := fmt.Sprint(theirs, ours); now != last {
			last, since = now, time.Now()
		}
	}
	return theirs, ours
}

func (p *peers) lines(name string) []string {
	data, err := os.ReadFile(p.path(name))
	if err != nil && !os.IsNotExist(err) {
		p.t.Fatal(err)
	}
	lines := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' })
	slices.Sort(lines)
	return lines
}

// of gives the lines about one source, without it.
func of(lines []string, source string) string {
	var found []string
	for _, line := range lines {
		if rest, is := strings.CutSuffix(line, " "+source); is {
			found = append(found, rest)
		}
	}
	return strings.Join(found, ",")
}

func isIPv6(address string) bool { return netip.MustParseAddr(address).Is6() }
