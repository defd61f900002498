package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sallyport/helper/internal/testnet"
)

const padDoor = `
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "60s"
  [[door.key]]
  user = "pads"
  method = "one-time"
  sequences_file = "pads.txt"
`

const pads = "# one a line\n 17043:tcp,28411:udp,20562:tcp\n31007,15551:udp,icmp:131\n44021,12345:udp,39119\n"

func TestOneTimeSequencesWorkOnce(t *testing.T) {
	s := newServer(t, padDoor)
	s.write("pads.txt", pads)
	d := s.start()
	d.waitFor("left=3")
	lines := []string{"17043:tcp,28411:udp,20562:tcp", "31007,15551:udp,icmp:131", "44021,12345:udp,39119"}
	knock := func(from string, line int) {
		to := "192.0.2.1"
		if strings.Contains(from, ":") {
			to = "2001:db8::1"
		}
		s.client.NewSender(from, to).Send(mustSteps(t, lines[line])...)
	}
	knock("192.0.2.4", 1) // not in force yet
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
	knock("192.0.2.2", 0)
	d.waitFor("source=192.0.2.2 action=open result=opened")
	d.waitFor("left=2")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	knock("192.0.2.3", 0) // used
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	knock("2001:db8::2", 1)
	d.waitFor("source=2001:db8::2 action=open result=opened")
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Opened)

	// Used lines stay used over kill -9, a reload and another order of the list, which nobody but the admin edits.
	d.end(syscall.SIGKILL)
	d = s.start()
	d.waitFor("left=1")
	s.write("pads.txt", lines[1]+"\n"+lines[2]+"\n"+lines[0]+"\n")
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.waitFor("event=reload result=done")
	knock("192.0.2.3", 0)
	knock("192.0.2.4", 1)
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
	knock("2001:db8::3", 2)
	d.waitFor("source=2001:db8::3 action=open result=opened")
	d.waitFor("every sequence is used")
	if data, err := os.ReadFile(filepath.Join(s.dir, "pads.txt")); err != nil || strings.Contains(string(data), "#") {
		t.Errorf("the list was edited: %v\n%s", err, data)
	}
	if log := d.log.String(); strings.Contains(log, "44021") || strings.Contains(log, "39119") {
		t.Error("a sequence is in the log")
	}
	// An exhausted list is no reason not to start.
	d.end(syscall.SIGTERM)
	s.start().waitFor("every sequence is used")
}
