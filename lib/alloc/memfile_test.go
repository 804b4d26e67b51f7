package alloc_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nestor/lib/alloc"
	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
)

func open(t testing.TB) *memfile.Store4 {
	s, _, err := memfile.Open4(memfile.Options4{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close4() })
	return s
}

func allocator(t testing.TB, s *memfile.Store4, kind string, pools ...alloc.Pool4) alloc.Allocator4 {
	var ranges []alloc.Range4
	for _, p := range pools {
		ranges = append(ranges, p)
	}
	a, err := alloc.NewState4(s, rand.New(rand.NewPCG(1, 2))).For(1, kind, ranges)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// followed is a free lease queue over the store that ships with the servers,
// and what must be in it.
type followed struct {
	store *memfile.Store4
	alloc alloc.Allocator4
	pool  alloc.Pool4
	free  map[uint32]bool
}

// transaction changes leases and then commits or rolls back.
func (f *followed) transaction(t *rapid.T) {
	tx := f.store.Begin4()
	defer tx.Rollback()
	after := maps.Clone(f.free)
	for range rapid.IntRange(0, 10).Draw(t, "changes") {
		addr := rapid.Uint32Range(f.pool.First, f.pool.Last).Draw(t, "address")
		state := rapid.SampledFrom([]lease.State{lease.StateDefault, lease.StateDeclined, lease.StateReclaimed, lease.StateReleased}).Draw(t, "state")
		if rapid.Bool().Draw(t, "delete") {
			tx.Delete4(addr)
			after[addr] = true
			continue
		}
		subnet := rapid.Uint32Range(1, 2).Draw(t, "subnet")
		tx.Put4(&lease.Lease4{Addr: addr, SubnetID: subnet, State: state, CLTT: 100, ValidLft: 50, HWAddr: make([]byte, 6)})
		after[addr] = state == lease.StateReclaimed || state == lease.StateReleased
	}
	if rapid.Bool().Draw(t, "commit") {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		f.free = after
	}
}

// check goes once through the queue.
func (f *followed) check(t *rapid.T) {
	tx := f.store.Begin4()
	defer tx.Rollback()
	var want, got []uint32
	for addr := f.pool.First; addr <= f.pool.Last; addr++ {
		if f.free[addr] {
			want = append(want, addr)
		}
		// All leases have run out at 1000, so only the queue keeps them back.
		if addr, ok := f.alloc.Next(tx, []int{0}, 1000, nil); ok {
			got = append(got, addr)
		}
	}
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Fatalf("offers %x, want %x", got, want)
	}
}

// A queue follows what transactions do, and what is undone when they are rolled
// back.
func TestQueueFollowsTransactions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, _, err := memfile.Open4(memfile.Options4{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close4()
		f := &followed{store: s, pool: alloc.Pool4{First: 0x0a0000f0, Last: 0x0a000110}, free: map[uint32]bool{}}
		for addr := f.pool.First; addr <= f.pool.Last; addr++ {
			f.free[addr] = true
		}
		f.alloc = allocator(t, s, alloc.FreeLeaseQueue, f.pool)
		rt.Repeat(map[string]func(*rapid.T){"transaction": f.transaction, "": f.check})
	})
}

// fill leases the pool but for the given number of addresses at its end.
func fill(b *testing.B, s *memfile.Store4, p alloc.Pool4, leave uint32) {
	tx := s.Begin4()
	l := lease.Lease4{SubnetID: 1, CLTT: 100, ValidLft: 1e9, HWAddr: make([]byte, 6)}
	for l.Addr = p.First; l.Addr <= p.Last-leave; l.Addr++ {
		l.HWAddr[2], l.HWAddr[3], l.HWAddr[4], l.HWAddr[5] = byte(l.Addr>>24), byte(l.Addr>>16), byte(l.Addr>>8), byte(l.Addr)
		tx.Put4(&l)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// What a stranger's DISCOVER costs in a pool of a million addresses: one that
// is exhausted, each time in another second, and one with few addresses left.
func BenchmarkNext(b *testing.B) {
	pool := alloc.Pool4{First: 0x0a000000, Last: 0x0a0fffff}
	for _, c := range []struct {
		name  string
		leave uint32
	}{{"exhausted", 0}, {"10left", 10}} {
		s := open(b)
		fill(b, s, pool, c.leave)
		for _, kind := range []string{alloc.Iterative, alloc.Random, alloc.FreeLeaseQueue} {
			b.Run(c.name+"/"+kind, func(b *testing.B) {
				a := allocator(b, s, kind, pool)
				tx := s.Begin4()
				defer tx.Rollback()
				pools := []int{0}
				now := int64(1000)
				b.ReportAllocs()
				for b.Loop() {
					now++
					a.Next(tx, pools, now, nil)
				}
			})
		}
	}
}
