package grants

import (
	"time"

	"sallyport/helper/internal/gate"
)

// Refit gives the book that is left when only what keep is true for stays: a grant loses the ports that it may no
// longer hold, and ends with the last of them. For one without ports keep is asked with port 0. The book itself does not change.
func (b *Book) Refit(keep func(door, user string, element gate.Element) bool, now time.Time) (next *Book, ended []Grant) {
	b.expire(now)
	next = New()
	next.ended = b.ended
	for addr, list := range b.byAddr {
		for _, g := range list {
			ports := g.ports
			if len(ports) == 0 && keep(g.Door, g.User, gate.Element{Addr: addr}) {
				next.byAddr[addr] = append(next.byAddr[addr], g)
				next.count++
				continue
			}
			g.ports = nil
			eachPort(ports, func(one gate.PortRange) {
				if keep(g.Door, g.User, gate.Element{Addr: addr, Protocol: one.Protocol, Port: one.Low}) {
					g.ports = append(g.ports, one)
				}
			})
			if len(g.ports) == 0 {
				g.ports = ports
				ended = append(ended, g)
				continue
			}
			g.ports = normal(g.ports)
			next.byAddr[addr] = append(next.byAddr[addr], g)
			next.count++
		}
	}
	return next, ended
}

// Elements lists every port that is open for an address, with the time of the longest of its grants.
func (b *Book) Elements(now time.Time) []gate.Grant {
	b.expire(now)
	var all []gate.Grant
	for addr, list := range b.byAddr {
		var ports []gate.PortRange
		for _, g := range list {
			ports = append(ports, g.ports...)
		}
		all = append(all, changes(addr, ports, list, now)...)
	}
	return all
}

func eachPort(ranges []gate.PortRange, use func(single gate.PortRange)) {
	for _, r := range ranges {
		for port := int(r.Low); port <= int(r.High); port++ {
			use(gate.PortRange{Protocol: r.Protocol, Low: uint16(port), High: uint16(port)})
		}
	}
}
