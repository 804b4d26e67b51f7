package alloc

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/lease"
)

// forever is an end of a lease that no test reaches.
const forever = 1 << 40

var kinds = []string{Iterative, Random, FreeLeaseQueue}

// take calls Next n times and returns the addresses, those that it could not
// give left out.
func take(s *store, a Allocator4, pools []int, n int) []uint32 {
	var got []uint32
	for range n {
		if addr, ok := s.next(a, pools, 100, nil); ok {
			got = append(got, addr)
		}
	}
	return got
}

func TestKind(t *testing.T) {
	t.Run("D4.53.1 iterative, random, flq and the default", func(t *testing.T) {
		for kind, want := range map[string]string{"": Iterative, "iterative": Iterative, "random": Random, "flq": FreeLeaseQueue} {
			a := mustFor(t, newTestState(newStore()), 1, kind, Pool4{First: 10, Last: 19})
			got := ""
			switch a.(type) {
			case *iterative[lease.Tx4, uint32]:
				got = Iterative
			case *random[lease.Tx4, uint32]:
				got = Random
			case *freeLeaseQueue[lease.Tx4, uint32]:
				got = FreeLeaseQueue
			}
			if got != want {
				t.Errorf("allocator %q made a %T", kind, a)
			}
		}
	})
	t.Run("D4.53.1 unknown name", func(t *testing.T) {
		_, err := newTestState(newStore()).For(1, "flap", nil)
		if err == nil || !strings.Contains(err.Error(), `"flap"`) || !strings.Contains(err.Error(), "iterative, random or flq") {
			t.Errorf("error %v", err)
		}
	})
}

// A configuration can be tried without a lease store.
func TestWithoutStore(t *testing.T) {
	state := NewState4(nil, nil)
	for _, kind := range kinds {
		mustFor(t, state, 1, kind, Pool4{First: 10, Last: 19})
	}
	if _, err := state.For(1, "flap", nil); err == nil {
		t.Error("an unknown allocator is accepted")
	}
}

