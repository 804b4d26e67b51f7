package dhcp4

import (
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/netio"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// packetDetails writes down a message for the log: its way, its type, and its
// options in the form that option[code].text has for expressions.
type packetDetails struct {
	defs *option.Definitions
	text strings.Builder
	some bool // an option is written
}

func (x *exchange) details(way string, typ byte) *packetDetails {
	d := &packetDetails{defs: x.snap.cfg.Definitions}
	name := "(missing)"
	if typ != 0 {
		name = fmt.Sprintf("%s (%d)", messageName(typ), typ)
	}
	fmt.Fprintf(&d.text, "%s, msg_type=%s, transid=0x%x", way, name, x.query.XID())
	return d
}

func (d *packetDetails) option(code byte, content []byte) {
	separator := ", options: "
	if d.some {
		separator = "; "
	}
	d.some = true
	d.text.WriteString(separator)
	d.text.WriteString(d.defs.Describe(option.Space4, uint32(code), content))
}

// wayText names both ends of a message's way. With DHCPv4-over-DHCPv6 the local one
// is the DHCPv6 server's.
func (x *exchange) wayText(local uint32, remote netip.Addr, remotePort uint16) string {
	way := "remote_address=" + netip.AddrPortFrom(remote, remotePort).String()
	if x.over6 != nil {
		return way
	}
	return fmt.Sprintf("local_address=%s:%d, %s", ip4(local), x.srv.ports.Server, way)
}

// logQueryData logs the whole query.
func (x *exchange) logQueryData() {
	log := x.srv.log.packets
	if !log.Enabled(msgQueryData) {
		return
	}
	port := x.in.SrcPort
	if x.over6 != nil {
		port = x.over6.msg.Origin.Port
	}
	d := x.details(x.wayText(x.in.Dst, x.source(), port), x.typ)
	for code := byte(1); code < pkt4.OptEnd; code++ {
		if x.query.Has(code) {
			d.option(code, x.query.Option(code))
		}
	}
	log.Log(msgQueryData, x.label(), d.text.String())
}

// logReplyData logs the whole answer to a client or relay.
func (x *exchange) logReplyData(r *netio.Reply4) {
	if log := x.srv.log.packets; log.Enabled(msgResponseData) {
		log.Log(msgResponseData, x.label(), messageName(x.reply.Type), x.reply.Type,
			x.replyDetails(x.wayText(x.sock.Addr(), ip4(r.Dst), r.DstPort)))
	}
}

// logOver6ReplyData logs the whole answer that goes to the DHCPv6 server.
func (x *exchange) logOver6ReplyData() {
	if log := x.srv.log.packets; log.Enabled(msgOver6ResponseData) {
		log.Log(msgOver6ResponseData, x.label(), messageName(x.reply.Type), x.reply.Type,
			x.replyDetails(x.wayText(0, x.source(), x.over6.msg.Origin.Port)))
	}
}

func (x *exchange) replyDetails(way string) string {
	d := x.details(way, x.reply.Type)
	d.option(pkt4.OptMessageType, []byte{x.reply.Type})
	x.reply.Codes(d.option)
	return d.text.String()
}
