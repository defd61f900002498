// Package timedated asks systemd-timedated over the system's D-Bus whether the clock is synchronised: it may ask the
// kernel where a sandbox forbids that, and it answers for chrony and ntpd as well as for timesyncd
// (org.freedesktop.timedate1(5)). It is one question on a connection of its own; nothing stays open.
package timedated

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// SystemBus is where the system's bus is (D-Bus specification, "Well-known Message Bus Instances").
const SystemBus = "/run/dbus/system_bus_socket"

// Synchronized asks at the bus's socket. timedated is started by the bus if it does not run, so that the first answer
// may take some tenths of a second.
func Synchronized(socket string, timeout time.Duration) (bool, error) {
	// Not net.Dial, as in package control.
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		return false, fmt.Errorf("timedated: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return false, fmt.Errorf("timedated: %w", err)
	}
	synchronized, err := ask(conn, os.Getuid())
	if err != nil {
		return false, fmt.Errorf("timedated: %w", err)
	}
	return synchronized, nil
}

func ask(conn io.ReadWriter, uid int) (bool, error) {
	from := bufio.NewReader(conn)
	if err := authenticate(conn, from, uid); err != nil {
		return false, err
	}
	const bus, service, path = "org.freedesktop.DBus", "org.freedesktop.timedate1", "/org/freedesktop/timedate1"
	hello := call{serial: 1, destination: bus, path: "/org/freedesktop/DBus", face: bus, member: "Hello"}
	get := call{serial: 2, destination: service, path: path, face: bus + ".Properties", member: "Get",
		arguments: []string{service, "NTPSynchronized"}}
	if _, err := conn.Write(append(hello.encode(), get.encode()...)); err != nil {
		return false, err
	}
	for {
		m, err := readMessage(from)
		switch {
		case err != nil:
			return false, err
		case m.replyTo == get.serial || m.replyTo == hello.serial && m.failed != "":
			return m.truth()
		}
	}
}

// authenticate says who asks; the kernel vouches for it (D-Bus specification, "Authentication Protocol").
func authenticate(to io.Writer, from *bufio.Reader, uid int) error {
	name := hex.EncodeToString([]byte(strconv.Itoa(uid)))
	if _, err := io.WriteString(to, "\x00AUTH EXTERNAL "+name+"\r\n"); err != nil {
		return err
	}
	line, err := from.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(string(line), "OK ") {
		return errors.New("the bus does not let this user in")
	}
	_, err = io.WriteString(to, "BEGIN\r\n")
	return err
}
