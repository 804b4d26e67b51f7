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
	var labels []string
	length := 1 // of the root label
	for len(b) > 0 && b[0] != 0 {
		n := int(b[0])
		if n > 63 || n+1 > len(b) {
			return "", false, ErrBad
		}
		if length += 1 + n; length > maxWire {
			return "", false, ErrLong
		}
		labels = append(labels, string(b[1:1+n]))
		b = b[1+n:]
	}
	return strings.Join(labels, "."), complete, nil
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
	b := []byte(name)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Qualify appends the suffix, unless the name ends with it already. The name comes
// back without a final dot.
func Qualify(name, suffix string) string {
	suffix = strings.TrimSuffix(suffix, ".")
	name = strings.TrimSuffix(name, ".")
	if suffix == "" || name == suffix || strings.HasSuffix(name, "."+suffix) {
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
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
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
