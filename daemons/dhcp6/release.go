package dhcp6

import (
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/pkt6"
)

// release carries out a RELEASE: of each IA the first address or prefix. With lease
// affinity the lease is kept, run out, for its client. The answer has a status in
// each IA, and the last failure or success for the message.
func (x *exchange) release() {
	x.beginReply(pkt6.MsgReply)
	status := uint16(pkt6.StatusSuccess)
	for i := range x.ias {
		x.beginIA(&x.ias[i])
		if s := x.releaseOne(); s != pkt6.StatusSuccess {
			status = s
		}
		x.endIA()
	}
	x.replyStatus(status, "Summary status for all processed IA_NAs")
	x.answered = true
}

func (x *exchange) releaseOne() uint16 {
	ia, l := &x.ia, &x.found
	prefix := ia.typ == lease.TypePD
	switch {
	case !ia.hinted && prefix:
		x.trace.note(whyNothingNamed)
		return x.status(pkt6.StatusNoBinding, "You did not include a prefix in your RELEASE")
	case !ia.hinted:
		x.trace.note(whyNothingNamed)
		return x.status(pkt6.StatusNoBinding, "You did not include an address in your RELEASE")
	case !x.tx.Get6(ia.hint.Addr, l) || l.Type != ia.typ || prefix && l.PrefixLen != ia.hint.Len:
		x.trace.reserved(whyNoLease, ia.hint.Addr, ia.hint.Len)
		return x.status(pkt6.StatusNoBinding, "Sorry, no known leases for this duid/iaid, can't release.")
	case string(l.DUID) != string(x.duid):
		x.trace.lease(whyWrongClient, l)
		if prefix {
			x.srv.log.leases.Log(msgReleasePrefixDUID, x.label(), ip6(l.Addr), l.PrefixLen, hexText(l.DUID))
		} else {
			x.srv.log.leases.Log(msgReleaseAddressDUID, x.label(), ip6(l.Addr), hexText(l.DUID))
		}
		return x.status(pkt6.StatusNoBinding, "This address does not belong to you, you can't release it")
	case l.IAID != ia.IAID:
		x.trace.lease(whyWrongIAID, l)
		if prefix {
			x.srv.log.leases.Log(msgReleasePrefixIAID, x.label(), ip6(l.Addr), l.PrefixLen, l.IAID, ia.IAID)
		} else {
			x.srv.log.leases.Log(msgReleaseAddressIAID, x.label(), ip6(l.Addr), l.IAID, ia.IAID)
		}
		return x.status(pkt6.StatusNoBinding, "This is your address, but you used wrong IAID")
	}
	x.giveBack(l)
	return x.status(pkt6.StatusSuccess, "Lease released. Thank you, please come again.")
}

// giveBack ends a lease whose client does not want it any longer.
func (x *exchange) giveBack(l *lease.Lease6) {
	if l.State == lease.StateDefault {
		x.tally.Released(x.snap.placeOf(l))
	}
	x.changed = true
	if !x.snap.cfg.Expiration.Affinity() || l.ValidLft == lease.InfiniteLifetime {
		x.trace.lease(whyDeletes, l)
		x.removeName(l)
		x.tx.Delete6(l.Addr)
		x.logReleased(msgReleasePrefixDeleted, msgReleaseAddressDeleted)
		return
	}
	x.trace.lease(whyAffinity, l)
	x.stored = *l
	x.stored.ValidLft, x.stored.PreferredLft, x.stored.State = 0, 0, lease.StateReleased
	x.tx.Put6(&x.stored)
	x.logReleased(msgReleasePrefixExpired, msgReleaseAddressExpired)
}

// logReleased tells what became of the lease that was released.
func (x *exchange) logReleased(prefix, address *logging.Message) {
	log, l := x.srv.log.leases, &x.ia.hint
	if x.ia.typ == lease.TypePD {
		log.Log(prefix, x.label(), ip6(l.Addr), l.Len, x.ia.IAID)
	} else {
		log.Log(address, x.label(), ip6(l.Addr), x.ia.IAID)
	}
}

// decline carries out a DECLINE: addresses that their client found in use are kept
// from everybody for the probation period. Prefixes cannot be declined (RFC 8415
// section 18.3.8).
func (x *exchange) decline() {
	x.beginReply(pkt6.MsgReply)
	for i := range x.ias {
		if x.ias[i].Code != pkt6.OptIANA {
			continue
		}
		x.beginIA(&x.ias[i])
		x.declineAll()
		x.endIA()
	}
	x.answered = true
}

// declineAll declines the addresses of one IA. Each that cannot be has a status of its
// own, as Kea has it; those that can have one together.
func (x *exchange) declineAll() {
	named, declined := false, false
	for l := range x.ia.Leases() {
		named = true
		if text := x.declineOne(l.Addr); text != "" {
			x.status(pkt6.StatusNoBinding, text)
		} else {
			declined = true
		}
	}
	switch {
	case declined:
		x.status(pkt6.StatusSuccess, "Lease declined. Hopefully the next one will be better.")
	case !named:
		x.status(pkt6.StatusNoBinding, "No addresses sent in IA_NA")
	}
}

