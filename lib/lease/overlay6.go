package lease

import (
	"bytes"
	"slices"
)

// Overlay6 is a transaction over DHCPv6 leases whose changes stay in it, as those of
// Overlay4 do.
type Overlay6 struct {
	overlay[Lease6, [16]byte]
	base Tx6
}

var _ Tx6 = (*Overlay6)(nil)

// NewOverlay6 lays a transaction over another one, which remains its caller's to
// end.
func NewOverlay6(base Tx6) *Overlay6 {
	o := &Overlay6{base: base}
	o.shape = shape[Lease6, [16]byte]{
		addr: func(l *Lease6) [16]byte { return l.Addr }, clone: (*Lease6).Clone, end: (*Lease6).Expire,
		compare: func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) },
		held:    func(l *Lease6) (uint32, bool) { return l.SubnetID, l.State.takes() },
	}
	return o
}

// Get6 implements Tx6.
func (o *Overlay6) Get6(addr [16]byte, l *Lease6) bool { return o.get(addr, l, o.base.Get6) }

// ByDUID6 implements Tx6.
func (o *Overlay6) ByDUID6(duid []byte, buf []Lease6) []Lease6 {
	return o.over(buf, o.base.ByDUID6(duid, nil), func(l *Lease6) bool { return string(l.DUID) == string(duid) })
}

// NextFree6 implements Tx6.
func (o *Overlay6) NextFree6(r Range6, from, to uint64, now int64) (n uint64, ok bool) {
	n, ok = o.base.NextFree6(r, from, to, now)
	for ok {
		c := o.changed(r.At(n))
		if c == nil || c.Deleted || c.Lease.Free(now) {
			break
		}
		if n == to {
			n, ok = 0, false
			break
		}
		n, ok = o.base.NextFree6(r, n+1, to, now)
	}
	// What became free here lies lower, perhaps.
	for i := range o.changes {
		a := o.changes[i].Lease.Addr
		c := o.changed(a)
		at, in := r.Place(a)
		if in && r.At(at) == a && at >= from && at <= to && (!ok || at < n) && (c.Deleted || c.Lease.Free(now)) {
			n, ok = at, true
		}
	}
	return n, ok
}

// Put6 implements Tx6.
func (o *Overlay6) Put6(l *Lease6) { o.put(l, o.base.Get6) }

// Delete6 implements Tx6.
func (o *Overlay6) Delete6(addr [16]byte) bool { return o.remove(addr, o.base.Get6) }

// Expired6 implements Tx6.
func (o *Overlay6) Expired6(now int64, max int, buf [][16]byte) [][16]byte {
	return o.ended(buf, o.base.Expired6(now, 0, nil), o.base.Get6, max, func(l *Lease6) bool {
		return l.State != StateReclaimed && l.Expired(now)
	})
}

// Reclaimed6 implements Tx6.
func (o *Overlay6) Reclaimed6(before int64, max int, buf [][16]byte) [][16]byte {
	return o.ended(buf, o.base.Reclaimed6(before, 0, nil), o.base.Get6, max, func(l *Lease6) bool {
		return l.State == StateReclaimed && l.Expired(before)
	})
}

// Clone copies a lease with what its slices point to.
func (l *Lease6) Clone() Lease6 {
	c := *l
	for _, s := range []*[]byte{&c.DUID, &c.HWAddr, &c.Hostname, &c.UserContext} {
		*s = slices.Clone(*s)
	}
	return c
}
