package element

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is one kind of token of the file dialect. Punctuation is its own
// character.
type tokenKind uint8

const (
	tokEOF    tokenKind = 0
	tokString tokenKind = 's'
	tokInt    tokenKind = 'i'
	tokReal   tokenKind = 'r'
	tokTrue   tokenKind = 't'
	tokFalse  tokenKind = 'f'
	tokNull   tokenKind = 'n'
	// tokBad was reported already; it stands where some value was meant.
	tokBad tokenKind = '?'
)

// token is one token with its place.
type token struct {
	kind tokenKind
	pos  Pos
	text []byte // of a string, without quotes and decoded; valid until the next token
	num  int64
	real float64
}

// name says what a token is, in the words that Kea's parser has for it.
func (t token) name() string {
	switch t.kind {
	case tokEOF:
		return "end of file"
	case tokString:
		return "constant string"
	case tokInt:
		return "integer"
	case tokReal:
		return "floating point"
	case tokTrue, tokFalse:
		return "boolean"
	case tokNull:
		return "null"
	case ',':
		return `","`
	}
	return string(rune(t.kind))
}

// next returns the next token, entering and leaving included files as needed.
func (p *fileParser) next() token {
	for {
		s := p.src
		if open := s.skip(); open >= 0 {
			p.abort(s.pos(s.at), "Comment not closed. (/* in line %d)", open)
			return token{kind: tokEOF, pos: s.pos(s.at)}
		}
		if s.at >= len(s.text) {
			if !p.leaveInclude() {
				return token{kind: tokEOF, pos: s.pos(s.at)}
			}
			continue
		}
		switch c := s.text[s.at]; c {
		case '<':
			if t, bad := p.include(); bad {
				return t
			}
		case '{', '}', '[', ']', ',', ':':
			s.at++
			return token{kind: tokenKind(c), pos: s.pos(s.at - 1)}
		case '"':
			return p.scanString()
		default:
			return p.scanWord(c)
		}
	}
}

// badCharacter reports the byte at hand and steps over it and what hangs on it.
func (p *fileParser) badCharacter() token {
	s := p.src
	start := s.at
	s.at++
	pos := s.pos(start)
	p.fail(pos, "Invalid character: %s%s", printable(s.text[start:s.at]), encodingHint(s.text[start:], start))
	for s.at < len(s.text) && isWord(s.text[s.at]) {
		s.at++
	}
	return token{kind: tokBad, pos: pos}
}

// encodingHint says what to do when a file begins with the mark that some editors
// put there. Kea takes no such file either.
func encodingHint(text []byte, start int) string {
	switch {
	case start > 0:
		return ""
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return " (a byte order mark: save the file as UTF-8 without one)"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return " (the file is in UTF-16: save it as UTF-8)"
	}
	return ""
}

// printable gives bytes for an error text, control characters and bytes that
// are not UTF-8 escaped.
func printable(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) {
			fmt.Fprintf(&s, `\x%02x`, b[:n])
		} else {
			s.Write(b[:n])
		}
		b = b[n:]
	}
	return s.String()
}

// scanString reads the string that begins at the quote at hand.
func (p *fileParser) scanString() token {
	s := p.src
	start := s.at
	end, escaped, control := stringEnd(s.text, start+1)
	if end < 0 || control >= 0 && bytes.IndexByte(s.text[control:end], '\n') >= 0 {
		return p.openString()
	}
	s.at = end + 1
	t := token{kind: tokString, pos: s.pos(start), text: s.text[start+1 : end]}
	if control >= 0 {
		return p.badString(t, control-start, "Invalid control")
	}
	if escaped {
		decoded, at, bad := p.alloc.decode(t.text)
		if bad != "" {
			s.countLines(start) // a backslash may hide a line end
			return p.badString(t, at+1, bad)
		}
		t.text = decoded
	}
	return t
}

// badString reports a string that is wrong near the given character.
func (p *fileParser) badString(t token, near int, what string) token {
	p.report(Diagnostic{Pos: t.pos, Near: near, Text: what + ` in "` + printable(t.text) + `"`})
	t.kind = tokBad
	return t
}

// openString reports a string without closing quote; the scan goes on at the
// next line.
func (p *fileParser) openString() token {
	s := p.src
	start := s.at
	s.skipLine()
	const most = 40
	pos := s.pos(start)
	p.fail(pos, "String not closed: %s", printable(s.text[start:min(s.at, start+most)]))
	return token{kind: tokBad, pos: pos}
}

// isWord reports whether c may stand inside a number or a bare word.
func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		c == '.' || c == '-' || c == '+' || c == '_' || c >= 0x80
}

// scanWord reads a number or one of the words true, false and null.
func (p *fileParser) scanWord(c byte) token {
	if !isWord(c) {
		return p.badCharacter()
	}
	s := p.src
	start := s.at
	for s.at < len(s.text) && isWord(s.text[s.at]) {
		s.at++
	}
	word := s.text[start:s.at]
	t := token{pos: s.pos(start)}
	switch string(word) {
	case "true":
		t.kind = tokTrue
	case "false":
		t.kind = tokFalse
	case "null":
		t.kind = tokNull
	default:
		if isDigit(c) || c == '-' || c == '+' || c == '.' {
			p.number(&t, word)
			return t
		}
		for _, w := range []string{"true", "false", "null"} {
			if strings.EqualFold(string(word), w) {
				p.fail(t.pos, "JSON %s reserved keyword is lower case only", w)
				t.kind = tokBad
				return t
			}
		}
		s.at = start
		return p.badCharacter()
	}
	return t
}

// number sets t to the number that word is, or reports it.
func (p *fileParser) number(t *token, word []byte) {
	kind, n, f, err := readNumber(word)
	switch {
	case err == nil && kind == Int:
		t.kind, t.num = tokInt, n
		return
	case err == nil:
		t.kind, t.real = tokReal, f
		return
	case kind == Int:
		p.fail(t.pos, "Failed to convert %s to an integer.", word)
	case kind == Real:
		p.fail(t.pos, "Failed to convert %s to a floating point.", word)
	default:
		p.fail(t.pos, "%s is not a number", printable(word))
	}
	t.kind = tokBad
}
