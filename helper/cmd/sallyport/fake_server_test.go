package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fakeServer speaks docs/control-socket.md as the scripts tell it: a request for method M is answered with the lines of
// answers/M, where ID stands for the request's id. A line HANG waits for the client to go; quit ends it. Everything that
// was asked, and the end of a HANG, is written to the file asked.
type fakeServer struct {
	listener       net.Listener
	answers, asked string
	key            []byte
	mu             sync.Mutex
}

func serve(ts *testscript.TestScript, _ bool, _ []string) {
	run := filepath.Join(ts.Getenv("SALLYPORT_HOME"), "run")
	ts.Check(os.MkdirAll(run, 0o700))
	listener, err := net.Listen("unix", filepath.Join(run, "control.sock"))
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	f := &fakeServer{listener: listener, answers: ts.MkAbs("answers"), asked: ts.MkAbs("asked")}
	var file struct{ Key string }
	if text, err := os.ReadFile(filepath.Join(run, "control.json")); err == nil {
		ts.Check(json.Unmarshal(text, &file))
		f.key, err = hex.DecodeString(file.Key)
		ts.Check(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f.talk(conn)
		}
	}()
}

func (f *fakeServer) talk(conn net.Conn) {
	defer conn.Close()
	lines := bufio.NewReader(conn)
	if f.key != nil && !f.prove(conn, lines) {
		f.note("wrong proof")
		return
	}
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		f.note(strings.TrimSpace(line))
		var request struct {
			ID     int
			Method string
		}
		if err := json.Unmarshal([]byte(line), &request); err != nil {
			f.note("not JSON")
			return
		}
		script, err := os.ReadFile(filepath.Join(f.answers, request.Method))
		if err != nil {
			script = []byte(`{"id":ID,"error":{"code":"unknown-method","message":"No such method.","exit":2}}`)
		}
		for _, answer := range strings.Split(strings.TrimSpace(string(script)), "\n") {
			if answer == "HANG" {
				_, _ = io.Copy(io.Discard, lines)
				f.note("closed")
				return
			}
			_, _ = fmt.Fprintln(conn, strings.Replace(answer, "ID", fmt.Sprint(request.ID), 1))
			if request.Method == "quit" && strings.Contains(answer, `"ok"`) {
				time.AfterFunc(50*time.Millisecond, func() { _ = f.listener.Close() }) // later than its answer
			}
		}
	}
}

// prove is the server's half of the handshake, written from the document alone.
func (f *fakeServer) prove(conn net.Conn, lines *bufio.Reader) bool {
	nonce := sha256.Sum256([]byte("a nonce"))
	_, _ = fmt.Fprintf(conn, "{\"nonce\":%q}\n", hex.EncodeToString(nonce[:]))
	var said struct{ Nonce, Proof string }
	line, err := lines.ReadString('\n')
	if err != nil || json.Unmarshal([]byte(line), &said) != nil {
		return false
	}
	theirs, _ := hex.DecodeString(said.Nonce)
	sum := func(label string) string {
		mac := hmac.New(sha256.New, f.key)
		mac.Write(append(append([]byte(label+"\x00"), nonce[:]...), theirs...))
		return hex.EncodeToString(mac.Sum(nil))
	}
	if said.Proof != sum("sallyport-client") {
		return false
	}
	_, _ = fmt.Fprintf(conn, "{\"proof\":%q}\n", sum("sallyport-server"))
	return true
}

func (f *fakeServer) note(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.OpenFile(f.asked, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, _ = fmt.Fprintln(file, line)
	_ = file.Close()
}

// answerAfterHalfClose shows both directions and the half-close: it speaks only when the other side has finished.
func answerAfterHalfClose(conn net.Conn) {
	defer conn.Close()
	_, _ = io.WriteString(conn, "SSH-2.0-fake\n")
	text, _ := io.ReadAll(conn)
	_, _ = fmt.Fprintf(conn, "heard %q\n", text)
}
