package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/stopqueue"
)

// These are the mistakes of knockd 0.8 that sallyportd does not make. Each is shown on the real one first, so that the
// list in docs/server.md stays true.

// knock sends a trace from an address and waits for what is wanted, and then until nothing more happens.
func (p *peers) knock(from, packets, wantTheirs, wantOurs string) (theirs, ours string) {
	p.t.Helper()
	to := "192.0.2.1"
	if isIPv6(from) {
		to = "2001:db8::1"
	}
	p.play(0, trace{packets: packets}.script(p.t, from, to))
	all, mine := p.outcomes(func(theirs, ours []string) bool {
		return of(theirs, from) == wantTheirs && of(ours, from) == wantOurs
	})
	return of(all, from), of(mine, from)
}

func (p *peers) expectBoth(what, from, packets, wantTheirs, wantOurs string) {
	p.t.Helper()
	theirs, ours := p.knock(from, packets, wantTheirs, wantOurs)
	if ours != wantOurs {
		p.t.Errorf("%s: sallyportd ran %q, want %q", what, ours, wantOurs)
	}
	if theirs != wantTheirs {
		p.t.Errorf("%s: knockd ran %q, want %q", what, theirs, wantTheirs)
	}
}

func TestKnocksAtTheSameTime(t *testing.T) {
	p := newPeers(t)
	p.start(peerConf, peerConf)
	scanner, _ := p.address()
	user, _ := p.address()
	var packets []packet
	for i, one := range []struct{ from, packet string }{
		{scanner, "7901"}, {user, "7001"}, {scanner, "7501"}, {user, "7002"}, {user, "7003"},
	} {
		script := trace{packets: one.packet}.script(t, one.from, "192.0.2.1")
		script[0].at = time.Duration(i) * 5 * time.Millisecond
		packets = append(packets, script...)
	}
	p.play(0, packets)
	theirs, ours := p.outcomes(func(_, ours []string) bool { return of(ours, user) == "tcp" })
	if of(ours, user) != "tcp" || of(theirs, user) != "" {
		t.Errorf("sallyportd ran %q, want tcp; knockd ran %q, and loses the knock because another one ended", of(ours, user), of(theirs, user))
	}
}

const padConf = `
[options]
  interface = veth0
[families]
  one_time_sequences = DIR/families
  command = echo families %IP% >> $PEER_OUT
[malformed]
  one_time_sequences = DIR/malformed
  command = echo malformed %IP% >> $PEER_OUT
[last]
  one_time_sequences = DIR/last
  command = echo last %IP% >> $PEER_OUT
[plain]
  sequence = 4001,4002
  command = echo plain %IP% >> $PEER_OUT
`

func TestOneTimeListsOfKnockd(t *testing.T) {
	p := newPeers(t)
	for _, side := range []string{"theirs", "ours"} {
		if err := os.Mkdir(p.path(side), 0o700); err != nil {
			t.Fatal(err)
		}
		p.write(side+"/families", "# pads\n1101,1102\n1201,1202:udp\n1301,1302\n")
		p.write(side+"/malformed", "2101,2102\n99999,1\n2201,2202\n2301,2302\n")
		p.write(side+"/last", "3101,3102\n")
	}
	p.start(strings.ReplaceAll(padConf, "DIR", p.path("theirs")), strings.ReplaceAll(padConf, "DIR", p.path("ours")))
	var four, six []string
	for range 8 {
		a, b := p.address()
		four, six = append(four, a), append(six, b)
	}
	p.expectBoth("the first sequence", four[0], "1101,1102", "families", "families")
	p.expectBoth("a used sequence", four[1], "1101,1102", "", "")
	p.expectBoth("not the next one yet", four[2], "1301,1302", "", "")
	p.expectBoth("the second sequence over IPv6: knockd does not look for it", six[0], "1201,1202:udp", "", "families")
	p.expectBoth("the first line of another list", four[3], "2101,2102", "malformed", "malformed")
	p.expectBoth("the line behind one that is no sequence", four[4], "2201,2202", "malformed", "malformed")
	p.expectBoth("the same again: knockd has marked the wrong line", four[5], "2201,2202", "malformed", "")
	p.expectBoth("the last line", four[6], "3101,3102", "last", "last")
	p.expectBoth("another door then: knockd is dead", four[7], "4001,4002", "", "plain")
	if p.knockd.cmd.ProcessState == nil {
		_ = p.knockd.cmd.Wait()
	}
	if p.knockd.cmd.ProcessState.Success() {
		t.Error("knockd was to end with a crash")
	}
	for name, want := range map[string]string{
		"families": "# pads\n#101,1102\n#201,1202:udp\n1301,1302\n", "malformed": "#101,2102\n99999,1\n#201,2202\n2301,2302\n", "last": "#101,3102\n",
	} {
		if data, err := os.ReadFile(p.path("ours/" + name)); err != nil || string(data) != want {
			t.Errorf("%s: %v\n%s", name, err, data)
		}
	}
	// An exhausted list is no reason not to start.
	p.ours.end(syscall.SIGTERM)
	p.startOurs()
	if _, ours := p.knock(four[7], "4001,4002", "", "plain,plain"); ours != "plain,plain" {
		t.Errorf("after a restart: %q", ours)
	}
}

