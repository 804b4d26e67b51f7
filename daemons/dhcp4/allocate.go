package dhcp4

import (
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/pkt4"
)

// discover answers a DHCPDISCOVER: the client's reservation, else the lease it
// has, else the address it asks for, else one that the allocator picks. Unless
// offer-lifetime is set nothing is stored.
func (x *exchange) discover() {
	if x.selected == nil {
		x.trace.Note(whyUnserved)
		x.logNoSubnet()
		return
	}
	if x.v6OnlyPreferred() {
		x.trace.Note(whyV6Only)
		x.answerV6Only(pkt4.Offer)
		return
	}
	x.requested = x.wantedAddress()
	x.findOwnLease()
	x.trace.client()
	if !x.discoverReserved() && !x.discoverOwn() && !x.discoverRequested() && !x.allocateDynamic(true) {
		x.trace.Note(whyNoAddress)
		if log := x.srv.log.badPackets; log.Enabled(msgNoOffer) {
			log.Log(msgNoOffer, x.label(), ip4(x.query.CIAddr()), x.requestedText())
		}
		return
	}
	x.answerLease(pkt4.Offer)
}

// wantedAddress is the address that the client names: option 50, else ciaddr.
func (x *exchange) wantedAddress() uint32 {
	if a := x.query.Addr(pkt4.OptRequestedAddress); a != 0 {
		return a
	}
	return x.query.CIAddr()
}

// findOwnLease finds the lease that the client has in the network: by client
// identifier in the subnets that match it, else by link-layer address if the
// lease is not another client's (RFC 2131 section 4.2, ARM 8.2.22).
func (x *exchange) findOwnLease() {
	x.hasOwn = false
	if x.clientID != nil {
		x.leases = x.tx.ByClientID4(x.clientID, x.leases[:0])
		if len(x.leases) > 0 {
			x.walk(x.selected, func(s *subnet4) bool {
				return !s.MatchClientID || !x.takeOwn(s, nil, false)
			})
		}
	}
	if x.hasOwn || len(x.hw) == 0 {
		return
	}
	x.leases = x.tx.ByHWAddr4(x.hw, x.leases[:0])
	if len(x.leases) == 0 {
		return
	}
	x.walk(x.selected, func(s *subnet4) bool {
		var id []byte
		if s.MatchClientID {
			id = x.clientID
		}
		return !x.takeOwn(s, id, true)
	})
}

// takeOwn takes the first of the leases found that lies in the subnet and, where
// asked for, belongs to the client.
func (x *exchange) takeOwn(s *subnet4, clientID []byte, check bool) bool {
	for i := range x.leases {
		l := &x.leases[i]
		if l.SubnetID == s.ID && (!check || belongs(l, x.hw, clientID)) {
			x.own, x.hasOwn = *l, true
			return true
		}
	}
	return false
}

// belongs reports whether the lease is of that client: by equal client
// identifiers; when only one side has one, by link-layer address.
func belongs(l *lease.Lease4, hw, clientID []byte) bool {
	if len(l.ClientID) > 0 && len(clientID) > 0 {
		return string(l.ClientID) == string(clientID)
	}
	return len(hw) > 0 && string(l.HWAddr) == string(hw)
}

func (x *exchange) discoverReserved() bool {
	addr, s := x.reservedAddress()
	if addr == 0 {
		x.trace.Note(whyNothingReserved)
		return false
	}
	x.subnet = s
	x.trace.address(why.Reserved, addr)
	if x.hasOwn && x.own.Addr == addr {
		x.renew(true)
		return true
	}
	if x.takeAddress(addr, true) {
		return true
	}
	x.tally.Conflict(x.srv.stats.leases, s.stats)
	if log := x.srv.log.allocEngine; log.Enabled(msgDiscoverAddressConflict) {
		x.tx.Get4(addr, &x.found)
		log.Log(msgDiscoverAddressConflict, x.label(), ip4(addr), leaseText(&x.found))
	}
	return false
}

func (x *exchange) discoverOwn() bool {
	if !x.hasOwn || !x.inAllowedPool(x.own.Addr) || x.reservedForOther(x.subnet, x.own.Addr) {
		return false
	}
	if x.own.State == lease.StateDeclined && !x.own.Expired(x.unix) {
		x.trace.lease(whyDeclined, &x.own)
		return false
	}
	x.renew(true)
	return true
}

func (x *exchange) discoverRequested() bool {
	a := x.requested
	return a != 0 && x.inAllowedPool(a) && !x.reservedForOther(x.subnet, a) && x.takeAddress(a, true)
}

// inAllowedPool finds the subnet of the network with a pool that holds the
// address and admits the client, and makes it the current one.
func (x *exchange) inAllowedPool(addr uint32) bool {
	found := false
	x.walk(x.subnet, func(s *subnet4) bool {
		p := s.poolOf(addr)
		if p == nil || !p.admit.Admits(&x.classes) || !s.admits(&x.classes) {
			x.trace.pool(why.PoolGuard, s, p)
			return true
		}
		x.subnet, x.pool, found = s, p, true
		return false
	})
	if !found {
		x.trace.address(why.InNoPool, addr)
	}
	return found
}

// takeAddress makes a lease of an address that has none, or whose lease has run
// out. It fails when somebody holds it.
func (x *exchange) takeAddress(addr uint32, offer bool) bool {
	if x.tx.Get4(addr, &x.found) {
		if !x.found.Free(x.unix) {
			x.trace.lease(whyTaken, &x.found)
			return false
		}
		x.trace.lease(why.ReusesExpired, &x.found)
		if log := x.srv.log.allocEngine; log.Enabled(msgReuseExpired) {
			log.Log(msgReuseExpired, x.label(), leaseText(&x.found))
		}
		x.makeLease(addr, &x.found, offer)
		return true
	}
	x.makeLease(addr, nil, offer)
	return true
}

