// Package pkt4 is the DHCPv4 codec of the packet path: a view that reads a
// received message in place, and a builder that appends a reply to a reused
// buffer. It owns the layout of RFC 2131 section 2 and the option framing of RFC
// 2132 and RFC 3396; what options mean belongs to others. Off the packet path
// the codec of github.com/insomniacslk/dhcp serves.
package pkt4

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Message types (option 53, RFC 2132 section 9.6; RFC 4388 for the last ones).
const (
	Discover    = 1
	Offer       = 2
	Request     = 3
	Decline     = 4
	Ack         = 5
	Nak         = 6
	Release     = 7
	Inform      = 8
	LeaseQuery  = 10
	Unassigned  = 11
	Unknown     = 12
	LeaseActive = 13
)

// Option codes that the server itself reads or writes.
const (
	OptPad              = 0
	OptSubnetMask       = 1
	OptRouters          = 3
	OptDNSServers       = 6
	OptHostName         = 12
	OptDomainName       = 15
	OptRequestedAddress = 50
	OptLeaseTime        = 51
	OptMessageType      = 53
	OptServerID         = 54
	OptParameterRequest = 55
	OptMessage          = 56
	OptRenewalTime      = 58
	OptRebindingTime    = 59
	OptVendorClass      = 60
	OptClientID         = 61
	OptUserClass        = 77
	OptFQDN             = 81
	OptRelayAgentInfo   = 82
	OptAssociatedIP     = 92
	OptV6OnlyPreferred  = 108
	OptSubnetSelection  = 118
	OptVIVCO            = 124
	OptVIVSO            = 125
	OptEnd              = 255
)

// Relay agent information sub-options (RFC 3046 and its followers).
const (
	RAICircuitID        = 1
	RAIRemoteID         = 2
	RAILinkSelection    = 5
	RAIServerIDOverride = 11
	RAIRelayID          = 12
	RAIRelayPort        = 19
)

// HeaderLen is the length of the fixed part with the magic cookie.
const HeaderLen = 240

// BroadcastFlag is the B bit of the flags field.
const BroadcastFlag = 0x8000

const magicCookie = 0x63825363

// Errors of Parse.
var (
	ErrShort  = errors.New("message is shorter than the fixed header and magic cookie (240 bytes)")
	ErrCookie = errors.New("magic cookie is not 99.130.83.99")
	ErrJoined = errors.New("options that come in pieces exceed 65535 bytes")
)

// Message is a view on one received message. The zero value is ready for Parse
// and may be parsed into again and again; what its methods return points into the
// parsed bytes or into the Message and is valid until the next Parse.
type Message struct {
	raw     []byte
	joined  []byte // contents of options that came in pieces or were supplied
	refs    [256]ref
	present [4]uint64
}

// ref locates an option: in raw, or in joined when it came in pieces.
type ref struct {
	off, len uint16
	joined   bool
}

// Parse reads b. Like Kea it tolerates a missing END option and a last option
// that claims more bytes than are left: what stood before counts. Pieces of one
// option are joined (RFC 3396 section 7). Overload is not looked at.
func (m *Message) Parse(b []byte) error {
	m.raw = b
	m.joined = m.joined[:0]
	m.present = [4]uint64{}
	if len(b) < HeaderLen {
		return ErrShort
	}
	if binary.BigEndian.Uint32(b[236:]) != magicCookie {
		return ErrCookie
	}
	if len(b) > 0xffff {
		b = b[:0xffff]
	}
	for i := HeaderLen; i < len(b); {
		code := b[i]
		if code == OptPad {
			i++
			continue
		}
		if code == OptEnd || i+1 >= len(b) {
			break
		}
		n := int(b[i+1])
		if i+2+n > len(b) {
			break
		}
		if !m.add(code, i+2, n) {
			return ErrJoined
		}
		i += 2 + n
	}
	return nil
}

// add notes the option, or joins it to its earlier pieces. What joining may cost
// is bounded by the 16 bits of its offsets.
func (m *Message) add(code byte, off, n int) bool {
	r := &m.refs[code]
	if !m.Has(code) {
		m.present[code>>6] |= 1 << (code & 63)
		*r = ref{off: uint16(off), len: uint16(n)}
		return true
	}
	if n == 0 {
		return true
	}
	start := len(m.joined)
	if start+int(r.len)+n > 0xffff {
		return false
	}
	m.joined = append(m.joined, m.Option(code)...)
	m.joined = append(m.joined, m.raw[off:off+n]...)
	*r = ref{off: uint16(start), len: uint16(len(m.joined) - start), joined: true}
	return true
}

