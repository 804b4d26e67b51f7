package leasefile

import (
	"bytes"
	"fmt"
	"math"
)

const hexDigits = "0123456789abcdef"

// appendHex writes b as lower case pairs joined by colons.
func appendHex(dst, b []byte) []byte {
	for i, c := range b {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// appendEscaped writes b with the characters escaped that would end a column or
// a row. Kea escapes comma and ampersand; its reader takes any byte in that
// form, so control characters, which would break its rows, go the same way.
func appendEscaped(dst, b []byte) []byte {
	for _, c := range b {
		if c == ',' || c == '&' || c < ' ' || c == 0x7f {
			dst = append(dst, '&', '#', 'x', hexDigits[c>>4], hexDigits[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// appendUnescaped undoes appendEscaped. An ampersand that starts no complete
// escape stays as it is.
func appendUnescaped(dst, b []byte) []byte {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:i]...)
		b = b[i:]
		if len(b) >= 5 && b[1] == '#' && b[2] == 'x' && hexValue[b[3]] < 16 && hexValue[b[4]] < 16 {
			dst = append(dst, hexValue[b[3]]<<4|hexValue[b[4]])
			b = b[5:]
			continue
		}
		dst = append(dst, '&')
		b = b[1:]
	}
	return dst
}

// hexValue gives the value of a hexadecimal digit, 255 for any other character.
var hexValue = func() (t [256]uint8) {
	for i := range t {
		t[i] = 255
	}
	for i := range uint8(10) {
		t['0'+i] = i
	}
	for i := range uint8(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return
}()

// appendGroups reads groups of one or two hexadecimal digits with sep between.
func appendGroups(dst, text []byte, sep byte) ([]byte, error) {
	for i := 0; ; {
		if i >= len(text) || hexValue[text[i]] > 15 {
			return dst, fmt.Errorf("%q: a pair of hexadecimal digits is missing at offset %d", text, i)
		}
		v := hexValue[text[i]]
		i++
		if i < len(text) && hexValue[text[i]] < 16 {
			v = v<<4 | hexValue[text[i]]
			i++
		}
		dst = append(dst, v)
		if i == len(text) {
			return dst, nil
		}
		if text[i] != sep {
			return dst, fmt.Errorf("%q: expected %q at offset %d", text, sep, i)
		}
		i++
	}
}

// appendIdentifier reads a client identifier or DUID: groups joined by colons or
// spaces, or plain hexadecimal with an optional 0x.
func appendIdentifier(dst, text []byte) ([]byte, error) {
	if bytes.IndexByte(text, ':') >= 0 {
		return appendGroups(dst, text, ':')
	}
	if bytes.IndexByte(text, ' ') >= 0 {
		return appendGroups(dst, text, ' ')
	}
	digits := bytes.TrimPrefix(text, []byte("0x"))
	if len(digits) == 0 {
		return dst, fmt.Errorf("%q has no hexadecimal digits", text)
	}
	v := uint8(0)
	for i, c := range digits {
		d := hexValue[c]
		if d > 15 {
			return dst, fmt.Errorf("%q: %q is no hexadecimal digit", text, c)
		}
		v = v<<4 | d
		if (len(digits)-i)%2 == 1 {
			dst = append(dst, v)
			v = 0
		}
	}
	return dst, nil
}

// parseUint32 reads a decimal number. Tools that read unsigned columns as
// signed write the upper half as negative numbers, which wrap around.
func parseUint32(text []byte) (uint32, bool) {
	n, ok := parseInt64(text)
	if !ok || n > math.MaxUint32 || n < -math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// parseInt64 reads a decimal number with an optional sign.
func parseInt64(text []byte) (int64, bool) {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	if len(text) == 0 || len(text) > 19 {
		return 0, false
	}
	n := uint64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	if n > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// parseAddr4 reads a dotted quad.
func parseAddr4(text []byte) (uint32, bool) {
	addr, octet, digits, dots := uint32(0), uint32(0), 0, 0
	for _, c := range text {
		switch {
		case c == '.' && digits > 0 && dots < 3:
			addr, octet, digits, dots = addr<<8|octet, 0, 0, dots+1
		case c >= '0' && c <= '9' && !(digits > 0 && octet == 0):
			octet = octet*10 + uint32(c-'0')
			digits++
			if octet > 255 {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	return addr<<8 | octet, dots == 3 && digits > 0
}

// appendAddr4 writes a dotted quad.
func appendAddr4(dst []byte, addr uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		dst = appendOctet(dst, uint8(addr>>shift))
		if shift > 0 {
			dst = append(dst, '.')
		}
	}
	return dst
}

func appendOctet(dst []byte, v uint8) []byte {
	if v >= 100 {
		dst = append(dst, '0'+v/100)
	}
	if v >= 10 {
		dst = append(dst, '0'+v/10%10)
	}
	return append(dst, '0'+v%10)
}

// lower makes ASCII letters lower case in place.
func lower(b []byte) {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
}

// parseBool reads 0 or 1, the only forms of a flag.
func parseBool(text []byte) (value, ok bool) {
	if len(text) != 1 || text[0] != '0' && text[0] != '1' {
		return false, false
	}
	return text[0] == '1', true
}

func appendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, '1')
	}
	return append(dst, '0')
}
