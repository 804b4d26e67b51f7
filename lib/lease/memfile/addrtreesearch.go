package memfile

import "nestor/lib/lease"

// freePlaceSearch is a search for the lowest place in [next, to] of a row that
// nobody has at now. expire tells when the lease of a record ends. Leases of other
// lengths that begin between two places do not count.
type freePlaceSearch struct {
	x        *addrTree
	row      lease.Range6
	next, to uint64
	now      int64
	expire   func(record uint32) int64

	address key6 // of next
	none    bool // no place is left
}

// run returns the place, or false when every one is taken.
func (f *freePlaceSearch) run() (uint64, bool) {
	f.none = f.next > f.to
	f.aim()
	if !f.none && f.x.root != 0 {
		f.node(f.x.root, f.x.height)
	}
	return f.next, !f.none
}

func (f *freePlaceSearch) aim() {
	a := f.row.At(f.next)
	f.address = key6Of(&a)
}

// pass goes on behind a place.
func (f *freePlaceSearch) pass(place uint64) {
	if f.none = place >= f.to; !f.none {
		f.next = place + 1
		f.aim()
	}
}

// node searches what lies below a node and reports whether the search goes on
// behind it, which it does not once next is free or no place is left.
func (f *freePlaceSearch) node(node uint32, height int) bool {
	if height == 0 {
		return f.leaf(f.x.leaves.at(node))
	}
	in := f.x.inners.at(node)
	first := in.childOf(f.address)
	for i := first; i < int(in.n); i++ {
		c := &in.below[i]
		switch {
		case c.max.less(f.address):
			continue
		case f.full(c):
			last, _ := f.row.Place(c.max.bytes())
			f.pass(last)
		case !f.node(c.node, height-1):
			return false
		case c.soonest < f.now:
			c.soonest = f.x.soonest(c.node, height-1)
		}
		if f.none {
			return false
		}
	}
	if first == 0 && in.soonest < f.now {
		in.soonest = never
		for i := range in.n {
			in.soonest = min(in.soonest, in.below[i].soonest)
		}
	}
	return true
}

func (x *addrTree) soonest(node uint32, height int) int64 {
	if height == 0 {
		return x.leaves.at(node).soonest
	}
	return x.inners.at(node).soonest
}

// full reports whether a child has nothing but taken leases, one for each place
// from next to its last.
func (f *freePlaceSearch) full(c *treeChild) bool {
	if c.soonest < f.now || c.min != f.address || c.lens != (lengths{f.row.Len, f.row.Len}) {
		return false
	}
	last, ok := f.row.Place(c.max.bytes())
	return ok && last-f.next == uint64(c.taken)-1
}

// leaf searches a leaf. When the whole of it was looked at, its bound is set to
// what it really is.
func (f *freePlaceSearch) leaf(l *treeLeaf) bool {
	first := l.seek(f.address)
	soonest := int64(never)
	for i := first; i < int(l.n); i++ {
		if l.keys[i] != f.address {
			if f.address.less(l.keys[i]) && !f.between(l.keys[i]) {
				return false
			}
			continue
		}
		end := int64(never)
		if l.taken>>i&1 == 1 {
			end = f.expire(l.records[i])
		}
		if l.taken>>i&1 == 0 || end < f.now {
			return false
		}
		soonest = min(soonest, end)
		if f.pass(f.next); f.none {
			return false
		}
	}
	if first == 0 && l.lens == (lengths{f.row.Len, f.row.Len}) {
		l.soonest = soonest
	}
	return true
}

// between reports whether a key above the place in question leaves that undecided,
// because it lies before the next place.
func (f *freePlaceSearch) between(k key6) bool {
	place, ok := f.row.Place(k.bytes())
	return ok && place == f.next
}
