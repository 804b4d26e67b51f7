package memfile

// compactSlice is how many records one transaction looks at for compaction.
const compactSlice = 64

// compactStep gives memory back that blocks of other lengths have left in the
// arena: a few records at a time have their blocks moved out of sparse chunks.
func (m *memory4) compactStep() {
	if m.compact == 0 {
		if !m.data.sparse() {
			return
		}
		m.compact = 1
	}
	end := min(m.compact+compactSlice, m.records.n)
	for ; m.compact < end; m.compact++ {
		r := m.records.at(m.compact)
		if r.data == 0 || !m.data.evacuating(r.data) {
			continue
		}
		size := r.layout(&m.data).end
		ref, block := m.data.alloc(size)
		copy(block, m.data.bytes(r.data, size))
		m.data.free(r.data, size)
		r.data = ref
	}
	if m.compact >= m.records.n {
		m.compact = 0
	}
}
