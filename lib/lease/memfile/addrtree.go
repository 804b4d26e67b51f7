package memfile

import (
	"encoding/binary"
	"math/bits"
)

// addrTree finds records by IPv6 address, or by the first address of a prefix.
// It is a B+ tree: IPv6 leases lie anywhere in ranges too wide for the pages that
// addrIndex has, and a delegated prefix is as far from the next as its length
// says. A leaf knows which of its leases are taken and when at the earliest one of
// those may have run out; inner nodes sum that up, so that a search for a free
// place passes over full stretches without a look at their leases.
//
// Record number 0 stands for none.
type addrTree struct {
	root   uint32 // a leaf when height is 0
	height int    // inner nodes from the root to a leaf
	*treeNodes
}

// treeNodes is what trees are made of; many can share it.
type treeNodes struct {
	leaves slab[treeLeaf]
	inners slab[treeInner]
}

// key6 is an address as two numbers.
type key6 struct{ hi, lo uint64 }

func key6Of(a *[16]byte) key6 {
	return key6{binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])}
}

func (k key6) bytes() (a [16]byte) {
	binary.BigEndian.PutUint64(a[:8], k.hi)
	binary.BigEndian.PutUint64(a[8:], k.lo)
	return a
}

func (k key6) less(o key6) bool { return k.hi < o.hi || k.hi == o.hi && k.lo < o.lo }

const (
	leafRoom  = 48 // at most 64, the bits of treeLeaf.taken
	innerRoom = 32
	// deepest is the most inner nodes on a way to a leaf: every one but the
	// root has two children at least once it was split, and there are fewer
	// than 2^32 leaves.
	deepest = 12
)

type treeLeaf struct {
	keys    [leafRoom]key6
	records [leafRoom]uint32
	taken   uint64 // bit i: the lease of keys[i] is neither reclaimed nor released
	soonest int64  // no taken lease runs out before this second
	n       uint8
	lens    lengths
}

type treeInner struct {
	below [innerRoom]treeChild
	treeSummary
	n uint8
}

// treeChild is a node as its parent has it.
type treeChild struct {
	treeSummary
	node uint32
}

// treeSummary is what is known of the leases below a node.
type treeSummary struct {
	min, max key6
	soonest  int64
	taken    uint32
	lens     lengths
}

// lengths bound the prefix lengths of some leases.
type lengths struct{ least, most uint8 }

func (l *lengths) widen(by lengths) {
	l.least, l.most = min(l.least, by.least), max(l.most, by.most)
}

// noLengths is widened by whatever comes.
var noLengths = lengths{least: 255}

// use sets the memory of the nodes.
func (t *treeNodes) use(r *regions) { t.leaves.memory, t.inners.memory = r, r }

// treePath is the way from the root to a leaf: the inner nodes and which of
// their children it takes.
type treePath struct {
	inner [deepest]*treeInner
	at    [deepest]int
	leaf  uint32
}

// descend fills in the way to the leaf that has the key, or would have it. The
// tree must not be empty.
func (x *addrTree) descend(p *treePath, k key6) *treeLeaf {
	node := x.root
	for level := range x.height {
		in := x.inners.at(node)
		at := in.childOf(k)
		p.inner[level], p.at[level] = in, at
		node = in.below[at].node
	}
	p.leaf = node
	return x.leaves.at(node)
}

