package element

import (
	"bytes"
	"strconv"
)

// stringEnd finds the closing quote of the string whose first character is at
// offset i: its offset or -1, whether there are escapes, and the offset of the
// first raw control character or -1.
func stringEnd(text []byte, i int) (end int, escaped bool, control int) {
	control = -1
	for ; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i, escaped, control
		case c == '\\':
			escaped = true
			i++
		case c < 0x20 && control < 0:
			control = i
		}
	}
	return -1, escaped, control
}

// unescape appends raw to b with its escapes decoded. \u stands for one byte, so
// only 00XX can follow it. A bad escape is named by the text of its error and the
// offset behind its backslash.
func unescape(b, raw []byte) (decoded []byte, offset int, bad string) {
	for at := 0; ; {
		n := bytes.IndexByte(raw[at:], '\\')
		if n < 0 {
			return append(b, raw[at:]...), 0, ""
		}
		b = append(b, raw[at:at+n]...)
		at += n + 1
		if at == len(raw) {
			return b, at, "Overflow escape"
		}
		c, size, bad := unescapeOne(raw[at:])
		if bad != "" {
			return b, at, bad
		}
		b = append(b, c)
		at += size
	}
}

// unescapeOne decodes the escape that raw begins with, behind its backslash: the
// byte it stands for and how many bytes it took.
func unescapeOne(raw []byte) (c byte, size int, bad string) {
	switch raw[0] {
	case '"', '\\', '/':
		return raw[0], 1, ""
	case 'b':
		return '\b', 1, ""
	case 'f':
		return '\f', 1, ""
	case 'n':
		return '\n', 1, ""
	case 'r':
		return '\r', 1, ""
	case 't':
		return '\t', 1, ""
	case 'u':
		if len(raw) < 5 {
			return 0, 0, "Overflow unicode escape"
		}
		n, err := strconv.ParseUint(string(raw[1:5]), 16, 16)
		switch {
		case err != nil:
			return 0, 0, "Bad escape"
		case n > 0xff:
			return 0, 0, "Unsupported unicode escape"
		}
		return byte(n), 5, ""
	}
	return 0, 0, "Bad escape"
}
