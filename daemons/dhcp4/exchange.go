package dhcp4

import (
	"time"

	"nestor/lib/classify"
	"nestor/lib/classify/query4"
	"nestor/lib/clientclass"
	"nestor/lib/host"
	"nestor/lib/host/sqlhost"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/nameupdate"
	"nestor/lib/netio"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// exchange carries the state of one query through the steps from socket to
// reply. It is reused: everything that a step reads was set by an earlier step
// of the same query.
//
// The steps, a file each: decode → check → classify → selectSubnet →
// findReservation → allocate (or release, decline, inform) → name →
// buildOptions → the lease rows of the batch are written → send.
type exchange struct {
	srv  *Server
	snap *snapshot
	sock netio.Socket4
	tx   lease.Tx4
	now  time.Time
	unix int64

	in    *netio.Datagram4
	query pkt4.Message
	typ   byte
	over6 *over6 // for queries that the DHCPv6 server passes on, else nil

	classes  classify.Set
	classing clientclass.Query // puts it into them
	trace    trace             // of an explanation
	asked    query4.Packet     // the query as expressions of classes see it
	// selected is the subnet by which the client was recognised; subnet is the
	// one that serves it, which in a shared network may become another.
	selected *subnet4
	subnet   *subnet4
	pool     *pool4

	hw          []byte
	clientID    []byte // nil if none was sent
	identifiers []host.Identifier
	// reservations is where they are looked up; databases the same, nil where they
	// are all in the configuration.
	reservations host.Source4
	databases    *sqlhost.Batch4
	globalHost   *host.Host
	hosts        []subnetHost // reservations in the subnets of the network
	stashed      bool         // option 82 is the one kept with the lease, not sent

	requested uint32 // option 50, else ciaddr
	lease     lease.Lease4
	tally     leasestats.Tally
	updates   nameupdate.List // of the DNS, to be asked for
	own       lease.Lease4    // the lease that the client had before
	hasOwn    bool
	reused    bool // answered from the lease cache
	remaining uint32

	reply    pkt4.Reply
	answered bool // reply is to be sent
	changed  bool // some lease is not what it was
	out      []byte

	serverIDBytes [4]byte
	timers        [3][4]byte // options 51, 58, 59
	name          nameState

	// Scratch space of steps, kept so that it is allocated once: what is passed
	// to the lease store through its interface would be allocated each time.
	found       lease.Lease4 // the lease of an address in question
	stored      lease.Lease4 // the one to be written
	leases      []lease.Lease4
	contextText []byte // user context of a lease, or what was kept in one
	labelBytes  []byte
	labelText   string // of the query in work, "" until it is asked for
	scopes      []*optionSet
	poolScratch []int
	// of options 124 and 125
	enterprises      []uint32
	vendorGiven      [][]byte // by enterprise: sub-options configured in hexadecimal
	vendorSubs       []option.Sub
	vendorClassBytes []byte
	vendorBytes      []byte

	// private is x.privateDefinitions, made once for the same reason as skip.
	private func(code uint16) *option.Definitions

	// skip tells the addresses of the current subnet that are reserved for
	// others; it is made once so that a search allocates nothing.
	skip func(addr uint32) bool
}

func newExchange(srv *Server) *exchange {
	x := &exchange{srv: srv}
	x.asked.Message = &x.query
	x.classing.Init(&x.classes, &x.asked, x.label, x.addVendorClass)
	x.private = x.privateDefinitions
	x.skip = func(addr uint32) bool { return x.reservedForOther(x.subnet, addr) }
	return x
}

type subnetHost struct {
	subnet *subnet4
	host   *host.Host
}

// Begin makes the exchange ready for a query.
func (x *exchange) Begin(st *state, sock netio.Socket4, d *netio.Datagram4, now time.Time) {
	x.snap, x.sock, x.in = st.snap, sock, d
	x.now, x.unix = now, now.Unix()
	x.typ = 0
	x.labelText = ""
	x.beginClasses()
	x.selected, x.subnet, x.pool = nil, nil, nil
	x.hw, x.clientID = nil, nil
	x.identifiers = x.identifiers[:0]
	x.reservations, x.databases = x.snap.hosts, nil
	x.globalHost, x.hosts = nil, x.hosts[:0]
	x.stashed = false
}

// Decode reads the query and reports whether it goes on.
func (x *exchange) Decode() bool { return x.decode() }

// Prepare runs the steps that need no lease. It reports whether the query goes
// on to the steps that do. open is the transaction of the batch, if it has begun.
func (x *exchange) Prepare(open lease.Tx4) bool {
	x.tx = open
	goesOn := x.check() && x.findReservation()
	x.tx = nil
	return x.reservationsKnown() && goesOn
}

// beginLeases makes ready for the steps that read and change leases.
func (x *exchange) beginLeases() {
	x.subnet, x.pool = x.selected, nil
	x.requested, x.hasOwn, x.reused, x.remaining = 0, false, false, 0
	x.answered, x.changed = false, false
	x.tally.Reset()
	x.updates.Reset()
	x.name.reset()
	x.reply.Reset()
}

// Process runs the steps that read and change leases, inside the transaction of
// the batch. When nothing came of that it is run again in the next one.
func (x *exchange) Process(tx lease.Tx4) {
	x.beginLeases()
	x.tx = tx
	switch x.typ {
	case pkt4.Discover:
		x.discover()
	case pkt4.Request:
		x.request()
	case pkt4.Release:
		x.release()
	case pkt4.Decline:
		x.decline()
	case pkt4.Inform:
		x.inform()
	}
	x.tx = nil
	if !x.reservationsKnown() {
		x.answered = false
		x.tally.Reset()
	}
}
