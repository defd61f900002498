package eventlog

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestJSONLines(t *testing.T) {
	var out strings.Builder
	log := NewJSON(&out, func() time.Time { return time.Unix(0, 5e6) })
	log.Event(Warning, "scan", F("source", "192.0.2.7"), F("hits", 150), F("odd", "a\n\"b\u2028"), F("within", time.Minute))
	var got map[string]any
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%v in %q", err, out.String())
	}
	want := map[string]any{"time": "1970-01-01T00:00:00.005Z", "level": "warning", "event": "scan", "source": "192.0.2.7", "hits": 150.0, "odd": "a\n\"b\u2028", "within": "1m0s"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// journald reads an entry as systemd does.
func journald(t *testing.T, entry []byte) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for len(entry) > 0 {
		name, rest, found := strings.Cut(string(entry), "\n")
		if !found || strings.Contains(name, "=") || len(rest) < 9 {
			t.Fatalf("bad entry at %q", entry)
		}
		size := binary.LittleEndian.Uint64([]byte(rest))
		fields[name] = rest[8 : 8+size]
		entry = []byte(rest[8+size+1:])
	}
	return fields
}

func TestJournalFields(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	listen := func() *net.UnixConn {
		conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	var fallback strings.Builder
	log := NewJournal(path, NewWriter(&fallback, nil))
	log.Event(Notice, "started")
	if fallback.String() != "level=notice event=started\n" {
		t.Fatalf("without a journal: %q", fallback.String())
	}
	for range 2 { // the second time journald was restarted
		conn := listen()
		log.Event(Warning, "knock", F("door", "ssh"), F("offset", -1), F("on-exit", "x\nPRIORITY=0"))
		buffer := make([]byte, 4096)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		got := journald(t, buffer[:n])
		for name, want := range map[string]string{
			"PRIORITY": "4", "SALLYPORT_EVENT": "knock", "SALLYPORT_DOOR": "ssh", "SALLYPORT_OFFSET": "-1",
			"SALLYPORT_ON_EXIT": "x\nPRIORITY=0", "SYSLOG_IDENTIFIER": "sallyportd", "MESSAGE": `knock door=ssh offset=-1 on-exit="x\nPRIORITY=0"`,
		} {
			if got[name] != want {
				t.Errorf("%s is %q, want %q", name, got[name], want)
			}
		}
		conn.Close()
		os.Remove(path)
	}
	if strings.Count(fallback.String(), "\n") != 1 {
		t.Errorf("the fallback got %q", fallback.String())
	}
}

func TestToJournal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	if !ToJournal(file, fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)) || ToJournal(file, "1:2") || ToJournal(file, "") {
		t.Error("a stream is mistaken")
	}
}
