package ncr

import (
	"errors"
	"fmt"
)

// Errors of names. They are wrapped where the name is known.
var (
	ErrEmptyName  = errors.New("the name is empty")
	ErrEmptyLabel = errors.New("the name has an empty label")
	ErrLongLabel  = fmt.Errorf("the name has a label of more than %d bytes", maxLabel)
	ErrLongName   = fmt.Errorf("the name has more than %d bytes on the wire", maxName)
	ErrBadEscape  = errors.New(`the name has a backslash that is not followed by a character or by three digits up to 255`)
)

// Limits of names (RFC 1035 section 2.3.4).
const (
	maxLabel = 63
	maxName  = 255
)

// AppendName appends the wire form of a name in text form (RFC 1035 section 5.1),
// with the root label whether or not the text ends with a dot. lower turns ASCII
// letters to lower case. After an error b is returned as it was.
func AppendName(b []byte, text string, lower bool) ([]byte, error) {
	if text == "" {
		return b, ErrEmptyName
	}
	start := len(b)
	if text == "." || text == "@" {
		return append(b, 0), nil
	}
	label := len(b)
	b = append(b, 0)
	for i := 0; i < len(text); {
		if text[i] == '.' {
			if len(b) == label+1 {
				return b[:start], ErrEmptyLabel
			}
			label = len(b)
			b = append(b, 0)
			i++
			continue
		}
		c, width := character(text[i:])
		if width == 0 {
			return b[:start], ErrBadEscape
		}
		if lower && c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
		if b[label]++; b[label] > maxLabel {
			return b[:start], ErrLongLabel
		}
		i += width
	}
	if len(b) > label+1 {
		b = append(b, 0)
	}
	if len(b)-start > maxName {
		return b[:start], ErrLongName
	}
	return b, nil
}

// character reads one character of a label, which a backslash may introduce. width
// is 0 if the backslash stands for nothing.
func character(s string) (c byte, width int) {
	switch {
	case s[0] != '\\':
		return s[0], 1
	case len(s) < 2:
		return 0, 0
	case !isDigit(s[1]):
		return s[1], 2
	case len(s) < 4 || !isDigit(s[2]) || !isDigit(s[3]):
		return 0, 0
	}
	n := int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
	if n > 255 {
		return 0, 0
	}
	return byte(n), 4
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// AppendText appends the text form of a name in wire form with its final dot. What
// is special there, or is no visible ASCII, is escaped.
func appendText(b, wire []byte) []byte {
	if wire[0] == 0 {
		return append(b, '.')
	}
	for wire[0] != 0 {
		n := int(wire[0])
		for _, c := range wire[1 : 1+n] {
			switch {
			case c <= ' ' || c >= 0x7f:
				b = append(b, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
			case c == '"' || c == '(' || c == ')' || c == '.' || c == ';' || c == '\\' || c == '@' || c == '$':
				b = append(b, '\\', c)
			default:
				b = append(b, c)
			}
		}
		b = append(b, '.')
		wire = wire[1+n:]
	}
	return b
}

// plain reports whether the text is a name in canonical form but for its final dot,
// as nearly all are.
func plain(text string) bool {
	label := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c == '.' && label > 0:
			label = 0
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c >= 'A' && c <= 'Z', c == '_':
			if label++; label > maxLabel {
				return false
			}
		default:
			return false
		}
	}
	return text != "" && len(text) < maxName-1
}

// CanonicalName gives a name in text form the form that requests have: with a final
// dot and only the escapes that are needed. Case is kept.
func CanonicalName(text string) (string, error) {
	if plain(text) {
		if text[len(text)-1] == '.' {
			return text, nil
		}
		return text + ".", nil
	}
	var room [maxName + 1]byte
	wire, err := AppendName(room[:0], text, false)
	if err != nil {
		return "", fmt.Errorf("%.300q is no domain name: %w", text, err)
	}
	return string(appendText(nil, wire)), nil
}
