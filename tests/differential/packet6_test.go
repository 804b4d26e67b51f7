package differential_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/pkt6"
)

// A packet6 is a DHCPv6 query, option by option, so that it can be wrong in any of
// them.
type packet6 struct {
	typ     byte
	duid    []byte // nil: no option 1
	server  []byte // nil: no option 2
	options []byte
	relays  []relay6 // from the client's on
	trunk   int      // bytes to leave out at the end
	global  bool     // sent by unicast to the global address of the server
	follows bool     // it says something of the answer before it
	want    string   // what is in Nestor's answer, in the notation of reply6.String
	why     string   // reason for which Kea answers otherwise
	aged    bool     // times in the answer depend on when it is given
	changed bool     // server was set
}

// A relay6 is one layer that a relay put around a message.
type relay6 struct {
	hops       byte
	link, peer netip.Addr
	options    []byte
}

// A field6 sets something of a DHCPv6 packet. dialogue6 is what was said before.
type field6 func(p *packet6, d *dialogue6)

// A dialogue6 is the course of one case with one server.
type dialogue6 struct {
	number int    // of the case
	ias    []byte // of the last answer that had some, with all that is in them
}

// serverDUID is what both servers are configured with.
var serverDUID = []byte{0, 2, 0, 0, 9, 0xbf, 1, 2, 3}

// duid is the identifier of a client of the case; they are counted from 1.
func (d *dialogue6) duid(client byte) []byte {
	return []byte{0, 3, 0, 1, 2, 0, 0, byte(d.number >> 8), byte(d.number), client}
}

// build6 makes the packet of some fields.
func build6(d *dialogue6, fields []field6) *packet6 {
	p := &packet6{duid: d.duid(1)}
	for _, f := range fields {
		f(p, d)
	}
	switch p.typ {
	case pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRelease, pkt6.MsgDecline:
		if !p.changed {
			p.server = serverDUID
		}
	}
	return p
}

// payload is the DHCPv6 message with the relays around it.
func (p *packet6) payload(xid uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(p.typ)<<24|xid&0xffffff)
	if p.duid != nil {
		b = pkt6.AppendOption(b, pkt6.OptClientID, p.duid)
	}
	if p.server != nil {
		b = pkt6.AppendOption(b, pkt6.OptServerID, p.server)
	}
	b = append(b, p.options...)
	b = b[:len(b)-p.trunk]
	for _, r := range p.relays {
		head := slices.Concat([]byte{pkt6.MsgRelayForward, r.hops}, r.link.AsSlice(), r.peer.AsSlice(), r.options)
		b = pkt6.AppendOption(head, pkt6.OptRelayMessage, b)
	}
	return b
}

// Messages of a type; more follows.
func message6(kind byte, fields ...field6) []field6 {
	return append([]field6{set6(func(p *packet6) { p.typ = kind })}, fields...)
}

func solicit(fields ...field6) []field6     { return message6(pkt6.MsgSolicit, fields...) }
func confirm(fields ...field6) []field6     { return message6(pkt6.MsgConfirm, fields...) }
func information(fields ...field6) []field6 { return message6(pkt6.MsgInformationRequest, fields...) }

// Messages about what the last answer gave; those whose names begin with "bare" are
// about what their fields say alone.
func request(fields ...field6) []field6  { return about(pkt6.MsgRequest, fields) }
func renew(fields ...field6) []field6    { return about(pkt6.MsgRenew, fields) }
func rebind(fields ...field6) []field6   { return about(pkt6.MsgRebind, fields) }
func release6(fields ...field6) []field6 { return about(pkt6.MsgRelease, fields) }
func decline6(fields ...field6) []field6 { return about(pkt6.MsgDecline, fields) }
func confirmed(fields ...field6) []field6 {
	return about(pkt6.MsgConfirm, fields)
}

func bareRequest(fields ...field6) []field6 { return message6(pkt6.MsgRequest, fields...) }
func bareRenew(fields ...field6) []field6   { return message6(pkt6.MsgRenew, fields...) }
func bareRebind(fields ...field6) []field6  { return message6(pkt6.MsgRebind, fields...) }
func bareRelease(fields ...field6) []field6 { return message6(pkt6.MsgRelease, fields...) }
func bareDecline(fields ...field6) []field6 { return message6(pkt6.MsgDecline, fields...) }

func about(kind byte, fields []field6) []field6 {
	return message6(kind, append([]field6{given}, fields...)...)
}

