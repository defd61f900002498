// Package sendjob reads the one JSON job that sallyport-send takes on standard input.
//
// It promises that a Job it returns holds every bound of docs/send-job.md: a unicast address, 1 to 64 packets,
// waits of at most a minute in all, and nothing unknown, repeated or trailing in the text. It does no I/O beyond the
// reader it is given and touches no socket, so hostile input meets it before anything is sent.
package sendjob

import (
	"net/netip"
	"time"
)

// Bounds of a job; docs/send-job.md states them for callers.
const (
	MaxBytes     = 16 * 1024
	MaxPackets   = 64
	MaxPayload   = 1400
	MinSource    = 1024
	MaxWait      = 10 * time.Second
	MaxTotalWait = 60 * time.Second
)

// Job is one checked order: every packet goes to Address, in order.
type Job struct {
	Address netip.Addr
	Packets []Packet
}

// Packet is an ICMP or a TCP; After is waited before it leaves.
type Packet struct {
	After time.Duration
	TTL   uint8 // 0: the system's default
	ICMP  *ICMP
	TCP   *TCP
}

// ICMP is an echo request (ICMPv6 on an IPv6 address) with Payload zero bytes after the echo header.
type ICMP struct{ Payload int }

// TCP is one segment without data. SourcePort 0 leaves the choice of a free port to the kernel.
type TCP struct {
	Port       uint16
	SourcePort uint16
	Flags      Flags
}

// Flags is the flag byte of a TCP header (RFC 9293, section 3.1).
type Flags uint8

// The six flags of RFC 793; ECE and CWR are not offered.
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// flagNames is what the job's "flags" may hold.
var flagNames = map[string]Flags{"fin": FIN, "syn": SYN, "rst": RST, "psh": PSH, "ack": ACK, "urg": URG}
