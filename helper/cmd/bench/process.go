package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sallyport/helper/internal/testnet"
)

// process is a daemon under measurement.
type process struct {
	lab *lab
	cmd *exec.Cmd
	log *lockedBuffer
}

// start runs a program in a namespace until the lab is removed.
func (l *lab) start(ns *testnet.Namespace, args ...string) *process {
	p := &process{l, ns.Command(onTheirCores(args)...), &lockedBuffer{}}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	l.check(p.cmd.Start())
	l.Cleanup(p.stop)
	return p
}

func (p *process) stop() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// says waits for a text in the output.
func (p *process) says(text string) {
	for end := time.Now().Add(20 * time.Second); !strings.Contains(p.log.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.lab.Fatalf("%s did not say %q:\n%s", p.cmd.Args[len(p.cmd.Args)-1], text, p.log)
		}
	}
}

// cpu is the time that all threads have spent on a processor (proc_pid_schedstat(5): nanoseconds).
func (p *process) cpu() time.Duration {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	var total time.Duration
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // a thread that has just ended
		}
		ns, err := strconv.ParseInt(string(bytes.Fields(raw)[0]), 10, 64)
		p.lab.check(err)
		total += time.Duration(ns)
	}
	if total == 0 {
		p.lab.Fatalf("no CPU time of process %d can be read; did it end?\n%s", p.cmd.Process.Pid, p.log)
	}
	return total
}

// memory is a line of proc_pid_status(5), in bytes.
func (p *process) memory(name string) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	p.lab.check(err)
	for line := range strings.Lines(string(raw)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			p.lab.check(err)
			return kib * 1024
		}
	}
	p.lab.Fatalf("process %d has no %s; did it end?\n%s", p.cmd.Process.Pid, name, p.log)
	return 0
}
