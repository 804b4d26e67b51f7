package option

import (
	"encoding/binary"
	"slices"
)

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
		code, data, rest, whole := cutSuboption(wire, false)
		if !whole {
			return subs, false
		}
		subs = join(subs, code, data)
		wire = rest
	}
	return subs, true
}

// Suboption finds one sub-option as Suboptions does, but allocates nothing unless
// it comes in pieces.
func (s *Definitions) Suboption(space string, wire []byte, code uint16) (data []byte, ok bool) {
	pad := !s.v6 && s.ByCode(space, 0) == nil
	end := !s.v6 && s.ByCode(space, 255) == nil
	for len(wire) > 0 {
		switch {
		case wire[0] == 0 && pad:
			wire = wire[1:]
			continue
		case wire[0] == 255 && end:
			return data, ok
		}
		found, value, rest, whole := cutSuboption(wire, s.v6)
		switch {
		case !whole:
			return data, ok
		case found != code:
		case s.v6:
			return value, true
		case !ok:
			data, ok = slices.Clip(value), true
		default: // the first piece has no capacity beyond itself and is copied
			data = append(data, value...)
		}
		wire = rest
	}
	return data, ok
}

// cutSuboption takes the first sub-option off; whole is false if it is cut short.
func cutSuboption(wire []byte, v6 bool) (code uint16, data, rest []byte, whole bool) {
	switch {
	case !v6:
		data, rest, whole = cutCounted(wire[1:], 1)
		return uint16(wire[0]), data, rest, whole
	case len(wire) < 2:
		return 0, nil, nil, false
	}
	data, rest, whole = cutCounted(wire[2:], 2)
	return binary.BigEndian.Uint16(wire), data, rest, whole
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

// CheckReceived finds what keeps a received option from being read by a definition:
// fields that are not as they should be, of the option or of options inside of it.
// Octets that are no whole sub-option at the end are no fault.
func (s *Definitions) CheckReceived(d *Definition, wire []byte) error {
	return s.checkReceived(d, wire, 0)
}

func (s *Definitions) checkReceived(d *Definition, wire []byte, depth int) error {
	if d.Type == Internal || d.holdsVendorOptions() {
		_, err := d.Normalize(wire)
		return err
	}
	n, err := d.walk(wire, func(Type, []byte) {})
	if err != nil || d.Encapsulates == "" || depth == maxNesting {
		return d.wrap(err)
	}
	subs, _ := s.Suboptions(d.Encapsulates, wire[n:])
	for _, sub := range subs {
		if inner := s.ByCode(d.Encapsulates, uint32(sub.Code)); inner != nil {
			if err := s.checkReceived(inner, sub.Data, depth+1); err != nil {
				return d.wrap(err)
			}
		}
	}
	return nil
}

// join adds a sub-option, or the rest of one that is there already.
func join(subs []Sub, code uint16, data []byte) []Sub {
	for i := range subs {
		if s := &subs[i]; s.Code == code {
			s.Data = append(s.Data, data...)
			return subs
		}
	}
	return append(subs, Sub{code, slices.Clip(data)}) // clipped, so that joining copies it
}

func suboptions6(wire []byte) (subs []Sub, ok bool) {
	for len(wire) > 0 {
		code, data, rest, whole := cutSuboption(wire, true)
		if !whole {
			return subs, false
		}
		subs = append(subs, Sub{code, data})
		wire = rest
	}
	return subs, true
}
