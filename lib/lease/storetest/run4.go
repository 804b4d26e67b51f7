// Package storetest holds the cases that every lease store passes alike, whether it
// keeps leases in memory and a file or in a database.
package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"nestor/lib/lease"
)

// now is the second that the cases take for the present.
const now = 1_800_000_000

// base is the lowest address of the cases.
const base = 0x0a000000

// lease4 makes a lease of the n-th address that was given ago seconds ago for an hour.
func lease4(n uint32, client byte, ago int64) lease.Lease4 {
	return lease.Lease4{
		Addr: base + n, HWAddr: []byte{2, 0, 0, 0, 0, client}, ClientID: []byte{1, 2, 0, 0, 0, 0, client},
		ValidLft: 3600, CLTT: now - ago, SubnetID: 1, PoolID: 2, FqdnFwd: true,
		Hostname: fmt.Appendf(nil, "host-%d", client), UserContext: []byte(`{ "a": "ü'\\" }`),
	}
}

// Run4 runs the cases on empty stores that open makes.
func Run4(t *testing.T, open func(t testing.TB) lease.Manager4) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s lease.Manager4)
	}{
		{"values", values4}, {"look-ups see the transaction", lookups4}, {"rollback", rollback4},
		{"next free", nextFree4}, {"ends", ends4}, {"queries", queries4}, {"watch", watch4}, {"reused later", reused4},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer s.Close4()
			c.run(t, s)
		})
	}
	t.Run("model", func(t *testing.T) { model4(t, open) })
}

var equal = cmpopts.EquateEmpty()

