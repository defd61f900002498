package watchset

import (
	"math/rand"
	"testing"

	"golang.org/x/net/bpf"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

func parse(t *testing.T, text string) []step.Step {
	t.Helper()
	steps, err := step.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func never(step.Step) bool { return false }

var usual = Ephemeral{32768, 60999}

func TestOneInEightIsADecoy(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 50 {
		d := newDecoy(random.Uint32)
		count, gap, longest := 0, 0, 0
		for port := range 65536 {
			gap++
			if d.has(uint16(port)) {
				count++
				gap = 0
			}
			longest = max(longest, gap)
		}
		if count != 8192 {
			t.Fatalf("%d decoys", count)
		}
		if longest > 2000 {
			t.Errorf("a run of %d ports without a decoy", longest)
		}
	}
}

func TestClasses(t *testing.T) {
	s := New([]Sequence{{Steps: parse(t, "20000:tcp,21000:tcp,22000:tcp"), Static: true}}, usual, rand.New(rand.NewSource(2)).Uint32)
	tcp := func(port uint16) step.Step { return step.Step{Protocol: step.TCP, Value: port} }
	for _, c := range []struct {
		port uint16
		want matcher.Class
	}{{20000, matcher.Step}, {19999, matcher.Foreign}, {20001, matcher.Foreign}, {19000, matcher.Foreign}} {
		if got := s.Classify(tcp(c.port), matcher.SYN, never); got != c.want {
			t.Errorf("port %d: class %d, want %d", c.port, got, c.want)
		}
	}
	busy := func(step.Step) bool { return true }
	if s.Classify(tcp(20000), matcher.SYN, busy) != matcher.Step || s.Classify(tcp(20001), matcher.SYN, busy) != 0 {
		t.Error("ordinary traffic is watched on current steps only")
	}
	if s.Classify(tcp(20000), matcher.SYN|matcher.ACK, never) != 0 {
		t.Error("a reply counts as a hit")
	}
	for port := range 65536 {
		udp := step.Step{Protocol: step.UDP, Value: uint16(port)}
		class := s.Classify(udp, 0, never)
		ephemeral := port >= 32768 && port <= 60999
		if (class == matcher.Foreign && ephemeral) || (class == matcher.Soft && !ephemeral) || class == matcher.Step {
			t.Fatalf("udp %d: class %d", port, class)
		}
	}
	if s.Classify(step.Step{Protocol: step.ICMP, Value: 100}, 0, never) != 0 {
		t.Error("pings matter though no sequence has any")
	}
}

// run executes the part of a filter after the loads of kernel values, which the test machine does not have.
func run(t *testing.T, s *Set, packet []byte) bool {
	t.Helper()
	raw, err := s.Filter(packet[0]>>4 == 6)
	if err != nil {
		t.Fatal(err)
	}
	program, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("the filter holds unknown instructions")
	}
	const prologue = 6
	vm, err := bpf.NewVM(program[prologue:])
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(packet)
	if err != nil {
		t.Fatal(err)
	}
	return n == Snap
}

func packet(v6 bool, one step.Step, flags byte) []byte {
	protocol := map[step.Protocol]byte{step.TCP: 6, step.UDP: 17, step.ICMP: 1}[one.Protocol]
	length := 20
	if one.Protocol == step.ICMP {
		length = 8 + int(one.Value)
	}
	p := make([]byte, 40, 64+length)
	if v6 {
		p[0], p[4], p[5], p[6] = 0x60, byte(length>>8), byte(length), protocol
		if one.Protocol == step.ICMP {
			p[6] = 58
		}
	} else {
		p = p[:24] // with options, so that the header length matters
		p[0], p[9] = 0x46, protocol
		p[2], p[3] = byte((24+length)>>8), byte(24+length)
	}
	transport := make([]byte, length)
	transport[2], transport[3], transport[13] = byte(one.Value>>8), byte(one.Value), flags
	if one.Protocol == step.ICMP {
		transport = make([]byte, length)
		transport[0] = 8
		if v6 {
			transport[0] = 128
		}
	}
	return append(p, transport...)
}

// TestFilterPassesWhatIsClassified compares both halves of the decision over every port.
func TestFilterPassesWhatIsClassified(t *testing.T) {
	random := rand.New(rand.NewSource(3))
	var many []Sequence
	for range 40 {
		var seq Sequence
		for range 5 {
			seq.Steps = append(seq.Steps, step.Step{Protocol: step.Protocol(1 + random.Intn(2)), Value: uint16(1 + random.Intn(65535))})
		}
		many = append(many, seq)
	}
	for name, sequences := range map[string][]Sequence{
		"edges": {{Steps: parse(t, "1:tcp,65535:tcp,65535:udp,1:udp,icmp:100")}},
		"many":  many,
		"none":  nil,
	} {
		s := New(sequences, usual, random.Uint32)
		for _, v6 := range []bool{false, true} {
			for port := 1; port <= 65535; port += 1 + random.Intn(30) {
				for _, protocol := range []step.Protocol{step.TCP, step.UDP} {
					one := step.Step{Protocol: protocol, Value: uint16(port)}
					flags := byte(0)
					if protocol == step.TCP {
						flags = matcher.SYN
					}
					if got, want := run(t, s, packet(v6, one, flags)), s.Classify(one, flags, never) != 0; got != want {
						t.Fatalf("%s, IPv6 %v, %s: the filter says %v, the set %v", name, v6, one, got, want)
					}
				}
				if port > 3000 && name != "many" {
					port += 40
				}
			}
		}
	}
}

func TestFilterDropsTheRest(t *testing.T) {
	s := New([]Sequence{{Steps: parse(t, "20000:tcp,20000:udp,icmp:100")}}, usual, rand.New(rand.NewSource(4)).Uint32)
	for _, v6 := range []bool{false, true} {
		for _, flags := range []byte{0, matcher.SYN | matcher.ACK, matcher.RST, matcher.FIN, matcher.ACK} {
			if run(t, s, packet(v6, step.Step{Protocol: step.TCP, Value: 20000}, flags)) {
				t.Errorf("TCP with flags %#x passes", flags)
			}
		}
		if !run(t, s, packet(v6, step.Step{Protocol: step.ICMP, Value: 100}, 0)) {
			t.Error("an echo request is dropped")
		}
	}
	fragment := packet(false, step.Step{Protocol: step.TCP, Value: 20000}, matcher.SYN)
	fragment[7] = 1
	if run(t, s, fragment) {
		t.Error("a later fragment passes")
	}
	odd := New([]Sequence{{Steps: parse(t, "20000:tcp,1:tcp,2:tcp"), Flags: matcher.TCPFlags{Mask: matcher.FIN, Want: matcher.FIN}}}, usual, rand.Uint32)
	if !run(t, odd, packet(false, step.Step{Protocol: step.TCP, Value: 20000}, matcher.FIN|matcher.ACK)) {
		t.Error("a FIN that a door asks for is dropped")
	}
}

func TestFilterWithTooManyPortsPassesAll(t *testing.T) {
	var sequences []Sequence
	for i := range 200 {
		sequences = append(sequences, Sequence{Steps: []step.Step{{Protocol: step.TCP, Value: uint16(10 + 10*i)}, {Protocol: step.UDP, Value: uint16(5000 + 10*i)}, {Protocol: step.TCP, Value: uint16(20000 + 10*i)}}})
	}
	s := New(sequences, usual, rand.Uint32)
	for port := uint16(1); port < 2000; port++ {
		if !run(t, s, packet(false, step.Step{Protocol: step.UDP, Value: port}, 0)) {
			t.Fatalf("port %d is dropped", port)
		}
	}
}

func TestFilterFitsTheKernel(t *testing.T) {
	var seq Sequence
	for i := range TooManyPorts {
		seq.Steps = append(seq.Steps, step.Step{Protocol: step.Protocol(1 + i%2), Value: uint16(1 + 100*i)})
	}
	raw, err := New([]Sequence{seq}, usual, rand.Uint32).Filter(true)
	if err != nil || len(raw) > 4096 {
		t.Fatalf("%d instructions, %v", len(raw), err)
	}
}
