package perf

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"
)

// A phase is a part of the run.
type phase uint8

const (
	preloading phase = iota // -P: exchanges that are not counted
	running
	draining  // no new exchanges; those under way go on
	lingering // -W: nothing is sent, answers are counted
	done
)

// floodSize limits the exchanges under way when no rate is given: beyond it,
// more of them would measure only how deep the socket buffers are.
const floodSize = 1 << 16

// An engine is one run. Only its own goroutine uses it, except interrupted.
type engine[B any] struct {
	o      *Options
	family family[B]
	w      wire[B]
	rng    *rand.Rand
	text   io.Writer // interim reports

	table   *exchangeTable[B]
	clients *clients
	pool    *leasePool[B]
	offered leaseSet[B]             // -u
	leased  leaseSet[B]             // -u
	noted   [kinds][]clientLease[B] // -x l

	frames [kinds][batchSize][]byte // one frame of each kind for each place in a batch

	out      [batchSize][]byte
	outKind  [batchSize]kind
	outEntry [batchSize]int32
	queued   int
	blanks   values[B] // of the message in the making; here, since a local one would be allocated
	reply    reply[B]  // the message that is being read
	in       [batchSize][]byte

	phase       phase
	reason      string
	interrupted atomic.Bool
	base        time.Time
	begun       int64 // nanoseconds since base, like all times below
	lastAnswer  int64
	lingerEnd   int64
	nextReport  int64
	rescan      uint32 // avalanche: record to look at next

	started, requested, renewed, released int

	tally   tally
	failure error // of the local system, found while sending
}

// A clientLease is what a client got.
type clientLease[B any] struct {
	mac     uint64
	binding B
}

func newEngine[B any](o *Options, f family[B], w wire[B], text io.Writer) *engine[B] {
	seed := uint64(o.Seed)
	if seed == 0 {
		seed = rand.Uint64()
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	e := &engine[B]{
		o: o, family: f, w: w, rng: rng, text: text, base: time.Now(),
		table:   newExchangeTable[B](o.tableSize(), rng.Uint32(), o.idBits()),
		clients: newClients(o, rng),
	}
	e.tally.reset(!f.answersRelease())
	for k := range kinds {
		blank := f.blank(k)
		for i := range batchSize {
			frame := make([]byte, w.headroom()+len(blank))
			copy(frame[w.headroom():], blank)
			w.frame(frame)
			e.frames[k][i] = frame
		}
	}
	if o.RenewRate+o.ReleaseRate > 0 {
		e.pool = newLeasePool[B](rng)
	}
	if o.Unique {
		e.offered, e.leased = f.newLeaseSet(), f.newLeaseSet()
	}
	return e
}

// tableSize returns how many exchanges can be under way at once.
func (o *Options) tableSize() int {
	n := floodSize
	switch {
	case o.Scenario == Avalanche:
		n = o.clientCount()
	case o.InFlight > 0:
		n = o.InFlight
	case o.Rate > 0:
		// all that can be waited for, and some air
		waiting := (o.DropTime[0] + o.DropTime[1]).Seconds()
		n = 1024 + int(min(float64(o.Rate+o.RenewRate+o.ReleaseRate)*waiting*1.25, 1<<22))
	}
	return max(n, o.Preload)
}

// run works until the test is over or ctx is done. Errors are the local
// system's; what the server does or fails to do is in the tally.
func (e *engine[B]) run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { e.interrupted.Store(true) })()
	runtime.LockOSThread() // the thread sits in blocking calls anyway
	defer runtime.UnlockOSThread()
	if e.o.Preload == 0 {
		e.begin(e.now())
	}
	for {
		n, err := e.w.receive(e.in[:])
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		now := e.now()
		for _, m := range e.in[:n] {
			e.handle(m, now)
		}
		e.start(now)
		e.resend(now)
		if e.flush(); e.failure != nil {
			return e.failure
		}
		e.expire(now)
		e.interim(now)
		if e.advance(now); e.phase == done {
			return nil
		}
		if n == 0 {
			e.tally.waits++
			if err := e.w.wait(e.idleTime(now)); err != nil {
				return fmt.Errorf("wait for answers: %w", err)
			}
		}
	}
}

func (e *engine[B]) close() error { return e.w.close() }

// failed tells whether one or more exchanges were unsuccessful (exit status 3).
func (e *engine[B]) failed() bool { return e.tally.failed() }

func (e *engine[B]) now() int64 { return int64(time.Since(e.base)) }

