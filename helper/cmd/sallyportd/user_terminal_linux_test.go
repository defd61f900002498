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

const typedSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// userAddOnATerminal starts the command on a terminal of its own. The config is not there, so that nothing is changed.
func userAddOnATerminal(t *testing.T) (master, slave *os.File, screen func() string, ended func() *os.ProcessState) {
	t.Helper()
	master, slave, err := testterm.Open()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "user", "add", "bob", "--door", "ssh", "--config", filepath.Join(t.TempDir(), "none.toml"))
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-left
		_, _ = slave.Close(), master.Close()
	})
	screen = testterm.Watch(master)
	awaitScreen(t, screen, "nothing is shown while you type")
	if testterm.Echoes(slave) {
		t.Fatal("the terminal echoes while the secret is asked for")
	}
	return master, slave, screen, func() *os.ProcessState {
		select {
		case <-left:
			return cmd.ProcessState
		case <-time.After(20 * time.Second):
			t.Fatalf("it did not end; the screen has: %s", screen())
			return nil
		}
	}
}

func awaitScreen(t *testing.T, screen func() string, text string) {
	t.Helper()
	if err := testterm.Await(screen, text); err != nil {
		t.Fatal(err)
	}
}

func TestSecretThatIsTypedIsNotShown(t *testing.T) {
	t.Parallel()
	master, slave, screen, ended := userAddOnATerminal(t)
	if _, err := master.WriteString(typedSecret + "\r"); err != nil {
		t.Fatal(err)
	}
	if code := ended().ExitCode(); code != exitUsage {
		t.Errorf("exit %d; want %d, because there is no config", code, exitUsage)
	}
	awaitScreen(t, screen, "none.toml") // the secret itself was taken
	if strings.Contains(screen(), typedSecret[:4]) {
		t.Errorf("the screen has the secret: %s", screen())
	}
	if !testterm.Echoes(slave) {
		t.Error("the terminal was left without echo")
	}
}

func TestCtrlCWhileASecretIsTypedRestoresTheTerminal(t *testing.T) {
	t.Parallel()
	master, slave, screen, ended := userAddOnATerminal(t)
	if _, err := master.WriteString(typedSecret[:8] + "\x03"); err != nil {
		t.Fatal(err)
	}
	status, _ := ended().Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v; want SIGINT: %s", status, screen())
	}
	if !testterm.Echoes(slave) || strings.Contains(screen(), typedSecret[:4]) {
		t.Errorf("the terminal was left without echo, or shows the secret: %s", screen())
	}
}
