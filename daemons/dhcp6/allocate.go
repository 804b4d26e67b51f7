package dhcp6

import (
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/pkt6"
)

// iaState is the identity association in work.
type iaState struct {
	pkt6.IA
	typ    lease.Type6
	hint   pkt6.Lease // the first that the client names
	hinted bool
	begin  int    // where its answer begins in iaBytes
	first  int    // of the granted ones, the first that is its
	held   []held // leases of the client in it, as far as it keeps them
	// retired are leases that it lost in this exchange.
	retired []held
	updates bool // x.lease is to have its entries in the DNS made
	// What the answer tells of x.lease, which may be what is left of its lifetimes.
	preferred, valid uint32
}

// held is a lease that the client has.
type held struct {
	addr     [16]byte
	len      uint8
	typ      lease.Type6
	iaid     uint32
	subnetID uint32
	fresh    bool // made in this exchange
}

// grant is a lease that the answer gives.
type grant struct {
	typ       lease.Type6
	addr      [16]byte
	len       uint8
	iaid      uint32
	subnet    *subnet6
	pool      *pool6 // nil outside of pools
	preferred uint32
	valid     uint32
	content   []byte // of its IA in the answer
}

// solicit answers a SOLICIT with what a REQUEST would get. Nothing is stored unless
// client and subnet agree on rapid commit (RFC 8415 section 18.3.1).
func (x *exchange) solicit() {
	x.beginReply(pkt6.MsgAdvertise)
	x.offer = true
	if x.selected != nil && x.selected.RapidCommit && x.query.Has(pkt6.OptRapidCommit) {
		x.reply.Type, x.offer = pkt6.MsgReply, false
		x.reply.Set(pkt6.OptRapidCommit, nil)
	}
	x.assignAll()
}

// request answers a REQUEST.
func (x *exchange) request() {
	x.beginReply(pkt6.MsgReply)
	x.assignAll()
}

// assignAll serves each IA by itself: one that gets nothing does not keep others
// from anything.
func (x *exchange) assignAll() {
	x.nameClient()
	x.findOwn()
	x.trace.client()
	for i := range x.ias {
		x.beginIA(&x.ias[i])
		x.assign()
		x.endIA()
	}
	x.setTees()
	x.answered = true
}

// findOwn finds the leases that the client has in the network.
func (x *exchange) findOwn() {
	if x.selected == nil {
		return
	}
	x.leases = x.tx.ByDUID6(x.duid, x.leases[:0])
	for i := range x.leases {
		l := &x.leases[i]
		s := x.snap.byID[l.SubnetID]
		if l.State == lease.StateRegistered || s == nil || s.network != x.selected.network {
			continue
		}
		x.own = append(x.own, held{addr: l.Addr, len: l.PrefixLen, typ: l.Type, iaid: l.IAID, subnetID: l.SubnetID})
	}
}

// beginIA takes an IA into work and begins its answer.
func (x *exchange) beginIA(ia *pkt6.IA) {
	s := &x.ia
	s.IA, s.typ = *ia, lease.TypeNA
	if ia.Code == pkt6.OptIAPD {
		s.typ = lease.TypePD
	}
	s.hint, s.hinted = ia.Lease()
	s.held, s.retired = s.held[:0], s.retired[:0]
	s.updates = false
	for _, h := range x.own {
		if h.typ == s.typ && h.iaid == ia.IAID {
			s.held = append(s.held, h)
		}
	}
	s.begin, s.first = len(x.iaBytes), len(x.granted)
	x.iaBytes = pkt6.AppendIA(x.iaBytes, &pkt6.IA{Code: ia.Code, IAID: ia.IAID})
	x.trace.ia()
}

// endIA adds the answer to the reply.
func (x *exchange) endIA() {
	content := x.iaBytes[x.ia.begin:len(x.iaBytes):len(x.iaBytes)]
	for i := x.ia.first; i < len(x.granted); i++ {
		x.granted[i].content = content
	}
	x.reply.Add(x.ia.Code, content)
	x.ia.Code = 0 // none is in work
}

// assign gives an IA of a SOLICIT or REQUEST a lease, one at most.
func (x *exchange) assign() {
	switch {
	case x.selected == nil && x.ia.typ == lease.TypePD:
		x.status(pkt6.StatusNoPrefixAvail, "Sorry, no subnet available.")
	case x.selected == nil:
		x.status(pkt6.StatusNoAddrsAvail, "Server could not select subnet for this client")
	case x.repeat():
	case x.assignLease():
		x.grant()
		x.logLease()
	default:
		x.logNoLease()
		if x.ia.typ == lease.TypePD {
			x.status(pkt6.StatusNoPrefixAvail, "Sorry, no prefixes could be allocated.")
		} else {
			x.status(pkt6.StatusNoAddrsAvail, "Sorry, no address could be allocated.")
		}
	}
}

