package dhcp6

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"nestor/lib/duid"
	"nestor/lib/explain"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/netio"
	"nestor/lib/packetinput"
	"nestor/lib/pkt6"
	"nestor/lib/stats"
)

// explanation is what the server would do with a query.
type explanation struct {
	trace    trace
	origin   string // of the query, as its reader tells
	query    []byte
	answered bool
	reply    netio.Reply6 // if answered
	changes  []lease.Change6
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
	x := newExchange(srv.unseen())
	x.trace = newTrace(x)
	for _, n := range basis {
		x.trace.Add(n.Decision, n.Fields...)
	}
	e := &explanation{trace: x.trace, origin: p.Origin, query: slices.Clone(p.Payload)}
	d := at.datagram(p)
	x.Begin(st, at, &d, srv.clock())
	x.classing.Explain(&x.trace.Trace.Trace)
	if srv.service.Disabled() {
		x.trace.Add(why.ServiceOff, x.trace.wayFields()...)
		e.finish(x)
		return e, nil
	}
	if x.prepareAlone(st) {
		tx := st.leases.Begin6()
		defer tx.Rollback()
		defer x.trace.foresee(st.leases)()
		over := lease.NewOverlay6(tx)
		over.Watch = x.trace.watch
		x.Process(over)
		e.changes = over.Changes()
		x.trace.changes(e.changes)
		x.trace.AddUpdates(&x.updates)
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
	r := &e.reply
	x.trace.Add(whySends, explain.String("message-type", messageName(x.reply.Type)),
		explain.String("destination", ip6(r.Dst).String()), explain.Int("destination-port", r.DstPort),
		explain.Int("length", len(r.Payload)), explain.String("hex", fmt.Sprintf("%x", r.Payload)))
}

// unseen is a server with the configuration of this one, whose log and statistics
// nobody sees.
func (srv *Server) unseen() *Server {
	quiet := ask.Quiet("kea-dhcp6")
	u := &Server{
		opts: srv.opts, log: newLoggers(quiet), clock: srv.clock, ports: srv.ports, toSource: srv.toSource,
		stats: newCounters(stats.New(srv.clock)), started: srv.started,
		ddns: srv.ddns, // which is asked whether there are updates, and is sent nothing
	}
	u.hostsFail = u.log.hosts.Limited(msgHostsFail, time.Minute)
	u.sockets.begin(u)
	u.state.Store(srv.state.Load())
	return u
}

// arrival is how a query that is explained reaches the server. It stands for the
// socket, which nothing is read from and nothing sent by.
type arrival struct{ ask.Arrival }

var _ netio.Socket6 = (*arrival)(nil)

func (a *arrival) Interface() (string, int)            { return a.Arrival.Interface, a.Index }
func (a *arrival) Recv([]netio.Datagram6) (int, error) { return 0, net.ErrClosed }
func (a *arrival) Send([]netio.Reply6) error           { return net.ErrClosed }
func (a *arrival) Stop()                               {}
func (a *arrival) Close() error                        { return nil }

// Addr is the address of the interface, :: if it is not known.
func (a *arrival) Addr() [16]byte {
	if !a.Arrival.Addr.Is6() {
		return [16]byte{}
	}
	return a.Arrival.Addr.As16()
}

// allServersInSite is where relays find servers that they do not know (RFC 8415
// section 7.1).
var allServersInSite = netip.MustParseAddr("ff05::1:3")

// datagram is the query as it comes from the socket. What is not known of its way
// follows from the message.
func (a *arrival) datagram(p packetinput.Packet) netio.Datagram6 {
	d := netio.Datagram6{Payload: p.Payload, Src: linkLocal(nil), Dst: allServers.As16(), SrcPort: 546, IfIndex: a.Index}
	var m pkt6.Message
	if err := m.Parse(p.Payload); err == nil {
		d.Src, d.Dst, d.SrcPort = suggested(&m)
	}
	if src := first6(a.Src, p.Src.Addr()); src.IsValid() {
		d.Src = src.As16()
	}
	if dst := first6(a.Dst, p.Dst.Addr()); dst.IsValid() {
		d.Dst = dst.As16()
	}
	if p.Src.Port() != 0 {
		d.SrcPort = p.Src.Port()
	}
	return d
}

// suggested is the way that a message is taken to come. A relay sends from the address
// that it has on the client's link. A client sends from the address that it registers,
// else from the link-local one that goes with its identifier.
func suggested(m *pkt6.Message) (src, dst [16]byte, port uint16) {
	if r := m.Relays(); len(r) > 0 {
		src = r[0].Link
		if src == ([16]byte{}) {
			src = linkLocal(nil)
		}
		return src, allServersInSite.As16(), 547
	}
	src = linkLocal(m.Option(pkt6.OptClientID))
	ia := pkt6.IA{Code: pkt6.OptIANA, Options: m.Options()}
	if l, ok := ia.Lease(); ok && m.Type() == pkt6.MsgAddrRegInform {
		src = l.Addr
	}
	return src, allServers.As16(), 546
}

// linkLocal is the link-local address that is made of the Ethernet address in an
// identifier (RFC 4291 appendix A), fe80:: where there is none.
func linkLocal(id []byte) (a [16]byte) {
	const universal = 2
	a[0], a[1] = 0xfe, 0x80
	if htype, mac, ok := duid.LinkLayer(id); ok && htype == ethernet && len(mac) == 6 {
		copy(a[8:], []byte{mac[0] ^ universal, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]})
	}
	return a
}

// first6 is the first of the addresses that is one of IPv6.
func first6(addrs ...netip.Addr) netip.Addr {
	for _, a := range addrs {
		if a.Is6() {
			return a
		}
	}
	return netip.Addr{}
}
