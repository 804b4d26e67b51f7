package differential_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// Types of messages (RFC 2132 section 9.6).
const (
	typeDiscover = 1
	typeOffer    = 2
	typeRequest  = 3
	typeDecline  = 4
	typeAck      = 5
	typeNak      = 6
	typeRelease  = 7
	typeInform   = 8
)

// A packet is a query as it is put onto the wire, field by field, so that it can be
// wrong in any of them.
type packet struct {
	op, htype, hlen, hops byte
	secs, flags           uint16
	ciaddr, yiaddr        netip.Addr
	siaddr, giaddr        netip.Addr
	chaddr                [16]byte
	sname                 [64]byte
	file                  [128]byte
	cookie                [4]byte
	options               []byte
	bare                  bool   // without END and padding
	unhinted              bool   // a DISCOVER without option 50 is to stay so
	follows               bool   // it says something of the answer before it
	want                  string // what is in Nestor's answer, in the notation of reply.String
	why                   string // reason for which Kea answers otherwise
	aged                  bool   // times in the answer depend on when it is given
	src, dst              netip.AddrPort
	from                  []byte // link-layer source
}

// A field sets something of a packet. dialogue is what was said before.
type field func(p *packet, d *dialogue)

// A dialogue is the course of one case with one server.
type dialogue struct {
	number int        // of the case
	yiaddr netip.Addr // of the last answer that had one
}

// mac is the address of a client of the case; they are counted from 1.
func (d *dialogue) mac(client byte) []byte {
	return []byte{2, 0, 0, byte(d.number >> 8), byte(d.number), client}
}

// hint is the address that a client asks for when nothing else is said: were it
// left to the server, a case in which the two differ would change what is free for
// all cases behind it.
func (d *dialogue) hint(client byte) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 0, byte(d.number + 1), client})
}

var anyAddr = netip.IPv4Unspecified()

// build makes the packet of some fields.
func build(d *dialogue, fields []field) *packet {
	p := &packet{
		op: 1, htype: 1, hlen: 6, ciaddr: anyAddr, yiaddr: anyAddr, siaddr: anyAddr, giaddr: anyAddr,
		cookie: [4]byte{99, 130, 83, 99},
	}
	as(1)(p, d)
	for _, f := range fields {
		f(p, d)
	}
	if hinted := p.has(50) || p.unhinted || p.giaddr != anyAddr || p.ciaddr != anyAddr; !hinted && p.has(53, typeDiscover) {
		p.options = append(append([]byte{50, 4}, d.hint(p.chaddr[5]).AsSlice()...), p.options...)
	}
	return p
}

// has reports whether the packet has an option that begins with some bytes.
func (p *packet) has(code byte, content ...byte) bool {
	for rest := p.options; len(rest) > 1 && len(rest) >= 2+int(rest[1]); rest = rest[2+int(rest[1]):] {
		if rest[0] == code && bytes.HasPrefix(rest[2:2+int(rest[1])], content) {
			return true
		}
	}
	return false
}

// unhinted leaves the choice of the address to the server.
func unhinted(p *packet, _ *dialogue) { p.unhinted = true }

// payload is the DHCP message.
func (p *packet) payload(xid uint32) []byte {
	b := []byte{p.op, p.htype, p.hlen, p.hops}
	b = binary.BigEndian.AppendUint32(b, xid)
	b = binary.BigEndian.AppendUint16(b, p.secs)
	b = binary.BigEndian.AppendUint16(b, p.flags)
	for _, a := range []netip.Addr{p.ciaddr, p.yiaddr, p.siaddr, p.giaddr} {
		b = append(b, a.AsSlice()...)
	}
	b = append(append(append(append(b, p.chaddr[:]...), p.sname[:]...), p.file[:]...), p.cookie[:]...)
	b = append(b, p.options...)
	if p.bare {
		return b
	}
	b = append(b, 255)
	for len(b) < 300 {
		b = append(b, 0)
	}
	return b
}

// as makes another client of the case speak; they are counted from 1.
func as(client byte) field {
	return func(p *packet, d *dialogue) {
		p.chaddr = [16]byte(append(d.mac(client), make([]byte, 10)...))
		p.from = d.mac(client)
	}
}

// Messages of a type; more follows.
func message(kind byte, fields ...field) []field {
	return append([]field{opt(53, kind)}, fields...)
}

// untyped is a message without option 53.
func untyped(fields ...field) []field { return fields }

func discover(fields ...field) []field { return message(typeDiscover, fields...) }

// selecting asks for the address that was offered last.
func selecting(fields ...field) []field {
	return message(typeRequest, append([]field{offered, serverID("10.0.0.1")}, fields...)...)
}

// rebooting asks for an address that the client had.
func rebooting(address string, fields ...field) []field {
	return message(typeRequest, append([]field{addr(50, address)}, fields...)...)
}

