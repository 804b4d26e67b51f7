package memfile

import (
	"math"
	"math/bits"
)

// addrIndex finds records by IPv4 address. It is a tree over the octets of the
// address whose leaves are pages of 256 consecutive addresses. A page knows which
// addresses have a lease, which of those are taken, and since when at the
// earliest one of the taken may have run out; inner nodes sum that up, so that a
// search for a free address passes over full stretches without a look at their
// leases.
type addrIndex struct {
	root  uint32
	nodes slab[addrNode]
	pages slab[addrPage]
	lists arena // of the pages' record numbers
}

// addrNode covers 2^24 (the root's children) or 2^16 addresses per child.
type addrNode struct {
	child   [256]uint32
	full    [4]uint64 // children all of whose addresses are taken
	soonest int64     // no taken lease below runs out before this second
	used    uint32    // children
}

type addrPage struct {
	used    [4]uint64 // addresses with a lease
	taken   [4]uint64 // of those the ones neither reclaimed nor released
	soonest [4]int64  // by group of 64: no taken lease runs out before this second
	list    uint32    // record numbers in order of address
	room    uint16    // length of list
	count   uint16
}

// never is the end of a lease that does not run out.
const never = math.MaxInt64

// addrState is what the index keeps of a lease.
type addrState struct {
	taken  bool
	expire int64 // never for an infinite lifetime
}

// use sets the memory of the index.
func (x *addrIndex) use(r *regions) {
	x.nodes.memory, x.pages.memory, x.lists.memory = r, r, r
}

// path from the root to a page: the numbers of the nodes, 0 where there are none.
type addrPath struct {
	nodes [3]uint32 // by first, second, third octet
	page  uint32
}

func (x *addrIndex) path(addr uint32) (p addrPath) {
	p.nodes[0] = x.root
	for i := range 2 {
		if p.nodes[i] == 0 {
			return p
		}
		p.nodes[i+1] = x.nodes.at(p.nodes[i]).child[octet(addr, i)]
	}
	if p.nodes[2] != 0 {
		p.page = x.nodes.at(p.nodes[2]).child[octet(addr, 2)]
	}
	return p
}

// octet i of an address, the first being 0.
func octet(addr uint32, i int) uint32 { return addr >> (24 - 8*i) & 255 }

// rank is the number of set bits below bit i.
func rank(set *[4]uint64, i uint32) int {
	n := bits.OnesCount64(set[i/64] & (1<<(i%64) - 1))
	for w := range i / 64 {
		n += bits.OnesCount64(set[w])
	}
	return n
}

func isFull(set *[4]uint64) bool { return set[0]&set[1]&set[2]&set[3] == math.MaxUint64 }

// find gives the record of an address, 0 if it has no lease.
func (x *addrIndex) find(addr uint32) uint32 {
	p := x.path(addr)
	if p.page == 0 {
		return 0
	}
	page, i := x.pages.at(p.page), addr&255
	if page.used[i/64]>>(i%64)&1 == 0 {
		return 0
	}
	return x.records(page)[rank(&page.used, i)]
}

// insert adds the record of an address that has none yet.
func (x *addrIndex) insert(addr, record uint32, st addrState) {
	p := x.makePath(addr)
	page, i := x.pages.at(p.page), addr&255
	x.makeRoom(page)
	list, at := x.list(page), rank(&page.used, i)
	copy(list[at+1:page.count+1], list[at:page.count])
	list[at] = record
	page.count++
	page.used[i/64] |= 1 << (i % 64)
	x.mark(&p, addr, st)
}

// update tells that the state of an address's lease has changed.
func (x *addrIndex) update(addr uint32, st addrState) {
	p := x.path(addr)
	x.mark(&p, addr, st)
}

// remove takes the record of an address out.
func (x *addrIndex) remove(addr uint32) {
	p := x.path(addr)
	x.mark(&p, addr, addrState{})
	page, i := x.pages.at(p.page), addr&255
	list, at := x.list(page), rank(&page.used, i)
	copy(list[at:page.count], list[at+1:page.count])
	page.count--
	page.used[i/64] &^= 1 << (i % 64)
	if page.count == 0 {
		x.prune(&p, addr)
	} else if page.count < page.room/4 {
		x.resize(page, page.room/2)
	}
}

