package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/testterm"
)

// attendedHere makes this test's own program the window's command.
const attendedHere = "SALLYPORT_TEST_ATTEND"

// TestCtrlCIsTheChilds presses the key on a real terminal: the child has it, and its end is waited for.
func TestCtrlCIsTheChilds(t *testing.T) {
	if os.Getenv(attendedHere) != "" {
		cmd := exec.Command("sh", "-c", "trap 'echo child has it; sleep 0.3; exit 9' INT; echo ready; while :; do sleep 0.05; done")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		told, _ := runAttended(cmd)
		if told {
			os.Exit(1)
		}
		os.Exit(exitCode(cmd.ProcessState))
	}
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	master, slave, err := testterm.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	window := exec.Command(self, "-test.run=^TestCtrlCIsTheChilds$")
	window.Env = append(os.Environ(), attendedHere+"=1")
	window.Stdin, window.Stdout, window.Stderr = slave, slave, slave
	window.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := window.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	limit := time.AfterFunc(60*time.Second, func() { _ = syscall.Kill(-window.Process.Pid, syscall.SIGKILL) })
	defer limit.Stop()
	screen := testterm.Watch(master)
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(screen(), "ready") && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := master.Write([]byte{3}); err != nil {
		t.Fatal(err)
	}
	_ = window.Wait()
	if code := window.ProcessState.ExitCode(); code != 9 || !strings.Contains(screen(), "child has it") {
		t.Errorf("the window ended with %d, want 9; on it stood %q", code, screen())
	}
}
