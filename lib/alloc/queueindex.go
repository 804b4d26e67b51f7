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
type queueIndex[T Tx, A any] struct {
	compare func(a, b A) int
	used    atomic.Bool // some pool has a queue
	mu      sync.RWMutex
	refs    []queueRef[T, A] // by ascending first
	// limit is the number of refs at which those of pools that are gone are
	// dropped next.
	limit int
}

type queueRef[T Tx, A any] struct {
	first, last A
	reach       A // the highest last up to this one
	pool        weak.Pointer[pool[T, A]]
}

// add makes the pool's queue hear of changes as long as somebody has the pool.
func (x *queueIndex[T, A]) add(p *pool[T, A]) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.used.Store(true)
	if len(x.refs) >= x.limit {
		x.refs = slices.DeleteFunc(x.refs, func(r queueRef[T, A]) bool { return r.pool.Value() == nil })
		x.limit = 2*len(x.refs) + 16
		x.measure(0)
	}
	i := x.above(p.at(0))
	x.refs = slices.Insert(x.refs, i, queueRef[T, A]{first: p.at(0), last: last(p.Range), pool: weak.Make(p)})
	x.measure(i)
}

// above is the place of the first queue that begins above addr.
func (x *queueIndex[T, A]) above(addr A) int {
	return sort.Search(len(x.refs), func(i int) bool { return x.compare(x.refs[i].first, addr) > 0 })
}

// measure sets reach from place i on.
func (x *queueIndex[T, A]) measure(i int) {
	for ; i < len(x.refs); i++ {
		x.refs[i].reach = x.refs[i].last
		if i > 0 && x.compare(x.refs[i-1].reach, x.refs[i].last) > 0 {
			x.refs[i].reach = x.refs[i-1].reach
		}
	}
}

// update takes the address out of the queues or puts it back.
func (x *queueIndex[T, A]) update(addr A, taken bool) {
	if !x.used.Load() {
		return
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := x.above(addr) - 1; i >= 0 && x.compare(x.refs[i].reach, addr) >= 0; i-- {
		if p := x.refs[i].pool.Value(); p != nil {
			p.update(addr, taken)
		}
	}
}

func (p *pool[T, A]) update(addr A, taken bool) {
	place, inside := p.place(addr)
	if !inside {
		return
	}
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	switch {
	case taken:
		p.queue.remove(uint32(place))
	case !p.excludes(place):
		p.queue.push(uint32(place))
	}
}
