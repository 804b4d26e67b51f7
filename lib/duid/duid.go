// Package duid owns DHCP unique identifiers (RFC 8415 section 11): their form, and
// the choice and the file of the server's own (ARM 9.5).
package duid

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// Types of identifiers (RFC 8415 section 11, RFC 6355).
const (
	LLT  = 1 // link-layer address and time
	EN   = 2 // enterprise number
	LL   = 3 // link-layer address
	UUID = 4
)

// Lengths of identifiers in bytes: the type and at least one byte, and what the
// messages of clients are checked by.
const (
	MinLen = 3
	MaxLen = 130
)

// Text writes an identifier as its bytes in lower-case hexadecimal, with colons.
func Text(id []byte) string {
	var b strings.Builder
	for i, c := range id {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02x", c)
	}
	return b.String()
}

// Parse reads what Text writes; white space anywhere does not count.
func Parse(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	var id []byte
	for _, pair := range strings.Split(text, ":") {
		if len(pair) != 2 {
			return nil, fmt.Errorf("DUID %q: %q is not a pair of hexadecimal digits", text, pair)
		}
		b, err := hex.DecodeString(pair)
		if err != nil {
			return nil, fmt.Errorf("DUID %q: %q is not a pair of hexadecimal digits", text, pair)
		}
		id = append(id, b...)
	}
	if len(id) < MinLen || len(id) > MaxLen {
		return nil, fmt.Errorf("DUID %q has %d bytes, it must have %d to %d", text, len(id), MinLen, MaxLen)
	}
	return id, nil
}

// Type is the type of an identifier, 0 for one that is too short to have any.
func Type(id []byte) uint16 {
	if len(id) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(id)
}

// LinkLayer returns the hardware type (RFC 826) and the link-layer address of an
// identifier that is made of one. The address points into id.
func LinkLayer(id []byte) (htype uint16, addr []byte, ok bool) {
	switch t := Type(id); {
	case t == LLT && len(id) > 8:
		return binary.BigEndian.Uint16(id[2:]), id[8:], true
	case t == LL && len(id) > 4:
		return binary.BigEndian.Uint16(id[2:]), id[4:], true
	}
	return 0, nil, false
}
