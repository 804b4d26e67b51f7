package dhcp6

import (
	"time"

	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// exchange carries the state of one query through the steps from socket to
// reply. It is reused: everything that a step reads was set by an earlier step
// of the same query.
type exchange struct {
	srv  *Server
	snap *snapshot
	sock netio.Socket6
	now  time.Time
	unix int64

	in    *netio.Datagram6
	query pkt6.Message
	typ   byte

	tally tally

	reply    pkt6.Reply
	answered bool // reply is to be sent
	changed  bool // some lease is not what it was
	out      []byte
	kept     []byte // the query, while its answer waits for the disk

	labelBytes []byte
	labelText  string // of the query in work, "" until it is asked for
}

func newExchange(srv *Server) *exchange { return &exchange{srv: srv} }

// begin makes the exchange ready for a query.
func (x *exchange) begin(snap *snapshot, sock netio.Socket6, d *netio.Datagram6, now time.Time) {
	x.snap, x.sock, x.in = snap, sock, d
	x.now, x.unix = now, now.Unix()
	x.typ = 0
	x.kept = x.kept[:0]
	x.labelText = ""
	x.answered, x.changed = false, false
	x.tally = x.tally[:0]
	x.reply.Reset()
}

// prepare runs the steps that need no lease. It reports whether the query goes
// on to the steps that do.
func (x *exchange) prepare() bool {
	c := x.srv.stats
	c.received.Add(1, x.now)
	if err := x.query.Parse(x.in.Payload); err != nil {
		c.parseFailed.Add(1, x.now)
		c.receiveDrop.Add(1, x.now)
		return false
	}
	x.typ = x.query.Type()
	c.receivedOf(x.typ).Add(1, x.now)
	return true
}

// process runs the steps that read and change leases, inside the transaction of
// the batch.
func (x *exchange) process(lease.Tx6) {}