// Supply gives the message an option that did not come with it, or another
// content in place of the one that came. It reports whether there was room, which
// ends at 65535 bytes of such contents and of options that came in pieces.
func (m *Message) Supply(code byte, content []byte) bool {
	start := len(m.joined)
	if start+len(content) > 0xffff {
		return false
	}
	m.joined = append(m.joined, content...)
	m.present[code>>6] |= 1 << (code & 63)
	m.refs[code] = ref{off: uint16(start), len: uint16(len(content)), joined: true}
	return true
}

// Has reports whether the option is there, be it empty.
func (m *Message) Has(code byte) bool { return m.present[code>>6]&(1<<(code&63)) != 0 }

// Present returns the set of options that are there, a bit for each code.
func (m *Message) Present() [4]uint64 { return m.present }

// Option returns the content of the option, nil when it is absent.
func (m *Message) Option(code byte) []byte {
	if !m.Has(code) {
		return nil
	}
	r := m.refs[code]
	src := m.raw
	if r.joined {
		src = m.joined
	}
	return src[r.off : r.off+r.len : r.off+r.len]
}

// TrimNULs cuts NUL bytes off the end of an option that holds text. An option with
// nothing else in it is taken out.
func (m *Message) TrimNULs(code byte) {
	text := bytes.TrimRight(m.Option(code), "\x00")
	m.refs[code].len = uint16(len(text))
	if len(text) == 0 {
		m.Ignore(code)
	}
}

// Ignore takes an option out.
func (m *Message) Ignore(code byte) { m.present[code>>6] &^= 1 << (code & 63) }

// Raw is the whole message as received.
func (m *Message) Raw() []byte { return m.raw }

// Type is the message type, 0 when option 53 is absent or empty.
func (m *Message) Type() byte {
	if o := m.Option(OptMessageType); len(o) > 0 {
		return o[0]
	}
	return 0
}

// Addr returns the content of an option that holds one IPv4 address, 0 when it
// is absent or too short.
func (m *Message) Addr(code byte) uint32 { return u32(m.Option(code)) }

// Uint32 returns the content of an option that holds a 32-bit number.
func (m *Message) Uint32(code byte) (uint32, bool) {
	o := m.Option(code)
	if len(o) < 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(o), true
}

// Header fields, addresses as numbers in host byte order.

func (m *Message) Op() byte       { return m.raw[0] }
func (m *Message) HType() byte    { return m.raw[1] }
func (m *Message) Hops() byte     { return m.raw[3] }
func (m *Message) XID() uint32    { return binary.BigEndian.Uint32(m.raw[4:]) }
func (m *Message) Secs() uint16   { return binary.BigEndian.Uint16(m.raw[8:]) }
func (m *Message) Flags() uint16  { return binary.BigEndian.Uint16(m.raw[10:]) }
func (m *Message) CIAddr() uint32 { return binary.BigEndian.Uint32(m.raw[12:]) }
func (m *Message) YIAddr() uint32 { return binary.BigEndian.Uint32(m.raw[16:]) }
func (m *Message) SIAddr() uint32 { return binary.BigEndian.Uint32(m.raw[20:]) }
func (m *Message) GIAddr() uint32 { return binary.BigEndian.Uint32(m.raw[24:]) }

// Broadcast reports whether the client asks for broadcast answers.
func (m *Message) Broadcast() bool { return m.raw[10]&(BroadcastFlag>>8) != 0 }

// HWAddr is the client's link-layer address; a length above 16 is taken as 16.
func (m *Message) HWAddr() []byte {
	n := min(int(m.raw[2]), 16)
	return m.raw[28 : 28+n : 28+n]
}

// RAI returns a sub-option of the relay agent information option, and whether it
// is there.
func (m *Message) RAI(sub byte) ([]byte, bool) {
	return Suboption(m.Option(OptRelayAgentInfo), sub)
}

// Suboption finds a sub-option in the content of an encapsulating option. Pieces of
// it are joined (RFC 3396), which allocates.
func Suboption(o []byte, sub byte) (content []byte, ok bool) {
	for i := 0; i+1 < len(o); {
		n := int(o[i+1])
		if i+2+n > len(o) {
			break
		}
		switch piece := o[i+2 : i+2+n : i+2+n]; {
		case o[i] != sub:
		case ok: // the first piece has no capacity beyond itself and is copied
			content = append(content, piece...)
		default:
			content, ok = piece, true
		}
		i += 2 + n
	}
	return content, ok
}

// WholeSuboptions returns the content of an encapsulating option up to a
// sub-option that is cut short.
func WholeSuboptions(o []byte) []byte {
	n := 0
	for n+1 < len(o) && n+2+int(o[n+1]) <= len(o) {
		n += 2 + int(o[n+1])
	}
	return o[:n]
}

func u32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}
