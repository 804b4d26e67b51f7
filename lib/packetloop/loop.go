// Package packetloop owns the way of a batch of queries: from a socket through the
// steps of each, and one transaction over the leases for all, to the answers. What
// the steps are and do is the business of the two servers.
package packetloop

import (
	"errors"
	"net"
	"runtime"
	"time"

	"nestor/lib/lease"
	"nestor/lib/netio"
)

// BatchSize is how many queries one turn of a loop takes at most. Where a commit waits
// for the disk the turn takes more, so that more leases share one.
const (
	BatchSize       = 64
	SyncedBatchSize = 256
)

// An Exchange is one query on its way from socket to answer. A is the form of
// addresses, S what a batch works with, T a transaction over the leases. Exchanges
// are reused; each belongs to one loop.
type Exchange[A, S, T any] interface {
	// Begin makes the exchange ready for a query.
	Begin(st S, sock netio.Socket[A], d *netio.Datagram[A], now time.Time)
	// Decode reads the query and reports whether it goes on to Prepare.
	Decode() bool
	// Prepare runs the steps that need no leases. It reports whether the query goes
	// on to those that do. open is the batch's transaction where that has begun,
	// else the zero value: a step that looks at a lease ahead has to use it, since no
	// other can be begun meanwhile.
	Prepare(open T) bool
	// Process runs the steps that read and change leases. It may be run again with
	// another transaction when nothing came of the first: it begins as if there had
	// been none, and counts and sends nothing.
	Process(tx T)
	// Committed tells that what Process changed is stored: the time to count.
	Committed()
	// Answered reports whether there is an answer, Early whether it rests on
	// nothing that is stored and need not wait for the leases of others.
	Answered() bool
	Early() bool
	// Send builds the answer and says where it goes. Sent tells what became of it.
	Send(r *netio.Reply[A])
	Sent(err error)
	// Refuse drops a query while the service is off.
	Refuse(sock netio.Socket[A], d *netio.Datagram[A])
}

// A Tx is a transaction over the leases.
type Tx interface{ Commit() error }

// A State is what a batch works with: a configuration and a lease store.
type State[T Tx] interface {
	// Begin begins a transaction.
	Begin() T
	// Gathers reports whether a commit takes so long, since it waits for the disk,
	// that more queries should share it.
	Gathers() bool
	// LooksAhead reports whether the look-ups of Prepare are dear, so that those of
	// a batch are made at once before.
	LooksAhead() bool
}

// Lookups gathers what the exchanges of a batch are going to look up, so that a
// database is asked for it at once. It belongs to one loop.
type Lookups[S, T, X any] interface {
	// Ahead is told of the exchanges of a batch before they are prepared, where the
	// state looks ahead.
	Ahead(st S, decoded []X)
	// Prefetch is told of exchanges before they are processed in a transaction.
	Prefetch(tx T, work []X)
}

// Server is what the loops of a server have in common.
type Server[A any, S State[T], T Tx, X Exchange[A, S, T]] struct {
	// New makes an exchange for a loop on a socket.
	New   func(sock netio.Socket[A]) X
	Clock func() time.Time
	// Disabled reports whether the service is off.
	Disabled func() bool
	// Hold returns the state in force, which stays so until Release. Both are of a
	// batch, from the first step of its queries to its commit.
	Hold    func() S
	Release func()
	// Gather and Flush are told when a batch begins and ends: its log lines go out
	// together.
	Gather, Flush func()
	// CommitFailed is told that leases could not be stored.
	CommitFailed func(error)
}

// Loop serves one socket. It has a thread to itself: queries are not handed
// over to workers, because the hand-over costs more than the work. The queries of
// one turn share a transaction, one write of their lease rows, and one send; an
// answer leaves only when its lease is written.
type Loop[A any, S State[T], T Tx, X Exchange[A, S, T]] struct {
	srv     *Server[A, S, T, X]
	sock    netio.Socket[A]
	poller  netio.Poller[A] // the socket, nil if it cannot be polled
	lookups Lookups[S, T, X]

	now  time.Time // of this turn
	in   []netio.Datagram[A]
	kept [][]byte // queries by exchange, where the socket's buffer is used again
	pool []X
	used int // exchanges that have a query of this turn
	read []X // of these, those that are decoded and not prepared yet
	work []X // of these, those that need leases and whose answers are still to go out
	out  answers[A, X]
}

// New makes a loop whose turns take batch queries at most.
func New[A any, S State[T], T Tx, X Exchange[A, S, T]](srv *Server[A, S, T, X], sock netio.Socket[A], batch int, lookups Lookups[S, T, X]) *Loop[A, S, T, X] {
	l := &Loop[A, S, T, X]{
		srv: srv, sock: sock, lookups: lookups,
		in: make([]netio.Datagram[A], batch), kept: make([][]byte, batch),
	}
	l.poller, _ = sock.(netio.Poller[A])
	for range batch {
		l.pool = append(l.pool, srv.New(sock))
	}
	return l
}

// Run serves until the socket is stopped.
func (l *Loop[A, S, T, X]) Run() {
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
			l.Turn(l.in[:n])
		}
	}
}

