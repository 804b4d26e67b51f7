package option

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Decode converts the option's payload to text that EncodeCSV reads. It leaves
// out sub-options and surplus octets. Blanks at the ends of a string are kept in
// the text, but EncodeCSV drops them.
func (d *Definition) Decode(wire []byte) (text string, err error) {
	if d.Type == Internal {
		f, err := d.internal()
		if err == nil {
			text, err = f.decode(wire)
		}
		return text, d.wrap(err)
	}
	var values []string
	_, err = d.walk(wire, func(t Type, value []byte) {
		values = append(values, escape(formatField(t, value, d.V6), ","))
	})
	return strings.Join(values, ", "), d.wrap(err)
}

// Normalize returns the part of an option's payload that the definition knows,
// for payloads given in hexadecimal: octets behind the last field are cut off
// unless they are sub-options. It is an error if a field is cut short or cannot
// be what it is. An empty payload stays as it is.
func (d *Definition) Normalize(wire []byte) ([]byte, error) {
	switch {
	case len(wire) == 0:
		return wire, nil
	case d.holdsVendorOptions():
		wire, err := d.normalizeVendor(wire)
		return wire, d.wrap(err)
	case d.Encapsulates != "":
		if _, err := d.walk(wire, func(Type, []byte) {}); err != nil {
			return nil, d.wrap(err)
		}
		return wire, nil
	}
	if d.Type == Internal {
		_, err := d.Decode(wire)
		return wire, err
	}
	n, err := d.walk(wire, func(Type, []byte) {})
	if err == nil && d.holdsVendorClasses() {
		err = d.checkVendorClass(wire)
	}
	if err != nil {
		return nil, d.wrap(err)
	}
	return wire[:n], nil
}

func (d *Definition) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("option %s (%d): %w", d.Name, d.Code, err)
	}
	return nil
}

// errShortTuple is of a tuple that counts more octets than there are.
var errShortTuple = errors.New("the tuple is cut short")

// CheckTuples finds tuples of a received option that count more octets than there
// are. What else may be wrong with it is not looked at; a vendor class may be of an
// enterprise number alone.
func (d *Definition) CheckTuples(wire []byte) error {
	var err error
	if d.holdsVendorClasses() {
		if len(wire) != 4 {
			err = d.checkVendorClass(wire)
		}
	} else if _, err = d.walk(wire, func(Type, []byte) {}); !errors.Is(err, errShortTuple) {
		err = nil
	}
	return d.wrap(err)
}

// HasTuples tells whether the option consists of tuples or has a field that is one.
func (d *Definition) HasTuples() bool {
	return d.holdsVendorClasses() || slices.Contains(d.fields(), Tuple)
}

// walk calls fn for each field of wire and returns how many octets they take.
func (d *Definition) walk(wire []byte, fn func(t Type, value []byte)) (int, error) {
	return d.walkBy(fieldLen, wire, fn)
}

// walkBy is walk with another way of measuring fields.
func (d *Definition) walkBy(length func(Type, []byte, bool) (int, error), wire []byte, fn func(t Type, value []byte)) (int, error) {
	fields := d.fields()
	at := 0
	for i := 0; len(fields) > 0; i++ {
		if i >= len(fields) && (!d.Array || at == len(wire)) {
			break
		}
		t := fields[min(i, len(fields)-1)]
		n, err := length(t, wire[at:], d.V6)
		if err != nil {
			return 0, fmt.Errorf("field %d (%s): %w", i+1, t, err)
		}
		fn(t, wire[at:at+n])
		at += n
	}
	return at, nil
}

// fieldLen is the number of octets that the value of type t at the start of
// wire takes.
func fieldLen(t Type, wire []byte, v6 bool) (int, error) {
	n := t.size()
	switch t {
	case String, Binary:
		return len(wire), nil
	case FQDN:
		return nameLen(wire)
	case Tuple:
		_, rest, ok := cutCounted(wire, tupleLengthOctets(v6))
		if !ok {
			return 0, fmt.Errorf("%w, there are %d octets", errShortTuple, len(wire))
		}
		return len(wire) - len(rest), nil
	case IPv6Prefix:
		if len(wire) > 0 && wire[0] > 128 {
			return 0, fmt.Errorf("prefix length %d is above 128", wire[0])
		}
		n = 1
		if len(wire) > 0 {
			n += (int(wire[0]) + 7) / 8
		}
	case PSID:
		if len(wire) > 0 && wire[0] > 16 {
			return 0, fmt.Errorf("PSID length %d is above 16", wire[0])
		}
	}
	if len(wire) < n {
		return 0, fmt.Errorf("%d octets are needed, there are %d", n, len(wire))
	}
	return n, nil
}

// fieldLenCut is fieldLen, but takes a tuple that counts more octets than there are
// for one that ends with them (ARM 8.15.1).
func fieldLenCut(t Type, wire []byte, v6 bool) (int, error) {
	n, err := fieldLen(t, wire, v6)
	if errors.Is(err, errShortTuple) && len(wire) >= tupleLengthOctets(v6) {
		return len(wire), nil
	}
	return n, err
}

func tupleLengthOctets(v6 bool) int {
	if v6 {
		return 2
	}
	return 1
}

// formatField writes a value whose length fieldLen has given.
func formatField(t Type, value []byte, v6 bool) string {
	switch t {
	case Boolean:
		return strconv.FormatBool(value[0] != 0)
	case Int8, Int16, Int32, Uint8, Uint16, Uint32:
		return strconv.FormatInt(integerOf(t, value), 10)
	case IPv4Address, IPv6Address:
		a, _ := netip.AddrFromSlice(value)
		return a.String()
	case IPv6Prefix:
		var a [16]byte
		copy(a[:], value[1:])
		return netip.PrefixFrom(netip.AddrFrom16(a), int(value[0])).String()
	case PSID:
		return fmt.Sprintf("%d/%d", binary.BigEndian.Uint16(value[1:])>>(16-value[0]), value[0])
	case FQDN:
		return formatName(value)
	case Tuple:
		return string(value[tupleLengthOctets(v6):])
	case String:
		return string(value)
	}
	return FormatHex(value)
}

func integerOf(t Type, value []byte) int64 {
	switch t {
	case Int8:
		return int64(int8(value[0]))
	case Int16:
		return int64(int16(binary.BigEndian.Uint16(value)))
	case Int32:
		return int64(int32(binary.BigEndian.Uint32(value)))
	case Uint8:
		return int64(value[0])
	case Uint16:
		return int64(binary.BigEndian.Uint16(value))
	}
	return int64(binary.BigEndian.Uint32(value))
}
