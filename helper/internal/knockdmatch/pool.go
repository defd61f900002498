package knockdmatch

import (
	"time"

	"sallyport/helper/internal/arena"
)

// attempt is one address in the middle of one door's sequence. It is kept small: there may be 65,536 of them.
type attempt struct {
	addr    [16]byte
	started int64 // milliseconds since the epoch
	door    int32
	next    int32 // of the same address
	peers   arena.Links
	stage   uint8
	queue   uint8
}

// pool holds the attempts: by address, and in two queues by age, those with only their first step and the others.
type pool struct {
	epoch   time.Time
	index   map[[16]byte]int32
	records arena.Arena[attempt]
	queues  [2]arena.Ages
}

func newPool(epoch time.Time, limit int) pool {
	return pool{epoch: epoch, index: map[[16]byte]int32{}, records: arena.New[attempt](limit),
		queues: [2]arena.Ages{arena.NoAges(), arena.NoAges()}}
}

func (p *pool) tick(now time.Time) int64 { return now.Sub(p.epoch).Milliseconds() }

func (p *pool) at(i int32) *attempt { return p.records.At(i) }

// add keeps an attempt, in the place of the one that matters least when there are too many.
func (p *pool) add(a attempt) {
	i := p.records.Take()
	if i == arena.None {
		victim := p.queues[0].Oldest
		if victim == arena.None {
			victim = p.queues[1].Oldest
		}
		p.remove(victim)
		i = p.records.Take()
	}
	a.next = arena.None
	if first, ok := p.index[a.addr]; ok {
		a.next = first
	}
	p.index[a.addr] = i
	a.queue = queueOf(a.stage)
	*p.at(i) = a
	p.link(i)
}

func queueOf(stage uint8) uint8 {
	if stage > 1 {
		return 1
	}
	return 0
}

// each visits the attempts of an address, which visit may change, and removes those it does not keep.
func (p *pool) each(addr [16]byte, visit func(*attempt) (keep bool)) {
	i, ok := p.index[addr]
	if !ok {
		return
	}
	for i != arena.None {
		a := p.at(i)
		next := a.next
		if !visit(a) {
			p.remove(i)
		} else if a.queue != queueOf(a.stage) {
			p.unlink(i)
			a.queue = queueOf(a.stage)
			p.link(i)
		}
		i = next
	}
}

// drop visits all attempts and removes those for which over is true.
func (p *pool) drop(over func(*attempt) bool) {
	for queue := range p.queues {
		for i := p.queues[queue].Oldest; i != arena.None; {
			next := p.at(i).peers.Newer
			if over(p.at(i)) {
				p.remove(i)
			}
			i = next
		}
	}
}

func (p *pool) remove(i int32) {
	a := p.at(i)
	p.unlink(i)
	first := p.index[a.addr]
	switch {
	case first != i:
		for p.at(first).next != i {
			first = p.at(first).next
		}
		p.at(first).next = a.next
	case a.next == arena.None:
		delete(p.index, a.addr)
	default:
		p.index[a.addr] = a.next
	}
	p.records.Give(i)
}

func (p *pool) link(i int32) { p.queues[p.at(i).queue].Push(i, p.peersOf) }

func (p *pool) unlink(i int32) { p.queues[p.at(i).queue].Drop(i, p.peersOf) }

func (p *pool) peersOf(i int32) *arena.Links { return &p.at(i).peers }
