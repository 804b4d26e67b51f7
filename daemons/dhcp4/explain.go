package dhcp4

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"nestor/lib/explain"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/packetinput"
	"nestor/lib/stats"
)

// explanation is what the server would do with a query.
type explanation struct {
	trace    trace
	origin   string // of the query, as its reader tells
	query    []byte
	answered bool
	reply    netio.Reply4 // if answered
	changes  []lease.Change4
}

// explain takes a query through the steps that it would take if it came from the
// network, in the state that the server is in. Nothing changes by it: leases are
// changed in an overlay, allocators are asked what they would give, statistics and
// log are those of a server that nobody sees. basis is told before all else.
func (srv *Server) explain(p packetinput.Packet, at *arrival, basis ...explain.Note) (*explanation, error) {
	st := srv.state.Hold()
	defer srv.state.Release()
	if st == nil {
		return nil, fmt.Errorf("the server is not configured yet: give it a configuration by config-set or config-reload")
	}
	x := newExchange(srv.unseen(at))
	x.trace = newTrace(x)
	t := x.trace
	for _, n := range basis {
		t.Add(n.Decision, n.Fields...)
	}
	e := &explanation{trace: t, origin: p.Origin, query: slices.Clone(p.Payload)}
	d := at.datagram(p)
	x.Begin(st, at, &d, srv.clock())
	x.classing.Explain(&t.Trace.Trace)
	if srv.service.Disabled() {
		t.Add(why.ServiceOff, t.wayFields()...)
		e.finish(x)
		return e, nil
	}
	if x.prepareAlone(st) {
		tx := st.leases.Begin4()
		defer tx.Rollback()
		x.trace.ahead = st.leases.allocators.Foresee()
		defer x.trace.ahead.End()
		over := lease.NewOverlay4(tx)
		over.Watch = x.trace.ahead.Watch
		x.Process(over)
		e.changes = over.Changes()
		t.leases(e.changes)
		t.AddUpdates(&x.updates)
		if x.answered {
			x.Send(&e.reply)
			e.answered = true
			e.reply.Payload = slices.Clone(e.reply.Payload)
		}
	}
	e.finish(x)
	return e, nil
}

// finish tells what can only be told in the end.
func (e *explanation) finish(x *exchange) {
	x.trace.OtherClasses()
	if !e.answered {
		x.trace.Note(why.Silence)
		return
	}
	x.trace.sent(&e.reply)
}

// unseen is a server with the configuration and the addresses of this one, whose
// log and statistics nobody sees.
func (srv *Server) unseen(at *arrival) *Server {
	quiet := ask.Quiet("kea-dhcp4")
	u := &Server{
		opts: srv.opts, log: newLoggers(quiet), clock: srv.clock, ports: srv.ports, toSource: srv.toSource,
		stats: newCounters(stats.New(srv.clock)), started: srv.started,
		ddns: srv.ddns, // which is asked whether there are updates, and is sent nothing
	}
	u.hostsFail = u.log.hosts.Limited(msgHostsFail, time.Minute)
	u.sockets.begin(u)
	u.state.Store(srv.state.Load())
	own := []uint32{at.Addr()}
	if a := srv.sockets.own.Load(); a != nil {
		own = append(own, *a...)
	}
	u.sockets.own.Store(&own)
	return u
}

// arrival is how a query that is explained reaches the server. It stands for the
// socket, which nothing is read from and nothing sent by.
type arrival struct{ ask.Arrival }

var _ netio.Socket4 = (*arrival)(nil)

func (a *arrival) Interface() (string, int)            { return a.Arrival.Interface, a.Index }
func (a *arrival) Recv([]netio.Datagram4) (int, error) { return 0, net.ErrClosed }
func (a *arrival) Send([]netio.Reply4) error           { return net.ErrClosed }
func (a *arrival) Stop()                               {}
func (a *arrival) Close() error                        { return nil }

// Addr is the address of the interface, 0 if it is not known.
func (a *arrival) Addr() uint32 {
	if !a.Arrival.Addr.Is4() {
		return 0
	}
	return addr4(a.Arrival.Addr)
}

// datagram is the query as it comes from the socket. What is not known of its way
// follows from its header: a query that a relay or a client with an address sends
// comes by unicast.
func (a *arrival) datagram(p packetinput.Packet) netio.Datagram4 {
	d := netio.Datagram4{Payload: p.Payload, Dst: broadcastAddr, SrcPort: 68, IfIndex: a.Index}
	if len(p.Payload) >= 28 {
		ciaddr, giaddr := be32(p.Payload[12:]), be32(p.Payload[24:])
		switch {
		case giaddr != 0:
			d.Src, d.Dst, d.SrcPort = giaddr, a.Addr(), 67
		case ciaddr != 0:
			d.Src, d.Dst = ciaddr, a.Addr()
		}
		copy(d.SrcMAC[:], p.Payload[28:])
	}
	if src := first4(a.Src, p.Src.Addr()); src.IsValid() {
		d.Src = addr4(src)
	}
	if dst := first4(a.Dst, p.Dst.Addr()); dst.IsValid() {
		d.Dst = addr4(dst)
	}
	if p.Src.Port() != 0 {
		d.SrcPort = p.Src.Port()
	}
	if len(p.SrcMAC) > 0 {
		d.SrcMAC = [6]byte{}
		copy(d.SrcMAC[:], p.SrcMAC)
	}
	return d
}

// first4 is the first of the addresses that is one of IPv4.
func first4(addrs ...netip.Addr) netip.Addr {
	for _, a := range addrs {
		if a.Is4() {
			return a
		}
	}
	return netip.Addr{}
}

// leases records what would be written.
func (t trace) leases(changes []lease.Change4) {
	for i := range changes {
		c := &changes[i]
		if c.Deleted {
			t.addLease(why.LeaseDeleted, &c.Lease)
		} else {
			t.addLease(whyWritten, &c.Lease)
		}
	}
	if len(changes) == 0 {
		t.Note(why.NothingStored)
	}
}

// sent records the reply and its way.
func (t trace) sent(r *netio.Reply4) {
	t.Add(whySends, explain.String("message-type", messageName(t.x.reply.Type)),
		explain.String("destination", ip4(r.Dst).String()), explain.Int("destination-port", r.DstPort),
		explain.String("destination-hw", hexText(r.DstMAC[:])), explain.Int("length", len(r.Payload)),
		explain.String("hex", fmt.Sprintf("%x", r.Payload)))
}
