// Package pkt6 is the DHCPv6 codec of the packet path: a view that reads a
// received message in place, with the relays that it came over, and a builder
// that appends a reply, wrapped for the way back, to a reused buffer. It owns the
// layout of RFC 8415 sections 7 to 9, that of identity associations (section 21)
// and the framing of options; what options mean belongs to others. Off the packet
// path the codec of github.com/insomniacslk/dhcp serves.
package pkt6

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Message types (RFC 8415 section 7.3; RFC 5007 for the lease queries, RFC 7341
// for DHCPv4 inside of DHCPv6, RFC 9686 for the last two).
const (
	MsgSolicit            = 1
	MsgAdvertise          = 2
	MsgRequest            = 3
	MsgConfirm            = 4
	MsgRenew              = 5
	MsgRebind             = 6
	MsgReply              = 7
	MsgRelease            = 8
	MsgDecline            = 9
	MsgReconfigure        = 10
	MsgInformationRequest = 11
	MsgRelayForward       = 12
	MsgRelayReply         = 13
	MsgLeaseQuery         = 14
	MsgLeaseQueryReply    = 15
	MsgDHCPv4Query        = 20
	MsgDHCPv4Response     = 21
	MsgAddrRegInform      = 36
	MsgAddrRegReply       = 37
)

// Option codes that servers themselves read or write.
const (
	OptClientID        = 1
	OptServerID        = 2
	OptIANA            = 3
	OptIATA            = 4
	OptIAAddr          = 5
	OptOptionRequest   = 6
	OptPreference      = 7
	OptElapsedTime     = 8
	OptRelayMessage    = 9
	OptUnicast         = 12
	OptStatusCode      = 13
	OptRapidCommit     = 14
	OptUserClass       = 15
	OptVendorClass     = 16
	OptVendorOpts      = 17
	OptInterfaceID     = 18
	OptIAPD            = 25
	OptIAPrefix        = 26
	OptRemoteID        = 37
	OptSubscriberID    = 38
	OptFQDN            = 39
	OptEchoRequest     = 43
	OptRelayID         = 53
	OptRSOO            = 66
	OptPDExclude       = 67
	OptClientLinkLayer = 79
	OptDHCPv4Message   = 87
	OptRelayPort       = 135
)

const (
	// HeaderLen is the length of type and transaction id of a client's message.
	HeaderLen = 4
	// RelayHeaderLen is the length of the fixed part that each relay adds.
	RelayHeaderLen = 34
	// MaxRelays is how many relays there may be between client and server. Those of
	// RFC 8415 give up after 8 (section 7.6), those of RFC 3315 after 32.
	MaxRelays = 32
)

// Status codes (RFC 8415 section 21.13).
const (
	StatusSuccess       = 0
	StatusUnspecFail    = 1
	StatusNoAddrsAvail  = 2
	StatusNoBinding     = 3
	StatusNotOnLink     = 4
	StatusUseMulticast  = 5
	StatusNoPrefixAvail = 6
)

// enterpriseLen is the length of the enterprise number that vendor options begin
// with.
const enterpriseLen = 4

// Errors of Parse.
var (
	ErrShort          = errors.New("message is shorter than its type and transaction id (4 bytes)")
	ErrShortRelay     = errors.New("relayed message is shorter than the header of a relay (34 bytes)")
	ErrNoRelayMessage = errors.New("relayed message has no whole relay message option (9)")
	ErrTooManyRelays  = errors.New("message came over more than 32 relays")
)

// Message is a view on one received message and the relays that it came over. The
// zero value is ready for Parse and may be parsed into again and again; what its
// methods return points into the parsed bytes or into the Message and is valid
// until the next Parse.
//
// The options that its methods speak of are those of the client's message; what
// relays added is found by Relays.
type Message struct {
	raw     []byte
	msg     []byte // the client's message inside raw
	msgAt   int    // where in raw it begins
	options Options
	relays  []Relay

	// The first instance of each option below 256, the only ones that are
	// looked for often.
	refs    [256]ref
	present [4]uint64
	ignored []uint16 // codes from 256 on that Ignore took out
}

// ref locates the content of an option in msg.
type ref struct{ off, len uint16 }

// Parse reads b: the headers of the relays, then the client's message. Like Kea it
// tolerates a last option that claims more bytes than are left, and leaves out
// vendor options (17) that cannot be read with all that follows them: what stood
// before counts, and Skipped tells. A message is refused when it is cut off within
// a header, or when an option is too short for the fields that servers read.
func (m *Message) Parse(b []byte) error {
	if len(b) > 0xffff {
		b = b[:0xffff]
	}
	m.raw, m.msg, m.msgAt = b, nil, 0
	m.options = nil
	m.relays = m.relays[:0]
	m.present = [4]uint64{}
	m.ignored = m.ignored[:0]
	for len(b) > 0 && (b[0] == MsgRelayForward || b[0] == MsgRelayReply) {
		if len(m.relays) == MaxRelays {
			return ErrTooManyRelays
		}
		r, err := readRelay(b, m.msgAt)
		if err != nil {
			return err
		}
		m.relays = append(m.relays, r)
		m.msgAt = r.at
		b = b[r.at-r.start : r.at-r.start+r.len]
	}
	if len(b) < HeaderLen {
		return ErrShort
	}
	m.msg = b
	return m.readOptions()
}

// readOptions notes where the options of the client's message are.
func (m *Message) readOptions() error {
	all := Options(m.msg[HeaderLen:])
	rest := all
	for {
		code, content, next, ok := rest.next()
		if !ok || code == OptVendorOpts && !wholeVendorOpts(content) {
			break
		}
		if err := checkLength(code, content); err != nil {
			return err
		}
		m.note(code, len(m.msg)-len(rest)+optionHeader, len(content))
		rest = next
	}
	m.options = all[:len(all)-len(rest)]
	return nil
}

func (m *Message) note(code uint16, off, n int) {
	if code < uint16(len(m.refs)) && !m.has(code) {
		m.present[code>>6] |= 1 << (code & 63)
		m.refs[code] = ref{uint16(off), uint16(n)}
	}
}

func (m *Message) has(code uint16) bool { return m.present[code>>6]&(1<<(code&63)) != 0 }

// Skipped tells why the last options of the client's message do not count, nil if
// all do.
func (m *Message) Skipped() error {
	rest := Options(m.msg[HeaderLen+len(m.options):])
	if len(rest) == 0 {
		return nil
	}
	if _, content, _, ok := rest.next(); ok {
		return fmt.Errorf("vendor options of %d bytes cannot be read, %d bytes behind them are left out", len(content), len(rest)-optionHeader-len(content))
	}
	return fmt.Errorf("%d bytes at the end are no whole option", len(rest))
}

// Raw is the whole message as received, with the headers of the relays.
func (m *Message) Raw() []byte { return m.raw }

// Type is the type of the client's message.
func (m *Message) Type() byte { return m.msg[0] }

// XID is the transaction id of the client, 24 bits. In messages of
// DHCPv4-over-DHCPv6 these are flags (RFC 7341 section 6).
func (m *Message) XID() uint32 { return binary.BigEndian.Uint32(m.msg) & 0xffffff }

// Has reports whether the option is there, be it empty.
func (m *Message) Has(code uint16) bool {
	if code < uint16(len(m.refs)) {
		return m.has(code)
	}
	_, ok := m.options.Find(code)
	return ok && !slices.Contains(m.ignored, code)
}

// Ignore takes an option out of what Has and Option know of.
func (m *Message) Ignore(code uint16) {
	if code < uint16(len(m.refs)) {
		m.present[code>>6] &^= 1 << (code & 63)
		return
	}
	m.ignored = append(m.ignored, code)
}

// Option returns the content of the option, of its first instance where there are
// several; nil when it is absent.
func (m *Message) Option(code uint16) []byte {
	switch {
	case !m.Has(code):
		return nil
	case code >= uint16(len(m.refs)):
		content, _ := m.options.Find(code)
		return content
	}
	r := m.refs[code]
	end := int(r.off) + int(r.len)
	return m.msg[r.off:end:end]
}

// Options returns the options of the client's message in their order.
func (m *Message) Options() Options { return m.options }

// Instances returns the contents of every instance of the option.
func (m *Message) Instances(code uint16) iter.Seq[[]byte] { return m.options.Instances(code) }

// Once reports whether there is exactly one instance of the option.
func (m *Message) Once(code uint16) bool {
	n := 0
	for range m.options.Instances(code) {
		n++
	}
	return n == 1
}

// Uint16 returns the content of an option that holds a 16-bit number.
func (m *Message) Uint16(code uint16) (uint16, bool) {
	o := m.Option(code)
	if len(o) < 2 {
		return 0, false
	}
	return binary.BigEndian.Uint16(o), true
}

// Requested returns the codes in the option request option (6).
func (m *Message) Requested() iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for o := m.Option(OptOptionRequest); len(o) >= 2; o = o[2:] {
			if !yield(binary.BigEndian.Uint16(o)) {
				return
			}
		}
	}
}

