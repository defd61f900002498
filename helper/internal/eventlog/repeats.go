package eventlog

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

const (
	// repeatWindow is how often a warning about a source is told.
	repeatWindow = time.Minute
	// repeatKinds bounds how many different warnings are remembered; beyond, every one is told.
	repeatKinds = 1024
	// prefixBits is how much of an IPv6 address belongs to whoever sends from it, at least.
	prefixBits = 64
)

// volatile fields differ from one time to the next without making another warning of it.
var volatile = []string{"offset", "hits", "packets", "within"}

// repeats remembers the warnings about sources since the window began.
type repeats struct {
	kinds map[string]*repeated
	// order is that of their first time.
	order []*repeated
	// later has the window end.
	later func(time.Duration)
}

// repeated is a warning and how often it came again.
type repeated struct {
	event  string
	fields []Field
	count  int
}

// again tells whether a warning was told in this window, and counts it then.
func (r *repeats) again(event string, fields []Field) bool {
	key, about := kindOf(event, fields)
	if !about {
		return false
	}
	if known := r.kinds[key]; known != nil {
		known.count++
		return true
	}
	if len(r.kinds) >= repeatKinds {
		return false
	}
	if len(r.kinds) == 0 {
		r.kinds = map[string]*repeated{}
		r.later(repeatWindow)
	}
	stable := slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return slices.Contains(volatile, f.Key) })
	r.kinds[key] = &repeated{event: event, fields: stable}
	r.order = append(r.order, r.kinds[key])
	return false
}

// take ends the window and gives what came again in it.
func (r *repeats) take() []*repeated {
	came := slices.DeleteFunc(r.order, func(one *repeated) bool { return one.count == 0 })
	r.kinds, r.order = nil, nil
	return came
}

// kindOf names a warning about a source; all of an IPv6 /64 is one.
func kindOf(event string, fields []Field) (key string, about bool) {
	var b strings.Builder
	b.WriteString(event)
	for _, f := range fields {
		if slices.Contains(volatile, f.Key) {
			continue
		}
		value := f.Value
		if f.Key == "source" {
			about = true
			if addr, ok := value.(netip.Addr); ok && addr.Is6() {
				value, _ = addr.Prefix(prefixBits) // cannot fail: IPv6 has more bits
			}
		}
		fmt.Fprintf(&b, "\x00%s\x00%v", f.Key, value)
	}
	return b.String(), about
}
