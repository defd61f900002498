package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/client"
)

const clicks = 30

// clicks measures from the request for a knock to its last packet on the server's link: our agent over its control
// socket, and the knock program from its start.
func (r *results) clicks() {
	const name = "click → last packet of a 3-step knock, median"
	r.try(name, func(l *lab) {
		arrivals := l.watchSYNs()
		var all []time.Duration
		for range clicks {
			time.Sleep(30 * time.Millisecond)
			begin := time.Now()
			l.client.Run("knock", serverAddress, "7000", "9000", "8000")
			all = append(all, arrivals().Sub(begin))
		}
		r.add(name, "ms", "knockd", ms(median(all)))
	})
	r.try(name, func(l *lab) {
		arrivals := l.watchSYNs()
		conn := l.agent(filepath.Join(filepath.Dir(r.program), "sallyport"))
		arrivals() // of the knock that started the agent
		gap := 0
		params := client.KnockParams{Action: "open", GapMs: &gap, Family: "ipv4", Target: client.Target{
			Kind: "host", Host: serverAddress, Method: &client.Method{Kind: "static", Sequence: "7000,9000,8000"},
		}}
		var all []time.Duration
		for range clicks {
			time.Sleep(30 * time.Millisecond)
			begin := time.Now()
			raw, err := conn.Call(context.Background(), "knock", params, nil)
			l.check(err)
			var report client.Report
			l.check(json.Unmarshal(raw, &report))
			if report.Verdict != "sent" {
				l.Fatalf("the agent says %s: %s", report.Verdict, report.Message)
			}
			all = append(all, arrivals().Sub(begin))
		}
		r.add(name, "ms", "sallyport", ms(median(all)))
	})
}

// agent starts one in the client's namespace, by its own command line, and connects to it.
func (l *lab) agent(program string) *client.Conn {
	env := append(os.Environ(), "SALLYPORT_HOME="+l.folder+"/home", "SALLYPORT_KEYCHAIN=session")
	run := func(args ...string) error {
		cmd := l.client.Command(append([]string{program}, args...)...)
		cmd.Env = env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("sallyport %v: %w: %s", args, err, out)
		}
		return nil
	}
	started := make(chan error, 1)
	go func() {
		started <- run("knock", serverAddress, "--sequence", "7000,9000,8000", "--delay", "0")
	}()
	l.check(<-started)
	l.Cleanup(func() { _ = run("quit") })
	s := client.Surroundings{OS: runtime.GOOS, UID: os.Getuid(), Env: func(string) string { return "" }}
	conn, err := client.Dial(context.Background(), s, l.folder+"/home")
	l.check(err)
	l.Cleanup(func() { conn.Close() })
	return conn
}

// watchSYNs listens on the server's link. Its answer waits for three SYNs to the classic ports and gives the time at
// which the kernel saw the third (SO_TIMESTAMPNS).
func (l *lab) watchSYNs() func() time.Time {
	var fd int
	var err error
	l.server.Do(func() {
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(0x0008)); err == nil { // ETH_P_IP, big-endian
			err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
				unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 3}))
		}
	})
	l.check(err)
	l.Cleanup(func() { unix.Close(fd) })
	return func() (at time.Time) {
		packet, control := make([]byte, 128), make([]byte, 128)
		for seen := 0; seen < len(classic); {
			n, c, _, _, err := unix.Recvmsg(fd, packet, control, 0)
			l.check(err)
			if n < 40 || packet[9] != 6 || packet[33]&0x12 != 0x02 || !isClassic(binary.BigEndian.Uint16(packet[22:])) {
				continue
			}
			seen++
			messages, err := unix.ParseSocketControlMessage(control[:c])
			l.check(err)
			for _, m := range messages {
				at = time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			}
		}
		return at
	}
}

func isClassic(port uint16) bool {
	for _, one := range classic {
		if one.Value == port {
			return true
		}
	}
	return false
}
