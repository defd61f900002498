package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/testnet"
)

// TestDamagedStateLocksNobodyOut: a bad disk has eaten what the daemon keeps. It starts, opens nothing for a code that may
// have been used, keeps who is in, and lets people in again two periods later.
func TestDamagedStateLocksNobodyOut(t *testing.T) {
	t.Parallel()
	s := newServer(t, longDoor)
	d := s.start()
	s.client.NewSender("192.0.2.2", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 0)...)
	d.waitFor("source=192.0.2.2 action=open offset=0 result=opened")
	d.end(syscall.SIGKILL)
	state := filepath.Join(s.dir, "state")
	for _, name := range []string{"replay", "spa-replay", "owed-closes", "one-time"} {
		if err := os.WriteFile(filepath.Join(state, name), []byte("eaten by\nmoths\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	perhapsUsed := code(aliceSecret, rks1.Open, 1)

	again := s.start()
	again.waitFor("event=replay-floor")
	again.waitFor("kept=" + filepath.Join(state, "replay.damaged"))
	again.waitFor("event=command error=")
	s.expect("192.0.2.2", "192.0.2.1:22", testnet.Opened)
	s.client.NewSender("192.0.2.3", "192.0.2.1").Send(perhapsUsed...)
	again.waitForLine(`source=192\.0\.2\.3 action=open offset=(1|0) result=replayed`) // the period may turn
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)

	// A code of the next period but one is new for sure, and may be knocked one period early.
	period := rks1.Defaults().Period
	time.Sleep(time.Duration(period-time.Now().Unix()%period) * time.Second)
	s.client.NewSender("192.0.2.3", "192.0.2.1").Send(code(aliceSecret, rks1.Open, 1)...)
	again.waitFor("source=192.0.2.3 action=open offset=1 result=opened")
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Opened)
	if kept, err := os.ReadFile(filepath.Join(state, "replay.damaged")); err != nil || !strings.Contains(string(kept), "moths") {
		t.Errorf("%q %v", kept, err)
	}
}
