package memfile

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
)

// model6 is the naive store: a map from address to lease.
type model6 map[[16]byte]lease.Lease6

func copyOf6(l lease.Lease6) lease.Lease6 {
	l.HWAddr, l.DUID = some(l.HWAddr), some(l.DUID)
	l.Hostname, l.UserContext = some(l.Hostname), some(l.UserContext)
	return l
}

func (m model6) sorted(want func(*lease.Lease6) bool) []lease.Lease6 {
	var out []lease.Lease6
	for _, l := range m {
		if want(&l) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b lease.Lease6) int { return bytes.Compare(a.Addr[:], b.Addr[:]) })
	return out
}

func (m model6) counts(want func(*lease.Lease6) bool) (c lease.Counts) {
	for _, l := range m {
		if !want(&l) {
			continue
		}
		switch l.State {
		case lease.StateDefault:
			c.Default++
		case lease.StateDeclined:
			c.Declined++
		case lease.StateReclaimed:
			c.Reclaimed++
		case lease.StateReleased:
			c.Released++
		case lease.StateRegistered:
			c.Registered++
		}
	}
	return c
}

// The rows that leases are drawn from: addresses of one subnet, and prefixes of
// two lengths.
var rows6 = []lease.Range6{
	{First: [16]byte{0x20, 1, 0xd, 0xb8}, Len: 128},
	{First: [16]byte{0x20, 1, 0xd, 0xb8, 0, 1}, Len: 56},
	{First: [16]byte{0x20, 1, 0xd, 0xb8, 0, 2}, Len: 64},
}

// genLease6 draws one number for all of a lease, for drawing is what takes time.
var genLease6 = rapid.Custom(func(t *rapid.T) lease.Lease6 {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "lease"), 6))
	row := r.IntN(len(rows6))
	l := lease.Lease6{
		Addr: rows6[row].At(r.Uint64N(places6)), PrefixLen: rows6[row].Len,
		IAID: r.Uint32N(4), DUID: []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, byte(r.IntN(8))},
		ValidLft: []uint32{1, 60, 4000, lease.InfiniteLifetime}[r.IntN(4)], PreferredLft: r.Uint32(),
		CLTT: 1000 + r.Int64N(100), SubnetID: 1 + r.Uint32N(3), PoolID: r.Uint32N(2), State: []lease.State{0, 0, 0, 1, 2, 3, 4}[r.IntN(7)],
		FqdnFwd: r.IntN(2) == 0, FqdnRev: r.IntN(2) == 0,
		Hostname:    [][]byte{nil, []byte("android"), []byte("a,b&c"), bytes.Repeat([]byte("x"), 300)}[r.IntN(4)],
		UserContext: [][]byte{nil, nil, []byte(`{ "a": 1 }`), []byte(`{ "b": "x,y&z", "c": [ 1, 2 ] }`)}[r.IntN(4)],
	}
	if row > 0 {
		l.Type = lease.TypePD
	}
	switch r.IntN(4) {
	case 0:
		l.HWAddr, l.HWType, l.HWSource = l.DUID[4:], 1, 2
	case 1:
		l.HWAddr, l.HWType, l.HWSource = []byte{9, 8, 7, 6, 5, 4}, 32, 8
	}
	if l.State == lease.StateDeclined {
		l.DUID = []byte(leasefile.EmptyDUID)
	}
	return l
})

// places6 is how many places of each row leases are drawn from.
const places6 = 60

func TestModel6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fsys := crashfs.New()
		o := Options6{Path: "/leases/leases6.csv", Persist: true, FS: fsys}
		s, _, err := Open6(o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { s.Close6() }()
		taken := map[[16]byte]bool{}
		watch := func() {
			s.Watch6(func(addr [16]byte, _ uint32, is bool) {
				if taken[addr] == is {
					t.Fatalf("told again that %x is taken: %t", addr, is)
				}
				taken[addr] = is
			})
		}
		watch()
		committed := model6{}
		t.Repeat(map[string]func(*rapid.T){
			"transaction": func(t *rapid.T) {
				tx := s.Begin6()
				m := maps.Clone(committed)
				for range rapid.IntRange(1, 20).Draw(t, "changes") {
					l := genLease6.Draw(t, "lease")
					if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
						_, want := m[l.Addr]
						if got := tx.Delete6(l.Addr); got != want {
							t.Fatalf("Delete6(%x) = %t, want %t", l.Addr, got, want)
						}
						delete(m, l.Addr)
						continue
					}
					tx.Put6(&l)
					m[l.Addr] = copyOf6(l)
				}
				checkTx6(t, tx, m)
				if rapid.Bool().Draw(t, "rollback") {
					tx.Rollback()
					return
				}
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
				committed = m
			},
			"queries": func(t *rapid.T) { checkQueries6(t, s, committed) },
			"reopen": func(t *rapid.T) {
				if err := s.Close6(); err != nil {
					t.Fatal(err)
				}
				if s, _, err = Open6(o); err != nil {
					t.Fatal(err)
				}
				checkQueries6(t, s, committed)
				clear(taken)
				for addr, l := range committed {
					taken[addr] = l.State != lease.StateReclaimed && l.State != lease.StateReleased
				}
				watch()
			},
			"": func(t *rapid.T) {
				for addr, l := range committed {
					if taken[addr] != (l.State != lease.StateReclaimed && l.State != lease.StateReleased) {
						t.Fatalf("%x in state %d: watchers were told %t", addr, l.State, taken[addr])
					}
				}
			},
		})
	})
}