// declineOne returns why the address cannot be declined, "" if it is.
func (x *exchange) declineOne(addr [16]byte) string {
	log, l := x.srv.log.leases, &x.found
	switch {
	case !x.tx.Get6(addr, l) || l.State != lease.StateDefault || l.Expired(x.unix) || l.Type != lease.TypeNA:
		x.trace.reserved(whyNoLease, addr, 128)
		log.Log(msgDeclineNoLease, x.label(), ip6(addr))
		return "Server does not know about such an address."
	case string(l.DUID) != string(x.duid):
		x.trace.lease(whyWrongClient, l)
		log.Log(msgDeclineWrongDUID, x.label(), ip6(addr), hexText(l.DUID))
		return "This address does not belong to you, you can't decline it"
	case l.IAID != x.ia.IAID:
		x.trace.lease(whyWrongIAID, l)
		log.Log(msgDeclineWrongIAID, x.label(), ip6(addr), x.ia.IAID, l.IAID)
		return "This is your address, but you used wrong IAID"
	}
	period := x.snap.cfg.DeclineProbationPeriod
	x.trace.lease(whyDeclines, l)
	x.tally.Declined(x.srv.stats.leases, x.snap.placeOf(l))
	x.removeName(l)
	x.put(&lease.Lease6{
		Addr: addr, Type: lease.TypeNA, PrefixLen: 128, IAID: l.IAID, DUID: nobody[:],
		ValidLft: period, CLTT: x.unix, SubnetID: l.SubnetID, PoolID: l.PoolID, State: lease.StateDeclined,
	})
	log.Log(msgDecline, x.label(), ip6(addr), period)
	return ""
}

// nobody is the identifier of a declined lease.
var nobody = [...]byte{0, 0, 0}

// confirm tells a client whether its addresses fit the link that it is on now. One
// without any address is not answered (RFC 8415 section 18.3.3).
func (x *exchange) confirm() {
	any := false
	for i := range x.ias {
		if x.ias[i].Code != pkt6.OptIANA {
			continue
		}
		for l := range x.ias[i].Leases() {
			any = true
			if x.selected == nil || x.selected.contains(l.Addr) {
				continue
			}
			x.trace.address(whyNotOnLink, x.selected, l.Addr, 128)
			x.beginReply(pkt6.MsgReply)
			x.answered = true
			x.replyStatus(pkt6.StatusNotOnLink, "Address "+ip6(l.Addr).String()+" is not on link.")
			return
		}
	}
	if !any {
		x.trace.Note(whyNoAddress)
		return
	}
	x.beginReply(pkt6.MsgReply)
	x.answered = true
	if x.selected == nil {
		x.replyStatus(pkt6.StatusNotOnLink, "No subnet selected")
		return
	}
	x.replyStatus(pkt6.StatusSuccess, "All addresses are on-link")
}

// inform answers a client that wants options only.
func (x *exchange) inform() {
	x.trace.Note(whyInform)
	x.beginReply(pkt6.MsgReply)
	x.answered = true
}

// register notes an address that a client made itself (RFC 9686): it has to be the
// one that the client sends from, on the link that was selected, and nobody's lease.
// Others are not answered.
func (x *exchange) register() {
	content := x.query.Option(pkt6.OptIAAddr)
	ia := pkt6.IA{Code: pkt6.OptIANA, Options: x.query.Options()}
	l, ok := ia.Lease()
	if !ok || x.selected == nil || l.Addr != x.clientAddr() || !x.selected.contains(l.Addr) {
		x.trace.Note(whyUnregistered)
		return
	}
	again := false
	if x.tx.Get6(l.Addr, &x.found) {
		again = x.found.State == lease.StateRegistered
		if !again && !x.found.Free(x.unix) {
			x.trace.lease(whyLeased, &x.found)
			return
		}
		if !again {
			x.removeName(&x.found)
			x.tally.Reused(x.srv.stats.leases, x.snap.placeOf(&x.found), x.found.State)
		}
	}
	x.trace.address(whyRegisters, x.selected, l.Addr, 128)
	if !again {
		x.tally.Registered(x.srv.stats.leases, x.selected.stats)
	}
	x.put(&lease.Lease6{
		Addr: l.Addr, Type: lease.TypeNA, PrefixLen: 128, DUID: x.duid,
		HWAddr: x.mac.addr, HWType: x.mac.htype, HWSource: x.mac.source,
		ValidLft: l.Valid, PreferredLft: l.Preferred, CLTT: x.unix,
		SubnetID: x.selected.ID, State: lease.StateRegistered,
	})
	x.beginReply(pkt6.MsgAddrRegReply)
	x.reply.Set(pkt6.OptIAAddr, content)
	x.answered = true
}

// clientAddr is the address that the client itself sent from: the relay nearest to
// it tells, where there is one.
func (x *exchange) clientAddr() [16]byte {
	if r := x.query.Relays(); len(r) > 0 {
		return r[len(r)-1].Peer
	}
	return x.in.Src
}
