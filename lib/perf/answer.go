package perf

import "time"

// handle takes one message from the network to the exchange it answers.
func (e *engine[B]) handle(m []byte, now int64) {
	r := &e.reply
	switch e.family.read(m, r) {
	case tooShort:
		e.tally.tooShort++
		return
	case malformed:
		e.tally.malformed++
		return
	}
	i := e.table.find(r.xid)
	switch {
	case i != none && r.answer == offerAnswer && e.table.records[i].stage == kindDiscover:
		e.offer(i, r, now)
	case i != none && r.answer == finalAnswer && (e.table.records[i].stage != kindDiscover || e.o.RapidCommit):
		e.final(i, r, now)
	case r.answer == offerAnswer:
		e.tally.stages[kindDiscover].orphans++
	default:
		e.tally.stages[kindRequest].orphans++
	}
}

// offer answers an OFFER or ADVERTISE with a REQUEST, or ends the exchange under -i.
func (e *engine[B]) offer(i int32, r *reply[B], now int64) {
	x := &e.table.records[i]
	e.answered(x, now)
	e.chooseServer(x, r.server)
	x.binding = r.binding
	if r.granted {
		e.noteLease(x, e.offered)
	}
	switch {
	case !r.granted:
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

// chooseServer notes which server an exchange goes on with: the one that answered,
// or with -1 the first of all.
func (e *engine[B]) chooseServer(x *exchange[B], server uint32) {
	if e.tally.firstServer == 0 {
		e.tally.firstServer = server
	}
	x.server = server
	if e.o.FirstID {
		x.server = e.tally.firstServer
	}
}

// requestsExhausted tells whether a second -n allows no further REQUEST.
func (e *engine[B]) requestsExhausted() bool {
	return e.phase != preloading && e.o.Requests[1] > 0 && e.requested >= e.o.Requests[1]
}

// final ends an exchange, a renewal or a release: with success, unless the server
// refuses.
func (e *engine[B]) final(i int32, r *reply[B], now int64) {
	x := &e.table.records[i]
	e.answered(x, now)
	if x.stage == kindDiscover {
		e.chooseServer(x, r.server) // rapid commit
	}
	lease := held[B]{x.client, x.server, x.relay, r.binding}
	switch {
	case x.stage == kindRelease:
	case !r.granted:
		e.tally.stages[x.stage].rejected++
		if x.stage == kindRenew {
			e.pool.forget(lease)
		}
	case x.stage == kindRenew:
		e.pool.giveBack(lease)
	default:
		x.binding = r.binding
		e.noteLease(x, e.leased)
		e.complete(x, now)
		if e.pool != nil {
			e.pool.add(lease)
		}
	}
	e.table.release(i)
}

// answered counts an answer and how long it took.
func (e *engine[B]) answered(x *exchange[B], now int64) {
	e.lastAnswer = now
	s := &e.tally.stages[x.stage]
	s.received++
	s.delay.Record(time.Duration(now - x.sent))
	if e.o.diagnose('t') {
		s.stamps = append(s.stamps, [2]int64{x.sent - e.begun, now - e.begun})
	}
}

// complete counts an exchange that reached its end.
func (e *engine[B]) complete(x *exchange[B], now int64) {
	e.tally.whole.Record(time.Duration(now - x.begun))
}

// noteLease checks that a binding is new (-u) and keeps it for -x l.
func (e *engine[B]) noteLease(x *exchange[B], seen leaseSet[B]) {
	if seen != nil && !seen.add(&x.binding) {
		e.tally.stages[x.stage].nonUnique++
	}
	if e.o.diagnose('l') {
		e.noted[x.stage] = append(e.noted[x.stage], clientLease[B]{e.clients.mac(x.client), x.binding})
	}
}
