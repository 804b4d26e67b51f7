package option

import (
	"encoding/binary"

	"nestor/lib/pkt4"
)

// Sub is a sub-option: its code and payload.
type Sub struct {
	Code uint16
	Data []byte
}

// EncodeSuboptions4 writes DHCPv4 sub-options one after another in the order
// given, one over 255 octets in several pieces (ARM 8.2.16).
func EncodeSuboptions4(opts []Sub) []byte {
	var b []byte
	for _, o := range opts {
		b = appendSub(b, o.Code, o.Data, false)
	}
	return b
}

// EncodeSuboptions6 writes DHCPv6 options one after another in the order given
// (RFC 8415 section 21.1).
func EncodeSuboptions6(opts []Sub) []byte {
	var b []byte
	for _, o := range opts {
		b = appendSub(b, o.Code, o.Data, true)
	}
	return b
}

// appendSub appends an option with its header: in DHCPv4 in pieces if it is over
// 255 octets (RFC 3396), in DHCPv6 by RFC 8415 section 21.1.
func appendSub(b []byte, code uint16, data []byte, v6 bool) []byte {
	if !v6 {
		return pkt4.AppendOption(b, uint8(code), data)
	}
	b = binary.BigEndian.AppendUint16(b, code)
	b = binary.BigEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// AppendVendor4 appends a vendor's sub-options as option 125 carries them: the
// enterprise number and, in one octet, the length of what follows (RFC 3925
// section 4). What does not fit into 255 octets goes into further blocks of the
// same vendor; a sub-option is split where it is longer than a block.
func AppendVendor4(b []byte, enterprise uint32, opts []Sub) []byte {
	const capacity = 255
	var length int // where the length of the open block is
	open := func() {
		b = binary.BigEndian.AppendUint32(b, enterprise)
		length = len(b)
		b = append(b, 0)
	}
	open()
	for _, o := range opts {
		for rest, first := o.Data, true; first || len(rest) > 0; first = false {
			n := min(len(rest), capacity-2)
			if int(b[length])+2+n > capacity {
				open()
			}
			b = append(b, byte(o.Code), byte(n))
			b = append(b, rest[:n]...)
			b[length] += byte(2 + n)
			rest = rest[n:]
		}
	}
	return b
}
