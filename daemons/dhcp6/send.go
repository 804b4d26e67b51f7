package dhcp6

import (
	"errors"
	"syscall"

	"nestor/lib/explain/why"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// Send builds the answer into out and says where it goes.
func (x *exchange) Send(r *netio.Reply6) {
	x.buildOptions()
	x.trace.reply()
	x.out = x.reply.AppendTo(x.out[:0], &x.query)
	*r = netio.Reply6{Payload: x.out, IfIndex: x.in.IfIndex}
	x.destination(r)
	if log := x.srv.log.packets; log.Enabled(msgPacketSend) {
		log.Log(msgPacketSend, x.label(), messageName(x.reply.Type), x.reply.Type,
			ip6(x.sock.Addr()), x.srv.ports.Server, ip6(r.Dst), r.DstPort, x.interfaceName())
	}
}

// Sent counts an answer that was sent, or logs why it could not be. One that is too
// long for the link names its largest options.
func (x *exchange) Sent(err error) {
	if err == nil {
		x.srv.stats.CountSent(x.reply.Type, x.now)
		return
	}
	x.srv.log.packets.Log(msgPacketSendFail, x.label(), err)
	if errors.Is(err, syscall.EMSGSIZE) {
		x.reportTooLong()
	}
}

// destination sends the answer to where the query came from: to the relay that is
// next, or to the client itself (RFC 8415 sections 18.3.10 and 19.3).
func (x *exchange) destination(r *netio.Reply6) {
	r.Dst = x.in.Src
	switch {
	case x.srv.toSource:
		x.trace.Note(why.ToSource)
		r.DstPort = x.in.SrcPort
	case len(x.query.Relays()) > 0:
		x.trace.Note(why.ToRelay)
		r.DstPort = x.relayPort()
	default:
		x.trace.Note(whyToClient)
		r.DstPort = x.srv.ports.Client
	}
}

// relayPort is the port of the relay next to the server: 547, or the source port of
// the query when the relay says so (RFC 8357).
func (x *exchange) relayPort() uint16 {
	if _, asked := x.query.Relays()[0].Options.Find(pkt6.OptRelayPort); asked {
		return x.in.SrcPort
	}
	return x.srv.ports.Relay
}