func checkTx6(t *rapid.T, tx lease.Tx6, m model6) {
	t.Helper()
	for addr, want := range m {
		var l lease.Lease6
		if !tx.Get6(addr, &l) {
			t.Fatalf("Get6(%x) finds nothing", addr)
		}
		if l = copyOf6(l); !reflect.DeepEqual(want, l) {
			t.Fatalf("Get6(%x): %s", addr, gocmp.Diff(want, l))
		}
	}
	duid := []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, rapid.Byte().Draw(t, "of") % 8}
	same6(t, "ByDUID6", tx.ByDUID6(duid, nil), m.sorted(func(l *lease.Lease6) bool { return bytes.Equal(l.DUID, duid) }))
	if got := tx.ByDUID6([]byte(leasefile.EmptyDUID), nil); len(got) > 0 {
		t.Fatalf("a client with the DUID of declined leases has %d leases", len(got))
	}
	now := rapid.Int64Range(1000, 1200).Draw(t, "now")
	for _, row := range rows6 {
		from := rapid.Uint64Range(0, places6).Draw(t, "from")
		to := rapid.Uint64Range(0, places6+5).Draw(t, "to")
		want, wantOK := uint64(0), false
		for n := from; n <= to && !wantOK; n++ {
			l, there := m[row.At(n)]
			want, wantOK = n, !there || l.Free(now)
		}
		if n, ok := tx.NextFree6(row, from, to, now); ok != wantOK || ok && n != want {
			t.Fatalf("NextFree6(%+v, %d, %d) = %d %t, want %d %t", row, from, to, n, ok, want, wantOK)
		}
	}
	ended := func(l *lease.Lease6) bool { return l.ValidLft != lease.InfiniteLifetime && l.Expire() < now }
	checkEnded6(t, "Expired6", m, tx.Expired6(now, 0, nil), func(l *lease.Lease6) bool { return ended(l) && l.State != lease.StateReclaimed })
	checkEnded6(t, "Reclaimed6", m, tx.Reclaimed6(now, 0, nil), func(l *lease.Lease6) bool { return l.Expire() < now && l.State == lease.StateReclaimed })
}

func checkEnded6(t *rapid.T, call string, m model6, got [][16]byte, want func(*lease.Lease6) bool) {
	t.Helper()
	last := int64(0)
	for _, addr := range got {
		l, ok := m[addr]
		if !ok || !want(&l) || l.Expire() < last {
			t.Fatalf("%s gave %x, which ends at %d after one at %d", call, addr, l.Expire(), last)
		}
		last = l.Expire()
	}
	if n := len(m.sorted(want)); len(got) != n {
		t.Fatalf("%s gave %d leases, want %d", call, len(got), n)
	}
}

func same6(t *rapid.T, call string, got, want []lease.Lease6) {
	t.Helper()
	for i := range got {
		got[i] = copyOf6(got[i])
	}
	if len(want)+len(got) > 0 && !reflect.DeepEqual(want, got) {
		t.Fatalf("%s: %s", call, gocmp.Diff(want, got))
	}
}