func TestReloadWithAnError(t *testing.T) {
	p := newPeers(t)
	p.start(peerConf, peerConf)
	reload := func(conf string) {
		p.write("knockd.conf", conf)
		p.write("ours.conf", conf)
		for _, one := range []*process{p.knockd, p.ours} {
			_ = one.cmd.Process.Signal(syscall.SIGHUP)
		}
	}
	user, _ := p.address()
	for _, out := range []string{"theirs.out", "ours.out"} {
		if err := os.Remove(p.path(out + ".ready")); err != nil {
			t.Fatal(err)
		}
	}
	reload(strings.ReplaceAll(peerConf, "7301:udp", "7311:udp") + strings.Replace(readyDoors, "64999", "64996", 1))
	p.ours.waitFor("event=reload result=done")
	p.knockd.waitFor("re-opening log file")
	p.readyAt(64996, "theirs.out") // it listens anew somewhat later
	p.readyAt(64996, "ours.out")
	p.expectBoth("a good new config", user, "7311:udp,7302:udp", "udp", "udp")
	reload("[broken]\n sequence = 99999\n")
	p.ours.waitFor("result=refused")
	user, _ = p.address()
	p.expectBoth("a bad new config: knockd is gone", user, "7311:udp,7302:udp", "", "udp")
	if !strings.Contains(p.ours.log.String(), "ours.conf:2: sequence: step 1: port 99999") {
		t.Error("the log must say what is wrong")
	}
}

func TestInterfaceThatComesLater(t *testing.T) {
	p := newPeers(t)
	late := strings.ReplaceAll(peerConf, "interface = veth0", "interface = late0") + readyDoors
	p.write("knockd.conf", late)
	p.write("ours.conf", late)
	knockd := p.launch("theirs.out", p.knockdExecName, "-c", p.path("knockd.conf"))
	if _ = knockd.cmd.Wait(); knockd.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("knockd was to end with 1: %s", knockd.cmd.ProcessState)
	}
	p.startOurs()
	p.ours.waitFor("there is no interface")
	user, _ := p.address()
	if _, ours := p.knock(user, "7001,7002,7003", "", ""); ours != "" {
		t.Errorf("over another interface: %q", ours)
	}
	p.ns.Run("ip", "link", "set", "veth0", "down")
	p.ns.Run("ip", "link", "set", "veth0", "name", "late0")
	p.ns.Run("ip", "link", "set", "late0", "up")
	p.ns.Run("ip", "addr", "replace", "192.0.2.1/24", "dev", "late0")
	p.ns.Run("ip", "addr", "replace", "2001:db8::1/64", "dev", "late0", "nodad")
	p.ready("ours.out")
	if _, ours := p.knock(user, "7001,7002,7003", "", "tcp"); ours != "tcp" {
		t.Errorf("over the interface that came: %q", ours)
	}
}

func TestStopCommandsOutliveTheDaemon(t *testing.T) {
	p := newPeers(t)
	conf := strings.Replace(peerConf, "cmd_timeout = 1\n  stop_command = echo stop %IP% >> $PEER_OUT\n  stop_command_6", "cmd_timeout = 2\n  stop_command = echo stop %IP% >> $PEER_OUT\n  stop_command_6", 1)
	p.write("ours.conf", conf)
	p.startOurs()
	four, six := p.address()
	other, _ := p.address()
	p.play(0, append(trace{packets: "8301,8302"}.script(t, four, "192.0.2.1"), trace{packets: "8301,8302"}.script(t, six, "2001:db8::1")...))
	p.statusWhen(2, stopqueue.Pending)
	p.ours.end(syscall.SIGKILL)
	time.Sleep(2500 * time.Millisecond)
	if got := p.lines("ours.out"); len(got) != 2 {
		t.Fatalf("while no daemon runs: %q", got)
	}
	state, err := os.ReadFile(p.path("state/stop-commands.json"))
	if err != nil {
		t.Fatal(err)
	}
	p.startOurs()
	p.ours.waitFor("owed_stop_commands=2")
	_, ours := p.outcomes(func(_, ours []string) bool { return of(ours, four) == "start,stop" && of(ours, six) == "start,stop6" })
	if of(ours, four) != "start,stop" || of(ours, six) != "start,stop6" {
		t.Fatalf("after the restart: %q", ours)
	}
	p.ours.end(syscall.SIGTERM)

	// The same with a config that is broken when the daemon starts again: it does not serve, but it closes.
	p.write("state/stop-commands.json", string(state))
	p.write("ours.conf", "[broken]\n sequence = 99999\n")
	broken := p.launch("ours.out", os.Args[0], "run", "--knockd-conf", p.path("ours.conf"), "--state-dir", p.path("state"))
	if _ = broken.cmd.Wait(); broken.cmd.ProcessState.ExitCode() != exitUsage {
		t.Errorf("a broken config: %s\n%s", broken.cmd.ProcessState, broken.log)
	}
	if got := of(p.lines("ours.out"), four); got != "start,stop,stop" {
		t.Errorf("with a broken config: %q", got)
	}
	p.write("ours.conf", conf)
	p.startOurs()

	// A clean stop in between; the command is run when it is due, not before.
	begun := time.Now()
	p.play(0, trace{packets: "8301,8302"}.script(t, other, "192.0.2.1"))
	p.statusWhen(1, stopqueue.Pending)
	if exit := p.ours.end(syscall.SIGTERM); exit != 0 || !strings.Contains(p.ours.log.String(), "owed=1") {
		t.Fatalf("exit %d", exit)
	}
	p.startOurs()
	after := time.Duration(0)
	_, ours = p.outcomes(func(_, ours []string) bool { after = time.Since(begun); return of(ours, other) == "start,stop" })
	if got := of(ours, other); got != "start,stop" || after < 1900*time.Millisecond {
		t.Fatalf("%q after %v", got, after)
	}
	p.statusWhen(0, "")
	p.ours.end(syscall.SIGTERM)
	p.startOurs()
	if got := p.ours.log.String(); !strings.Contains(got, "owed_stop_commands=0") {
		t.Fatalf("nothing may be left: %s", got)
	}
}
