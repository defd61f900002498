package main

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport/helper/internal/step"
)

// trace is what one client sends. In packets, a step may carry "/flags" (s syn, a ack, f fin, r rst, p psh) and "+ms",
// the time before it. Where only one family is given, the case is for that one.
type trace struct {
	name, packets string
	to4, to6      string
	want4, want6  string
	// bug is knockd's listed mistake, bug4 and bug6 what it opens because of it.
	bug, bug4, bug6 string
}

const both = "both"

var traces = []trace{
	{name: "in order", packets: "7001,7002,7003", want4: "tcp"},
	{name: "backwards", packets: "7003,7002,7001", want4: "reverse"},
	{name: "wrong order", packets: "7001,7003,7002"},
	{name: "one missing", packets: "7001,7003"},
	{name: "twice the same packet first", packets: "7001,7001,7002,7003"},
	{name: "twice the same packet in between", packets: "7001,7002,7002,7003"},
	{name: "twice the last", packets: "7001,7002,7003,7003", want4: "tcp"},
	{name: "a broken try, then a good one", packets: "7001,7001,7001,7002,7003", want4: "tcp"},
	{name: "twice in a row", packets: "7001,7002,7003,7001,7002,7003", want4: "tcp,tcp"},
	{name: "one after another", packets: "7001,7002,7003,7003,7002,7001", want4: "reverse,tcp"},
	{name: "stray packets to ports of no door", packets: "7001,6999,7002,7000:udp,7004,7003", want4: "tcp"},
	{name: "a stray packet to a port of another door", packets: "7001,7501,7002,7003"},
	{name: "a stray packet to another door's port with flags nobody takes", packets: "7001,7501/a,7002,7003", want4: "tcp"},
	{name: "the right port over the other protocol", packets: "7001,7002:udp,7002,7003", want4: "tcp"},
	{name: "udp in place of tcp", packets: "7001:udp,7002:udp,7003:udp"},
	{name: "an ascending scan", packets: "6999,7000,7001,7002,7003,7004", want4: "tcp"},
	{name: "a reply in between", packets: "7001,7002/r,7002,7002/a,7003", want4: "tcp"},
	{name: "syn and other flags count too", packets: "7001/sa,7002/sp,7003/sf", want4: "tcp"},
	{name: "any flags", packets: "7101/a,7102/r", want4: "any"},
	{name: "without flags the reset breaks", packets: "7101,7101/r,7102"},
	{name: "no flags at all", packets: "7101/-,7102/-", want4: "any"},
	{name: "tcp and udp", packets: "7201,7202:udp,7203", want4: "mixed"},
	{name: "flags do not matter to udp", packets: "7201,7202:udp,7203/a,7203", want4: "mixed"},
	{name: "udp only", packets: "7301:udp,7302:udp", want4: "udp"},
	{name: "doubled udp", packets: "7301:udp,7301:udp,7302:udp"},
	{name: "a sequence with repeats", packets: "7401,7401,7402,7401", want4: "repeats"},
	{name: "a repeat too many", packets: "7401,7401,7401,7402,7401"},
	{name: "one step", packets: "7501,7501:udp,7501", want4: "one,one"},
	{name: "in time", packets: "7601,7602+600", want4: "short"},
	{name: "late", packets: "7601,7602+2800"},
	{name: "late, then again", packets: "7601,7601+2800,7602", want4: "short"},
	{name: "in time, over two turns of the second", packets: "7601,7602+1500", want4: "short",
		bug: "whole seconds of the clock are counted, not the time", bug4: both},
	{name: "fin without ack", packets: "7701/f,7702/fp", want4: "finnotack"},
	{name: "fin with ack", packets: "7701/fa,7702/fa"},
	{name: "fin with ack is ignored", packets: "7701/f,7702/fa,7702/f", want4: "finnotack"},
	{name: "syn and ack", packets: "7801/sa,7802:udp", want4: "synack"},
	{name: "only one of two flags", packets: "7801,7802:udp"},
	{name: "the first of two doors with the same first port", packets: "7901,7902", want4: "twinA"},
	{name: "the second of two doors with the same first port", packets: "7901,7903", want4: "twinB"},
	{name: "another destination", packets: "8001,8002", to4: "198.51.100.9", want4: "target", want6: "-"},
	{name: "another destination over IPv6", packets: "8001,8003", to6: "2001:db8:1::9", want4: "-", want6: "target6"},
	{name: "not the other destination", packets: "8001,8002,8001,8003"},
	{name: "this host's sequence to another destination", packets: "7001,7002,7003", to4: "198.51.100.9", to6: "2001:db8:1::9"},
	{name: "a command for each family", packets: "8101,8102", want4: "four", want6: "six"},
	{name: "an empty command for IPv6", packets: "8201,8202", want4: "start,stop", want6: "-"},
	{name: "a stop command after a start command that fails", packets: "8301,8302", want4: "start,stop", want6: "start,stop6"},
	{name: "two stop commands", packets: "8301,8302,8301,8302", want4: "start,start,stop,stop", want6: "start,start,stop6,stop6"},
	{name: "a stop command without a start command", packets: "8401,8402"},
	{name: "comments at the end of lines", packets: "8501,8502", want4: "%IP% comment"},
	{name: "thirty-two steps", packets: sequence(9001, 9032), want4: "long"},
	{name: "thirty-one of thirty-two steps", packets: sequence(9001, 9031)},
}

