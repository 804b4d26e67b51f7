package alloc

import mathrand "math/rand/v2"

// tape is a source of random numbers that can be rewound: what was drawn while it
// recorded is drawn again.
type tape struct {
	source    mathrand.Source
	recording int // how many record
	recorded  []uint64
	again     []uint64
}

// Uint64 implements rand.Source.
func (t *tape) Uint64() (n uint64) {
	if len(t.again) > 0 {
		n, t.again = t.again[0], t.again[1:]
	} else {
		n = t.source.Uint64()
	}
	if t.recording > 0 {
		t.recorded = append(t.recorded, n)
	}
	return n
}

// Foresee begins to ask several allocators ahead, and gives the function that ends
// it: each then draws behind those asked before it, as they would in earnest. It must
// be called before the allocators may choose in earnest again.
func (s *State[T, A]) Foresee() (end func()) {
	s.record()
	return s.rewind
}

// record makes the choices that follow repeat after as many calls of rewind.
func (s *State[T, A]) record() {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	s.drawn.recording++
}

func (s *State[T, A]) rewind() {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	t := s.drawn
	if t.recording--; t.recording > 0 {
		return
	}
	t.again = append(t.recorded, t.again...)
	t.recorded = nil
}
