package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
)

const (
	// JournalSocket is where journald takes structured entries (systemd's docs/JOURNAL_NATIVE_PROTOCOL.md).
	JournalSocket = "/run/systemd/journal/socket"
	// journalPrefix keeps our fields apart from everybody else's.
	journalPrefix = "SALLYPORT_"
	// maxValue keeps an entry far below what fits into a datagram.
	maxValue = 4 << 10
)

// Journal is a Log of journald entries: PRIORITY, a MESSAGE that reads like a line of Writer, and every field as
// SALLYPORT_<KEY>. What journald does not take at once goes to the fallback.
type Journal struct {
	mu       sync.Mutex
	path     string
	conn     *net.UnixConn
	fallback Log
}

// NewJournal makes a Log of entries for the journal at a socket.
func NewJournal(path string, fallback Log) *Journal { return &Journal{path: path, fallback: fallback} }

var priorities = map[Level]string{Error: "3", Warning: "4", Notice: "5", Info: "6"}

// Event sends one entry.
func (j *Journal) Event(level Level, event string, fields ...Field) {
	entry := journalEntry(level, event, fields)
	j.mu.Lock()
	defer j.mu.Unlock()
	for range 2 { // once more on a new socket when journald was restarted
		if j.conn == nil {
			conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: j.path, Net: "unixgram"})
			if err != nil {
				break
			}
			j.conn = conn
		}
		err := sendNow(j.conn, entry)
		if err == nil {
			return
		}
		if errors.Is(err, syscall.EAGAIN) { // journald is there and hangs
			break
		}
		j.conn.Close()
		j.conn = nil
	}
	j.fallback.Event(level, event, fields...)
}

func journalEntry(level Level, event string, fields []Field) []byte {
	message := event
	var entry []byte
	for _, f := range fields {
		value := fmt.Sprint(f.Value)
		message += " " + f.Key + "=" + quote(value)
		entry = appendJournal(entry, journalPrefix+journalName(f.Key), value)
	}
	entry = appendJournal(entry, journalPrefix+"EVENT", event)
	entry = appendJournal(entry, "SYSLOG_IDENTIFIER", "sallyportd")
	entry = appendJournal(entry, "PRIORITY", priorities[level])
	return appendJournal(entry, "MESSAGE", message)
}

// appendJournal writes a value with its length, so that nothing in it can begin another field.
func appendJournal(entry []byte, name, value string) []byte {
	value = value[:min(len(value), maxValue)]
	entry = append(entry, name...)
	entry = append(entry, '\n')
	entry = binary.LittleEndian.AppendUint64(entry, uint64(len(value)))
	entry = append(entry, value...)
	return append(entry, '\n')
}

func journalName(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(key))
}

// ToJournal tells whether a stream is connected to the journal, as systemd says it is (systemd.exec(5),
// $JOURNAL_STREAM: device and inode).
func ToJournal(stream *os.File, journalStream string) bool {
	info, err := stream.Stat()
	if err != nil || journalStream == "" {
		return false
	}
	device, inode, ok := identity(info)
	return ok && journalStream == fmt.Sprintf("%d:%d", device, inode)
}
