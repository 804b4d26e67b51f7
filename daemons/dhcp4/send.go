package dhcp4

import (
	"errors"
	"syscall"

	"nestor/lib/explain/why"
	"nestor/lib/netio"
	"nestor/lib/pkt4"
)

// Send builds the answer into out and says where it goes.
func (x *exchange) Send(r *netio.Reply4) {
	x.buildOptions()
	x.adjustInform()
	x.trace.reply()
	x.out = x.reply.AppendTo(x.out[:0], &x.query)
	if x.over6 != nil {
		x.wrap(r)
		return
	}
	*r = netio.Reply4{Payload: x.out, DstMAC: x.in.SrcMAC, IfIndex: x.in.IfIndex}
	x.destination(r)
	if log := x.srv.log.packets; log.Enabled(msgPacketSend) {
		log.Log(msgPacketSend, x.label(), messageName(x.reply.Type), x.reply.Type,
			ip4(x.sock.Addr()), x.srv.ports.Server, ip4(r.Dst), r.DstPort, x.interfaceName())
	}
	x.logReplyData(r)
}

// Sent counts an answer that was sent, or logs why it could not be. One that is too
// long for the link names its largest options.
func (x *exchange) Sent(err error) {
	if err == nil {
		x.srv.stats.CountSent(x.reply.Type, x.now)
		return
	}
	message := msgPacketSendFail
	if x.over6 != nil {
		message = msgOver6SendFail
	}
	x.srv.log.packets.Log(message, x.label(), err)
	if errors.Is(err, syscall.EMSGSIZE) {
		x.reportTooLong()
	}
}

var broadcastMAC = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// destination follows what was seen of Kea (field observations FD.2): relays on
// port 67 at their link-layer address; clients at ciaddr, by broadcast when they
// ask for it, else at yiaddr in a frame to the source of the query. A NAK to a
// client without address goes to 255.255.255.255.
func (x *exchange) destination(r *netio.Reply4) {
	r.DstPort = x.srv.ports.Client
	switch {
	case x.srv.toSource:
		x.trace.Note(why.ToSource)
		r.Dst, r.DstPort = x.in.Src, x.in.SrcPort
	case x.reply.GIAddr != 0:
		x.trace.Note(why.ToRelay)
		r.Dst, r.DstPort = x.reply.GIAddr, x.relayPort()
	case x.query.CIAddr() != 0:
		x.trace.Note(whyToCIAddr)
		r.Dst = x.query.CIAddr()
		if x.query.Broadcast() {
			r.DstMAC = broadcastMAC
		}
	case x.typ == pkt4.Inform:
		x.trace.Note(whyToInformSource)
		r.Dst = x.in.Src
	case x.reply.Type == pkt4.Nak || x.query.Broadcast() || x.reply.YIAddr == 0:
		x.trace.Note(whyToBroadcast)
		r.Dst = broadcastAddr
		if x.query.Broadcast() {
			r.DstMAC = broadcastMAC
		}
	default:
		x.trace.Note(whyToYIAddr)
		r.Dst = x.reply.YIAddr
	}
}

// relayPort is the port of the relay: 67, or the source port of the query when
// the relay says so (RFC 8357). The zero-length form is the RFC's; Kea knows
// only one with two bytes.
func (x *exchange) relayPort() uint16 {
	if o, ok := x.query.RAI(pkt4.RAIRelayPort); ok && (len(o) == 0 || len(o) == 2) {
		return x.in.SrcPort
	}
	return x.srv.ports.Relay
}

// adjustInform sends the answer to an INFORM of a client with an address straight to
// it, past any relay (RFC 2131 section 4.3.5). A relay that cannot know the client's
// address either is told to broadcast.
func (x *exchange) adjustInform() {
	switch {
	case x.typ != pkt4.Inform:
	case x.query.CIAddr() != 0:
		x.reply.GIAddr, x.reply.Hops = 0, 0
		x.reply.Unset(pkt4.OptRelayAgentInfo)
	case x.query.GIAddr() != 0:
		x.reply.Flags |= pkt4.BroadcastFlag
	}
}

// interfaceName is the name of the interface that received the query.
func (x *exchange) interfaceName() string {
	if x.over6 != nil {
		return x.over6.iface
	}
	name, _ := x.sock.Interface()
	return name
}

func (x *exchange) requestedText() string {
	if !x.query.Has(pkt4.OptRequestedAddress) {
		return "(no address)"
	}
	return ip4(x.query.Addr(pkt4.OptRequestedAddress)).String()
}
