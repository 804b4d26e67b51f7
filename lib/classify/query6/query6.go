// Package query6 shows DHCPv6 messages to the expressions of client classes.
package query6

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"nestor/lib/classify"
	"nestor/lib/option"
	"nestor/lib/pkt6"
)

// Packet is a message as expressions see it (classify.Packet6), with what is known
// of its way. It is for one goroutine.
type Packet struct {
	Message     *pkt6.Message // parsed
	Definitions *option.Definitions
	Interface   string // that it came by
	Src, Dst    netip.Addr
}

var _ classify.Packet6 = (*Packet)(nil)

// Option returns the content of an option of the client's message.
func (q *Packet) Option(code uint16) ([]byte, bool) {
	if !q.Message.Has(code) {
		return nil, false
	}
	return q.trimText(option.Space6, code, q.Message.Option(code))
}

// trimText takes trailing NUL bytes from the content of an option that holds a text, as
// some clients send them; one that is empty counts as absent, as in Kea.
func (q *Packet) trimText(space string, code uint16, content []byte) ([]byte, bool) {
	if n := len(content); n > 0 && content[n-1] != 0 {
		return content, true
	}
	d := q.Definitions.ByCode(space, uint32(code))
	if d == nil || d.Type != option.String || d.Array || d.Encapsulates != "" {
		return content, true
	}
	content = bytes.TrimRight(content, "\x00")
	return content, len(content) > 0
}

// Suboption returns an option inside of an option of the client's message that by
// its definition holds options, or of a vendor in option 17.
func (q *Packet) Suboption(code, sub uint16) ([]byte, bool) {
	content, ok := q.Option(code)
	if !ok {
		return nil, false
	}
	if code == pkt6.OptVendorOpts {
		return pkt6.Options(afterEnterprise(content)).Find(sub)
	}
	d := q.Definitions.ByCode(option.Space6, uint32(code))
	if d == nil {
		return nil, false
	}
	inside, ok := d.Encapsulated(content)
	if !ok {
		return nil, false
	}
	return pkt6.Options(inside).Find(sub)
}

// afterEnterprise is what follows the enterprise number of option 17.
func afterEnterprise(content []byte) []byte {
	const number = 4
	return content[min(number, len(content)):]
}

// AppendText appends an option as text.
func (q *Packet) AppendText(dst []byte, code uint16) []byte {
	content, ok := q.Option(code)
	if !ok {
		return dst
	}
	return q.Definitions.AppendText(dst, option.Space6, uint32(code), content)
}

// AppendSubText appends an option inside of another one as text.
func (q *Packet) AppendSubText(dst []byte, code, sub uint16) []byte {
	content, ok := q.Suboption(code, sub)
	if !ok {
		return dst
	}
	space := ""
	if number := q.Message.Option(code); code == pkt6.OptVendorOpts && len(number) >= 4 {
		space = option.VendorSpace(binary.BigEndian.Uint32(number))
	} else if d := q.Definitions.ByCode(option.Space6, uint32(code)); d != nil {
		space = d.Encapsulates
	}
	return q.Definitions.AppendText(dst, space, uint32(sub), content)
}

// relay returns the relay of that number: from 0, the one next to the server, or
// from -1, the one next to the client.
func (q *Packet) relay(nest int) *pkt6.Relay {
	relays := q.Message.Relays()
	if nest < 0 {
		nest += len(relays)
	}
	if nest < 0 || nest >= len(relays) {
		return nil
	}
	return &relays[nest]
}

// AppendRelayAddress appends the peer address of a relay, or its link address.
func (q *Packet) AppendRelayAddress(dst []byte, nest int, link bool) []byte {
	r := q.relay(nest)
	switch {
	case r == nil:
		return dst
	case link:
		return append(dst, r.Link[:]...)
	}
	return append(dst, r.Peer[:]...)
}

// RelayOption returns an option that a relay added.
func (q *Packet) RelayOption(nest int, code uint16) ([]byte, bool) {
	r := q.relay(nest)
	if r == nil {
		return nil, false
	}
	return r.Options.Find(code)
}

// AppendRelayText appends such an option as text.
func (q *Packet) AppendRelayText(dst []byte, nest int, code uint16) []byte {
	content, ok := q.RelayOption(nest, code)
	if !ok {
		return dst
	}
	return q.Definitions.AppendText(dst, option.Space6, uint32(code), content)
}

// AppendField appends a property of the client's message or of the way that it came.
func (q *Packet) AppendField(dst []byte, f classify.Field) []byte {
	switch f {
	case classify.PktIface:
		return append(dst, q.Interface...)
	case classify.PktSrc:
		return append(dst, q.Src.AsSlice()...)
	case classify.PktDst:
		return append(dst, q.Dst.AsSlice()...)
	}
	return binary.BigEndian.AppendUint32(dst, q.number(f))
}

func (q *Packet) number(f classify.Field) uint32 {
	switch f {
	case classify.PktLen:
		return uint32(len(q.Message.Raw()))
	case classify.PktMsgType:
		return uint32(q.Message.Type())
	}
	return q.Message.XID() // PktTransID
}
