package alloc

import (
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"weak"
)

// queueIndex finds the queues that an address belongs to. One address can be in
// several, for subnets may overlap.
type queueIndex struct {
	used atomic.Bool // some pool has a queue
	mu   sync.RWMutex
	refs []queueRef // by ascending first
	// limit is the number of refs at which those of pools that are gone are
	// dropped next.
	limit int
}

type queueRef struct {
	first, last uint32
	reach       uint32 // the highest last up to this one
	pool        weak.Pointer[pool]
}

// add makes the pool's queue hear of changes as long as somebody has the pool.
func (x *queueIndex) add(p *pool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.used.Store(true)
	if len(x.refs) >= x.limit {
		x.refs = slices.DeleteFunc(x.refs, func(r queueRef) bool { return r.pool.Value() == nil })
		x.limit = 2*len(x.refs) + 16
		x.measure(0)
	}
	i := x.above(p.First)
	x.refs = slices.Insert(x.refs, i, queueRef{first: p.First, last: p.Last, pool: weak.Make(p)})
	x.measure(i)
}

// above is the place of the first queue that begins above addr.
func (x *queueIndex) above(addr uint32) int {
	return sort.Search(len(x.refs), func(i int) bool { return x.refs[i].first > addr })
}

// measure sets reach from place i on.
func (x *queueIndex) measure(i int) {
	for ; i < len(x.refs); i++ {
		x.refs[i].reach = x.refs[i].last
		if i > 0 {
			x.refs[i].reach = max(x.refs[i].last, x.refs[i-1].reach)
		}
	}
}

// update takes the address out of the queues or puts it back.
func (x *queueIndex) update(addr uint32, taken bool) {
	if !x.used.Load() {
		return
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := x.above(addr) - 1; i >= 0 && x.refs[i].reach >= addr; i-- {
		if x.refs[i].last < addr {
			continue
		}
		if p := x.refs[i].pool.Value(); p != nil {
			p.update(addr, taken)
		}
	}
}

func (p *pool) update(addr uint32, taken bool) {
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	switch {
	case taken:
		p.queue.remove(addr - p.First)
	case !p.excludes(addr):
		p.queue.push(addr - p.First)
	}
}
