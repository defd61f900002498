package doorcmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// keptOutput is how much of what a command prints is kept for the log.
	keptOutput = 200
	// pipeWait is for how long a child that outlived the command may hold its output open.
	pipeWait = time.Second
	// lastCapability is more than any kernel knows; the kernel refuses those it does not know.
	lastCapability = 63
	// Bits of prctl(PR_SET_SECUREBITS): root gets no capabilities from exec, nobody can raise ambient ones, for good.
	noRoot, noAmbientRaise = 1<<0 | 1<<1, 1<<6 | 1<<7
)

var environment = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C", "HOME=/"}

// execute runs a command to its end or until the context ends, in a session of its own, all of which is killed then.
func execute(ctx context.Context, argv []string) (exit int, output string, err error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	kept := &head{}
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment, "/", kept, kept
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	cmd.WaitDelay = pipeWait
	cmd.Cancel = func() error { return unix.Kill(-cmd.Process.Pid, unix.SIGKILL) }
	if err := startBare(cmd); err != nil {
		return -1, "", err
	}
	err = cmd.Wait()
	if ctx.Err() != nil {
		return -1, kept.String(), ctx.Err()
	}
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.Exited() || errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return cmd.ProcessState.ExitCode(), kept.String(), err
}

// startBare starts a command from a thread that has given everything up. The thread is not unlocked: it ends with
// its goroutine, so nothing else ever runs on it.
func startBare(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The main thread never ends, so it must stay what it is: it is held here while another does it.
			defer runtime.UnlockOSThread()
			started <- startBare(cmd)
			return
		}
		err := giveUp()
		if err == nil {
			err = cmd.Start()
		}
		started <- err
	}()
	return <-started
}

// giveUp takes every capability from the calling thread and from what it will start (capabilities(7)).
func giveUp() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	// Without these bits a program that root starts has all capabilities again; others do not need them.
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, noRoot|noAmbientRaise, 0, 0, 0); err != nil && unix.Geteuid() == 0 {
		return fmt.Errorf("take root's capabilities from a command: %w (run the daemon as a user of its own, or with CAP_SETPCAP)", err)
	}
	for capability := uintptr(0); capability <= lastCapability; capability++ {
		_ = unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0) // needs CAP_SETPCAP; the rest does without
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("clear the ambient capabilities: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	// The unit's filter of system calls refuses this one. What then is left inheritable gives a program nothing:
	// nothing is ambient, and with no_new_privs files give nothing.
	if err := unix.Capset(&header, &none[0]); err != nil && unix.Geteuid() == 0 {
		return fmt.Errorf("clear the capabilities: %w", err)
	}
	return nil
}

// head keeps the beginning of what is written.
type head struct{ b bytes.Buffer }

func (h *head) Write(p []byte) (int, error) {
	h.b.Write(p[:min(len(p), keptOutput-h.b.Len())])
	return len(p), nil
}

func (h *head) String() string { return string(bytes.TrimSpace(h.b.Bytes())) }
