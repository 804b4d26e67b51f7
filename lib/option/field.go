package option

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// integerRange is the range of an integer type.
func integerRange(t Type) (lowest, highest int64) {
	switch t {
	case Int8:
		return math.MinInt8, math.MaxInt8
	case Int16:
		return math.MinInt16, math.MaxInt16
	case Int32:
		return math.MinInt32, math.MaxInt32
	case Uint8:
		return 0, math.MaxUint8
	case Uint16:
		return 0, math.MaxUint16
	}
	return 0, math.MaxUint32
}

// parseInteger reads a decimal number, or else a hexadecimal one with or
// without 0x in front (ARM 8.2.11): 10 is ten, 1f is thirty-one.
func parseInteger(text string, lowest, highest int64) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		digits, negative := strings.CutPrefix(text, "-")
		if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
			digits = digits[2:]
		}
		var u uint64
		if u, err = strconv.ParseUint(digits, 16, 63); err == nil {
			n = int64(u)
		}
		if negative {
			n = -n
		}
	}
	if err != nil || n < lowest || n > highest {
		return 0, fmt.Errorf("%q is not a number from %d to %d", text, lowest, highest)
	}
	return n, nil
}

func appendInteger(b []byte, t Type, text string) ([]byte, error) {
	lowest, highest := integerRange(t)
	n, err := parseInteger(text, lowest, highest)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", err, t)
	}
	switch t.size() {
	case 1:
		return append(b, byte(n)), nil
	case 2:
		return binary.BigEndian.AppendUint16(b, uint16(n)), nil
	}
	return binary.BigEndian.AppendUint32(b, uint32(n)), nil
}

func appendBoolean(b []byte, text string) ([]byte, error) {
	switch {
	case text == "1" || strings.EqualFold(text, "true"):
		return append(b, 1), nil
	case text == "0" || strings.EqualFold(text, "false"):
		return append(b, 0), nil
	}
	return nil, fmt.Errorf("%q is not a boolean: write true, false, 1 or 0", text)
}

func appendAddress(b []byte, t Type, text string) ([]byte, error) {
	a, err := netip.ParseAddr(text)
	switch {
	case t == IPv4Address && (err != nil || !a.Is4()):
		return nil, fmt.Errorf("%q is not an IPv4 address such as 192.0.2.1", text)
	case t == IPv6Address && (err != nil || !a.Is6() || a.Zone() != ""):
		return nil, fmt.Errorf("%q is not an IPv6 address such as 2001:db8::1", text)
	}
	return append(b, a.AsSlice()...), nil
}

// appendPrefix writes the prefix length and as many octets as it covers, the
// bits behind it cleared (ARM 8.2.10 table 3).
func appendPrefix(b []byte, text string) ([]byte, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil || !p.Addr().Is6() {
		return nil, fmt.Errorf("%q is not an IPv6 prefix such as 2001:db8:1::/48", text)
	}
	octets := p.Masked().Addr().As16()
	b = append(b, byte(p.Bits()))
	return append(b, octets[:(p.Bits()+7)/8]...), nil
}

// appendPSID writes the PSID length and the PSID in the topmost bits of two
// octets (RFC 7597 section 5.1, ARM 8.2.10 table 3).
func appendPSID(b []byte, text string) ([]byte, error) {
	left, right, ok := strings.Cut(text, "/")
	if !ok {
		return nil, fmt.Errorf("%q is not a PSID and its length such as 3/4", text)
	}
	bits, err := parseInteger(right, 0, 16)
	if err != nil {
		return nil, fmt.Errorf("PSID length %w", err)
	}
	psid, err := parseInteger(left, 0, 1<<bits-1)
	if err != nil {
		return nil, fmt.Errorf("PSID %w, which %d bits can hold", err, bits)
	}
	b = append(b, byte(bits))
	return binary.BigEndian.AppendUint16(b, uint16(psid<<(16-bits))), nil
}

// appendTuple writes text behind its length, which has one octet in DHCPv4 and
// two in DHCPv6.
func appendTuple(b []byte, text string, v6 bool) ([]byte, error) {
	switch {
	case v6 && len(text) <= math.MaxUint16:
		b = binary.BigEndian.AppendUint16(b, uint16(len(text)))
	case !v6 && len(text) <= math.MaxUint8:
		b = append(b, byte(len(text)))
	case v6:
		return nil, fmt.Errorf("a tuple can have %d octets, this one has %d", math.MaxUint16, len(text))
	default:
		return nil, fmt.Errorf("a tuple can have %d octets, this one has %d", math.MaxUint8, len(text))
	}
	return append(b, text...), nil
}

// appendBinary reads hexadecimal digits, with blanks between them allowed.
func appendBinary(b []byte, text string) ([]byte, error) {
	digits := strings.Join(strings.Fields(text), "")
	if digits == "" {
		return nil, fmt.Errorf("%q has no hexadecimal digits", text)
	}
	b, err := hex.AppendDecode(b, []byte(digits))
	if err != nil {
		return nil, fmt.Errorf("%q is not an even number of hexadecimal digits such as 0102ff; to write text or 01:02:ff, set csv-format to false", text)
	}
	return b, nil
}
