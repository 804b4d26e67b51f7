package memfile

import (
	"math"
	"math/bits"
	"unsafe"
)

// numbers views a block of an arena as record numbers. Blocks lie on multiples
// of eight bytes.
func numbers(block []byte) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(&block[0])), len(block)/4)
}

// span of addresses below child i of a node at a level, the root's being 0.
func span(base uint32, level int, i uint32) (from, to uint32) {
	shift := 24 - 8*level
	from = base | i<<shift
	return from, from | (1<<shift - 1)
}

// freeSearch is a search for the lowest address in [from, to] that nobody has at
// now. expire tells when the lease of a record ends.
type freeSearch struct {
	x        *addrIndex
	from, to uint32
	now      int64
	expire   func(record uint32) int64
}

// run returns the address, or false when every one is taken.
func (f *freeSearch) run() (uint32, bool) {
	if f.from > f.to {
		return 0, false
	}
	if f.x.root == 0 {
		return f.from, true
	}
	return f.node(f.x.root, 0, 0)
}

// node searches what lies below a node.
func (f *freeSearch) node(n uint32, level int, base uint32) (uint32, bool) {
	node := f.x.nodes.at(n)
	shift := 24 - 8*level
	first, last := uint32(0), uint32(255)
	if base>>shift == f.from>>shift&^255 {
		first = f.from >> shift & 255
	}
	if base>>shift == f.to>>shift&^255 {
		last = f.to >> shift & 255
	}
	for i := first; i <= last; i++ {
		if node.soonest >= f.now { // nothing has run out: full children are of no use
			if i = nextClear(&node.full, i); i > last {
				break
			}
		}
		from, _ := span(base, level, i)
		if node.child[i] == 0 {
			return max(from, f.from), true
		}
		if addr, ok := f.child(node, i, level, from); ok {
			return addr, true
		}
	}
	if first == 0 && last == 255 && node.soonest < f.now {
		node.soonest = f.x.soonestBelow(node, level)
	}
	return 0, false
}

func (f *freeSearch) child(node *addrNode, i uint32, level int, base uint32) (uint32, bool) {
	if level == 2 {
		return f.page(f.x.pages.at(node.child[i]), base)
	}
	below := f.x.nodes.at(node.child[i])
	if below.soonest >= f.now && isFull(&below.full) {
		return 0, false
	}
	return f.node(node.child[i], level+1, base)
}

// page searches a page by groups of 64 addresses.
func (f *freeSearch) page(page *addrPage, base uint32) (uint32, bool) {
	first, last := max(base, f.from)-base, min(base|255, f.to)-base
	for w := first / 64; w <= last/64; w++ {
		free := ^page.taken[w] & mask(w, first, last)
		if page.soonest[w] < f.now {
			free |= f.expired(page, w, mask(w, first, last), free)
		}
		if free != 0 {
			return base + w*64 + uint32(bits.TrailingZeros64(free)), true
		}
	}
	return 0, false
}

// mask has the bits of word w that lie in [first, last].
func mask(w, first, last uint32) uint64 {
	m := uint64(math.MaxUint64)
	if w == first/64 {
		m <<= first % 64
	}
	if w == last/64 {
		m &= math.MaxUint64 >> (63 - last%64)
	}
	return m
}

// expired gives the first address of a group whose lease has run out, as a bit,
// if it lies in within and before those already known to be free. When the whole
// group was looked at in vain, its bound is set to what it really is.
func (f *freeSearch) expired(page *addrPage, w uint32, within, free uint64) uint64 {
	records := f.x.records(page)[rank(&page.used, w*64):]
	soonest := int64(never)
	used := page.used[w]
	for k := 0; used != 0; k, used = k+1, used&(used-1) {
		bit := used & -used
		if page.taken[w]&bit == 0 {
			continue
		}
		if free != 0 && free&-free < bit {
			return 0
		}
		end := f.expire(records[k])
		if end < f.now && within&bit != 0 {
			return bit
		}
		soonest = min(soonest, end)
	}
	page.soonest[w] = soonest
	return 0
}

// nextClear is the least number from i on that is not in the set, 256 if none.
func nextClear(set *[4]uint64, i uint32) uint32 {
	for w := i / 64; w < 4; w++ {
		if free := ^set[w] >> (i % 64) << (i % 64); w == i/64 && free != 0 {
			return w*64 + uint32(bits.TrailingZeros64(free))
		} else if w > i/64 && set[w] != math.MaxUint64 {
			return w*64 + uint32(bits.TrailingZeros64(^set[w]))
		}
	}
	return 256
}

// soonestBelow is the bound of a node as its children have it.
func (x *addrIndex) soonestBelow(node *addrNode, level int) int64 {
	bound := int64(never)
	for _, c := range node.child {
		switch {
		case c == 0:
		case level == 2:
			p := x.pages.at(c)
			bound = min(bound, p.soonest[0], p.soonest[1], p.soonest[2], p.soonest[3])
		default:
			bound = min(bound, x.nodes.at(c).soonest)
		}
	}
	return bound
}

// walk calls fn with the records of the addresses in [from, to] in ascending
// order until fn returns false.
func (x *addrIndex) walk(from, to uint32, fn func(record uint32) bool) bool {
	if x.root == 0 || from > to {
		return true
	}
	return x.walkNode(x.root, 0, 0, from, to, fn)
}

func (x *addrIndex) walkNode(n uint32, level int, base, from, to uint32, fn func(uint32) bool) bool {
	node := x.nodes.at(n)
	for i := range uint32(256) {
		low, high := span(base, level, i)
		if node.child[i] == 0 || high < from {
			continue
		}
		if low > to {
			return true
		}
		more := false
		if level == 2 {
			more = x.walkPage(x.pages.at(node.child[i]), max(low, from)-low, min(high, to)-low, fn)
		} else {
			more = x.walkNode(node.child[i], level+1, low, from, to, fn)
		}
		if !more {
			return false
		}
	}
	return true
}

func (x *addrIndex) walkPage(page *addrPage, first, last uint32, fn func(uint32) bool) bool {
	end := rank(&page.used, last)
	if page.used[last/64]>>(last%64)&1 == 1 {
		end++
	}
	for _, r := range x.records(page)[rank(&page.used, first):end] {
		if !fn(r) {
			return false
		}
	}
	return true
}
