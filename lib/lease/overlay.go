package lease

import (
	"cmp"
	"slices"
)

// Change is a lease that was put, or the removal of one.
type Change[L any] struct {
	Lease   L // a copy; of a removal, the lease that was there
	Deleted bool
}

// Those of the two families.
type (
	Change4 = Change[Lease4]
	Change6 = Change[Lease6]
)

// overlay is what overlays of both families have: the changes that stay in them.
type overlay[L any, A comparable] struct {
	shape[L, A]
	changes []Change[L]
	// Watch is told, as by a store's Watch, of addresses that become taken or free;
	// nil: nobody is.
	Watch func(addr A, taken bool)
}

// shape is what an overlay knows of the leases of its family.
type shape[L any, A comparable] struct {
	addr    func(*L) A
	clone   func(*L) L
	end     func(*L) int64
	compare func(A, A) int
	// held gives the subnet, and whether the lease keeps others from its address.
	held func(*L) (subnetID uint32, taken bool)
}

// Changes are what was put and deleted, in that order. An address may be there
// more than once; what counts is the last.
func (o *overlay[L, A]) Changes() []Change[L] { return o.changes }

// changed finds the last change of an address.
func (o *overlay[L, A]) changed(addr A) *Change[L] {
	for i := len(o.changes) - 1; i >= 0; i-- {
		if c := &o.changes[i]; o.addr(&c.Lease) == addr {
			return c
		}
	}
	return nil
}

// get looks a lease up, with below where nothing changed.
func (o *overlay[L, A]) get(addr A, l *L, below func(A, *L) bool) bool {
	c := o.changed(addr)
	switch {
	case c == nil:
		return below(addr, l)
	case c.Deleted:
		return false
	}
	*l = c.Lease
	return true
}

// over appends the leases found below that were not changed, and the changed ones
// that are to be found, by address.
func (o *overlay[L, A]) over(buf, below []L, fits func(*L) bool) []L {
	from := len(buf)
	for i := range below {
		if o.changed(o.addr(&below[i])) == nil {
			buf = append(buf, below[i])
		}
	}
	o.eachPut(func(l *L) {
		if fits(l) {
			buf = append(buf, *l)
		}
	})
	slices.SortFunc(buf[from:], func(a, b L) int { return o.compare(o.addr(&a), o.addr(&b)) })
	return buf
}

// eachPut calls fn for each lease that was put and is still as it was put.
func (o *overlay[L, A]) eachPut(fn func(*L)) {
	for i := range o.changes {
		if c := &o.changes[i]; !c.Deleted && o.changed(o.addr(&c.Lease)) == c {
			fn(&c.Lease)
		}
	}
}

func (o *overlay[L, A]) put(l *L, below func(A, *L) bool) {
	var before L
	if o.get(o.addr(l), &before, below) {
		o.tell(&before, l)
	} else {
		o.tell(nil, l)
	}
	o.changes = append(o.changes, Change[L]{Lease: o.clone(l)})
}

// tell tells the watcher that before became after; nil: no lease.
func (o *overlay[L, A]) tell(before, after *L) {
	var wasTaken, isTaken bool
	var was, is uint32
	if before != nil {
		was, wasTaken = o.held(before)
	}
	if after != nil {
		is, isTaken = o.held(after)
	}
	if o.Watch == nil || before != nil && after != nil && wasTaken == isTaken && was == is {
		return
	}
	if wasTaken {
		o.Watch(o.addr(before), false)
	}
	if isTaken {
		o.Watch(o.addr(after), true)
	}
}

// remove deletes a lease, which below has where nothing changed.
func (o *overlay[L, A]) remove(addr A, below func(A, *L) bool) bool {
	var l L
	if !o.get(addr, &l, below) {
		return false
	}
	o.tell(&l, nil)
	o.changes = append(o.changes, Change[L]{Lease: o.clone(&l), Deleted: true})
	return true
}

// ended appends at most max of the addresses found below that were not changed,
// and of the changed ones that are to be found, the oldest first.
func (o *overlay[L, A]) ended(buf, below []A, get func(A, *L) bool, max int, fits func(*L) bool) []A {
	type ended struct {
		addr A
		at   int64
	}
	var all []ended
	var l L
	for _, a := range below {
		if o.changed(a) == nil && get(a, &l) {
			all = append(all, ended{a, o.end(&l)})
		}
	}
	o.eachPut(func(l *L) {
		if fits(l) {
			all = append(all, ended{o.addr(l), o.end(l)})
		}
	})
	slices.SortStableFunc(all, func(a, b ended) int { return cmp.Compare(a.at, b.at) })
	if max > 0 && len(all) > max {
		all = all[:max]
	}
	for _, e := range all {
		buf = append(buf, e.addr)
	}
	return buf
}

// Commit ends the transaction. There is nothing to make durable.
func (o *overlay[L, A]) Commit() error { return nil }

// Rollback ends the transaction: the changes are forgotten.
func (o *overlay[L, A]) Rollback() { o.changes = nil }

// takes reports whether a lease in that state keeps others from its address.
func (s State) takes() bool { return s != StateReclaimed && s != StateReleased }