// Turn serves the queries of one batch.
func (l *Loop[A, S, T, X]) Turn(in []netio.Datagram[A]) {
	l.now = l.srv.Clock()
	if l.srv.Disabled() {
		for i := range in {
			l.pool[0].Refuse(l.sock, &in[i])
		}
		return
	}
	l.srv.Gather()
	defer l.srv.Flush()
	st := l.srv.Hold()
	l.used, l.work = 0, l.work[:0]
	l.out.reset()
	var none T
	l.prepare(st, in, none)
	if len(l.work) > 0 {
		l.lease(st)
	}
	l.srv.Release()
	for _, x := range l.work {
		l.answer(x)
	}
	l.out.send(l.sock)
}

// prepare runs the steps that need no leases.
func (l *Loop[A, S, T, X]) prepare(st S, in []netio.Datagram[A], open T) {
	keep, ahead := st.Gathers() && l.poller != nil, st.LooksAhead()
	l.read = l.read[:0]
	for i := range in {
		x, d := l.pool[l.used], &in[i]
		if keep {
			// The socket's buffer is used again before the turn is over.
			l.kept[l.used] = append(l.kept[l.used][:0], d.Payload...)
			d.Payload = l.kept[l.used]
		}
		l.used++
		x.Begin(st, l.sock, d, l.now)
		switch {
		case !x.Decode():
		case ahead:
			l.read = append(l.read, x)
		case x.Prepare(open):
			l.work = append(l.work, x)
		}
	}
	if len(l.read) == 0 {
		return
	}
	l.lookups.Ahead(st, l.read)
	for _, x := range l.read {
		if x.Prepare(open) {
			l.work = append(l.work, x)
		}
	}
}

// How often a batch that meets leases which another server changed is processed
// again, as a whole and then each of its exchanges by itself.
const (
	batchTries = 3
	soloTries  = 3
)

// lease runs the steps that need leases, under one transaction. When leases cannot
// be stored no answer that rests on them goes out.
func (l *Loop[A, S, T, X]) lease(st S) {
	tx := st.Begin()
	if l.processIn(tx, l.work) && st.Gathers() {
		l.gather(st, tx)
	}
	err := tx.Commit()
	for try := 1; try < batchTries && errors.Is(err, lease.ErrConflict); try++ {
		err = l.process(st, l.work).Commit()
	}
	switch {
	case err == nil:
		for _, x := range l.work {
			x.Committed()
		}
	case concernsOne(err) && len(l.work) > 0:
		l.leaseSolo(st)
	default:
		l.srv.CommitFailed(err)
		l.work = l.work[:0]
	}
}

// process begins a transaction and runs exchanges in it.
func (l *Loop[A, S, T, X]) process(st S, work []X) T {
	tx := st.Begin()
	l.processIn(tx, work)
	return tx
}

// processIn runs exchanges in a transaction. It reports whether leases can be read;
// where they cannot, clients who have one would look as if they had none, so nothing
// is run then, and the commit says why.
func (l *Loop[A, S, T, X]) processIn(tx T, work []X) (readable bool) {
	if len(work) > 0 {
		l.lookups.Prefetch(tx, work)
	}
	fallible, _ := any(tx).(lease.Fallible)
	if fallible != nil && fallible.Err() != nil {
		return false
	}
	for _, x := range work {
		x.Process(tx)
		if fallible != nil && fallible.Err() != nil {
			return false
		}
	}
	return true
}

// concernsOne tells whether an exchange that is by itself may well succeed where a
// batch did not.
func concernsOne(err error) bool {
	return errors.Is(err, lease.ErrConflict) || errors.Is(err, lease.ErrRefused)
}

// leaseSolo gives each exchange a transaction of its own, so that one whose leases
// others change all the time does not keep the rest of its batch from theirs.
func (l *Loop[A, S, T, X]) leaseSolo(st S) {
	all := l.work
	l.work = all[:0]
	for i, x := range all {
		err := l.process(st, all[i:i+1]).Commit()
		for try := 1; try < soloTries && errors.Is(err, lease.ErrConflict); try++ {
			err = l.process(st, all[i:i+1]).Commit()
		}
		if err == nil {
			x.Committed()
			l.work = append(l.work, x)
			continue
		}
		l.srv.CommitFailed(err)
		if !concernsOne(err) {
			return // nor will it be otherwise for those behind
		}
	}
}

// gather lets more queries share a commit that waits for the disk: those that
// came meanwhile, many of them the requests that answer the offers. Offers rest on
// nothing that is stored and do not wait.
func (l *Loop[A, S, T, X]) gather(st S, tx T) {
	for done := 0; ; {
		l.sendEarly(done)
		if l.poller == nil || l.used >= len(l.in) {
			return
		}
		// The next turn finds out about errors.
		n, _ := l.poller.Poll(l.in[l.used:])
		if n == 0 {
			return
		}
		done = len(l.work)
		l.prepare(st, l.in[l.used:][:n], tx)
		if !l.processIn(tx, l.work[done:]) {
			return
		}
	}
}

// sendEarly sends what need not wait, of the exchanges from one on. Those are then
// done: they have changed nothing that the transaction could store.
func (l *Loop[A, S, T, X]) sendEarly(from int) {
	waiting := l.work[:from]
	for _, x := range l.work[from:] {
		if !x.Early() {
			waiting = append(waiting, x)
			continue
		}
		x.Committed()
		l.answer(x)
	}
	l.work = waiting
	l.out.send(l.sock)
	l.out.reset()
}

// answer builds the answer of an exchange, if there is one.
func (l *Loop[A, S, T, X]) answer(x X) {
	if x.Answered() {
		l.out.add(x)
	}
}
