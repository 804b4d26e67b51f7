package dhcp6

import (
	"errors"
	"net"
	"runtime"
	"time"

	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// batchSize is how many queries one turn of a packet loop takes at most. With
// fsync durability the turn takes more, so that more leases share one commit.
const (
	batchSize       = 64
	syncedBatchSize = 256
)

// loop serves one socket. It has a thread to itself: queries are not handed
// over to workers, because the hand-over costs more than the work. The queries of
// one turn share a transaction, one write of their lease rows, and one send; an
// answer leaves only when its lease is written.
type loop struct {
	srv     *Server
	sock    netio.Socket6
	now     time.Time // of this turn
	in      []netio.Datagram6
	pool    []*exchange
	used    int         // exchanges that have a query of this turn
	work    []*exchange // of these, those that need leases
	answers             // to be sent next
	later   answers     // to be sent when the disk has the leases
}

func newLoop(srv *Server, sock netio.Socket6, batch int) *loop {
	l := &loop{srv: srv, sock: sock, in: make([]netio.Datagram6, batch)}
	for range batch {
		l.pool = append(l.pool, newExchange(srv))
	}
	return l
}

// run serves until the socket is stopped.
func (l *loop) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		n, err := l.sock.Recv(l.in)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// The interface may be down for a while: the socket recovers by itself.
			time.Sleep(netio.RecvTimeout)
			continue
		}
		if n > 0 {
			l.turn(l.in[:n])
		}
	}
}

// turn serves the queries of one batch.
func (l *loop) turn(in []netio.Datagram6) {
	l.now = l.srv.clock()
	if l.srv.service.Disabled() {
		l.refuse(in)
		return
	}
	logs := l.srv.opts.Log
	logs.Gather()
	defer logs.Release()
	l.srv.gate.RLock()
	st := l.srv.state.Load()
	l.used, l.work = 0, l.work[:0]
	l.answers.reset()
	l.later.reset()
	l.prepare(st, in)
	ok := len(l.work) == 0 || l.allocate(st)
	l.srv.gate.RUnlock()
	if !ok {
		return
	}
	for _, x := range l.work {
		if x.answered {
			l.add(x)
		}
	}
	l.send(l.sock, l.now)
	l.later.send(l.sock, l.now)
}

// prepare runs the steps that need no leases.
func (l *loop) prepare(st *state, in []netio.Datagram6) {
	for i := range in {
		x := l.pool[l.used]
		l.used++
		x.begin(st.snap, l.sock, &in[i], l.now)
		if x.prepare() {
			l.work = append(l.work, x)
		}
	}
}

// refuse drops queries while the service is off; they are not counted.
func (l *loop) refuse(in []netio.Datagram6) {
	log := l.srv.log.badPackets
	if !log.Enabled(msgDropDisabled) {
		return
	}
	x := l.pool[0]
	for i := range in {
		x.in, x.labelText = &in[i], ""
		_ = x.query.Parse(in[i].Payload) // for the label, as far as it can be read
		log.Log(msgDropDisabled, x.label())
	}
}

// allocate runs the steps that need leases under one transaction. When its
// leases cannot be stored no answer that rests on them goes out.
func (l *loop) allocate(st *state) bool {
	tx := st.leases.Begin6()
	for _, x := range l.work {
		x.process(tx)
	}
	if st.leases.settings.FSync {
		l.gather(st, tx)
	}
	if err := tx.Commit(); err != nil {
		l.srv.commitFail.Log(err)
		return false
	}
	for _, x := range l.work {
		x.tally.apply(x.now)
	}
	return true
}

// gather lets more queries share a commit that waits for the disk: those that
// came meanwhile, many of them the requests that answer the advertisements. Those rest on
// nothing that is stored and do not wait; the other answers are built, since the
// queries that they are made of are overwritten by the next ones.
func (l *loop) gather(st *state, tx lease.Tx6) {
	sock, more := l.sock.(netio.Poller[[16]byte])
	for done := 0; ; {
		l.answers.reset()
		for _, x := range l.work[done:] {
			switch {
			case !x.answered:
			case x.reply.Type == pkt6.MsgAdvertise && !x.changed:
				l.add(x)
			default:
				l.later.add(x)
				if more {
					x.keepQuery()
				}
			}
		}
		l.send(l.sock, l.now)
		l.answers.reset()
		if !more || l.used >= len(l.in) {
			return
		}
		// The next turn finds out about errors.
		n, _ := sock.Poll(l.in[l.used:])
		if n == 0 {
			return
		}
		done = len(l.work)
		l.prepare(st, l.in[l.used:][:n])
		for _, x := range l.work[done:] {
			x.process(tx)
		}
	}
}
