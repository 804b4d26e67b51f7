package dhcp4

import (
	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt4"
)

// loop serves one socket: it takes a batch of queries through the steps that
// exchange.go lists. The order of things is lib/packetloop's.
type loop = packetloop.Loop[uint32, *state, lease.Tx4, *exchange]

func newLoop(srv *Server, sock netio.Socket4, batch int) *loop {
	return packetloop.New(&srv.loops, sock, batch, new(lookups))
}

// packetLoops is what the loops of the server have in common.
func (srv *Server) packetLoops() packetloop.Server[uint32, *state, lease.Tx4, *exchange] {
	return packetloop.Server[uint32, *state, lease.Tx4, *exchange]{
		New: func(sock netio.Socket4) *exchange {
			x := newExchange(srv)
			if _, ok := sock.(*over6Socket); ok {
				x.over6 = &over6{}
			}
			return x
		},
		Clock:    srv.clock,
		Disabled: srv.service.Disabled,
		Hold:     srv.state.Hold, Release: srv.state.Release,
		Gather: srv.opts.Log.Gather, Flush: srv.opts.Log.Release,
		CommitFailed: func(err error) { srv.commitFail.Log(err) },
	}
}

// Begin begins a transaction over the leases.
func (st *state) Begin() lease.Tx4 { return st.leases.Begin4() }

// Gathers reports whether a commit waits for a disk.
func (st *state) Gathers() bool { return st.leases.Gathers() }

// Answered implements packetloop.Exchange.
func (x *exchange) Answered() bool { return x.answered }

// Early reports whether the answer is an offer that nothing is stored for.
func (x *exchange) Early() bool {
	return x.answered && x.reply.Type == pkt4.Offer && !x.changed
}

// Committed counts what became of leases, and asks for the updates of the DNS.
func (x *exchange) Committed() {
	x.tally.Apply(x.now)
	x.srv.ddns.Send(&x.updates)
}

// Refuse drops a query while the service is off; it is not counted.
func (x *exchange) Refuse(sock netio.Socket4, d *netio.Datagram4) {
	log := x.srv.log.badPackets
	if !log.Enabled(msgDropDisabled) {
		return
	}
	x.sock, x.in, x.labelText = sock, d, ""
	if x.over6 != nil && !x.unwrap() {
		return
	}
	_ = x.query.Parse(x.in.Payload) // for the label, as far as it can be read
	log.Log(msgDropDisabled, x.unreadLabel())
}

// lookups are what a batch is going to look up.
type lookups struct {
	hostLookups
	clientIDs, hwAddrs [][]byte
	addrs              []uint32
}

// Prefetch tells a store that can make use of it what the exchanges of a batch are
// going to look up.
func (k *lookups) Prefetch(tx lease.Tx4, work []*exchange) {
	p, ok := tx.(lease.Prefetcher4)
	if !ok {
		return
	}
	k.clientIDs, k.hwAddrs, k.addrs = k.clientIDs[:0], k.hwAddrs[:0], k.addrs[:0]
	for _, x := range work {
		k.add(x)
	}
	p.Prefetch4(k.clientIDs, k.hwAddrs, k.addrs)
	clear(k.clientIDs)
	clear(k.hwAddrs)
}

// add collects what the steps look up: the client's own leases, those of the
// addresses that it names, and those of the addresses reserved for it.
func (k *lookups) add(x *exchange) {
	switch x.typ {
	case pkt4.Discover, pkt4.Request:
		if len(x.clientID) > 0 {
			k.clientIDs = append(k.clientIDs, x.clientID)
		}
		if len(x.hw) > 0 {
			k.hwAddrs = append(k.hwAddrs, x.hw)
		}
	}
	k.addAddr(x.query.Addr(pkt4.OptRequestedAddress))
	k.addAddr(x.query.CIAddr())
	if x.globalHost != nil {
		k.addAddr(x.globalHost.Addr4)
	}
	for _, h := range x.hosts {
		k.addAddr(h.host.Addr4)
	}
}

func (k *lookups) addAddr(a uint32) {
	if a != 0 {
		k.addrs = append(k.addrs, a)
	}
}
