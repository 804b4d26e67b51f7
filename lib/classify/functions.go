package classify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// stringArgument reads a string of a call and the sign behind it.
func (p *parser) stringArgument(function, behind string) value {
	x := p.expression(0)
	p.wantString(x, function)
	p.expect(behind)
	return x.str
}

func concat(a, b value) value {
	return func(e *Evaluator) []byte {
		x, y := a(e), b(e)
		n := len(e.buf)
		e.buf = append(append(e.buf, x...), y...)
		joined := e.from(n)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_CONCAT", shownHex(y), shownHex(x), shownHex(joined))
		}
		return joined
	}
}

func (p *parser) concat(t token) expr {
	p.expect("(")
	a := p.stringArgument(t.text, ",")
	return expr{str: concat(a, p.stringArgument(t.text, ")"))}
}

// ifelse reads ifelse, which evaluates the branch that it takes, and sifelse,
// which evaluates both.
func (p *parser) ifelse(t token) expr {
	p.expect("(")
	c := p.expression(0)
	p.wantCondition(c, t.text)
	p.expect(",")
	cond, yes := c.cond, p.stringArgument(t.text, ",")
	no := p.stringArgument(t.text, ")")
	if t.text == "sifelse" {
		return expr{str: func(e *Evaluator) []byte {
			choice, y, n := cond(e), yes(e), no(e)
			id, taken, left := "EVAL_DEBUG_IFELSE_TRUE", y, n
			if !choice {
				id, taken, left = "EVAL_DEBUG_IFELSE_FALSE", n, y
			}
			if e.Trace != nil {
				e.Trace(id, shownBool(choice), shownHex(left), shownHex(taken))
			}
			return taken
		}}
	}
	toNo := p.label(2)
	return expr{str: func(e *Evaluator) []byte {
		if !cond(e) {
			if e.Trace != nil {
				e.Trace("EVAL_DEBUG_POP_AND_BRANCH_FALSE", shownLabel(toNo))
			}
			return no(e)
		}
		v := yes(e)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_BRANCH", shownLabel(toNo+1))
		}
		return v
	}}
}

// substring reads substring(value, start, length); what it does is in ARM 15.3.3.
func (p *parser) substring(t token) expr {
	p.expect("(")
	v := p.stringArgument(t.text, ",")
	start := p.integer(math.MinInt64, math.MaxInt64, "the start")
	p.expect(",")
	length := int64(math.MaxInt64)
	if !p.accept("all") {
		length = p.integer(math.MinInt64, math.MaxInt64, "the length")
	}
	p.expect(")")
	return expr{str: func(e *Evaluator) []byte {
		x := v(e)
		part := substring(x, start, length)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_STRING", "'"+strconv.FormatInt(start, 10)+"'")
			e.Trace("EVAL_DEBUG_STRING", "'"+shownLength(length)+"'")
			e.Trace(substringID(x, start), shownLength(length), start, shownHex(x), shownHex(part))
		}
		return part
	}}
}

// substringID is the message for taking a part of b.
func substringID(b []byte, start int64) string {
	switch n := int64(len(b)); {
	case n == 0:
		return "EVAL_DEBUG_SUBSTRING_EMPTY"
	case start < -n || start >= n:
		return "EVAL_DEBUG_SUBSTRING_RANGE"
	}
	return "EVAL_DEBUG_SUBSTRING"
}

func shownLength(length int64) string {
	if length == math.MaxInt64 {
		return "all"
	}
	return strconv.FormatInt(length, 10)
}

func substring(b []byte, start, length int64) []byte {
	n := int64(len(b))
	if start < -n || start >= n {
		return nil
	}
	if start < 0 {
		start += n
	}
	end := n
	switch {
	case length < 0:
		start, end = start-min(start, -max(length, -n)), start
	case length < n-start:
		end = start + length
	}
	return b[start:end:end]
}

// split reads split(value, delimiters, field); what it does is in ARM 15.3.5.
func (p *parser) split(t token) expr {
	p.expect("(")
	v := p.stringArgument(t.text, ",")
	delimiters := p.stringArgument(t.text, ",")
	field := p.integer(math.MinInt64, math.MaxInt64, "the field")
	p.expect(")")
	return expr{str: func(e *Evaluator) []byte {
		x, d := v(e), delimiters(e)
		part := split(x, d, field)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_STRING", "'"+strconv.FormatInt(field, 10)+"'")
			e.Trace(splitID(x, d, part), field, shownRaw(d), shownRaw(x), shownHex(part))
		}
		return part
	}}
}

// splitID is the message for taking a field of b. A field that is not there is nil.
func splitID(b, delimiters, part []byte) string {
	switch {
	case len(b) == 0:
		return "EVAL_DEBUG_SPLIT_EMPTY"
	case len(delimiters) == 0:
		return "EVAL_DEBUG_SPLIT_DELIM_EMPTY"
	case part == nil:
		return "EVAL_DEBUG_SPLIT_FIELD_OUT_OF_RANGE"
	}
	return "EVAL_DEBUG_SPLIT"
}

func split(b, delimiters []byte, field int64) []byte {
	if len(delimiters) == 0 {
		return b
	}
	start := 0
	for i, c := range b {
		if bytes.IndexByte(delimiters, c) < 0 {
			continue
		}
		if field--; field == 0 {
			return b[start:i:i]
		}
		start = i + 1
	}
	if field == 1 {
		return b[start:]
	}
	return nil
}

