package memfile

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
)

// model is the naive store: a map from address to lease.
type model map[uint32]lease.Lease4

func (m model) clone() model { return maps.Clone(m) }

func (m model) put(l lease.Lease4) { m[l.Addr] = copyOf(l) }

// copyOf makes a lease independent of the store's memory.
func copyOf(l lease.Lease4) lease.Lease4 {
	l.HWAddr, l.ClientID = some(l.HWAddr), some(l.ClientID)
	l.Hostname, l.UserContext = some(l.Hostname), some(l.UserContext)
	return l
}

func some(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Clone(b)
}

// sorted gives the leases that a test selects, in order of address.
func (m model) sorted(want func(*lease.Lease4) bool) []lease.Lease4 {
	var out []lease.Lease4
	for _, l := range m {
		if want == nil || want(&l) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b lease.Lease4) int { return cmp.Compare(a.Addr, b.Addr) })
	return out
}

func (m model) nextFree(from, to uint32, now int64) (uint32, bool) {
	for a := uint64(from); a <= uint64(to); a++ {
		if l, ok := m[uint32(a)]; !ok || l.Free(now) {
			return uint32(a), true
		}
	}
	return 0, false
}

func (m model) counts(want func(*lease.Lease4) bool) lease.Counts {
	var c lease.Counts
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
		}
	}
	return c
}

// reloaded is what a restart finds: a lifetime of 0 means that there is no lease.
func (m model) reloaded() model {
	out := model{}
	for a, l := range m {
		if l.ValidLft > 0 {
			out[a] = l
		}
	}
	return out
}

// Few values of everything, so that clients, names and seconds coincide.
var (
	genAddr = rapid.OneOf(
		rapid.Uint32Range(0x0a000000, 0x0a000040),
		rapid.Uint32Range(0x0a0000f0, 0x0a000210),
		rapid.Uint32Range(0x0a00fff0, 0x0a010010),
		rapid.SampledFrom([]uint32{0, 1, 0x0affffff, 0x0b000000, 0xffffffff}),
	)
	genHW = rapid.OneOf(
		rapid.Custom(func(t *rapid.T) []byte { return []byte{2, 0, 0, 0, 0, rapid.Byte().Draw(t, "hw") % 8} }),
		rapid.SliceOfN(rapid.Byte(), 0, 20),
	)
	genID = rapid.OneOf(
		rapid.Custom(func(t *rapid.T) []byte { return []byte{1, 2, 0, 0, 0, 0, rapid.Byte().Draw(t, "id") % 8} }),
		rapid.SliceOfN(rapid.Byte(), 2, 255),
		rapid.Just([]byte(nil)),
	)
	genHost = rapid.OneOf(
		rapid.SampledFrom([]string{"", "android", "printer.example.org.", "a,b&c", "x&#x2cy", "line\nfeed\r"}),
		rapid.StringMatching(`[a-z0-9-]{1,80}`),
		rapid.StringMatching(`[a-z]{300}`),
	)
	genContext = rapid.OneOf(
		rapid.Just(""),
		rapid.SampledFrom([]string{"", `{ "a": 1 }`, `{ "b": "x,y&z", "c": [ 1, 2 ] }`}),
		rapid.Custom(func(t *rapid.T) string {
			return `{ "k": "` + strings.Repeat("v", rapid.IntRange(0, 3000).Draw(t, "length")) + `" }`
		}),
	)
	genLease = rapid.Custom(func(t *rapid.T) lease.Lease4 {
		l := lease.Lease4{
			Addr:     genAddr.Draw(t, "addr"),
			ValidLft: rapid.SampledFrom([]uint32{0, 1, 60, 3600, 86400, 31536000, lease.InfiniteLifetime}).Draw(t, "valid"),
			CLTT:     rapid.OneOf(rapid.Int64Range(1_000_000, 1_000_200), rapid.Int64Range(-1<<33, 1<<33)).Draw(t, "cltt"),
			SubnetID: rapid.Uint32Range(1, 3).Draw(t, "subnet"),
			PoolID:   rapid.Uint32Range(0, 2).Draw(t, "pool"),
			State:    lease.State(rapid.IntRange(0, 3).Draw(t, "state")),
			FqdnFwd:  rapid.Bool().Draw(t, "fwd"), FqdnRev: rapid.Bool().Draw(t, "rev"),
			Hostname:    []byte(genHost.Draw(t, "host")),
			UserContext: []byte(genContext.Draw(t, "context")),
			HWAddr:      genHW.Draw(t, "hw"), ClientID: genID.Draw(t, "id"),
		}
		if len(l.HWAddr)+len(l.ClientID) == 0 {
			l.State = lease.StateDeclined
		}
		return l
	})
)

