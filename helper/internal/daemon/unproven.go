package daemon

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"

	"sallyport/helper/internal/eventlog"
)

const (
	// unprovenWindow is how often the sources of packets that no key has made are told of.
	unprovenWindow = time.Minute
	// unprovenSources bounds how many are counted at once, unprovenTold how many are told of one by one.
	unprovenSources, unprovenTold = 1024, 20
)

// unproven counts packets that no key has made, per source and minute.
type unproven struct {
	mu     sync.Mutex
	began  time.Time
	counts map[netip.Addr]int
	others int // of sources beyond the bound
}

func (u *unproven) add(source netip.Addr, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts == nil {
		u.began, u.counts = now, map[netip.Addr]int{}
	}
	if u.counts[source] == 0 && len(u.counts) >= unprovenSources {
		u.others++
		return
	}
	u.counts[source]++
}

// tell logs every source of a window that is over, those with the most packets by name.
func (u *unproven) tell(log eventlog.Log, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counts == nil || now.Sub(u.began) < unprovenWindow {
		return
	}
	sources := make([]netip.Addr, 0, len(u.counts))
	for source := range u.counts {
		sources = append(sources, source)
	}
	slices.SortFunc(sources, func(a, b netip.Addr) int {
		return cmp.Or(cmp.Compare(u.counts[b], u.counts[a]), a.Compare(b))
	})
	const reason = "the HMAC is of no key"
	for i, source := range sources {
		if i >= unprovenTold {
			u.others += u.counts[source]
			continue
		}
		log.Event(eventlog.Warning, "spa-unproven", eventlog.F("source", source), eventlog.F("packets", u.counts[source]),
			eventlog.F("within", unprovenWindow), eventlog.F("reason", reason))
	}
	if u.others > 0 {
		log.Event(eventlog.Warning, "spa-unproven", eventlog.F("source", "others"), eventlog.F("packets", u.others),
			eventlog.F("within", unprovenWindow), eventlog.F("reason", reason))
	}
	u.counts, u.others = nil, 0
}
