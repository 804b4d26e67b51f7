package dhcp6

import (
	"nestor/lib/config"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/lifetime"
)

// makeLease gives the client the address or prefix, whose former lease, if any, has
// run out. An offer is not stored.
func (x *exchange) makeLease(addr [16]byte, length uint8, old *lease.Lease6) {
	s := x.subnet
	x.trace.address(why.Gets, s, addr, length)
	if old != nil && !x.offer {
		x.tally.Reused(x.srv.stats.leases, x.snap.placeOf(old), old.State)
	}
	x.pool = s.poolsOf(x.ia.typ).of(addr)
	x.nameLease(addr)
	preferred, valid := x.lifetimes()
	x.lease = lease.Lease6{
		Addr: addr, Type: x.ia.typ, PrefixLen: length, IAID: x.ia.IAID, DUID: x.duid,
		HWAddr: x.mac.addr, HWType: x.mac.htype, HWSource: x.mac.source,
		ValidLft: valid, PreferredLft: preferred, CLTT: x.unix,
		SubnetID: s.ID, State: lease.StateDefault,
		Hostname: x.nameOf(addr), FqdnFwd: x.name.forward, FqdnRev: x.name.reverse,
	}
	if x.pool != nil {
		x.lease.PoolID = x.pool.id
	}
	x.lease.UserContext = x.leaseContext(nil)
	x.ia.preferred, x.ia.valid = preferred, valid
	if x.offer {
		return
	}
	x.nameNew(old)
	x.put(&x.lease)
	x.tally.Assigned(x.srv.stats.leases, placeIn(s, x.pool, x.ia.typ))
}

// takeUp reads a lease of the client into x.lease, to be brought up to date. What it
// points to is valid until the next change of the store.
func (x *exchange) takeUp(h *held) bool {
	if !x.tx.Get6(h.addr, &x.found) {
		return false
	}
	x.subnet = x.snap.byID[h.subnetID]
	x.trace.address(why.Keeps, x.subnet, h.addr, h.len)
	x.pool = x.subnet.poolsOf(h.typ).of(h.addr)
	x.lease = x.found
	x.lease.DUID, x.lease.CLTT = x.duid, x.unix
	x.nameLease(h.addr)
	x.lease.Hostname, x.lease.FqdnFwd, x.lease.FqdnRev = x.nameOf(h.addr), x.name.forward, x.name.reverse
	x.lease.UserContext = x.leaseContext(x.found.UserContext)
	return true
}

// refresh brings a lease up to date that a client asks for which has it. Its
// lifetimes stay as they are, but for one that was given back.
func (x *exchange) refresh(h *held) {
	if !x.takeUp(h) {
		return
	}
	if x.lease.ValidLft == 0 {
		x.lease.PreferredLft, x.lease.ValidLft = x.lifetimes()
	} else {
		x.trace.note(whyKeptTimes)
	}
	x.ia.preferred, x.ia.valid = x.lease.PreferredLft, x.lease.ValidLft
	if x.offer || x.reusable() {
		return
	}
	again := x.found.State == lease.StateReclaimed || x.found.State == lease.StateReleased
	x.lease.State = lease.StateDefault
	x.nameRenewed(&x.found, !again)
	x.put(&x.lease)
	if again {
		x.tally.Assigned(x.srv.stats.leases, placeIn(x.subnet, x.pool, x.ia.typ))
	}
}

// prolong gives a lease new lifetimes. One that lies outside of its subnet, or in a
// subnet that the client may no longer use, is taken away; prolong returns false
// then.
func (x *exchange) prolong(h *held) bool {
	s := x.snap.byID[h.subnetID]
	global := x.globalHost != nil && s.ReservationsGlobal && x.globalHost.Reserves(h.typ, h.addr, h.len) != nil
	if !global && (h.typ == lease.TypeNA && !s.contains(h.addr) || !s.admits(&x.classes)) {
		x.trace.address(whyMovedAway, s, h.addr, h.len)
		x.retire(*h)
		return false
	}
	if !x.takeUp(h) {
		return false
	}
	x.lease.PreferredLft, x.lease.ValidLft = x.lifetimes()
	x.lease.HWAddr, x.lease.HWType, x.lease.HWSource = x.mac.addr, x.mac.htype, x.mac.source
	x.ia.preferred, x.ia.valid = x.lease.PreferredLft, x.lease.ValidLft
	if x.reusable() {
		return true
	}
	live := x.found.State == lease.StateDefault && !x.found.Expired(x.unix)
	if !live {
		x.tally.Reused(x.srv.stats.leases, x.snap.placeOf(&x.found), x.found.State)
	}
	x.lease.State = lease.StateDefault
	x.nameRenewed(&x.found, live)
	x.put(&x.lease)
	if !live {
		x.tally.Assigned(x.srv.stats.leases, placeIn(x.subnet, x.pool, x.ia.typ))
	}
	return true
}

