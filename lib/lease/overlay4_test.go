package lease_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
)

const firstAddr, lastAddr = 0xc0000200, 0xc000020f

func drawLease(t *rapid.T) *lease.Lease4 {
	return &lease.Lease4{
		Addr:     rapid.Uint32Range(firstAddr, lastAddr).Draw(t, "address"),
		HWAddr:   []byte{2, 0, 0, 0, 0, rapid.ByteRange(1, 4).Draw(t, "hardware address")},
		ClientID: []byte{1, rapid.ByteRange(1, 4).Draw(t, "client id")},
		ValidLft: rapid.SampledFrom([]uint32{10, 20, lease.InfiniteLifetime}).Draw(t, "lifetime"),
		CLTT:     rapid.Int64Range(100, 130).Draw(t, "time"),
		State:    rapid.SampledFrom([]lease.State{lease.StateDefault, lease.StateDeclined, lease.StateReclaimed, lease.StateReleased}).Draw(t, "state"),
		SubnetID: 1,
	}
}

// TestOverlay4 holds an overlay to a transaction that makes the same changes, and
// the store below it to what it was.
func TestOverlay4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stores [2]lease.Manager4
		for i := range stores {
			stores[i], _, _ = memfile.Open4(memfile.Options4{})
			defer stores[i].Close4()
		}
		for range rapid.IntRange(0, 20).Draw(t, "leases") {
			l := drawLease(t)
			for _, s := range stores {
				tx := s.Begin4()
				tx.Put4(l)
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			}
		}
		before := all(stores[1])
		changed, below := stores[0].Begin4(), stores[1].Begin4()
		defer changed.Rollback()
		defer below.Rollback()
		over := lease.NewOverlay4(below)
		for range rapid.IntRange(0, 10).Draw(t, "changes") {
			if l := drawLease(t); rapid.Bool().Draw(t, "put") {
				changed.Put4(l)
				over.Put4(l)
			} else if a, b := changed.Delete4(l.Addr), over.Delete4(l.Addr); a != b {
				t.Fatalf("delete of %x: %t, want %t", l.Addr, b, a)
			}
			compare(t, changed, over)
		}
		if err := over.Commit(); err != nil {
			t.Fatal(err)
		}
		changed.Rollback()
		below.Rollback()
		if d := cmp.Diff(before, all(stores[1])); d != "" {
			t.Fatalf("the store below changed: %s", d)
		}
	})
}

func compare(t *rapid.T, want, got lease.Tx4) {
	now := rapid.Int64Range(100, 160).Draw(t, "now")
	for a := uint32(firstAddr); a <= lastAddr; a++ {
		var w, g lease.Lease4
		if there := want.Get4(a, &w); there != got.Get4(a, &g) {
			t.Fatalf("%x: there is a lease: %t, the overlay denies it", a, there)
		}
		same(t, w, g)
		wa, wok := want.NextFree4(a, lastAddr, now)
		if ga, gok := got.NextFree4(a, lastAddr, now); wa != ga || wok != gok {
			t.Fatalf("free from %x on: %x %t, want %x %t", a, ga, gok, wa, wok)
		}
	}
	for n := byte(1); n <= 4; n++ {
		same(t, want.ByHWAddr4([]byte{2, 0, 0, 0, 0, n}, nil), got.ByHWAddr4([]byte{2, 0, 0, 0, 0, n}, nil))
		same(t, want.ByClientID4([]byte{1, n}, nil), got.ByClientID4([]byte{1, n}, nil))
	}
	for _, list := range []func(lease.Tx4) []uint32{
		func(tx lease.Tx4) []uint32 { return tx.Expired4(now, 0, nil) },
		func(tx lease.Tx4) []uint32 { return tx.Reclaimed4(now, 0, nil) },
	} {
		w, g := list(want), list(got)
		same(t, ends(want, w), ends(got, g))
		slices.Sort(w)
		slices.Sort(g)
		same(t, w, g)
	}
	if n := len(got.Expired4(now, 2, nil)); n > 2 {
		t.Fatalf("%d of at most 2", n)
	}
}

// ends are the times at which leases end: of those that end at once the order is
// anybody's.
func ends(tx lease.Tx4, addrs []uint32) (at []int64) {
	var l lease.Lease4
	for _, a := range addrs {
		tx.Get4(a, &l)
		at = append(at, l.Expire())
	}
	return at
}

func same(t *rapid.T, want, got any) {
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("the overlay differs: %s", d)
	}
}

func all(s lease.Manager4) (leases []lease.Lease4) {
	_ = s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		leases = append(leases, l.Clone())
		return true
	})
	return leases
}
