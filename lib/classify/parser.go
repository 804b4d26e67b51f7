package classify

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// expr is a part of an expression, compiled: a condition or a string. start and
// end are its place in the text.
type expr struct {
	cond       condition
	str        value
	literal    *string      // the string, if it is the same for all messages
	shared     *sharedValue // nil: it is none
	digitsOf   *digits      // nil: it is no hexstring with a literal separator
	needs      []need       // of a condition: it is false unless one of them is met; nil: nothing is known
	start, end int
}

func (x expr) kind() string {
	if x.cond != nil {
		return "true or false"
	}
	return "a string"
}

// maxDepth bounds how deep expressions nest, and with it the stack.
const maxDepth = 200

// parser reads an expression and compiles it on the way. It stops at the first
// fault, by a panic of *Error that parse takes up.
type parser struct {
	lex     lexer
	opts    Options
	tok     token
	depth   int
	lastEnd int
	classes []int
	// unstable counts what was read that gives a part another value, or a failure,
	// later in the same message.
	unstable int
	fallible bool // some conversion fails on some values
	labels   int  // that the trace shows
}

// parse compiles a whole text.
func parse(text string, o Options) (p *parser, x expr, err error) {
	p = &parser{lex: lexer{text: text}, opts: o}
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case *Error:
			err = fault
		default:
			panic(fault)
		}
	}()
	p.advance()
	if p.tok.kind == tokenEnd {
		p.fail(p.tok, "the expression is empty")
	}
	x = p.expression(0)
	if p.tok.kind != tokenEnd {
		p.unexpected("an operator or the end")
	}
	return p, x, nil
}

func (p *parser) fail(t token, format string, args ...any) {
	panic(p.lex.fail(t.start, t.end, format, args...))
}

func (p *parser) failAt(x expr, format string, args ...any) {
	panic(p.lex.fail(x.start, x.end, format, args...))
}

func (p *parser) unexpected(wanted string) {
	found := p.tok.text
	if p.tok.kind == tokenEnd {
		found = "end of the expression"
	}
	p.fail(p.tok, "syntax error, unexpected %s, expecting %s", found, wanted)
}

func (p *parser) advance() token {
	done := p.tok
	p.lastEnd = done.end
	var err error
	if p.tok, err = p.lex.next(); err != nil {
		panic(err)
	}
	return done
}

// is reports whether the next token is that keyword or sign.
func (p *parser) is(text string) bool {
	return p.tok.text == text && (p.tok.kind == tokenWord || p.tok.kind == tokenSign)
}

func (p *parser) accept(text string) bool {
	if !p.is(text) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.unexpected(text)
	}
}

// connective joins two conditions. It counts as so many places in the order of
// evaluation that others may be branched to.
type connective struct {
	word   string
	labels int
	join   func(a, b condition, label int) condition
	needs  func(a, b []need) []need
}

// connectives in ascending precedence. and and or do not evaluate what they need
// not; sand and sor evaluate both sides.
var connectives = [...]connective{
	{"sor", 0, func(a, b condition, _ int) condition {
		return func(e *Evaluator) bool { x := a(e); return e.or(x, b(e)) }
	}, either},
	{"or", 1, func(a, b condition, label int) condition {
		return func(e *Evaluator) bool {
			if !a(e) {
				return b(e)
			}
			if e.Trace != nil {
				e.Trace("EVAL_DEBUG_POP_OR_BRANCH_TRUE", shownLabel(label))
			}
			return true
		}
	}, either},
	{"sand", 0, func(a, b condition, _ int) condition {
		return func(e *Evaluator) bool { x := a(e); return e.and(x, b(e)) }
	}, both},
	{"and", 1, func(a, b condition, label int) condition {
		return func(e *Evaluator) bool {
			if a(e) {
				return b(e)
			}
			if e.Trace != nil {
				e.Trace("EVAL_DEBUG_POP_OR_BRANCH_FALSE", shownLabel(label))
			}
			return false
		}
	}, both},
}

// either are the needs of two conditions one of which is to hold.
func either(a, b []need) []need {
	if a == nil || b == nil {
		return nil
	}
	return append(a[:len(a):len(a)], b...)
}

// both are those of two that are to hold: one of them is enough to know.
func both(a, b []need) []need {
	if a == nil || b != nil && len(b) < len(a) {
		return b
	}
	return a
}

func (e *Evaluator) or(x, y bool) bool {
	if e.Trace != nil {
		e.Trace("EVAL_DEBUG_OR", shownBool(y), shownBool(x), shownBool(x || y))
	}
	return x || y
}

