package dhcp6

import (
	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// loop serves one socket: it takes a batch of queries through the steps that
// exchange.go lists. The order of things is lib/packetloop's.
type loop = packetloop.Loop[[16]byte, *state, lease.Tx6, *exchange]

func newLoop(srv *Server, sock netio.Socket6, batch int) *loop {
	return packetloop.New(&srv.loops, sock, batch, new(lookups))
}

// packetLoops is what the loops of the server have in common.
func (srv *Server) packetLoops() packetloop.Server[[16]byte, *state, lease.Tx6, *exchange] {
	return packetloop.Server[[16]byte, *state, lease.Tx6, *exchange]{
		New:      func(netio.Socket6) *exchange { return newExchange(srv) },
		Clock:    srv.clock,
		Disabled: srv.service.Disabled,
		Hold:     srv.state.Hold, Release: srv.state.Release,
		Gather: srv.opts.Log.Gather, Flush: srv.opts.Log.Release,
		CommitFailed: func(err error) { srv.commitFail.Log(err) },
	}
}

// Begin begins a transaction over the leases.
func (st *state) Begin() lease.Tx6 { return st.leases.Begin6() }

// Gathers reports whether a commit waits for a disk.
func (st *state) Gathers() bool { return st.leases.Gathers() }

// Answered implements packetloop.Exchange.
func (x *exchange) Answered() bool { return x.answered }

// Early reports whether the answer is an advertisement that nothing is stored for.
func (x *exchange) Early() bool {
	return x.answered && x.reply.Type == pkt6.MsgAdvertise && !x.changed
}

// Committed counts what became of leases, and asks for the updates of the DNS.
func (x *exchange) Committed() {
	x.tally.Apply(x.now)
	x.srv.ddns.Send(&x.updates)
}

// Refuse drops a query while the service is off; it is not counted.
func (x *exchange) Refuse(sock netio.Socket6, d *netio.Datagram6) {
	log := x.srv.log.badPackets
	if !log.Enabled(msgDropDisabled) {
		return
	}
	x.sock, x.in, x.labelText = sock, d, ""
	_ = x.query.Parse(d.Payload) // for the label, as far as it can be read
	log.Log(msgDropDisabled, x.label())
}

// lookups are what a batch is going to look up.
type lookups struct {
	hostLookups
	duids [][]byte
	addrs [][16]byte
}

// Prefetch tells a store that can make use of it what the exchanges of a batch are
// going to look up.
func (k *lookups) Prefetch(tx lease.Tx6, work []*exchange) {
	p, ok := tx.(lease.Prefetcher6)
	if !ok {
		return
	}
	k.duids, k.addrs = k.duids[:0], k.addrs[:0]
	for _, x := range work {
		k.add(x)
	}
	p.Prefetch6(k.duids, k.addrs)
	clear(k.duids)
}

// add collects what the steps look up: the client's own leases, those of the
// addresses and prefixes that it names, and those of what is reserved for it.
func (k *lookups) add(x *exchange) {
	switch x.typ {
	case pkt6.MsgConfirm, pkt6.MsgInformationRequest:
		return
	case pkt6.MsgSolicit, pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRebind:
		if len(x.duid) > 0 {
			k.duids = append(k.duids, x.duid)
		}
	case pkt6.MsgAddrRegInform:
		k.addrs = append(k.addrs, x.clientAddr())
	}
	for i := range x.ias {
		for l := range x.ias[i].Leases() {
			if l.Addr != ([16]byte{}) {
				k.addrs = append(k.addrs, l.Addr)
			}
		}
	}
	if x.globalHost != nil {
		k.addReserved(x.globalHost)
	}
	for _, h := range x.hosts {
		k.addReserved(h.host)
	}
}

func (k *lookups) addReserved(h *host.Host6) {
	for i := range h.Resources {
		k.addrs = append(k.addrs, h.Resources[i].Addr)
	}
}
