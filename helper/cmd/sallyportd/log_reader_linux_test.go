package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

// TestLogReaderEnds: the log is piped into a program, and that program ends. Doors still open.
func TestLogReaderEnds(t *testing.T) {
	t.Parallel()
	s := newServer(t, `[[door]]
name = "ssh"
ports = ["22/tcp"]
[[door.key]]
user = "alice"
method = "sequence"
sequence = "31415:tcp,17320:udp,24689:tcp"
`)
	steps, err := step.Parse("31415:tcp,17320:udp,24689:tcp")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"logfmt", "json"} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := s.ns.Command(s.executable(), "run", "--config", s.config, "--log-format", format)
		cmd.Env = append(os.Environ(), asCommand+"=1")
		cmd.Stderr = write
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		write.Close()
		first := make([]byte, 4096)
		for said := ""; !strings.Contains(said, "started"); {
			n, err := read.Read(first)
			if err != nil {
				t.Fatalf("%s: the log ends after %q: %v", format, said, err)
			}
			said += string(first[:n])
		}
		read.Close()
		for range 2 { // the first knock has the first line that nobody reads
			s.knock("192.0.2.2", steps)
			time.Sleep(100 * time.Millisecond)
		}
		s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
		if out := s.inside(exitOK, "revoke", "192.0.2.2"); !strings.Contains(out, "1 grant(s)") {
			t.Errorf("%s: %q", format, out)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: ended by %v", format, err)
		}
	}
}
