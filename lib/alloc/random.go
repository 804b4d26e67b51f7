package alloc

// random gives the addresses of a pool in random order, each once before any
// comes again, and takes a random one of the pools each time (ARM 8.16.3).
type random[T Tx, A any] struct{ *subnet[T, A] }

// randomTries is how many addresses are drawn before the search turns to what
// is free: in a pool that is nearly full, drawing takes too long.
const randomTries = 32

// Next implements Allocator.
func (a *random[T, A]) Next(tx T, pools []int, now int64, skip func(A) bool) (A, bool) {
	a.past.mu.Lock()
	defer a.past.mu.Unlock()
	return a.next(tx, pools, now, skip)
}

func (a *random[T, A]) next(tx T, pools []int, now int64, skip func(A) bool) (addr A, ok bool) {
	if a.allFull(pools, now) {
		return addr, false
	}
	for range randomTries {
		p := a.draw(pools, now)
		place := p.order.at(p.passed)
		p.passed++
		if _, ok, _ := p.search(tx, place, place, now, skip); ok {
			return p.at(place), true
		}
	}
	start := int(a.state.pick(uint64(len(pools))))
	for i := range pools {
		p := a.pools[pools[(start+i)%len(pools)]]
		if p.isFull(a.state, now) {
			continue
		}
		from := a.state.pick(p.size())
		if place, ok := p.searchAround(a.state, tx, from, now, skip); ok {
			return p.at(place), true
		}
	}
	return addr, false
}

func (a *random[T, A]) allFull(pools []int, now int64) bool {
	for _, n := range pools {
		if !a.pools[n].isFull(a.state, now) {
			return false
		}
	}
	return true
}

// draw chooses one of the pools that have addresses left in their order. When
// none has, all get a new order. At least one of them must not be full.
func (a *random[T, A]) draw(pools []int, now int64) *pool[T, A] {
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

func (a *random[T, A]) countLeft(pools []int, now int64) (left uint64) {
	for _, n := range pools {
		if p := a.pools[n]; !p.drawn() && !p.isFull(a.state, now) {
			left++
		}
	}
	return left
}

// drawn tells that all addresses had their turn, or that no order exists yet.
func (p *pool[T, A]) drawn() bool { return p.passed == p.order.n }
