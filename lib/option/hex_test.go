package option

import (
	"strings"
	"testing"
)

func TestDecodeHex(t *testing.T) {
	for _, c := range []struct{ name, data, wire, err string }{
		{"D4.12.5 colons", "C0:00:03:01", "C0000301", ""},
		{"D4.12.5 colons, one digit", "c0:0:3:1", "C0000301", ""},
		{"D4.12.5 blanks", "c0 0 3 01", "C0000301", ""},
		{"D4.12.5 digits", "C0000301", "C0000301", ""},
		{"D4.12.5 0x", "0xc0000301", "C0000301", ""},
		{"odd number of digits", "123", "0123", ""},
		{"odd number of digits", "0x123", "0123", ""},
		{"D4.12.6", "'some, text'", "736F6D652C2074657874", ""},
		{"D4.12.6 blanks inside stay", "' a '", "206120", ""},
		{"D4.12.6 nothing", "''", "", ""},
		{"nothing", "", "", ""},
		{"blanks around", " 0102 ", "0102", ""},
		{"D4.12.5 0x and blanks", "0x01 0x02", "", "octet 1, \"0x01\", must be one or two hexadecimal digits"},
		{"D4.12.5 0x and colons", "0x01:02", "", "octet 1"},
		{"colons and blanks", "01:02 03", "", "octet 2"},
		{"empty octet", "01::02", "", "octet 2, \"\","},
		{"three digits", "01:002", "", "octet 2"},
		{"no digit", "zz", "", "is not hexadecimal"},
		{"no digit", "01 0g", "", "octet 2"},
		{"0x alone", "0x", "", "is not hexadecimal"},
		{"open quote", "'abc", "", "is not hexadecimal"},
		{"one quote", "'", "", "is not hexadecimal"},
	} {
		t.Run(c.name+" "+c.data, func(t *testing.T) {
			wire, err := DecodeHex(c.data)
			switch {
			case c.err == "" && (err != nil || FormatHex(wire) != c.wire):
				t.Errorf("%X, error %v, want %s", wire, err, c.wire)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error is %v, want %q in it", err, c.err)
			}
		})
	}
}
