package element

// allocator hands out values and keys of one text: values from blocks, since a
// large configuration has a hundred thousand of them, and each key text once.
type allocator struct {
	block   []Value
	size    int
	keys    map[string]string
	decoded []byte // text of the last string with escapes
}

// maxBlock is how many values one allocation holds at most. One value that is
// kept keeps its whole block.
const maxBlock = 512

func (a *allocator) value(kind Kind, pos Pos) *Value {
	if len(a.block) == 0 {
		a.size = min(max(2*a.size, 8), maxBlock)
		a.block = make([]Value, a.size)
	}
	v := &a.block[0]
	a.block = a.block[1:]
	v.Kind, v.Pos = kind, pos
	return v
}

// key returns b as a string, the same one for the same bytes.
func (a *allocator) key(b []byte) string {
	if s, ok := a.keys[string(b)]; ok {
		return s
	}
	if a.keys == nil {
		a.keys = make(map[string]string)
	}
	s := string(b)
	a.keys[s] = s
	return s
}

// decode returns raw with its escapes decoded, valid until the next call; for the
// rest see unescape.
func (a *allocator) decode(raw []byte) (text []byte, offset int, bad string) {
	a.decoded, offset, bad = unescape(a.decoded[:0], raw)
	return a.decoded, offset, bad
}
