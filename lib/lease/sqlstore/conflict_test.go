package sqlstore

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/tests/databases"
)

const (
	base = 0x0a000000
	now  = 1_800_000_000
)

// leaseOf makes a lease of the n-th address for a client.
func leaseOf(n uint32, client byte) lease.Lease4 {
	return lease.Lease4{
		Addr: base + n, HWAddr: []byte{2, 0, 0, 0, 0, client}, ClientID: []byte{1, 2, 3, client},
		ValidLft: 3600, CLTT: now, SubnetID: 1,
	}
}

// pair opens two stores on one database, as two servers do.
func pair(t *testing.T, access *config.Database) (a, b *Store4) { return pairOn(t, access, access) }

// pairOn is pair on two nodes of a cluster.
func pairOn(t *testing.T, first, second *config.Database) (a, b *Store4) {
	a, b = New4(wiped(t, first), Options{}), New4(reopen(t, second), Options{})
	t.Cleanup(func() { a.Close4(); b.Close4() })
	return a, b
}

func putAll(t *testing.T, s *Store4, ls ...lease.Lease4) {
	t.Helper()
	tx := s.Begin4()
	for i := range ls {
		tx.Put4(&ls[i])
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// Of two servers that change one lease at the same time exactly one succeeds.
func TestConflict(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := newDatabase(t, server)
		testConflicts(t, access, access)
	})
}

func testConflicts(t *testing.T, firstOn, secondOn *config.Database) {
	expired := leaseOf(1, 1)
	expired.CLTT -= 4000
	renewed := leaseOf(1, 1)
	renewed.CLTT += 100
	cases := []struct {
		name   string
		before []lease.Lease4
		first  func(tx lease.Tx4)
		second func(tx lease.Tx4)
	}{
		{"both add", nil, putting(leaseOf(1, 1)), putting(leaseOf(1, 2))},
		{"both add, one among others", nil, putting(leaseOf(1, 1)), putting(leaseOf(0, 3), leaseOf(1, 2), leaseOf(2, 4))},
		{"both take over", []lease.Lease4{expired}, putting(leaseOf(1, 2)), putting(leaseOf(1, 3))},
		{"renewed and taken over", []lease.Lease4{expired}, putting(renewed), putting(leaseOf(1, 3))},
		{"renewed and deleted", []lease.Lease4{expired}, putting(renewed), deleting(base + 1)},
		{"deleted and renewed", []lease.Lease4{expired}, deleting(base + 1), putting(renewed)},
		{"both delete", []lease.Lease4{expired}, deleting(base + 1), deleting(base + 1)},
		{"another client in the same second", []lease.Lease4{leaseOf(1, 1)}, putting(leaseOf(1, 2)), putting(leaseOf(1, 1))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, b := pairOn(t, firstOn, secondOn)
			putAll(t, a, c.before...)
			first, second := a.Begin4(), b.Begin4()
			c.second(second)
			c.first(first)
			if err := first.Commit(); err != nil {
				t.Fatal(err)
			}
			want := contents(t, a)
			if err := second.Commit(); !errors.Is(err, lease.ErrConflict) {
				t.Fatalf("the second commit gave %v", err)
			}
			if got := contents(t, a); got != want {
				t.Errorf("after the conflict there is\n%s, before it\n%s", got, want)
			}
			// The same again in a new transaction: what the first did counts now.
			again := b.Begin4()
			c.second(again)
			if err := again.Commit(); err != nil {
				t.Errorf("the second try gave %v", err)
			}
		})
	}
}

func putting(ls ...lease.Lease4) func(lease.Tx4) {
	return func(tx lease.Tx4) {
		for i := range ls {
			tx.Put4(&ls[i])
		}
	}
}

func deleting(addr uint32) func(lease.Tx4) { return func(tx lease.Tx4) { tx.Delete4(addr) } }

func contents(t *testing.T, s *Store4) (text string) {
	t.Helper()
	if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool { text += fmt.Sprintln(*l); return true }); err != nil {
		t.Fatal(err)
	}
	return text
}

