package option

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// DecodeHex reads the data of an entry with csv-format false: octets of one or
// two hexadecimal digits separated by colons or blanks, or digits in a row with
// or without 0x in front (an odd number of them gets a leading 0), or text in
// single quotes, which stands for its bytes (ARM 8.2.10).
func DecodeHex(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return []byte(s[1 : len(s)-1]), nil
	}
	switch {
	case s == "":
		return []byte{}, nil
	case strings.Contains(s, ":"):
		return decodeOctets(strings.Split(s, ":"))
	case strings.ContainsAny(s, " \t"):
		return decodeOctets(strings.Fields(s))
	}
	digits := s
	if len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") {
		digits = s[2:]
	}
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("%q is not hexadecimal: write C0000201, 0xC0000201, C0:00:02:01, C0 00 02 01 or 'some text', or set csv-format to true", s)
	}
	return b, nil
}

func decodeOctets(octets []string) ([]byte, error) {
	b := make([]byte, 0, len(octets))
	for i, o := range octets {
		if len(o) == 1 {
			o = "0" + o
		}
		if len(o) != 2 {
			return nil, fmt.Errorf("octet %d, %q, must be one or two hexadecimal digits", i+1, octets[i])
		}
		var err error
		if b, err = hex.AppendDecode(b, []byte(o)); err != nil {
			return nil, fmt.Errorf("octet %d, %q, must be one or two hexadecimal digits", i+1, octets[i])
		}
	}
	return b, nil
}

const upperHex = "0123456789ABCDEF"

// FormatHex writes b as DecodeHex reads it and config-get shows it: upper-case
// digits without separators.
func FormatHex(b []byte) string {
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		s = append(s, upperHex[c>>4], upperHex[c&15])
	}
	return string(s)
}
