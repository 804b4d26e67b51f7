package alloc

// pool is what is remembered of one pool. past.mu guards it, but for the queue,
// which has a lock of its own.
type pool[T Tx, A any] struct {
	Range[T, A]
	full fullMark

	// of the iterative allocator
	given   uint64 // the place given last
	started bool   // given counts
	refused bool   // searchOn met an address that skip refused

	// of the random allocator
	order  permutation // zero before the first use
	passed uint64      // places of order that were used

	queue *queue // of the free lease queue allocator
}

// fullMark remembers that a pool had no free address, so that a stranger who
// asks again and again costs no search. It holds for one second, in which no
// lease can expire, and until some address becomes free otherwise; a lease that a
// command lets end in the past counts from the next second on.
type fullMark struct {
	set   bool
	now   int64
	freed uint64
}

func (p *pool[T, A]) isFull(s *State[T, A], now int64) bool {
	return p.full == fullMark{true, now, s.freed.Load()}
}

func (p *pool[T, A]) setFull(s *State[T, A], now int64) {
	p.full = fullMark{true, now, s.freed.Load()}
}

// search returns the lowest free place in [from, to] that may be given. When
// there is none, refused tells whether skip was the reason.
func (p *pool[T, A]) search(tx T, from, to uint64, now int64, skip func(A) bool) (place uint64, ok, refused bool) {
	for {
		place, ok = p.nextFree(tx, from, to, now)
		if !ok {
			return 0, false, refused
		}
		if !p.excludes(place) {
			if skip == nil || !skip(p.at(place)) {
				return place, true, refused
			}
			refused = true
		}
		if place == to {
			return 0, false, refused
		}
		from = place + 1
	}
}

// searchAround is search through the whole pool, upwards from the given place
// and then from the pool's start. It marks the pool full if it is.
func (p *pool[T, A]) searchAround(s *State[T, A], tx T, from uint64, now int64, skip func(A) bool) (uint64, bool) {
	place, ok, refused := p.search(tx, from, p.size()-1, now, skip)
	if !ok && from > 0 {
		var more bool
		place, ok, more = p.search(tx, 0, from-1, now, skip)
		refused = refused || more
	}
	if !ok && !refused {
		p.setFull(s, now)
	}
	return place, ok
}
