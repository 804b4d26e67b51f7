package alloc

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"weak"
)

// State is what the allocators of a server remember. It outlives
// configurations: an allocator for a subnet whose pools stay goes on where its
// predecessor was. It belongs to one lease store and is safe for concurrent use.
type State[T Tx, A any] struct {
	family[T, A]
	freed  atomic.Uint64 // addresses that became free so far
	uses   atomic.Uint64 // calls of MarkUsed so far
	queues queueIndex[T, A]

	*chance

	mu sync.Mutex
	// subnets finds the newest allocator of a subnet. The snapshots that use an
	// allocator keep it alive; when the last one is gone its memory is too.
	subnets map[uint32]weak.Pointer[subnet[T, A]]
}

// Source is where random numbers come from, a generator's or a test's.
type Source = mathrand.Source

func newState[T Tx, A any](f family[T, A], random Source) *State[T, A] {
	if random == nil {
		var seed [32]byte
		rand.Read(seed[:]) // never fails, see crypto/rand
		random = mathrand.NewChaCha8(seed)
	}
	s := &State[T, A]{family: f, chance: newChance(random), subnets: make(map[uint32]weak.Pointer[subnet[T, A]])}
	s.queues.compare = f.compare
	return s
}

// watch is told by the lease store of every address that becomes taken or free.
func (s *State[T, A]) watch(addr A, _ uint32, taken bool) {
	if !taken {
		s.freed.Add(1)
	}
	s.queues.update(addr, taken)
}

// subnet is what the allocators share: the pools and the past of one subnet.
type subnet[T Tx, A any] struct {
	state *State[T, A]
	kind  string
	pools []*pool[T, A]
	past  *past[T, A]
}

// past goes from an allocator of a subnet to its successor.
type past[T Tx, A any] struct {
	mu     sync.Mutex  // guards the pools, which old and new allocators share, and latest
	latest *pool[T, A] // that gave the last address, nil before the first one
	used   atomic.Uint64
}

// MarkUsed implements Allocator.
func (s *subnet[T, A]) MarkUsed() { s.past.used.Store(s.state.uses.Add(1)) }

// LastUsed implements Allocator.
func (s *subnet[T, A]) LastUsed() uint64 { return s.past.used.Load() }

// For returns the allocator of the given kind ("" is iterative) for a subnet.
// pools are its pools in ascending order. The subnet's present allocator keeps
// working, so a configuration that is turned down in the end does no harm.
//
// For flq it reads the leases of new pools, in many short transactions: the
// caller must not be in one.
func (s *State[T, A]) For(subnetID uint32, kind string, pools []Range[T, A]) (Allocator[T, A], error) {
	if kind == "" {
		kind = Iterative
	}
	if kind != Iterative && kind != Random && kind != FreeLeaseQueue {
		return nil, fmt.Errorf("unknown allocator %q: use %s, %s or %s", kind, Iterative, Random, FreeLeaseQueue)
	}
	if err := s.checkPools(pools, kind); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, added := s.successor(subnetID, kind, pools)
	switch kind {
	case Random:
		return &random[T, A]{sub}, nil
	case FreeLeaseQueue:
		for _, p := range added {
			s.fillQueue(p)
		}
		return &freeLeaseQueue[T, A]{sub}, nil
	}
	return &iterative[T, A]{sub}, nil
}

func (s *State[T, A]) checkPools(pools []Range[T, A], kind string) error {
	for i, p := range pools {
		switch {
		case p.size() == 0 || i > 0 && s.compare(p.at(0), last(pools[i-1])) <= 0:
			return fmt.Errorf("pool %d: its range is empty, or not above that of the pool before it", i)
		case kind == FreeLeaseQueue && p.size() > maxQueue:
			return fmt.Errorf("pool %d has %d addresses, a free lease queue can have %d: use the allocator %s or %s for this subnet", i, p.size(), maxQueue, Iterative, Random)
		}
	}
	return nil
}

// last is the address at the end of a range.
func last[T Tx, A any](r Range[T, A]) A { return r.at(r.size() - 1) }

// successor makes the subnet's new state out of the present one and tells which
// of its pools are new. The caller holds s.mu.
func (s *State[T, A]) successor(id uint32, kind string, pools []Range[T, A]) (next *subnet[T, A], added []*pool[T, A]) {
	next = &subnet[T, A]{state: s, kind: kind, past: &past[T, A]{}}
	var present []*pool[T, A]
	if old := s.subnets[id].Value(); old != nil {
		next.past = old.past
		if old.kind == kind {
			present = old.pools
		}
	}
	for _, p := range pools {
		i := slices.IndexFunc(present, func(old *pool[T, A]) bool { return old.Range == p })
		if i >= 0 {
			next.pools = append(next.pools, present[i])
			continue
		}
		fresh := &pool[T, A]{Range: p}
		next.pools = append(next.pools, fresh)
		added = append(added, fresh)
	}
	s.subnets[id] = weak.Make(next)
	return next, added
}
