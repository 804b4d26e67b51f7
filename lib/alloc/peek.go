package alloc

import "nestor/lib/lease"

// Peek implements Allocator.
func (a *iterative) Peek(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	defer a.restore(a.saved())
	return a.next(tx, pools, now, skip)
}

// Peek implements Allocator.
func (a *random) Peek(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	defer a.restore(a.saved())
	a.state.record()
	defer a.state.rewind()
	return a.next(tx, pools, now, skip)
}

// saved copies what is remembered of the pools.
func (s *subnet) saved() []pool {
	pools := make([]pool, len(s.pools))
	for i, p := range s.pools {
		pools[i] = *p
	}
	return pools
}

func (s *subnet) restore(pools []pool) {
	for i, p := range s.pools {
		*p = pools[i]
	}
}

// Peek implements Allocator.
func (a *freeLeaseQueue) Peek(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	for _, n := range pools {
		if addr, ok := a.pools[n].peek(tx, now, skip); ok {
			return addr, true
		}
	}
	return 0, false
}

// peek finds what offer would.
func (p *pool) peek(tx lease.Tx4, now int64, skip func(uint32) bool) (uint32, bool) {
	q := p.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for place := q.head(); place != q.end(); place = q.next[place] {
		addr := p.First + place
		if _, free := tx.NextFree4(addr, addr, now); free && (skip == nil || !skip(addr)) {
			return addr, true
		}
	}
	return 0, false
}
