package alloc

import mathrand "math/rand/v2"

// tape is a source of random numbers that can be rewound: what was drawn while it
// recorded is drawn again.
type tape struct {
	source    mathrand.Source
	recording bool
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
	if t.recording {
		t.recorded = append(t.recorded, n)
	}
	return n
}

// record makes the choices that follow repeat after rewind.
func (s *State[T, A]) record() {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	s.drawn.recording = true
}

func (s *State[T, A]) rewind() {
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	t := s.drawn
	t.again = append(t.recorded, t.again...)
	t.recording, t.recorded = false, nil
}