// repeat answers an IA whose IAID another one of the message had with the same
// lease.
func (x *exchange) repeat() bool {
	for i := range x.granted {
		g := &x.granted[i]
		if g.typ != x.ia.typ || g.iaid != x.ia.IAID {
			continue
		}
		x.subnet, x.pool = g.subnet, g.pool
		x.lease = lease.Lease6{Addr: g.addr, Type: g.typ, PrefixLen: g.len, IAID: g.iaid, SubnetID: g.subnet.ID}
		x.ia.preferred, x.ia.valid = g.preferred, g.valid
		x.trace.note(whyRepeat)
		x.grant()
		return true
	}
	return false
}

// assignLease finds the lease for an IA: a reserved one, else the one that it has,
// else another one. It is in x.lease then.
func (x *exchange) assignLease() bool {
	x.keepRightful()
	if len(x.ia.held) == 0 {
		return x.allocateUnreserved()
	}
	// The first is answered, so it is the last to be worked on.
	for i := len(x.ia.held) - 1; i >= 0; i-- {
		if h := &x.ia.held[i]; !h.fresh {
			x.refresh(h)
		}
	}
	return true
}

// keepRightful brings the leases of an IA into line with the reservations: what is
// reserved for the client is added, what it must not have any longer is taken away.
func (x *exchange) keepRightful() {
	if x.reserved() {
		x.takeReserved()
	}
	x.revokeForeign()
	if x.reserved() {
		x.dropUnreserved()
	}
}

// takeReserved gives the IA a reserved address or prefix, unless it has one. Each
// goes to one IA, in their order.
func (x *exchange) takeReserved() {
	for i := range x.ia.held {
		h := &x.ia.held[i]
		if s := x.snap.byID[h.subnetID]; x.reservedHere(s, h.typ, h.addr, h.len) != nil && x.tx.Get6(h.addr, &x.found) && x.found.ValidLft != 0 {
			x.trace.reserved(whyHasReserved, h.addr, h.len)
			return
		}
	}
	if x.takeGlobal() {
		return
	}
	for s := x.subnet; s != nil; s = x.next(s, x.subnet) {
		h := x.hostOf(s)
		if h == nil || !s.admits(&x.classes) {
			continue
		}
		for i := range h.Resources {
			r := &h.Resources[i]
			if s.ReservationsOutOfPool && s.poolsOf(r.Type).of(r.Addr) != nil {
				if r.Type == x.ia.typ {
					x.trace.reserved(why.ReservedInPool, r.Addr, r.Len)
				}
				continue
			}
			if x.available(r) {
				x.takeResource(s, r)
				return
			}
		}
	}
}

// takeGlobal does so with the global reservation. An address has to fit a subnet of
// the network, prefixes fit everywhere (ARM 9.3.11).
func (x *exchange) takeGlobal() bool {
	if x.globalHost == nil || !x.subnet.ReservationsGlobal {
		return false
	}
	for i := range x.globalHost.Resources {
		r := &x.globalHost.Resources[i]
		if !x.available(r) {
			continue
		}
		s := x.subnet
		for r.Type == lease.TypeNA && s != nil && !s.contains(r.Addr) {
			s = x.next(s, x.subnet)
		}
		if s != nil {
			x.takeResource(s, r)
			return true
		}
		x.trace.reserved(whyOutOfSubnets, r.Addr, r.Len)
	}
	return false
}

// available reports whether a reserved resource is of the kind that the IA takes and
// nobody's lease.
func (x *exchange) available(r *host.Resource6) bool {
	switch {
	case r.Type != x.ia.typ:
		return false
	case x.isGranted(r.Addr, r.Len) || x.tx.Get6(r.Addr, &x.found):
		x.trace.reserved(whyUnavailable, r.Addr, r.Len)
		return false
	}
	return true
}

func (x *exchange) takeResource(s *subnet6, r *host.Resource6) {
	x.subnet = s
	x.trace.address(why.Reserved, s, r.Addr, r.Len)
	x.makeLease(r.Addr, r.Len, nil)
	x.ia.held = append(x.ia.held, held{addr: r.Addr, len: r.Len, typ: r.Type, iaid: x.ia.IAID, subnetID: s.ID, fresh: true})
	log := x.srv.log.allocEngine
	if r.Type == lease.TypePD && log.Enabled(msgReservedPrefix) {
		log.Log(msgReservedPrefix, ip6(r.Addr), r.Len, x.label())
	} else if r.Type == lease.TypeNA && log.Enabled(msgReservedAddress) {
		log.Log(msgReservedAddress, ip6(r.Addr), x.label())
	}
}

// isGranted reports whether an IA before has got the address or prefix.
func (x *exchange) isGranted(addr [16]byte, length uint8) bool {
	for i := range x.granted {
		if g := &x.granted[i]; g.addr == addr && g.len == length {
			return true
		}
	}
	return false
}

// revokeForeign takes away what is reserved for others, and what is in no pool that
// the client may use.
func (x *exchange) revokeForeign() {
	kept := x.ia.held[:0]
	for _, h := range x.ia.held {
		s := x.snap.byID[h.subnetID]
		switch {
		case h.fresh, x.reservedHere(s, h.typ, h.addr, h.len) != nil,
			!x.isReserved(s, h.addr) && x.inAllowedPool(h.typ, h.addr):
			kept = append(kept, h)
		default:
			x.trace.address(whyRevoked, s, h.addr, h.len)
			x.retire(h)
		}
	}
	x.ia.held = kept
}

