package alloc

import "nestor/lib/lease"

// pool is what is remembered of one pool. past.mu guards it, but for the queue,
// which has a lock of its own.
type pool struct {
	Pool
	full fullMark

	// of the iterative allocator
	given   uint32 // the address given last
	started bool   // given counts
	refused bool   // searchOn met an address that skip refused

	// of the random allocator
	order  permutation // zero before the first use
	passed uint64      // places of order that were used

	queue *queue // of the free lease queue allocator
}

// fullMark remembers that a pool had no free address, so that a stranger who
// asks again and again costs no search. It holds for one second, in which no
// lease can expire, and until some address becomes free otherwise.
type fullMark struct {
	set   bool
	now   int64
	freed uint64
}

func (p *pool) isFull(s *State, now int64) bool {
	return p.full == fullMark{true, now, s.freed.Load()}
}

func (p *pool) setFull(s *State, now int64) {
	p.full = fullMark{true, now, s.freed.Load()}
}

// search returns the lowest free address in [from, to] that may be given. When
// there is none, refused tells whether skip was the reason.
func (p *pool) search(tx lease.Tx4, from, to uint32, now int64, skip func(uint32) bool) (addr uint32, ok, refused bool) {
	for {
		addr, ok = tx.NextFree4(from, to, now)
		if !ok {
			return 0, false, refused
		}
		if !p.excludes(addr) {
			if skip == nil || !skip(addr) {
				return addr, true, refused
			}
			refused = true
		}
		if addr == to {
			return 0, false, refused
		}
		from = addr + 1
	}
}

// searchAround is search through the whole pool, upwards from the given address
// and then from the pool's start. It marks the pool full if it is.
func (p *pool) searchAround(s *State, tx lease.Tx4, from uint32, now int64, skip func(uint32) bool) (uint32, bool) {
	addr, ok, refused := p.search(tx, from, p.Last, now, skip)
	if !ok && from > p.First {
		var more bool
		addr, ok, more = p.search(tx, p.First, from-1, now, skip)
		refused = refused || more
	}
	if !ok && !refused {
		p.setFull(s, now)
	}
	return addr, ok
}
