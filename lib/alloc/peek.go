package alloc

// Peek implements Allocator.
func (a *iterative[T, A]) Peek(tx T, pools []int, now int64, skip func(A) bool) (A, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	defer a.restore(a.saved())
	return a.next(tx, pools, now, skip)
}

// Peek implements Allocator.
func (a *random[T, A]) Peek(tx T, pools []int, now int64, skip func(A) bool) (A, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	defer a.restore(a.saved())
	a.state.record()
	defer a.state.rewind()
	return a.next(tx, pools, now, skip)
}

// saved copies what is remembered of the pools.
func (s *subnet[T, A]) saved() (_ []pool[T, A], latest *pool[T, A]) {
	pools := make([]pool[T, A], len(s.pools))
	for i, p := range s.pools {
		pools[i] = *p
	}
	return pools, s.past.latest
}

func (s *subnet[T, A]) restore(pools []pool[T, A], latest *pool[T, A]) {
	s.past.latest = latest
	for i, p := range s.pools {
		*p = pools[i]
	}
}

// Peek implements Allocator.
func (a *freeLeaseQueue[T, A]) Peek(tx T, pools []int, now int64, skip func(A) bool) (addr A, ok bool) {
	for _, n := range pools {
		if addr, ok = a.pools[n].peek(tx, now, skip); ok {
			return addr, true
		}
	}
	return addr, false
}

// peek finds what offer would.
func (p *pool[T, A]) peek(tx T, now int64, skip func(A) bool) (addr A, ok bool) {
	q := p.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for place := q.head(); place != q.end(); place = q.next[place] {
		if addr = p.at(uint64(place)); p.isFree(tx, place, now) && (skip == nil || !skip(addr)) {
			return addr, true
		}
	}
	return addr, false
}
