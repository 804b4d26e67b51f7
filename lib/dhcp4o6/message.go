// Package dhcp4o6 is what the DHCPv6 and the DHCPv4 server of one host say to each
// other about clients of DHCPv4-over-DHCPv6 (RFC 7341; ARM 8.2.25 and 9.2.25). The
// DHCPv6 server passes a client's DHCPV4-QUERY on as it came, with the headers of
// its relays, and gets the DHCPV4-RESPONSE back with those for the way back. A
// vendor option of ISC's enterprise number inside tells, both ways, where the client
// is. The form is that of Kea 2.2.0, and either server may be Kea's.
//
// The servers speak over UDP on ::1: the DHCPv6 server from the port that is
// configured, the DHCPv4 server from the next one.
package dhcp4o6

import (
	"encoding/binary"
	"errors"

	"nestor/lib/pkt6"
)

// enterpriseISC is the enterprise number of the vendor option, and these are its
// sub-options (ARM 9.2.13).
const (
	enterpriseISC = 2495

	subInterface = 60000
	subSource    = 60001
	subPort      = 60002
)

// An OriginError is an error of Parse: the message is one of DHCPv6, but does not
// tell where the client is. The other server speaks another version then.
type OriginError string

func (e OriginError) Error() string { return string(e) }

// What may be wrong with an origin.
const (
	ErrNoVendorOption OriginError = "no ISC vendor option"
	ErrInterface      OriginError = "interface suboption missing or empty"
	ErrSource         OriginError = "source address suboption missing or not of 16 bytes"
	ErrPort           OriginError = "source port suboption missing or not of 2 bytes"
)

// Errors of DHCPv4.
var (
	ErrNoMessage    = errors.New("DHCPv4 message option not present")
	ErrManyMessages = errors.New("more than one DHCPv4 message option")
)

// Origin is where a query of a client comes from and its answer goes.
type Origin struct {
	Interface []byte   // name of the DHCPv6 server's interface
	Addr      [16]byte // of the client, or of the relay next to the server
	Port      uint16
}

// Message is a view on one message between the servers, of either direction. What is
// said of a pkt6.Message holds here too.
type Message struct {
	pkt6.Message
	Origin Origin

	stripped []byte // scratch of AppendStripped
}

// Parse reads b. Its errors are those of a pkt6.Message and OriginErrors.
func (m *Message) Parse(b []byte) error {
	m.Origin = Origin{}
	if err := m.Message.Parse(b); err != nil {
		return err
	}
	for content := range m.Instances(pkt6.OptVendorOpts) {
		if subs, ok := ofISC(content); ok {
			return m.Origin.read(subs)
		}
	}
	return ErrNoVendorOption
}

// ofISC returns the sub-options of a vendor option of ISC's.
func ofISC(content []byte) (pkt6.Options, bool) {
	if len(content) < 4 || binary.BigEndian.Uint32(content) != enterpriseISC {
		return nil, false
	}
	return pkt6.Options(content[4:]), true
}

// read takes the last instance of each sub-option: those that a client smuggles
// into a vendor option of its own come before those that Kea adds to it.
func (o *Origin) read(subs pkt6.Options) error {
	var source, port []byte
	for code, content := range subs.All() {
		switch code {
		case subInterface:
			o.Interface = content
		case subSource:
			source = content
		case subPort:
			port = content
		}
	}
	switch {
	case len(o.Interface) == 0:
		return ErrInterface
	case len(source) != len(o.Addr):
		return ErrSource
	case len(port) != 2:
		return ErrPort
	}
	o.Addr = [16]byte(source)
	o.Port = binary.BigEndian.Uint16(port)
	return nil
}

// DHCPv4 returns the DHCPv4 message inside, of which there is to be one.
func (m *Message) DHCPv4() ([]byte, error) {
	switch {
	case !m.Has(pkt6.OptDHCPv4Message):
		return nil, ErrNoMessage
	case !m.Once(pkt6.OptDHCPv4Message):
		return nil, ErrManyMessages
	}
	return m.Option(pkt6.OptDHCPv4Message), nil
}

// appendTo appends the content of the vendor option.
func (o *Origin) appendTo(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, enterpriseISC)
	b = pkt6.AppendOption(b, subInterface, o.Interface)
	b = pkt6.AppendOption(b, subSource, o.Addr[:])
	return pkt6.AppendOption(b, subPort, []byte{byte(o.Port >> 8), byte(o.Port)})
}

// AppendQuery appends what the DHCPv6 server passes on: query q of a client with its
// origin. Our vendor option comes first, so that one of the client's own is not
// mistaken for it.
func AppendQuery(b []byte, q *pkt6.Message, from *Origin) ([]byte, error) {
	var room [64]byte
	vendor := from.appendTo(room[:0])
	header := q.ClientMessage()[:pkt6.HeaderLen]
	length := [4]byte{0, pkt6.OptVendorOpts, byte(len(vendor) >> 8), byte(len(vendor))}
	return q.AppendWith(b, header, length[:], vendor, q.Options())
}

// Response builds answers of the DHCPv4 server. It is made once and used for many,
// one after another.
type Response struct {
	reply  pkt6.Reply
	vendor []byte
}

// AppendTo appends the answer to q that holds a DHCPv4 message. Flags and origin are
// those of q.
func (r *Response) AppendTo(b []byte, q *Message, dhcpv4 []byte) []byte {
	r.vendor = q.Origin.appendTo(r.vendor[:0])
	r.reply.Reset()
	r.reply.Type = pkt6.MsgDHCPv4Response
	r.reply.Set(pkt6.OptVendorOpts, r.vendor)
	r.reply.Set(pkt6.OptDHCPv4Message, dhcpv4)
	return r.reply.AppendTo(b, &q.Message)
}

// AppendStripped appends an answer as the DHCPv6 server sends it to the client:
// without its origin.
func (m *Message) AppendStripped(b []byte) ([]byte, error) {
	s := append(m.stripped[:0], m.ClientMessage()[:pkt6.HeaderLen]...)
	for code, content := range m.Options().All() {
		if subs, ok := ofISC(content); ok && code == pkt6.OptVendorOpts {
			s = appendOthers(s, subs)
		} else {
			s = pkt6.AppendOption(s, code, content)
		}
	}
	m.stripped = s
	return m.AppendWith(b, s)
}

// appendOthers appends a vendor option of ISC's with the sub-options that tell no
// origin, if there are any.
func appendOthers(b []byte, subs pkt6.Options) []byte {
	start := len(b)
	b = append(b, 0, pkt6.OptVendorOpts, 0, 0)
	b = binary.BigEndian.AppendUint32(b, enterpriseISC)
	empty := len(b)
	for code, content := range subs.All() {
		if code < subInterface || code > subPort {
			b = pkt6.AppendOption(b, code, content)
		}
	}
	if len(b) == empty {
		return b[:start]
	}
	binary.BigEndian.PutUint16(b[start+2:], uint16(len(b)-start-4))
	return b
}
