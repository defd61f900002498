package main

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

const staticDoor = `
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "20s"
  [[door.key]]
  user = "legacy"
  method = "sequence"
  sequence = "17043:tcp,28411:udp,icmp:131,20562:tcp"
  close_sequence = "20562:tcp,icmp:131,17043:tcp"
`

func mustSteps(t *testing.T, text string) []step.Step {
	t.Helper()
	steps, err := step.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestStaticSequenceOpensAndCloses(t *testing.T) {
	t.Parallel()
	s := newServer(t, staticDoor)
	d := s.start()
	sender := s.client.NewSender("192.0.2.2", "192.0.2.1")
	sender6 := s.client.NewSender("2001:db8::2", "2001:db8::1")
	sender.Send(mustSteps(t, "17043:tcp,icmp:131,28411:udp,20562:tcp")...)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	open := mustSteps(t, "17043:tcp,28411:udp,icmp:131,20562:tcp")
	sender.Knock(10*time.Millisecond, open...)
	sender6.Knock(10*time.Millisecond, open...)
	d.waitFor("source=192.0.2.2 action=open result=opened")
	d.waitFor("source=2001:db8::2 action=open result=opened")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Opened)
	sender.Send(mustSteps(t, "20562:tcp,icmp:131,17043:tcp")...)
	d.waitFor("source=192.0.2.2 action=close result=closed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.expect("2001:db8::2", "[2001:db8::1]:22", testnet.Opened)
	if d.end(syscall.SIGINT) != 0 {
		t.Fatal("SIGINT is not a clean stop")
	}
}

// TestOrdinarySocketsCanKnock uses connect and send of the operating system, as clients without privileges do.
func TestOrdinarySocketsCanKnock(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	d := s.start()
	for _, one := range code(aliceSecret, rks1.Open, 0) {
		s.client.Do(func() {
			to := fmt.Sprintf("192.0.2.1:%d", one.Value)
			dialer := net.Dialer{Timeout: 900 * time.Millisecond, LocalAddr: &net.TCPAddr{IP: net.ParseIP("192.0.2.3")}}
			if one.Protocol == step.UDP {
				dialer.LocalAddr = &net.UDPAddr{IP: net.ParseIP("192.0.2.3")}
			}
			if conn, err := dialer.Dial(one.Protocol.String(), to); err == nil {
				_, _ = conn.Write([]byte{0})
				conn.Close()
			}
		})
	}
	d.waitFor("source=192.0.2.3 action=open offset=0 result=opened")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
}

func TestCloseCodeBurnsOpenCodes(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "60s", 1))
	d := s.start()
	sender := s.client.NewSender("192.0.2.2", "192.0.2.1")
	sender.Send(code(aliceSecret, rks1.Open, -1)...)
	d.waitFor("offset=-1 result=opened")
	burnt, closing := code(aliceSecret, rks1.Open, 0), code(aliceSecret, rks1.Close, 0)
	sender.Send(closing...)
	d.waitFor("action=close offset=0 result=closed")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	sender.Send(burnt...)
	d.waitForLine(`action=open offset=(0|-1) result=replayed`) // the period may have turned since
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
}

func TestKillAndRestartKeepGrantGateAndReplayRecord(t *testing.T) {
	t.Parallel()
	s := newServer(t, strings.Replace(rotatingDoor, "2s", "60s", 1))
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		from := map[syscall.Signal]string{syscall.SIGKILL: "192.0.2.2", syscall.SIGTERM: "192.0.2.3"}[signal]
		shift := map[syscall.Signal]int64{syscall.SIGKILL: 0, syscall.SIGTERM: 1}[signal]
		d := s.start()
		used := code(aliceSecret, rks1.Open, shift)
		s.client.NewSender(from, "192.0.2.1").Send(used...)
		d.waitFor("source=" + from)
		s.expect(from, "192.0.2.1:22", testnet.Opened)
		d.end(signal)
		s.expect(from, "192.0.2.1:22", testnet.Opened)
		s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)

		again := s.start()
		again.waitFor("grants=")
		s.expect(from, "192.0.2.1:22", testnet.Opened)
		s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
		s.client.NewSender("192.0.2.4", "192.0.2.1").Send(used...)
		again.waitFor("source=192.0.2.4 action=open offset=")
		again.waitFor("result=replayed")
		s.expect("192.0.2.4", "192.0.2.1:22", testnet.Filtered)
		if grants := s.status().Grants; len(grants) == 0 || grants[0].User != "alice" || grants[0].Left < 30 {
			t.Fatalf("grants after the restart: %+v", grants)
		}
		again.end(syscall.SIGKILL)
	}
}

func TestFlushRulesetOpensNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	d := s.start()
	s.ns.Run("nft", "flush", "ruleset")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("result=opened")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
}

func TestOnExitOpen(t *testing.T) {
	t.Parallel()
	s := newServer(t, "[gate]\non_exit = \"open\"\n"+rotatingDoor)
	d := s.start()
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Filtered)
	d.end(syscall.SIGTERM)
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
}

func TestSecondDaemonIsRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, rotatingDoor)
	s.start()
	var out, errs strings.Builder
	if exit := execute([]string{"run", "--config", s.config}, nil, &out, &errs); exit != exitFailure || !strings.Contains(errs.String(), "another sallyportd") {
		t.Fatalf("exit %d: %s", exit, errs.String())
	}
}
