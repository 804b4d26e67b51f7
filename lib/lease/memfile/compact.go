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
func (m *memory[R, P, L, K]) compactStep() {
	from, to := m.sweep.slice(&m.data, m.records.n)
	for ; from < to; from++ {
		if r := m.at(from); r.common().data != 0 {
			m.data.move(&r.common().data, r.size(&m.data))
		}
	}
	m.family.compact()
}