// inAllowedPool reports whether a pool of the network that admits the client holds
// the address or prefix.
func (x *exchange) inAllowedPool(t lease.Type6, addr [16]byte) bool {
	for s := x.subnet; s != nil; s = x.next(s, x.subnet) {
		if p := s.poolsOf(t).of(addr); p != nil && p.admit.Admits(&x.classes) && s.admits(&x.classes) {
			return true
		}
	}
	return false
}

// dropUnreserved takes away what is not reserved for the client, as long as it has
// more than one lease in the IA.
func (x *exchange) dropUnreserved() {
	left := len(x.ia.held)
	kept := x.ia.held[:0]
	for _, h := range x.ia.held {
		if left > 1 && x.reservedHere(x.snap.byID[h.subnetID], h.typ, h.addr, h.len) == nil {
			x.trace.reserved(whyReplaced, h.addr, h.len)
			x.retire(h)
			left--
			continue
		}
		kept = append(kept, h)
	}
	x.ia.held = kept
}

// retire deletes a lease of the client.
func (x *exchange) retire(h held) {
	x.ia.retired = append(x.ia.retired, h)
	if !x.tx.Get6(h.addr, &x.found) {
		return
	}
	if log := x.srv.log.allocEngine; log.Enabled(msgRevoked) {
		log.Log(msgRevoked, x.label(), ip6(h.addr), h.len)
	}
	if x.found.State == lease.StateDefault {
		x.tally.Released(x.snap.placeOf(&x.found))
	}
	x.removeName(&x.found)
	x.changed = true
	x.tx.Delete6(h.addr)
}

// renew answers a RENEW or REBIND: leases are prolonged, an IA without any gets one
// (RFC 8415 sections 18.3.4 and 18.3.5).
func (x *exchange) renew() {
	x.beginReply(pkt6.MsgReply)
	x.nameClient()
	x.findOwn()
	x.trace.client()
	for i := range x.ias {
		x.beginIA(&x.ias[i])
		if !x.extend() {
			x.trace.note(whySilentRebind)
			return
		}
		x.endIA()
	}
	x.setTees()
	x.answered = true
}

// extend prolongs what an IA has. It returns false when the message is not to be
// answered: a REBIND for prefixes that the server knows nothing of may have an
// answer of another one.
func (x *exchange) extend() bool {
	if x.selected == nil {
		if x.ia.typ == lease.TypePD {
			x.status(pkt6.StatusNoBinding, "Sorry, no known PD leases for this duid/iaid.")
			return x.typ == pkt6.MsgRenew
		}
		x.status(pkt6.StatusNoBinding, "Sorry, no known leases for this duid/iaid.")
		return true
	}
	if x.repeat() {
		return true
	}
	before := len(x.granted)
	x.keepRightful()
	for i := range x.ia.held {
		if h := &x.ia.held[i]; h.fresh {
			x.grantFresh(h)
		} else if x.prolong(h) {
			x.grant()
		}
	}
	if len(x.ia.held) == 0 && x.allocateUnreserved() {
		x.grant()
	}
	if len(x.granted) > before {
		x.withdraw()
		return true
	}
	if x.ia.typ == lease.TypePD {
		x.status(pkt6.StatusNoBinding, "Sorry, no prefixes could be assigned at this time.")
		x.withdraw()
		return x.typ == pkt6.MsgRenew
	}
	x.withdraw()
	x.status(pkt6.StatusNoAddrsAvail, "Sorry, no addresses could be assigned at this time.")
	return true
}

// grantFresh answers with a lease that was made before others of the IA were worked
// on.
func (x *exchange) grantFresh(h *held) {
	if !x.tx.Get6(h.addr, &x.found) {
		return
	}
	x.subnet = x.snap.byID[h.subnetID]
	x.pool = x.subnet.poolsOf(h.typ).of(h.addr)
	x.lease = x.found
	x.ia.preferred, x.ia.valid = x.found.PreferredLft, x.found.ValidLft
	x.ia.updates = true
	x.grant()
}

// withdraw tells the client of the leases that it lost and of those that it names
// and does not get: their lifetimes are 0. The address :: only stands for a wish.
func (x *exchange) withdraw() {
	for _, h := range x.ia.retired {
		x.appendLease(&pkt6.Lease{Addr: h.addr, Len: h.len})
	}
	for l := range x.ia.Leases() {
		if l.Addr != ([16]byte{}) && !x.isGranted(l.Addr, l.Len) && !x.isRetired(l.Addr) {
			x.trace.reserved(whyNamed, l.Addr, l.Len)
			x.appendLease(&pkt6.Lease{Addr: l.Addr, Len: l.Len})
		}
	}
}

func (x *exchange) isRetired(addr [16]byte) bool {
	for i := range x.ia.retired {
		if x.ia.retired[i].addr == addr {
			return true
		}
	}
	return false
}