func TestPoolsAreChecked(t *testing.T) {
	for name, pools := range map[string][]Pool4{
		"empty":      {{First: 5, Last: 4}},
		"descending": {{First: 10, Last: 19}, {First: 1, Last: 2}},
		"overlap":    {{First: 10, Last: 19}, {First: 19, Last: 25}},
	} {
		if _, err := newTestState(newStore()).For(1, Iterative, ranges(pools)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, err := newTestState(newStore()).For(1, FreeLeaseQueue, ranges([]Pool4{{First: 0, Last: 1 << 24}}))
	if err == nil || !strings.Contains(err.Error(), "16777217 addresses") {
		t.Errorf("queue too long: error %v", err)
	}
}

func TestIterativeOrder(t *testing.T) {
	s := newStore()
	a := mustFor(t, newTestState(s), 1, Iterative, Pool4{First: 10, Last: 12}, Pool4{First: 20, Last: 21})
	t.Run("D4.53.3 iterative: last offered address + 1, pool by pool, then from the start", func(t *testing.T) {
		got := take(s, a, []int{0, 1}, 7)
		if want := []uint32{10, 11, 12, 20, 21, 10, 11}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("D4.56.1 the first address found available is taken", func(t *testing.T) {
		s.lease(12, forever)
		s.lease(20, 99) // expired at 100
		got := take(s, a, []int{0, 1}, 3)
		if want := []uint32{20, 21, 10}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("D4.53.3 an address freed behind the last offered one waits for its turn", func(t *testing.T) {
		take(s, a, []int{0, 1}, 2) // 11, then 20 for 12 is in use; both of the second pool follow
		s.in(func(t lease.Tx4) { t.Delete4(12) })
		got := take(s, a, []int{0, 1}, 4)
		if want := []uint32{21, 10, 11, 12}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("only allowed pools", func(t *testing.T) {
		got := take(s, a, []int{1}, 3)
		if want := []uint32{20, 21, 20}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := take(s, a, nil, 1); got != nil {
			t.Errorf("without pools got %v", got)
		}
	})
}

func TestIterativeAtTheTopOfTheAddressSpace(t *testing.T) {
	s := newStore()
	a := mustFor(t, newTestState(s), 1, Iterative, Pool4{First: 1<<32 - 2, Last: 1<<32 - 1})
	got := take(s, a, []int{0}, 3)
	if want := []uint32{1<<32 - 2, 1<<32 - 1, 1<<32 - 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRandomOrder(t *testing.T) {
	s := newStore()
	a := mustFor(t, newTestState(s), 1, Random, Pool4{First: 0, Last: 999}, Pool4{First: 5000, Last: 5999})
	t.Run("D4.53.3 random: remembers what it offered, from pools at random", func(t *testing.T) {
		for cycle := range 2 {
			got := take(s, a, []int{0, 1}, 2000)
			second := 0
			for _, addr := range got[:1000] {
				if addr >= 5000 {
					second++
				}
			}
			if second < 400 || second > 600 {
				t.Errorf("cycle %d: %d of the first 1000 addresses are in the second pool", cycle, second)
			}
			if slices.IsSorted(got[:10]) {
				t.Errorf("cycle %d: begins in order with %v", cycle, got[:10])
			}
			slices.Sort(got)
			if n := len(slices.Compact(got)); n != 2000 {
				t.Errorf("cycle %d: %d different addresses of 2000", cycle, n)
			}
		}
	})
}

func TestRandomFindsTheLastFreeAddress(t *testing.T) {
	s := newStore()
	for addr := range uint32(5000) {
		if addr != 4321 {
			s.lease(addr, forever)
		}
	}
	a := mustFor(t, newTestState(s), 1, Random, Pool4{First: 0, Last: 1999}, Pool4{First: 2000, Last: 4999})
	for range 20 {
		if addr, ok := s.next(a, []int{0, 1}, 100, nil); !ok || addr != 4321 {
			t.Fatalf("got %d, %v", addr, ok)
		}
	}
}

func TestFreeLeaseQueue(t *testing.T) {
	s := newStore()
	s.lease(11, forever)
	s.lease(12, 50) // expired at 100, not reclaimed
	s.in(func(t lease.Tx4) {
		t.Put4(&lease.Lease4{Addr: 13, State: lease.StateReclaimed})
		t.Put4(&lease.Lease4{Addr: 14, State: lease.StateDeclined, CLTT: 90, ValidLft: 100})
	})
	a := mustFor(t, newTestState(s), 1, FreeLeaseQueue, Pool4{First: 10, Last: 16})
	sorted := func(addrs []uint32) []uint32 { slices.Sort(addrs); return addrs }

	t.Run("D4.53.4 filled when configured", func(t *testing.T) {
		if got := sorted(take(s, a, []int{0}, 4)); !slices.Equal(got, []uint32{10, 13, 15, 16}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("D4.53.3 the head goes to the tail, a lease leaves the queue", func(t *testing.T) {
		first := take(s, a, []int{0}, 4)
		if again := take(s, a, []int{0}, 4); !slices.Equal(again, first) {
			t.Errorf("offered %v, then %v", first, again)
		}
		s.lease(first[1], forever)
		want := []uint32{first[0], first[2], first[3], first[0]}
		if got := take(s, a, []int{0}, 4); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		s.in(func(t lease.Tx4) { t.Delete4(first[1]) })
		if got := take(s, a, []int{0}, 4); got[3] != first[1] {
			t.Errorf("%d became free but is not behind the others: %v", first[1], got)
		}
	})
	t.Run("D4.53.4 an expired lease is free once it is reclaimed", func(t *testing.T) {
		if got := take(s, a, []int{0}, 10); slices.Contains(got, 12) {
			t.Errorf("12 is not reclaimed but was offered: %v", got)
		}
		s.in(func(t lease.Tx4) { t.Put4(&lease.Lease4{Addr: 12, State: lease.StateReclaimed}) })
		if got := take(s, a, []int{0}, 5); !slices.Contains(got, 12) {
			t.Errorf("12 is reclaimed but was not offered: %v", got)
		}
	})
	t.Run("nothing left", func(t *testing.T) {
		for addr := uint32(10); addr <= 16; addr++ {
			s.lease(addr, forever)
		}
		if got := take(s, a, []int{0}, 1); got != nil {
			t.Errorf("got %v", got)
		}
	})
}

func TestFreeLeaseQueueIsRandom(t *testing.T) {
	s := newStore()
	a := mustFor(t, newTestState(s), 1, FreeLeaseQueue, Pool4{First: 0, Last: 9999})
	got := take(s, a, []int{0}, 10000)
	if slices.IsSorted(got[:10]) {
		t.Errorf("begins in order with %v", got[:10])
	}
	slices.Sort(got)
	if n := len(slices.Compact(got)); n != 10000 {
		t.Errorf("D4.53.3: %d different addresses of 10000", n)
	}
}

// Queues of subnets that overlap hear of the same addresses.
func TestQueuesOverlap(t *testing.T) {
	s := newStore()
	state := newTestState(s)
	wide := mustFor(t, state, 1, FreeLeaseQueue, Pool4{First: 0, Last: 99})
	narrow := mustFor(t, state, 2, FreeLeaseQueue, Pool4{First: 10, Last: 12})
	other := mustFor(t, state, 3, FreeLeaseQueue, Pool4{First: 11, Last: 11}, Pool4{First: 200, Last: 200})
	s.lease(11, forever)
	if got := take(s, wide, []int{0}, 99); slices.Contains(got, 11) {
		t.Error("11 is taken but the first subnet offers it")
	}
	if got := take(s, narrow, []int{0}, 3); slices.Contains(got, 11) {
		t.Errorf("11 is taken but the second subnet offers %v", got)
	}
	if got := take(s, other, []int{0, 1}, 1); !slices.Equal(got, []uint32{200}) {
		t.Errorf("11 is taken but the third subnet offers %v", got)
	}
	s.lease(50, forever)
	if got := take(s, wide, []int{0}, 98); slices.Contains(got, 50) {
		t.Error("50 is taken but the first subnet offers it")
	}
	s.in(func(t lease.Tx4) { t.Delete4(11) })
	for i, a := range []Allocator4{wide, narrow, other} {
		if got := take(s, a, []int{0}, 100); !slices.Contains(got, 11) {
			t.Errorf("11 is free but subnet %d does not offer it", i+1)
		}
	}
}

func TestSkipEnds(t *testing.T) {
	for _, kind := range kinds {
		t.Run("D4.11.8 "+kind, func(t *testing.T) {
			s := newStore()
			a := mustFor(t, newTestState(s), 1, kind, Pool4{First: 0x0a0000fe, Last: 0x0a000102, SkipEnds: true})
			got := take(s, a, []int{0}, 3)
			slices.Sort(got)
			if want := []uint32{0x0a0000fe, 0x0a000101, 0x0a000102}; !slices.Equal(got, want) {
				t.Errorf("got %x, want %x", got, want)
			}
			for _, addr := range got {
				s.lease(addr, forever)
			}
			s.lease(0x0a0000ff, 1) // becomes free again by a command
			s.in(func(t lease.Tx4) { t.Delete4(0x0a0000ff) })
			if got := take(s, a, []int{0}, 1); got != nil {
				t.Errorf("all but .255 and .0 are taken, got %x", got)
			}
		})
	}
}

func TestSkippedAddressesAreNotGiven(t *testing.T) {
	for _, kind := range kinds {
		s := newStore()
		a := mustFor(t, newTestState(s), 1, kind, Pool4{First: 10, Last: 14})
		odd := func(addr uint32) bool { return addr%2 == 1 }
		for range 10 {
			if addr, ok := s.next(a, []int{0}, 100, odd); !ok || odd(addr) {
				t.Errorf("%s: got %d, %v", kind, addr, ok)
			}
		}
		if addr, ok := s.next(a, []int{0}, 100, func(uint32) bool { return true }); ok {
			t.Errorf("%s: got %d although all are refused", kind, addr)
		}
		if _, ok := s.next(a, []int{0}, 100, nil); !ok {
			t.Errorf("%s: what was refused to one client is free for another", kind)
		}
	}
}

// That one client may not have an address must not hide it from the next.
func TestRefusalIsNotExhaustion(t *testing.T) {
	for _, kind := range kinds {
		s := newStore()
		a := mustFor(t, newTestState(s), 1, kind, Pool4{First: 10, Last: 14})
		for addr := range uint32(3) {
			s.lease(10+addr, forever)
		}
		take(s, a, []int{0}, 1) // 13 with iterative: 14 is ahead, 10 to 13 behind
		s.lease(13, forever)
		if addr, ok := s.next(a, []int{0}, 100, func(addr uint32) bool { return addr == 14 }); ok {
			t.Errorf("%s: got %d", kind, addr)
		}
		if addr, ok := s.next(a, []int{0}, 100, nil); !ok || addr != 14 {
			t.Errorf("%s: got %d, %v, want 14", kind, addr, ok)
		}
	}
}

// An exhausted pool is searched once a second, however many strangers ask.
func TestExhaustedPoolCostsNoSearch(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := newStore()
			for addr := range uint32(300) {
				s.lease(addr, 200)
			}
			a := mustFor(t, newTestState(s), 1, kind, Pool4{First: 0, Last: 99}, Pool4{First: 100, Last: 299})
			pools := []int{0, 1}
			s.next(a, pools, 150, nil)
			s.searches = 0
			for range 10 {
				if addr, ok := s.next(a, pools, 150, nil); ok {
					t.Fatalf("got %d", addr)
				}
			}
			if s.searches != 0 {
				t.Errorf("%d searches", s.searches)
			}
			s.in(func(t lease.Tx4) { t.Delete4(123) })
			if addr, ok := s.next(a, pools, 150, nil); !ok || addr != 123 {
				t.Errorf("123 became free, got %d, %v", addr, ok)
			}
			if _, ok := s.next(a, pools, 201, nil); !ok {
				t.Error("all leases have expired, got none")
			}
		})
	}
}

func TestNextAllocatesNoMemory(t *testing.T) {
	for _, kind := range kinds {
		s := newStore()
		for addr := range uint32(64) {
			s.lease(addr*3, forever)
		}
		a := mustFor(t, newTestState(s), 1, kind, Pool4{First: 0, Last: 63}, Pool4{First: 64, Last: 255})
		pools := []int{0, 1}
		skip := func(addr uint32) bool { return addr%7 == 0 }
		tx := s.Begin4()
		if n := testing.AllocsPerRun(1000, func() { a.Next(tx, pools, 100, skip) }); n != 0 {
			t.Errorf("%s: %v allocations", kind, n)
		}
		tx.Rollback()
	}
}

func TestReconfiguration(t *testing.T) {
	pools := []Pool4{{First: 10, Last: 19}, {First: 30, Last: 39}}
	all := []int{0, 1}
	t.Run("iterative goes on where it was", func(t *testing.T) {
		s := newStore()
		state := newTestState(s)
		a := mustFor(t, state, 1, Iterative, pools...)
		take(s, a, all, 5)
		b := mustFor(t, state, 1, Iterative, pools...)
		if got := take(s, b, all, 1); !slices.Equal(got, []uint32{15}) {
			t.Errorf("same pools: got %v, want 15", got)
		}
		c := mustFor(t, state, 1, Iterative, Pool4{First: 1, Last: 5}, pools[0])
		if got := take(s, c, all, 1); !slices.Equal(got, []uint32{16}) {
			t.Errorf("pool added before: got %v, want 16", got)
		}
		if got := take(s, a, all, 1); !slices.Equal(got, []uint32{17}) {
			t.Errorf("old snapshot still in use: got %v, want 17", got)
		}
	})
	t.Run("random remembers what it offered", func(t *testing.T) {
		s := newStore()
		state := newTestState(s)
		got := take(s, mustFor(t, state, 1, Random, pools...), all, 13)
		got = append(got, take(s, mustFor(t, state, 1, Random, pools...), all, 7)...)
		slices.Sort(got)
		if n := len(slices.Compact(got)); n != 20 {
			t.Errorf("%d different addresses of 20", n)
		}
	})
	t.Run("flq keeps its queue and hears of what happens meanwhile", func(t *testing.T) {
		s := newStore()
		state := newTestState(s)
		a := mustFor(t, state, 1, FreeLeaseQueue, pools...)
		before := take(s, a, []int{0}, 10)
		b := mustFor(t, state, 1, FreeLeaseQueue, pools[0])
		s.searches = 0
		if after := take(s, b, []int{0}, 10); !slices.Equal(after, before) {
			t.Errorf("order was %v, became %v", before, after)
		}
		s.lease(31, forever)
		if got := take(s, a, []int{1}, 10); slices.Contains(got, 31) {
			t.Error("the old snapshot's pool no longer hears of leases")
		}
		runtime.KeepAlive(a)
	})
	t.Run("other kind", func(t *testing.T) {
		s := newStore()
		state := newTestState(s)
		a := mustFor(t, state, 1, Iterative, pools...)
		a.MarkUsed()
		b := mustFor(t, state, 1, FreeLeaseQueue, pools...)
		if got := take(s, b, all, 10); len(got) != 10 {
			t.Errorf("got %v", got)
		}
		if b.LastUsed() == 0 {
			t.Error("when the subnet was used last is forgotten")
		}
	})
}

func TestLastUsed(t *testing.T) {
	state := newTestState(newStore())
	a := mustFor(t, state, 1, Iterative, Pool4{First: 1, Last: 9})
	b := mustFor(t, state, 2, Iterative, Pool4{First: 11, Last: 19})
	if a.LastUsed() != 0 || b.LastUsed() != 0 {
		t.Error("used before use")
	}
	b.MarkUsed()
	a.MarkUsed()
	if a.LastUsed() <= b.LastUsed() {
		t.Errorf("the first was used last: %d, %d", a.LastUsed(), b.LastUsed())
	}
	b.MarkUsed()
	if b.LastUsed() <= a.LastUsed() {
		t.Errorf("the second was used last: %d, %d", a.LastUsed(), b.LastUsed())
	}
}

// A queue goes away with the last snapshot that has its pool.
func TestQueuesOfRemovedPoolsGoAway(t *testing.T) {
	state := newTestState(newStore())
	keep := mustFor(t, state, 1, FreeLeaseQueue, Pool4{First: 1, Last: 9})
	for id := range uint32(100) {
		mustFor(t, state, 100+id, FreeLeaseQueue, Pool4{First: 100 * id, Last: 100*id + 99})
		if id%10 == 9 {
			runtime.GC()
		}
	}
	if n := len(state.queues.refs); n > 60 {
		t.Errorf("%d queues are known, one is in use", n)
	}
	runtime.KeepAlive(keep)
}

// Packets go on while a queue is filled: nothing of what they change is missed.
func TestFillingBesideChanges(t *testing.T) {
	s := newStore()
	state := newTestState(s)
	const size = 3 * fillSlice
	stop := make(chan struct{})
	var changes sync.WaitGroup
	changes.Go(func() {
		for addr := uint32(0); ; addr = (addr + 7) % size {
			select {
			case <-stop:
				return
			default:
			}
			s.in(func(t lease.Tx4) {
				if !t.Delete4(addr) {
					t.Put4(&lease.Lease4{Addr: addr, CLTT: forever})
				}
			})
		}
	})
	a := mustFor(t, state, 1, FreeLeaseQueue, Pool4{First: 0, Last: size - 1})
	time.Sleep(time.Millisecond)
	close(stop)
	changes.Wait()
	got := take(s, a, []int{0}, size-len(s.leases))
	for _, addr := range got {
		if s.taken(addr) {
			t.Errorf("%d is taken but was offered", addr)
		}
	}
	slices.Sort(got)
	if n := len(slices.Compact(got)); n != size-len(s.leases) {
		t.Errorf("%d of %d free addresses were offered", n, size-len(s.leases))
	}
}

// Several allocators asked ahead choose what they then choose in earnest: they draw
// from one source.
func TestForesee(t *testing.T) {
	s := newStore()
	state := newTestState(s)
	var subnets []Allocator4
	for id := range uint32(3) {
		subnets = append(subnets, mustFor(t, state, id, Random, Pool4{First: id * 1000, Last: id*1000 + 999}))
	}
	choose := func(a Allocator4) (addr uint32) {
		s.in(func(tx lease.Tx4) { addr, _ = a.Next(tx, []int{0}, 100, nil) })
		return addr
	}
	for range 10 {
		var foreseen, given []uint32
		f := state.Foresee()
		for _, a := range subnets {
			foreseen = append(foreseen, choose(f.Of(a)), choose(f.Of(a)))
		}
		f.End()
		for _, a := range subnets {
			given = append(given, choose(a), choose(a))
		}
		if !slices.Equal(foreseen, given) {
			t.Fatalf("foreseen %v, given %v", foreseen, given)
		}
	}
}

// A queue that is asked ahead hears of the leases that would be given and ended, and
// the queue itself does not.
func TestForeseeChanges(t *testing.T) {
	s := newStore()
	state := newTestState(s)
	a := mustFor(t, state, 1, FreeLeaseQueue, Pool4{First: 10, Last: 12})
	for addr := range uint32(3) {
		s.lease(10+addr, 1000)
	}
	f := state.Foresee()
	defer f.End()
	s.in(func(tx lease.Tx4) {
		over := lease.NewOverlay4(tx)
		over.Watch = f.Watch
		if addr, ok := f.Of(a).Next(over, []int{0}, 100, nil); ok {
			t.Errorf("a full pool gave %d", addr)
		}
		over.Delete4(11)
		if addr, ok := f.Of(a).Next(over, []int{0}, 100, nil); !ok || addr != 11 {
			t.Errorf("foreseen %d %t, want the address that became free", addr, ok)
		}
		if addr, ok := a.Next(over, []int{0}, 100, nil); ok {
			t.Errorf("the queue gave %d", addr)
		}
	})
}
