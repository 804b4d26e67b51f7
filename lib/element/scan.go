package element

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
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

// source is one text being scanned: a file, or an included one.
type source struct {
	name      *string
	text      []byte
	at        int   // next byte
	line      int32 // from 1
	lineStart int   // offset of the line's first byte
}

// pos is the place of the bytes from offset start up to the next byte.
func (s *source) pos(start int) Pos {
	return Pos{Source: s.name, Line: s.line, Col: s.col(start), EndCol: s.col(max(start, s.at-1))}
}

func (s *source) col(offset int) int32 { return int32(offset-s.lineStart) + 1 }

// newline notes that the byte at offset ended a line.
func (s *source) newline(offset int) {
	s.line++
	s.lineStart = offset + 1
}

// countLines notes the line ends between offset start and the next byte.
func (s *source) countLines(start int) {
	for i := start; i < s.at; i++ {
		if s.text[i] == '\n' {
			s.newline(i)
		}
	}
}

// skipLine moves to the end of the line.
func (s *source) skipLine() {
	if n := bytes.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n
	} else {
		s.at = len(s.text)
	}
}

// skipBlockComment moves behind the comment that begins here and reports whether
// it was closed.
func (s *source) skipBlockComment() bool {
	for s.at += 2; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\n':
			s.newline(s.at)
		case '*':
			if bytes.HasPrefix(s.text[s.at:], []byte("*/")) {
				s.at += 2
				return true
			}
		}
	}
	return false
}

// next returns the next token, entering and leaving included files as needed.
func (p *fileParser) next() token {
	for {
		s := p.src
		if s.at >= len(s.text) {
			if !p.leaveInclude() {
				return token{kind: tokEOF, pos: s.pos(s.at)}
			}
			continue
		}
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r':
			s.at++
		case '\n':
			s.newline(s.at)
			s.at++
		case '#':
			s.skipLine()
		case '/':
			if t, bad := p.comment(); bad {
				return t
			}
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

// comment skips a // or /* comment; bad is true with a token to return when it
// is none, or not closed.
func (p *fileParser) comment() (t token, bad bool) {
	s := p.src
	rest := s.text[s.at:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		s.skipLine()
	case bytes.HasPrefix(rest, []byte("/*")):
		line := s.line
		if !s.skipBlockComment() {
			p.abort(s.pos(s.at), "Comment not closed. (/* in line %d)", line)
			return token{kind: tokEOF, pos: s.pos(s.at)}, true
		}
	default:
		return p.badCharacter(), true
	}
	return token{}, false
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

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// number sets t to the number that word is, or reports it.
func (p *fileParser) number(t *token, word []byte) {
	kind, ok := numberKind(word)
	switch {
	case !ok:
		p.fail(t.pos, "%s is not a number", printable(word))
		t.kind = tokBad
	case kind == Real:
		f, err := strconv.ParseFloat(string(word), 64)
		t.kind, t.real = tokReal, f
		if err != nil {
			p.fail(t.pos, "Failed to convert %s to a floating point.", word)
			t.kind = tokBad
		}
	default:
		n, err := strconv.ParseInt(string(word), 10, 64)
		t.kind, t.num = tokInt, n
		if err != nil {
			p.fail(t.pos, "Failed to convert %s to an integer.", word)
			t.kind = tokBad
		}
	}
}

// numberKind says whether word is an integer or a real number in one of the
// forms that Kea reads: a sign, digits before or behind the point or both, an
// exponent.
func numberKind(word []byte) (kind Kind, ok bool) {
	i := 0
	if i < len(word) && (word[i] == '-' || word[i] == '+') {
		i++
	}
	digits := func() int {
		start := i
		for i < len(word) && isDigit(word[i]) {
			i++
		}
		return i - start
	}
	kind = Int
	n := digits()
	if i < len(word) && word[i] == '.' {
		i++
		kind = Real
		n += digits()
	}
	if n > 0 && i < len(word) && (word[i] == 'e' || word[i] == 'E') {
		i++
		kind = Real
		if i < len(word) && (word[i] == '-' || word[i] == '+') {
			i++
		}
		if digits() == 0 {
			return Real, false
		}
	}
	return kind, n > 0 && i == len(word)
}

// bigInt gives the decimal digits of an integer in their shortest form.
func bigInt(word []byte) string {
	n, ok := new(big.Int).SetString(strings.TrimPrefix(string(word), "+"), 10)
	if !ok {
		panic(fmt.Sprintf("element: %q passed for an integer", word))
	}
	return n.String()
}