// put changes the store, which the answer then waits for.
func (x *exchange) put(l *lease.Lease6) {
	x.stored = *l
	if x.databases != nil && x.databases.Failed() {
		return // what is to be put may be reserved for another
	}
	x.changed = true
	x.tx.Put6(&x.stored)
}

// lifetimes are those for the client: each of the first of its classes that sets it,
// else of the subnet; what the client asks for is brought within the bounds. A
// preferred lifetime that is not set, or longer than the valid one, is 5/8 of it
// (ARM 9.2.18).
func (x *exchange) lifetimes() (preferred, valid uint32) {
	p, v := x.subnet.PreferredLifetime, x.subnet.ValidLifetime
	ofPreferred, ofValid := why.NoClass, why.NoClass
	for _, c := range x.classes.Ordered() {
		k := x.snap.byClass.Of(c)
		if k == nil {
			continue
		}
		if k.PreferredLifetime.Set && ofPreferred == why.NoClass {
			p, ofPreferred = k.PreferredLifetime, c
		}
		if k.ValidLifetime.Set && ofValid == why.NoClass {
			v, ofValid = k.ValidLifetime.V, c
		}
	}
	var asked struct{ preferred, valid uint32 }
	if x.ia.hinted {
		asked.preferred, asked.valid = x.ia.hint.Preferred, x.ia.hint.Valid
	}
	x.trace.lifetimes(p, v, ofPreferred, ofValid, asked.preferred, asked.valid)
	valid = lifetime.Bound(v, asked.valid)
	preferred = lifetime.Bound(p.Or(config.Triplet{}), asked.preferred)
	switch {
	case preferred != 0 && preferred <= valid:
	case valid == lease.InfiniteLifetime:
		preferred = valid
		x.trace.Seconds(whyPreferredShare, preferred, "the valid lifetime")
	default:
		preferred = uint32(uint64(valid) * 5 / 8)
		x.trace.Seconds(whyPreferredShare, preferred, "the valid lifetime, of which it is 5/8")
	}
	return preferred, valid
}

// reusable reports whether the client's lease is answered as it stands, without
// being written (ARM 9.2.30), and notes the lifetimes that are left of it.
func (x *exchange) reusable() bool {
	old, l := &x.found, &x.lease
	if old.State != lease.StateDefault || !sameLease(old, l) {
		return false
	}
	age := x.unix - old.CLTT
	preferred, valid := old.PreferredLft, old.ValidLft
	if valid != lease.InfiniteLifetime {
		if !lifetime.Fresh(&x.subnet.NetworkParams, age, valid) {
			return false
		}
		valid -= uint32(age)
		switch {
		case preferred == 0 || preferred == lease.InfiniteLifetime:
		case int64(preferred) <= age:
			return false
		default:
			preferred -= uint32(age)
		}
	}
	x.ia.preferred, x.ia.valid = preferred, valid
	x.trace.note(why.Reused)
	x.tally.Cached(x.srv.stats.leases, x.subnet.stats, kindOf(x.ia.typ))
	return true
}

// sameLease reports whether nothing but the time differs between a lease and what it
// is to be. Longer lifetimes are no change that matters, shorter ones are.
func sameLease(a, b *lease.Lease6) bool {
	return a.SubnetID == b.SubnetID && a.ValidLft <= b.ValidLft && a.PreferredLft <= b.PreferredLft &&
		string(a.HWAddr) == string(b.HWAddr) &&
		string(a.Hostname) == string(b.Hostname) && a.FqdnFwd == b.FqdnFwd && a.FqdnRev == b.FqdnRev &&
		string(a.UserContext) == string(b.UserContext)
}
