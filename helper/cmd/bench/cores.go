package main

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const priority = -15

// theirCores are the cores of what is measured; empty where there is only one core for all.
var theirCores []string

// raisePriority makes what else runs on the machine disturb less. Threads and processes that are made later inherit it,
// those of one contender like those of the other.
func raisePriority() error {
	return everyThread(func(id int) error { return unix.Setpriority(unix.PRIO_PROCESS, id, priority) })
}

// keepApart gives the first core to this program, which plays the other machines, and the rest to what is measured. The
// prober spins; on a kernel without preemption a daemon that is woken on the prober's core waits there for the next tick.
func keepApart() error {
	var allowed unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return err
	}
	var cores []int
	for core := range len(allowed) * 64 {
		if allowed.IsSet(core) {
			cores = append(cores, core)
		}
	}
	if len(cores) < 2 {
		return nil
	}
	var mine unix.CPUSet
	mine.Set(cores[0])
	if err := everyThread(func(id int) error { return unix.SchedSetaffinity(id, &mine) }); err != nil {
		return err
	}
	for _, core := range cores[1:] {
		theirCores = append(theirCores, strconv.Itoa(core))
	}
	return nil
}

// onTheirCores makes a command one that runs on the cores of what is measured (taskset(1)).
func onTheirCores(args []string) []string {
	if len(theirCores) == 0 {
		return args
	}
	return append([]string{"taskset", "-c", strings.Join(theirCores, ",")}, args...)
}

// everyThread does something to each thread of this process: Linux keeps priority and affinity per thread.
func everyThread(do func(id int) error) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err == nil {
			err = do(id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
