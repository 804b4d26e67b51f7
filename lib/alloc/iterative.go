package alloc

// iterative gives the addresses of the pools in ascending order, each after the
// one that was given last, and begins again at the end (ARM 8.16.2).
type iterative[T Tx, A any] struct{ *subnet[T, A] }

// Next implements Allocator.
func (a *iterative[T, A]) Next(tx T, pools []int, now int64, skip func(A) bool) (A, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	return a.next(tx, pools, now, skip)
}

func (a *iterative[T, A]) next(tx T, pools []int, now int64, skip func(A) bool) (addr A, ok bool) {
	start := a.current(pools)
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if p.isFull(a.state, now) {
			continue
		}
		if place, ok := p.searchOn(a.state, tx, now, skip); ok {
			a.leave(pools, start, i)
			a.past.latest = p
			return p.give(place), true
		}
	}
	// What lies before the addresses given last comes after everything else.
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if !p.started || p.isFull(a.state, now) {
			continue
		}
		if place, ok := p.searchAgain(a.state, tx, now, skip); ok {
			a.leave(pools, start, len(pools))
			a.past.latest = p
			return p.give(place), true
		}
	}
	return addr, false
}

// current is the place in pools of the pool that is being gone through: the one that
// gave the last address, or the first where it is not among them.
func (a *iterative[T, A]) current(pools []int) int {
	for i, n := range pools {
		if a.pools[n] == a.past.latest {
			return i
		}
	}
	return 0
}

// leave makes count pools from place start on begin at their first address when
// their turn comes again.
func (a *iterative[T, A]) leave(pools []int, start, count int) {
	for i := range count {
		a.pools[pools[(start+i)%len(pools)]].started = false
	}
}

func (p *pool[T, A]) give(place uint64) A {
	p.given, p.started = place, true
	return p.at(place)
}

// searchOn looks from the place given last to the end of the pool.
func (p *pool[T, A]) searchOn(s *State[T, A], tx T, now int64, skip func(A) bool) (place uint64, ok bool) {
	p.refused = false
	if !p.started {
		place, ok, p.refused = p.search(tx, 0, p.size()-1, now, skip)
		if !ok && !p.refused {
			p.setFull(s, now)
		}
		return place, ok
	}
	if p.given < p.size()-1 {
		place, ok, p.refused = p.search(tx, p.given+1, p.size()-1, now, skip)
	}
	return place, ok
}

// searchAgain looks at what searchOn left out.
func (p *pool[T, A]) searchAgain(s *State[T, A], tx T, now int64, skip func(A) bool) (uint64, bool) {
	place, ok, refused := p.search(tx, 0, p.given, now, skip)
	if !ok && !refused && !p.refused {
		p.setFull(s, now)
	}
	return place, ok
}