// in runs fn in a transaction and commits it.
func in4(t testing.TB, s lease.Manager4, fn func(tx lease.Tx4)) {
	t.Helper()
	tx := s.Begin4()
	fn(tx)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func put4(t testing.TB, s lease.Manager4, ls ...lease.Lease4) {
	t.Helper()
	in4(t, s, func(tx lease.Tx4) {
		for i := range ls {
			tx.Put4(&ls[i])
		}
	})
}

// all4 reads the leases of a store, in the order that it gives them.
func all4(t testing.TB, s lease.Manager4, q lease.Query4) []lease.Lease4 {
	t.Helper()
	var got []lease.Lease4
	if err := s.Leases4(q, func(l *lease.Lease4) bool { got = append(got, l.Clone()); return true }); err != nil {
		t.Fatal(err)
	}
	return got
}

// values4 stores what leases may have and reads it again.
func values4(t *testing.T, s lease.Manager4) {
	plain, declined, infinite, reclaimed := lease4(1, 1, 10), lease4(2, 2, 10), lease4(3, 3, 10), lease4(0xf5ffffff, 4, 10)
	declined.State, declined.HWAddr, declined.ClientID, declined.Hostname = lease.StateDeclined, nil, nil, nil
	infinite.ValidLft = lease.InfiniteLifetime
	infinite.HWAddr = nil
	infinite.ClientID = bytes.Repeat([]byte{0, '\'', '\\', 0xff}, 63)
	reclaimed.State, reclaimed.UserContext, reclaimed.Hostname, reclaimed.FqdnFwd = lease.StateReclaimed, nil, bytes.Repeat([]byte("x"), 255), false
	reclaimed.ClientID, reclaimed.HWAddr = nil, bytes.Repeat([]byte{0xfe}, 20)
	released := lease4(4, 5, 0)
	released.State, released.ValidLft, released.SubnetID, released.FqdnRev = lease.StateReleased, 0, 1<<32-2, true
	want := []lease.Lease4{plain, declined, infinite, released, reclaimed}
	put4(t, s, want...)
	if d := gocmp.Diff(want, all4(t, s, lease.Query4{}), equal); d != "" {
		t.Errorf("stored and read (-want +got):\n%s", d)
	}
	// Once more, over what is there.
	for i := range want {
		want[i].CLTT++
		want[i].PoolID = uint32(i)
	}
	put4(t, s, want...)
	if d := gocmp.Diff(want, all4(t, s, lease.Query4{}), equal); d != "" {
		t.Errorf("changed and read (-want +got):\n%s", d)
	}
	in4(t, s, func(tx lease.Tx4) {
		for i := range want {
			if !tx.Delete4(want[i].Addr) {
				t.Errorf("no lease of %x to delete", want[i].Addr)
			}
		}
	})
	if got := all4(t, s, lease.Query4{}); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

func lookups4(t *testing.T, s lease.Manager4) {
	a, b, c := lease4(1, 1, 10), lease4(2, 1, 10), lease4(3, 3, 10)
	put4(t, s, b, a)
	in4(t, s, func(tx lease.Tx4) {
		if p, ok := tx.(lease.Prefetcher4); ok {
			p.Prefetch4([][]byte{a.ClientID, c.ClientID}, [][]byte{a.HWAddr, a.HWAddr}, []uint32{a.Addr, c.Addr, c.Addr})
		}
		check := func(when string, want ...lease.Lease4) {
			t.Helper()
			if d := gocmp.Diff(want, tx.ByClientID4(a.ClientID, nil), equal); d != "" {
				t.Errorf("%s, by client identifier: %s", when, d)
			}
			if d := gocmp.Diff(want, tx.ByHWAddr4(a.HWAddr, nil), equal); d != "" {
				t.Errorf("%s, by hardware address: %s", when, d)
			}
		}
		check("at first", a, b)
		tx.Delete4(a.Addr)
		check("after a deletion", b)
		c.ClientID, c.HWAddr = a.ClientID, a.HWAddr
		tx.Put4(&c)
		check("after an addition", b, c)
		b.ClientID, b.HWAddr = []byte{9, 9}, []byte{9}
		tx.Put4(&b)
		check("after a change of hands", c)
		var got lease.Lease4
		if !tx.Get4(b.Addr, &got) || !gocmp.Equal(got, b, equal) {
			t.Errorf("Get4 gives %v", got)
		}
		if tx.Get4(a.Addr, &got) || tx.Get4(base+77, &got) || tx.Delete4(a.Addr) {
			t.Error("found a lease that is gone or never was")
		}
		if got := tx.ByClientID4(nil, nil); len(got) > 0 {
			t.Errorf("found by no client identifier: %v", got)
		}
	})
	if d := gocmp.Diff([]lease.Lease4{b, c}, all4(t, s, lease.Query4{}), equal); d != "" {
		t.Error(d)
	}
}

func rollback4(t *testing.T, s lease.Manager4) {
	a, b := lease4(1, 1, 10), lease4(2, 2, 10)
	put4(t, s, a)
	tx := s.Begin4()
	tx.Delete4(a.Addr)
	tx.Put4(&b)
	tx.Rollback()
	tx.Rollback()
	if err := tx.Commit(); err == nil {
		t.Error("a transaction was committed after its end")
	}
	if d := gocmp.Diff([]lease.Lease4{a}, all4(t, s, lease.Query4{}), equal); d != "" {
		t.Error(d)
	}
}

func nextFree4(t *testing.T, s lease.Manager4) {
	const size = 700
	var ls []lease.Lease4
	for n := range uint32(size) {
		ls = append(ls, lease4(n+200, byte(n), 10))
	}
	next := func(tx lease.Tx4, from, to uint32, at int64, want uint32, wantOK bool) {
		t.Helper()
		if got, ok := tx.NextFree4(base+from, base+to, at); ok != wantOK || ok && got != base+want {
			t.Errorf("NextFree4(%d, %d) = %d %v, want %d %v", from, to, got-base, ok, want, wantOK)
		}
	}
	in4(t, s, func(tx lease.Tx4) { next(tx, 0, 1000, now, 0, true) })
	put4(t, s, ls...)
	in4(t, s, func(tx lease.Tx4) {
		next(tx, 200, 1000, now, 900, true)
		next(tx, 200, 899, now, 0, false)
		next(tx, 200, 899, now+3591, 200, true) // all have run out
		tx.Delete4(base + 500)
		next(tx, 200, 1000, now, 500, true)
		next(tx, 500, 500, now, 500, true)
		next(tx, 501, 501, now, 0, false)
		l := lease4(500, 9, 0)
		tx.Put4(&l)
		next(tx, 200, 899, now, 0, false)
		l = lease4(450, 9, 0)
		l.State = lease.StateReleased
		tx.Put4(&l)
		next(tx, 200, 899, now, 450, true)
	})
	in4(t, s, func(tx lease.Tx4) {
		next(tx, 200, 899, now, 450, true)
		next(tx, 450, 450, 0, 450, true) // at whatever time
		var l lease.Lease4
		if !tx.Get4(base+450, &l) || l.State != lease.StateReleased {
			t.Errorf("the lease that is free is %+v", l)
		}
		tx.Delete4(base + 450)
	})
	in4(t, s, func(tx lease.Tx4) {
		next(tx, 200, 899, now, 450, true)
		if tx.Get4(base+450, new(lease.Lease4)) {
			t.Error("found a lease that was deleted")
		}
		next(tx, 0xf5ffffff, 0xf5ffffff, now, 0xf5ffffff, true)
	})
}

func ends4(t *testing.T, s lease.Manager4) {
	var ls []lease.Lease4
	for n := range uint32(20) {
		l := lease4(n, byte(n), 3600+100-10*int64(n)) // the first ten have run out, the first first
		l.State = []lease.State{lease.StateDefault, lease.StateDeclined, lease.StateReleased, lease.StateReclaimed}[n%4]
		ls = append(ls, l)
	}
	ls[4].ValidLft = lease.InfiniteLifetime
	put4(t, s, ls...)
	at := func(ns ...uint32) (addrs []uint32) {
		for _, n := range ns {
			addrs = append(addrs, base+n)
		}
		return addrs
	}
	in4(t, s, func(tx lease.Tx4) {
		expect := func(what string, got, want []uint32) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %x, want %x", what, got, want)
			}
		}
		expect("expired", tx.Expired4(now, 0, nil), at(0, 1, 2, 5, 6, 8, 9))
		expect("three", tx.Expired4(now, 3, at(99)), at(99, 0, 1, 2))
		expect("reclaimed", tx.Reclaimed4(now, 0, nil), at(3, 7))
		expect("one", tx.Reclaimed4(now, 1, nil), at(3))
		kept := ls[0]
		kept.State = lease.StateReclaimed
		tx.Put4(&kept)
		tx.Delete4(base + 1)
		expect("after a change", tx.Expired4(now, 2, nil), at(2, 5))
		expect("reclaimed after a change", tx.Reclaimed4(now, 0, nil), at(0, 3, 7))
		var l lease.Lease4
		if !tx.Get4(base+2, &l) || !gocmp.Equal(l, ls[2], equal) {
			t.Errorf("the lease that has run out is %+v", l)
		}
	})
}

