package lease

import (
	"cmp"
	"slices"
)

// Overlay4 is a transaction whose changes stay in it: it reads through to another
// one, over what was changed in itself, and writes nothing there. It shows what
// would happen to the leases.
type Overlay4 struct {
	overlay[Lease4, uint32]
	base Tx4
}

var _ Tx4 = (*Overlay4)(nil)

// NewOverlay4 lays a transaction over another one, which remains its caller's to
// end.
func NewOverlay4(base Tx4) *Overlay4 {
	o := &Overlay4{base: base}
	o.shape = shape[Lease4, uint32]{
		addr: func(l *Lease4) uint32 { return l.Addr }, clone: (*Lease4).Clone, end: (*Lease4).Expire, compare: cmp.Compare[uint32],
		held: func(l *Lease4) (uint32, bool) { return l.SubnetID, l.State.takes() },
	}
	return o
}

// Get4 implements Tx4.
func (o *Overlay4) Get4(addr uint32, l *Lease4) bool { return o.get(addr, l, o.base.Get4) }

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
func (o *Overlay4) Put4(l *Lease4) { o.put(l, o.base.Get4) }

// Delete4 implements Tx4.
func (o *Overlay4) Delete4(addr uint32) bool { return o.remove(addr, o.base.Get4) }

// Expired4 implements Tx4.
func (o *Overlay4) Expired4(now int64, max int, buf []uint32) []uint32 {
	return o.ended(buf, o.base.Expired4(now, 0, nil), o.base.Get4, max, func(l *Lease4) bool {
		return l.State != StateReclaimed && l.Expired(now)
	})
}

// Reclaimed4 implements Tx4.
func (o *Overlay4) Reclaimed4(before int64, max int, buf []uint32) []uint32 {
	return o.ended(buf, o.base.Reclaimed4(before, 0, nil), o.base.Get4, max, func(l *Lease4) bool {
		return l.State == StateReclaimed && l.Expired(before)
	})
}

// Clone copies a lease with what its slices point to.
func (l *Lease4) Clone() Lease4 {
	c := *l
	for _, s := range []*[]byte{&c.HWAddr, &c.ClientID, &c.Hostname, &c.UserContext} {
		*s = slices.Clone(*s)
	}
	return c
}
