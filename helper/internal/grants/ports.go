package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/helper/internal/gate"
)

// PortsText writes the ports down, such as "22/tcp 60000-60010/udp".
func (g Grant) PortsText() string {
	texts := make([]string, len(g.ports))
	for i, r := range g.ports {
		texts[i] = fmt.Sprintf("%d-%d/%s", r.Low, r.High, r.Protocol)
		if r.Low == r.High {
			texts[i] = fmt.Sprintf("%d/%s", r.Low, r.Protocol)
		}
	}
	return strings.Join(texts, " ")
}

// same tells whether two grants are one and the same, but for their time.
func (g Grant) same(other Grant) bool {
	return g.Addr == other.Addr && g.Door == other.Door && g.User == other.User && slices.Equal(g.ports, other.ports)
}

// normal sorts ranges and joins those that touch, so that equal sets of ports are equal lists.
func normal(ports []gate.PortRange) []gate.PortRange {
	sorted := slices.SortedFunc(slices.Values(ports), func(a, b gate.PortRange) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Low, b.Low))
	})
	var joined []gate.PortRange
	for _, r := range sorted {
		if n := len(joined); n > 0 && joined[n-1].Protocol == r.Protocol && int(r.Low) <= int(joined[n-1].High)+1 {
			joined[n-1].High = max(joined[n-1].High, r.High)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
