package main

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

const (
	samples    = 40
	spaSamples = 15
	pause      = 120 * time.Millisecond
	// inOneCode is the room that a few knocks need before the code changes.
	inOneCode = 3 * time.Second
)

// latencies measures every contender from the last knock packet to an accepted connection.
func (r *results) latencies() {
	const name, unit = "last knock → connection accepted, median", "ms"
	measure := func(who string, set func(*lab) func(i int) time.Duration, count int) {
		r.try(name, func(l *lab) {
			l.addresses(count)
			knock := set(l)
			l.closed(address(0))
			var all []time.Duration
			for i := range count {
				time.Sleep(pause + time.Duration(i%7)*time.Millisecond)
				all = append(all, knock(i))
			}
			r.add(name, unit, who, ms(median(all)))
			r.add("the same, 95th percentile", unit, who, ms(quantile(all, 0.95)))
		})
	}
	classicKnock := func(l *lab) func(int) time.Duration {
		return func(i int) time.Duration { return l.knockAndProbe(address(i), classic) }
	}
	measure("knockd", func(l *lab) func(int) time.Duration { l.knockd(classicText); return classicKnock(l) }, samples)
	measure("kernel", func(l *lab) func(int) time.Duration { l.kernelSets(); return classicKnock(l) }, samples)
	measure("fwknopd", func(l *lab) func(int) time.Duration { l.fwknopd(); return l.singlePacket }, spaSamples)
	measure("sallyport", func(l *lab) func(int) time.Duration {
		l.sallyportd(r.program, samples)
		return func(i int) time.Duration { return l.knockAndProbe(address(i), code(i, inOneCode)) }
	}, samples)
}

func (l *lab) singlePacket(i int) time.Duration {
	from, packet := address(i), l.spaPacket(address(i))
	var fd int
	var err error
	l.client.Do(func() {
		if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err == nil {
			err = unix.Bind(fd, &unix.SockaddrInet4{Addr: netip.MustParseAddr(from).As4()})
		}
	})
	l.check(err)
	defer unix.Close(fd)
	return l.opening(from, func() {
		l.check(unix.Sendto(fd, packet, 0, &unix.SockaddrInet4{Port: spaPort, Addr: netip.MustParseAddr(serverAddress).As4()}))
	})
}

// manyKeys measures the same with ten thousand rotating keys.
func (r *results) manyKeys() {
	const keys = 10_000
	r.try("10,000 rotating keys", func(l *lab) {
		l.addresses(samples)
		p := l.sallyportd(r.program, keys)
		l.closed(address(0))
		time.Sleep(3 * time.Second) // all codes are derived and the heap has settled
		var all []time.Duration
		for i := range samples {
			time.Sleep(pause)
			all = append(all, l.knockAndProbe(address(i), code(i*keys/samples, inOneCode)))
		}
		r.add("10,000 rotating keys: last knock → accepted, median", "ms", "sallyport", ms(median(all)))
		r.add("10,000 rotating keys: resident memory", "MiB", "sallyport", p.memory("VmRSS")/mebi)
	})
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
