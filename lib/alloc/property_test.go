package alloc

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nestor/lib/lease"
)

// world is an allocator over a store, with what must hold at every step.
type world struct {
	store   *store
	state   *State4
	alloc   Allocator4
	kind    string
	pools   []Pool4
	now     int64
	refused map[uint32]bool
}

func drawPools(t *rapid.T) []Pool4 {
	var pools []Pool4
	first := uint32(0x0a0000f0)
	for range rapid.IntRange(1, 4).Draw(t, "pools") {
		first += rapid.Uint32Range(1, 10).Draw(t, "gap")
		last := first + rapid.Uint32Range(0, 40).Draw(t, "size")
		pools = append(pools, Pool4{First: first, Last: last, SkipEnds: rapid.Bool().Draw(t, "skipEnds")})
		first = last
	}
	return pools
}

func drawWorld(t *rapid.T) *world {
	w := &world{
		store:   newStore(),
		kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
		pools:   drawPools(t),
		now:     100,
		refused: map[uint32]bool{},
	}
	w.state = NewState4(w.store, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
	w.configure(t)
	return w
}

func (w *world) configure(t *rapid.T) {
	var err error
	if w.alloc, err = w.state.For(1, w.kind, ranges(w.pools)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) address(t *rapid.T) uint32 {
	p := rapid.SampledFrom(w.pools).Draw(t, "pool")
	return rapid.Uint32Range(p.First, p.Last).Draw(t, "address")
}

func (w *world) allowed(t *rapid.T) []int {
	var pools []int
	for i := range w.pools {
		if rapid.Bool().Draw(t, "allowed") {
			pools = append(pools, i)
		}
	}
	return pools
}

// free tells whether the allocator may give the address. A free lease queue
// does not know of leases that have run out but are not reclaimed.
func (w *world) free(addr uint32) bool {
	l, ok := w.store.leases[addr]
	return !ok || l.Free(w.now) && (w.kind != FreeLeaseQueue || !w.store.taken(addr))
}

// candidates are the addresses that may be given from the pools.
func (w *world) candidates(pools []int) []uint32 {
	var addrs []uint32
	for _, i := range pools {
		for a := w.pools[i].First; a <= w.pools[i].Last; a++ {
			if w.free(a) && !w.pools[i].excludes(uint64(a-w.pools[i].First)) && !w.refused[a] {
				addrs = append(addrs, a)
			}
		}
	}
	return addrs
}

func (w *world) next(t *rapid.T, pools []int) (uint32, bool) {
	candidates := w.candidates(pools)
	refused := func(a uint32) bool { return w.refused[a] }
	var peeked uint32
	var peekedOK bool
	for range rapid.IntRange(0, 2).Draw(t, "peeks") {
		f := w.state.Foresee()
		w.store.in(func(tx lease.Tx4) { peeked, peekedOK = f.Of(w.alloc).Next(tx, pools, w.now, refused) })
		f.End()
		if !peekedOK && len(candidates) > 0 {
			t.Fatalf("%s foresees nothing although %#x is free", w.kind, candidates[0])
		}
	}
	addr, ok := w.store.next(w.alloc, pools, w.now, refused)
	if peekedOK && (!ok || addr != peeked) {
		t.Fatalf("%s gave %#x after it foresaw %#x", w.kind, addr, peeked)
	}
	if ok && !slices.Contains(candidates, addr) {
		t.Fatalf("%s gave %#x, which is in use, refused or not in the pools %v", w.kind, addr, pools)
	}
	if !ok && len(candidates) > 0 {
		t.Fatalf("%s gave nothing although %#x is free", w.kind, candidates[0])
	}
	return addr, ok
}

// D4.56.1: whatever happens, an allocator gives free addresses only,
// and gives one as long as there is one; and a Foresight foresees it.
func TestGivesFreeAddressesOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		t.Repeat(map[string]func(*rapid.T){
			"next": func(t *rapid.T) { w.next(t, w.allowed(t)) },
			"next and lease": func(t *rapid.T) {
				if addr, ok := w.next(t, w.allowed(t)); ok {
					w.store.lease(addr, w.now+rapid.Int64Range(0, 5).Draw(t, "lifetime"))
				}
			},
			"lease": func(t *rapid.T) {
				lifetime := rapid.Int64Range(-3, 5).Draw(t, "lifetime")
				w.store.lease(w.address(t), w.now+lifetime)
				if lifetime < 0 {
					w.now++ // only then need a full pool notice that a command has let a lease end
				}
			},
			"delete": func(t *rapid.T) {
				addr := w.address(t)
				w.store.in(func(tx lease.Tx4) { tx.Delete4(addr) })
			},
			"reclaim": func(t *rapid.T) {
				addr := w.address(t)
				w.store.in(func(tx lease.Tx4) { tx.Put4(&lease.Lease4{Addr: addr, State: lease.StateReclaimed}) })
			},
			"reserve":     func(t *rapid.T) { a := w.address(t); w.refused[a] = !w.refused[a] },
			"time":        func(t *rapid.T) { w.now += rapid.Int64Range(0, 3).Draw(t, "seconds") },
			"reconfigure": func(t *rapid.T) { w.configure(t) },
			"other pools": func(t *rapid.T) { w.pools = drawPools(t); w.configure(t) },
			"other kind": func(t *rapid.T) {
				w.kind = rapid.SampledFrom(kinds).Draw(t, "kind")
				w.configure(t)
			},
		})
	})
}

