package alloc

// freeLeaseQueue gives the free address that was not offered for the longest
// time; the time that it takes does not depend on how full a pool is (ARM
// 8.16.4). An expired lease counts as taken until it is reclaimed.
type freeLeaseQueue[T Tx, A any] struct{ *subnet[T, A] }

// Next implements Allocator.
func (a *freeLeaseQueue[T, A]) Next(tx T, pools []int, now int64, skip func(A) bool) (addr A, ok bool) {
	for _, n := range pools {
		if addr, ok = a.pools[n].offer(tx, now, skip); ok {
			return addr, true
		}
	}
	return addr, false
}

// offer moves addresses from the head of the pool's queue to its tail until one
// may be given.
func (p *pool[T, A]) offer(tx T, now int64, skip func(A) bool) (addr A, ok bool) {
	q := p.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for range q.size {
		place := q.head()
		q.remove(place)
		if !p.isFree(tx, place, now) {
			continue // the store lost track; it will tell when the address is free
		}
		q.push(place)
		if addr = p.at(uint64(place)); skip == nil || !skip(addr) {
			return addr, true
		}
	}
	return addr, false
}

func (p *pool[T, A]) isFree(tx T, place uint32, now int64) bool {
	_, free := p.nextFree(tx, uint64(place), uint64(place), now)
	return free
}

// fillSlice is how many addresses are looked at in one transaction, for packets
// wait for it.
const fillSlice = 4096

// beforeAllTime is a second at which no lease has expired.
const beforeAllTime = 0

// fillQueue gives the pool its queue: the addresses without a lease, or with a
// reclaimed or released one, in random order. The queue hears of changes before
// the first address is looked at, so none is missed in between.
func (s *State[T, A]) fillQueue(p *pool[T, A]) {
	order := s.newOrder(p.size())
	p.queue = newQueue(int(p.size()))
	if s.begin == nil {
		return
	}
	s.queues.add(p)
	for start := uint64(0); start < order.n; start += fillSlice {
		s.fillPart(p, &order, start, min(start+fillSlice, order.n))
	}
}

func (s *State[T, A]) fillPart(p *pool[T, A], order *permutation, start, end uint64) {
	tx := s.begin()
	defer tx.Rollback()
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	for i := start; i < end; i++ {
		place := uint32(order.at(i))
		if !p.excludes(uint64(place)) && p.isFree(tx, place, beforeAllTime) {
			p.queue.push(place)
		}
	}
}
