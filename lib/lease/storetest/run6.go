package storetest

import (
	"bytes"
	"maps"
	"net/netip"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
)

// addresses6 is the row of addresses of the cases, prefixes6 that of prefixes.
var (
	addresses6 = lease.Range6{First: netip.MustParseAddr("2001:db8::f0").As16(), Len: 128}
	prefixes6  = lease.Range6{First: netip.MustParseAddr("2001:db8:1::").As16(), Len: 60}
)

// lease6 makes a lease of the n-th address of a row that was given ago seconds ago
// for an hour.
func lease6(r lease.Range6, n uint64, client byte, ago int64) lease.Lease6 {
	l := lease.Lease6{
		Addr: r.At(n), PrefixLen: r.Len, IAID: 0xfedcba98, DUID: []byte{0, 1, 0, 1, client},
		HWAddr: []byte{2, 0, 0, 0, 0, client}, HWType: 1, HWSource: 2,
		ValidLft: 3600, PreferredLft: 1800, CLTT: now - ago, SubnetID: 1, PoolID: 2, FqdnRev: true,
		Hostname: []byte("host.example.org"), UserContext: []byte(`{ "a": "ü'\\" }`),
	}
	if r.Len < 128 {
		l.Type = lease.TypePD
	}
	return l
}

// Run6 runs the cases on empty stores that open makes.
func Run6(t *testing.T, open func(t testing.TB) lease.Manager6) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s lease.Manager6)
	}{
		{"values", values6}, {"look-ups see the transaction", lookups6}, {"next free address", nextFreeAddress6},
		{"next free prefix", nextFreePrefix6}, {"ends", ends6}, {"queries", queries6}, {"watch", watch6},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer s.Close6()
			c.run(t, s)
		})
	}
	t.Run("model", func(t *testing.T) { model6(t, open) })
}

