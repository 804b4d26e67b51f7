package alloc

import "nestor/lib/lease"

// freeLeaseQueue gives the free address that was not offered for the longest
// time; the time that it takes does not depend on how full a pool is (ARM
// 8.16.4). An expired lease counts as taken until it is reclaimed.
type freeLeaseQueue struct{ *subnet }

// Next implements Allocator.
func (a *freeLeaseQueue) Next(tx lease.Tx4, pools []int, now int64, skip func(uint32) bool) (uint32, bool) {
	for _, n := range pools {
		if addr, ok := a.pools[n].offer(tx, now, skip); ok {
			return addr, true
		}
	}
	return 0, false
}

// offer moves addresses from the head of the pool's queue to its tail until one
// may be given.
func (p *pool) offer(tx lease.Tx4, now int64, skip func(uint32) bool) (uint32, bool) {
	q := p.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for range q.size {
		place := q.head()
		addr := p.First + place
		q.remove(place)
		if _, free := tx.NextFree4(addr, addr, now); !free {
			continue // the store lost track; it will tell when the address is free
		}
		q.push(place)
		if skip == nil || !skip(addr) {
			return addr, true
		}
	}
	return 0, false
}

// fillSlice is how many addresses are looked at in one transaction, for packets
// wait for it.
const fillSlice = 4096

// beforeAllTime is a second at which no lease has expired.
const beforeAllTime = 0

// fillQueue gives the pool its queue: the addresses without a lease, or with a
// reclaimed or released one, in random order. The queue hears of changes before
// the first address is looked at, so none is missed in between.
func (s *State) fillQueue(p *pool) {
	order := s.newOrder(p.size())
	p.queue = newQueue(int(p.size()))
	if s.leases == nil {
		return
	}
	s.queues.add(p)
	for start := uint64(0); start < order.n; start += fillSlice {
		s.fillPart(p, &order, start, min(start+fillSlice, order.n))
	}
}

func (s *State) fillPart(p *pool, order *permutation, start, end uint64) {
	tx := s.leases.Begin4()
	defer tx.Rollback()
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	for i := start; i < end; i++ {
		place := uint32(order.at(i))
		addr := p.First + place
		if p.excludes(addr) {
			continue
		}
		if _, free := tx.NextFree4(addr, addr, beforeAllTime); free {
			p.queue.push(place)
		}
	}
}