func queries4(t *testing.T, s lease.Manager4) {
	var ls []lease.Lease4
	for n := range uint32(3000) {
		l := lease4(2*n, byte(n%7), 10)
		l.SubnetID = 1 + n%3
		ls = append(ls, l)
	}
	put4(t, s, ls...)
	for _, q := range []lease.Query4{
		{}, {SubnetID: 2}, {Limit: 10}, {Limit: 1500, SubnetID: 1}, {From: base + 99}, {From: base + 100}, {From: base + 5998},
		{HWAddr: ls[3].HWAddr}, {ClientID: ls[4].ClientID, SubnetID: 3}, {Hostname: "host-5"}, {Hostname: "none"}, {SubnetID: 9},
	} {
		var want []lease.Lease4
		for _, l := range ls {
			if (q.SubnetID == 0 || l.SubnetID == q.SubnetID) && (q.HWAddr == nil || string(l.HWAddr) == string(q.HWAddr)) &&
				(q.ClientID == nil || string(l.ClientID) == string(q.ClientID)) && (q.Hostname == "" || string(l.Hostname) == q.Hostname) &&
				(q.From == 0 || l.Addr > q.From) && (q.Limit == 0 || len(want) < q.Limit) {
				want = append(want, l)
			}
		}
		if d := gocmp.Diff(want, all4(t, s, q), equal); d != "" {
			t.Errorf("%+v:\n%s", q, d)
		}
	}
	n := 0
	if err := s.Leases4(lease.Query4{}, func(*lease.Lease4) bool { n++; return n < 5 }); err != nil || n != 5 {
		t.Errorf("%d leases, want to stop after 5: %v", n, err)
	}
}

func watch4(t *testing.T, s lease.Manager4) {
	taken := map[uint32]uint32{}
	s.Watch4(func(addr, subnet uint32, is bool) {
		if is {
			taken[addr] = subnet
		} else {
			delete(taken, addr)
		}
	})
	expect := func(want map[uint32]uint32) {
		t.Helper()
		if !maps.Equal(taken, want) {
			t.Errorf("told of %v, want %v", taken, want)
		}
	}
	a, b := lease4(1, 1, 10), lease4(2, 2, 10)
	in4(t, s, func(tx lease.Tx4) {
		tx.Put4(&a)
		expect(map[uint32]uint32{a.Addr: 1})
		b.State = lease.StateReclaimed
		tx.Put4(&b)
		expect(map[uint32]uint32{a.Addr: 1})
		b.State = lease.StateDeclined
		tx.Put4(&b)
	})
	expect(map[uint32]uint32{a.Addr: 1, b.Addr: 1})
	tx := s.Begin4()
	tx.Delete4(a.Addr)
	b.SubnetID = 2
	tx.Put4(&b)
	expect(map[uint32]uint32{b.Addr: 2})
	tx.Rollback()
	expect(map[uint32]uint32{a.Addr: 1, b.Addr: 1})
	s.Watch4(nil)
	in4(t, s, func(tx lease.Tx4) { tx.Delete4(a.Addr) })
	expect(map[uint32]uint32{a.Addr: 1, b.Addr: 1})
}