func in6(t testing.TB, s lease.Manager6, fn func(tx lease.Tx6)) {
	t.Helper()
	tx := s.Begin6()
	fn(tx)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func put6(t testing.TB, s lease.Manager6, ls ...lease.Lease6) {
	t.Helper()
	in6(t, s, func(tx lease.Tx6) {
		for i := range ls {
			tx.Put6(&ls[i])
		}
	})
}

func all6(t testing.TB, s lease.Manager6, q lease.Query6) []lease.Lease6 {
	t.Helper()
	var got []lease.Lease6
	if err := s.Leases6(q, func(l *lease.Lease6) bool { got = append(got, copy6(l)); return true }); err != nil {
		t.Fatal(err)
	}
	return got
}

func copy6(l *lease.Lease6) lease.Lease6 {
	c := *l
	c.DUID, c.HWAddr = bytes.Clone(l.DUID), bytes.Clone(l.HWAddr)
	c.Hostname, c.UserContext = bytes.Clone(l.Hostname), bytes.Clone(l.UserContext)
	return c
}

func values6(t *testing.T, s lease.Manager6) {
	plain, declined := lease6(addresses6, 1, 1, 10), lease6(addresses6, 2, 2, 10)
	declined.State, declined.DUID, declined.HWAddr, declined.HWType, declined.HWSource = lease.StateDeclined, []byte{0, 0, 0}, nil, 0, 0
	infinite := lease6(addresses6, 3, 3, 10)
	infinite.ValidLft, infinite.PreferredLft = lease.InfiniteLifetime, lease.InfiniteLifetime
	infinite.DUID = bytes.Repeat([]byte{0, '\'', '\\', 0xff, 7}, 26)
	registered := lease6(addresses6, 4, 4, 10)
	registered.State, registered.Hostname, registered.UserContext = lease.StateRegistered, nil, nil
	temporary := lease6(addresses6, 5, 5, 10)
	temporary.Type, temporary.HWType, temporary.HWSource = lease.TypeTA, 0xffff, 128
	prefix := lease6(prefixes6, 300, 6, 10)
	prefix.State, prefix.SubnetID = lease.StateReleased, 1<<32-2
	want := []lease.Lease6{plain, declined, infinite, registered, temporary, prefix}
	put6(t, s, want...)
	if d := gocmp.Diff(want, all6(t, s, lease.Query6{}), equal); d != "" {
		t.Errorf("stored and read (-want +got):\n%s", d)
	}
	for i := range want {
		want[i].CLTT++
		want[i].PoolID = uint32(i)
	}
	put6(t, s, want...)
	if d := gocmp.Diff(want, all6(t, s, lease.Query6{}), equal); d != "" {
		t.Errorf("changed and read (-want +got):\n%s", d)
	}
	in6(t, s, func(tx lease.Tx6) {
		for i := range want {
			if !tx.Delete6(want[i].Addr) {
				t.Errorf("no lease of %x to delete", want[i].Addr)
			}
		}
	})
	if got := all6(t, s, lease.Query6{}); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

func lookups6(t *testing.T, s lease.Manager6) {
	a, b, c := lease6(addresses6, 1, 1, 10), lease6(prefixes6, 2, 1, 10), lease6(prefixes6, 3, 3, 10)
	put6(t, s, b, a)
	in6(t, s, func(tx lease.Tx6) {
		if p, ok := tx.(lease.Prefetcher6); ok {
			p.Prefetch6([][]byte{a.DUID, c.DUID, a.DUID}, [][16]byte{a.Addr, c.Addr, c.Addr})
		}
		check := func(when string, want ...lease.Lease6) {
			t.Helper()
			if d := gocmp.Diff(want, tx.ByDUID6(a.DUID, nil), equal); d != "" {
				t.Errorf("%s: %s", when, d)
			}
		}
		check("at first", a, b)
		tx.Delete6(a.Addr)
		check("after a deletion", b)
		c.DUID = a.DUID
		tx.Put6(&c)
		check("after an addition", b, c)
		b.DUID = []byte{9, 9, 9}
		tx.Put6(&b)
		check("after a change of hands", c)
		var got lease.Lease6
		if !tx.Get6(b.Addr, &got) || !gocmp.Equal(got, b, equal) {
			t.Errorf("Get6 gives %v", got)
		}
		if tx.Get6(a.Addr, &got) || tx.Delete6(a.Addr) {
			t.Error("found a lease that is gone")
		}
	})
	if d := gocmp.Diff([]lease.Lease6{b, c}, all6(t, s, lease.Query6{}), equal); d != "" {
		t.Error(d)
	}
}

func nextFreeAddress6(t *testing.T, s lease.Manager6) { nextFreeOf6(t, s, addresses6) }

func nextFreePrefix6(t *testing.T, s lease.Manager6) {
	// What lies within a prefix does not matter.
	l := lease6(addresses6, 0, 1, 10)
	l.Addr = prefixes6.At(3)
	l.Addr[15] = 1
	put6(t, s, l)
	nextFreeOf6(t, s, prefixes6)
}

func nextFreeOf6(t *testing.T, s lease.Manager6, r lease.Range6) {
	var ls []lease.Lease6
	for n := range uint64(700) {
		ls = append(ls, lease6(r, n+200, byte(n), 10))
	}
	next := func(tx lease.Tx6, from, to uint64, at int64, want uint64, wantOK bool) {
		t.Helper()
		if got, ok := tx.NextFree6(r, from, to, at); ok != wantOK || ok && got != want {
			t.Errorf("NextFree6(%d, %d) = %d %v, want %d %v", from, to, got, ok, want, wantOK)
		}
	}
	in6(t, s, func(tx lease.Tx6) { next(tx, 0, 1000, now, 0, true) })
	put6(t, s, ls...)
	in6(t, s, func(tx lease.Tx6) {
		next(tx, 200, 1000, now, 900, true)
		next(tx, 200, 1<<40, now, 900, true)
		next(tx, 200, 899, now, 0, false)
		next(tx, 200, 899, now+3591, 200, true)
		tx.Delete6(r.At(500))
		next(tx, 200, 1000, now, 500, true)
		next(tx, 501, 501, now, 0, false)
		l := lease6(r, 500, 9, 0)
		tx.Put6(&l)
		next(tx, 200, 899, now, 0, false)
		l = lease6(r, 450, 9, 0)
		l.State = lease.StateReleased
		tx.Put6(&l)
		next(tx, 200, 899, now, 450, true)
	})
	in6(t, s, func(tx lease.Tx6) {
		next(tx, 200, 899, now, 450, true)
		var l lease.Lease6
		if !tx.Get6(r.At(450), &l) || l.State != lease.StateReleased {
			t.Errorf("the lease that is free is %+v", l)
		}
	})
}

func ends6(t *testing.T, s lease.Manager6) {
	var ls []lease.Lease6
	for n := range uint64(12) {
		l := lease6(addresses6, n, byte(n), 3600+60-10*int64(n))
		l.State = []lease.State{lease.StateDefault, lease.StateRegistered, lease.StateReclaimed}[n%3]
		ls = append(ls, l)
	}
	put6(t, s, ls...)
	in6(t, s, func(tx lease.Tx6) {
		at := func(ns ...int) (addrs [][16]byte) {
			for _, n := range ns {
				addrs = append(addrs, ls[n].Addr)
			}
			return addrs
		}
		if got := tx.Expired6(now, 0, nil); !slices.Equal(got, at(0, 1, 3, 4)) {
			t.Errorf("expired: %x", got)
		}
		if got := tx.Reclaimed6(now, 1, nil); !slices.Equal(got, at(2)) {
			t.Errorf("reclaimed: %x", got)
		}
		tx.Delete6(ls[1].Addr)
		if got := tx.Expired6(now, 2, nil); !slices.Equal(got, at(0, 3)) {
			t.Errorf("expired after a change: %x", got)
		}
	})
}

func queries6(t *testing.T, s lease.Manager6) {
	var ls []lease.Lease6
	for n := range uint64(1500) {
		l := lease6(addresses6, 2*n, byte(n%7), 10)
		l.SubnetID = 1 + uint32(n%3)
		ls = append(ls, l)
	}
	put6(t, s, ls...)
	for _, q := range []lease.Query6{
		{}, {SubnetID: 2}, {Limit: 10}, {From: ls[40].Addr, Limit: 1100}, {DUID: ls[3].DUID}, {Hostname: "host.example.org", Limit: 3}, {Hostname: "none"},
	} {
		var want []lease.Lease6
		for _, l := range ls {
			if (q.SubnetID == 0 || l.SubnetID == q.SubnetID) && (q.DUID == nil || string(l.DUID) == string(q.DUID)) &&
				(q.Hostname == "" || string(l.Hostname) == q.Hostname) &&
				(q.From == [16]byte{} || bytes.Compare(l.Addr[:], q.From[:]) > 0) && (q.Limit == 0 || len(want) < q.Limit) {
				want = append(want, l)
			}
		}
		if d := gocmp.Diff(want, all6(t, s, q), equal); d != "" {
			t.Errorf("%+v:\n%s", q, d)
		}
	}
}

func watch6(t *testing.T, s lease.Manager6) {
	var one, two int
	s.Watch6(func(_ [16]byte, _ uint32, taken bool) { one++ })
	s.Watch6(func(_ [16]byte, _ uint32, taken bool) { two++ })
	l := lease6(prefixes6, 1, 1, 10)
	in6(t, s, func(tx lease.Tx6) { tx.Put6(&l) })
	tx := s.Begin6()
	tx.Delete6(l.Addr)
	tx.Rollback()
	if one != 3 || two != 3 {
		t.Errorf("told %d and %d times, want 3", one, two)
	}
}

func model6(t *testing.T, open func(t testing.TB) lease.Manager6) {
	s := open(t)
	defer s.Close6()
	row := func(t *rapid.T) lease.Range6 {
		return rapid.SampledFrom([]lease.Range6{addresses6, prefixes6}).Draw(t, "row")
	}
	place := rapid.Uint64Range(200, 330)
	client := rapid.ByteRange(1, 4)
	rapid.Check(t, func(t *rapid.T) {
		model := map[[16]byte]lease.Lease6{}
		for range rapid.IntRange(1, 4).Draw(t, "transactions") {
			tx := s.Begin6()
			next := maps.Clone(model)
			for range rapid.IntRange(0, 8).Draw(t, "steps") {
				step6(t, tx, next, row(t), place.Draw(t, "place"), client.Draw(t, "client"))
			}
			if rapid.Bool().Draw(t, "commit") {
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
				model = next
			}
			tx.Rollback()
		}
		var got []lease.Lease6
		if err := s.Leases6(lease.Query6{}, func(l *lease.Lease6) bool { got = append(got, copy6(l)); return true }); err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(sorted6(model, nil), got, equal); d != "" {
			t.Fatal(d)
		}
		tx := s.Begin6() // empty for the next round
		for a := range model {
			tx.Delete6(a)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	})
}

func sorted6(m map[[16]byte]lease.Lease6, fits func(*lease.Lease6) bool) (ls []lease.Lease6) {
	for _, l := range m {
		if fits == nil || fits(&l) {
			ls = append(ls, l)
		}
	}
	slices.SortFunc(ls, func(a, b lease.Lease6) int { return bytes.Compare(a.Addr[:], b.Addr[:]) })
	return ls
}

func step6(t *rapid.T, tx lease.Tx6, m map[[16]byte]lease.Lease6, r lease.Range6, n uint64, client byte) {
	switch rapid.IntRange(0, 5).Draw(t, "step") {
	case 0, 1:
		l := lease6(r, n, client, rapid.Int64Range(3500, 3700).Draw(t, "ago"))
		l.State = lease.State(rapid.IntRange(0, 4).Draw(t, "state"))
		tx.Put6(&l)
		m[l.Addr] = l
	case 2:
		a := r.At(n)
		_, want := m[a]
		if tx.Delete6(a) != want {
			t.Fatalf("Delete6(%x) is not %v", a, want)
		}
		delete(m, a)
	case 3:
		var l lease.Lease6
		want, ok := m[r.At(n)]
		if got := tx.Get6(r.At(n), &l); got != ok || ok && !gocmp.Equal(l, want, equal) {
			t.Fatalf("Get6(%x) = %v %v, want %v", r.At(n), got, l, want)
		}
	case 4:
		to := min(n+rapid.Uint64Range(0, 100).Draw(t, "size"), 330)
		got, ok := tx.NextFree6(r, n, to, now)
		want, wantOK := uint64(0), false
		for p := n; p <= to && !wantOK; p++ {
			l, leased := m[r.At(p)]
			if wantOK = !leased || l.Free(now); wantOK {
				want = p
			}
		}
		if ok != wantOK || ok && got != want {
			t.Fatalf("NextFree6(%d, %d) of /%d = %d %v, want %d %v", n, to, r.Len, got, ok, want, wantOK)
		}
	case 5:
		duid := lease6(r, 0, client, 0).DUID
		want := sorted6(m, func(l *lease.Lease6) bool { return string(l.DUID) == string(duid) })
		if d := gocmp.Diff(want, tx.ByDUID6(duid, nil), equal); d != "" {
			t.Fatal(d)
		}
	}
}
