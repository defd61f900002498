package knockdmatch

import "time"

const (
	none      = -1
	chunkSize = 1024
)

// attempt is one address in the middle of one door's sequence. It is kept small: there may be 65,536 of them.
type attempt struct {
	addr    [16]byte
	started int64 // milliseconds since the epoch
	door    int32
	next    int32 // of the same address
	newer   int32 // of the same queue
	older   int32
	stage   uint8
	queue   uint8
}

type ends struct{ newest, oldest int32 }

// pool holds the attempts: by address, and in two queues by age, those with only their first step and the others.
type pool struct {
	epoch  time.Time
	limit  int
	index  map[[16]byte]int32
	chunks []*[chunkSize]attempt
	used   int
	free   []int32
	count  int
	queues [2]ends
}

func newPool(epoch time.Time, limit int) pool {
	return pool{epoch: epoch, limit: limit, index: map[[16]byte]int32{}, queues: [2]ends{{none, none}, {none, none}}}
}

func (p *pool) tick(now time.Time) int64 { return now.Sub(p.epoch).Milliseconds() }

func (p *pool) at(i int32) *attempt { return &p.chunks[i/chunkSize][i%chunkSize] }

// add keeps an attempt, in the place of the one that matters least when there are too many.
func (p *pool) add(a attempt) {
	if p.count >= p.limit {
		victim := p.queues[0].oldest
		if victim == none {
			victim = p.queues[1].oldest
		}
		p.remove(victim)
	}
	var i int32
	if n := len(p.free); n > 0 {
		i, p.free = p.free[n-1], p.free[:n-1]
	} else {
		if p.used == len(p.chunks)*chunkSize {
			p.chunks = append(p.chunks, new([chunkSize]attempt))
		}
		i = int32(p.used)
		p.used++
	}
	a.next = none
	if first, ok := p.index[a.addr]; ok {
		a.next = first
	}
	p.index[a.addr] = i
	a.queue = queueOf(a.stage)
	*p.at(i) = a
	p.link(i)
	p.count++
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
	for i != none {
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
		for i := p.queues[queue].oldest; i != none; {
			next := p.at(i).newer
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
	case a.next == none:
		delete(p.index, a.addr)
	default:
		p.index[a.addr] = a.next
	}
	p.free = append(p.free, i)
	p.count--
}

func (p *pool) link(i int32) {
	a := p.at(i)
	queue := &p.queues[a.queue]
	a.newer, a.older = none, queue.newest
	if queue.newest != none {
		p.at(queue.newest).newer = i
	} else {
		queue.oldest = i
	}
	queue.newest = i
}

func (p *pool) unlink(i int32) {
	a := p.at(i)
	queue := &p.queues[a.queue]
	if a.newer != none {
		p.at(a.newer).older = a.older
	} else {
		queue.newest = a.older
	}
	if a.older != none {
		p.at(a.older).newer = a.newer
	} else {
		queue.oldest = a.newer
	}
}
