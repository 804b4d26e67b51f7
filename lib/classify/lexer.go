package classify

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Error is a fault of an expression and its place in the text.
type Error struct {
	// Line and the columns count from 1; EndCol is the last column of what is at
	// fault.
	Line, Col, EndCol int
	// Offset is where it begins, in bytes from the beginning of the text.
	Offset int
	// Text says what was found and what would be right.
	Text string
}

// Error gives the place in the form of Kea: <string>:1.8-10: text.
func (e *Error) Error() string {
	if e.EndCol <= e.Col {
		return fmt.Sprintf("<string>:%d.%d: %s", e.Line, e.Col, e.Text)
	}
	return fmt.Sprintf("<string>:%d.%d-%d: %s", e.Line, e.Col, e.EndCol, e.Text)
}

type tokenKind uint8

const (
	tokenEnd     tokenKind = iota
	tokenWord              // keyword
	tokenName              // name of an option, before ]
	tokenText              // 'text'
	tokenBytes             // 0x…, address
	tokenInteger           // digits with or without -
	tokenSign              // == + . ( ) [ ] , *
)

// token is a piece of an expression; start and end are offsets into it.
type token struct {
	kind       tokenKind
	start, end int
	text       string
	bytes      []byte
	integer    int64
}

// lexer cuts an expression into tokens (ARM 15.3).
type lexer struct {
	text string
	at   int
}

func (l *lexer) fail(start, end int, format string, args ...any) *Error {
	before := l.text[:start]
	line := strings.Count(before, "\n")
	col := start - (strings.LastIndexByte(before, '\n') + 1)
	return &Error{Offset: start, Line: line + 1, Col: col + 1, EndCol: max(col+end-start, col+1), Text: fmt.Sprintf(format, args...)}
}

func (l *lexer) next() (token, error) {
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
	rest := l.text[l.at:]
	switch {
	case rest == "":
		return token{start: l.at, end: l.at}, nil
	case rest[0] == '\'':
		return l.literal(rest)
	case strings.HasPrefix(rest, "=="):
		return l.take(tokenSign, 2), nil
	}
	if t, ok, err := l.address(rest); ok || err != nil {
		return t, err
	}
	switch c := rest[0]; {
	case len(rest) > 1 && c == '0' && rest[1]|0x20 == 'x':
		return l.hex(rest)
	case isDigit(c) || c == '-' && len(rest) > 1 && isDigit(rest[1]):
		return l.number(rest)
	case isLetter(c):
		return l.word(rest)
	case strings.IndexByte("+.()[],*", c) >= 0:
		return l.take(tokenSign, 1), nil
	}
	return token{}, l.invalid(rest)
}

// take makes a token of the next n bytes.
func (l *lexer) take(k tokenKind, n int) token {
	t := token{kind: k, start: l.at, end: l.at + n, text: l.text[l.at : l.at+n]}
	l.at += n
	return t
}

func (l *lexer) invalid(rest string) error {
	hint := ""
	switch {
	case rest[0] == '"':
		hint = ": text stands in single quotes"
	case rest[0] == '=':
		hint = ": equality is written =="
	case strings.IndexByte("!<>", rest[0]) >= 0:
		hint = ": values are compared by == alone, write not (a == b) for the contrary"
	case rest[0] == '-':
		hint = ": there is no subtraction"
	}
	c := []rune(rest)[0]
	return l.fail(l.at, l.at+len(string(c)), "Invalid character: %c%s", c, hint)
}

func (l *lexer) literal(rest string) (token, error) {
	n := strings.IndexAny(rest[1:], "'\n")
	if n < 0 || rest[1+n] != '\'' {
		return token{}, l.fail(l.at, l.at+1, "the text has no end: a single quote is missing (one inside of a text is written in hex, 0x27)")
	}
	t := l.take(tokenText, n+2)
	t.bytes = []byte(t.text[1 : n+1])
	return t, nil
}

func (l *lexer) hex(rest string) (token, error) {
	n := 2
	for n < len(rest) && isHex(rest[n]) {
		n++
	}
	t := l.take(tokenBytes, n)
	if n == 2 {
		return t, l.fail(t.start, t.end, "%s has no digits: give hexadecimal digits behind it", t.text)
	}
	digits := t.text[2:]
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	t.bytes, _ = hex.DecodeString(digits)
	return t, nil
}

func (l *lexer) number(rest string) (token, error) {
	n := 1
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	t := l.take(tokenInteger, n)
	var err error
	if t.integer, err = strconv.ParseInt(t.text, 10, 64); err != nil {
		return t, l.fail(t.start, t.end, "%s is out of range, it has to fit 64 bits", t.text)
	}
	return t, nil
}

// address reads an IPv4 or IPv6 address, which is known by its dots or colons.
func (l *lexer) address(rest string) (t token, ok bool, err error) {
	n, colons, dots := 0, 0, 0
	for n < len(rest) && (isHex(rest[n]) || rest[n] == ':' || rest[n] == '.' && n+1 < len(rest) && isDigit(rest[n+1])) {
		switch rest[n] {
		case ':':
			colons++
		case '.':
			dots++
		}
		n++
	}
	if colons < 2 && (dots != 3 || !isDigit(rest[0]) || strings.Trim(rest[:n], "0123456789.") != "") {
		return t, false, nil
	}
	t = l.take(tokenBytes, n)
	a, err := netip.ParseAddr(t.text)
	if err != nil {
		return t, false, l.fail(t.start, t.end, "Failed to convert %s to an IP address.", t.text)
	}
	t.bytes = a.AsSlice()
	return t, true, nil
}

// word reads a keyword, or the name of an option, which stands before ].
func (l *lexer) word(rest string) (token, error) {
	n := 1
	for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n]) || isJoint(rest[n])) {
		n++
	}
	for isJoint(rest[n-1]) {
		n--
	}
	t := l.take(tokenWord, n)
	if strings.HasPrefix(strings.TrimLeft(rest[n:], " \t\n"), "]") {
		t.kind = tokenName
		return t, nil
	}
	if keywords[t.text] {
		return t, nil
	}
	if lower := strings.ToLower(t.text); keywords[lower] {
		return t, l.fail(t.start, t.end, "%s is not known: keywords have small letters, write %s", t.text, lower)
	}
	return t, l.fail(t.start, t.end, "%s is not known: it is no keyword of expressions, and a text stands in single quotes", t.text)
}

var keywords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`option relay4 relay6 peeraddr linkaddr text hex exists pkt iface src dst len
		pkt4 mac hlen htype ciaddr giaddr yiaddr siaddr pkt6 msgtype transid vendor vendor-class data enterprise
		substring split all concat ifelse sifelse hexstring addrtotext addrtostring int8totext int16totext int32totext
		uint8totext uint16totext uint32totext lcase ucase not and or sand sor member match known unknown`) {
		m[w] = true
	}
	return m
}()

func isBlank(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isJoint(c byte) bool  { return c == '-' || c == '_' } // inside of names
func isHex(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
