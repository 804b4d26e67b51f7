package memfile

import "nestor/lib/lease"

// checkContexts has the user contexts of all loaded leases looked at. Like the
// checks of rows it changes what is in memory; the lease file stays as it is
// until a lease changes.
func (s *Store4) checkContexts() {
	if s.options.Context == nil {
		return
	}
	var l lease.Lease4
	s.eachRecord(func(n uint32) {
		r := s.records.at(n)
		if r.flags&longData == 0 {
			return // it has none
		}
		if s.lease(n, &l); len(l.UserContext) == 0 {
			return
		}
		l.UserContext = s.options.Context(l.Addr, l.UserContext)
		old := *r
		if s.fill(r, &l); r.data != old.data {
			old.freeData(&s.data)
		}
	})
}
