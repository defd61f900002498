// Command bench measures sallyportd beside the real knockd and fwknopd and a kernel-only knock detector, in network
// namespaces that it makes and removes. `npm run bench` builds and runs it; docs/performance.md says what the figures
// mean. It needs root and the Debian packages knockd, fwknop-server, fwknop-client, iptables and nftables.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

var programs = []string{"ip", "nft", "iptables", "knockd", "knock", "fwknopd", "fwknop"}

func main() {
	program := flag.String("sallyportd", "", "the daemon to measure; sallyport lies beside it")
	folder := flag.String("out", "", "folder for bench.json and bench.md")
	only := flag.String("only", "", "measure only groups whose name matches this regular expression")
	strict := flag.Bool("strict", false, "end with code 1 when a target is missed, and not only when a measurement fails")
	flag.Parse()
	if *program == "" || *folder == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: bench --sallyportd PROGRAM --out FOLDER [--only PATTERN] [--strict]")
		os.Exit(exitUsage)
	}
	os.Exit(measure(*program, *folder, *only, *strict))
}

func measure(program, folder, only string, strict bool) int {
	pattern, err := regexp.Compile(only)
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: --only: %v\n", err)
		return exitUsage
	}
	if err := ready(program); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		return exitUsage
	}
	go removeOnSignal()
	if err := raisePriority(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: priority: %v; going on without\n", err)
	}
	if err := keepApart(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: a core of its own for the sender: %v; going on without\n", err)
	}
	begin := time.Now()
	r := &results{program: program}
	r.Machine, r.Versions = describe(program)
	r.Date = r.Versions["date"]
	for _, group := range []struct {
		name string
		run  func()
	}{
		{"latency", r.latencies}, {"keys", r.manyKeys}, {"idle", r.idle}, {"flood", r.floods}, {"crowd", r.duringFlood},
		{"decoys", r.spoofedDecoys}, {"loss", r.overLoss}, {"click", r.clicks}, {"simulation", r.simulations}, {"scans", r.scans},
	} {
		if pattern.MatchString(group.name) {
			group.run()
		}
	}
	r.Seconds = time.Since(begin).Seconds()
	missed := r.judge()
	if err := r.write(folder); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		return exitFailed
	}
	fmt.Printf("\n%s\n%.0f s; %d target(s) missed, %d measurement(s) failed\n", r.table(), r.Seconds, missed, len(r.Failures))
	return exitCode(len(r.Failures), missed, strict)
}

// exitCode tells a run that could not measure from one that could; a bench reports, and judges where it is asked to.
func exitCode(failures, missed int, strict bool) int {
	if failures > 0 || strict && missed > 0 {
		return exitFailed
	}
	return 0
}

func ready(program string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("making network namespaces needs root: sudo npm run bench")
	}
	for _, name := range append([]string{program}, programs...) {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%s is missing: apt-get install iproute2 nftables iptables knockd fwknop-server fwknop-client, and npm run build:helpers", name)
		}
	}
	return nil
}

func (r *results) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	raw, err := r.json()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "bench.json"), append(raw, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "bench.md"), []byte(r.table()), 0o644)
}

// removeOnSignal leaves nothing behind when the run is interrupted.
func removeOnSignal() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	<-stop
	labs.Range(func(l, _ any) bool {
		l.(*lab).remove()
		return true
	})
	os.Exit(exitInterrupted)
}