// begin starts the clock and the counting.
func (e *engine[B]) begin(now int64) {
	e.phase = running
	e.begun = now
	e.started, e.requested = 0, 0
	e.tally.reset(!e.family.answersRelease())
	e.noted = [kinds][]clientLease[B]{}
	e.nextReport = now + int64(e.o.ReportEvery)
}

// advance moves to the next phase when this one is over.
func (e *engine[B]) advance(now int64) {
	if e.interrupted.Load() && e.phase != lingering {
		e.stop(now, "Interrupted.")
		e.phase = done
		return
	}
	switch e.phase {
	case preloading:
		if e.started >= e.o.Preload && e.table.underWay() == 0 {
			e.begin(now)
		}
	case running:
		e.checkLimits(now)
	case draining:
		if e.table.underWay() == 0 || e.o.InFlight == 0 && e.periodOver(now) {
			e.linger(now)
		}
	case lingering:
		if now >= e.lingerEnd {
			e.phase = done
		}
	}
}

// checkLimits ends the running phase when -D, -p or -n says so, or when every
// client of an avalanche has its lease.
func (e *engine[B]) checkLimits(now int64) {
	o := e.o
	switch {
	case e.tally.dropsExceed(o):
		e.stop(now, "Reached maximum number of drops.")
		e.linger(now)
	case o.Scenario == Avalanche:
		if e.started >= o.clientCount() && e.table.underWay() == 0 {
			e.reason = "All clients are provisioned."
			e.linger(now)
		}
	case e.periodOver(now):
		e.stop(now, "Reached test-period.")
		if e.phase = draining; o.InFlight == 0 {
			e.linger(now)
		}
	case o.Requests[0] > 0 && e.started >= o.Requests[0],
		o.Requests[1] > 0 && e.requested >= o.Requests[1]:
		e.reason = "Reached max requests limit."
		e.phase = draining
	}
}

func (e *engine[B]) periodOver(now int64) bool {
	return e.o.Period > 0 && e.o.Scenario != Avalanche && now-e.begun >= int64(e.o.Period)
}

// stop notes why the run ends, and closes the window over which rates are taken.
func (e *engine[B]) stop(now int64, reason string) {
	e.reason = reason
	e.tally.close(now - e.begun)
}

// linger is the last phase. A run that ended by a number of exchanges lasted
// until the last answer, not until the last time-out.
func (e *engine[B]) linger(now int64) {
	e.phase = lingering
	e.lingerEnd = now + int64(e.o.ExitWait)
	e.tally.close(max(e.lastAnswer-e.begun, 0))
	if now >= e.lingerEnd {
		e.phase = done
	}
}

// expire gives up on messages that were not answered in time. The head of each
// stage's queue is its oldest.
func (e *engine[B]) expire(now int64) {
	if e.o.Scenario == Avalanche {
		return // its clients never give up
	}
	for stage, limit := range e.o.timeouts() {
		for i := e.table.head[stage]; i != none; i = e.table.head[stage] {
			x := &e.table.records[i]
			if now-x.sent < int64(limit) {
				break
			}
			e.tally.stages[stage].lost++
			if x.stage == kindRenew {
				e.pool.forget(held[B]{client: x.client})
			}
			e.table.release(i)
		}
	}
}

// timeouts returns the drop time of each stage that waits for an answer.
func (o *Options) timeouts() [kinds]time.Duration {
	return [kinds]time.Duration{kindDiscover: o.DropTime[0], kindRequest: o.DropTime[1], kindRenew: o.DropTime[1], kindRelease: o.DropTime[1]}
}

// idleTime returns how long there is nothing to do unless an answer comes. The
// limit lets an interrupt be noticed.
func (e *engine[B]) idleTime(now int64) time.Duration {
	until := now + int64(50*time.Millisecond)
	if e.o.Scenario == Avalanche {
		until = now + int64(time.Millisecond) // its clients are looked at in turns
	} else {
		for stage, limit := range e.o.timeouts() {
			if i := e.table.head[stage]; i != none {
				until = min(until, e.table.records[i].sent+int64(limit))
			}
		}
	}
	switch e.phase {
	case running:
		until = min(until, e.nextStart(now))
		if e.o.Period > 0 && e.o.Scenario != Avalanche {
			until = min(until, e.begun+int64(e.o.Period))
		}
	case lingering:
		until = min(until, e.lingerEnd)
	}
	if e.o.ReportEvery > 0 {
		until = min(until, e.nextReport)
	}
	return time.Duration(until - now)
}
