package dhcp4

import (
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/lifetime"
	"nestor/lib/pkt4"
)

// makeLease gives the client the address, whose former lease, if any, has run
// out. An offer is stored only where offer-lifetime says so.
func (x *exchange) makeLease(addr uint32, old *lease.Lease4, offer bool) {
	x.trace.address(why.Gets, addr)
	x.fillLease(addr)
	x.lease.UserContext = x.leaseContext(nil)
	if offer && x.offerLifetime() == 0 {
		return
	}
	if old != nil {
		x.tally.Reused(x.srv.stats.leases, x.snap.placeOf(old), old.State)
	}
	if !offer {
		x.nameNew(old)
	}
	x.storeLease(offer)
	x.tally.Assigned(x.srv.stats.leases, placeIn(x.subnet, x.pool))
}

// renew prolongs the client's own lease, or answers from the lease cache.
func (x *exchange) renew(offer bool) {
	old := &x.own
	x.trace.address(why.Keeps, old.Addr)
	x.fillLease(old.Addr)
	x.lease.UserContext = x.leaseContext(old.UserContext)
	if x.reusable(old) {
		return
	}
	if offer && x.offerLifetime() == 0 {
		return
	}
	live := old.State == lease.StateDefault && !old.Expired(x.unix)
	if !live {
		x.tally.Reused(x.srv.stats.leases, x.snap.placeOf(old), old.State)
	}
	if !offer {
		x.nameRenewed(old, live)
	}
	if live && old.SubnetID != x.lease.SubnetID {
		x.tally.Released(x.snap.placeOf(old))
		live = false
	}
	x.storeLease(offer)
	if !live {
		x.tally.Assigned(x.srv.stats.leases, placeIn(x.subnet, x.pool))
	}
}

// fillLease writes what the lease of the address is to be.
func (x *exchange) fillLease(addr uint32) {
	s := x.subnet
	x.pool = s.poolOf(addr)
	x.lease = lease.Lease4{
		Addr: addr, HWAddr: x.hw, CLTT: x.unix, SubnetID: s.ID,
		ValidLft: x.lifetime(), State: lease.StateDefault,
	}
	if x.pool != nil {
		x.lease.PoolID = x.pool.id
	}
	// A client without link-layer address is known by its identifier alone.
	if s.MatchClientID || len(x.hw) == 0 {
		x.lease.ClientID = x.clientID
	}
	x.nameLease()
}

func (x *exchange) storeLease(offer bool) {
	l := &x.stored
	*l = x.lease
	if offer {
		l.ValidLft = x.offerLifetime()
		l.FqdnFwd, l.FqdnRev = false, false
	}
	x.put(l)
}

// put and remove change the store, which the answer then waits for.
func (x *exchange) put(l *lease.Lease4) {
	if x.databases != nil && x.databases.Failed() {
		return // what is to be put may be reserved for another
	}
	x.changed = true
	x.tx.Put4(l)
}

func (x *exchange) remove(addr uint32) {
	x.changed = true
	x.tx.Delete4(addr)
}

// lifetime is the valid lifetime for the client: of the first of its classes
// that sets one, else of the subnet; what the client asks for is brought within
// the bounds. Option 51 of value 0 counts as absent.
func (x *exchange) lifetime() uint32 {
	t, from := x.subnet.ValidLifetime, why.NoClass
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil && k.ValidLifetime.Set {
			t, from = k.ValidLifetime.V, c
			break
		}
	}
	x.trace.Lifetime(why.ValidLifetime, t, from, "valid-lifetime")
	asked, ok := x.query.Uint32(pkt4.OptLeaseTime)
	if !ok || asked == 0 {
		return t.Default
	}
	x.trace.Seconds(why.LifetimeAsked, asked, "")
	return lifetime.Bound(t, asked)
}

func (x *exchange) offerLifetime() uint32 {
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil && k.OfferLifetime.Set {
			x.trace.offerLifetime(k.OfferLifetime.V, c)
			return k.OfferLifetime.V
		}
	}
	x.trace.offerLifetime(x.subnet.OfferLifetime, why.NoClass)
	return x.subnet.OfferLifetime
}

// reusable reports whether the client's lease is answered as it stands, without
// being written (ARM 8.2.32), and notes the lifetime that is left of it.
func (x *exchange) reusable(old *lease.Lease4) bool {
	if old.State != lease.StateDefault || !sameLease(old, &x.lease) {
		return false
	}
	if old.ValidLft < x.lease.ValidLft && x.offerLifetime() != 0 {
		return false // it may be that of an offer
	}
	age := x.unix - old.CLTT
	if old.ValidLft != lease.InfiniteLifetime && !lifetime.Fresh(&x.subnet.NetworkParams, age, old.ValidLft) {
		return false
	}
	x.lease.CLTT, x.lease.ValidLft = old.CLTT, old.ValidLft
	x.reused, x.remaining = true, old.ValidLft
	x.trace.Note(why.Reused)
	if old.ValidLft != lease.InfiniteLifetime {
		x.remaining -= uint32(age)
	}
	x.tally.Cached(x.srv.stats.leases, x.subnet.stats, leasestats.Address)
	return true
}

// sameLease reports whether nothing but the time differs between a lease and what it
// is to be. A longer lifetime is no change that matters, a shorter one is.
func sameLease(a, b *lease.Lease4) bool {
	return a.SubnetID == b.SubnetID && a.ValidLft <= b.ValidLft &&
		string(a.HWAddr) == string(b.HWAddr) && string(a.ClientID) == string(b.ClientID) &&
		string(a.Hostname) == string(b.Hostname) && a.FqdnFwd == b.FqdnFwd && a.FqdnRev == b.FqdnRev &&
		string(a.UserContext) == string(b.UserContext)
}

// dropLease deletes the lease that the client had on another address.
func (x *exchange) dropLease(l *lease.Lease4) {
	if l.State == lease.StateDefault || l.State == lease.StateDeclined {
		x.tally.Released(x.snap.placeOf(l))
	}
	x.trace.lease(whyDropsOther, l)
	x.remove(l.Addr)
}
