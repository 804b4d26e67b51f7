package memfile

// compactSlice is how many records, and pages of addresses, one transaction looks
// at for compaction.
const compactSlice = 64

// sweep goes over the owners of an arena's blocks a few at a time while blocks are
// to be moved out of sparse chunks.
type sweep struct{ next uint32 }

// slice gives the numbers of the owners to look at now, of which there are n.
func (s *sweep) slice(a *arena, n uint32) (from, to uint32) {
	if s.next == 0 {
		if !a.sparse() {
			return 0, 0
		}
		s.next = 1
	}
	from, to = s.next, min(s.next+compactSlice, n)
	if s.next = to; to >= n {
		s.next = 0
	}
	return from, to
}

// move gives a block a new place when its chunk is being emptied.
func (a *arena) move(ref *uint32, size int) {
	if !a.evacuating(*ref) {
		return
	}
	to, block := a.alloc(size)
	copy(block, a.bytes(*ref, size))
	a.free(*ref, size)
	*ref = to
}

// compactStep gives memory back that blocks of other lengths have left in the
// arenas.
func (m *memory4) compactStep() {
	from, to := m.sweeps[0].slice(&m.data, m.records.n)
	for ; from < to; from++ {
		if r := m.records.at(from); r.data != 0 {
			m.data.move(&r.data, r.layout(&m.data).end)
		}
	}
	from, to = m.sweeps[1].slice(&m.addrs.lists, m.addrs.pages.n)
	for ; from < to; from++ {
		if p := m.addrs.pages.at(from); p.room > 0 {
			m.addrs.lists.move(&p.list, int(p.room)*4)
		}
	}
}