// request answers a DHCPREQUEST in any of its four states (RFC 2131 section
// 4.3.2), told apart by server identifier, option 50 and ciaddr.
func (x *exchange) request() {
	initReboot := !x.query.Has(pkt4.OptServerID) && x.query.Has(pkt4.OptRequestedAddress)
	if x.selected == nil {
		x.requestNowhere(initReboot)
		return
	}
	if x.v6OnlyPreferred() {
		x.trace.Note(whyV6Only)
		x.answerV6Only(pkt4.Ack)
		return
	}
	x.requested = x.wantedAddress()
	x.findOwnLease()
	x.trace.client()
	if initReboot && !x.checkReboot() {
		return
	}
	switch x.requestLease() {
	case granted:
		x.answerLease(pkt4.Ack)
	case refused:
		x.nak(msgNakLease)
	}
}

// requestNowhere answers a client without a subnet: it is told so, unless it
// reboots and the server is not authoritative.
func (x *exchange) requestNowhere(initReboot bool) {
	if !initReboot || x.snap.cfg.Authoritative {
		x.nak(msgNakNoSubnet)
		return
	}
	x.trace.Note(whySilentReboot)
}

// checkReboot decides about a client in INIT-REBOOT state: one that is known
// must name its own address, one that is unknown is answered only by an
// authoritative server. It reports whether the request goes on.
func (x *exchange) checkReboot() bool {
	if log := x.srv.log.leases; log.Enabled(msgInitReboot) {
		log.Log(msgInitReboot, x.label(), ip4(x.requested))
	}
	if x.hasOwn {
		if x.own.Addr != x.requested {
			x.nak(msgNakReboot)
			return false
		}
		return true
	}
	if x.selected.Authoritative {
		x.nak(msgNakReboot)
		return false
	}
	x.trace.Note(whySilentReboot)
	if log := x.srv.log.dhcp4; log.Enabled(msgNoLeaseReboot) {
		log.Log(msgNoLeaseReboot, x.label(), ip4(x.requested))
	}
	return false
}

// verdict is what came of a request.
type verdict int

const (
	granted verdict = iota
	refused         // DHCPNAK
	ignored         // silence
)

// requestLease carries out the request for a lease.
func (x *exchange) requestLease() verdict {
	reserved, in := x.reservedAddress()
	if reserved != 0 {
		x.subnet = in
		x.trace.address(why.Reserved, reserved)
	}
	wanted := x.requested
	if wanted == 0 {
		wanted = reserved
	} else if v := x.mayHave(wanted, reserved); v != granted {
		return v
	}
	if x.renewable(wanted, reserved) {
		x.renew(false)
		return granted
	}
	ok := false
	if wanted != 0 {
		ok = x.takeAddress(wanted, false)
	} else {
		ok = x.allocateDynamic(false)
	}
	if !ok {
		return refused
	}
	if x.hasOwn && x.own.Addr != x.lease.Addr {
		x.dropLease(&x.own)
	}
	return granted
}

// mayHave checks the address that a client asks for: not reserved for another,
// not in use by another, not in place of a free reserved one, in a pool that the
// client may use or reserved for it.
func (x *exchange) mayHave(wanted, reserved uint32) verdict {
	log := x.srv.log.allocEngine
	if x.reservedForOther(x.subnet, wanted) {
		if log.Enabled(msgRequestReserved) {
			log.Log(msgRequestReserved, x.label(), ip4(wanted))
		}
		return refused
	}
	var id []byte
	if x.subnet.MatchClientID {
		id = x.clientID
	}
	l := &x.found
	if x.tx.Get4(wanted, l) && !l.Free(x.unix) {
		if !belongs(l, x.hw, id) {
			x.trace.lease(whyRefusedOther, l)
			if log.Enabled(msgRequestInUse) {
				log.Log(msgRequestInUse, x.label(), ip4(wanted))
			}
			return refused
		}
		if !x.hasOwn && x.subnet.contains(wanted) {
			// The client moved from a subnet with the same pool: it keeps its lease.
			x.own, x.hasOwn = *l, true
			x.trace.Note(whyMoved)
		}
	}
	if reserved == wanted {
		return granted
	}
	if reserved != 0 && (!x.tx.Get4(reserved, l) || l.Free(x.unix)) {
		x.trace.address(whyNotReserved, reserved)
		if log.Enabled(msgRequestInvalid) {
			log.Log(msgRequestInvalid, x.label(), ip4(reserved), ip4(wanted))
		}
		return refused
	}
	if x.inAllowedPool(wanted) {
		return granted
	}
	if log.Enabled(msgRequestOutOfPool) {
		log.Log(msgRequestOutOfPool, x.label(), ip4(wanted))
	}
	for _, s := range x.selected.network.subnets {
		if s.poolOf(wanted) != nil {
			return refused // a pool that is closed to the client
		}
	}
	x.trace.address(whyIgnored, wanted)
	if log := x.srv.log.badPackets; log.Enabled(msgUnknownRequested) {
		log.Log(msgUnknownRequested, x.label(), ip4(x.query.CIAddr()), x.requestedText())
	}
	return ignored
}

// renewable reports whether the request is to prolong the client's own lease.
func (x *exchange) renewable(wanted, reserved uint32) bool {
	if !x.hasOwn || (wanted != 0 && x.own.Addr != wanted) {
		return false
	}
	return (reserved != 0 && reserved == x.own.Addr) || x.inAllowedPool(x.own.Addr)
}
