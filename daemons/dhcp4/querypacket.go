package dhcp4

import (
	"encoding/binary"

	"nestor/lib/classify"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// queryPacket is the query of an exchange as the expressions of classes see it.
type queryPacket exchange

// Option returns the content of an option.
func (q *queryPacket) Option(code uint16) ([]byte, bool) {
	if code == pkt4.OptPad || code >= pkt4.OptEnd {
		return nil, false
	}
	return q.query.Option(byte(code)), q.query.Has(byte(code))
}

// Suboption returns a sub-option of option 82, of the first vendor in option 125,
// or of an option that by its definition holds sub-options. Those of option 43 and
// of private options are known once the query has its classes (ARM 8.2.12).
func (q *queryPacket) Suboption(code, sub uint16) ([]byte, bool) {
	content, ok := q.Option(code)
	if !ok || !q.unpacked && isDeferred(code) {
		return nil, false
	}
	switch code {
	case pkt4.OptRelayAgentInfo:
		return pkt4.Suboption(content, byte(sub))
	case pkt4.OptVIVSO:
		return pkt4.Suboption(firstVendor(content), byte(sub))
	}
	defs := q.snap.cfg.Definitions
	d := defs.ByCode(option.Space4, uint32(code))
	if d == nil {
		return nil, false
	}
	subs, ok := d.Encapsulated(content)
	if !ok {
		return nil, false
	}
	all, _ := defs.Suboptions(d.Encapsulates, subs)
	for _, s := range all {
		if s.Code == sub {
			return s.Data, true
		}
	}
	return nil, false
}

// isDeferred tells the options whose definition depends on the client's classes.
func isDeferred(code uint16) bool { return code == 43 || code >= 224 && code <= 254 }

// firstVendor returns the sub-options of the first vendor in option 125.
func firstVendor(content []byte) []byte {
	if len(content) < vendorHeader {
		return nil
	}
	subs := content[vendorHeader:]
	return subs[:min(len(subs), int(content[vendorHeader-1]))]
}

// AppendText appends an option as text.
func (q *queryPacket) AppendText(dst []byte, code uint16) []byte {
	content, ok := q.Option(code)
	if !ok {
		return dst
	}
	return append(dst, q.snap.cfg.Definitions.Text(option.Space4, uint32(code), content)...)
}

// AppendSubText appends a sub-option as text.
func (q *queryPacket) AppendSubText(dst []byte, code, sub uint16) []byte {
	content, ok := q.Suboption(code, sub)
	if !ok {
		return dst
	}
	defs, space := q.snap.cfg.Definitions, ""
	if code == pkt4.OptVIVSO {
		space = option.VendorSpace(be32(q.query.Option(pkt4.OptVIVSO)))
	} else if d := defs.ByCode(option.Space4, uint32(code)); d != nil {
		space = d.Encapsulates
	}
	return append(dst, defs.Text(space, uint32(sub), content)...)
}

// AppendField appends a property of the message or of the way that it came.
func (q *queryPacket) AppendField(dst []byte, f classify.Field) []byte {
	m := &q.query
	switch f {
	case classify.PktIface:
		return append(dst, (*exchange)(q).interfaceName()...)
	case classify.Pkt4MAC:
		return append(dst, m.HWAddr()...)
	}
	return binary.BigEndian.AppendUint32(dst, q.number(f))
}

// length is what Kea takes for the length of a message: its fixed fields and the
// options that were understood, without magic cookie, END and padding.
func (q *queryPacket) length() uint32 {
	n := pkt4.HeaderLen - 4
	for code := byte(1); code < pkt4.OptEnd; code++ {
		if q.query.Has(code) {
			n += 2 + len(q.query.Option(code))
		}
	}
	return uint32(n)
}

func (q *queryPacket) number(f classify.Field) uint32 {
	m := &q.query
	switch f {
	case classify.PktSrc:
		return q.in.Src
	case classify.PktDst:
		return q.in.Dst
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
