package option

import "encoding/binary"

// Suboptions takes apart what a container of the given space holds. Sub-options
// of one code are joined in DHCPv4 (RFC 3396). There the codes 0 and 255 are
// padding and the end, unless the space defines options of these codes (ARM
// 8.2.12). ok is false when the octets end in the middle of a sub-option; what
// stood before it is returned. The payloads point into wire where nothing had to
// be joined.
func (s *Definitions) Suboptions(space string, wire []byte) (subs []Sub, ok bool) {
	if s.v6 {
		return suboptions6(wire)
	}
	pad := s.ByCode(space, 0) == nil
	end := s.ByCode(space, 255) == nil
	for len(wire) > 0 {
		switch {
		case wire[0] == 0 && pad:
			wire = wire[1:]
			continue
		case wire[0] == 255 && end:
			return subs, true
		}
		data, rest, ok := cutCounted(wire[1:], 1)
		if !ok {
			return subs, false
		}
		subs = join(subs, uint16(wire[0]), data)
		wire = rest
	}
	return subs, true
}

// Encapsulated returns what follows the option's own fields: the sub-options of
// the space that it encapsulates. ok is false when it encapsulates none, or the
// fields are not as they should be.
func (d *Definition) Encapsulated(wire []byte) (subs []byte, ok bool) {
	if d.Encapsulates == "" {
		return nil, false
	}
	n, err := d.walk(wire, func(Type, []byte) {})
	return wire[n:], err == nil
}

// join adds a sub-option, or the rest of one that is there already.
func join(subs []Sub, code uint16, data []byte) []Sub {
	for i := range subs {
		if s := &subs[i]; s.Code == code {
			s.Data = append(s.Data[:len(s.Data):len(s.Data)], data...)
			return subs
		}
	}
	return append(subs, Sub{code, data})
}

func suboptions6(wire []byte) (subs []Sub, ok bool) {
	for len(wire) > 0 {
		if len(wire) < 2 {
			return subs, false
		}
		data, rest, ok := cutCounted(wire[2:], 2)
		if !ok {
			return subs, false
		}
		subs = append(subs, Sub{binary.BigEndian.Uint16(wire), data})
		wire = rest
	}
	return subs, true
}
