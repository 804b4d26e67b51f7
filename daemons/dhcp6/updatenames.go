package dhcp6

import (
	"nestor/lib/lease"
	"nestor/lib/nameupdate"
)

// Here is when a lease makes the server ask for updates of the DNS (ARM 9.2.24.2).
// They are asked for when the lease is stored, in Committed. One address of an answer
// has its entries made: the first that has not had them.

// updatesOn reports whether the server asks for any.
func (x *exchange) updatesOn() bool { return x.srv.ddns.Enabled() }

// skipsUpdates reports whether the client is in class SKIP_DDNS.
func (x *exchange) skipsUpdates() bool {
	return x.snap.skipUpdates != 0 && x.classes.Has(x.snap.skipUpdates)
}

// nameNew is for a new lease, in place of one that has run out, if there was any.
func (x *exchange) nameNew(old *lease.Lease6) {
	if old != nil {
		x.removeName(old)
	}
	x.ia.updates = true
}

// nameRenewed is for the renewal of a lease. One that has run out begins anew.
func (x *exchange) nameRenewed(old *lease.Lease6, live bool) {
	d := &x.subnet.DDNS
	x.ia.updates = !live || d.SendUpdates && (d.UpdateOnRenew || !sameName(old, &x.lease))
	if x.ia.updates && !x.named {
		x.removeName(old)
	}
}

// sameName reports whether two leases stand alike in the DNS.
func sameName(a, b *lease.Lease6) bool {
	return string(a.Hostname) == string(b.Hostname) && a.FqdnFwd == b.FqdnFwd && a.FqdnRev == b.FqdnRev
}

// addName asks for the entries of the lease that the answer gives, if it is to have
// them and no other of the answer has.
func (x *exchange) addName() {
	if !x.ia.updates || x.named || x.offer || x.ia.typ != lease.TypeNA || !x.updatesOn() {
		return
	}
	x.updates.Add6(&x.lease, &x.subnet.updates)
	x.named = true
}

// removeName asks for the end of a lease's entries, if it has any.
func (x *exchange) removeName(l *lease.Lease6) {
	if x.updatesOn() && !x.skipsUpdates() {
		x.updates.Remove6(l, x.snap.updatesOf(l))
	}
}

// updatesOf are the parameters of the subnet of a lease.
func (s *snapshot) updatesOf(l *lease.Lease6) *nameupdate.Params {
	if sub := s.byID[l.SubnetID]; sub != nil {
		return &sub.updates
	}
	return &nameupdate.Params{}
}