func (e *Evaluator) and(x, y bool) bool {
	if e.Trace != nil {
		e.Trace("EVAL_DEBUG_AND", shownBool(y), shownBool(x), shownBool(x && y))
	}
	return x && y
}

// expression reads what connectives from the given level on join.
func (p *parser) expression(level int) expr {
	if level == len(connectives) {
		return p.negation()
	}
	c := connectives[level]
	x := p.expression(level + 1)
	for p.is(c.word) {
		p.wantCondition(x, c.word)
		p.advance()
		label := p.label(c.labels)
		y := p.expression(level + 1)
		p.wantCondition(y, c.word)
		x = expr{cond: c.join(x.cond, y.cond, label), needs: c.needs(x.needs, y.needs), start: x.start, end: y.end}
	}
	return x
}

// label numbers places that may be branched to, and returns the first number.
func (p *parser) label(places int) int {
	p.labels += places
	return p.labels - places + 1
}

func (p *parser) wantCondition(x expr, user string) {
	if x.cond == nil {
		p.failAt(x, "%s takes true or false here, this is %s: compare it by ==", user, x.kind())
	}
}

func (p *parser) wantString(x expr, user string) {
	if x.str == nil {
		p.failAt(x, "%s takes a string here, this is %s", user, x.kind())
	}
}

func (p *parser) negation() expr {
	if !p.is("not") {
		return p.comparison()
	}
	p.enter()
	defer p.leave()
	not := p.advance()
	x := p.negation()
	p.wantCondition(x, "not")
	return expr{cond: negate(x.cond), start: not.start, end: x.end}
}

func negate(c condition) condition {
	return func(e *Evaluator) bool {
		b := c(e)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_NOT", shownBool(b), shownBool(!b))
		}
		return !b
	}
}

// compared compares two strings. Digits that hexstring would write are compared as
// the bytes that they stand for, which saves writing them.
func compared(x, y expr) expr {
	z := expr{cond: equal(x, y), needs: needed(x, y), start: x.start, end: y.end}
	if x.digitsOf == nil || y.literal == nil {
		return z
	}
	b, ok := bytesOf(*y.literal, x.digitsOf.separator)
	if !ok {
		return z
	}
	bytes := expr{literal: &b}
	shown, quiet := z.cond, equal(x.digitsOf.of, bytes)
	z.needs = needed(x.digitsOf.of, bytes)
	z.cond = func(e *Evaluator) bool {
		if e.Trace != nil {
			return shown(e)
		}
		return quiet(e)
	}
	return z
}

// equal compares two strings. Most tests compare with a literal.
func equal(a, b expr) condition {
	if b.literal == nil {
		a, b := a.str, b.str
		return func(e *Evaluator) bool { return e.equal(a(e), b(e)) }
	}
	x, push, want := a.str, b.str, *b.literal
	return func(e *Evaluator) bool {
		if e.Trace != nil {
			return e.equal(x(e), push(e))
		}
		return string(x(e)) == want
	}
}

// needed is what a comparison needs.
func needed(a, b expr) []need {
	switch {
	case a.shared != nil && b.literal != nil:
		return []need{{operand: a.shared, literal: *b.literal}}
	case b.shared != nil && a.literal != nil:
		return []need{{operand: b.shared, literal: *a.literal}}
	}
	return nil
}