// given are the identity associations of the last answer.
func given(p *packet6, d *dialogue6) {
	p.follows = true
	p.options = append(p.options, d.ias...)
}

// as6 makes another client of the case speak; they are counted from 1.
func as6(client byte) field6 {
	return func(p *packet6, d *dialogue6) { p.duid = d.duid(client) }
}

// duid makes the client speak by an identifier; none without content.
func duid(content ...byte) field6 { return set6(func(p *packet6) { p.duid = content }) }

// hw6 speaks by the identifier of a link-layer address that has a reservation.
func hw6(last byte) field6 { return duid(0, 3, 0, 1, 2, 0xaa, 0, 0, 0, last) }

// to names a server; none without content.
func to(content ...byte) field6 {
	return set6(func(p *packet6) { p.server, p.changed = content, true })
}

// opt6 adds an option.
func opt6(code uint16, content ...byte) field6 {
	return set6(func(p *packet6) { p.options = pkt6.AppendOption(p.options, code, content) })
}

// raw6 adds bytes to the options as they are.
func raw6(bytes ...byte) field6 {
	return set6(func(p *packet6) { p.options = append(p.options, bytes...) })
}

// oro asks for options.
func oro(codes ...uint16) field6 {
	var b []byte
	for _, c := range codes {
		b = binary.BigEndian.AppendUint16(b, c)
	}
	return opt6(pkt6.OptOptionRequest, b...)
}

// rapid asks for a REPLY at once.
func rapid(p *packet6, d *dialogue6) { opt6(pkt6.OptRapidCommit)(p, d) }

// na and pd add identity associations. Leases are texts such as "2001:db8::1",
// "2001:db8:8000::/56" or, with preferred and valid lifetime, "2001:db8::1 10/20".
func na(iaid byte, leases ...string) field6 { return ia(pkt6.OptIANA, iaid, leases) }
func pd(iaid byte, leases ...string) field6 { return ia(pkt6.OptIAPD, iaid, leases) }

func ia(code uint16, iaid byte, leases []string) field6 {
	var inside []byte
	for _, text := range leases {
		inside = pkt6.AppendLease(inside, code, leaseOf(text))
	}
	return opt6(code, pkt6.AppendIA(nil, &pkt6.IA{Code: code, IAID: uint32(iaid), Options: inside})...)
}

func leaseOf(text string) *pkt6.Lease {
	l := &pkt6.Lease{Len: 128}
	where, times, timed := strings.Cut(text, " ")
	if timed {
		if _, err := fmt.Sscanf(times, "%d/%d", &l.Preferred, &l.Valid); err != nil {
			panic(err)
		}
	}
	if p, err := netip.ParsePrefix(where); err == nil {
		l.Addr, l.Len = p.Addr().As16(), byte(p.Bits())
	} else {
		l.Addr = netip.MustParseAddr(where).As16()
	}
	return l
}

// via passes the packet on as a relay on a link does; of several the first is the
// client's. The fields are options that it adds.
func via(link string, fields ...field6) field6 {
	inner := &packet6{}
	for _, f := range fields {
		f(inner, nil)
	}
	return func(p *packet6, d *dialogue6) {
		mac := d.duid(1)[4:]
		peer := netip.AddrFrom16([16]byte{0: 0xfe, 1: 0x80, 8: mac[0] ^ 2, 9: mac[1], 10: mac[2], 11: 0xff, 12: 0xfe, 13: mac[3], 14: mac[4], 15: mac[5]})
		if n := len(p.relays); n > 0 {
			peer = p.relays[n-1].link
		}
		p.relays = append(p.relays, relay6{byte(len(p.relays)), netip.MustParseAddr(link), peer, inner.options})
	}
}

// unicast6 sends the packet to the global address of the server.
func unicast6(p *packet6, _ *dialogue6) { p.global = true }

// short leaves out the last bytes of the message.
func short(n int) field6 { return set6(func(p *packet6) { p.trunk = n }) }

// set6 changes what has no function of its own.
func set6(f func(p *packet6)) field6 { return func(p *packet6, _ *dialogue6) { f(p) } }

// gives6 says what is in Nestor's answer, in the notation of reply6.String.
func gives6(want string) field6 { return set6(func(p *packet6) { p.want = want }) }

// differs6 says for which reason Nestor's answer is not Kea's, and what is in it.
func differs6(why, want string) field6 {
	return set6(func(p *packet6) { p.why, p.want = why, want })
}

// aged6 says that times in the answer depend on when it is given.
func aged6(p *packet6, _ *dialogue6) { p.aged = true }
