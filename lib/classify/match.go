package classify

import (
	"regexp"
	"unicode/utf8"
)

// match reads match('pattern', value), which is true when the pattern fits the
// whole value. Patterns are those of Go's regexp, whose time is linear in the
// value: classes, groups, alternation, repetition and anchors are as in Kea,
// back-references and look-ahead do not exist.
func (p *parser) match(t token) expr {
	p.expect("(")
	if p.tok.kind != tokenText {
		p.unexpected("a regular expression in single quotes")
	}
	pattern := p.advance()
	p.expect(",")
	before := p.unstable
	arg := p.expression(0)
	p.wantString(arg, t.text)
	p.expect(")")
	arg = p.shared(arg, p.unstable == before)
	v := arg.str
	// Checked alone first: a) | (b would be good between the parentheses.
	inner := string(latin1(nil, pattern.bytes))
	part, err := regexp.Compile(inner)
	if err != nil {
		p.fail(pattern, "%s is no regular expression: %v (back-references and look-ahead are not supported)", pattern.text, err)
	}
	re, err := regexp.Compile(`\A(?:` + inner + `)\z`)
	if err != nil {
		p.fail(pattern, "%s is no regular expression: %v", pattern.text, err)
	}
	// Most values differ from the pattern at the beginning.
	prefix, whole := part.LiteralPrefix()
	if !ascii([]byte(prefix)) {
		prefix = ""
	}
	var needs []need
	if arg.shared != nil && prefix != "" {
		needs = []need{{operand: arg.shared, literal: prefix, prefix: !whole}}
	}
	return expr{needs: needs, cond: func(e *Evaluator) bool {
		x := v(e)
		fits := len(x) >= len(prefix) && string(x[:len(prefix)]) == prefix && e.fits(re, x)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_MATCH", string(pattern.bytes), shownHex(x), shownBool(fits))
		}
		return fits
	}}
}

// fits reports whether the pattern fits the value.
func (e *Evaluator) fits(re *regexp.Regexp, v []byte) bool {
	if !ascii(v) {
		n := len(e.buf)
		e.buf = latin1(e.buf, v)
		v = e.from(n)
	}
	return re.Match(v)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// latin1 appends each byte as a character of its own, for values are bytes and
// regexp takes characters.
func latin1(dst, b []byte) []byte {
	for _, c := range b {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
