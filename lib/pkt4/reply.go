package pkt4

import (
	"encoding/binary"
	"math/bits"
)

// Reply collects what an answer carries and appends it in one go. Option
// contents are kept by reference and must stay unchanged until AppendTo. The
// zero value is ready after Reset.
type Reply struct {
	Type   byte
	CIAddr uint32
	YIAddr uint32
	SIAddr uint32
	GIAddr uint32
	Hops   byte
	Flags  uint16
	SName  string // at most 64 bytes
	File   string // at most 128 bytes

	opts    [256][]byte
	present [4]uint64
}

// Reset empties r for a new answer.
func (r *Reply) Reset() {
	r.Type, r.Hops, r.Flags = 0, 0, 0
	r.CIAddr, r.YIAddr, r.SIAddr, r.GIAddr = 0, 0, 0, 0
	r.SName, r.File = "", ""
	r.present = [4]uint64{}
}

// Set gives the option that content; an empty one is sent with length 0.
func (r *Reply) Set(code byte, content []byte) {
	r.opts[code] = content
	r.present[code>>6] |= 1 << (code & 63)
}

// Unset takes the option out.
func (r *Reply) Unset(code byte) { r.present[code>>6] &^= 1 << (code & 63) }

// Has reports whether the option is set.
func (r *Reply) Has(code byte) bool { return r.present[code>>6]&(1<<(code&63)) != 0 }

// Present returns the set of options that are set, a bit for each code.
func (r *Reply) Present() [4]uint64 { return r.present }

// Option returns the content that was set, nil when the option is not.
func (r *Reply) Option(code byte) []byte {
	if !r.Has(code) {
		return nil
	}
	return r.opts[code]
}

// Codes calls fn for each option that is set, in ascending order.
func (r *Reply) Codes(fn func(code byte, content []byte)) {
	for w, set := range r.present {
		for ; set != 0; set &= set - 1 {
			c := byte(w<<6 + bits.TrailingZeros64(set))
			fn(c, r.opts[c])
		}
	}
}

// AppendTo appends the answer to query q: message type first, then the options
// in ascending order, relay agent information last, END. There is no padding and
// no overload. Content over 255 bytes is cut into several options (RFC 3396).
func (r *Reply) AppendTo(b []byte, q *Message) []byte {
	start := len(b)
	var zero [HeaderLen]byte
	b = append(b, zero[:]...)
	h := b[start:]
	h[0] = 2 // BOOTREPLY
	h[1] = q.HType()
	hw := q.HWAddr()
	h[2] = byte(len(hw))
	h[3] = r.Hops
	copy(h[4:8], q.raw[4:8])
	binary.BigEndian.PutUint16(h[10:], r.Flags)
	binary.BigEndian.PutUint32(h[12:], r.CIAddr)
	binary.BigEndian.PutUint32(h[16:], r.YIAddr)
	binary.BigEndian.PutUint32(h[20:], r.SIAddr)
	binary.BigEndian.PutUint32(h[24:], r.GIAddr)
	copy(h[28:44], hw)
	copy(h[44:108], r.SName)
	copy(h[108:236], r.File)
	binary.BigEndian.PutUint32(h[236:], magicCookie)

	b = append(b, OptMessageType, 1, r.Type)
	set := r.present
	set[OptMessageType>>6] &^= 1 << (OptMessageType & 63)
	set[OptRelayAgentInfo>>6] &^= 1 << (OptRelayAgentInfo & 63)
	for w, s := range set {
		for ; s != 0; s &= s - 1 {
			c := byte(w<<6 + bits.TrailingZeros64(s))
			if c == OptVIVSO {
				b = appendVendors(b, r.opts[c])
			} else {
				b = AppendOption(b, c, r.opts[c])
			}
		}
	}
	if r.Has(OptRelayAgentInfo) {
		b = AppendOption(b, OptRelayAgentInfo, r.opts[OptRelayAgentInfo])
	}
	return append(b, OptEnd)
}

// appendVendors appends an option 125 for each enterprise number in the content.
func appendVendors(b []byte, content []byte) []byte {
	const header = 5 // number and length (RFC 3925 section 4)
	for len(content) >= header && len(content) > header+int(content[4]) {
		end := header + int(content[4])
		b = AppendOption(b, OptVIVSO, content[:end])
		content = content[end:]
	}
	return AppendOption(b, OptVIVSO, content)
}

// AppendOption appends one option, or a sub-option, with its header. A content over
// 255 bytes goes into several of the same code one after another (RFC 3396).
func AppendOption(b []byte, code byte, content []byte) []byte {
	for len(content) > 255 {
		b = append(append(b, code, 255), content[:255]...)
		content = content[255:]
	}
	return append(append(b, code, byte(len(content))), content...)
}
