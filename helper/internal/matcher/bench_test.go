package matcher

import (
	"runtime"
	"testing"
	"time"

	"sallyport/helper/internal/step"
)

// BenchmarkNewSources is a flood of spoofed first steps.
func BenchmarkNewSources(b *testing.B) {
	m := New(epoch, DefaultLimits())
	first := step.Step{Protocol: step.TCP, Value: 100}
	m.Add(Sequence{Kind: Rotating, Steps: []step.Step{first, {Protocol: step.TCP, Value: 200}}, Window: 15 * time.Second, Owner: 1})
	now := epoch.Add(time.Second)
	for i := range b.N {
		m.Hit(now, Hit{Source: numbered(i), Step: first, Flags: SYN, Class: Step})
	}
	b.StopTimer()
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	b.ReportMetric(float64(mem.HeapAlloc)/(1<<20), "MiB-heap")
	runtime.KeepAlive(m)
}

// BenchmarkManyKeys shows that the cost of a hit does not grow with the number of sequences.
func BenchmarkManyKeys(b *testing.B) {
	for _, keys := range []int{1, 10_000} {
		b.Run(map[int]string{1: "one", 10_000: "10000"}[keys], func(b *testing.B) {
			m := New(epoch, DefaultLimits())
			for i := range keys * 6 {
				s := Sequence{Kind: Rotating, Window: 15 * time.Second, Owner: i}
				for n := range 5 {
					s.Steps = append(s.Steps, step.Step{Protocol: step.Protocol(1 + (i+n)%2), Value: uint16(10000 + (i*7919+n*104729)%40000)})
				}
				m.Add(s)
			}
			now := epoch.Add(time.Second)
			for i := range b.N {
				if i%100 == 0 {
					now = now.Add(time.Millisecond)
				}
				m.Hit(now, Hit{Source: numbered(i % 1000), Step: step.Step{Protocol: step.TCP, Value: uint16(10000 + i*31%40000)}, Flags: SYN, Class: Step})
			}
		})
	}
}