// same fails the test when the store does not hold exactly the model's leases.
func same(t fataler, s *Store4, m model) {
	t.Helper()
	var got []lease.Lease4
	if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		got = append(got, copyOf(*l))
		return true
	}); err != nil {
		t.Fatalf("Leases4: %v", err)
	}
	if d := gocmp.Diff(m.sorted(nil), got); d != "" {
		t.Fatalf("the store's leases are not the model's (-model +store):\n%s", d)
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// machine drives a store and a model side by side.
type machine struct {
	s         *Store4
	committed model
	current   model // with the changes of the transaction under way
	tx        lease.Tx4
	taken     map[uint32]uint32 // address to subnet, as Watch4 told
	now       int64
}

func newMachine(s *Store4) *machine {
	m := &machine{s: s, committed: model{}, current: model{}, taken: map[uint32]uint32{}, now: 1_000_100}
	s.Watch4(m.watch)
	return m
}

func (m *machine) watch(addr, subnet uint32, taken bool) {
	if was, ok := m.taken[addr]; taken == ok || ok && was != subnet {
		panic(fmt.Sprintf("Watch4 told taken=%v of %s in subnet %d, which was %v in %d", taken, family4{}.text(addr), subnet, ok, was))
	}
	if taken {
		m.taken[addr] = subnet
		return
	}
	delete(m.taken, addr)
}

func (m *machine) begin() {
	if m.tx == nil {
		m.tx = m.s.Begin4()
	}
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"put": func(t *rapid.T) {
			m.begin()
			l := genLease.Draw(t, "lease")
			m.tx.Put4(&l)
			m.current.put(l)
		},
		"renew": func(t *rapid.T) {
			m.begin()
			var l lease.Lease4
			if !m.tx.Get4(genAddr.Draw(t, "addr"), &l) {
				return
			}
			l.CLTT = m.now
			if rapid.Bool().Draw(t, "rename") {
				l.Hostname = []byte(genHost.Draw(t, "host"))
			}
			m.current.put(l)
			m.tx.Put4(&l)
		},
		"delete": func(t *rapid.T) {
			m.begin()
			addr := genAddr.Draw(t, "addr")
			_, want := m.current[addr]
			if got := m.tx.Delete4(addr); got != want {
				t.Fatalf("Delete4(%s) = %v, want %v", family4{}.text(addr), got, want)
			}
			delete(m.current, addr)
		},
		"get": func(t *rapid.T) {
			m.begin()
			addr := genAddr.Draw(t, "addr")
			var l lease.Lease4
			want, ok := m.current[addr]
			if got := m.tx.Get4(addr, &l); got != ok || ok && !gocmp.Equal(copyOf(l), want) {
				t.Fatalf("Get4(%s) = %v %+v, want %v %+v", family4{}.text(addr), got, l, ok, want)
			}
		},
		"find":  m.find,
		"free":  m.free,
		"ended": m.ended,
		"time": func(t *rapid.T) {
			m.now += rapid.Int64Range(0, 100).Draw(t, "seconds")
		},
		"commit": func(t *rapid.T) {
			m.begin()
			if err := m.tx.Commit(); err != nil {
				t.Fatalf("Commit: %v", err)
			}
			m.tx.Rollback() // does nothing any more
			m.tx, m.committed = nil, m.current.clone()
		},
		"rollback": func(t *rapid.T) {
			m.begin()
			m.tx.Rollback()
			m.tx, m.current = nil, m.committed.clone()
		},
		"": m.check,
	}
}

func (m *machine) find(t *rapid.T) {
	m.begin()
	id, hw := genID.Draw(t, "id"), genHW.Draw(t, "hw")
	byID := m.tx.ByClientID4(id, nil)
	want := m.current.sorted(func(l *lease.Lease4) bool { return len(id) > 0 && bytes.Equal(l.ClientID, id) })
	if d := gocmp.Diff(want, copies(byID)); d != "" {
		t.Fatalf("ByClientID4(%x): %s", id, d)
	}
	byHW := m.tx.ByHWAddr4(hw, nil)
	want = m.current.sorted(func(l *lease.Lease4) bool { return len(hw) > 0 && bytes.Equal(l.HWAddr, hw) })
	if d := gocmp.Diff(want, copies(byHW)); d != "" {
		t.Fatalf("ByHWAddr4(%x): %s", hw, d)
	}
}

func copies(in []lease.Lease4) []lease.Lease4 {
	var out []lease.Lease4
	for _, l := range in {
		out = append(out, copyOf(l))
	}
	return out
}

func (m *machine) free(t *rapid.T) {
	m.begin()
	from := genAddr.Draw(t, "from")
	to := from + rapid.Uint32Range(0, 600).Draw(t, "size")
	addr, ok := m.tx.NextFree4(from, to, m.now)
	if want, wantOK := m.current.nextFree(from, to, m.now); addr != want || ok != wantOK {
		t.Fatalf("NextFree4(%s, %s) = %s %v, want %s %v", family4{}.text(from), family4{}.text(to), family4{}.text(addr), ok, family4{}.text(want), wantOK)
	}
}

// ended compares the order too, as far as the leases' ends tell them apart.
func (m *machine) ended(t *rapid.T) {
	m.begin()
	max := rapid.IntRange(0, 5).Draw(t, "max")
	expired := m.current.sorted(func(l *lease.Lease4) bool {
		return l.State != lease.StateReclaimed && l.Expired(m.now)
	})
	m.compareEnds(t, "Expired4", expired, m.tx.Expired4(m.now, max, nil), max)
	reclaimed := m.current.sorted(func(l *lease.Lease4) bool {
		return l.State == lease.StateReclaimed && l.Expire() < m.now
	})
	m.compareEnds(t, "Reclaimed4", reclaimed, m.tx.Reclaimed4(m.now, max, nil), max)
}

