package client

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// facing gives a Conn whose other side reads one line and answers with script.
func facing(t *testing.T, script string) (*Conn, <-chan string) {
	t.Helper()
	ours, theirs := net.Pipe()
	asked := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(theirs).ReadString('\n')
		asked <- line
		_, _ = io.WriteString(theirs, script)
		_ = theirs.Close()
	}()
	t.Cleanup(func() { _ = ours.Close() })
	return newConn(ours), asked
}

func TestCallGivesEventsThenTheAnswer(t *testing.T) {
	conn, asked := facing(t, `{"id":1,"event":{"kind":"step","index":0,"step":"7000:tcp","sentMs":0.4,"new":true}}`+"\n"+
		`{"id":1,"event":{"kind":"after","state":"open"}}`+"\n"+`{"id":1,"ok":{"verdict":"opened"},"later":1}`+"\n")
	var kinds []string
	ok, err := conn.Call(context.Background(), "knock", nil, func(e Event) { kinds = append(kinds, e.Kind) })
	if err != nil || string(ok) != `{"verdict":"opened"}` || strings.Join(kinds, " ") != "step after" {
		t.Errorf("got %s, %v, events %v", ok, err, kinds)
	}
	if got, want := <-asked, `{"v":1,"id":1,"method":"knock","params":{}}`+"\n"; got != want {
		t.Errorf("asked %s", got)
	}
}

func TestCallFaults(t *testing.T) {
	cases := []struct {
		name, script, says string
		exit               int
	}{
		{"error", `{"id":1,"error":{"code":"not-found","message":"no such profile","exit":2}}`, "no such profile", 2},
		{"error for the line itself", `{"id":null,"error":{"code":"bad-line","message":"bad line","exit":2}}`, "bad line", 2},
		{"exit 0 in an error", `{"id":1,"error":{"code":"odd","message":"m","exit":0}}`, "m", 5},
		{"empty error", `{"id":1,"error":{}}`, "gave no reason", 5},
		{"nothing", ``, "closed the connection without an answer", 5},
		{"cut off", `{"id":1,"ok"`, "makes no sense", 5},
		{"not JSON", "SSH-2.0-OpenSSH_9.2\n", "not a JSON object", 5},
		{"a list", "[]\n", "not a JSON object", 5},
		{"another id", `{"id":2,"ok":{}}` + "\n", "not asked", 5},
		{"no id", `{"ok":{}}` + "\n", "not asked", 5},
		{"none of the three", `{"id":1}` + "\n", "without ok, event or error", 5},
		{"too long", `{"id":1,"ok":"` + strings.Repeat("x", maxAnswer) + "\"}\n", "too long", 5},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			script := c.script
			if strings.HasSuffix(script, "}") {
				script += "\n"
			}
			conn, _ := facing(t, script)
			_, err := conn.Call(context.Background(), "list", nil, nil)
			var fault *Fault
			if !errors.As(err, &fault) || fault.Exit != c.exit || !strings.Contains(fault.Message, c.says) {
				t.Errorf("got %#v", err)
			}
		})
	}
}

func TestCallTakesALongList(t *testing.T) {
	long := `{"profiles":"` + strings.Repeat("x", 3*maxRequest) + `"}`
	conn, _ := facing(t, `{"id":1,"ok":`+long+"}\n")
	if ok, err := conn.Call(context.Background(), "list", nil, nil); err != nil || string(ok) != long {
		t.Errorf("got %d bytes, %v", len(ok), err)
	}
}

func TestCallRefusesToAskTooMuch(t *testing.T) {
	conn, _ := facing(t, "")
	_, err := conn.Call(context.Background(), "add", strings.Repeat("x", maxRequest), nil)
	if fault := AsFault(err); fault.Exit != 2 || !strings.Contains(fault.Message, "too long") {
		t.Errorf("got %v", err)
	}
}

func TestEndOfContextClosesTheConnection(t *testing.T) {
	ours, theirs := net.Pipe()
	conn := newConn(ours)
	cause := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(context.Background())
	closed := make(chan error, 1)
	go func() {
		reader := bufio.NewReader(theirs)
		_, _ = reader.ReadString('\n')
		cancel(cause)
		_, err := reader.ReadString('\n')
		closed <- err
	}()
	if _, err := conn.Call(ctx, "knock", nil, nil); !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	select {
	case err := <-closed:
		if err == nil {
			t.Error("something more was said")
		}
	case <-time.After(30 * time.Second):
		t.Error("the connection stayed open")
	}
}

func TestProve(t *testing.T) {
	secret, nonce := make([]byte, 32), []byte(strings.Repeat("n", 32))
	cases := []struct{ name, greeting, proof, says string }{
		{"no nonce", `{"id":null,"error":{}}`, "", "no nonce"},
		{"short nonce", `{"nonce":"00"}`, "", "no nonce"},
		{"echo", `{"nonce":"` + strings.Repeat("6e", 32) + `"}`, "", "echoed"},
		{"wrong proof", `{"nonce":"` + strings.Repeat("00", 32) + `"}`, `{"proof":"` + strings.Repeat("00", 32) + `"}`, "proof of the key is wrong"},
		{"no proof", `{"nonce":"` + strings.Repeat("00", 32) + `"}`, `{}`, "proof of the key is wrong"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := prove(io.Discard, newLineReader(strings.NewReader(c.greeting+"\n"+c.proof+"\n")), secret, nonce)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestParseKeyRefuses(t *testing.T) {
	good := strings.Repeat("ab", 32)
	for _, text := range []string{
		``, `{}`, `{"pipe":"\\\\.\\pipe\\other","key":"` + good + `"}`,
		`{"pipe":"\\\\evil\\pipe\\sallyport-0123456789abcdef0123456789abcdef","key":"` + good + `"}`,
		`{"pipe":"\\\\.\\pipe\\sallyport-0123456789abcdef0123456789abcdef","key":"short"}`,
	} {
		if _, err := parseKey([]byte(text)); err == nil {
			t.Errorf("accepted %s", text)
		}
	}
	k, err := parseKey([]byte(`{"pipe":"\\\\.\\pipe\\sallyport-0123456789abcdef0123456789abcdef","key":"` + good + `"}`))
	if err != nil || len(k.bytes) != 32 {
		t.Errorf("refused a good one: %v", err)
	}
}
