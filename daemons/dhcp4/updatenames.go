package dhcp4

import (
	"nestor/lib/lease"
	"nestor/lib/nameupdate"
)

// Here is when a lease makes the server ask for updates of the DNS (ARM 8.2.20.2).
// They are asked for when the lease is stored, in Committed.

// updatesOn reports whether the server asks for any.
func (x *exchange) updatesOn() bool { return x.srv.ddns.Enabled() }

// skipsUpdates reports whether the client is in class SKIP_DDNS.
func (x *exchange) skipsUpdates() bool {
	return x.snap.skipUpdates != 0 && x.classes.Has(x.snap.skipUpdates)
}

// nameNew asks for the entries of a new lease, and for the end of those of the leases
// that it comes in place of: old, which has run out at the address, and the one that
// the client has at another.
func (x *exchange) nameNew(old *lease.Lease4) {
	if old != nil {
		x.removeName(old)
	}
	if x.hasOwn && x.own.Addr != x.lease.Addr {
		x.removeName(&x.own)
	}
	x.addName()
}

// nameRenewed asks for what the renewal of a lease changes. One that has run out
// begins anew.
func (x *exchange) nameRenewed(old *lease.Lease4, live bool) {
	d := &x.subnet.DDNS
	if live && (!d.SendUpdates || !d.UpdateOnRenew && sameName(old, &x.lease)) {
		return
	}
	x.removeName(old)
	x.addName()
}

// sameName reports whether two leases stand alike in the DNS.
func sameName(a, b *lease.Lease4) bool {
	return string(a.Hostname) == string(b.Hostname) && a.FqdnFwd == b.FqdnFwd && a.FqdnRev == b.FqdnRev
}

// addName asks for the entries of the client's lease.
func (x *exchange) addName() {
	if x.updatesOn() {
		x.updates.Add4(&x.lease, &x.subnet.updates)
	}
}

// removeName asks for the end of a lease's entries, if it has any.
func (x *exchange) removeName(l *lease.Lease4) {
	if x.updatesOn() && !x.skipsUpdates() {
		x.updates.Remove4(l, x.snap.updatesOf(l))
	}
}

// updatesOf are the parameters of the subnet of a lease.
func (s *snapshot) updatesOf(l *lease.Lease4) *nameupdate.Params {
	if sub := s.byID[l.SubnetID]; sub != nil {
		return &sub.updates
	}
	return &nameupdate.Params{}
}
