package alloc

import (
	"slices"

	"nestor/lib/lease"
)

// Foresight asks the allocators of a State ahead: what they would choose, one after
// the other, for a query that is served in the transaction under way. It works on
// copies, so that all of it can be forgotten. It belongs to one goroutine.
type Foresight[T Tx, A any] struct {
	origin *State[T, A]
	state  *State[T, A] // draws what origin will draw
	copies map[Allocator[T, A]]Allocator[T, A]
	heard  []change[A] // of leases so far
}

// change tells that an address became taken or free.
type change[A any] struct {
	addr  A
	taken bool
}

// Those of the two families. What is said of State4 and State6 holds for them.
type (
	Foresight4 = Foresight[lease.Tx4, uint32]
	Foresight6 = Foresight[lease.Tx6, [16]byte]
)

// Foresee begins to ask allocators ahead. End comes before they may choose in earnest
// again.
func (s *State[T, A]) Foresee() *Foresight[T, A] {
	s.chance.record()
	ahead := &State[T, A]{family: s.family, chance: s.chance}
	ahead.queues.compare = s.compare
	ahead.freed.Store(s.freed.Load())
	ahead.uses.Store(s.uses.Load())
	return &Foresight[T, A]{origin: s, state: ahead, copies: map[Allocator[T, A]]Allocator[T, A]{}}
}

// End forgets what the allocators were asked.
func (f *Foresight[T, A]) End() { f.origin.chance.rewind() }

// Of returns the copy of an allocator of the State: it chooses as that one would, and
// remembers what it chose.
func (f *Foresight[T, A]) Of(a Allocator[T, A]) Allocator[T, A] {
	c := f.copies[a]
	if c == nil {
		c = a.ahead(f)
		f.copies[a] = c
	}
	return c
}

// Watch tells the copies that an address would become taken or free in the
// transaction, which the store does not say.
func (f *Foresight[T, A]) Watch(addr A, taken bool) {
	f.heard = append(f.heard, change[A]{addr, taken})
	f.state.watch(addr, 0, taken)
}

func (a *iterative[T, A]) ahead(f *Foresight[T, A]) Allocator[T, A] {
	return &iterative[T, A]{a.copied(f)}
}

func (a *random[T, A]) ahead(f *Foresight[T, A]) Allocator[T, A] {
	return &random[T, A]{a.copied(f)}
}

func (a *freeLeaseQueue[T, A]) ahead(f *Foresight[T, A]) Allocator[T, A] {
	return &freeLeaseQueue[T, A]{a.copied(f)}
}

// copied copies a subnet with what is remembered of its pools.
func (s *subnet[T, A]) copied(f *Foresight[T, A]) *subnet[T, A] {
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	c := &subnet[T, A]{state: f.state, kind: s.kind, past: &past[T, A]{}}
	c.past.used.Store(s.past.used.Load())
	for _, p := range s.pools {
		next := *p
		if p.queue != nil {
			next.queue = p.queue.copied()
			f.state.queues.add(&next)
			for _, h := range f.heard {
				next.update(h.addr, h.taken)
			}
		}
		if p == s.past.latest {
			c.past.latest = &next
		}
		c.pools = append(c.pools, &next)
	}
	return c
}

func (q *queue) copied() *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	return &queue{size: q.size, next: slices.Clone(q.next), prev: slices.Clone(q.prev)}
}
