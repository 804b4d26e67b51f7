package alloc

import (
	"math/rand/v2"
	"sync"
	"testing"

	"nestor/lib/lease"
)

// store is a lease store without any cleverness, to compare with.
type store struct {
	lease.Manager4
	mu       sync.Mutex // held by the transaction under way
	leases   map[uint32]lease.Lease4
	watch    func(addr, subnetID uint32, taken bool)
	searches int // calls of NextFree4
}

func newStore() *store { return &store{leases: map[uint32]lease.Lease4{}} }

func (s *store) Watch4(fn func(addr, subnetID uint32, taken bool)) { s.watch = fn }

func (s *store) Begin4() lease.Tx4 {
	s.mu.Lock()
	return &tx{store: s}
}

type tx struct {
	lease.Tx4
	*store
}

func (t *tx) Rollback()     { t.mu.Unlock() }
func (t *tx) Commit() error { t.mu.Unlock(); return nil }

func (t *tx) Get4(addr uint32, l *lease.Lease4) (ok bool) {
	*l, ok = t.leases[addr]
	return ok
}

func (t *tx) NextFree4(from, to uint32, now int64) (uint32, bool) {
	t.searches++
	for a := uint64(from); a <= uint64(to); a++ {
		if l, ok := t.leases[uint32(a)]; !ok || l.Free(now) {
			return uint32(a), true
		}
	}
	return 0, false
}

// taken is what the store tells watchers: expiry counts once it is processed.
func (s *store) taken(addr uint32) bool {
	l, ok := s.leases[addr]
	return ok && l.State != lease.StateReclaimed && l.State != lease.StateReleased
}

func (s *store) change(addr uint32, fn func()) {
	before := s.taken(addr)
	fn()
	if after := s.taken(addr); after != before && s.watch != nil {
		s.watch(addr, s.leases[addr].SubnetID, after)
	}
}

func (t *tx) Put4(l *lease.Lease4) { t.change(l.Addr, func() { t.leases[l.Addr] = *l }) }

func (t *tx) Delete4(addr uint32) bool {
	_, ok := t.leases[addr]
	t.change(addr, func() { delete(t.leases, addr) })
	return ok
}

// lease puts a lease that runs out at the given second.
func (s *store) lease(addr uint32, expire int64) {
	s.in(func(t lease.Tx4) { t.Put4(&lease.Lease4{Addr: addr, ValidLft: 1, CLTT: expire - 1}) })
}

func (s *store) in(fn func(t lease.Tx4)) {
	t := s.Begin4()
	defer t.Commit()
	fn(t)
}

// next runs one Next in a transaction of its own.
func (s *store) next(a Allocator4, pools []int, now int64, skip func(uint32) bool) (addr uint32, ok bool) {
	s.in(func(t lease.Tx4) { addr, ok = a.Next(t, pools, now, skip) })
	return addr, ok
}

func newTestState(s *store) *State4 { return NewState4(s, rand.New(rand.NewPCG(1, 2))) }

func ranges(pools []Pool4) []Range4 {
	var all []Range4
	for _, p := range pools {
		all = append(all, p)
	}
	return all
}

func mustFor(t testing.TB, s *State4, id uint32, kind string, pools ...Pool4) Allocator4 {
	t.Helper()
	a, err := s.For(id, kind, ranges(pools))
	if err != nil {
		t.Fatal(err)
	}
	return a
}
