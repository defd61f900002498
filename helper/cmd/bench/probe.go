package main

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"sallyport/helper/internal/rawpacket"
	"sallyport/helper/internal/sendjob"
	"sallyport/helper/internal/step"
)

const (
	// probeGap is how often a fresh SYN asks whether the port is open yet.
	probeGap   = 150 * time.Microsecond
	probeLimit = 2 * time.Second
	firstPort  = 20000
)

// opening sends the last packet of a knock and measures until the service answers a fresh SYN with SYN-ACK. It
// busy-waits, because a sleep would be longer than what is measured.
func (l *lab) opening(from string, last func()) time.Duration {
	source, target := netip.MustParseAddr(from), netip.MustParseAddr(serverAddress)
	fd := l.rawTCP(source)
	defer unix.Close(fd)
	to := &unix.SockaddrInet4{Addr: target.As4()}
	answer := make([]byte, 128)
	begin := time.Now()
	last()
	for sent := 0; time.Since(begin) < probeLimit; {
		if time.Since(begin) >= time.Duration(sent)*probeGap {
			syn := rawpacket.TCP(source, target, rawpacket.Segment{SourcePort: uint16(firstPort + sent), Port: 22, Sequence: uint32(sent) << 16, Flags: sendjob.SYN})
			l.check(unix.Sendto(fd, syn, 0, to))
			sent++
		}
		for {
			n, _, err := unix.Recvfrom(fd, answer, unix.MSG_DONTWAIT)
			if err != nil {
				break
			}
			if isSynAck(answer[:n]) {
				return time.Since(begin)
			}
		}
	}
	l.Fatalf("a knock from %s did not open the port within %v", from, probeLimit)
	return 0
}

func (l *lab) rawTCP(source netip.Addr) (fd int) {
	var err error
	l.client.Do(func() {
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP); err == nil {
			err = unix.Bind(fd, &unix.SockaddrInet4{Addr: source.As4()})
		}
	})
	l.check(err)
	return fd
}

// isSynAck reads an IPv4 packet as raw sockets give it (raw(7)).
func isSynAck(packet []byte) bool {
	if len(packet) < 40 {
		return false
	}
	tcp := packet[int(packet[0]&15)*4:]
	return len(tcp) >= 20 && binary.BigEndian.Uint16(tcp) == 22 && tcp[13]&0x12 == 0x12
}

// knockAndProbe sends a sequence with small gaps and measures from its last packet on.
func (l *lab) knockAndProbe(from string, steps []step.Step) time.Duration {
	sender := l.client.NewSender(from, serverAddress)
	for _, one := range steps[:len(steps)-1] {
		sender.Send(one)
		time.Sleep(4 * time.Millisecond)
	}
	return l.opening(from, func() { sender.Send(steps[len(steps)-1]) })
}

// closed insists that a port is shut before anybody knocks: without that a measurement would mean nothing.
func (l *lab) closed(from string) {
	if outcome := l.client.Probe(from, service); outcome != "filtered" {
		l.Fatalf("before the knock the port is %s, not filtered", outcome)
	}
}

func median(values []time.Duration) time.Duration { return quantile(values, 0.5) }

func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1)+0.5)]
}
