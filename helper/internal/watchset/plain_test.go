package watchset

import (
	"slices"
	"testing"

	"golang.org/x/net/bpf"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/step"
)

// plain makes a plain filter that runs without the loads of kernel values.
func plain(t *testing.T, v6 bool, wanted ...Wanted) func(packet []byte) bool {
	t.Helper()
	raw, err := PlainFilter(v6, wanted, false, true)
	if err != nil {
		t.Fatal(err)
	}
	program, _ := bpf.Disassemble(raw)
	const prologue = 4 // packet type with its jumps, and the hardware type
	vm, err := bpf.NewVM(program[prologue:])
	if err != nil {
		t.Fatal(err)
	}
	return func(packet []byte) bool {
		n, err := vm.Run(packet)
		return err == nil && n == Snap
	}
}

func TestPlainFilterPassesWhatIsWantedOnly(t *testing.T) {
	any := Wanted{Steps: parse(t, "7000,8000:udp,9000,9000")}
	notAck := Wanted{Steps: parse(t, "7001,7002,20,30,40,8001:udp"), Mask: matcher.SYN | matcher.ACK, Want: matcher.SYN}
	for _, v6 := range []bool{false, true} {
		passes := plain(t, v6, any, notAck)
		for port := 1; port < 65536; port += 1 + port%3 {
			for _, protocol := range []step.Protocol{step.TCP, step.UDP} {
				for _, flags := range []uint8{matcher.SYN, matcher.SYN | matcher.ACK, matcher.ACK, 0} {
					one := step.Step{Protocol: protocol, Value: uint16(port)}
					want := slices.Contains(any.Steps, one) ||
						slices.Contains(notAck.Steps, one) && (protocol == step.UDP || flags == matcher.SYN)
					if got := passes(packet(v6, one, flags)); got != want {
						t.Fatalf("%s with flags %#x over IPv6 %v: %v", one, flags, v6, got)
					}
				}
			}
		}
		if passes(packet(v6, step.Step{Protocol: step.ICMP, Value: 7000}, 0)) {
			t.Error("an echo request passes")
		}
	}
}

func TestPlainFilterOfManyPortsFitsTheKernel(t *testing.T) {
	for _, count := range []int{TooManyPorts, TooManyPorts + 1, 10 * TooManyPorts} {
		var w Wanted
		for i := range count {
			w.Steps = append(w.Steps, step.Step{Protocol: step.Protocol(1 + i%2), Value: uint16(1 + 13*i)})
		}
		raw, err := PlainFilter(true, []Wanted{w}, true, false)
		if err != nil || len(raw) > 4096 {
			t.Fatalf("%d instructions, %v", len(raw), err)
		}
		passes := plain(t, false, w)
		for _, one := range w.Steps {
			if !passes(packet(false, one, 2)) {
				t.Fatalf("%s of %d does not pass", one, count)
			}
		}
	}
}
