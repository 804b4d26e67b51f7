package option

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// specialText gives the renderer of an option that has a form of its own; it
// returns false for a payload that it cannot make sense of.
func (s *Definitions) specialText(space string, code uint32) func(wire []byte) (string, bool) {
	switch {
	case !s.v6 && space == Space4 && code == 81:
		return clientFQDN4Text
	case !s.v6 && space == Space4 && code == 124:
		return func(wire []byte) (string, bool) { return vendorClassText(code, wire, false) }
	case s.v6 && space == Space6 && code == 16:
		return func(wire []byte) (string, bool) { return vendorClassText(code, wire, true) }
	case s.v6 && space == Space6 && code == 39:
		return clientFQDN6Text
	case s.v6 && space == Space6 && (code == 3 || code == 25):
		return func(wire []byte) (string, bool) { return s.identityText(code, wire) }
	}
	return nil
}

// clientFQDN4Text renders option 81 (RFC 4702 section 2).
func clientFQDN4Text(wire []byte) (string, bool) {
	if len(wire) < 3 {
		return "", false
	}
	name, kind := string(wire[3:]), "partial"
	if wire[0]&4 != 0 {
		name, kind = partialName(wire[3:])
	} else if strings.HasSuffix(name, ".") {
		kind = "full"
	}
	f := wire[0]
	return fmt.Sprintf("type=81 (CLIENT_FQDN), flags: (N=%d, E=%d, O=%d, S=%d), domain-name='%s' (%s)",
		f>>3&1, f>>2&1, f>>1&1, f&1, name, kind), true
}

// clientFQDN6Text renders option 39 (RFC 4704 section 4).
func clientFQDN6Text(wire []byte) (string, bool) {
	if len(wire) < 1 {
		return "", false
	}
	name, kind := partialName(wire[1:])
	f := wire[0]
	return fmt.Sprintf("type=39(CLIENT_FQDN), flags: (N=%d, O=%d, S=%d), domain-name='%s' (%s)",
		f>>2&1, f>>1&1, f&1, name, kind), true
}

// partialName renders a domain name that need not end in the root.
func partialName(wire []byte) (name, kind string) {
	if n, err := nameLen(wire); err == nil && n == len(wire) {
		return formatName(wire), "full"
	}
	rooted := append(wire[:len(wire):len(wire)], 0)
	if n, err := nameLen(rooted); err == nil && n == len(rooted) && n > 1 {
		return strings.TrimSuffix(formatName(rooted), "."), "partial"
	}
	return "", "partial"
}

// vendorClassText renders options 124 (RFC 3925 section 3), where each text has
// an enterprise number before it, and 16 (RFC 8415 section 21.16), where only the
// first has.
func vendorClassText(code uint32, wire []byte, v6 bool) (string, bool) {
	if len(wire) < 4 {
		return "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "type=%d, len=%d,  enterprise id=%#x", code, len(wire), binary.BigEndian.Uint32(wire))
	rest := wire[4:]
	for i := 0; len(rest) > 0; i++ {
		if i > 0 && !v6 {
			if len(rest) < 4 {
				return "", false
			}
			rest = rest[4:]
		}
		n, err := fieldLenCut(Tuple, rest, v6)
		if err != nil {
			return "", false
		}
		class := rest[tupleLengthOctets(v6):n]
		rest = rest[n:]
		fmt.Fprintf(&b, ", data-len%d=%d, vendor-class-data%d='%s'", i, len(class), i, class)
	}
	return b.String(), true
}

// identityText renders IA_NA and IA_PD with the options in them (RFC 8415
// sections 21.4 and 21.21).
func (s *Definitions) identityText(code uint32, wire []byte) (string, bool) {
	if len(wire) < 12 {
		return "", false
	}
	name := map[uint32]string{3: "IA_NA", 25: "IA_PD"}[code]
	text := fmt.Sprintf("type=%05d(%s), len=%05d: iaid=%d, t1=%d, t2=%d", code, name, len(wire),
		binary.BigEndian.Uint32(wire), binary.BigEndian.Uint32(wire[4:]), binary.BigEndian.Uint32(wire[8:]))
	inner := &Definition{Space: Space6, Encapsulates: Space6, V6: true}
	return text + s.describeSuboptions(inner, wire, wire[12:], 0), true
}
