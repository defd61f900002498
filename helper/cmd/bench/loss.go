package main

import (
	"encoding/base32"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/testnet"
)

const (
	lossRuns = 100
	// farNet holds the server's addresses, one per run, and nearNet the client's.
	farNet, nearNet = "10.12.0", "10.11.0"
	// apart is the time between two runs' starts: they are to share a machine, not to fight for it.
	apart = 60 * time.Millisecond
	// firstTry is longer than a first knock that opens takes, and shorter than one that does not and a second.
	firstTry = 5600 * time.Millisecond
	// lossPeriod is the shortest that RKS1 has, so that a run is short.
	lossPeriod = 10
)

// overLoss counts the knocks of the real command line, with its default settings, that open a door behind a path which
// loses 5 % of the packets each way and holds each of the others back for 20 to 80 ms. Each run has a key of its own, because a key has 16 live grants at most.
func (r *results) overLoss() {
	cli := filepath.Join(filepath.Dir(r.program), "sallyport")
	const fixed = "3-step fixed knocks that open, 5 % loss each way, 50 ± 30 ms"
	r.try(fixed, func(l *lab) {
		l.badPath()
		keys, files := "", make([]string, lossRuns)
		for i := range files {
			steps := fmt.Sprintf("%d:tcp,%d:udp,%d:tcp", 31003+i*3, 11007+i*5, 21001+i*7)
			keys += fmt.Sprintf("  [[door.key]]\n  user = \"u%d\"\n  method = \"sequence\"\n  sequence = %q\n", i, steps)
			files[i] = l.write(fmt.Sprintf("steps%d", i), steps+"\n")
		}
		p := l.daemon(r.program, keys)
		runs := l.knocks(cli, p, func(i int) []string { return []string{"--sequence-file", files[i]} })
		r.add(fixed, "%", "sallyport", share(runs, lossRun.inTheEnd))
		r.add("the same, with the first of three tries", "%", "sallyport", share(runs, lossRun.atOnce))
	})
	const rotating = "5-step rotating knocks that open by their second period, 5 % loss each way, 50 ± 30 ms"
	r.try(rotating, func(l *lab) {
		l.badPath()
		keys, files := "", make([]string, lossRuns)
		for i := range files {
			secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secretOf(i))
			keys += fmt.Sprintf("  [[door.key]]\n  user = \"u%d\"\n  method = \"rotating\"\n  period = \"%ds\"\n  secret = %q\n", i, lossPeriod, secret)
			files[i] = l.write(fmt.Sprintf("key%d", i), secret+"\n")
		}
		p := l.daemon(r.program, keys)
		runs := l.knocks(cli, p, func(i int) []string {
			return []string{"--rotating-secret-file", files[i], "--period", fmt.Sprint(lossPeriod)}
		})
		r.add(rotating, "%", "sallyport", share(runs, lossRun.inTheEnd))
		r.add("the same, in their first period", "%", "sallyport", share(runs, lossRun.atOnce))
	})
}

