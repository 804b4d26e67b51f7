package memfile

import "math/bits"

// arena holds byte blocks of varying size. A block is named by a reference, 0
// for none, and its owner remembers how long it is. Freed blocks are reused for
// blocks of the same size class; where that leaves chunks mostly empty, their
// owner moves the rest out (sparse, evacuating) and the chunk is given back.
type arena struct {
	chunks  []arenaChunk
	empty   []uint32             // slots in chunks without memory
	current uint32               // chunk that new blocks are cut from
	classes [arenaClasses]bitset // chunks with free blocks, by class
	memory  *regions             // must be set before alloc
	live    int                  // bytes in blocks
	mapped  int                  // bytes in chunks
	leaving int                  // chunks being evacuated
}

type arenaChunk struct {
	memory     []byte
	cut        uint32                // bytes handed out at least once
	live       uint32                // bytes in blocks
	free       *[arenaClasses]uint32 // first free block by class; nil for a block with its own chunk
	evacuating bool
}

const (
	arenaChunkBits = 20
	arenaChunkSize = 1 << arenaChunkBits
	arenaUnit      = 8 // references count these
	arenaUnitBits  = arenaChunkBits - 3
	// Up to fineUnits units a class is one size; beyond, there are four to a doubling.
	fineUnits    = 64
	arenaClasses = fineUnits + 4*(arenaUnitBits-6)
)

// class of blocks that hold size bytes, and how long those blocks are.
func arenaClass(size int) (class, length int) {
	units := (size + arenaUnit - 1) / arenaUnit
	if units <= fineUnits {
		return units - 1, units * arenaUnit
	}
	doubling := bits.Len(uint(units-1)) - 1 // 2^doubling < units ≤ 2^(doubling+1)
	step := 1 << (doubling - 2)
	quarter := (units - 1 - 1<<doubling) / step
	return fineUnits + 4*(doubling-6) + quarter, (1<<doubling + (quarter+1)*step) * arenaUnit
}

// alloc gives a block of at least size bytes, size > 0. Its content is undefined.
func (a *arena) alloc(size int) (ref uint32, block []byte) {
	if size > arenaChunkSize/2 {
		return a.allocHuge(size)
	}
	class, length := arenaClass(size)
	if n, ok := a.classes[class].first(); ok {
		c := &a.chunks[n]
		at := c.free[class]
		block := c.memory[at*arenaUnit:][:size:size]
		if c.free[class] = next(c.memory[at*arenaUnit:]); c.free[class] == 0 {
			a.classes[class].clear(n)
		}
		a.account(c, length)
		return n<<arenaUnitBits | at, block
	}
	if len(a.chunks) == 0 || int(a.chunks[a.current].cut)+length > arenaChunkSize {
		a.current = a.addChunk(a.memory.take(arenaChunkSize))
		a.chunks[a.current].free = new([arenaClasses]uint32)
	}
	c := &a.chunks[a.current]
	at := c.cut
	c.cut += uint32(length)
	a.account(c, length)
	return a.current<<arenaUnitBits | at/arenaUnit, c.memory[at:][:size:size]
}

// allocHuge gives a block its own chunk.
func (a *arena) allocHuge(size int) (ref uint32, block []byte) {
	n := a.addChunk(mapMemory(arenaUnit + size))
	c := &a.chunks[n]
	a.account(c, size)
	return n<<arenaUnitBits | 1, c.memory[arenaUnit:][:size:size]
}

// bytes gives the first size bytes of a block.
func (a *arena) bytes(ref uint32, size int) []byte {
	at := (ref & (1<<arenaUnitBits - 1)) * arenaUnit
	return a.chunks[ref>>arenaUnitBits].memory[at:][:size:size]
}

// free takes a block back that was allocated with that size.
func (a *arena) free(ref uint32, size int) {
	n := ref >> arenaUnitBits
	c := &a.chunks[n]
	if size > arenaChunkSize/2 {
		a.account(c, -size)
		a.dropChunk(n)
		return
	}
	class, length := arenaClass(size)
	a.account(c, -length)
	if c.evacuating {
		if c.live == 0 {
			a.leaving--
			a.dropChunk(n)
		}
		return
	}
	at := ref & (1<<arenaUnitBits - 1)
	setNext(c.memory[at*arenaUnit:], c.free[class])
	c.free[class] = at
	a.classes[class].set(n)
}

func (a *arena) account(c *arenaChunk, length int) {
	c.live += uint32(length)
	a.live += length
}

// addChunk takes memory in. The first unit of each chunk stays unused, so that
// neither reference 0 nor offset 0 names a block.
func (a *arena) addChunk(memory []byte) uint32 {
	c := arenaChunk{memory: memory, cut: arenaUnit}
	a.mapped += len(memory)
	if k := len(a.empty); k > 0 {
		n := a.empty[k-1]
		a.empty = a.empty[:k-1]
		a.chunks[n] = c
		return n
	}
	a.chunks = append(a.chunks, c)
	return uint32(len(a.chunks) - 1)
}

func (a *arena) dropChunk(n uint32) {
	c := &a.chunks[n]
	a.mapped -= len(c.memory)
	if c.free != nil {
		a.memory.give(c.memory)
	} else {
		unmapMemory(c.memory)
	}
	*c = arenaChunk{}
	a.empty = append(a.empty, n)
}

// sparse marks the chunks that are worth emptying, when together that frees a
// good part of the arena, and reports whether there are any. Their blocks then
// have to be moved: allocated anew, copied and freed.
func (a *arena) sparse() bool {
	if a.leaving > 0 || a.mapped-a.live < 4*arenaChunkSize || a.mapped-a.live < a.mapped/3 {
		return false
	}
	for n := range a.chunks {
		c := &a.chunks[n]
		if c.free == nil || uint32(n) == a.current || c.live > arenaChunkSize*3/4 {
			continue
		}
		for class := range c.free {
			a.classes[class].clear(uint32(n))
		}
		if c.live == 0 {
			a.dropChunk(uint32(n))
			continue
		}
		c.evacuating = true
		a.leaving++
	}
	return a.leaving > 0
}

// evacuating reports whether the block has to be moved.
func (a *arena) evacuating(ref uint32) bool { return a.chunks[ref>>arenaUnitBits].evacuating }

// release gives back what does not lie in the regions.
func (a *arena) release() {
	for _, c := range a.chunks {
		if c.memory != nil && c.free == nil {
			unmapMemory(c.memory)
		}
	}
}

// next and setNext link free blocks through their first bytes.
func next(block []byte) uint32 {
	_ = block[3]
	return uint32(block[0]) | uint32(block[1])<<8 | uint32(block[2])<<16 | uint32(block[3])<<24
}

func setNext(block []byte, at uint32) {
	_ = block[3]
	block[0], block[1], block[2], block[3] = byte(at), byte(at>>8), byte(at>>16), byte(at>>24)
}

// bitset is a growing set of small numbers.
type bitset []uint64

func (s *bitset) set(n uint32) {
	for int(n/64) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[n/64] |= 1 << (n % 64)
}

func (s bitset) clear(n uint32) {
	if int(n/64) < len(s) {
		s[n/64] &^= 1 << (n % 64)
	}
}

// first gives the least number of the set.
func (s bitset) first() (uint32, bool) {
	for i, word := range s {
		if word != 0 {
			return uint32(i*64 + bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}
