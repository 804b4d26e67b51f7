package perf

import (
	"errors"
	"fmt"
	"syscall"
	"time"
)

// start begins as many exchanges, renewals and releases as are due. What fell due at
// the very end of the period could only be lost.
func (e *engine[B]) start(now int64) {
	if e.phase == running && e.periodOver(now) {
		return
	}
	for n := e.due(now); n > 0; n-- {
		if !e.startExchange(now) {
			break
		}
	}
	if e.phase != running || e.pool == nil {
		return
	}
	for n := e.behind(now, e.o.RenewRate, e.renewed); n > 0; n-- {
		e.renewed++
		e.startAgain(kindRenew, now)
	}
	for n := e.behind(now, e.o.ReleaseRate, e.released); n > 0; n-- {
		e.released++
		e.startAgain(kindRelease, now)
	}
}

// due returns how many exchanges to start now, a batch at most, so that answers
// are not left waiting meanwhile.
func (e *engine[B]) due(now int64) int {
	n := 0
	switch {
	case e.phase == preloading:
		n = e.o.Preload - e.started
	case e.phase != running:
	case e.o.Scenario == Avalanche:
		n = e.o.clientCount() - e.started
	case e.o.InFlight > 0:
		n = e.o.InFlight - e.table.underWay()
	case e.o.Rate > 0:
		n = e.behind(now, e.o.Rate, e.started)
	default:
		n = batchSize
	}
	if e.phase == running && e.o.Requests[0] > 0 {
		n = min(n, e.o.Requests[0]-e.started)
	}
	return min(n, batchSize)
}

// behind returns how many events of a rate are due and not yet done.
func (e *engine[B]) behind(now int64, rate, did int) int {
	return min(int(float64(now-e.begun)*float64(rate)/float64(time.Second))-did, batchSize)
}

// nextStart returns when the next event of -r, -f or -F falls due.
func (e *engine[B]) nextStart(now int64) int64 {
	at := int64(1<<63 - 1)
	next := func(rate, did int) {
		if rate > 0 {
			at = min(at, e.begun+int64(float64(did+1)*float64(time.Second)/float64(rate))+1)
		}
	}
	if e.due(now) > 0 && e.table.underWay() < len(e.table.records) {
		return now
	}
	next(e.o.Rate, e.started)
	next(e.o.RenewRate, e.renewed)
	next(e.o.ReleaseRate, e.released)
	return at
}

// startExchange queues a DISCOVER. It is false when all records are in use.
func (e *engine[B]) startExchange(now int64) bool {
	i, ok := e.table.take()
	if !ok {
		return false
	}
	e.started++
	x := &e.table.records[i]
	x.client = e.clients.pick()
	x.relay = e.pickRelay()
	x.secs = e.secs(now)
	x.begun = now
	e.sendStage(i, kindDiscover, now)
	return true
}

// startAgain queues what renews or releases a lease gained before, if there is one.
func (e *engine[B]) startAgain(k kind, now int64) {
	l, ok := e.pool.take()
	if !ok {
		return
	}
	if k == kindRelease && !e.family.answersRelease() {
		e.leave(l)
		e.blanks = values[B]{xid: e.rng.Uint32(), mac: e.clients.mac(l.client), server: l.server, relay: l.relay, binding: l.binding}
		e.queue(none, k)
		return
	}
	i, ok := e.table.take()
	if !ok {
		e.pool.giveBack(l)
		return
	}
	if k == kindRelease {
		e.leave(l)
	}
	x := &e.table.records[i]
	x.client, x.server, x.relay, x.binding, x.begun = l.client, l.server, l.relay, l.binding, now
	e.sendStage(i, k, now)
}

// leave forgets a lease that is about to be released.
func (e *engine[B]) leave(l held[B]) {
	e.pool.forget(l)
	if e.o.Unique {
		e.offered.remove(&l.binding)
		e.leased.remove(&l.binding)
	}
}

func (e *engine[B]) pickRelay() int {
	if n := e.family.relayCount(); n > 1 {
		return e.rng.IntN(n)
	}
	return 0
}

// secs returns the secs field: 0, unless -Y and -y have the clients wait.
func (e *engine[B]) secs(now int64) uint16 {
	waited := time.Duration(now-e.begun) - e.o.SecsFrom
	if e.o.SecsFor == 0 || waited < 0 || waited >= e.o.SecsFor {
		return 0
	}
	return uint16(1 + waited/time.Second)
}

// sendStage moves an exchange to a stage and queues that stage's message.
func (e *engine[B]) sendStage(i int32, stage kind, now int64) {
	x := &e.table.records[i]
	x.sent, x.resent = now, 0
	if e.o.Scenario == Avalanche {
		x.due = now + int64(backoff(0, e.rng))
	}
	e.table.enter(i, stage)
	e.queueStage(i)
}

func (e *engine[B]) queueStage(i int32) {
	x := &e.table.records[i]
	e.blanks = values[B]{xid: x.xid, secs: x.secs, mac: e.clients.mac(x.client), server: x.server, relay: x.relay, binding: x.binding}
	e.queue(i, x.stage)
}

// queue makes the frame for the next place of the batch, with e.blanks filled in.
func (e *engine[B]) queue(i int32, k kind) {
	if e.queued == batchSize {
		e.flush()
	}
	frame := e.frames[k][e.queued]
	head := e.w.headroom()
	frame = frame[:head+e.family.fill(k, frame[head:], &e.blanks)]
	e.w.seal(frame, &e.blanks, k == kindRenew || k == kindRelease)
	e.out[e.queued], e.outKind[e.queued], e.outEntry[e.queued] = frame, k, i
	e.queued++
}

// flush sends the batch. What the system has no room for is counted as
// locallimit, and its exchange is over. Any other error ends the run.
func (e *engine[B]) flush() {
	if e.queued == 0 {
		return
	}
	e.stamp()
	n := e.queued
	e.queued = 0
	for from := 0; from < n; {
		sent, err := e.w.send(e.out[from:n])
		for i := from; i < from+sent; i++ {
			e.tally.stages[e.outKind[i]].sent++
		}
		from += sent
		if err == nil {
			continue
		}
		if !isLocalLimit(err) {
			e.failure = fmt.Errorf("send: %w", err)
			return
		}
		e.tally.localLimit++
		if i := e.outEntry[from]; i != none {
			e.table.release(i)
		}
		from++
	}
}

// stamp notes when the messages of the batch go out: latencies count from the
// system call, not from when a message was made.
func (e *engine[B]) stamp() {
	now := e.now()
	for j := range e.queued {
		i := e.outEntry[j]
		if i == none {
			continue
		}
		x := &e.table.records[i]
		if x.resent > 0 {
			continue
		}
		x.sent = now
		if x.stage != kindRequest {
			x.begun = now
		}
	}
}

func isLocalLimit(err error) bool {
	return errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ENOMEM)
}