// reused4 shows that what a transaction gave does not come from one before.
func reused4(t *testing.T, s lease.Manager4) {
	a := lease4(1, 1, 10)
	in4(t, s, func(tx lease.Tx4) {
		if tx.Get4(a.Addr, new(lease.Lease4)) || len(tx.ByClientID4(a.ClientID, nil)) > 0 {
			t.Error("an empty store has a lease")
		}
	})
	put4(t, s, a)
	in4(t, s, func(tx lease.Tx4) {
		if !tx.Get4(a.Addr, new(lease.Lease4)) || len(tx.ByClientID4(a.ClientID, nil)) != 1 {
			t.Error("the lease is not found")
		}
	})
}

// model4 drives a store and a map side by side.
func model4(t *testing.T, open func(t testing.TB) lease.Manager4) {
	s := open(t)
	defer s.Close4()
	addr := rapid.Uint32Range(base+200, base+330)
	client := rapid.ByteRange(1, 4)
	rapid.Check(t, func(t *rapid.T) {
		model := map[uint32]lease.Lease4{}
		for range rapid.IntRange(1, 4).Draw(t, "transactions") {
			tx := s.Begin4()
			next := maps.Clone(model)
			for range rapid.IntRange(0, 8).Draw(t, "steps") {
				step4(t, tx, next, addr, client)
			}
			if rapid.Bool().Draw(t, "commit") {
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
				model = next
			}
			tx.Rollback()
		}
		var got []lease.Lease4
		if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool { got = append(got, l.Clone()); return true }); err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(sorted4(model, nil), got, equal); d != "" {
			t.Fatal(d)
		}
		tx := s.Begin4() // empty for the next round
		for a := range model {
			tx.Delete4(a)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	})
}

func sorted4(m map[uint32]lease.Lease4, fits func(*lease.Lease4) bool) (ls []lease.Lease4) {
	for _, l := range m {
		if fits == nil || fits(&l) {
			ls = append(ls, l)
		}
	}
	slices.SortFunc(ls, func(a, b lease.Lease4) int { return cmp.Compare(a.Addr, b.Addr) })
	return ls
}

func step4(t *rapid.T, tx lease.Tx4, m map[uint32]lease.Lease4, addr *rapid.Generator[uint32], client *rapid.Generator[byte]) {
	switch rapid.IntRange(0, 6).Draw(t, "step") {
	case 0, 1:
		l := lease4(addr.Draw(t, "addr")-base, client.Draw(t, "client"), rapid.Int64Range(3500, 3700).Draw(t, "ago"))
		l.State = lease.State(rapid.IntRange(0, 3).Draw(t, "state"))
		l.SubnetID = rapid.Uint32Range(1, 2).Draw(t, "subnet")
		tx.Put4(&l)
		m[l.Addr] = l
	case 2:
		a := addr.Draw(t, "addr")
		_, want := m[a]
		if tx.Delete4(a) != want {
			t.Fatalf("Delete4(%x) is not %v", a, want)
		}
		delete(m, a)
	case 3:
		a := addr.Draw(t, "addr")
		var l lease.Lease4
		want, ok := m[a]
		if got := tx.Get4(a, &l); got != ok || ok && !gocmp.Equal(l, want, equal) {
			t.Fatalf("Get4(%x) = %v %v, want %v", a, got, l, want)
		}
	case 4:
		from := addr.Draw(t, "from")
		to := min(from+rapid.Uint32Range(0, 100).Draw(t, "size"), base+330)
		got, ok := tx.NextFree4(from, to, now)
		want, wantOK := uint32(0), false
		for a := from; a <= to && !wantOK; a++ {
			l, leased := m[a]
			if wantOK = !leased || l.Free(now); wantOK {
				want = a
			}
		}
		if ok != wantOK || ok && got != want {
			t.Fatalf("NextFree4(%x, %x) = %x %v, want %x %v", from, to, got, ok, want, wantOK)
		}
	case 5:
		c := lease4(0, client.Draw(t, "client"), 0)
		if p, ok := tx.(lease.Prefetcher4); ok && rapid.Bool().Draw(t, "prefetch") {
			p.Prefetch4([][]byte{c.ClientID}, [][]byte{c.HWAddr}, []uint32{addr.Draw(t, "addr")})
		}
		want := sorted4(m, func(l *lease.Lease4) bool { return string(l.ClientID) == string(c.ClientID) })
		if d := gocmp.Diff(want, tx.ByClientID4(c.ClientID, nil), equal); d != "" {
			t.Fatal(d)
		}
	case 6:
		at := now + rapid.Int64Range(-50, 50).Draw(t, "at")
		got := map[uint32]bool{}
		for _, a := range tx.Expired4(at, 0, nil) {
			got[a] = true
		}
		for a, l := range m {
			if want := l.State != lease.StateReclaimed && l.Expired(at); got[a] != want {
				t.Fatalf("Expired4 has %x: %v, want %v", a, got[a], want)
			}
		}
	}
}
