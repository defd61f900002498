package watchset

import (
	"maps"
	"math/rand"
	"net/netip"
	"slices"
	"testing"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
)

const ports = 65535

// orders are the ways to go over all TCP and UDP ports without knowing anything.
func orders(random *rand.Rand) map[string][]step.Step {
	var tcp, udp []step.Step
	for port := 1; port <= ports; port++ {
		tcp = append(tcp, step.Step{Protocol: step.TCP, Value: uint16(port)})
		udp = append(udp, step.Step{Protocol: step.UDP, Value: uint16(port)})
	}
	ascending := append(slices.Clone(tcp), udp...)
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	var interleaved []step.Step
	for i := range tcp {
		interleaved = append(interleaved, tcp[i], udp[i])
	}
	strided := func(stride int) (all []step.Step) {
		for _, list := range [][]step.Step{udp, tcp} {
			for offset := range stride {
				for i := offset; i < len(list); i += stride {
					all = append(all, list[i])
				}
			}
		}
		return all
	}
	shuffled := slices.Clone(ascending)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	// The cleverest start: the ports that replies to the server's own traffic land on.
	ephemeralFirst := slices.Clone(shuffled)
	slices.SortStableFunc(ephemeralFirst, func(a, b step.Step) int { return soft(b) - soft(a) })
	return map[string][]step.Step{
		"ascending": ascending, "descending": descending, "interleaved": interleaved, "stride 2": strided(2),
		"stride 1000": strided(1000), "random": shuffled, "ephemeral first": ephemeralFirst,
	}
}

func soft(s step.Step) int {
	if s.Protocol == step.UDP && s.Value >= usual.Low && s.Value <= usual.High {
		return 1
	}
	return 0
}

// TestNoScanOpens scans with every order against random sequences whose steps happen to lie in just the order of
// the scan, which for five steps is true of one in 120 only; no decoy, no door.
func TestNoScanOpens(t *testing.T) {
	const trials = 25
	random := rand.New(rand.NewSource(5))
	params := rks1.Defaults()
	all := orders(random)
	for _, name := range slices.Sorted(maps.Keys(all)) { // in the same order each time, with the same random numbers
		order := all[name]
		place := map[step.Step]int{}
		for i, s := range order {
			place[s] = i
		}
		for trial := range trials {
			rotating := rks1.Derive(binarySecret(random), uint64(trial), rks1.Open, params)
			if trial%2 == 0 { // all steps where hits are least suspicious
				for i := range rotating {
					rotating[i] = step.Step{Protocol: step.UDP, Value: usual.Low + uint16(random.Intn(int(usual.High-usual.Low)))}
				}
			}
			static := make([]step.Step, 3)
			for i := range static {
				static[i] = step.Step{Protocol: step.Protocol(1 + random.Intn(2)), Value: uint16(1 + random.Intn(ports))}
			}
			for _, steps := range [][]step.Step{rotating, static} {
				slices.SortFunc(steps, func(a, b step.Step) int { return place[a] - place[b] })
			}
			if opened := scan(order, rotating, static, random, 50_000); opened != "" {
				t.Errorf("%s, trial %d: opened %s", name, trial, opened)
			}
		}
	}
}

// TestTheRightKnockOpensInTheSimulation makes sure that the scans above fail for the right reason.
func TestTheRightKnockOpensInTheSimulation(t *testing.T) {
	random := rand.New(rand.NewSource(6))
	rotating := rks1.Derive(binarySecret(random), 1, rks1.Open, rks1.Defaults())
	static := []step.Step{{Protocol: step.TCP, Value: 7000}, {Protocol: step.UDP, Value: 9000}, {Protocol: step.TCP, Value: 8000}}
	if got := scan(rotating, rotating, static, random, 100); got != "rotating" {
		t.Errorf("rotating: %q", got)
	}
	if got := scan(static, rotating, static, random, 100); got != "static" {
		t.Errorf("static: %q", got)
	}
}

func binarySecret(random *rand.Rand) []byte {
	secret := make([]byte, 32)
	random.Read(secret)
	return secret
}

// scan sends an order at a rate per second and tells what it opened.
func scan(order, rotating, static []step.Step, random *rand.Rand, rate int) string {
	set := New([]Sequence{{Steps: rotating}, {Steps: static, Static: true}}, usual, random.Uint32)
	now := time.Unix(1_800_000_000, 0)
	m := matcher.New(now, matcher.DefaultLimits())
	names := map[matcher.ID]string{
		m.Add(matcher.Sequence{Kind: matcher.Rotating, Steps: rotating, Window: 15 * time.Second, Owner: 1}): "rotating",
		m.Add(matcher.Sequence{Kind: matcher.Static, Steps: static, Window: 15 * time.Second, Owner: 2}):     "static",
	}
	from := netip.MustParseAddr("192.0.2.66")
	for i, s := range order {
		flags := uint8(0)
		if s.Protocol == step.TCP {
			flags = matcher.SYN
		}
		class := set.Classify(s, flags, never)
		if class == 0 {
			continue
		}
		at := now.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if got := m.Hit(at, matcher.Hit{Source: from, Step: s, Flags: flags, Class: class}); got.Matched != 0 {
			return names[got.Matched]
		}
	}
	return ""
}