func (m *machine) compareEnds(t *rapid.T, call string, want []lease.Lease4, got []uint32, most int) {
	var wantEnds, gotEnds []int64
	for _, l := range want {
		wantEnds = append(wantEnds, l.Expire())
	}
	slices.Sort(wantEnds)
	if most > 0 && len(wantEnds) > most {
		wantEnds = wantEnds[:most]
	}
	seen := map[uint32]bool{}
	for _, a := range got {
		l, ok := m.current[a]
		if !ok || seen[a] {
			t.Fatalf("%s gave %s, which has no lease or came before", call, family4{}.text(a))
		}
		seen[a] = true
		gotEnds = append(gotEnds, l.Expire())
	}
	// Ends before 1970 come first, in no order.
	for i := range wantEnds {
		wantEnds[i] = max(wantEnds[i], 0)
	}
	for i := range gotEnds {
		gotEnds[i] = max(gotEnds[i], 0)
	}
	if !slices.Equal(wantEnds, gotEnds) {
		t.Fatalf("%s gave leases that end at %v, want %v", call, gotEnds, wantEnds)
	}
}

func (m *machine) check(t *rapid.T) {
	for id := uint32(1); id <= 3; id++ {
		if got, want := m.s.Counts4(id), m.current.counts(func(l *lease.Lease4) bool { return l.SubnetID == id }); got != want {
			t.Fatalf("Counts4(%d) = %+v, want %+v", id, got, want)
		}
		if got, want := m.s.PoolCounts4(id, 1), m.current.counts(func(l *lease.Lease4) bool { return l.SubnetID == id && l.PoolID == 1 }); got != want {
			t.Fatalf("PoolCounts4(%d, 1) = %+v, want %+v", id, got, want)
		}
	}
	taken := map[uint32]uint32{}
	for a, l := range m.current {
		if l.State != lease.StateReclaimed && l.State != lease.StateReleased {
			taken[a] = l.SubnetID
		}
	}
	if !maps.Equal(taken, m.taken) {
		t.Fatalf("Watch4 told of %v, want %v", m.taken, taken)
	}
	if m.tx == nil {
		same(t, m.s, m.committed)
		m.queries(t)
	}
}

func (m *machine) queries(t *rapid.T) {
	q := lease.Query4{
		SubnetID: rapid.Uint32Range(0, 4).Draw(t, "subnet"),
		Limit:    rapid.IntRange(0, 3).Draw(t, "limit"),
		From:     rapid.SampledFrom([]uint32{0, 0x0a000008, 0x0a000100}).Draw(t, "from"),
		Hostname: rapid.SampledFrom([]string{"", "", "android"}).Draw(t, "hostname"),
	}
	if rapid.Bool().Draw(t, "by client") {
		q.ClientID = genID.Draw(t, "id")
		q.HWAddr = genHW.Draw(t, "hw")
	}
	want := m.committed.sorted(func(l *lease.Lease4) bool {
		return (q.SubnetID == 0 || l.SubnetID == q.SubnetID) && (q.Hostname == "" || string(l.Hostname) == q.Hostname) &&
			(len(q.ClientID) == 0 || bytes.Equal(l.ClientID, q.ClientID)) && (len(q.HWAddr) == 0 || bytes.Equal(l.HWAddr, q.HWAddr)) &&
			(q.From == 0 || l.Addr > q.From)
	})
	if q.Limit > 0 && len(want) > q.Limit {
		want = want[:q.Limit]
	}
	var got []lease.Lease4
	_ = m.s.Leases4(q, func(l *lease.Lease4) bool {
		got = append(got, copyOf(*l))
		return true
	})
	if d := gocmp.Diff(want, got); d != "" {
		t.Fatalf("Leases4(%+v): %s", q, d)
	}
}

// The store is a map from address to lease, whatever the order of what is done
// to it, and so is what a restart finds.
// D4.5.2 D4.5.7 PL.8.1
func TestStoreIsAMap(t *testing.T) {
	n := 0
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		n++
		o := Options4{Path: filepath.Join(dir, fmt.Sprint("leases", n)), Persist: true}
		s, _, err := Open4(o)
		if err != nil {
			t.Fatalf("Open4: %v", err)
		}
		m := newMachine(s)
		t.Repeat(m.actions())
		if m.tx != nil {
			m.tx.Rollback()
		}
		same(t, s, m.committed)
		if err := s.Close4(); err != nil {
			t.Fatalf("Close4: %v", err)
		}
		s, report, err := Open4(o)
		if err != nil {
			t.Fatalf("Open4 again: %v", err)
		}
		defer s.Close4()
		for _, f := range report.Files {
			if f.Errors > 0 {
				t.Fatalf("%d bad rows in %s", f.Errors, f.Path)
			}
		}
		same(t, s, m.committed.reloaded())
	})
}
