package alloc

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"nestor/lib/lease"
)

// State is what the allocators of a server remember. It outlives
// configurations: an allocator for a subnet whose pools stay goes on where its
// predecessor was. It belongs to one lease store and is safe for concurrent use.
type State struct {
	leases lease.Manager4
	freed  atomic.Uint64 // addresses that became free so far
	uses   atomic.Uint64 // calls of MarkUsed so far
	queues queueIndex

	randomMu sync.Mutex
	drawn    *tape // where random comes from
	random   *mathrand.Rand

	mu sync.Mutex
	// subnets finds the newest allocator of a subnet. The snapshots that use an
	// allocator keep it alive; when the last one is gone its memory is too.
	subnets map[uint32]weak.Pointer[subnet]
}

// NewState makes the state for a lease store, whose Watch4 it takes over. With
// nil for leases it serves to try a configuration: For checks its arguments, and
// queues stay empty. random makes the choices of the allocators; nil stands for
// a generator with a seed that nobody can guess.
func NewState(leases lease.Manager4, random *mathrand.Rand) *State {
	if random == nil {
		var seed [32]byte
		rand.Read(seed[:]) // never fails, see crypto/rand
		random = mathrand.New(mathrand.NewChaCha8(seed))
	}
	s := &State{leases: leases, drawn: &tape{source: random}, subnets: make(map[uint32]weak.Pointer[subnet])}
	s.random = mathrand.New(s.drawn)
	if leases != nil {
		leases.Watch4(s.watch)
	}
	return s
}

// watch is told by the lease store of every address that becomes taken or free.
func (s *State) watch(addr, _ uint32, taken bool) {
	if !taken {
		s.freed.Add(1)
	}
	s.queues.update(addr, taken)
}

// newOrder makes a random order of n things.
func (s *State) newOrder(n uint64) permutation {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	return newPermutation(n, s.random)
}

// pick returns a random number below n.
func (s *State) pick(n uint64) uint64 {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	return s.random.Uint64N(n)
}

// subnet is what the allocators share: the pools and the past of one subnet.
type subnet struct {
	state *State
	kind  string
	pools []*pool
	past  *past
}

// past goes from an allocator of a subnet to its successor.
type past struct {
	mu   sync.Mutex // guards the pools, which old and new allocators share
	used atomic.Uint64
}

// MarkUsed implements Allocator.
func (s *subnet) MarkUsed() { s.past.used.Store(s.state.uses.Add(1)) }

// LastUsed implements Allocator.
func (s *subnet) LastUsed() uint64 { return s.past.used.Load() }

// For returns the allocator of the given kind ("" is iterative) for a subnet.
// pools are its pools in ascending order. The subnet's present allocator keeps
// working, so a configuration that is turned down in the end does no harm.
//
// For flq it reads the leases of new pools, in many short transactions: the
// caller must not be in one.
func (s *State) For(subnetID uint32, kind string, pools []Pool) (Allocator, error) {
	if kind == "" {
		kind = Iterative
	}
	if kind != Iterative && kind != Random && kind != FreeLeaseQueue {
		return nil, fmt.Errorf("unknown allocator %q: use %s, %s or %s", kind, Iterative, Random, FreeLeaseQueue)
	}
	if err := checkPools(pools, kind); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, added := s.successor(subnetID, kind, pools)
	switch kind {
	case Random:
		return &random{sub}, nil
	case FreeLeaseQueue:
		for _, p := range added {
			s.fillQueue(p)
		}
		return &freeLeaseQueue{sub}, nil
	}
	return &iterative{sub}, nil
}

func checkPools(pools []Pool, kind string) error {
	for i, p := range pools {
		switch {
		case p.First > p.Last || i > 0 && p.First <= pools[i-1].Last:
			return fmt.Errorf("pool %d: its range is empty, or not above that of the pool before it", i)
		case kind == FreeLeaseQueue && p.size() > maxQueue:
			return fmt.Errorf("pool %d has %d addresses, a free lease queue can have %d: use the allocator %s or %s for this subnet", i, p.size(), maxQueue, Iterative, Random)
		}
	}
	return nil
}

// successor makes the subnet's new state out of the present one and tells which
// of its pools are new. The caller holds s.mu.
func (s *State) successor(id uint32, kind string, pools []Pool) (next *subnet, added []*pool) {
	next = &subnet{state: s, kind: kind, past: &past{}}
	var present []*pool
	if old := s.subnets[id].Value(); old != nil {
		next.past = old.past
		if old.kind == kind {
			present = old.pools
		}
	}
	for _, p := range pools {
		i := slices.IndexFunc(present, func(old *pool) bool { return old.Pool == p })
		if i >= 0 {
			next.pools = append(next.pools, present[i])
			continue
		}
		fresh := &pool{Pool: p}
		next.pools = append(next.pools, fresh)
		added = append(added, fresh)
	}
	s.subnets[id] = weak.Make(next)
	return next, added
}
