package dhcp4

import (
	"nestor/lib/lease"
	"nestor/lib/pkt4"
)

// release carries out a DHCPRELEASE. The lease of ciaddr must belong to the
// client; match-client-id is not considered. With lease affinity the lease is
// kept, run out, for its client. There is no answer.
func (x *exchange) release() {
	addr := x.query.CIAddr()
	log := x.srv.log.leases
	var l lease.Lease4
	if !x.tx.Get4(addr, &l) {
		x.trace.address(whyReleaseNoLease, addr)
		if log.Enabled(msgReleaseNoLease) {
			log.Log(msgReleaseNoLease, x.label(), ip4(addr))
		}
		return
	}
	if !belongs(&l, x.hw, x.clientID) {
		x.trace.lease(whyReleaseWrongClient, &l)
		if log.Enabled(msgReleaseWrongClient) {
			log.Log(msgReleaseWrongClient, x.label(), ip4(addr))
		}
		return
	}
	if log.Enabled(msgRelease) {
		log.Log(msgRelease, x.label(), ip4(addr))
	}
	if l.State == lease.StateDefault {
		x.tally.Released(x.snap.placeOf(&l))
	}
	if !x.snap.cfg.Expiration.Affinity() || l.ValidLft == lease.InfiniteLifetime {
		x.trace.lease(whyReleaseDeletes, &l)
		x.removeName(&l)
		x.remove(addr)
		log.Log(msgReleaseDeleted, x.label(), ip4(addr))
		return
	}
	x.trace.lease(whyReleaseKeeps, &l)
	l.ValidLft, l.State = 0, lease.StateReleased
	x.put(&l)
	log.Log(msgReleaseExpired, x.label(), ip4(addr))
}

// decline carries out a DHCPDECLINE: an address that its client found in use is
// kept from everybody for the probation period. There is no answer.
func (x *exchange) decline() {
	addr := x.query.Addr(pkt4.OptRequestedAddress)
	log := x.srv.log.leases
	var l lease.Lease4
	if !x.tx.Get4(addr, &l) {
		x.trace.address(whyDeclineNoLease, addr)
		log.Log(msgDeclineNotFound, ip4(addr), x.label())
		return
	}
	if l.State != lease.StateDefault || l.Expired(x.unix) || !belongs(&l, x.hw, x.clientID) {
		x.trace.lease(whyDeclineMismatch, &l)
		log.Log(msgDeclineMismatch, ip4(addr), x.label(), hexText(x.hw), hexText(l.HWAddr), hexText(x.clientID), hexText(l.ClientID))
		return
	}
	period := x.snap.cfg.DeclineProbationPeriod
	declined := lease.Lease4{
		Addr: addr, ValidLft: period, CLTT: x.unix,
		SubnetID: l.SubnetID, PoolID: l.PoolID, State: lease.StateDeclined,
	}
	x.trace.lease(whyDeclines, &l)
	x.tally.Declined(x.srv.stats.leases, x.snap.placeOf(&l))
	x.removeName(&l)
	x.put(&declined)
	log.Log(msgDecline, ip4(addr), x.label(), period)
}

// inform answers a client that has an address and wants options only.
func (x *exchange) inform() {
	if x.selected == nil {
		x.trace.Note(whyUnserved)
		return
	}
	x.trace.Note(whyInform)
	x.pool = nil
	x.beginReply(pkt4.Ack)
	x.reply.CIAddr = x.query.CIAddr()
	x.answered = true
}