func (e *Evaluator) equal(x, y []byte) bool {
	same := string(x) == string(y)
	if e.Trace != nil {
		e.Trace("EVAL_DEBUG_EQUAL", shownHex(y), shownHex(x), shownBool(same))
	}
	return same
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.tok, "the expression nests more than %d levels deep: split it into several classes", maxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

func (p *parser) comparison() expr {
	x := p.operand()
	for p.is("==") {
		p.wantString(x, "==")
		p.advance()
		y := p.operand()
		p.wantString(y, "==")
		x = compared(x, y)
	}
	return x
}

// operand reads what is compared, which other expressions may want as well.
func (p *parser) operand() expr {
	before := p.unstable
	x := p.concatenation()
	return p.shared(x, p.unstable == before)
}

func (p *parser) concatenation() expr {
	x := p.primary()
	for p.is("+") {
		p.wantString(x, "+")
		p.advance()
		y := p.primary()
		p.wantString(y, "+")
		x = expr{str: concat(x.str, y.str), start: x.start, end: y.end}
	}
	return x
}

// primary reads a literal, an accessor, a call or an expression in parentheses.
func (p *parser) primary() expr {
	p.enter()
	defer p.leave()
	start := p.tok.start
	x := p.unplaced()
	x.start, x.end = start, p.lastEnd
	return x
}

func (p *parser) unplaced() expr {
	switch p.tok.kind {
	case tokenText:
		t := p.advance()
		return constant(t.bytes, "EVAL_DEBUG_STRING", shownText(t.bytes))
	case tokenBytes:
		t := p.advance()
		if strings.ContainsAny(t.text, ".:") {
			return constant(t.bytes, "EVAL_DEBUG_IPADDRESS", shownHex(t.bytes))
		}
		return constant(t.bytes, "EVAL_DEBUG_HEXSTRING", shownHex(t.bytes))
	case tokenInteger:
		n := p.integer(0, math.MaxUint32, "an integer")
		b := binary.BigEndian.AppendUint32(nil, uint32(n))
		return constant(b, "EVAL_DEBUG_STRING", shownHex(b)) // by Kea's name, which writes the bytes
	case tokenWord:
		if f := primaries[p.tok.text]; f != nil {
			return f(p, p.advance())
		}
	case tokenSign:
		if p.accept("(") {
			x := p.expression(0)
			p.expect(")")
			return x
		}
	}
	p.unexpected("a value such as option[12].hex, 'text', 0x01 or a function")
	return expr{}
}

// constant is a literal, which the trace shows as it is to be read.
func constant(b []byte, id, shown string) expr {
	text := string(b)
	return expr{literal: &text, str: func(e *Evaluator) []byte {
		if e.Trace != nil {
			e.Trace(id, shown)
		}
		return b
	}}
}

// integer reads an integer of that range.
func (p *parser) integer(low, high int64, what string) int64 {
	if p.tok.kind != tokenInteger {
		p.unexpected("an integer")
	}
	t := p.advance()
	if t.integer < low || t.integer > high {
		p.fail(t, "%s is out of range, %s is %d to %d", t.text, what, low, high)
	}
	return t.integer
}

func (p *parser) maxCode() int64 {
	if p.opts.V6 {
		return math.MaxUint16
	}
	return math.MaxUint8
}

// index reads [code].
func (p *parser) index() uint16 {
	p.expect("[")
	code := p.integer(0, p.maxCode(), "an option code")
	p.expect("]")
	return uint16(code)
}

// optionIndex reads [code] or [name].
func (p *parser) optionIndex() uint16 {
	p.expect("[")
	if p.tok.kind != tokenName {
		code := p.integer(0, p.maxCode(), "an option code")
		p.expect("]")
		return uint16(code)
	}
	t := p.advance()
	p.expect("]")
	if p.opts.OptionCode != nil {
		if code, ok := p.opts.OptionCode(t.text); ok {
			return code
		}
	}
	p.fail(t, "option '%s' is not defined: give its code, or define it in the global option-def", t.text)
	return 0
}

// enterprise reads [number] or [*]; any is 0.
func (p *parser) enterprise() uint32 {
	p.expect("[")
	var n int64
	if !p.accept("*") {
		n = p.integer(0, math.MaxUint32, "an enterprise number")
	}
	p.expect("]")
	return uint32(n)
}

// oneOf reads one of the words.
func (p *parser) oneOf(words ...string) string {
	if p.tok.kind != tokenWord || !slices.Contains(words, p.tok.text) {
		p.unexpected(orList(words))
	}
	return p.advance().text
}

func orList(words []string) string {
	s := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			s += " or " + w
		} else {
			s += ", " + w
		}
	}
	return s
}

// only4 and only6 refuse a word that the other DHCP version has.
func (p *parser) only4(t token) {
	if p.opts.V6 {
		p.fail(t, "%s can only be used in DHCPv4", t.text)
	}
}

func (p *parser) only6(t token) {
	if !p.opts.V6 {
		p.fail(t, "%s can only be used in DHCPv6", t.text)
	}
}

// member returns the condition of belonging to a class.
func (p *parser) member(t token, name string) expr {
	n, err := 0, fmt.Errorf("there are no classes here")
	if p.opts.Class != nil {
		n, err = p.opts.Class(name)
	}
	if err != nil {
		p.fail(t, "%v", err)
	}
	if !slices.Contains(p.classes, n) {
		p.classes = append(p.classes, n)
	}
	p.unstable++
	return expr{cond: func(e *Evaluator) bool {
		in := e.Classes.Has(n)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_MEMBER", name, shownBool(in))
		}
		return in
	}}
}
