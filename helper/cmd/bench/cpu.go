package main

import (
	"fmt"
	"time"
)

const (
	floodTime  = 3 * time.Second
	slowRate   = 20_000
	fastRate   = 200_000
	idleTime   = 4 * time.Second
	mebi       = 1 << 20
	singleSYN  = 1
	smallBurst = 16
)

// floods measures what spoofed SYNs to the first port of a knock cost, each from a new source.
func (r *results) floods() {
	r.flood("knockd", slowRate, singleSYN, func(l *lab) (*process, uint16) { return l.knockd(classicText), classic[0].Value })
	ours := func(l *lab) (*process, uint16) {
		p := l.sallyportd(r.program, 1)
		return p, code(0, floodTime+inOneCode)[0].Value
	}
	r.flood("sallyport", slowRate, singleSYN, ours)
	r.flood("sallyport", fastRate, smallBurst, ours)
}

func (r *results) flood(who string, rate, burst int, begin func(*lab) (*process, uint16)) {
	name := fmt.Sprintf("CPU per spoofed SYN at %d/s", rate)
	r.try(name, func(l *lab) {
		p, port := begin(l)
		f := l.newFlood(burst, func(int) uint16 { return port })
		time.Sleep(time.Second) // what starting costs is over
		before := p.cpu()
		start := time.Now()
		sent := f.run(rate, floodTime)
		took := time.Since(start)
		time.Sleep(300 * time.Millisecond)
		used := p.cpu() - before
		r.add(name, "µs", who, float64(used.Nanoseconds())/1e3/float64(sent))
		r.add(fmt.Sprintf("the rate that was reached (wanted: %d/s)", rate), "packets/s", who, float64(sent)/took.Seconds())
		r.add(fmt.Sprintf("highest memory in %v at %d/s", floodTime, rate), "MiB", who, p.memory("VmHWM")/mebi)
		if who == "sallyport" {
			r.add(fmt.Sprintf("sources remembered after %d/s", rate), "", who, float64(l.status(r.program).Sources))
		}
	})
}

// idle measures what waiting costs.
func (r *results) idle() {
	for who, begin := range map[string]func(*lab) *process{
		"knockd":    func(l *lab) *process { return l.knockd(classicText) },
		"fwknopd":   func(l *lab) *process { return l.fwknopd() },
		"sallyport": func(l *lab) *process { return l.sallyportd(r.program, 1) },
	} {
		const name = "resident memory, idle"
		r.try(name, func(l *lab) {
			p := begin(l)
			time.Sleep(idleTime)
			before := p.cpu()
			time.Sleep(idleTime)
			r.add(name, "MiB", who, p.memory("VmRSS")/mebi)
			r.add("CPU, idle", "µs/s", who, float64((p.cpu()-before).Microseconds())/idleTime.Seconds())
		})
	}
}
