package timedated

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const busConfig = `<busconfig>
  <type>system</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="method_return"/>
    <allow send_type="error"/>
    <allow send_type="signal"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>`

// bus is a real dbus-daemon of the test's own.
func bus(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sallyport-bus-") // short enough for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket, config := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, []byte(strings.ReplaceAll(busConfig, "SOCKET", socket)), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--nopidfile", "--nosyslog")
	daemon.Stderr = os.Stderr
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = daemon.Process.Kill(); _ = daemon.Wait() })
	for range 2000 {
		if conn, err := net.Dial("unix", socket); err == nil { // the file is there before anybody listens
			conn.Close()
			return socket
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("dbus-daemon does not start")
	return ""
}

// service is timedated in the test: it has the name and answers every call alike.
type service struct {
	body writer // of the variant
	// fails is the name of an error to answer with instead.
	fails string
}

func (s service) serve(t *testing.T, socket string) {
	t.Helper()
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	from := bufio.NewReader(conn)
	if err := authenticate(conn, from, os.Getuid()); err != nil {
		t.Fatal(err)
	}
	const name = "org.freedesktop.DBus"
	hello := call{serial: 1, destination: name, path: "/org/freedesktop/DBus", face: name, member: "Hello"}
	var fields, body writer
	fields.field(fieldPath, 'o', hello.path)
	fields.field(fieldTo, 's', name)
	fields.field(fieldInterface, 's', name)
	fields.field(fieldMember, 's', "RequestName")
	fields.types("su")
	body.text("org.freedesktop.timedate1")
	body.number(0)
	if _, err := conn.Write(append(hello.encode(), frame(methodCall, 2, fields, body)...)); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := readMessage(from)
		if err != nil || m.failed != "" {
			t.Fatalf("%v, %s", err, m.failed)
		}
		if m.replyTo == 2 {
			break
		}
	}
	go func() {
		for serial := uint32(10); ; serial++ {
			caller, of, member, err := readCall(from)
			if err != nil {
				return
			}
			if member == "Get" {
				_, _ = conn.Write(s.answer(serial, of, caller))
			}
		}
	}()
}

func (s service) answer(serial, of uint32, caller string) []byte {
	var fields writer
	fields.align(8)
	fields = append(fields, fieldReplyTo, 1, 'u', 0)
	fields.number(of)
	fields.field(fieldTo, 's', caller)
	if s.fails != "" {
		fields.field(fieldError, 's', s.fails)
		return frame(failure, serial, fields, nil)
	}
	fields.types("v")
	return frame(methodReturn, serial, fields, s.body)
}

// readCall reads what only a service needs to know: who calls, and what.
func readCall(from io.Reader) (caller string, serial uint32, member string, err error) {
	head := make([]byte, fixedHeader)
	if _, err := io.ReadFull(from, head); err != nil {
		return "", 0, "", err
	}
	number := binary.LittleEndian.Uint32
	fields := number(head[12:])
	rest := make([]byte, (fields+7)&^7+number(head[4:]))
	if _, err := io.ReadFull(from, rest); err != nil {
		return "", 0, "", err
	}
	r := reader{data: rest[:fields], order: binary.LittleEndian}
	for ; r.at < len(r.data) && !r.bad; r.align(8) {
		code, kind := r.byte(), r.signature()
		switch {
		case kind == "u":
			r.number()
		case kind == "g":
			r.signature()
		case code == fieldMember:
			member = r.text()
		case code == 7: // the sender
			caller = r.text()
		default:
			r.text()
		}
	}
	return caller, number(head[8:]), member, nil
}

func truth(b uint32) writer {
	var w writer
	w.signature("b")
	w.number(b)
	return w
}

func TestARealBusAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		service service
		want    bool
		problem string
	}{
		"synchronized":     {service{body: truth(1)}, true, ""},
		"not synchronized": {service{body: truth(0)}, false, ""},
		"an error":         {service{fails: "org.freedesktop.DBus.Error.AccessDenied"}, false, "AccessDenied"},
		"another type":     {service{body: writer{1, 's', 0, 0, 1, 0, 0, 0, 'x', 0}}, false, "no message"},
	} {
		t.Run(name, func(t *testing.T) {
			socket := bus(t)
			c.service.serve(t, socket)
			got, err := Synchronized(socket, 20*time.Second)
			if got != c.want || (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	if _, err := Synchronized(filepath.Join(t.TempDir(), "bus"), time.Second); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no bus: %v", err)
	}
	if _, err := Synchronized(bus(t), 20*time.Second); err == nil || !strings.Contains(err.Error(), "ServiceUnknown") {
		t.Errorf("no timedated: %v", err)
	}
	silent := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	begin := time.Now()
	if _, err := Synchronized(silent, 100*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) > 10*time.Second {
		t.Errorf("a silent bus: %v after %v", err, time.Since(begin))
	}
}
