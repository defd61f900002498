package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/testnet"
)

const loggedDoor = `[[door]]
name = "ssh"
ports = ["22/tcp"]
[[door.key]]
user = "alice"
method = "sequence"
sequence = "31415:tcp,17320:udp,24689:tcp"
`

// piped starts a daemon whose log goes into a pipe, and gives the end to read, from which "started" was read.
func (s *server) piped(format string) (read *os.File, end func()) {
	s.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { read.Close() })
	cmd := s.ns.Command(s.executable(), "run", "--config", s.config, "--log-format", format)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stderr = write
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	write.Close()
	s.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	first := make([]byte, 4096)
	for said := ""; !strings.Contains(said, "started"); {
		n, err := read.Read(first)
		if err != nil {
			s.t.Fatalf("the log ends after %q: %v", said, err)
		}
		said += string(first[:n])
	}
	return read, func() {
		s.t.Helper()
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			s.t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			s.t.Errorf("%s: ended by %v", format, err)
		}
	}
}

// knockUntilOpen knocks at least three times, and more often where the machine is busy.
func (s *server) knockUntilOpen() {
	s.t.Helper()
	steps := mustSteps(s.t, "31415:tcp,17320:udp,24689:tcp")
	for knocks := 0; knocks < 3 || s.client.Probe("192.0.2.2", "192.0.2.1:22") != testnet.Opened; knocks++ {
		if knocks == 50 {
			s.t.Fatal("no knock opens")
		}
		s.knock("192.0.2.2", steps)
		time.Sleep(20 * time.Millisecond)
	}
}

// TestLogReaderEnds: the log is piped into a program, and that program ends. Doors still open.
func TestLogReaderEnds(t *testing.T) {
	t.Parallel()
	s := newServer(t, loggedDoor)
	for _, format := range []string{"logfmt", "json"} {
		read, end := s.piped(format)
		read.Close()
		s.knockUntilOpen() // the first knock has the first line that nobody reads
		if out := s.inside(exitOK, "revoke", "192.0.2.2"); !strings.Contains(out, "1 grant of 192.0.2.2 ended") {
			t.Errorf("%s: %q", format, out)
		}
		end()
	}
}

// TestLogReaderHangs: the program that should read the log does not, until the pipe is full. Doors still open, and later the
// reader is told how much it missed.
func TestLogReaderHangs(t *testing.T) {
	t.Parallel()
	s := newServer(t, loggedDoor)
	read, end := s.piped("logfmt")
	fill, err := syscall.Open(fmt.Sprintf("/proc/self/fd/%d", read.Fd()), syscall.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = syscall.Write(fill, make([]byte, 4096))
	}
	syscall.Close(fill)
	s.knockUntilOpen()
	s.inside(exitOK, "status")
	said := ""
	buffer := make([]byte, 4096)
	for !strings.HasSuffix(said, "\n") {
		n, err := read.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		said = strings.Trim(said+string(buffer[:n]), "\x00")
		if len(said) == 0 {
			s.inside(exitOK, "revoke", "192.0.2.2") // causes a line, when there is room
		}
	}
	if !strings.Contains(said, "level=warning event=lost events=") {
		t.Errorf("the reader is told %q", said)
	}
	end()
}
