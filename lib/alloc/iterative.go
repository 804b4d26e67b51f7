package alloc

import "nestor/lib/lease"

// iterative gives the addresses of the pools in ascending order, each after the
// one that was given last, and begins again at the end (ARM 8.16.2).
type iterative struct{ *subnet }

// Next implements Allocator.
func (a *iterative) Next(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	return a.next(tx, pools, now, skip)
}

func (a *iterative) next(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	start := a.current(pools)
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if p.isFull(a.state, now) {
			continue
		}
		if addr, ok := p.searchOn(a.state, tx, now, skip); ok {
			a.leave(pools, start, i)
			return p.give(addr), true
		}
	}
	// What lies before the addresses given last comes after everything else.
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if !p.started || p.isFull(a.state, now) {
			continue
		}
		if addr, ok := p.searchAgain(a.state, tx, now, skip); ok {
			a.leave(pools, start, len(pools))
			return p.give(addr), true
		}
	}
	return 0, false
}

// current is the place in pools of the pool that is being gone through.
func (a *iterative) current(pools []int) int {
	for i, n := range pools {
		if a.pools[n].started {
			return i
		}
	}
	return 0
}

// leave makes count pools from place start on begin at their first address when
// their turn comes again.
func (a *iterative) leave(pools []int, start, count int) {
	for i := range count {
		a.pools[pools[(start+i)%len(pools)]].started = false
	}
}

func (p *pool) give(addr uint32) uint32 {
	p.given, p.started = addr, true
	return addr
}

// searchOn looks from the address given last to the end of the pool.
func (p *pool) searchOn(s *State, tx lease.Tx4, now int64, skip func(uint32) bool) (addr uint32, ok bool) {
	p.refused = false
	if !p.started {
		addr, ok, p.refused = p.search(tx, p.First, p.Last, now, skip)
		if !ok && !p.refused {
			p.setFull(s, now)
		}
		return addr, ok
	}
	if p.given < p.Last {
		addr, ok, p.refused = p.search(tx, p.given+1, p.Last, now, skip)
	}
	return addr, ok
}

// searchAgain looks at what searchOn left out.
func (p *pool) searchAgain(s *State, tx lease.Tx4, now int64, skip func(uint32) bool) (uint32, bool) {
	addr, ok, refused := p.search(tx, p.First, p.given, now, skip)
	if !ok && !refused && !p.refused {
		p.setFull(s, now)
	}
	return addr, ok
}
