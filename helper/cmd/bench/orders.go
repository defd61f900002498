package main

import (
	"math/rand"
	"slices"

	"sallyport/helper/internal/step"
)

const ports = 65535

// everyPort is what a full scan sends, TCP first.
func everyPort() []step.Step {
	all := make([]step.Step, 0, 2*ports)
	for _, protocol := range []step.Protocol{step.TCP, step.UDP} {
		for port := 1; port <= ports; port++ {
			all = append(all, step.Step{Protocol: protocol, Value: uint16(port)})
		}
	}
	return all
}

// scanOrders are the ways to send them all without knowing a sequence.
func scanOrders() map[string][]step.Step {
	ascending := everyPort()
	descending := slices.Clone(ascending)
	slices.Reverse(descending)
	var interleaved, strided []step.Step
	for i := range ports {
		interleaved = append(interleaved, ascending[i], ascending[i+ports])
	}
	for offset := range 1000 {
		for i := offset; i < len(ascending); i += 1000 {
			strided = append(strided, ascending[i])
		}
	}
	orders := map[string][]step.Step{"ascending": ascending, "descending": descending, "interleaved": interleaved, "strided": strided}
	for n, name := range []string{"random 1", "random 2"} {
		orders[name] = shuffled(ascending, rand.New(rand.NewSource(int64(n))))
	}
	return orders
}

func shuffled(steps []step.Step, random *rand.Rand) []step.Step {
	steps = slices.Clone(steps)
	random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	return steps
}
