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
	v := p.stringArgument(t.text, ")")
	// Checked alone first: a) | (b would be good between the parentheses.
	inner := string(latin1(nil, pattern.bytes))
	_, err := regexp.Compile(inner)
	if err != nil {
		p.fail(pattern, "%s is no regular expression: %v (back-references and look-ahead are not supported)", pattern.text, err)
	}
	re, err := regexp.Compile(`\A(?:` + inner + `)\z`)
	if err != nil {
		p.fail(pattern, "%s is no regular expression: %v", pattern.text, err)
	}
	return expr{cond: func(e *Evaluator) bool {
		x := v(e)
		b := x
		if !ascii(b) {
			n := len(e.buf)
			e.buf = latin1(e.buf, b)
			b = e.from(n)
		}
		fits := re.Match(b)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_MATCH", string(pattern.bytes), shownHex(x), shownBool(fits))
		}
		return fits
	}}
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
