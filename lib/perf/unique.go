package perf

// addressSet is a set of IPv4 addresses: a bit for each, in pages of 65,536 that
// are made when the first address of a page comes.
type addressSet struct {
	pages [1 << 16]*[1 << 10]uint64
}

// add puts an address in and tells whether it was new.
func (s *addressSet) add(b *binding4) bool {
	address := uint32(*b)
	page := s.pages[address>>16]
	if page == nil {
		page = new([1 << 10]uint64)
		s.pages[address>>16] = page
	}
	word, bit := &page[address>>6&1023], uint64(1)<<(address&63)
	fresh := *word&bit == 0
	*word |= bit
	return fresh
}

// remove takes an address out.
func (s *addressSet) remove(b *binding4) {
	address := uint32(*b)
	if page := s.pages[address>>16]; page != nil {
		page[address>>6&1023] &^= 1 << (address & 63)
	}
}