// badPath joins client and server, besides the link that they have, over a router that drops and a line that delays. To
// reach the far address with a number the client takes its own with that number, so that runs are strangers to each other.
func (l *lab) badPath() {
	router := testnet.New(l)
	testnet.Link(l.client, "near", []string{"10.13.0.1/24"}, router, "near", []string{"10.13.0.2/24"})
	a, err := testnet.OpenTunnel(router.Name, "far")
	l.check(err)
	l.Cleanup(func() { a.Close() })
	b, err := testnet.OpenTunnel(l.server.Name, "far")
	l.check(err)
	l.Cleanup(func() { b.Close() })
	go func() { _ = testnet.Jitter{Least: 20 * time.Millisecond, Most: 80 * time.Millisecond}.Carry(a, b) }()

	router.Run("ip", "link", "set", "far", "up")
	router.Run("sysctl", "-qw", "net.ipv4.ip_forward=1")
	router.Run("ip", "route", "add", farNet+".0/24", "dev", "far")
	router.Run("ip", "route", "add", nearNet+".0/24", "via", "10.13.0.1")
	router.Run("nft", "add table ip bad; add chain ip bad path { type filter hook forward priority 0; }; add rule ip bad path numgen random mod 100 < 5 counter drop")
	server, near := "link set far up\nroute add "+nearNet+".0/24 dev far\n", ""
	for i := range lossRuns {
		server += fmt.Sprintf("addr add %s/32 dev lo\n", farAddress(i))
		near += fmt.Sprintf("addr add %s.%d/32 dev lo\nroute add %s via 10.13.0.2 src %[1]s.%[2]d\n", nearNet, 10+i, farAddress(i))
	}
	l.server.Run("ip", "-batch", l.write("server.ip", server))
	l.client.Run("ip", "-batch", l.write("near.ip", near))
	for i := range lossRuns {
		l.server.Listen(farAddress(i) + ":22")
	}
}

func farAddress(i int) string { return fmt.Sprintf("%s.%d", farNet, 10+i) }

// daemon runs ours with one door in front of port 22 and the keys given.
func (l *lab) daemon(program, keys string) *process {
	config := fmt.Sprintf("state_dir = %q\n[[door]]\nname = \"ssh\"\nports = [\"22/tcp\"]\nopen_for = \"60s\"\n%s", l.folder+"/state", keys)
	p := l.start(l.server, program, "run", "--config", l.write("sallyportd.toml", config))
	p.says("event=started")
	l.closed("192.0.2.2")
	return p
}

type lossRun struct {
	opened  bool
	elapsed time.Duration
}

func (run lossRun) inTheEnd() bool { return run.opened }
func (run lossRun) atOnce() bool   { return run.opened && run.elapsed < firstTry }

func share(runs []lossRun, counts func(lossRun) bool) float64 {
	n := 0
	for _, run := range runs {
		if counts(run) {
			n++
		}
	}
	return 100 * float64(n) / float64(len(runs))
}

// knocks runs them all, each on its own address. A run that says opened must be in the daemon's log as well.
func (l *lab) knocks(cli string, p *process, flags func(i int) []string) []lossRun {
	env := append(os.Environ(), "SALLYPORT_HOME="+l.folder+"/home", "SALLYPORT_KEYCHAIN=session")
	sallyport := func(args ...string) ([]byte, error) {
		cmd := l.client.Command(append([]string{cli}, args...)...)
		cmd.Env = env
		return cmd.Output()
	}
	if out, err := sallyport("status"); err != nil { // starts the agent
		l.Fatalf("sallyport status: %v: %s", err, out)
	}
	l.Cleanup(func() { _, _ = sallyport("quit") })
	runs, faults := make([]lossRun, lossRuns), make([]string, lossRuns)
	var all sync.WaitGroup
	for i := range runs {
		time.Sleep(apart)
		all.Go(func() {
			out, err := sallyport(append([]string{"knock", farAddress(i), "--port", "22", "--json"}, flags(i)...)...)
			var report client.Report
			if bad := json.Unmarshal(out, &report); bad != nil || report.Verdict == "error" {
				faults[i] = fmt.Sprintf("%v: %s", err, out)
			}
			runs[i] = lossRun{report.Verdict == "opened", time.Duration(report.ElapsedMs * float64(time.Millisecond))}
		})
	}
	all.Wait()
	if fault := strings.Join(faults, ""); fault != "" {
		l.Fatalf("a knock failed: %s", fault)
	}
	for i, run := range runs {
		if run.opened && !strings.Contains(p.log.String(), fmt.Sprintf("source=%s.%d action=open", nearNet, 10+i)) {
			l.Fatalf("knock %d says opened, but the daemon opened nothing for it:\n%s", i, p.log)
		}
	}
	return runs
}
