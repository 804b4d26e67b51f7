package dhcp6

import (
	"errors"
	"fmt"
	"net/netip"

	"nestor/lib/dhcp4o6"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// forward passes a DHCPV4-QUERY on to the DHCPv4 server of this host, with what the
// answer needs to find its way (RFC 7341; ARM 9.2.25). It does not wait for that: the
// answer comes to an answerer. forward returns false, as there is nothing more to do
// for the exchange.
func (x *exchange) forward() bool {
	if x.trace.on() {
		x.trace.forwarded()
		return false
	}
	// Kea counts neither as dropped.
	if sock := x.srv.over4.Load(); sock == nil {
		if log := x.srv.log.badPackets; log.Enabled(msgOver4Off) {
			log.Log(msgOver4Off, x.label())
		}
	} else if err := x.sendOn(sock); err != nil {
		x.srv.over4Fail.Log(err)
	}
	return false
}

func (x *exchange) sendOn(sock *dhcp4o6.Socket) (err error) {
	x.origin.Interface = append(x.origin.Interface[:0], x.interfaceName()...)
	x.origin.Addr, x.origin.Port = x.in.Src, x.in.SrcPort
	if x.out, err = dhcp4o6.AppendQuery(x.out[:0], &x.query, &x.origin); err != nil {
		return err
	}
	r := x.onward[:]
	r[0] = netio.Reply6{Payload: x.out}
	if err := sock.Send(r); err != nil {
		return err
	}
	return r[0].Err
}

// An answerer sends clients what the DHCPv4 server answers them.
type answerer struct {
	srv     *Server
	in      []netio.Datagram6
	message dhcp4o6.Message
	out     []byte
	reply   [1]netio.Reply6
}

func newAnswerer(srv *Server) *answerer {
	return &answerer{srv: srv, in: make([]netio.Datagram6, packetloop.BatchSize)}
}

// answer takes a message of the DHCPv4 server to its client.
func (a *answerer) answer(raw []byte) {
	log, m := a.srv.log.packets, &a.message
	log.Log(msgOver4Receiving)
	if err := a.read(raw); err != nil {
		if fault := dhcp4o6.OriginError(""); errors.As(err, &fault) {
			a.srv.log.dhcpsrv.Log(msgOver4BadOrigin, err)
		}
		if log.Enabled(msgOver4ReceiveFail) {
			log.Log(msgOver4ReceiveFail, err)
		}
		return
	}
	if log.Enabled(msgOver4Received) {
		log.Log(msgOver4Received, m.Type(), netip.AddrFrom16(m.Origin.Addr), m.Origin.Port, m.Origin.Interface)
	}
	err := a.send()
	if err != nil {
		log.Log(msgPacketSendFail, a.label(), err)
		return
	}
	a.srv.stats.CountSent(pkt6.MsgDHCPv4Response, a.srv.clock())
}

// read reads a message and makes what the client gets of it. Nothing but answers goes
// to clients.
func (a *answerer) read(raw []byte) (err error) {
	m := &a.message
	if err := m.Parse(raw); err != nil {
		return err
	}
	if t := m.Type(); t != pkt6.MsgDHCPv4Response {
		return fmt.Errorf("message of type %d, not a DHCPV4-RESPONSE (21)", t)
	}
	for _, r := range m.Relays() {
		if r.Type != pkt6.MsgRelayReply {
			return fmt.Errorf("DHCPV4-RESPONSE inside a message of type %d, not for a relay (13)", r.Type)
		}
	}
	a.out, err = m.AppendStripped(a.out[:0])
	return err
}

// send sends the message by a socket of the interface that the query came in on.
func (a *answerer) send() error {
	from := &a.message.Origin
	sock := a.srv.sockets.on(from.Interface, from.Addr)
	if sock == nil {
		return fmt.Errorf("no socket is open on interface %s", from.Interface)
	}
	_, index := sock.Interface()
	a.reply[0] = netio.Reply6{Payload: a.out, Dst: from.Addr, DstPort: a.port(), IfIndex: index}
	if err := sock.Send(a.reply[:]); err != nil {
		return err
	}
	return a.reply[0].Err
}

// port is the one that the answer goes to, by the rules for others (see
// exchange.destination). The option of a relay that asks for its own port is in the
// answer as well.
func (a *answerer) port() uint16 {
	relays, from := a.message.Relays(), a.message.Origin.Port
	if a.srv.toSource {
		return from
	}
	if len(relays) == 0 {
		return a.srv.ports.Client
	}
	if _, asked := relays[0].Options.Find(pkt6.OptRelayPort); asked {
		return from
	}
	return a.srv.ports.Relay
}

// label names the client of an answer.
func (a *answerer) label() string {
	duid := "no info"
	if id := a.message.Option(pkt6.OptClientID); len(id) > 0 {
		duid = hexText(id)
	}
	return fmt.Sprintf("duid=[%s], [no hwaddr info], tid=0x%x", duid, a.message.XID())
}

// on returns the open socket of an interface that suits a destination best, nil if
// there is none.
func (s *sockets) on(iface []byte, dst [16]byte) netio.Socket6 {
	return s.Best(func(k socketKey) int { return k.suits(iface, dst) })
}

// suits ranks sockets for a message to an address, 0: cannot be used. An address of the
// same scope is best, and one that clients send to better than the multicast group.
func (k socketKey) suits(iface []byte, dst [16]byte) int {
	if k.name != string(iface) {
		return 0
	}
	rank := 1
	if k.addr.IsLinkLocalUnicast() == netip.AddrFrom16(dst).IsLinkLocalUnicast() {
		rank += 2
	}
	if !k.group {
		rank++
	}
	return rank
}
