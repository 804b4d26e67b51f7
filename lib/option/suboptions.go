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
	c := s.cutter(space, wire)
	for c.next() {
		if s.v6 {
			subs = append(subs, Sub{c.code, c.data})
		} else {
			subs = join(subs, c.code, c.data)
		}
	}
	return subs, c.whole
}

// Suboption finds one sub-option as Suboptions does, but allocates nothing unless
// it comes in pieces.
func (s *Definitions) Suboption(space string, wire []byte, code uint16) (data []byte, ok bool) {
	c := s.cutter(space, wire)
	for c.next() {
		switch {
		case c.code != code:
		case s.v6:
			return c.data, true
		case !ok:
			data, ok = slices.Clip(c.data), true
		default: // the first piece has no capacity beyond itself and is copied
			data = append(data, c.data...)
		}
	}
	return data, ok
}

// cutter takes sub-options off the octets of a container, one after the other.
type cutter struct {
	v6       bool
	pad, end bool   // 0 is padding, 255 the end
	rest     []byte // what is left
	code     uint16
	data     []byte
	whole    bool // nothing was left over at the end
}

func (s *Definitions) cutter(space string, wire []byte) cutter {
	if s.v6 {
		return cutter{v6: true, rest: wire}
	}
	return cutter{pad: s.ByCode(space, 0) == nil, end: s.ByCode(space, 255) == nil, rest: wire}
}

// next reads a sub-option into code and data and reports whether there was one.
func (c *cutter) next() (ok bool) {
	for c.pad && len(c.rest) > 0 && c.rest[0] == 0 {
		c.rest = c.rest[1:]
	}
	switch {
	case len(c.rest) == 0, c.end && c.rest[0] == 255:
		c.whole = true
		return false
	case !c.v6:
		c.code = uint16(c.rest[0])
		c.data, c.rest, ok = cutCounted(c.rest[1:], 1)
	case len(c.rest) >= 2:
		c.code = binary.BigEndian.Uint16(c.rest)
		c.data, c.rest, ok = cutCounted(c.rest[2:], 2)
	}
	return ok
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
