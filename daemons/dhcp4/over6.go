package dhcp4

import (
	"errors"
	"fmt"
	"net/netip"

	"nestor/lib/dhcp4o6"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// over6 is what an exchange has of a query that the DHCPv6 server passed on
// (DHCPv4-over-DHCPv6, RFC 7341; ARM 8.2.25). Such a query differs from others in
// how it is unwrapped, by what its subnet is selected, and in that its answer goes
// back the same way.
type over6 struct {
	msg      dhcp4o6.Message
	iface    string // of the DHCPv6 server, where the query came in
	response dhcp4o6.Response
	out      []byte
}

// unwrap takes the DHCPv4 message out of what the DHCPv6 server sent. What has none
// is dropped without being counted: it is no DHCPv4 query.
func (x *exchange) unwrap() bool {
	o, log := x.over6, x.srv.log.packets
	if err := o.msg.Parse(x.in.Payload); err != nil {
		if fault := dhcp4o6.OriginError(""); errors.As(err, &fault) {
			x.srv.log.dhcpsrv.Log(msgOver6BadOrigin, err)
		}
		if log.Enabled(msgOver6ReceiveFail) {
			log.Log(msgOver6ReceiveFail, err)
		}
		return false
	}
	// Names change rarely between queries: they are not copied each time.
	if o.iface != string(o.msg.Origin.Interface) {
		o.iface = string(o.msg.Origin.Interface)
	}
	if log.Enabled(msgOver6Received) {
		log.Log(msgOver6Received, o.msg.Type(), o.source(), o.iface)
	}
	payload, err := o.payload()
	if err != nil {
		if log.Enabled(msgOver6BadPacket) {
			log.Log(msgOver6BadPacket, o.label(), err)
		}
		return false
	}
	x.in.Payload = payload
	x.asked.Interface, x.asked.Src6 = o.iface, o.msg.Origin.Addr[:]
	return true
}

// payload is the DHCPv4 message of a query. Answers are refused, lest two servers
// that are given each other's port go on for ever.
func (o *over6) payload() ([]byte, error) {
	if t := o.msg.Type(); t != pkt6.MsgDHCPv4Query {
		return nil, fmt.Errorf("message of type %d, not a DHCPV4-QUERY (20)", t)
	}
	for _, r := range o.msg.Relays() {
		if r.Type != pkt6.MsgRelayForward {
			return nil, fmt.Errorf("DHCPV4-QUERY inside a message of type %d, not of a relay (12)", r.Type)
		}
	}
	return o.msg.DHCPv4()
}

// label names a message whose DHCPv4 client is not known.
func (o *over6) label() string {
	duid := "no info"
	if id := o.msg.Option(pkt6.OptClientID); len(id) > 0 {
		duid = hexText(id)
	}
	return fmt.Sprintf("duid=[%s], [no hwaddr info], tid=0x%x", duid, o.msg.XID())
}

func (o *over6) source() netip.Addr { return netip.AddrFrom16(o.msg.Origin.Addr) }

// selectOver6 finds the subnet of a client of DHCPv4-over-DHCPv6: the one with the
// lowest id that admits its classes and has a prefix with the client's address, the
// interface-id of the relay next to it, or the interface. As in Kea, what selects
// for other queries, such as giaddr, does not count.
func (x *exchange) selectOver6(k over6Selector) *subnet4 {
	index := x.snap.over6
	best := lowerID(x.firstAdmitting(index.ByAddr(k.remote)), x.firstAdmitting(index.ByInterface(k.iface)))
	if len(k.interfaceID) == 0 {
		return best
	}
	return lowerID(best, x.firstAdmitting(index.ByInterfaceID(k.interfaceID)))
}

// over6Selector is what subnets are selected by with DHCPv4-over-DHCPv6.
type over6Selector struct {
	remote      netip.Addr
	interfaceID []byte
	iface       string
}

// lowerID returns the subnet with the lower id; either may be nil.
func lowerID(a, b *subnet4) *subnet4 {
	if a == nil || b != nil && b.ID < a.ID {
		return b
	}
	return a
}

func (x *exchange) findSubnetOver6() *subnet4 {
	o := x.over6
	id, _ := o.msg.RelayOption(pkt6.OptInterfaceID)
	s := x.selectOver6(over6Selector{remote: o.source(), interfaceID: id, iface: o.iface})
	switch log := x.srv.log.dhcp4; {
	case s != nil && log.Enabled(msgOver6SubnetSelected):
		log.Log(msgOver6SubnetSelected, x.label(), s.ID)
	case s == nil && log.Enabled(msgOver6SelectionFailed):
		x.srv.log.dhcpsrv.Log(msgOver6SelectFailed)
		log.Log(msgOver6SelectionFailed, x.label())
	}
	return s
}

// wrap puts the answer, which is in x.out, into one for the DHCPv6 server.
func (x *exchange) wrap(r *netio.Reply4) {
	o := x.over6
	o.out = o.response.AppendTo(o.out[:0], &o.msg, x.out)
	*r = netio.Reply4{Payload: o.out}
	if log := x.srv.log.packets; log.Enabled(msgOver6Send) {
		log.Log(msgOver6Send, o.label(), "DHCPV4_RESPONSE", pkt6.MsgDHCPv4Response, o.source(), o.msg.Origin.Port, o.iface,
			x.label(), messageName(x.reply.Type), x.reply.Type)
	}
	x.logOver6ReplyData()
}

// source is the address that the query came from.
func (x *exchange) source() netip.Addr {
	if x.over6 != nil {
		return x.over6.source()
	}
	return ip4(x.in.Src)
}

// localAddr is the server's own address where the query came in: of the socket, or of
// the first socket on the interface by which a query of DHCPv4-over-DHCPv6 reached
// the DHCPv6 server. It is 0 if there is none.
func (x *exchange) localAddr() uint32 {
	if x.over6 != nil {
		return x.srv.sockets.addressOn(x.over6.iface)
	}
	return x.sock.Addr()
}

// answerable reports whether there is a server identifier for an answer. Where an
// interface has no socket of ours, none is known unless it is configured.
func (x *exchange) answerable() bool {
	return x.over6 == nil || x.localAddr() != 0 || x.serverIDScope() != nil
}
