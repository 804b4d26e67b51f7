package memfile

import "sync"

// linkAll puts every record into the indexes that loading leaves out: all but
// the one by address. Knowing how many there are it makes the hash tables as
// large as they have to be, and each index is filled beside the others.
func (m *memory[R, P, L, K]) linkAll() {
	var work sync.WaitGroup
	for which := range m.hashes {
		work.Go(func() {
			m.hashes[which].reserve(m.records.used)
			m.eachRecord(func(n uint32) { m.linkKey(n, which) })
		})
	}
	work.Go(func() {
		m.eachRecord(func(n uint32) {
			if q := m.queue(m.head(n)); q != nil {
				q.insert(m, n)
			}
		})
	})
	m.eachRecord(func(n uint32) {
		h := m.head(n)
		m.places.count(h.place, h.state, 1)
		m.family.enter(m.places.all[h.place].subnet, m.at(n), n)
	})
	work.Wait()
}