// childOf is the last child that begins at or before the key, the first if none
// does.
func (in *treeInner) childOf(k key6) int {
	low, high := 1, int(in.n)
	for low < high {
		if mid := (low + high) / 2; k.less(in.below[mid].min) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low - 1
}

// seek is the place of the first key that is not below k.
func (l *treeLeaf) seek(k key6) int {
	low, high := 0, int(l.n)
	for low < high {
		if mid := (low + high) / 2; l.keys[mid].less(k) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// find gives the record of an address, 0 if it has no lease.
func (x *addrTree) find(k key6) uint32 {
	if x.root == 0 {
		return 0
	}
	node := x.root
	for range x.height {
		in := x.inners.at(node)
		node = in.below[in.childOf(k)].node
	}
	l := x.leaves.at(node)
	if i := l.seek(k); i < int(l.n) && l.keys[i] == k {
		return l.records[i]
	}
	return 0
}

// insert adds the record of an address, or of a prefix of that length, that has
// none yet.
func (x *addrTree) insert(k key6, length uint8, record uint32, st addrState) {
	if x.root == 0 {
		x.root = x.newLeaf()
	}
	var p treePath
	l := x.descend(&p, k)
	if l.n == leafRoom {
		x.splitLeaf(&p, k)
		l = x.descend(&p, k)
	}
	i := l.seek(k)
	copy(l.keys[i+1:], l.keys[i:l.n])
	copy(l.records[i+1:], l.records[i:l.n])
	l.keys[i], l.records[i] = k, record
	low := uint64(1)<<i - 1
	l.taken = l.taken&low | l.taken&^low<<1
	l.n++
	l.lens.widen(lengths{length, length})
	l.mark(i, st)
	x.report(&p, l.summary())
}

// update tells that the state of an address's lease has changed.
func (x *addrTree) update(k key6, st addrState) {
	var p treePath
	l := x.descend(&p, k)
	l.mark(l.seek(k), st)
	x.report(&p, l.summary())
}

// remove takes the record of an address out.
func (x *addrTree) remove(k key6) {
	var p treePath
	l := x.descend(&p, k)
	i := l.seek(k)
	copy(l.keys[i:], l.keys[i+1:l.n])
	copy(l.records[i:], l.records[i+1:l.n])
	low := uint64(1)<<i - 1
	l.taken = l.taken&low | l.taken>>1&^low
	l.n--
	switch {
	case l.n == 0:
		x.leaves.drop(p.leaf)
		x.prune(&p)
	case l.n < leafRoom/4 && x.mergeLeaf(&p):
	default:
		x.report(&p, l.summary())
	}
}

func (x *addrTree) newLeaf() uint32 {
	n := x.leaves.alloc()
	l := x.leaves.at(n)
	l.soonest, l.lens = never, noLengths
	return n
}

// mark notes the state of the i-th lease.
func (l *treeLeaf) mark(i int, st addrState) {
	if !st.taken {
		l.taken &^= 1 << i
		return
	}
	l.taken |= 1 << i
	l.soonest = min(l.soonest, st.expire)
}

func (l *treeLeaf) summary() treeSummary {
	return treeSummary{
		min: l.keys[0], max: l.keys[l.n-1], soonest: l.soonest,
		taken: uint32(bits.OnesCount64(l.taken)), lens: l.lens,
	}
}

// summarize makes the summary of an inner node from those of its children.
func (in *treeInner) summarize() {
	s := in.below[0].treeSummary
	for i := 1; i < int(in.n); i++ {
		c := &in.below[i]
		s.taken += c.taken
		s.soonest = min(s.soonest, c.soonest)
		s.lens.widen(c.lens)
	}
	s.max = in.below[in.n-1].max
	in.treeSummary = s
}

// report carries a leaf's new summary upwards.
func (x *addrTree) report(p *treePath, s treeSummary) { x.reportFrom(p, x.height-1, s) }

// reportFrom carries the new summary of a child of the node at a level upwards.
func (x *addrTree) reportFrom(p *treePath, level int, s treeSummary) {
	for ; level >= 0; level-- {
		in, at := p.inner[level], p.at[level]
		c := &in.below[at]
		in.taken += s.taken - c.taken
		in.soonest = min(in.soonest, s.soonest)
		in.lens.widen(s.lens)
		c.treeSummary = s
		in.min, in.max = in.below[0].min, in.below[in.n-1].max
		s = in.treeSummary
	}
}

// splitLeaf makes two leaves of the full one at the end of the path. Where keys
// come in order, which is what the iterative allocator does, the first stays
// nearly full.
func (x *addrTree) splitLeaf(p *treePath, k key6) {
	old, fresh := x.leaves.at(p.leaf), x.newLeaf()
	l := x.leaves.at(fresh)
	half := leafRoom / 2
	if old.keys[leafRoom-1].less(k) {
		half = leafRoom - 1
	}
	l.n = uint8(copy(l.keys[:], old.keys[half:]))
	copy(l.records[:], old.records[half:])
	l.taken, l.soonest, l.lens = old.taken>>half, old.soonest, old.lens
	old.n = uint8(half)
	old.taken &= 1<<half - 1
	x.report(p, old.summary())
	x.adopt(p, x.height-1, treeChild{l.summary(), fresh}, treeChild{old.summary(), p.leaf})
}

// adopt puts a node behind its left neighbour, the child that the path takes at
// the level, and splits the parent when that is full.
func (x *addrTree) adopt(p *treePath, level int, fresh, left treeChild) {
	if level < 0 {
		x.newRoot(left, fresh)
		return
	}
	in, at := p.inner[level], p.at[level]
	if in.n < innerRoom {
		in.insert(at+1, fresh)
		x.reportSelf(p, level)
		return
	}
	half := innerRoom / 2
	if at == innerRoom-1 {
		half = innerRoom - 1
	}
	n := x.inners.alloc()
	right := x.inners.at(n)
	right.n = uint8(copy(right.below[:], in.below[half:]))
	in.n = uint8(half)
	if at+1 <= half && half < innerRoom-1 {
		in.insert(at+1, fresh)
	} else {
		right.insert(at+1-half, fresh)
	}
	in.summarize()
	right.summarize()
	x.reportSelf(p, level)
	self := treeChild{in.treeSummary, x.numberOf(p, level)}
	x.adopt(p, level-1, treeChild{right.treeSummary, n}, self)
}

// numberOf is the number of the inner node at a level of the path.
func (x *addrTree) numberOf(p *treePath, level int) uint32 {
	if level == 0 {
		return x.root
	}
	return p.inner[level-1].below[p.at[level-1]].node
}

// reportSelf makes the summary of the inner node at a level anew and carries it
// upwards.
func (x *addrTree) reportSelf(p *treePath, level int) {
	in := p.inner[level]
	in.summarize()
	x.reportFrom(p, level-1, in.treeSummary)
}

func (x *addrTree) newRoot(children ...treeChild) {
	n := x.inners.alloc()
	in := x.inners.at(n)
	in.n = uint8(copy(in.below[:], children))
	in.summarize()
	x.root = n
	x.height++
}

func (in *treeInner) insert(at int, c treeChild) {
	copy(in.below[at+1:], in.below[at:in.n])
	in.below[at] = c
	in.n++
}

func (in *treeInner) cut(at int) {
	copy(in.below[at:], in.below[at+1:in.n])
	in.n--
	in.below[in.n] = treeChild{}
}

// prune drops the child that the path takes from its parent, and the nodes that
// this leaves empty.
func (x *addrTree) prune(p *treePath) {
	for level := x.height - 1; level >= 0; level-- {
		in := p.inner[level]
		if in.n > 1 {
			in.cut(p.at[level])
			x.reportSelf(p, level)
			x.lower()
			return
		}
		x.inners.drop(x.numberOf(p, level))
	}
	x.root, x.height = 0, 0
}

// lower drops roots that have one child.
func (x *addrTree) lower() {
	for x.height > 0 {
		in := x.inners.at(x.root)
		if in.n > 1 {
			return
		}
		child := in.below[0].node
		x.inners.drop(x.root)
		x.root = child
		x.height--
	}
}

// mergeLeaf moves the leases of the leaf at the end of the path to its
// neighbour, if that has the same parent and room enough, and drops it.
func (x *addrTree) mergeLeaf(p *treePath) bool {
	if x.height == 0 {
		return false
	}
	in, at := p.inner[x.height-1], p.at[x.height-1]
	if at == 0 {
		at = 1 // the right neighbour goes instead
	}
	if at >= int(in.n) {
		return false
	}
	left, right := x.leaves.at(in.below[at-1].node), x.leaves.at(in.below[at].node)
	if int(left.n)+int(right.n) > leafRoom*3/4 {
		return false
	}
	copy(left.keys[left.n:], right.keys[:right.n])
	copy(left.records[left.n:], right.records[:right.n])
	left.taken |= right.taken << left.n
	left.n += right.n
	left.soonest = min(left.soonest, right.soonest)
	left.lens.widen(right.lens)
	x.leaves.drop(in.below[at].node)
	in.below[at-1].treeSummary = left.summary()
	p.at[x.height-1] = at
	x.prune(p)
	return true
}

// walk calls fn with the records of the addresses from the given one on, in
// ascending order, until fn returns false.
func (x *addrTree) walk(from key6, fn func(record uint32) bool) {
	if x.root != 0 {
		x.walkNode(x.root, x.height, from, fn)
	}
}

func (x *addrTree) walkNode(node uint32, height int, from key6, fn func(uint32) bool) bool {
	if height == 0 {
		l := x.leaves.at(node)
		for _, r := range l.records[l.seek(from):l.n] {
			if !fn(r) {
				return false
			}
		}
		return true
	}
	in := x.inners.at(node)
	for i := in.childOf(from); i < int(in.n); i++ {
		if !x.walkNode(in.below[i].node, height-1, from, fn) {
			return false
		}
	}
	return true
}
