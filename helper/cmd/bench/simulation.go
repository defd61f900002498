package main

import (
	"fmt"
	"math"
	"math/rand"
	"net/netip"
	"slices"
	"sync"
	"time"

	"sallyport/helper/internal/matcher"
	"sallyport/helper/internal/rks1"
	"sallyport/helper/internal/step"
	"sallyport/helper/internal/watchset"
)

// A chance below 1e-10 cannot be counted by scanning at random. A door can open only when its steps come in their
// order and close together, so just those scans are simulated, and what they opened is weighed with how rarely a
// random order holds such a cluster. Everything that decides is the daemon's own code: watch set and matcher.
//
// For n steps among N ports in random order, the number of ways in which the first is at one of S places and the others
// follow in order within the next L-1 places is at most S·C(L-1, n-1), out of N·(N-1)···(N-n+1).
type cluster struct {
	static bool
	rate   float64 // packets per second
	// ephemeral: the scanner begins with the UDP ports that have soft decoys only, in random order.
	ephemeral bool
	length    int
	// places is how many first places are looked at; from is where the first of them is.
	from, places int
	trials       int
}

const (
	// beginning is how many packets of a scan are looked at on their own: nothing has been spoiled yet there.
	beginning = 600
	history   = 400 // packets before the cluster that are simulated; more of them could only spoil more
	// spoiledFor is for how long a decoy keeps a fixed door from opening, in seconds.
	spoiledFor = 15
)

var usualRange = watchset.Ephemeral{Low: 32768, High: 60999}

// simulations estimates the chance that one full scan in random order opens a door: the worst of the orders and rates
// that a scanner may choose without knowing the sequence. A scan at under ten packets a second takes hours to days, and
// decoys are as far apart as a knock is long.
func (r *results) simulations() {
	for _, kind := range []struct {
		static bool
		words  string
	}{{false, "5-step rotating"}, {true, "random 3-step fixed"}} {
		for _, pace := range []struct {
			words string
			rates []float64
		}{{"at 100–100,000/s", []float64{100_000, 1000, 100}}, {"at 0.2–10/s", []float64{10, 3, 1, 0.5, 0.2}}} {
			var all sync.WaitGroup
			worst := make(chan float64, 2*len(pace.rates))
			for _, ephemeral := range []bool{false, true} {
				for _, rate := range pace.rates {
					all.Go(func() { worst <- chance(kind.static, ephemeral, rate) })
				}
			}
			all.Wait()
			close(worst)
			most := 0.0
			for one := range worst {
				most = max(most, one)
			}
			r.add(fmt.Sprintf("chance that a full random scan %s opens a %s door (simulated, 95 %% upper bound)", pace.words, kind.words),
				"", "sallyport", most)
		}
	}
}

// chance sums the upper bounds over the beginning of a scan and the rest of it.
func chance(static, ephemeral bool, rate float64) float64 {
	total := poolSize(ephemeral)
	window := int(min(spoiledFor*rate, float64(total))) + 1
	c := cluster{static: static, rate: rate, ephemeral: ephemeral, length: min(1500, window), places: beginning, trials: 6000}
	steps := 5
	if static {
		steps, c.length, c.trials = 3, min(300, window), 40_000
	}
	if c.length < steps {
		return 0
	}
	sum := c.bound(total, steps)
	// A fixed door is blocked for 15 s after a decoy. Where a scan sends more in that time than the beginning has packets,
	// it is blocked for good from there on: that not one of 600 was a decoy has a chance of 1e-27.
	if !static || spoiledFor*rate < beginning {
		c.from, c.places = beginning, total-beginning
		sum += c.bound(total, steps)
	}
	if ephemeral { // all steps must lie there
		params := rks1.Defaults()
		share := float64(usualRange.High-usualRange.Low+1) / (2 * ports)
		if !static {
			share = float64(params.High-usualRange.Low+1) / float64(params.High-params.Low+1) / 2
		}
		sum *= math.Pow(share, float64(steps))
	}
	return sum
}

func poolSize(ephemeral bool) int {
	if ephemeral {
		return int(usualRange.High - usualRange.Low + 1)
	}
	return 2 * ports
}

// bound is the 95 % upper bound of the chance that such a cluster happens and opens.
func (c cluster) bound(total, steps int) float64 {
	random := rand.New(rand.NewSource(int64(int(10*c.rate) + c.length + c.from)))
	opened := 0
	for range c.trials {
		if c.trial(random, total, steps) {
			opened++
		}
	}
	happens := float64(c.places)
	for i := 1; i < steps; i++ {
		happens *= float64(c.length-i) / float64(i)
	}
	for i := range steps {
		happens /= float64(total - i)
	}
	k := float64(opened)
	return happens * min(1, (k+2*math.Sqrt(k)+3)/float64(c.trials)) // (k + 2√k + 3) bounds a Poisson mean; 3 for k = 0
}

func (c cluster) trial(random *rand.Rand, total, count int) bool {
	steps := c.sequence(random, count)
	set := watchset.New([]watchset.Sequence{{Steps: steps, Static: c.static}}, usualRange, random.Uint32)
	now := time.Unix(1_800_000_000, 0)
	m := matcher.New(now, matcher.Limits{Sources: 8, PerPrefix: 8, Progress: 64})
	kind := matcher.Rotating
	if c.static {
		kind = matcher.Static
	}
	m.Add(matcher.Sequence{Kind: kind, Steps: steps, Window: 15 * time.Second, Owner: 1})
	first := min(c.from+random.Intn(c.places), total-count)
	before := min(first, history)
	places := []int{before}
	for len(places) < count {
		if at := before + 1 + random.Intn(c.length-1); !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	slices.Sort(places)
	scanner := netip.MustParseAddr("192.0.2.66")
	for i := range places[count-1] + 1 {
		one := c.other(random, steps)
		if at := slices.Index(places, i); at >= 0 {
			one = steps[at]
		}
		flags := uint8(0)
		if one.Protocol == step.TCP {
			flags = matcher.SYN
		}
		class := set.Classify(one, flags, func(step.Step) bool { return false })
		if class == 0 {
			continue
		}
		at := now.Add(time.Duration(float64(i) / c.rate * float64(time.Second)))
		if m.Hit(at, matcher.Hit{Source: scanner, Step: one, Flags: flags, Class: class}).Matched != 0 {
			return true
		}
	}
	return false
}

// sequence is random; for a scanner who begins in the ephemeral range, one that lies there whole.
func (c cluster) sequence(random *rand.Rand, count int) []step.Step {
	if !c.ephemeral && !c.static {
		secret := make([]byte, 32)
		random.Read(secret)
		return rks1.Derive(secret, 1, rks1.Open, rks1.Defaults())
	}
	var steps []step.Step
	for len(steps) < count {
		if one := c.other(random, steps); !slices.Contains(steps, one) {
			steps = append(steps, one)
		}
	}
	return steps
}

// other is any port that the scanner orders at random and that is no step.
func (c cluster) other(random *rand.Rand, steps []step.Step) step.Step {
	for {
		one := step.Step{Protocol: step.UDP, Value: usualRange.Low + uint16(random.Intn(poolSize(true)))}
		if !c.ephemeral {
			one = step.Step{Protocol: step.Protocol(1 + random.Intn(2)), Value: uint16(1 + random.Intn(ports))}
		}
		if !slices.Contains(steps, one) {
			return one
		}
	}
}
