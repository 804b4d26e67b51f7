package memfile

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nestor/lib/lease"
)

// treeModel is an addrTree beside a plain list of the same leases.
type treeModel struct {
	addrTree
	leases map[key6]treeLease
	ends   []int64 // by record
	row    lease.Range6
}

type treeLease struct {
	record uint32
	length uint8
	state  addrState
}

func newTreeModel(row lease.Range6) *treeModel {
	m := &treeModel{leases: map[key6]treeLease{}, ends: []int64{0}, row: row}
	m.treeNodes = &treeNodes{}
	m.use(&regions{})
	return m
}

func (m *treeModel) key(place uint64) key6 {
	a := m.row.At(place)
	return key6Of(&a)
}

func (m *treeModel) put(k key6, length uint8, st addrState) {
	if l, ok := m.leases[k]; ok {
		l.state = st
		m.leases[k] = l
		m.ends[l.record] = st.expire
		m.update(k, st)
		return
	}
	m.ends = append(m.ends, st.expire)
	l := treeLease{uint32(len(m.ends) - 1), length, st}
	m.leases[k] = l
	m.insert(k, length, l.record, st)
}

func (m *treeModel) delete(k key6) {
	if _, ok := m.leases[k]; ok {
		delete(m.leases, k)
		m.remove(k)
	}
}

// free searches one by one.
func (m *treeModel) free(from, to uint64, now int64) (uint64, bool) {
	for n := from; n <= to; n++ {
		if l, ok := m.leases[m.key(n)]; !ok || !l.state.taken || l.state.expire < now {
			return n, true
		}
	}
	return 0, false
}

func (m *treeModel) nextFree(from, to uint64, now int64) (uint64, bool) {
	f := freePlaceSearch{
		x: &m.addrTree, row: m.row, next: from, to: to, now: now,
		expire: func(record uint32) int64 { return m.ends[record] },
	}
	return f.run()
}

// check compares all that the tree can tell.
func (m *treeModel) check(t interface{ Fatalf(string, ...any) }) {
	var keys []key6
	for k, l := range m.leases {
		if got := m.find(k); got != l.record {
			t.Fatalf("%x has record %d, want %d", k, got, l.record)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key6) int {
		if a.less(b) {
			return -1
		}
		return 1
	})
	i := 0
	m.walk(key6{}, func(record uint32) bool {
		if i >= len(keys) || m.leases[keys[i]].record != record {
			t.Fatalf("record %d is walked over as number %d", record, i)
		}
		i++
		return true
	})
	if i != len(keys) {
		t.Fatalf("walked over %d records of %d", i, len(keys))
	}
	if len(keys) == 0 && (m.root != 0 || m.leaves.used != 0 || m.inners.used != 0) {
		t.Fatalf("the empty tree still has %d leaves and %d inner nodes", m.leaves.used, m.inners.used)
	}
	if m.root != 0 {
		m.checkNode(t, m.root, m.height)
	}
}

// checkNode holds the summaries to what lies below.
func (m *treeModel) checkNode(t interface{ Fatalf(string, ...any) }, node uint32, height int) treeSummary {
	if height == 0 {
		l := m.leaves.at(node)
		if l.n == 0 {
			t.Fatalf("leaf %d is empty", node)
		}
		s := l.summary()
		for i, r := range l.records[:l.n] {
			st := m.leases[l.keys[i]].state
			if taken := l.taken>>i&1 == 1; taken != st.taken || taken && st.expire < s.soonest {
				t.Fatalf("record %d is %+v, its leaf has %t, %d", r, st, taken, s.soonest)
			}
			if n := m.leases[l.keys[i]].length; n < s.lens.least || n > s.lens.most {
				t.Fatalf("length %d lies outside %+v", n, s.lens)
			}
		}
		return s
	}
	in := m.inners.at(node)
	sum := treeSummary{soonest: never, lens: noLengths, min: in.below[0].min, max: in.below[in.n-1].max}
	for i := range in.n {
		c := &in.below[i]
		s := m.checkNode(t, c.node, height-1)
		if c.min != s.min || c.max != s.max || c.taken != s.taken || c.soonest > s.soonest {
			t.Fatalf("node %d has %+v for child %d, which has %+v", node, c.treeSummary, i, s)
		}
		sum.taken += s.taken
		sum.soonest = min(sum.soonest, c.soonest)
		sum.lens.widen(s.lens)
	}
	if in.min != sum.min || in.max != sum.max || in.taken != sum.taken || in.soonest > sum.soonest {
		t.Fatalf("node %d has %+v, its children %+v", node, in.treeSummary, sum)
	}
	return sum
}

func TestAddrTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.SampledFrom([]uint8{128, 64, 56}).Draw(t, "length")
		m := newTreeModel(lease.Range6{First: [16]byte{0x20, 1, 0xd, 0xb8}, Len: length})
		width := rapid.SampledFrom([]uint64{5, 200, 3000}).Draw(t, "width")
		seed := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		drawState := func() addrState {
			return addrState{taken: seed.IntN(8) > 0, expire: []int64{never, 50, 100, 150}[seed.IntN(4)]}
		}
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			from := seed.Uint64N(width)
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0: // as the iterative allocator does
				for n := from; n < width; n++ {
					m.put(m.key(n), length, drawState())
				}
			case 1:
				for range width / 2 {
					m.put(m.key(seed.Uint64N(width)), length, drawState())
				}
			case 2:
				for range width / 2 {
					m.delete(m.key(seed.Uint64N(width)))
				}
			case 3: // from the top down, and out again
				for n := width; n > from; n-- {
					m.put(m.key(n-1), length, addrState{taken: true, expire: never})
				}
			case 4:
				for n := from; n < width; n++ {
					m.delete(m.key(n))
				}
			case 5: // prefixes of another length in between
				k := m.key(from)
				if length < 128 {
					k.lo |= 1
					m.put(k, 128, addrState{taken: true, expire: never})
				}
			}
			m.check(t)
			now := []int64{10, 60, 120, 200}[seed.IntN(4)]
			for range 20 {
				from := seed.Uint64N(width)
				to := from + seed.Uint64N(width)
				wantN, want := m.free(from, to, now)
				if n, ok := m.nextFree(from, to, now); ok != want || ok && n != wantN {
					t.Fatalf("next free in [%d, %d] at %d: %d, %t; want %d, %t", from, to, now, n, ok, wantN, want)
				}
			}
		}
	})
}

func TestAddrTreeEdges(t *testing.T) {
	m := newTreeModel(lease.Range6{First: [16]byte{0xff, 15: 0xfe}, Len: 128})
	if n, ok := m.nextFree(3, 2, 0); ok {
		t.Errorf("an empty row has the free place %d", n)
	}
	if n, ok := m.nextFree(0, 1<<64-1, 0); !ok || n != 0 {
		t.Errorf("place %d, %t in an empty tree, want 0", n, ok)
	}
	m.put(m.key(1<<64-1), 128, addrState{taken: true, expire: never})
	if n, ok := m.nextFree(1<<64-1, 1<<64-1, 0); ok {
		t.Errorf("the last place is taken, yet %d is free", n)
	}
	if n, ok := m.nextFree(1<<64-2, 1<<64-1, 0); !ok || n != 1<<64-2 {
		t.Errorf("place %d, %t, want the last but one", n, ok)
	}
}

// BenchmarkAddrTreeFull searches a row that is full but for its last place.
func BenchmarkAddrTreeFull(b *testing.B) {
	m := newTreeModel(lease.Range6{First: [16]byte{0x20, 1}, Len: 56})
	for n := range uint64(1 << 18) {
		m.put(m.key(n), 56, addrState{taken: true, expire: never})
	}
	b.ReportAllocs()
	for b.Loop() {
		if n, _ := m.nextFree(0, 1<<18, 100); n != 1<<18 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(m.leaves.used)*float64(1088)/(1<<18), "leaf-B/lease")
}
