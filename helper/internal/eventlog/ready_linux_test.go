package eventlog

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// soon runs work, which must not wait for anybody.
func soon(t *testing.T, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		work()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the log waits for its reader")
	}
}

func TestPipeThatNobodyReads(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	write.Fd() // blocking, as standard error is
	log := NewReady(NewWriter(write, nil), func() bool { return Room(write) })
	const events = 5000
	soon(t, func() {
		for i := range events {
			log.Event(Notice, "knock", F("n", i), F("text", strings.Repeat("x", 100)))
		}
	})
	lines := bufio.NewScanner(read)
	arrived := 0
	next := func() string {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		return lines.Text()
	}
	for Room(write) == false {
		if line := next(); !strings.Contains(line, fmt.Sprintf(" n=%d ", arrived)) {
			t.Fatalf("line %d is %q", arrived, line)
		}
		arrived++
	}
	log.Event(Notice, "after")
	line := next()
	for ; strings.Contains(line, "event=knock"); line = next() {
		arrived++
	}
	if want := fmt.Sprintf("level=warning event=lost events=%d", events-arrived); line != want || arrived == 0 {
		t.Errorf("%q after %d lines, want %q", line, arrived, want)
	}
	if line := next(); line != "level=notice event=after" {
		t.Errorf("%q", line)
	}
}

func TestRoomOfAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	if !Room(file) {
		t.Error("a file has no room")
	}
	file.Close()
	if !Room(file) {
		t.Error("what cannot be asked must be tried")
	}
}

func TestJournaldThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var fallback strings.Builder
	log := NewJournal(path, NewWriter(&fallback, nil))
	const events = 2000
	soon(t, func() {
		for range events {
			log.Event(Notice, "knock")
		}
	})
	buffer := make([]byte, 4096)
	arrived := 0
	for {
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if _, err := conn.Read(buffer); err != nil {
			break
		}
		arrived++
	}
	lost := strings.Count(fallback.String(), "\n")
	if arrived == 0 || lost == 0 || arrived+lost != events {
		t.Errorf("%d entries and %d lines of %d events", arrived, lost, events)
	}
	log.Event(Notice, "again")
	conn.SetReadDeadline(time.Now().Add(time.Second))
	if n, err := conn.Read(buffer); err != nil || journald(t, buffer[:n])["SALLYPORT_EVENT"] != "again" {
		t.Errorf("afterwards: %v", err)
	}
}