// mark brings the bits and bounds on the path up to date.
func (x *addrIndex) mark(p *addrPath, addr uint32, st addrState) {
	page, i := x.pages.at(p.page), addr&255
	word, bit := &page.taken[i/64], uint64(1)<<(i%64)
	was := isFull(&page.taken)
	if !st.taken {
		*word &^= bit
		if was {
			x.setFull(p, addr, false)
		}
		return
	}
	*word |= bit
	if !was && isFull(&page.taken) {
		x.setFull(p, addr, true)
	}
	page.soonest[i/64] = min(page.soonest[i/64], st.expire)
	for _, n := range p.nodes {
		node := x.nodes.at(n)
		node.soonest = min(node.soonest, st.expire)
	}
}

// setFull carries it upwards that the page became full or no longer is.
func (x *addrIndex) setFull(p *addrPath, addr uint32, full bool) {
	for level := 2; level >= 0; level-- {
		node, i := x.nodes.at(p.nodes[level]), octet(addr, level)
		was := isFull(&node.full)
		if full {
			node.full[i/64] |= 1 << (i % 64)
		} else {
			node.full[i/64] &^= 1 << (i % 64)
		}
		if was == isFull(&node.full) {
			return
		}
	}
}

// makePath adds the nodes and the page that the path lacks.
func (x *addrIndex) makePath(addr uint32) addrPath {
	p := x.path(addr)
	if p.nodes[0] == 0 {
		x.root = x.newNode()
		p.nodes[0] = x.root
	}
	for i := range 2 {
		if p.nodes[i+1] == 0 {
			p.nodes[i+1] = x.newNode()
			x.adopt(p.nodes[i], octet(addr, i), p.nodes[i+1])
		}
	}
	if p.page == 0 {
		p.page = x.pages.alloc()
		x.pages.at(p.page).soonest = [4]int64{never, never, never, never}
		x.adopt(p.nodes[2], octet(addr, 2), p.page)
	}
	return p
}

func (x *addrIndex) newNode() uint32 {
	n := x.nodes.alloc()
	x.nodes.at(n).soonest = never
	return n
}

func (x *addrIndex) adopt(parent, i, child uint32) {
	node := x.nodes.at(parent)
	node.child[i] = child
	node.used++
}

// prune drops an empty page and the nodes that it leaves empty.
func (x *addrIndex) prune(p *addrPath, addr uint32) {
	page := x.pages.at(p.page)
	x.lists.free(page.list, int(page.room)*4)
	x.pages.drop(p.page)
	for level := 2; level >= 0; level-- {
		node := x.nodes.at(p.nodes[level])
		node.child[octet(addr, level)] = 0
		if node.used--; node.used > 0 {
			return
		}
		x.nodes.drop(p.nodes[level])
	}
	x.root = 0
}

// firstRoom is the least length of a page's list.
const firstRoom = 2

// makeRoom makes the list of a page long enough for one record more.
func (x *addrIndex) makeRoom(page *addrPage) {
	switch {
	case page.room == 0:
		page.list, _ = x.lists.alloc(firstRoom * 4)
		page.room = firstRoom
	case page.count == page.room:
		x.resize(page, page.room+max(firstRoom, page.room/8*4))
	}
}

// resize moves the list of a page to a block of another length.
func (x *addrIndex) resize(page *addrPage, room uint16) {
	room = min(max(room, firstRoom, page.count), 256)
	ref, block := x.lists.alloc(int(room) * 4)
	copy(numbers(block), x.records(page))
	x.lists.free(page.list, int(page.room)*4)
	page.list, page.room = ref, room
}

// list is the whole list of a page, records the part that is in use.
func (x *addrIndex) list(page *addrPage) []uint32 {
	return numbers(x.lists.bytes(page.list, int(page.room)*4))
}

func (x *addrIndex) records(page *addrPage) []uint32 { return x.list(page)[:page.count] }
