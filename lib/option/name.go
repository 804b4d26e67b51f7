package option

import (
	"errors"
	"fmt"
)

const (
	maxLabel = 63  // octets, RFC 1035 section 2.3.4
	maxName  = 255 // octets on the wire, lengths and root included
)

// appendName writes a domain name as labels, ended by the root and not
// compressed, in the case that it was given in. A dot or backslash inside a
// label has a backslash before it, and \DDD is the octet of that decimal number
// (RFC 1035 section 5.1).
func appendName(b []byte, text string) ([]byte, error) {
	start := len(b)
	if text == "" {
		return nil, errors.New("a domain name is missing")
	}
	if text == "." {
		return append(b, 0), nil
	}
	label := len(b)
	b = append(b, 0)
	for rest := text; rest != ""; {
		c, width, escaped := nextOctet(rest)
		if width == 0 {
			return nil, fmt.Errorf("%q: after a backslash stands a character or a decimal number of three digits up to 255", text)
		}
		rest = rest[width:]
		if c != '.' || escaped {
			b = append(b, c)
			b[label]++
			if b[label] > maxLabel {
				return nil, fmt.Errorf("%q is not a domain name: a label has at most %d octets", text, maxLabel)
			}
			continue
		}
		if b[label] == 0 {
			return nil, fmt.Errorf("%q is not a domain name: a label is empty", text)
		}
		label = len(b)
		b = append(b, 0)
	}
	if b[label] != 0 { // no trailing dot
		b = append(b, 0)
	}
	if len(b)-start > maxName {
		return nil, fmt.Errorf("%q is not a domain name: it takes %d octets, more than %d", text, len(b)-start, maxName)
	}
	return b, nil
}

// nextOctet reads one octet of a name; width 0 tells a broken escape.
func nextOctet(s string) (c byte, width int, escaped bool) {
	if s[0] != '\\' {
		return s[0], 1, false
	}
	if len(s) < 2 {
		return 0, 0, false
	}
	if s[1] < '0' || s[1] > '9' {
		return s[1], 2, true
	}
	n := 0
	for i := 1; i <= 3; i++ {
		if i == len(s) || s[i] < '0' || s[i] > '9' {
			return 0, 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	if n > 255 {
		return 0, 0, false
	}
	return byte(n), 4, true
}

// nameLen is the length of the domain name at the start of wire.
func nameLen(wire []byte) (int, error) {
	for n := 0; n < len(wire); {
		switch length := int(wire[n]); {
		case length == 0 && n+1 > maxName:
			return 0, fmt.Errorf("the domain name takes %d octets, more than %d", n+1, maxName)
		case length == 0:
			return n + 1, nil
		case length > maxLabel:
			return 0, fmt.Errorf("octet %d of the domain name, %#02x, is not the length of a label", n+1, wire[n])
		default:
			n += 1 + length
		}
	}
	return 0, errors.New("the domain name has no end")
}

// formatName writes the domain name that takes up wire, with a dot at its end.
func formatName(wire []byte) string {
	if len(wire) <= 1 {
		return "."
	}
	var s []byte
	for wire[0] != 0 {
		for _, c := range wire[1 : 1+int(wire[0])] {
			switch {
			case c == '.' || c == '\\':
				s = append(s, '\\', c)
			case c <= ' ' || c >= 0x7f:
				s = fmt.Appendf(s, `\%03d`, c)
			default:
				s = append(s, c)
			}
		}
		s = append(s, '.')
		wire = wire[1+int(wire[0]):]
	}
	return string(s)
}