// Every address of the pools comes up, each once, before any comes again.
func TestCoversEveryAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var pools []int
		for i := range w.pools {
			pools = append(pools, i)
		}
		want := w.candidates(pools)
		if w.kind == FreeLeaseQueue {
			// goes to the next pool only when one has nothing left
			pools = pools[:1]
			want = w.candidates(pools)
		}
		var got []uint32
		for range want {
			addr, _ := w.next(t, pools)
			got = append(got, addr)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s gave %#x, want %#x", w.kind, got, want)
		}
	})
}

// Leased as they come, all addresses are given, and then none.
func TestLeasesOutThePools(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var pools []int
		for i := range w.pools {
			pools = append(pools, i)
		}
		for range w.candidates(pools) {
			addr, ok := w.next(t, pools)
			if !ok {
				t.Fatal("too few")
			}
			w.store.lease(addr, forever)
		}
		if addr, ok := w.next(t, pools); ok {
			t.Fatalf("%#x is one too many", addr)
		}
	})
}

func TestPermutation(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := uint64(1); n <= 300; n++ {
		p := newPermutation(n, random)
		seen := make([]bool, n)
		for i := range n {
			v := p.at(i)
			if v >= n || seen[v] {
				t.Fatalf("order of %d: place %d holds %d", n, i, v)
			}
			seen[v] = true
		}
	}
	for _, n := range []uint64{1 << 20, 1 << 32, 1<<32 - 5, 1 << 62} {
		p := newPermutation(n, random)
		for i := range uint64(1000) {
			if v := p.at(n - 1 - i); v >= n {
				t.Fatalf("order of %d: place %d holds %d", n, n-1-i, v)
			}
		}
	}
}

// The queue against a slice.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.IntRange(1, 10).Draw(t, "capacity")
		q := newQueue(capacity)
		var model []uint32
		number := rapid.Uint32Range(0, uint32(capacity-1))
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				n := number.Draw(t, "n")
				q.push(n)
				if !slices.Contains(model, n) {
					model = append(model, n)
				}
			},
			"remove": func(t *rapid.T) {
				n := number.Draw(t, "n")
				q.remove(n)
				model = slices.DeleteFunc(model, func(m uint32) bool { return m == n })
			},
			"": func(t *rapid.T) {
				var got []uint32
				for n := q.head(); n != q.end(); n = q.next[n] {
					got = append(got, n)
				}
				if !slices.Equal(got, model) || q.size != len(model) {
					t.Fatalf("queue %v with size %d, want %v", got, q.size, model)
				}
			},
		})
	})
}
