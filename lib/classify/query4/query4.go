// Package query4 shows DHCPv4 messages to the expressions of client classes.
package query4

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"nestor/lib/classify"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// Packet is a message as expressions see it (classify.Packet), with what is known
// of its way. It is for one goroutine.
type Packet struct {
	Message     *pkt4.Message // parsed
	Definitions *option.Definitions
	// Texts are the options that hold text, which saves looking for their
	// definitions; see Texts.
	Texts *[4]uint64
	// Private returns the definitions by which the content of option 43, or of a
	// private one (224 to 254), is read: they depend on the classes that the message
	// is in already. nil: they are not known yet, and these options have no
	// sub-options (ARM 8.2.12).
	Private   func(code uint16) *option.Definitions
	Interface string // that it came by
	Src, Dst  uint32
	Src6      []byte // in place of Src where the way was one of IPv6 (RFC 7341)
}

var _ classify.Packet = (*Packet)(nil)

// IsPrivate tells the options whose definition depends on the classes of the client.
func IsPrivate(code uint16) bool { return code == 43 || code >= 224 && code <= 254 }

// definitions are those by which the option is read.
func (q *Packet) definitions(code uint16) *option.Definitions {
	if q.Private != nil && IsPrivate(code) {
		return q.Private(code)
	}
	return q.Definitions
}

// Texts returns the options that by their definition hold text alone, a bit for each code
// as in pkt4.Message.Present. Private ones are not among them.
func Texts(defs *option.Definitions) (codes [4]uint64) {
	for _, d := range defs.Space(option.Space4) {
		if d.Type == option.String && !d.Array && d.Encapsulates == "" && !IsPrivate(uint16(d.Code)) {
			codes[d.Code>>6&3] |= 1 << (d.Code & 63)
		}
	}
	return codes
}

// TrimTexts takes trailing NUL bytes from options that hold text, as some clients
// send them; one that is empty without them counts as absent, as in Kea.
func TrimTexts(m *pkt4.Message, texts *[4]uint64) {
	for i, present := range m.Present() {
		for set := present & texts[i]; set != 0; set &= set - 1 {
			m.TrimNULs(byte(i<<6 + bits.TrailingZeros64(set)))
		}
	}
}

// Option returns the content of an option.
func (q *Packet) Option(code uint16) ([]byte, bool) {
	if code == pkt4.OptPad || code >= pkt4.OptEnd || !q.Message.Has(byte(code)) {
		return nil, false
	}
	return q.Message.Option(byte(code)), true
}

// Suboption returns a sub-option of option 82, of the first vendor in option 125,
// or of an option that by its definition holds sub-options.
func (q *Packet) Suboption(code, sub uint16) ([]byte, bool) {
	content, ok := q.Option(code)
	if !ok || q.Private == nil && IsPrivate(code) {
		return nil, false
	}
	switch code {
	case pkt4.OptRelayAgentInfo:
		return pkt4.Suboption(content, byte(sub))
	case pkt4.OptVIVSO:
		return pkt4.Suboption(firstVendor(content), byte(sub))
	}
	defs := q.definitions(code)
	d := defs.ByCode(option.Space4, uint32(code))
	if d == nil {
		return nil, false
	}
	subs, ok := d.Encapsulated(content)
	if !ok || IsPrivate(code) && defs.CheckReceived(d, content) != nil {
		return nil, false // Kea leaves an option as it is that contradicts its definition
	}
	return defs.Suboption(d.Encapsulates, subs, sub)
}

// vendorHeader is what stands before the sub-options of an enterprise in option
// 125: its number and their length (RFC 3925 section 4).
const vendorHeader = 5

// firstVendor returns the sub-options of the first vendor in option 125.
func firstVendor(content []byte) []byte {
	if len(content) < vendorHeader {
		return nil
	}
	subs := content[vendorHeader:]
	return subs[:min(len(subs), int(content[vendorHeader-1]))]
}

// AppendText appends an option as text.
func (q *Packet) AppendText(dst []byte, code uint16) []byte {
	content, ok := q.Option(code)
	switch {
	case !ok:
		return dst
	case q.Texts != nil && q.Texts[code>>6]&(1<<(code&63)) != 0:
		return append(dst, bytes.TrimRight(content, "\x00")...)
	}
	return q.definitions(code).AppendText(dst, option.Space4, uint32(code), content)
}

// AppendSubText appends a sub-option as text.
func (q *Packet) AppendSubText(dst []byte, code, sub uint16) []byte {
	content, ok := q.Suboption(code, sub)
	if !ok {
		return dst
	}
	defs, space := q.definitions(code), ""
	if code == pkt4.OptVIVSO {
		space = option.VendorSpace(binary.BigEndian.Uint32(q.Message.Option(pkt4.OptVIVSO)))
	} else if d := defs.ByCode(option.Space4, uint32(code)); d != nil {
		space = d.Encapsulates
	}
	return defs.AppendText(dst, space, uint32(sub), content)
}

// AppendField appends a property of the message or of the way that it came.
func (q *Packet) AppendField(dst []byte, f classify.Field) []byte {
	switch f {
	case classify.PktIface:
		return append(dst, q.Interface...)
	case classify.Pkt4MAC:
		return append(dst, q.Message.HWAddr()...)
	case classify.PktSrc:
		if q.Src6 != nil {
			return append(dst, q.Src6...)
		}
	}
	return binary.BigEndian.AppendUint32(dst, q.number(f))
}

// length is what Kea takes for the length of a message: its fixed fields and the
// options that were understood, without magic cookie, END and padding.
func (q *Packet) length() uint32 {
	n := pkt4.HeaderLen - 4
	for code := byte(1); code < pkt4.OptEnd; code++ {
		if q.Message.Has(code) {
			n += 2 + len(q.Message.Option(code))
		}
	}
	return uint32(n)
}

func (q *Packet) number(f classify.Field) uint32 {
	m := q.Message
	switch f {
	case classify.PktSrc:
		return q.Src
	case classify.PktDst:
		return q.Dst
	case classify.PktLen:
		return q.length()
	case classify.Pkt4HLen:
		return uint32(len(m.HWAddr()))
	case classify.Pkt4HType:
		return uint32(m.HType())
	case classify.Pkt4CIAddr:
		return m.CIAddr()
	case classify.Pkt4GIAddr:
		return m.GIAddr()
	case classify.Pkt4YIAddr:
		return m.YIAddr()
	case classify.Pkt4SIAddr:
		return m.SIAddr()
	case classify.PktMsgType:
		return uint32(m.Type())
	}
	return m.XID() // PktTransID
}