func (p *parser) hexstring(t token) expr {
	p.expect("(")
	before := p.unstable
	arg := p.expression(0)
	p.wantString(arg, t.text)
	stable := p.unstable == before
	p.expect(",")
	between := p.expression(0)
	p.wantString(between, t.text)
	p.expect(")")
	var of *digits
	if between.literal != nil {
		of = &digits{p.shared(arg, stable), *between.literal}
	}
	v, separator := arg.str, between.str
	return expr{digitsOf: of, str: func(e *Evaluator) []byte {
		x, s := v(e), separator(e)
		n := len(e.buf)
		e.buf = appendHex(e.buf, x, s)
		text := e.from(n)
		if e.Trace != nil {
			e.Trace("EVAL_DEBUG_TOHEXSTRING", shownHex(x), shownRaw(s), string(text))
		}
		return text
	}}
}

// digits are what hexstring makes of a string.
type digits struct {
	of        expr
	separator string
}

// bytesOf returns the bytes that appendHex gives the text for; ok is false if there
// are none.
func bytesOf(text, separator string) (b string, ok bool) {
	step := 2 + len(separator)
	n := (len(text) + len(separator)) / step
	v := make([]byte, 0, n)
	for i := range n {
		two := text[min(i*step, len(text)):]
		if len(two) < 2 {
			return "", false
		}
		c, err := strconv.ParseUint(two[:2], 16, 8)
		if err != nil {
			return "", false
		}
		v = append(v, byte(c))
	}
	return string(v), string(appendHex(nil, v, []byte(separator))) == text
}

// appendHex appends the digits of v with a separator between its bytes.
func appendHex(dst, v, separator []byte) []byte {
	const digits = "0123456789abcdef"
	if len(v) == 0 {
		return dst
	}
	step := 2 + len(separator)
	n := len(dst)
	dst = slices.Grow(dst, len(v)*step)[:n+len(v)*step-len(separator)]
	for b := dst[n:]; ; b = b[step:] {
		b[0], b[1] = digits[v[0]>>4], digits[v[0]&15]
		if v = v[1:]; len(v) == 0 {
			return dst
		}
		copy(b[2:], separator)
	}
}

// conversions are the functions of one string. They append to the buffer and
// fail on values of the wrong length.
var conversions = map[string]func(dst, v []byte) ([]byte, error){
	"lcase":        func(dst, v []byte) ([]byte, error) { return appendCase(dst, v, 'A', 'Z'), nil },
	"ucase":        func(dst, v []byte) ([]byte, error) { return appendCase(dst, v, 'a', 'z'), nil },
	"addrtotext":   appendAddress,
	"addrtostring": appendAddress, // the name that ARM 15.3 gives to it
	"int8totext": integerText(1, func(dst []byte, n uint32) []byte {
		return strconv.AppendInt(dst, int64(int8(n)), 10)
	}),
	"int16totext": integerText(2, func(dst []byte, n uint32) []byte {
		return strconv.AppendInt(dst, int64(int16(n)), 10)
	}),
	"int32totext": integerText(4, func(dst []byte, n uint32) []byte {
		return strconv.AppendInt(dst, int64(int32(n)), 10)
	}),
	"uint8totext":  integerText(1, appendUint),
	"uint16totext": integerText(2, appendUint),
	"uint32totext": integerText(4, appendUint),
}

func (p *parser) conversion(name string, f func(dst, v []byte) ([]byte, error)) expr {
	p.expect("(")
	v := p.stringArgument(name, ")")
	if name != "lcase" && name != "ucase" {
		p.unstable++
		p.fallible = true
	}
	return expr{str: func(e *Evaluator) []byte {
		x := v(e)
		n := len(e.buf)
		b, err := f(e.buf, x)
		if err != nil {
			e.fail(fmt.Errorf("%s: %w", name, err))
			return nil
		}
		e.buf = b
		text := e.from(n)
		if e.Trace != nil {
			traceConversion(e.Trace, name, x, text)
		}
		return text
	}}
}

func traceConversion(trace Trace, name string, from, to []byte) {
	switch name {
	case "lcase", "ucase":
		trace("EVAL_DEBUG_"+strings.ToUpper(name), shownRaw(from), shownRaw(to))
	case "addrtotext", "addrtostring":
		trace("EVAL_DEBUG_IPADDRESSTOTEXT", string(to))
	default:
		trace("EVAL_DEBUG_"+strings.ToUpper(name), string(to))
	}
}

// appendCase changes the case of the letters from first to last.
func appendCase(dst, v []byte, first, last byte) []byte {
	for _, c := range v {
		if c >= first && c <= last {
			c ^= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

func appendAddress(dst, v []byte) ([]byte, error) {
	a, ok := netip.AddrFromSlice(v)
	switch {
	case len(v) == 0:
		return dst, nil
	case !ok:
		return dst, fmt.Errorf("the value has %d bytes, an address has 4 or 16", len(v))
	}
	return a.AppendTo(dst), nil
}

func appendUint(dst []byte, n uint32) []byte { return strconv.AppendUint(dst, uint64(n), 10) }

// integerText converts integers of so many bytes.
func integerText(size int, write func(dst []byte, n uint32) []byte) func(dst, v []byte) ([]byte, error) {
	return func(dst, v []byte) ([]byte, error) {
		switch {
		case len(v) == 0:
			return dst, nil
		case len(v) != size:
			return dst, fmt.Errorf("the value has %d bytes, it takes %d", len(v), size)
		}
		var b [4]byte
		copy(b[4-size:], v)
		return write(dst, binary.BigEndian.Uint32(b[:])), nil
	}
}
