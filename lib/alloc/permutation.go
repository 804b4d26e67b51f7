package alloc

import (
	"math/bits"
	"math/rand/v2"
)

// permutation is a random order of the numbers below n that takes no memory: a
// Feistel network over the smallest even number of bits that holds them, gone
// through again as long as its result is too large.
type permutation struct {
	n    uint64
	half uint // bits of one half
	keys [4]uint64
}

// newPermutation makes an order of n numbers, n above 0.
func newPermutation(n uint64, random *rand.Rand) permutation {
	p := permutation{n: n, half: max(1, uint(bits.Len64(n-1)+1)/2)}
	for i := range p.keys {
		p.keys[i] = random.Uint64()
	}
	return p
}

// at returns the number in place i, i below n.
func (p *permutation) at(i uint64) uint64 {
	mask := uint64(1)<<p.half - 1
	for {
		left, right := i>>p.half, i&mask
		for _, key := range p.keys {
			left, right = right, left^mix(right^key)&mask
		}
		if i = left<<p.half | right; i < p.n {
			return i
		}
	}
}

// mix is the finalizer of splitmix64: each bit of x affects each of the result.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
