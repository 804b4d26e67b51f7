// Package hostname owns names of clients as the DHCP servers treat them: their wire
// form, what of a client's name is kept, how it is qualified, and what the flags of
// an FQDN option say (RFC 4702, RFC 4704, ARM 8.2.20 and 9.2.24).
package hostname

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of names that cannot be read.
var (
	ErrBad  = errors.New("the name has a label that is broken")
	ErrLong = fmt.Errorf("the name is longer than %d bytes", maxWire)
)

// maxWire is how long a name may be in wire form, with its root label (RFC 1035
// section 2.3.4).
const maxWire = 255

// ReadWire reads an uncompressed name in wire form up to the root label or the end.
// complete tells a full name, whose last byte is the root label, from a partial one.
// A longer name than there can be is refused before anything is made of its labels.
func ReadWire(b []byte) (name string, complete bool, err error) {
	complete = len(b) > 0 && b[len(b)-1] == 0
	if err := CheckWire(b); err != nil {
		return "", false, err
	}
	var room [maxWire]byte
	text := room[:0]
	for len(b) > 0 && b[0] != 0 {
		if len(text) > 0 {
			text = append(text, '.')
		}
		n := 1 + int(b[0])
		text = append(text, b[1:n]...)
		b = b[n:]
	}
	return string(text), complete, nil
}

// CheckWire returns the error of ReadWire.
func CheckWire(b []byte) error {
	length := 1 // of the root label
	for len(b) > 0 && b[0] != 0 {
		n := 1 + int(b[0])
		if n > 64 || n > len(b) {
			return ErrBad
		}
		if length += n; length > maxWire {
			return ErrLong
		}
		b = b[n:]
	}
	return nil
}

// AppendWire appends the name, which ends with a dot if it is complete.
func AppendWire(b []byte, name string) []byte {
	complete := strings.HasSuffix(name, ".")
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 {
			continue
		}
		b = append(append(b, byte(len(label))), label...)
	}
	if complete {
		b = append(b, 0)
	}
	return b
}

// Lower turns ASCII letters to lower case, as DNS compares names (RFC 4343), and
// leaves all other bytes alone: they need not be UTF-8.
func Lower(name string) string {
	for i := range len(name) {
		if c := name[i]; c >= 'A' && c <= 'Z' {
			return lowerFrom(name, i)
		}
	}
	return name
}

func lowerFrom(name string, first int) string {
	b := []byte(name)
	for i, c := range b[first:] {
		if c >= 'A' && c <= 'Z' {
			b[first+i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Qualify appends the suffix, unless the name ends with it already. The name comes
// back without a final dot.
func Qualify(name, suffix string) string {
	suffix = strings.TrimSuffix(suffix, ".")
	name = strings.TrimSuffix(name, ".")
	if suffix == "" || name == suffix {
		return name
	}
	if head, ok := strings.CutSuffix(name, suffix); ok && head[len(head)-1] == '.' {
		return name
	}
	return name + "." + suffix
}

// Usable reports whether the name can be answered: no empty label, none over
// 63 bytes, 255 bytes at most.
func Usable(name string) bool {
	if name == "" || len(name) > 255 {
		return false
	}
	label := 0
	for i := range len(name) {
		switch {
		case name[i] != '.':
			if label++; label > 63 {
				return false
			}
		case label == 0:
			return false
		default:
			label = 0
		}
	}
	return label > 0
}

// special are the visible characters that text forms of names escape, but dots.
const special = `"();@\$`

// Escape gives a name the text form of RFC 1035 section 5.1, as leases keep the names
// of FQDN options: what is special there, or is no visible ASCII, is escaped. Dots are
// those between labels.
func Escape(name string) string {
	odd := func(c byte) bool { return c <= ' ' || c >= 0x7f || strings.IndexByte(special, c) >= 0 }
	plain := true
	for i := range len(name) {
		plain = plain && !odd(name[i])
	}
	if plain {
		return name
	}
	var b []byte
	for i := range len(name) {
		switch c := name[i]; {
		case c <= ' ' || c >= 0x7f:
			b = append(b, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		case odd(c):
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}