// renewing asks by unicast for more time with the address of the last answer.
func renewing(fields ...field) []field {
	return message(typeRequest, append([]field{mine, unicast}, fields...)...)
}

// rebinding does so by broadcast.
func rebinding(fields ...field) []field {
	return message(typeRequest, append([]field{mine}, fields...)...)
}

func release(fields ...field) []field {
	return message(typeRelease, append([]field{mine, unicast, serverID("10.0.0.1")}, fields...)...)
}

// decline refuses the address of the last answer.
func decline(fields ...field) []field {
	return message(typeDecline, append([]field{offered, serverID("10.0.0.1")}, fields...)...)
}

func inform(address string, fields ...field) []field {
	return message(typeInform, append([]field{ciaddr(address)}, fields...)...)
}

// opt adds an option.
func opt(code byte, content ...byte) field {
	return func(p *packet, _ *dialogue) {
		p.options = append(append(p.options, code, byte(len(content))), content...)
	}
}

func text(code byte, s string) field { return opt(code, []byte(s)...) }

func addr(code byte, address string) field {
	return opt(code, netip.MustParseAddr(address).AsSlice()...)
}

// prl is the parameter request list.
func prl(codes ...byte) field { return opt(55, codes...) }

func serverID(address string) field { return addr(54, address) }

// leaseTime asks for a lifetime in seconds.
func leaseTime(seconds uint32) field {
	return opt(51, binary.BigEndian.AppendUint32(nil, seconds)...)
}

// raw adds bytes to the options as they are.
func raw(bytes ...byte) field {
	return func(p *packet, _ *dialogue) { p.options = append(p.options, bytes...) }
}

// offered asks for the address of the last answer (option 50).
func offered(p *packet, d *dialogue) {
	p.follows = true
	opt(50, d.yiaddr.AsSlice()...)(p, d)
}

// mine puts the address of the last answer into ciaddr, as its holder does.
func mine(p *packet, d *dialogue) {
	p.follows = true
	p.ciaddr = d.yiaddr
	p.src = netip.AddrPortFrom(d.yiaddr, 68)
}

func ciaddr(address string) field {
	return func(p *packet, _ *dialogue) {
		p.ciaddr = netip.MustParseAddr(address)
		p.src = netip.AddrPortFrom(p.ciaddr, 68)
	}
}

// unicast sends the packet to the server alone.
func unicast(p *packet, _ *dialogue) { p.dst = netip.MustParseAddrPort("10.0.0.1:67") }

func broadcast(p *packet, _ *dialogue) { p.flags |= 0x8000 }

func flags(bits uint16) field { return func(p *packet, _ *dialogue) { p.flags |= bits } }

// relayed passes the packet on as a relay at giaddr does.
func relayed(giaddr string) field {
	return func(p *packet, d *dialogue) {
		p.giaddr = netip.MustParseAddr(giaddr)
		p.hops++
		p.src = netip.AddrPortFrom(p.giaddr, 67)
		p.from = []byte{2, 0xee, 0, 0, 0, 1}
		unicast(p, d)
	}
}

// agent adds option 82; sub-options alternate with their contents.
func agent(content ...byte) field { return opt(82, content...) }

// sub is one sub-option, or option inside of another.
func sub(code byte, content string) []byte {
	return append([]byte{code, byte(len(content))}, content...)
}

// set changes a field that has no function of its own.
func set(f func(p *packet)) field { return func(p *packet, _ *dialogue) { f(p) } }

// from sends the packet from another address or port.
func from(address string, port uint16) field {
	return set(func(p *packet) { p.src = netip.AddrPortFrom(netip.MustParseAddr(address), port) })
}

// hardware sets the type and length of the link-layer address.
func hardware(htype, hlen byte) field {
	return set(func(p *packet) { p.htype, p.hlen = htype, hlen })
}

// gives says what is in Nestor's answer, in the notation of reply.String.
func gives(want string) field { return set(func(p *packet) { p.want = want }) }

// differs says for which reason Nestor's answer is not Kea's, and what is in it.
func differs(why, want string) field { return set(func(p *packet) { p.why, p.want = why, want }) }

// aged says that times in the answer depend on when it is given.
func aged(p *packet, _ *dialogue) { p.aged = true }

// hw speaks from an address that has a reservation.
func hw(last byte) field {
	return set(func(p *packet) {
		copy(p.chaddr[:], []byte{2, 0xaa, 0, 0, 0, last})
		p.from = []byte{2, 0xaa, 0, 0, 0, last}
	})
}

// fqdn adds option 81 with flags and a name in wire form or, without the E flag,
// as text.
func fqdn(flags byte, name string) field {
	return opt(81, append([]byte{flags, 0, 0}, name...)...)
}
