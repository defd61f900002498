package main

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/testnet"
)

// TestFloodOfCandidatesBurnsNoCPUAndKeepsNobodyOut sends well-sized datagrams that no key has made as fast as one
// socket can, while somebody else's packet opens a door.
func TestFloodOfCandidatesBurnsNoCPUAndKeepsNobodyOut(t *testing.T) {
	s := newSPAServer(t, spaDoor)
	d := s.start()
	payload := bytes.Repeat([]byte("A"), 300)
	var flood sync.WaitGroup
	sent, began := 0, time.Now()
	stop := make(chan struct{})
	flood.Add(1)
	go func() {
		defer flood.Done()
		s.client.Do(func() {
			dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP("192.0.2.3")}}
			conn, err := dialer.Dial("udp", "192.0.2.1:62201")
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for {
				select {
				case <-stop:
					return
				default:
					if _, err := conn.Write(payload); err == nil { // refusals come back as errors
						sent++
					}
				}
			}
		})
	}()
	time.Sleep(500 * time.Millisecond)
	before := cpuOf(t, d.cmd.Process.Pid)
	from := time.Now()
	// On a loaded machine the daemon may not get to run before the kernel's queue is full; a client sends again then.
	const packets, most = 5, 8
	count := 0
	for opened := 0; opened < packets && count < most; count++ {
		s.fwknop("-A", "tcp/22", "-a", "192.0.2.2", "-f", "10")
		for range 20 {
			if opened < strings.Count(d.log.String(), "result=opened") {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		opened = strings.Count(d.log.String(), "result=opened")
	}
	opened := strings.Count(d.log.String(), "result=opened")
	share := float64(cpuOf(t, d.cmd.Process.Pid)-before) / float64(time.Since(from))
	close(stop)
	flood.Wait()
	t.Logf("%d datagrams in %v, %.0f %% of a CPU, %d of %d packets opened", sent, time.Since(began).Round(time.Millisecond), 100*share, opened, count)
	if opened < packets {
		t.Errorf("%d of %d packets opened the door", opened, count)
	}
	if share > 0.5 {
		t.Errorf("the flood costs %.0f %% of a CPU", 100*share)
	}
	s.expect("192.0.2.3", "192.0.2.1:22", testnet.Filtered)
	if d.end(syscall.SIGTERM) != 0 {
		t.Error("no clean stop")
	}
}

// cpuOf is the processor time that a process has used (clock_getcpuclockid(3)).
func cpuOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	var used unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Nano())
}
