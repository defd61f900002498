package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, path string) {
	t.Helper()
	s, err := Listen(path, func(command string, arguments []string, peer Peer) (any, error) {
		switch command {
		case "who":
			return peer, nil
		case "echo":
			return arguments, nil
		case "work":
			time.Sleep(deadline + 500*time.Millisecond)
			return "done", nil
		}
		return nil, errors.New("unknown command " + command)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is left behind: %v", err)
		}
	})
}

func TestTheKernelSaysWhoAsks(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("d", 60), strings.Repeat("e", 60), "s.sock")
	for _, path := range []string{filepath.Join(t.TempDir(), "s.sock"), long} {
		serve(t, path)
		var peer Peer
		if err := Call(path, "who", &peer); err != nil {
			t.Fatal(err)
		}
		if peer.PID != os.Getpid() || peer.UID != os.Getuid() || peer.Root() != (os.Getuid() == 0) {
			t.Errorf("%+v", peer)
		}
		var said []string
		if err := Call(path, "echo", &said, "a", "b c"); err != nil || len(said) != 2 || said[1] != "b c" {
			t.Errorf("%q, %v", said, err)
		}
		if err := Call(path, "nothing", nil); err == nil || !strings.Contains(err.Error(), "unknown command nothing") {
			t.Errorf("got %v", err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode().Perm() != 0o660 {
			t.Errorf("%v, %v", info, err)
		}
	}
}

func TestNonsenseIsAnsweredInWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	serve(t, path)
	for _, text := range []string{"hello\n", "{}\n", "{\"v\":2,\"command\":\"who\"}\n", strings.Repeat("x", 2*maxRequest) + "\n"} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = conn.Write([]byte(text))
		reply := make([]byte, 512)
		n, err := conn.Read(reply)
		if err != nil || !strings.Contains(string(reply[:n]), `"ok":false,"error":"expected`) {
			t.Errorf("%.20q: %q, %v", text, reply[:n], err)
		}
		conn.Close()
	}
}

func TestOthersCannotKeepRootOut(t *testing.T) {
	d := newDesks()
	for range atOnce {
		if err := d.take(Peer{UID: 1000}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.take(Peer{UID: 1001}); err == nil || !strings.Contains(err.Error(), "8 others are being answered") {
		t.Errorf("one too many: %v", err)
	}
	if err := d.take(Peer{}); err != nil {
		t.Errorf("root: %v", err)
	}
	d.leave(Peer{UID: 1000})
	if err := d.take(Peer{UID: 1001}); err != nil {
		t.Errorf("after one has left: %v", err)
	}
}

func TestSlowPeersAreRefusedInWordsAndLeaveByThemselves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	serve(t, path)
	var slow []net.Conn
	for range atOnce {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		slow = append(slow, conn)
	}
	var said []string
	for range 50 {
		if err := Call(path, "echo", &said, "a"); err == nil || !strings.Contains(err.Error(), "8 others are being answered") {
			t.Fatalf("one too many: %v", err)
		}
	}
	slow[0].Close()
	for end := time.Now().Add(deadline / 2); Call(path, "echo", &said, "a") != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a desk that was left stays taken")
		}
	}
	for _, conn := range slow {
		conn.Close()
	}
}

// TestLongWorkIsWaitedFor: the time limits are for whoever is slow to ask or to listen, not for the daemon's work.
func TestLongWorkIsWaitedFor(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.sock")
	serve(t, path)
	var said string
	if err := Call(path, "work", &said); err != nil || said != "done" {
		t.Errorf("%q, %v", said, err)
	}
}

func TestNobodyHome(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	if err := Call(path, "who", nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()
	if err := Call(path, "who", nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a dead socket: %v", err)
	}
	serve(t, path) // replaces the dead one
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(file, nil); err == nil || !strings.Contains(err.Error(), "not a socket") {
		t.Errorf("a file in the way: %v", err)
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"v":1,"command":"revoke","arguments":["192.0.2.2"]}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := readRequest(bytes.NewReader(data))
		if err != nil {
			if r.Version != 0 || r.Command != "" || r.Arguments != nil || !strings.HasPrefix(err.Error(), "expected") {
				t.Fatalf("%+v, %v", r, err)
			}
			return
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		if r.Version != 1 || len(line) >= maxRequest || !json.Valid(line) {
			t.Fatalf("%q is read as %+v", data, r)
		}
	})
}
