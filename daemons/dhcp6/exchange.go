package dhcp6

import (
	"time"

	"nestor/lib/classify"
	"nestor/lib/classify/query6"
	"nestor/lib/clientclass"
	"nestor/lib/dhcp4o6"
	"nestor/lib/host"
	"nestor/lib/host/sqlhost"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/nameupdate"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// exchange carries the state of one query through the steps from socket to
// reply. It is reused: everything that a step reads was set by an earlier step
// of the same query.
//
// The steps, a file each: decode → check → classify → selectSubnet →
// findReservation → allocate (or release, decline, confirm, inform) for each
// identity association → name → buildOptions → the lease rows of the batch are
// written → send.
type exchange struct {
	srv  *Server
	snap *snapshot
	sock netio.Socket6
	tx   lease.Tx6
	now  time.Time
	unix int64

	in    *netio.Datagram6
	query pkt6.Message
	typ   byte

	classes  classify.Set
	classing clientclass.Query // puts it into them
	trace    trace             // of an explanation
	asked    query6.Packet     // the query as expressions of classes see it
	// selected is the subnet by which the client was recognised; subnet is the
	// one that serves it, which in a shared network may become another.
	selected *subnet6
	subnet   *subnet6

	duid        []byte // nil if none was sent
	fqdn        []byte // option 39, nil for none that can be read
	mac         hardwareAddress
	identifiers []host.Identifier
	// reservations is where they are looked up; databases the same, nil where they
	// are all in the configuration.
	reservations host.Source6
	databases    *sqlhost.Batch6
	globalHost   *host.Host6
	hosts        []subnetHost // reservations in the subnets of the network

	ias     []pkt6.IA // IA_NA and IA_PD of the query
	ia      iaState   // the one in work
	granted []grant   // what this answer gives, in order
	own     []held    // leases that the client had before, in all IAs
	offer   bool      // nothing is stored

	lease lease.Lease6 // that is being made
	pool  *pool6       // of x.lease, nil outside of pools
	tally leasestats.Tally
	// updates of the DNS, to be asked for; named tells that the first address of the
	// answer has had its own.
	updates nameupdate.List
	named   bool

	reply    pkt6.Reply
	answered bool // reply is to be sent
	changed  bool // some lease is not what it was
	out      []byte
	origin   dhcp4o6.Origin // of a query that goes on to the DHCPv4 server
	onward   [1]netio.Reply6
	name     nameState

	// Scratch space of steps, kept so that it is allocated once: what is passed
	// to the lease store through its interface would be allocated each time.
	found       lease.Lease6 // the lease of an address in question
	stored      lease.Lease6 // the one to be written
	leases      []lease.Lease6
	contextText []byte // user context of a lease
	macBytes    []byte
	labelBytes  []byte
	labelText   string  // of the query in work, "" until it is asked for
	iaBytes     []byte  // contents of the IAs of the answer
	excluded    []byte  // option 67 of a prefix
	statusBytes []byte  // of the message
	wanted      codeSet // options that are to be sent
	never       codeSet
	scopes      []*optionSet
	poolScratch []int
	// of options 16 and 17
	enterprises  []uint32
	vendorGiven  []pkt6.Options // by enterprise: sub-options configured in hexadecimal
	vendorWanted codeSet
	vendorNever  codeSet
	vendorSubs   []optionEntry
	vendorBytes  []byte

	// skip tells the addresses and prefixes of the current subnet that are
	// reserved; it is made once so that a search allocates nothing.
	skip func(addr [16]byte) bool
}

func newExchange(srv *Server) *exchange {
	x := &exchange{srv: srv}
	x.asked.Message = &x.query
	x.classing.Init(&x.classes, &x.asked, x.label, x.addVendorClasses)
	x.skip = func(addr [16]byte) bool { return x.isReserved(x.subnet, addr) }
	return x
}

type subnetHost struct {
	subnet *subnet6
	host   *host.Host6
}

// Begin makes the exchange ready for a query.
func (x *exchange) Begin(st *state, sock netio.Socket6, d *netio.Datagram6, now time.Time) {
	x.snap, x.sock, x.in = st.snap, sock, d
	x.now, x.unix = now, now.Unix()
	x.typ = 0
	x.labelText = ""
	x.selected, x.subnet, x.pool = nil, nil, nil
	x.duid, x.fqdn, x.mac = nil, nil, hardwareAddress{}
	x.identifiers = x.identifiers[:0]
	x.reservations, x.databases = x.snap.hosts, nil
	x.globalHost, x.hosts = nil, x.hosts[:0]
	x.ias = x.ias[:0]
	x.beginClasses()
}

// Decode reads the query and reports whether it goes on.
func (x *exchange) Decode() bool { return x.decode() }

// Prepare runs the steps that need no lease. It reports whether the query goes
// on to the steps that do.
func (x *exchange) Prepare(lease.Tx6) bool {
	goesOn := x.check() && x.findReservation()
	return x.reservationsKnown() && goesOn
}

// beginLeases makes ready for the steps that read and change leases.
func (x *exchange) beginLeases() {
	x.subnet, x.pool = x.selected, nil
	x.granted, x.own = x.granted[:0], x.own[:0]
	x.offer = false
	x.iaBytes = x.iaBytes[:0]
	x.answered, x.changed = false, false
	x.tally.Reset()
	x.updates.Reset()
	x.named = false
	x.name.reset()
	x.reply.Reset()
}

// Process runs the steps that read and change leases, inside the transaction of
// the batch. When nothing came of that it is run again in the next one.
func (x *exchange) Process(tx lease.Tx6) {
	x.beginLeases()
	x.tx = tx
	switch x.typ {
	case pkt6.MsgSolicit:
		x.solicit()
	case pkt6.MsgRequest:
		x.request()
	case pkt6.MsgRenew, pkt6.MsgRebind:
		x.renew()
	case pkt6.MsgRelease:
		x.release()
	case pkt6.MsgDecline:
		x.decline()
	case pkt6.MsgConfirm:
		x.confirm()
	case pkt6.MsgInformationRequest:
		x.inform()
	case pkt6.MsgAddrRegInform:
		x.register()
	}
	x.tx = nil
	if !x.reservationsKnown() {
		x.answered = false
		x.tally.Reset()
	}
}