// IAs returns the identity associations of the message in their order.
func (m *Message) IAs() iter.Seq[IA] {
	return func(yield func(IA) bool) {
		for code, content := range m.options.All() {
			if ia, ok := ReadIA(code, content); ok && !yield(ia) {
				return
			}
		}
	}
}

// Relays returns the relays that the message came over, the one nearest the server
// first; none if the client sent it to the server itself.
func (m *Message) Relays() []Relay { return m.relays }

// RelayOption returns an option that the relay nearest the client has added,
// and whether it has.
func (m *Message) RelayOption(code uint16) ([]byte, bool) {
	if len(m.relays) == 0 {
		return nil, false
	}
	return m.relays[len(m.relays)-1].Options.Find(code)
}

// ClientMessage returns the message of the client as received.
func (m *Message) ClientMessage() []byte { return m.msg }

// AppendWith appends the message with another one, given in pieces, in the place of
// the client's; the relays' headers stay as they are. It fails when a relayed
// message becomes longer than its length can tell.
func (m *Message) AppendWith(b []byte, msg ...[]byte) ([]byte, error) {
	start := len(b)
	b = append(b, m.raw[:m.msgAt]...)
	for _, piece := range msg {
		b = append(b, piece...)
	}
	grown := len(b) - start - m.msgAt - len(m.msg)
	b = append(b, m.raw[m.msgAt+len(m.msg):]...)
	for i := range m.relays {
		r := &m.relays[i]
		if r.len+grown > 0xffff {
			return b[:start], fmt.Errorf("relayed message of %d bytes is too long", r.len+grown)
		}
		binary.BigEndian.PutUint16(b[start+r.at-2:], uint16(r.len+grown))
	}
	return b, nil
}
