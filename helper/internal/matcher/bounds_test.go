package matcher

import (
	"encoding/binary"
	"math/rand"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"sallyport/helper/internal/arena"
	"sallyport/helper/internal/step"
)

func numbered(i int) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 0x0a000000+uint32(i))
	return netip.AddrFrom4(b)
}

// TestFloodForgetsStrangersFirst floods the table with new sources in the middle of a knock.
func TestFloodForgetsStrangersFirst(t *testing.T) {
	m := New(epoch, Limits{Sources: 100, PerPrefix: 10, Progress: 100})
	id := m.Add(Sequence{Kind: Rotating, Steps: steps(t, code), Window: 15 * time.Second, Owner: 1})
	now := epoch.Add(time.Second)
	knock := steps(t, code)
	for i, one := range knock {
		flags := uint8(0)
		if one.Protocol == step.TCP {
			flags = SYN
		}
		got := m.Hit(now, Hit{Source: alice, Step: one, Flags: flags, Class: Step})
		if want := i == len(knock)-1; (got.Matched == id) != want {
			t.Fatalf("step %d: %+v", i, got)
		}
		if i == 0 {
			continue // with one step done, a source is no better than a stranger
		}
		for n := range 1000 {
			m.Hit(now, Hit{Source: numbered(n), Step: knock[0], Flags: SYN, Class: Step})
		}
		if m.Sources() > 100 {
			t.Fatalf("%d sources", m.Sources())
		}
	}
}

func TestQuotaPerPrefix(t *testing.T) {
	m := New(epoch, Limits{Sources: 1000, PerPrefix: 10, Progress: 100})
	m.Add(Sequence{Kind: Rotating, Steps: steps(t, code), Window: 15 * time.Second, Owner: 1})
	for i := range 500 {
		addr := netip.MustParseAddr("2001:db8::").As16()
		binary.BigEndian.PutUint16(addr[14:], uint16(i))
		m.Hit(epoch.Add(time.Second), Hit{Source: netip.AddrFrom16(addr), Step: step.Step{Protocol: step.TCP, Value: 9}, Flags: SYN, Class: Foreign})
	}
	if m.Sources() != 10 {
		t.Fatalf("%d sources of one /64", m.Sources())
	}
}

func TestSweepForgetsTheSilent(t *testing.T) {
	b := newBench(t)
	b.add(Rotating, 1, code)
	b.knock(alice, "100:tcp,200:udp")
	b.hit(eve, "7:tcp", Foreign)
	b.now = b.now.Add(3 * time.Minute)
	b.m.Sweep(b.now, 100)
	if b.m.Sources() != 0 {
		t.Fatalf("%d sources", b.m.Sources())
	}
}

// TestRandomTraffic checks the bookkeeping against itself under a mix of everything.
func TestRandomTraffic(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	m := New(epoch, Limits{Sources: 64, PerPrefix: 4, Progress: 48})
	var ids []ID
	now := epoch
	for i := range 100_000 {
		now = now.Add(time.Duration(random.Intn(40)) * time.Millisecond)
		if len(ids) < 40 || random.Intn(50) == 0 {
			s := Sequence{Kind: Kind(1 + random.Intn(2)), Window: 15 * time.Second, Owner: i}
			for range 3 + random.Intn(4) {
				s.Steps = append(s.Steps, step.Step{Protocol: step.TCP, Value: uint16(1 + random.Intn(12))})
			}
			ids = append(ids, m.Add(s))
		}
		if len(ids) > 60 {
			at := random.Intn(len(ids))
			m.Remove(ids[at])
			ids = append(ids[:at], ids[at+1:]...)
		}
		source := numbered(random.Intn(200))
		if random.Intn(3) == 0 {
			source = netip.AddrFrom16([16]byte{0x20, 1, byte(random.Intn(3)), 15: byte(random.Intn(60))})
		}
		m.Hit(now, Hit{Source: source, Step: step.Step{Protocol: step.TCP, Value: uint16(1 + random.Intn(14))}, Flags: SYN, Class: Class(1 + random.Intn(3))})
		if i%500 == 0 {
			m.Sweep(now, 5)
			check(t, m)
		}
	}
}

// check counts every list in every direction.
func check(t *testing.T, m *Matcher) {
	t.Helper()
	listed, used, quota := 0, 0, 0
	for level, list := range m.sources.level {
		for i := list.Newest; i != arena.None; i = m.sources.at(i).peers.Older {
			s := m.sources.at(i)
			listed++
			furthest, records := uint8(0), uint8(0)
			for p := s.head; p != arena.None; p = m.progress.At(p).next {
				records++
				used++
				furthest = max(furthest, m.progress.At(p).position)
			}
			if int(s.level) != level || s.level != min(furthest, levels-1) || s.records != records {
				t.Fatalf("a source at level %d has level %d, furthest %d, %d of %d records", level, s.level, furthest, records, s.records)
			}
		}
	}
	found := 0
	for _, e := range m.sources.byAddr.entries {
		if i := e.number - 1; i >= 0 && m.sources.find(m.sources.at(i).addr) == i {
			found++
		}
	}
	for _, e := range m.sources.byPrefix.entries {
		if e.number == 0 {
			continue
		}
		n := m.sources.prefixes.At(e.number - 1)
		count := 0
		for i := n.Oldest; i != arena.None; i = m.sources.at(i).neighbours.Newer {
			count++
		}
		if count != int(n.count) || count > m.sources.limits.PerPrefix || count == 0 {
			t.Fatalf("a /64 lists %d, counts %d", count, n.count)
		}
		quota += count
	}
	if listed != m.Sources() || listed != found || quota > listed || used != m.progress.InUse() {
		t.Fatalf("listed %d, counted %d, found %d; %d of %d records used", listed, m.Sources(), found, used, m.progress.InUse())
	}
}

// TestMemoryIsSmall floods the daemon's own limits over both families, every address in a /64 of its own.
func TestMemoryIsSmall(t *testing.T) {
	heap := func() int64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC() // what the first has only set free for the next, of other tests
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc) // less may be in use than before
	}
	before := heap()
	m := New(epoch, DefaultLimits())
	m.Add(Sequence{Kind: Rotating, Steps: steps(t, code), Window: 15 * time.Second, Owner: 1})
	first := steps(t, code)[0]
	for i := range 200_000 {
		addr := netip.MustParseAddr("2001:db8::1").As16()
		binary.BigEndian.PutUint32(addr[4:], uint32(i))
		m.Hit(epoch.Add(time.Second), Hit{Source: netip.AddrFrom16(addr), Step: first, Flags: SYN, Class: Step})
	}
	if used := heap() - before; used > 12<<20 || m.Sources() != DefaultLimits().Sources {
		t.Errorf("%d sources take %d bytes", m.Sources(), used)
	}
	m.Sweep(epoch.Add(5*time.Minute), DefaultLimits().Sources)
	if used := heap() - before; used > 1<<20 || m.Sources() != 0 {
		t.Errorf("after the flood %d sources take %d bytes", m.Sources(), used)
	}
	runtime.KeepAlive(m)
}
