package alloc

import (
	mathrand "math/rand/v2"
	"sync"
)

// chance makes the random choices of a State, and of those that look ahead of it. It
// can be rewound: what was drawn while it recorded is drawn again.
type chance struct {
	mu        sync.Mutex
	source    mathrand.Source
	random    *mathrand.Rand // over the chance itself
	recording int            // how many record
	recorded  []uint64
	again     []uint64
}

func newChance(source mathrand.Source) *chance {
	c := &chance{source: source}
	c.random = mathrand.New(c)
	return c
}

// Uint64 implements rand.Source. The caller holds c.mu.
func (c *chance) Uint64() (n uint64) {
	if len(c.again) > 0 {
		n, c.again = c.again[0], c.again[1:]
	} else {
		n = c.source.Uint64()
	}
	if c.recording > 0 {
		c.recorded = append(c.recorded, n)
	}
	return n
}

// newOrder makes a random order of n things.
func (c *chance) newOrder(n uint64) permutation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return newPermutation(n, c.random)
}

// pick returns a random number below n.
func (c *chance) pick(n uint64) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Uint64N(n)
}

// record makes the choices that follow repeat after as many calls of rewind.
func (c *chance) record() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recording++
}

func (c *chance) rewind() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.recording--; c.recording > 0 {
		return
	}
	c.again = append(c.recorded, c.again...)
	c.recorded = nil
}
