package memfile

import "sync"

// linkAll puts every record into the indexes that loading leaves out: all but
// the one by address. Knowing how many there are it makes the hash tables as
// large as they have to be, and each index is filled beside the others.
func (m *memory4) linkAll() {
	var work sync.WaitGroup
	for which := range m.hashes {
		work.Go(func() {
			m.hashes[which].reserve(m.records.used)
			m.eachRecord(func(n uint32) { m.linkKey(n, which) })
		})
	}
	work.Go(func() {
		m.eachRecord(func(n uint32) {
			if q := m.queue(m.records.at(n)); q != nil {
				q.insert(m, n)
			}
		})
	})
	m.eachRecord(func(n uint32) {
		r := m.records.at(n)
		m.places.count(r.place, r.state, 1)
		m.places.all[r.place].subnet.enter(r.addr)
	})
	work.Wait()
}

// eachRecord calls fn with each record that is in use.
func (m *memory4) eachRecord(fn func(n uint32)) {
	for n := uint32(1); n < m.records.n; n++ {
		if m.records.at(n).flags&inUse != 0 {
			fn(n)
		}
	}
}
