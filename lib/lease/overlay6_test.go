package lease_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
)

// Leases of the test are addresses and prefixes that begin at the same places.
var addresses6 = lease.Range6{First: [16]byte{0x20, 1, 0xd, 0xb8}, Len: 128}

// prefixes6 are of a length at which the addresses are the first ones.
var prefixes6 = lease.Range6{First: [16]byte{0x20, 1, 0xd, 0xb8, 0x80}, Len: 56}

const places6 = 16

func drawLease6(t *rapid.T) *lease.Lease6 {
	l := &lease.Lease6{
		Type: lease.TypeNA, PrefixLen: 128,
		DUID:     []byte{0, 3, 0, 1, rapid.ByteRange(1, 4).Draw(t, "client")},
		ValidLft: rapid.SampledFrom([]uint32{10, 20, lease.InfiniteLifetime}).Draw(t, "lifetime"),
		CLTT:     rapid.Int64Range(100, 130).Draw(t, "time"),
		State: rapid.SampledFrom([]lease.State{lease.StateDefault, lease.StateDeclined, lease.StateReclaimed, lease.StateReleased,
			lease.StateRegistered}).Draw(t, "state"),
		SubnetID: 1,
	}
	n := rapid.Uint64Range(0, places6-1).Draw(t, "place")
	l.Addr = addresses6.At(n)
	if rapid.Bool().Draw(t, "prefix") {
		l.Addr, l.Type, l.PrefixLen = prefixes6.At(n), lease.TypePD, prefixes6.Len
	}
	return l
}

// TestOverlay6 holds an overlay to a transaction that makes the same changes, and
// the store below it to what it was.
func TestOverlay6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stores [2]lease.Manager6
		for i := range stores {
			stores[i], _, _ = memfile.Open6(memfile.Options6{})
			defer stores[i].Close6()
		}
		for range rapid.IntRange(0, 20).Draw(t, "leases") {
			l := drawLease6(t)
			for _, s := range stores {
				tx := s.Begin6()
				tx.Put6(l)
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			}
		}
		before := all6(stores[1])
		changed, below := stores[0].Begin6(), stores[1].Begin6()
		defer changed.Rollback()
		defer below.Rollback()
		over := lease.NewOverlay6(below)
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			if l := drawLease6(t); rapid.Bool().Draw(t, "put") {
				changed.Put6(l)
				over.Put6(l)
			} else if a, b := changed.Delete6(l.Addr), over.Delete6(l.Addr); a != b {
				t.Fatalf("delete of %x: %t, want %t", l.Addr, b, a)
			}
			compare6(t, changed, over)
		}
		if err := over.Commit(); err != nil {
			t.Fatal(err)
		}
		changed.Rollback()
		below.Rollback()
		if d := cmp.Diff(before, all6(stores[1])); d != "" {
			t.Fatalf("the store below changed: %s", d)
		}
	})
}

func compare6(t *rapid.T, want, got lease.Tx6) {
	now := rapid.Int64Range(100, 160).Draw(t, "now")
	for _, r := range []lease.Range6{addresses6, prefixes6} {
		for n := range uint64(places6) {
			var w, g lease.Lease6
			if there := want.Get6(r.At(n), &w); there != got.Get6(r.At(n), &g) {
				t.Fatalf("%x: there is a lease: %t, the overlay denies it", r.At(n), there)
			}
			same(t, w, g)
			wn, wok := want.NextFree6(r, n, places6-1, now)
			if gn, gok := got.NextFree6(r, n, places6-1, now); wok != gok || wok && wn != gn {
				t.Fatalf("free from place %d on: %d %t, want %d %t", n, gn, gok, wn, wok)
			}
		}
	}
	for n := byte(1); n <= 4; n++ {
		same(t, want.ByDUID6([]byte{0, 3, 0, 1, n}, nil), got.ByDUID6([]byte{0, 3, 0, 1, n}, nil))
	}
	for _, list := range []func(lease.Tx6) [][16]byte{
		func(tx lease.Tx6) [][16]byte { return tx.Expired6(now, 0, nil) },
		func(tx lease.Tx6) [][16]byte { return tx.Reclaimed6(now, 0, nil) },
	} {
		w, g := list(want), list(got)
		same(t, ends6(want, w), ends6(got, g))
		slices.SortFunc(w, compareAddrs)
		slices.SortFunc(g, compareAddrs)
		same(t, w, g)
	}
	if n := len(got.Expired6(now, 2, nil)); n > 2 {
		t.Fatalf("%d of at most 2", n)
	}
}

func compareAddrs(a, b [16]byte) int { return slices.Compare(a[:], b[:]) }

func ends6(tx lease.Tx6, addrs [][16]byte) (at []int64) {
	var l lease.Lease6
	for _, a := range addrs {
		tx.Get6(a, &l)
		at = append(at, l.Expire())
	}
	return at
}

func all6(s lease.Manager6) (leases []lease.Lease6) {
	_ = s.Leases6(lease.Query6{}, func(l *lease.Lease6) bool {
		leases = append(leases, l.Clone())
		return true
	})
	return leases
}