// Whoever loses an address goes on to the next candidate.
func TestNextCandidate(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		a, b := pair(t, newDatabase(t, server))
		take := func(tx lease.Tx4, client byte) uint32 {
			addr, ok := tx.NextFree4(base, base+999, now)
			if !ok {
				t.Fatal("no address is free")
			}
			l := leaseOf(addr-base, client)
			tx.Put4(&l)
			return addr
		}
		first, second := a.Begin4(), b.Begin4()
		if x, y := take(first, 1), take(second, 2); x != y {
			t.Fatalf("%x and %x, the race needs one address", x, y)
		}
		if err := first.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := second.Commit(); !errors.Is(err, lease.ErrConflict) {
			t.Fatal(err)
		}
		again := b.Begin4()
		if addr := take(again, 2); addr == base {
			t.Error("the taken address was given again")
		}
		if err := again.Commit(); err != nil {
			t.Fatal(err)
		}
	})
}

// Several servers give addresses of one small pool to many clients at the same time:
// each client gets one, and each address has one client.
func TestRace(t *testing.T) {
	const servers, clients, size = 3, 60, 200
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := newDatabase(t, server)
		var wait sync.WaitGroup
		var mu sync.Mutex
		given := map[uint32]int{}
		for n := range servers {
			s := New4(reopen(t, access), Options{})
			t.Cleanup(func() { s.Close4() })
			wait.Go(func() {
				for done := 0; done < clients; {
					tx := s.Begin4()
					var got []uint32
					for c := range min(7, clients-done) {
						addr, ok := tx.NextFree4(base, base+size-1, now)
						if !ok {
							t.Errorf("server %d finds no address for client %d", n, done)
							tx.Rollback()
							return
						}
						l := leaseOf(addr-base, byte(n*clients+done+c))
						tx.Put4(&l)
						got = append(got, addr)
					}
					switch err := tx.Commit(); {
					case err == nil:
						mu.Lock()
						for _, a := range got {
							given[a]++
						}
						mu.Unlock()
						done += len(got)
					case !errors.Is(err, lease.ErrConflict):
						t.Error(err)
						return
					}
				}
			})
		}
		wait.Wait()
		if len(given) != servers*clients {
			t.Errorf("%d addresses were given, want %d", len(given), servers*clients)
		}
		for a, n := range given {
			if n > 1 {
				t.Errorf("%x was given %d times", a, n)
			}
		}
	})
}

// A full pool notices within seconds what another server frees, and tells watchers.
func TestFreedElsewhere(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		a, b := pair(t, newDatabase(t, server))
		var ls []lease.Lease4
		for n := range uint32(300) {
			ls = append(ls, leaseOf(n, byte(n)))
		}
		putAll(t, a, ls...)
		freed := make(chan uint32, 10)
		a.Watch4(func(addr, _ uint32, taken bool) {
			if !taken {
				freed <- addr
			}
		})
		search := func() (uint32, bool) {
			tx := a.Begin4()
			defer tx.Rollback()
			return tx.NextFree4(base, base+299, now)
		}
		if addr, ok := search(); ok {
			t.Fatalf("%x is free in a full pool", addr)
		}
		tx := b.Begin4()
		tx.Delete4(base + 290)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(15 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if addr, ok := search(); ok {
				if addr != base+290 {
					t.Errorf("%x is free", addr)
				}
				break
			}
			if time.Now().After(end) {
				t.Fatal("nobody notices the address that another server has freed")
			}
		}
		if addr := <-freed; addr != base+290 {
			t.Errorf("watchers were told of %x", addr)
		}
	})
}

// The first free address behind a long row of taken ones is found without reading all
// of them.
func TestLeap(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		a, _ := pair(t, newDatabase(t, server))
		const size = 40_000
		for n := uint32(0); n < size; n += 1000 {
			var ls []lease.Lease4
			for m := range uint32(1000) {
				ls = append(ls, leaseOf(n+m, byte(m)))
			}
			putAll(t, a, ls...)
		}
		a.pages.forget()
		tx := a.Begin4()
		defer tx.Rollback()
		if addr, ok := tx.NextFree4(base, base+1<<20, now); !ok || addr != base+size {
			t.Errorf("%d is free, want %d", addr-base, size)
		}
		if read := len(a.pages.known); read > 64 {
			t.Errorf("%d pages were read", read)
		}
		if addr, ok := tx.NextFree4(base, base+size-1, now); ok {
			t.Errorf("%d is free", addr-base)
		}
		tx.Delete4(base + 30_000)
		if addr, ok := tx.NextFree4(base, base+size-1, now); !ok || addr != base+30_000 {
			t.Errorf("%d is free, want %d", addr-base, 30_000)
		}
	})
}
