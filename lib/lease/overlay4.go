package lease

import (
	"cmp"
	"slices"
)

// Overlay4 is a transaction whose changes stay in it: it reads through to another
// one, over what was changed in itself, and writes nothing there. It shows what
// would happen to the leases.
type Overlay4 struct {
	base    Tx4
	changes []Change4
}

// Change4 is a lease that was put, or the removal of one.
type Change4 struct {
	Lease   Lease4 // a copy; of a removal, the lease that was there
	Deleted bool
}

var _ Tx4 = (*Overlay4)(nil)

// NewOverlay4 lays a transaction over another one, which remains its caller's to
// end.
func NewOverlay4(base Tx4) *Overlay4 { return &Overlay4{base: base} }

// Changes are what was put and deleted, in that order. An address may be there
// more than once; what counts is the last.
func (o *Overlay4) Changes() []Change4 { return o.changes }

// changed finds the last change of an address.
func (o *Overlay4) changed(addr uint32) *Change4 {
	for i := len(o.changes) - 1; i >= 0; i-- {
		if c := &o.changes[i]; c.Lease.Addr == addr {
			return c
		}
	}
	return nil
}

// Get4 implements Tx4.
func (o *Overlay4) Get4(addr uint32, l *Lease4) bool {
	c := o.changed(addr)
	switch {
	case c == nil:
		return o.base.Get4(addr, l)
	case c.Deleted:
		return false
	}
	*l = c.Lease
	return true
}

// ByClientID4 implements Tx4.
func (o *Overlay4) ByClientID4(id []byte, buf []Lease4) []Lease4 {
	if len(id) == 0 {
		return buf
	}
	return o.over(buf, o.base.ByClientID4(id, nil), func(l *Lease4) bool { return string(l.ClientID) == string(id) })
}

// ByHWAddr4 implements Tx4.
func (o *Overlay4) ByHWAddr4(hw []byte, buf []Lease4) []Lease4 {
	if len(hw) == 0 {
		return buf
	}
	return o.over(buf, o.base.ByHWAddr4(hw, nil), func(l *Lease4) bool { return string(l.HWAddr) == string(hw) })
}

// over appends the leases found below that were not changed, and the changed ones
// that are to be found, by address.
func (o *Overlay4) over(buf, below []Lease4, fits func(*Lease4) bool) []Lease4 {
	from := len(buf)
	for _, l := range below {
		if o.changed(l.Addr) == nil {
			buf = append(buf, l)
		}
	}
	o.eachPut(func(l *Lease4) {
		if fits(l) {
			buf = append(buf, *l)
		}
	})
	slices.SortFunc(buf[from:], func(a, b Lease4) int { return cmp.Compare(a.Addr, b.Addr) })
	return buf
}

// eachPut calls fn for each lease that was put and is still as it was put.
func (o *Overlay4) eachPut(fn func(*Lease4)) {
	for i := range o.changes {
		if c := &o.changes[i]; !c.Deleted && o.changed(c.Lease.Addr) == c {
			fn(&c.Lease)
		}
	}
}

// NextFree4 implements Tx4.
func (o *Overlay4) NextFree4(from, to uint32, now int64) (addr uint32, ok bool) {
	addr, ok = o.base.NextFree4(from, to, now)
	for ok {
		c := o.changed(addr)
		if c == nil || c.Deleted || c.Lease.Free(now) {
			break
		}
		if addr == to {
			addr, ok = 0, false
			break
		}
		addr, ok = o.base.NextFree4(addr+1, to, now)
	}
	// What became free here lies lower, perhaps.
	for i := range o.changes {
		a := o.changes[i].Lease.Addr
		c := o.changed(a)
		if a >= from && a <= to && (!ok || a < addr) && (c.Deleted || c.Lease.Free(now)) {
			addr, ok = a, true
		}
	}
	return addr, ok
}

// Put4 implements Tx4.
func (o *Overlay4) Put4(l *Lease4) {
	o.changes = append(o.changes, Change4{Lease: l.Clone()})
}

// Delete4 implements Tx4.
func (o *Overlay4) Delete4(addr uint32) bool {
	var l Lease4
	if !o.Get4(addr, &l) {
		return false
	}
	o.changes = append(o.changes, Change4{Lease: l.Clone(), Deleted: true})
	return true
}

// Expired4 implements Tx4.
func (o *Overlay4) Expired4(now int64, max int, buf []uint32) []uint32 {
	return o.ended(buf, o.base.Expired4(now, 0, nil), max, func(l *Lease4) bool {
		return l.State != StateReclaimed && l.Expired(now)
	})
}

// Reclaimed4 implements Tx4.
func (o *Overlay4) Reclaimed4(before int64, max int, buf []uint32) []uint32 {
	return o.ended(buf, o.base.Reclaimed4(before, 0, nil), max, func(l *Lease4) bool {
		return l.State == StateReclaimed && l.Expired(before)
	})
}

// ended appends at most max of the addresses found below that were not changed,
// and of the changed ones that are to be found, the oldest first.
func (o *Overlay4) ended(buf, below []uint32, max int, fits func(*Lease4) bool) []uint32 {
	type ended struct {
		addr uint32
		at   int64
	}
	var all []ended
	var l Lease4
	for _, a := range below {
		if o.changed(a) == nil && o.base.Get4(a, &l) {
			all = append(all, ended{a, l.Expire()})
		}
	}
	o.eachPut(func(l *Lease4) {
		if fits(l) {
			all = append(all, ended{l.Addr, l.Expire()})
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

// Commit implements Tx4. There is nothing to make durable.
func (o *Overlay4) Commit() error { return nil }

// Rollback implements Tx4: the changes are forgotten.
func (o *Overlay4) Rollback() { o.changes = nil }

// Clone copies a lease with what its slices point to.
func (l *Lease4) Clone() Lease4 {
	c := *l
	for _, s := range []*[]byte{&c.HWAddr, &c.ClientID, &c.Hostname, &c.UserContext} {
		*s = slices.Clone(*s)
	}
	return c
}
