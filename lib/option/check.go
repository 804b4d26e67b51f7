package option

import (
	"errors"
	"fmt"
)

// Check finds what is wrong with a definition of a configuration by itself
// (ARM 8.2.11, 9.2.14). Whether it may stand beside others is for With and
// ForClass to say.
func (d *Definition) Check() error {
	for _, check := range []func(*Definition) error{
		checkNames, checkCode, checkType, checkFields, checkArray, checkEncapsulates,
	} {
		if err := check(d); err != nil {
			return fmt.Errorf("option-def %s: %w", d.Name, err)
		}
	}
	return nil
}

func checkNames(d *Definition) error {
	if !validName(d.Name) {
		return fmt.Errorf("%q cannot be the name of an option: use letters, digits, - and _, with a letter or digit at both ends", d.Name)
	}
	return CheckSpace(d.Space, d.V6)
}

// CheckSpace tells whether options of the protocol can be in a space of that name.
func CheckSpace(name string, v6 bool) error {
	switch {
	case name == Space6 && !v6:
		return errors.New("dhcp6 is the space of DHCPv6 options, a DHCPv4 server has none of them")
	case name == Space4 && v6:
		return errors.New("dhcp4 is the space of DHCPv4 options, a DHCPv6 server has none of them")
	}
	return CheckSpaceName(name)
}

// CheckSpaceName tells whether name can be that of an option space.
func CheckSpaceName(name string) error {
	if !validName(name) {
		return fmt.Errorf("%q cannot be the name of an option space: use letters, digits, - and _, with a letter or digit at both ends", name)
	}
	return nil
}

func validName(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case (c == '-' || c == '_') && i > 0 && i < len(s)-1:
		default:
			return false
		}
	}
	return s != ""
}

func checkCode(d *Definition) error {
	if d.Code > d.maxCode() {
		return fmt.Errorf("code %d is out of range, the highest is %d", d.Code, d.maxCode())
	}
	return CheckCode(d.Space, d.Code)
}

// CheckCode tells whether an option of that space and code can be defined or
// given a value. 0 and 255 of space dhcp4 are PAD and END (RFC 2132 section 3), 0 of
// space dhcp6 is no option (RFC 8415 section 24).
func CheckCode(space string, code uint32) error {
	switch {
	case space == Space4 && (code == 0 || code == 255):
		return fmt.Errorf("code %d of space %s is reserved for padding and the end of the options (RFC 2132): use 1 to 254", code, Space4)
	case space == Space6 && code == 0:
		return fmt.Errorf("code 0 of space %s is reserved (RFC 8415): use 1 to 65535", Space6)
	}
	return nil
}

func checkType(d *Definition) error {
	if d.Type >= Internal {
		return fmt.Errorf("type %s cannot be used in option-def", d.Type)
	}
	return nil
}

func checkFields(d *Definition) error {
	if d.Type != Record {
		if len(d.Fields) > 0 {
			return fmt.Errorf("record-types goes with type record only, not with %s", d.Type)
		}
		return nil
	}
	if len(d.Fields) < 2 {
		return fmt.Errorf("a record needs at least two types in record-types, there are %d", len(d.Fields))
	}
	for i, t := range d.Fields {
		switch {
		case t == Empty || t >= Record:
			return fmt.Errorf("record-types, field %d: %s cannot be part of a record", i+1, t)
		case (t == String || t == Binary) && i < len(d.Fields)-1:
			return fmt.Errorf("record-types, field %d: %s has no length of its own and can be the last field only", i+1, t)
		}
	}
	return nil
}

func checkArray(d *Definition) error {
	if !d.Array {
		return nil
	}
	t := d.Type
	if t == Record {
		t = d.Fields[len(d.Fields)-1]
	}
	if t == String || t == Binary || t == Empty {
		return fmt.Errorf("there can be no array of %s, its values have no length of their own (tuple has)", t)
	}
	return nil
}

func checkEncapsulates(d *Definition) error {
	switch {
	case d.Encapsulates == "":
		return nil
	case d.Encapsulates == d.Space:
		return fmt.Errorf("the option cannot encapsulate the space %s that it is in", d.Space)
	case d.Array:
		return errors.New("an array cannot encapsulate sub-options, nobody could tell where they begin")
	}
	return CheckSpace(d.Encapsulates, d.V6)
}