func checkQueries6(t *rapid.T, s *Store6, m model6) {
	t.Helper()
	some := genLease6.Draw(t, "like")
	for _, q := range []lease.Query6{
		{}, {SubnetID: some.SubnetID}, {DUID: some.DUID}, {Hostname: string(some.Hostname)},
		{SubnetID: some.SubnetID, DUID: some.DUID, From: some.Addr}, {From: some.Addr, Limit: 3}, {SubnetID: some.SubnetID, From: some.Addr, Limit: 2},
	} {
		want := m.sorted(func(l *lease.Lease6) bool {
			return (q.SubnetID == 0 || l.SubnetID == q.SubnetID) && (len(q.DUID) == 0 || bytes.Equal(l.DUID, q.DUID)) &&
				(q.Hostname == "" || string(l.Hostname) == q.Hostname) && (q.From == [16]byte{} || bytes.Compare(l.Addr[:], q.From[:]) > 0)
		})
		if string(q.DUID) == leasefile.EmptyDUID {
			want = nil // it is no client's
		}
		if q.Limit > 0 && len(want) > q.Limit {
			want = want[:q.Limit]
		}
		var got []lease.Lease6
		if err := s.Leases6(q, func(l *lease.Lease6) bool { got = append(got, copyOf6(*l)); return true }); err != nil {
			t.Fatal(err)
		}
		same6(t, "Leases6", got, want)
	}
	for _, kind := range []lease.Type6{lease.TypeNA, lease.TypePD} {
		inSubnet := func(l *lease.Lease6) bool { return l.SubnetID == 1 && l.Type == kind }
		if got, want := s.Counts6(1, kind), m.counts(inSubnet); got != want {
			t.Fatalf("Counts6(1, %d) = %+v, want %+v", kind, got, want)
		}
		inPool := func(l *lease.Lease6) bool { return inSubnet(l) && l.PoolID == 1 }
		if got, want := s.PoolCounts6(1, kind, 1), m.counts(inPool); got != want {
			t.Fatalf("PoolCounts6(1, %d, 1) = %+v, want %+v", kind, got, want)
		}
	}
}

// D6.4: leases that a lease file would not give back are not stored.
func TestCheck6(t *testing.T) {
	good := lease.Lease6{Addr: [16]byte{0x20, 1}, PrefixLen: 128, DUID: []byte{0, 1, 2}, ValidLft: 60}
	for name, spoil := range map[string]func(l *lease.Lease6){
		"short DUID":               func(l *lease.Lease6) { l.DUID = l.DUID[:2] },
		"long DUID":                func(l *lease.Lease6) { l.DUID = make([]byte, 131) },
		"DUID of a declined lease": func(l *lease.Lease6) { l.DUID = []byte(leasefile.EmptyDUID) },
		"long hardware address":    func(l *lease.Lease6) { l.HWAddr = make([]byte, 21) },
		"unknown type":             func(l *lease.Lease6) { l.Type = 3 },
		"address with a prefix":    func(l *lease.Lease6) { l.PrefixLen = 64 },
		"prefix too long":          func(l *lease.Lease6) { l.Type, l.PrefixLen = lease.TypePD, 129 },
	} {
		s, _, err := Open6(Options6{})
		if err != nil {
			t.Fatal(err)
		}
		l := good
		spoil(&l)
		tx := s.Begin6()
		tx.Put6(&l)
		if err := tx.Commit(); err == nil {
			t.Errorf("%s: the lease is stored", name)
		}
		s.Close6()
	}
}

func filled6(tb testing.TB, n int, o Options6) *Store6 {
	s, _, err := Open6(o)
	if err != nil {
		tb.Fatal(err)
	}
	tx := s.Begin6()
	for i := range n {
		duid := []byte{0, 1, 0, 1, 0x2b, 0, 0, 0, 2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)}
		l := lease.Lease6{
			Addr: rows6[0].At(uint64(i)), PrefixLen: 128, IAID: uint32(i), DUID: duid, HWAddr: duid[8:], HWType: 1, HWSource: 2,
			ValidLft: 4000, PreferredLft: 3000, CLTT: int64(1000 + i/1000), SubnetID: 1,
			Hostname: []byte("host-" + string(rune('a'+i%26)) + "-1234567.example.org."),
		}
		if i%2 == 1 {
			l.Addr, l.PrefixLen, l.Type, l.HWAddr = rows6[1].At(uint64(i)), 56, lease.TypePD, nil
		}
		if tx.Put6(&l); i%1000 < 999 && i < n-1 {
			continue
		}
		if err := tx.Commit(); err != nil {
			tb.Fatal(err)
		}
		tx = s.Begin6()
	}
	tx.Rollback()
	return s
}

func BenchmarkMemory6(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		before := resident(b)
		s := filled6(b, n, Options6{})
		runtime.GC()
		b.ReportMetric(float64(resident(b)-before)/n, "B/lease")
		s.Close6()
	}
}

func BenchmarkRenew6(b *testing.B) {
	s := filled6(b, 1_000_000, Options6{})
	defer s.Close6()
	var l lease.Lease6
	var buf []lease.Lease6
	b.ReportAllocs()
	i := uint64(0)
	for b.Loop() {
		i = (i*2862933555777941757 + 3037000493) % 500_000
		tx := s.Begin6()
		tx.Get6(rows6[0].At(i*2), &l)
		buf = tx.ByDUID6(l.DUID, buf[:0])
		l = buf[0]
		l.CLTT++
		tx.Put6(&l)
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}
