package option

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Text renders the payload of a received option as the expression
// option[code].text has it (ARM 15.3): the bare value of a string, a
// description of anything else. Configurations compare with descriptions, so
// their form is fixed.
func (s *Definitions) Text(space string, code uint32, wire []byte) string {
	if d := s.ByCode(space, code); d != nil && d.Type == String && d.Encapsulates == "" {
		return trimNULs(wire)
	}
	return s.describe(space, code, wire, 0)
}

// AppendText appends what Text returns. A string costs no allocation.
func (s *Definitions) AppendText(dst []byte, space string, code uint32, wire []byte) []byte {
	if d := s.ByCode(space, code); d != nil && d.Type == String && d.Encapsulates == "" {
		return append(dst, bytes.TrimRight(wire, "\x00")...)
	}
	return append(dst, s.describe(space, code, wire, 0)...)
}

// Describe renders the payload of a received option with its code, length and
// types, strings too, for logs.
func (s *Definitions) Describe(space string, code uint32, wire []byte) string {
	return s.describe(space, code, wire, 0)
}

// maxNesting is how deep sub-options in sub-options are described. Senders could
// nest them thousands of levels deep otherwise.
const maxNesting = 8

// trimNULs drops the NULs at the end of a text, which senders should not put
// there (RFC 2132 section 2).
func trimNULs(text []byte) string { return strings.TrimRight(string(text), "\x00") }

// describe renders one option behind a number of blanks.
func (s *Definitions) describe(space string, code uint32, wire []byte, indent int) string {
	blanks := strings.Repeat(" ", indent)
	if special := s.specialText(space, code); special != nil {
		if text, ok := special(wire); ok {
			return blanks + text
		}
	}
	header := fmt.Sprintf("%stype=%03d, len=%03d:", blanks, code, len(wire))
	if s.v6 {
		header = fmt.Sprintf("%stype=%05d, len=%05d:", blanks, code, len(wire))
	}
	d := s.ByCode(space, code)
	if d == nil || d.Type == Internal || d.Encapsulates == "" && (d.Type == Binary || d.Type == Empty) {
		return header + " " + hexPairs(wire)
	}
	text, rest, err := d.describeFields(wire)
	if err != nil {
		return header + " " + hexPairs(wire)
	}
	return header + text + s.describeSuboptions(d, wire, rest, indent)
}

// describeFields renders the option's own fields, a blank before each, and
// returns what follows them. A tuple that is cut short is one to whoever lets it
// pass, so it is shown as far as it goes.
func (d *Definition) describeFields(wire []byte) (text string, rest []byte, err error) {
	var b strings.Builder
	n, err := d.walkBy(fieldLenCut, wire, func(t Type, value []byte) {
		b.WriteByte(' ')
		b.WriteString(d.describeField(t, value))
	})
	if err != nil {
		return "", nil, err
	}
	return b.String(), wire[n:], nil
}

// describeField renders a value and its type. Arrays of integers have no blank
// before the type, arrays of addresses no type.
func (d *Definition) describeField(t Type, value []byte) string {
	simpleArray := d.Array && d.Type != Record
	switch t {
	case String:
		return fmt.Sprintf("\"%s\" (string)", trimNULs(value))
	case FQDN, Tuple:
		return fmt.Sprintf("\"%s\" (%s)", formatField(t, value, d.V6), t)
	case IPv4Address, IPv6Address:
		if simpleArray {
			return formatField(t, value, d.V6)
		}
	case Int8, Int16, Int32, Uint8, Uint16, Uint32:
		if simpleArray {
			return fmt.Sprintf("%s(%s)", formatField(t, value, d.V6), t)
		}
	}
	return fmt.Sprintf("%s (%s)", formatField(t, value, d.V6), t)
}

// describeSuboptions renders the sub-options in rest, the part of wire behind
// the option's own fields, each on a line of its own.
func (s *Definitions) describeSuboptions(d *Definition, wire, rest []byte, indent int) string {
	space, count := d.Encapsulates, ""
	if d.holdsVendorOptions() {
		space = VendorSpace(binary.BigEndian.Uint32(wire))
		if !d.V6 && len(rest) > 0 {
			count = fmt.Sprintf(" %d (uint8)", rest[0])
			rest = rest[1:][:min(len(rest)-1, int(rest[0]))]
		}
	}
	if space == "" {
		return ""
	}
	subs, _ := s.Suboptions(space, rest)
	slices.SortStableFunc(subs, func(a, b Sub) int { return cmp.Compare(a.Code, b.Code) })
	if len(subs) == 0 || indent > 2*maxNesting {
		return count
	}
	var b strings.Builder
	b.WriteString(count + ",\noptions:")
	for _, sub := range subs {
		b.WriteByte('\n')
		b.WriteString(s.describe(space, uint32(sub.Code), sub.Data, indent+2))
	}
	return b.String()
}

func hexPairs(b []byte) string {
	digits := hex.EncodeToString(b)
	var s strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			s.WriteByte(':')
		}
		s.WriteString(digits[i : i+2])
	}
	return s.String()
}
