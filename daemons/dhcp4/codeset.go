package dhcp4

// codeSet is a set of option codes.
type codeSet [4]uint64

func (s *codeSet) add(code byte)      { s[code>>6] |= 1 << (code & 63) }
func (s *codeSet) has(code byte) bool { return s[code>>6]&(1<<(code&63)) != 0 }
func (s *codeSet) union(o *codeSet) {
	for i := range s {
		s[i] |= o[i]
	}
}
