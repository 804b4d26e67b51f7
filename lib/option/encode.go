package option

import (
	"errors"
	"fmt"
	"math"
)

// EncodeCSV converts the data of an entry with csv-format true to the option's
// payload, without header and sub-options. Values are separated by commas; a
// comma that belongs to a value has a backslash before it, and so may a
// backslash. Values that the definition has no field for are ignored. The
// error tells the number of the field and what it should hold.
func (d *Definition) EncodeCSV(data string) ([]byte, error) {
	b, err := d.encodeCSV(data)
	if err == nil && d.holdsVendorClasses() {
		err = d.checkVendorClass(b)
	}
	if err == nil && len(b) > math.MaxUint16 {
		err = fmt.Errorf("the value has %d octets, more than the %d that an option can have", len(b), math.MaxUint16)
	}
	if err != nil {
		return nil, d.wrap(err)
	}
	return b, nil
}

func (d *Definition) encodeCSV(data string) ([]byte, error) {
	if d.Type == Internal {
		f, err := d.internal()
		if err != nil {
			return nil, err
		}
		return f.encode(data)
	}
	values := splitCSV(data)
	fields := d.fields()
	if len(fields) == 0 {
		if len(values) > 0 && (len(values) > 1 || values[0] != "") {
			return nil, fmt.Errorf("it has no value of its own, so data must be empty; it is %q", data)
		}
		return []byte{}, nil
	}
	if len(values) < len(fields) {
		return nil, d.missing(values)
	}
	if !d.Array {
		values = values[:len(fields)]
	}
	b := make([]byte, 0, len(data))
	for i, v := range values {
		t := fields[min(i, len(fields)-1)]
		var err error
		if b, err = d.appendField(b, t, v); err != nil {
			if len(values) == 1 {
				return nil, err
			}
			return nil, fmt.Errorf("field %d: %w", i+1, err)
		}
	}
	return b, nil
}

// Ignored returns the values in the data of an entry that EncodeCSV passes over
// because the definition has no field for them, as Kea does: often parts of a text
// whose commas should have been escaped.
func (d *Definition) Ignored(data string) []string {
	fields := len(d.fields())
	if d.Array || d.Type == Internal || fields == 0 {
		return nil
	}
	values := splitCSV(data)
	return values[min(fields, len(values)):]
}

// missing says which fields the values leave open.
func (d *Definition) missing(values []string) error {
	fields := d.fields()
	switch {
	case len(fields) == 1 && d.Array:
		return fmt.Errorf("no option value specified: data needs at least one %s", fields[0])
	case len(fields) == 1:
		return fmt.Errorf("no option value specified: data needs one %s", fields[0])
	}
	return fmt.Errorf("data has %d of %d fields, field %d (%s) is missing", len(values), len(fields), len(values)+1, fields[len(values)])
}

// appendField appends the wire form of one value.
func (d *Definition) appendField(b []byte, t Type, text string) ([]byte, error) {
	switch t {
	case Int8, Int16, Int32, Uint8, Uint16, Uint32:
		return appendInteger(b, t, text)
	case Boolean:
		return appendBoolean(b, text)
	case IPv4Address, IPv6Address:
		return appendAddress(b, t, text)
	case IPv6Prefix:
		return appendPrefix(b, text)
	case PSID:
		return appendPSID(b, text)
	case FQDN:
		return appendName(b, text)
	case Tuple:
		return appendTuple(b, text, d.V6)
	case Binary:
		return appendBinary(b, text)
	case String:
		if text == "" {
			return nil, errors.New("the text is empty")
		}
		return append(b, text...), nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be written as text", t)
}
