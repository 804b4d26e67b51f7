package perf

import "time"

// handle takes one message from the network to the exchange it answers.
func (e *engine) handle(m []byte, now int64) {
	if len(m) < offsetOptions {
		e.tally.tooShort++
		return
	}
	r, ok := parseReply(m)
	if !ok {
		e.tally.malformed++
		return
	}
	i := e.table.find(r.xid)
	switch {
	case i != none && r.messageType == typeOffer && e.table.records[i].stage == kindDiscover:
		e.offer(i, r, now)
	case i != none && (r.messageType == typeACK || r.messageType == typeNAK) && e.table.records[i].stage != kindDiscover:
		e.acknowledgement(i, r, now)
	case r.messageType == typeOffer:
		e.tally.stages[kindDiscover].orphans++
	default:
		e.tally.stages[kindRequest].orphans++
	}
}

// offer answers an OFFER with a REQUEST, or ends the exchange under -i.
func (e *engine) offer(i int32, r reply, now int64) {
	x := &e.table.records[i]
	e.answered(x, now)
	if e.tally.firstServer == 0 {
		e.tally.firstServer = r.serverID
	}
	x.address, x.serverID = r.address, r.serverID
	if e.o.FirstID {
		x.serverID = e.tally.firstServer
	}
	e.noteLease(x, e.offered)
	switch {
	case r.address == 0:
		e.tally.stages[kindDiscover].rejected++
		e.table.release(i)
	case e.o.OfferOnly:
		e.complete(x, now)
		e.table.release(i)
	case e.phase == lingering || e.requestsExhausted():
		e.table.release(i)
	default:
		e.requested++
		e.sendStage(i, kindRequest, now)
	}
}

// requestsExhausted tells whether a second -n allows no further REQUEST.
func (e *engine) requestsExhausted() bool {
	return e.phase != preloading && e.o.Requests[1] > 0 && e.requested >= e.o.Requests[1]
}

// acknowledgement ends an exchange or a renewal: ACK with success, NAK without.
func (e *engine) acknowledgement(i int32, r reply, now int64) {
	x := &e.table.records[i]
	e.answered(x, now)
	lease := held{x.client, r.address, x.serverID, x.relay}
	renewal := x.stage == kindRenew
	if r.messageType == typeNAK || r.address == 0 {
		e.tally.stages[x.stage].rejected++
		if renewal {
			e.pool.forget(lease)
		}
		e.table.release(i)
		return
	}
	switch {
	case renewal:
		e.pool.giveBack(lease)
	default:
		x.address = r.address
		e.noteLease(x, e.leased)
		e.complete(x, now)
		if e.pool != nil {
			e.pool.add(lease)
		}
	}
	e.table.release(i)
}

// answered counts an answer and how long it took.
func (e *engine) answered(x *exchange, now int64) {
	e.lastAnswer = now
	s := &e.tally.stages[x.stage]
	s.received++
	s.delay.Record(time.Duration(now - x.sent))
	if e.o.diagnose('t') {
		s.stamps = append(s.stamps, [2]int64{x.sent - e.begun, now - e.begun})
	}
}

// complete counts an exchange that reached its end.
func (e *engine) complete(x *exchange, now int64) {
	e.tally.whole.Record(time.Duration(now - x.begun))
}

// noteLease checks that an address is new (-u) and keeps it for -x l.
func (e *engine) noteLease(x *exchange, seen *addressSet) {
	s := &e.tally.stages[x.stage]
	if seen != nil && x.address != 0 && !seen.add(x.address) {
		s.nonUnique++
	}
	if e.o.diagnose('l') {
		s.leases = append(s.leases, leaseLine{e.clients.mac(x.client), x.address})
	}
}
