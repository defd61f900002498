package main

import (
	"strings"
	"testing"
	"time"
)

// TestCommandsLongerThanAPath: knockd runs neither of a door's commands when one is longer than PATH_MAX once the address
// stands in it, because its buffer ends there. What a line of the file can become is far from what the kernel takes, so
// it is run here.
func TestCommandsLongerThanAPath(t *testing.T) {
	long := " # " + strings.Repeat("%IP% ", 700) // 3,500 bytes, and over 7,000 with an address
	conf := "[options]\n interface = veth0\n[start]\n sequence = 7001,7002\n tcpflags = syn\n start_command = echo start %IP% >> $PEER_OUT" + long +
		"\n stop_command = echo stop %IP% >> $PEER_OUT\n cmd_timeout = 1\n[stop]\n sequence = 7101,7102\n tcpflags = syn\n" +
		" start_command = echo start %IP% >> $PEER_OUT\n stop_command = echo stop %IP% >> $PEER_OUT" + long + "\n cmd_timeout = 1\n"
	p := newPeers(t)
	p.quiet = 1600 * time.Millisecond // stop commands come after a second
	p.start(conf, conf)
	four, six := p.address()
	p.expectBoth("a start command that is too long for knockd", four, "7001,7002", "", "start,stop")
	p.expectBoth("a stop command that is too long for knockd", six, "7101,7102", "", "start,stop")
}
