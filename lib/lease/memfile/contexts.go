package memfile

// checkContexts has the user contexts of all loaded leases looked at. Like the
// checks of rows it changes what is in memory; the lease file stays as it is
// until a lease changes.
func (s *store[R, P, L, K]) checkContexts() {
	if s.options.Context == nil {
		return
	}
	var l L
	s.eachRecord(func(n uint32) {
		r := s.at(n)
		h := r.common()
		if h.flags&longData == 0 {
			return // it has none
		}
		if s.lease(n, &l); len(s.family.context(&l)) == 0 {
			return
		}
		s.options.Context(&l)
		s.old = *r
		if s.fill(r, &l); h.data != P(&s.old).common().data {
			freeData(P(&s.old), &s.data)
		}
	})
}