func sequence(from, to int) string {
	var ports []string
	for port := from; port <= to; port++ {
		ports = append(ports, strconv.Itoa(port))
	}
	return strings.Join(ports, ",")
}

func (c trace) wants(source string) (ours, theirs string) {
	ours, theirs = c.want4, c.bug4
	if isIPv6(source) {
		if c.want6 != "" {
			ours = c.want6
		}
		if c.bug6 != "" {
			theirs = c.bug6
		}
	}
	if ours == "-" {
		ours = ""
	}
	switch {
	case c.bug == "":
		theirs = ours
	case theirs == both: // nothing opens for either family
		theirs = ""
	}
	return strings.ReplaceAll(ours, "%IP%", source), strings.ReplaceAll(theirs, "%IP%", source)
}

// script turns the text of a trace into packets, two milliseconds apart.
func (c trace) script(t *testing.T, from, to string) []packet {
	t.Helper()
	var packets []packet
	at := time.Duration(0) // the play begins at 0.6 of a second of the clock
	for part := range strings.SplitSeq(c.packets, ",") {
		part, wait, _ := strings.Cut(part, "+")
		part, flags, hasFlags := strings.Cut(part, "/")
		if milliseconds, err := strconv.Atoi(wait); err == nil {
			at += time.Duration(milliseconds) * time.Millisecond
		}
		one := packet{at: at, from: from, to: to, step: mustSteps(t, part)[0], flags: 0x02}
		if hasFlags {
			one.flags = 0
			for _, letter := range flags {
				one.flags |= map[rune]byte{'f': 1, 's': 2, 'r': 4, 'p': 8, 'a': 16}[letter]
			}
		}
		packets = append(packets, one)
		at += 2 * time.Millisecond
	}
	return packets
}

// played is a trace and the address that it was sent from.
type played struct {
	trace
	source string
}

// playTraces plays every trace from addresses of its own, and tells how late a packet was at most.
func (p *peers) playTraces() (all []played, late time.Duration) {
	p.t.Helper()
	var packets []packet
	for _, c := range traces {
		four, six := p.address()
		all = append(all, played{c, four}, played{c, six})
		to4, to6 := c.to4, c.to6
		if to4 == "" {
			to4 = "192.0.2.1"
		}
		if to6 == "" {
			to6 = "2001:db8::1"
		}
		packets = append(packets, c.script(p.t, four, to4)...)
		packets = append(packets, c.script(p.t, six, to6)...)
	}
	return all, p.play(600*time.Millisecond, packets)
}

