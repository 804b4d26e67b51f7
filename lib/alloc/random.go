package alloc

import "nestor/lib/lease"

// random gives the addresses of a pool in random order, each once before any
// comes again, and takes a random one of the pools each time (ARM 8.16.3).
type random struct{ *subnet }

// randomTries is how many addresses are drawn before the search turns to what
// is free: in a pool that is nearly full, drawing takes too long.
const randomTries = 32

// Next implements Allocator.
func (a *random) Next(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	return a.next(tx, pools, now, skip)
}

func (a *random) next(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	if a.allFull(pools, now) {
		return 0, false
	}
	for range randomTries {
		p := a.draw(pools, now)
		addr := p.First + uint32(p.order.at(p.passed))
		p.passed++
		if _, ok, _ := p.search(tx, addr, addr, now, skip); ok {
			return addr, true
		}
	}
	start := int(a.state.pick(uint64(len(pools))))
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if p.isFull(a.state, now) {
			continue
		}
		from := p.First + uint32(a.state.pick(p.size()))
		if addr, ok := p.searchAround(a.state, tx, from, now, skip); ok {
			return addr, true
		}
	}
	return 0, false
}

func (a *random) allFull(pools []int, now int64) bool {
	for _, n := range pools {
		if !a.pools[n].isFull(a.state, now) {
			return false
		}
	}
	return true
}

// draw chooses one of the pools that have addresses left in their order. When
// none has, all get a new order. At least one of them must not be full.
func (a *random) draw(pools []int, now int64) *pool {
	left := a.countLeft(pools, now)
	if left == 0 {
		for _, n := range pools {
			p := a.pools[n]
			p.order, p.passed = a.state.newOrder(p.size()), 0
		}
		left = a.countLeft(pools, now)
	}
	place := a.state.pick(left)
	for _, n := range pools {
		p := a.pools[n]
		switch {
		case p.drawn() || p.isFull(a.state, now):
		case place == 0:
			return p
		default:
			place--
		}
	}
	panic("alloc: no pool is left to draw from") // pick returned less than left
}

func (a *random) countLeft(pools []int, now int64) (left uint64) {
	for _, n := range pools {
		if p := a.pools[n]; !p.drawn() && !p.isFull(a.state, now) {
			left++
		}
	}
	return left
}

// drawn tells that all addresses had their turn, or that no order exists yet.
func (p *pool) drawn() bool { return p.passed == p.order.n }
