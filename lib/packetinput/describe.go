package packetinput

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// word is one part of a description: name=value, or a name alone. what stands in
// brackets behind the name is its index.
type word struct {
	name, index, value string
	indexed, valued    bool
}

var errQuote = errors.New("a quotation mark has no counterpart")

// words cuts a description at its blanks. Those between quotation marks, single
// or double ones, belong to the value; the marks do not.
func words(text string) ([]word, error) {
	var all []word
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		part, rest, err := nextWord(text)
		if err != nil {
			return nil, err
		}
		w := word{}
		w.name, w.value, w.valued = strings.Cut(part, "=")
		if name, index, ok := strings.Cut(w.name, "["); ok {
			if !strings.HasSuffix(index, "]") {
				return nil, fmt.Errorf("%s: the bracket is not closed", part)
			}
			w.name, w.index, w.indexed = name, strings.TrimSuffix(index, "]"), true
		}
		w.name = strings.ToLower(w.name)
		all, text = append(all, w), rest
	}
	return all, nil
}

// nextWord returns the text up to a blank that is not quoted.
func nextWord(text string) (part, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
			return b.String(), text[i:], nil
		case '\'', '"':
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				return "", "", errQuote
			}
			b.WriteString(text[i+1 : i+1+n])
			i += n + 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", nil
}

// number reads a number of so many bits, in decimal, or in hexadecimal behind 0x.
func number(text string, bits int) (uint64, error) {
	n, err := strconv.ParseUint(text, 0, bits)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of 0 to %d", text, uint64(1)<<bits-1)
	}
	return n, nil
}

// endpoint reads an address with or without a port.
func endpoint(text string, port uint16) (netip.AddrPort, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(a, port), nil
	}
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		return a, fmt.Errorf("%q is neither an address nor an address with a port such as 192.0.2.1:67 or [2001:db8::1]:547", text)
	}
	return a, nil
}