// TestSamePacketsSameOutcome plays every trace to knockd and sallyportd at the same time, each from an address of its
// own, over IPv4 and IPv6.
func TestSamePacketsSameOutcome(t *testing.T) {
	p := newPeers(t)
	p.start(peerConf, peerConf)
	p.dropAnchor()
	all, late := p.playTraces()
	// What a busy machine has sent at other times says nothing about time-outs.
	for try := 1; late > 300*time.Millisecond; try++ {
		if try == 4 {
			t.Fatalf("a packet was %v late", late)
		}
		all, late = p.playTraces()
	}
	p.quiet = 1600 * time.Millisecond // stop commands come after a second
	theirs, ours := p.outcomes(func(theirs, ours []string) bool {
		return !slices.ContainsFunc(all, func(c played) bool {
			wantOurs, wantTheirs := c.wants(c.source)
			return of(ours, c.source) != wantOurs || of(theirs, c.source) != wantTheirs
		})
	})
	for _, c := range all {
		wantOurs, wantTheirs := c.wants(c.source)
		if got := of(ours, c.source); got != wantOurs {
			t.Errorf("%s, from %s: sallyportd ran %q, want %q", c.name, c.source, got, wantOurs)
		}
		if got := of(theirs, c.source); got != wantTheirs {
			t.Errorf("%s, from %s: knockd ran %q, want %q %s", c.name, c.source, got, wantTheirs, c.bug)
		}
	}
}

// TestRandomPacketsSameOutcome sends random packets to doors whose sequences overlap in every way.
func TestRandomPacketsSameOutcome(t *testing.T) {
	const clients, each = 60, 60
	p := newPeers(t)
	conf := "[options]\ninterface = veth0\n"
	for i, door := range []string{
		"sequence = 1,2\n", "sequence = 1,2,3\n tcpflags = syn\n", "sequence = 1,1,2\n", "sequence = 3,2:udp\n", "sequence = 2,2:udp,1\n tcpflags = syn,!ack\n",
		"sequence = 2:udp\n tcpflags = fin\n", "sequence = 3:udp,3\n tcpflags = ack\n", "sequence = 4,3,4\n tcpflags = !syn\n", "sequence = 1,5:udp\n target = 198.51.100.9\n",
	} {
		conf += "[d" + strconv.Itoa(i) + "]\n " + door + " command = echo d" + strconv.Itoa(i) + " %IP% >> $PEER_OUT\n"
	}
	p.start(conf, conf)
	p.dropAnchor()
	seed := time.Now().UnixNano()
	random := rand.New(rand.NewSource(seed))
	var packets []packet
	var sources []string
	for range clients / 2 {
		four, six := p.address()
		sources = append(sources, four, six)
	}
	for i := range clients * each {
		from := sources[random.Intn(clients)]
		to := "2001:db8::1"
		if !isIPv6(from) {
			to = []string{"192.0.2.1", "192.0.2.1", "192.0.2.1", "198.51.100.9"}[random.Intn(4)]
		}
		packets = append(packets, packet{
			at: time.Duration(i) * 200 * time.Microsecond, from: from, to: to, flags: []byte{2, 2, 2, 16, 18, 1, 4}[random.Intn(7)],
			step: step.Step{Protocol: []step.Protocol{step.TCP, step.TCP, step.UDP}[random.Intn(3)], Value: uint16(1 + random.Intn(6))},
		})
	}
	p.play(0, packets)
	theirs, ours := p.outcomes(func(theirs, ours []string) bool { return len(ours) >= clients && slices.Equal(ours, theirs) })
	if len(ours) < clients {
		t.Errorf("only %d commands ran; the packets test nothing", len(ours))
	}
	if !slices.Equal(ours, theirs) {
		for _, source := range sources {
			if of(ours, source) != of(theirs, source) {
				t.Errorf("from %s: sallyportd ran %s, knockd %s, after %s", source, of(ours, source), of(theirs, source), sent(packets, source))
			}
		}
		t.Fatalf("seed %d: the outcomes differ", seed)
	}
}

// sent lists the packets of a source, for whoever must find out why the outcomes differ.
func sent(packets []packet, source string) string {
	var list []string
	for _, one := range packets {
		if one.from == source {
			list = append(list, fmt.Sprintf("%s/%x>%s", one.step, one.flags, one.to))
		}
	}
	return strings.Join(list, " ")
}
