package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// impatient gives a Conn that asks for a sign of life after 20 ms and waits 60 ms for it, and the other side's end.
func impatient(t *testing.T) (*Conn, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	conn := newConn(ours)
	conn.quiet, conn.patience = 20*time.Millisecond, 60*time.Millisecond
	return conn, theirs
}

// called does one call, whose end must come within 30 s.
func called(t *testing.T, conn *Conn) (string, error) {
	t.Helper()
	type result struct {
		ok  []byte
		err error
	}
	ended := make(chan result, 1)
	go func() {
		ok, err := conn.Call(context.Background(), "knock", nil, nil)
		ended <- result{ok, err}
	}()
	select {
	case r := <-ended:
		return string(r.ok), r.err
	case <-time.After(30 * time.Second):
		t.Fatal("the call never ended")
		return "", nil
	}
}

func mustBeFrozen(t *testing.T, err error) {
	t.Helper()
	fault := AsFault(err)
	if err == nil || fault.Exit != 5 || fault.Message != "sallyport does not answer: not a word for 80ms" || !strings.Contains(fault.Hint, "stopped or stuck") {
		t.Errorf("got %#v", err)
	}
}

func TestCallGivesUpOnAFrozenProcess(t *testing.T) {
	t.Run("that reads", func(t *testing.T) {
		conn, theirs := impatient(t)
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		_, err := called(t, conn)
		mustBeFrozen(t, err)
	})
	t.Run("that does not even read", func(t *testing.T) {
		conn, _ := impatient(t)
		_, err := called(t, conn)
		mustBeFrozen(t, err)
	})
	t.Run("in the middle of a run", func(t *testing.T) {
		conn, theirs := impatient(t)
		go func() {
			lines := bufio.NewReader(theirs)
			_, _ = lines.ReadString('\n')
			_, _ = fmt.Fprintln(theirs, `{"id":1,"event":{"kind":"waiting","ms":86400000,"why":"later"}}`)
			_, _ = io.Copy(io.Discard, lines)
		}()
		_, err := called(t, conn)
		mustBeFrozen(t, err)
	})
	t.Run("before the proof", func(t *testing.T) {
		conn, theirs := impatient(t)
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		text := `{"pipe":"\\\\.\\pipe\\sallyport-` + strings.Repeat("0", 32) + `","key":"` + strings.Repeat("ab", 32) + `"}`
		mustBeFrozen(t, unproven(context.Background(), "the key", proveKey(context.Background(), conn, []byte(text))))
	})
}

// A call that takes long by right goes on as long as the other side says that it is there, whatever it says.
func TestCallWaitsForABusyProcess(t *testing.T) {
	for name, sign := range map[string]string{"hello": `"ok":{"role":"agent"}`, "a refusal": `"error":{"code":"unknown-method"}`} {
		t.Run(name, func(t *testing.T) {
			conn, theirs := impatient(t)
			conn.patience = time.Second // this machine may be busy itself
			const pings = 60            // 20 ms apart: for longer than the patience
			asked := make(chan string, pings)
			go func() {
				lines := bufio.NewReader(theirs)
				_, _ = lines.ReadString('\n')
				for ping := 1; ping <= pings; ping++ {
					line, _ := lines.ReadString('\n')
					asked <- line
					_, _ = fmt.Fprintf(theirs, "{\"id\":%d,%s}\n", pingID+ping, sign)
				}
				_, _ = fmt.Fprintln(theirs, `{"id":1,"ok":{"verdict":"opened"}}`)
			}()
			ok, err := called(t, conn)
			if err != nil || ok != `{"verdict":"opened"}` {
				t.Errorf("got %s, %v", ok, err)
			}
			if got, want := <-asked, fmt.Sprintf(`{"v":1,"id":%d,"method":"hello","params":{}}`+"\n", pingID+1); got != want {
				t.Errorf("asked %s", got)
			}
		})
	}
}
