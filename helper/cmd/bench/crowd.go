package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"sallyport/helper/internal/step"
	"sallyport/helper/internal/testnet"
)

const (
	crowd        = 30
	crowdRate    = 100_000
	decoysPerSec = 40
	knockGap     = 150 * time.Millisecond
)

// duringFlood counts the valid knocks that open while somebody floods the first port of one of them.
func (r *results) duringFlood() {
	const name = "valid knocks that open during 100,000 spoofed packets/s"
	r.try(name, func(l *lab) {
		l.addresses(crowd)
		p := l.sallyportd(r.program, crowd)
		l.closed(address(0))
		room := 9 * time.Second
		target := code(0, room)
		f := l.newFlood(smallBurst, func(i int) uint16 { return target[i%2].Value })
		sent := make(chan int)
		go func() { sent <- f.run(crowdRate, 4*time.Second) }()
		time.Sleep(300 * time.Millisecond)
		for i := range crowd {
			l.client.NewSender(address(i), serverAddress).Knock(20*time.Millisecond, code(i, 0)...)
		}
		r.add("the rate that was reached (wanted: 100,000/s)", "packets/s", "sallyport", float64(<-sent)/4)
		r.add(name, "%", "sallyport", l.opened(p))
	})
}

// opened counts, of the crowd, who can connect now.
func (l *lab) opened(p *process) float64 {
	time.Sleep(100 * time.Millisecond)
	count := 0
	for i := range crowd {
		logged := strings.Contains(p.log.String(), fmt.Sprintf("source=%s action=open", address(i)))
		if l.client.Probe(address(i), service) == testnet.Opened && logged {
			count++
		}
	}
	return 100 * float64(count) / crowd
}

// spoofedDecoys counts the rotating knocks that open though somebody sends packets in the knocker's name to ports that
// are watched and no step.
func (r *results) spoofedDecoys() {
	const name = "rotating knocks that open with 40 decoy hits/s in the knocker's name"
	r.try(name, func(l *lab) {
		l.addresses(crowd)
		p := l.sallyportd(r.program, crowd)
		l.closed(address(0))
		first := code(0, 6*time.Second)
		var all sync.WaitGroup
		for i := range crowd {
			knocker, spoofer := l.client.NewSender(address(i), serverAddress), l.client.NewSender(address(i), serverAddress)
			done := make(chan struct{})
			all.Go(func() {
				time.Sleep(200 * time.Millisecond)
				knocker.Knock(knockGap, code(i, 0)...)
				close(done)
			})
			all.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-done:
						return
					case <-time.After(time.Second / decoysPerSec):
					}
					// Beside a step is always watched; a repeat of the newest hit would not count.
					beside := first[n%len(first)]
					beside.Value += uint16(1 - 2*(n/len(first)%2))
					spoofer.Send(beside)
				}
			})
		}
		all.Wait()
		r.add(name, "%", "sallyport", l.opened(p))
	})
}

// scans sends every TCP and UDP port in many orders to the real daemon and counts what opens for the scanner.
func (r *results) scans() {
	r.try("real scans", func(l *lab) {
		p := l.sallyportd(r.program, 1)
		l.closed("192.0.2.2")
		scanner := l.client.NewSender("192.0.2.2", serverAddress)
		orders := scanOrders()
		for _, order := range orders {
			for n, one := range order {
				scanner.Send(one)
				if n%64 == 0 {
					time.Sleep(100 * time.Microsecond)
				}
			}
		}
		time.Sleep(200 * time.Millisecond)
		opened := strings.Count(p.log.String(), "source=192.0.2.2 action=open")
		if l.client.Probe("192.0.2.2", service) != testnet.Filtered {
			opened++
		}
		r.add("real full scans sent", "", "sallyport", float64(len(orders)))
		r.add("real full scans that opened a door", "", "sallyport", float64(opened))
	})
	r.try("real ascending scan", func(l *lab) {
		l.knockd("7000,8000,9000")
		scanner := l.client.NewSender("192.0.2.2", serverAddress)
		for port := 6500; port <= 9500; port++ {
			scanner.Send(step.Step{Protocol: step.TCP, Value: uint16(port)})
		}
		opened := 0.0
		time.Sleep(300 * time.Millisecond)
		if l.client.Probe("192.0.2.2", service) == testnet.Opened {
			opened = 1
		}
		r.add("an ascending scan opens an ascending sequence", "of 1", "knockd", opened)
	})
}
