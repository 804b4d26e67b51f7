package dhcp4

import (
	"errors"
	"net"
	"runtime"
	"syscall"
	"time"

	"nestor/lib/netio"
	"nestor/lib/pkt4"
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
	sock    netio.Socket4
	in      []netio.Datagram4
	out     []netio.Reply4
	senders []*exchange // whose answers stand in out
	work    []*exchange // of this turn, those that need leases
	pool    []*exchange
}

func newLoop(srv *Server, sock netio.Socket4, batch int) *loop {
	l := &loop{
		srv: srv, sock: sock,
		in: make([]netio.Datagram4, batch), out: make([]netio.Reply4, 0, batch),
	}
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
		n, err := l.sock.Recv4(l.in)
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
func (l *loop) turn(in []netio.Datagram4) {
	now := l.srv.clock()
	if l.srv.service.disabled() {
		l.refuse(in)
		return
	}
	logs := l.srv.opts.Log
	logs.Gather()
	defer logs.Release()
	l.srv.gate.RLock()
	st := l.srv.state.Load()
	l.work = l.work[:0]
	for i := range in {
		x := l.pool[i]
		x.begin(st.snap, l.sock, &in[i], now)
		if x.prepare() {
			l.work = append(l.work, x)
		}
	}
	ok := len(l.work) == 0 || l.allocate(st, now)
	l.srv.gate.RUnlock()
	if ok {
		l.answer(now, false)
	}
}

// refuse drops queries while the service is off; they are not counted.
func (l *loop) refuse(in []netio.Datagram4) {
	log := l.srv.log.badPackets
	if !log.Enabled(msgDropDisabled) {
		return
	}
	x := l.pool[0]
	for i := range in {
		x.in, x.labelText = &in[i], ""
		_ = x.query.Parse(in[i].Payload) // for the label, as far as it can be read
		log.Log(msgDropDisabled, x.unreadLabel())
	}
}

// allocate runs the steps that need leases under one transaction. When its
// leases cannot be stored no answer that rests on them goes out.
func (l *loop) allocate(st *state, now time.Time) bool {
	tx := st.leases.Begin4()
	for _, x := range l.work {
		x.process(tx)
	}
	if st.leases.settings.fsync {
		// Offers rest on nothing that is stored: they need not wait for the disk,
		// and the requests that answer them fill the next commit.
		l.answer(now, true)
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

// answer builds and sends the answers of the batch that are not sent yet, or of
// these the offers that changed no lease.
func (l *loop) answer(now time.Time, unstoredOffers bool) {
	l.out, l.senders = l.out[:0], l.senders[:0]
	for _, x := range l.work {
		if !x.answered || unstoredOffers && (x.changed || x.reply.Type != pkt4.Offer) {
			continue
		}
		x.answered = false
		l.out = append(l.out, netio.Reply4{})
		x.send(&l.out[len(l.out)-1])
		l.senders = append(l.senders, x)
	}
	if len(l.out) == 0 {
		return
	}
	err := l.sock.Send4(l.out)
	for i, x := range l.senders {
		e := l.out[i].Err
		if e == nil {
			e = err
		}
		if e != nil {
			x.sendFailed(e)
			continue
		}
		l.srv.stats.countSent(x.reply.Type, now)
	}
}

// sendFailed logs why an answer could not be sent. One that is too long for the
// link names its largest options.
func (x *exchange) sendFailed(err error) {
	x.srv.log.packets.Log(msgPacketSendFail, x.label(), err)
	if errors.Is(err, syscall.EMSGSIZE) {
		x.srv.tooLong.report(x)
	}
}
