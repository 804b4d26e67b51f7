package memfile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"nestor/lib/lease"
)

// Many leases under one name and few names: groups form and dissolve while the
// table grows.
func TestManyLeasesUnderOneName(t *testing.T) {
	s, _, err := Open4(Options4{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close4()
	r := rand.New(rand.NewPCG(5, 6))
	byName := map[string]map[uint32]bool{}
	nameOf := map[uint32]string{}
	for range 400 {
		tx := s.Begin4()
		for range 50 {
			addr := uint32(0x0a000000 + r.IntN(3000))
			if old, ok := nameOf[addr]; ok {
				delete(byName[old], addr)
				delete(nameOf, addr)
			}
			if r.IntN(3) == 0 {
				tx.Delete4(addr)
				continue
			}
			// The first names are shared by hundreds, the last by hardly any.
			name := fmt.Sprint("device", int(1000*r.Float64()*r.Float64()*r.Float64()))
			var l lease.Lease4
			client(&l, int(addr))
			l.Addr, l.Hostname = addr, []byte(name)
			tx.Put4(&l)
			nameOf[addr] = name
			if byName[name] == nil {
				byName[name] = map[uint32]bool{}
			}
			byName[name][addr] = true
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range byName {
		var got []uint32
		if err := s.Leases4(lease.Query4{Hostname: name}, func(l *lease.Lease4) bool {
			got = append(got, l.Addr)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.IsSorted(got) || len(got) != len(want) || slices.ContainsFunc(got, func(a uint32) bool { return !want[a] }) {
			t.Fatalf("%s: %d leases, want %d", name, len(got), len(want))
		}
	}
	if x := &s.hashes[byHostname]; int(x.nodes) != count(byName) {
		t.Errorf("the index has %d names, want %d", x.nodes, count(byName))
	}
}

// Full buckets are continued elsewhere, and what continued them is given back.
func TestHashIndexGivesBack(t *testing.T) {
	const n = 20_000
	s := filled(t, n, Options4{})
	x := &s.hashes[byClientID]
	if x.more.used == 0 {
		t.Error("no bucket is continued: this test shows nothing")
	}
	if load := float64(x.nodes) / float64(x.buckets.n); load > bucketLoad {
		t.Errorf("%.1f keys to a bucket, want %d at most", load, bucketLoad)
	}
	var want lease.Lease4
	for i := range n {
		tx := s.Begin4()
		client(&want, n-1-i)
		if got := tx.ByClientID4(want.ClientID, nil); len(got) != 1 || got[0].Addr != want.Addr {
			t.Fatalf("client %d has %d leases", n-1-i, len(got))
		}
		tx.Delete4(want.Addr)
		if got := tx.ByClientID4(want.ClientID, nil); len(got) != 0 {
			t.Fatalf("client %d has %d leases after its own was deleted", n-1-i, len(got))
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if x.nodes != 0 || x.more.used != 0 {
		t.Errorf("%d keys and %d continued buckets are left in an empty index", x.nodes, x.more.used)
	}
}

func count(byName map[string]map[uint32]bool) (n int) {
	for _, m := range byName {
		if len(m) > 0 {
			n++
		}
	}
	return n
}

// Leases run out in order, however many share a second and however far apart the
// seconds are.
func TestExpiryOrder(t *testing.T) {
	s, _, err := Open4(Options4{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close4()
	r := rand.New(rand.NewPCG(7, 8))
	ends := map[uint32]int64{}
	tx := s.Begin4()
	for i := range 20000 {
		var l lease.Lease4
		client(&l, i)
		switch r.IntN(4) {
		case 0:
			l.CLTT = benchNow
		case 1:
			l.CLTT = benchNow + r.Int64N(100)
		case 2:
			l.CLTT = benchNow + r.Int64N(86400)
		case 3:
			l.CLTT = benchNow + r.Int64N(1<<34)
		}
		tx.Put4(&l)
		ends[l.Addr] = l.Expire()
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	tx = s.Begin4()
	defer tx.Rollback()
	last, now := int64(0), int64(benchNow+200_000)
	for {
		batch := tx.Expired4(now, 100, nil)
		for _, a := range batch {
			if ends[a] < last || ends[a] >= now {
				t.Fatalf("%s ends at %d, after %d and before %d", family4{}.text(a), ends[a], last, now)
			}
			last = ends[a]
			tx.Delete4(a)
			delete(ends, a)
		}
		if len(batch) < 100 {
			break
		}
	}
	for a, end := range ends {
		if end < now {
			t.Fatalf("%s ended at %d and was not given", family4{}.text(a), end)
		}
	}
	if n := s.running.count; n != len(ends) {
		t.Errorf("%d leases are queued, want %d", n, len(ends))
	}
}

// A full pool is passed over; its first hole is found, and the first lease to run
// out.
func TestNextFreeInAFullPool(t *testing.T) {
	const n = 200_000
	s := filled(t, n, Options4{}) // leases end from benchNow+6400 to benchNow+86400
	tx := s.Begin4()
	defer tx.Rollback()
	find := func(want uint32, ok bool, now int64) {
		t.Helper()
		if addr, found := tx.NextFree4(benchBase, benchBase+n-1, now); addr != want || found != ok {
			t.Errorf("found %s %v, want %s %v", family4{}.text(addr), found, family4{}.text(want), ok)
		}
	}
	find(0, false, benchNow)
	tx.Delete4(benchBase + 150_000)
	find(benchBase+150_000, true, benchNow)
	var l lease.Lease4
	tx.Get4(benchBase+140_000, &l)
	l.State = lease.StateReclaimed
	tx.Put4(&l)
	find(benchBase+140_000, true, benchNow)
	tx.Get4(benchBase+130_000, &l)
	l.CLTT = benchNow - 86401
	tx.Put4(&l)
	find(benchBase+130_000, true, benchNow)
	l.CLTT = benchNow // renewed
	tx.Put4(&l)
	find(benchBase+140_000, true, benchNow)
	l.Addr, l.State = benchBase+140_000, lease.StateDeclined
	tx.Put4(&l)
	find(benchBase+150_000, true, benchNow)
	l.Addr, l.ValidLft = benchBase+150_000, lease.InfiniteLifetime
	tx.Put4(&l)
	find(0, false, benchNow)
	first := uint32(0)
	for i := uint32(0); first == 0; i++ {
		if tx.Get4(benchBase+i, &l); l.Expired(benchNow + 10_000) {
			first = l.Addr
		}
	}
	find(first, true, benchNow+10_000)
	find(0, false, benchNow)
	if addr, ok := tx.NextFree4(benchBase, benchBase+n, benchNow); !ok || addr != benchBase+n {
		t.Errorf("behind the leases: %s %v", family4{}.text(addr), ok)
	}
	if _, ok := tx.NextFree4(2, 1, benchNow); ok {
		t.Error("found an address in an empty range")
	}
}

// The packet path does not allocate.
func TestHotPathDoesNotAllocate(t *testing.T) {
	const n = 5000
	s := filled(t, n, Options4{Path: t.TempDir() + "/leases", Persist: true})
	var l, key lease.Lease4
	client(&key, 77)
	buf := make([]lease.Lease4, 0, 4)
	addrs := make([]uint32, 0, 100)
	i := 0
	if got := testing.AllocsPerRun(2000, func() {
		i = (i + 1) % n
		tx := s.Begin4()
		tx.Get4(benchBase+uint32(i), &l)
		tx.ByClientID4(key.ClientID, buf)
		tx.ByHWAddr4(key.HWAddr, buf)
		tx.NextFree4(benchBase, benchBase+n+10, benchNow)
		tx.Expired4(benchNow+40_000, 100, addrs)
		l.CLTT++
		tx.Put4(&l)
		client(&key, i)
		tx.Delete4(key.Addr)
		tx.Put4(&key)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}); got > 0 {
		t.Errorf("%v allocations a transaction", got)
	}
}

// Blocks of lengths that are no longer in use do not stay in memory.
func TestMemoryIsGivenBack(t *testing.T) {
	const n = 100_000
	s := filled(t, n, Options4{})
	change := func(host []byte) {
		var l lease.Lease4
		for i := 0; i < n; i += 50 {
			tx := s.Begin4()
			for k := i; k < i+50; k++ {
				tx.Get4(benchBase+uint32(k), &l)
				l.Hostname = host
				tx.Put4(&l)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
		}
	}
	idle := func() { // transactions without changes
		for range 4 * n / compactSlice {
			s.Begin4().Rollback()
		}
	}
	change(make([]byte, 200))
	idle()
	if s.data.mapped > 2*s.data.live {
		t.Errorf("%d bytes of blocks take %d", s.data.live, s.data.mapped)
	}
	change([]byte("short"))
	idle()
	if most := s.data.live + max(5*arenaChunkSize, s.data.live); s.data.mapped > most {
		t.Errorf("%d bytes of blocks take %d, more than %d", s.data.live, s.data.mapped, most)
	}
	var l, want lease.Lease4
	tx := s.Begin4()
	defer tx.Rollback()
	for i := range n {
		client(&want, i)
		if !tx.Get4(benchBase+uint32(i), &l) || string(l.ClientID) != string(want.ClientID) || string(l.Hostname) != "short" {
			t.Fatalf("lease %d is %+v", i, l)
		}
	}
}

// Pages that fill side by side leave behind the short lists that they had before;
// these do not stay either.
func TestListsAreGivenBack(t *testing.T) {
	const n = 1_000_000
	m := newStore4(Options4{})
	defer m.release()
	kept := make([]bool, n)
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		m.addrs.insert(benchBase+uint32(i), uint32(i)+1, addrState{})
		kept[i] = true
	}
	for _, i := range rand.New(rand.NewPCG(3, 4)).Perm(n)[:n/4*3] {
		m.addrs.remove(benchBase + uint32(i))
		kept[i] = false
	}
	lists := &m.addrs.lists
	if lists.mapped < 3*lists.live {
		t.Fatalf("%d bytes of lists take only %d: nothing to give back", lists.live, lists.mapped)
	}
	for range 3 * n / 256 / compactSlice {
		m.compactStep()
	}
	if most := lists.live + 5*arenaChunkSize; lists.mapped > most || lists.leaving > 0 {
		t.Errorf("%d bytes of lists take %d, more than %d; %d chunks are still being emptied", lists.live, lists.mapped, most, lists.leaving)
	}
	for i := range uint32(n) {
		if r := m.addrs.find(benchBase + i); kept[i] && r != i+1 || !kept[i] && r != 0 {
			t.Fatalf("%s has record %d", m.family.text(benchBase+i), r)
		}
	}
}

// Queries, counts, dumps and clean-ups go on beside transactions, and a query
// sees each lease once.
func TestSideBySide(t *testing.T) {
	const n = 3000
	s := filled(t, n, Options4{Path: t.TempDir() + "/leases", Persist: true})
	stop := make(chan bool)
	var work sync.WaitGroup
	work.Go(func() {
		r := rand.New(rand.NewPCG(9, 10))
		for {
			select {
			case <-stop:
				return
			default:
			}
			tx := s.Begin4()
			var l lease.Lease4
			client(&l, r.IntN(n))
			tx.Delete4(l.Addr)
			tx.Put4(&l)
			if err := tx.Commit(); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 20 {
		last := uint32(0)
		seen := 0
		if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
			if l.Addr <= last || len(l.HWAddr) != 6 {
				t.Errorf("after %s came %+v", family4{}.text(last), l)
			}
			last = l.Addr
			seen++
			return true
		}); err != nil || seen != n {
			t.Errorf("error %v after %d leases", err, seen)
		}
		if c := s.Counts4(1); c.Default < n-1 || c.Default > n {
			t.Errorf("%d leases are counted", c.Default)
		}
		if ids := s.SubnetIDs(); !slices.Equal(ids, []uint32{1}) && len(ids) > 0 {
			t.Errorf("subnets %d", ids)
		}
		if err := s.Cleanup(); err != nil {
			t.Error(err)
		}
		if err := s.Write4(s.options.Path); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	work.Wait()
}

// A query lets writers in between slices, and may be ended at any lease.
func TestQuerySlices(t *testing.T) {
	const n = 5 * querySlice
	s := filled(t, n, Options4{})
	seen := 0
	_ = s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		seen++
		tx := s.Begin4() // would never return if the query held the lock
		tx.Delete4(benchBase + n - 1)
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		return true
	})
	if seen != n-1 {
		t.Errorf("%d leases", seen)
	}
	seen = 0
	_ = s.Leases4(lease.Query4{}, func(*lease.Lease4) bool {
		seen++
		return seen < 3
	})
	if seen != 3 {
		t.Errorf("%d leases after the end of interest", seen)
	}
}

// A user context may be larger than what the arena shares out.
func TestHugeUserContext(t *testing.T) {
	path := t.TempDir() + "/leases"
	s, _, err := Open4(Options4{Path: path, Persist: true})
	if err != nil {
		t.Fatal(err)
	}
	var want lease.Lease4
	client(&want, 1)
	for _, size := range []int{10, 60_000, 600_000, 3_000_000, 500_000} {
		want.UserContext = []byte(`{ "k": "` + strings.Repeat("v", size) + `" }`)
		for _, end := range []func(lease.Tx4) error{
			func(tx lease.Tx4) error { tx.Rollback(); return nil }, lease.Tx4.Commit,
		} {
			tx := s.Begin4()
			tx.Put4(&want)
			if err := end(tx); err != nil {
				t.Fatal(err)
			}
		}
		tx := s.Begin4()
		var got lease.Lease4
		if !tx.Get4(want.Addr, &got) || string(got.UserContext) != string(want.UserContext) || string(got.Hostname) != string(want.Hostname) {
			t.Errorf("a context of %d bytes came back with %d", len(want.UserContext), len(got.UserContext))
		}
		tx.Rollback()
		if s.data.live < size || s.data.mapped > size+2*arenaChunkSize {
			t.Errorf("%d bytes of blocks take %d", s.data.live, s.data.mapped)
		}
	}
	if err := s.Close4(); err != nil {
		t.Fatal(err)
	}
	s, _, err = Open4(Options4{Path: path, Persist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close4()
	same(t, s, model{want.Addr: copyOf(want)})
}
