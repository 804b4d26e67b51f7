package element

import "fmt"

// Limits of ParseWire: what a client may make a daemon hold.
const (
	// MaxWireSize is how many bytes a command may have.
	MaxWireSize = 64 << 20
	// maxWireValues is how many values a command may hold; each takes some hundred
	// bytes of memory, whatever its text.
	maxWireValues = 8 << 20
)

// ParseWire reads a command: plain JSON with #, // and /* */ comments, without
// includes or superfluous commas. Of duplicate keys the last wins. Positions count
// lines from 0, and columns as Kea does. Commands of more than MaxWireSize bytes,
// of more than eight million values or nested too deep are refused.
func ParseWire(text []byte) (*Value, error) {
	if len(text) > MaxWireSize {
		return nil, fmt.Errorf("the command is longer than %d bytes", MaxWireSize)
	}
	return parseWire(text, maxWireValues)
}

// ParseAnswer reads what another daemon answered. It is ParseWire without its
// limits of size, since the statistics of a large server may exceed them.
func ParseAnswer(text []byte) (*Value, error) {
	return parseWire(text, len(text)+1)
}

func parseWire(text []byte, maxValues int) (*Value, error) {
	p := &wireParser{source: wireSource(text), left: maxValues}
	v, err := p.parse()
	if err != nil {
		return nil, err
	}
	return v, nil
}

// wireParser reads the command dialect. A method returns false when it has set
// err.
type wireParser struct {
	source
	left    int // how many more values there may be
	err     error
	alloc   allocator
	members []Member
	items   []*Value
}

func (p *wireParser) parse() (*Value, error) {
	p.skip()
	if p.at >= len(p.text) {
		return nil, fmt.Errorf("nothing read")
	}
	v, ok := p.value(0)
	if !ok {
		return nil, p.err
	}
	p.skip()
	if p.at < len(p.text) {
		p.fail(p.at, "Extra data")
		return nil, p.err
	}
	return v, nil
}

// fail sets the error to text and the place of the byte at offset.
func (p *wireParser) fail(offset int, format string, args ...any) bool {
	if p.err == nil {
		p.err = fmt.Errorf("%s in %s", fmt.Sprintf(format, args...), p.point(offset))
	}
	return false
}

// value reads the value at hand. The place of a list or map is, as in Kea, that of
// the byte behind its bracket.
func (p *wireParser) value(depth int) (*Value, bool) {
	if p.at >= len(p.text) {
		return nil, p.fail(p.at, "error: unexpected end of input")
	}
	if p.left--; p.left < 0 {
		return nil, p.fail(p.at, "error: too many values")
	}
	switch c := p.text[p.at]; {
	case c == '{' || c == '[':
		if depth >= maxDepth {
			return nil, p.fail(p.at, "error: nested more than %d levels deep", maxDepth)
		}
		if c == '{' {
			return p.mapValue(depth + 1)
		}
		return p.listValue(depth + 1)
	case c == '"':
		v := p.alloc.value(String, p.point(p.at))
		b, ok := p.str()
		v.Str = string(b)
		return v, ok
	case isDigit(c) || c == '-' || c == '+' || c == '.':
		return p.number()
	case c == 't' || c == 'f' || c == 'n':
		return p.word(c)
	default:
		return nil, p.fail(p.at+1, "error: unexpected character %s", p.text[p.at:p.at+1])
	}
}

// listValue reads the list at hand.
func (p *wireParser) listValue(depth int) (*Value, bool) {
	p.at++
	v := p.alloc.value(List, p.point(p.at))
	p.skip()
	if p.at < len(p.text) && p.text[p.at] == ']' {
		p.at++
		return v, true
	}
	mark := len(p.items)
	for {
		p.skip()
		item, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		p.items = append(p.items, item)
		c, ok := p.oneOf(",]")
		if !ok {
			return nil, false
		}
		if c == ']' {
			v.List = append([]*Value(nil), p.items[mark:]...)
			p.items = p.items[:mark]
			return v, true
		}
	}
}

// mapValue reads the map at hand.
func (p *wireParser) mapValue(depth int) (*Value, bool) {
	p.at++
	v := p.alloc.value(Map, p.point(p.at))
	p.skip()
	if p.at < len(p.text) && p.text[p.at] == '}' {
		p.at++
		return v, true
	}
	mark := len(p.members)
	for {
		if !p.member(depth) {
			return nil, false
		}
		c, ok := p.oneOf(",}")
		if !ok {
			return nil, false
		}
		if c == '}' {
			v.Members = lastOfEach(p.members[mark:])
			p.members = p.members[:mark]
			return v, true
		}
	}
}

// member reads one `"key": value` onto the stack of members.
func (p *wireParser) member(depth int) bool {
	p.skip()
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		return p.fail(min(p.at+1, len(p.text)), "String expected")
	}
	m := Member{KeyPos: p.point(p.at)}
	key, ok := p.str()
	if !ok {
		return false
	}
	m.Key = p.alloc.key(key)
	if _, ok = p.oneOf(":"); !ok {
		return false
	}
	p.skip()
	m.Value, ok = p.value(depth)
	p.members = append(p.members, m)
	return ok
}

// oneOf reads one of the characters of chars.
func (p *wireParser) oneOf(chars string) (byte, bool) {
	p.skip()
	if p.at >= len(p.text) {
		return 0, p.fail(p.at, "EOF read, one of %q expected", chars)
	}
	c := p.text[p.at]
	for i := range len(chars) {
		if chars[i] == c {
			p.at++
			return c, true
		}
	}
	return 0, p.fail(p.at+1, "'%c' read, one of %q expected", c, chars)
}

// str reads the string at hand; the bytes are valid until the next string. Unlike
// in files, control characters may stand in it.
func (p *wireParser) str() ([]byte, bool) {
	start := p.at + 1
	end, escaped, control := stringEnd(p.text, start)
	if end < 0 {
		return nil, p.fail(p.at, "Unterminated string")
	}
	raw := p.text[start:end]
	if escaped {
		decoded, n, bad := p.alloc.decode(raw)
		if bad != "" {
			return nil, p.fail(start+n, "%s", bad)
		}
		raw = decoded
	}
	p.at = end + 1
	if control >= 0 {
		p.countLines(control)
	}
	return raw, true
}

// number reads the number at hand.
func (p *wireParser) number() (*Value, bool) {
	start := p.at
	for p.at < len(p.text) && isNumeric(p.text[p.at]) {
		p.at++
	}
	word := p.text[start:p.at]
	kind, n, f, err := readNumber(word)
	v := p.alloc.value(kind, p.point(start))
	switch {
	case err == nil:
		v.Int, v.Real = n, f
	case kind == Int && len(word) <= maxDigits:
		v.Kind, v.Str = BigInt, bigInt(word)
	default:
		return nil, p.fail(start, "Number overflow: %s", clip(word))
	}
	return v, true
}

// maxDigits is the length of the longest integer that is read: that of 128 bits
// with its sign.
const maxDigits = 40

func isNumeric(c byte) bool {
	return isDigit(c) || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}

// clip shortens what an error text quotes.
func clip(b []byte) []byte {
	const most = 80
	return b[:min(len(b), most)]
}

// word reads true, false or null.
func (p *wireParser) word(first byte) (*Value, bool) {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= 'a' && p.text[p.at] <= 'z' {
		p.at++
	}
	v := p.alloc.value(Bool, p.point(start))
	switch w := p.text[start:p.at]; {
	case string(w) == "true":
		v.Bool = true
	case string(w) == "false":
	case string(w) == "null":
		v.Kind = Null
	case first == 'n':
		return nil, p.fail(start, "Bad null value: %s", clip(w))
	default:
		return nil, p.fail(start, "Bad boolean value: %s", clip(w))
	}
	return v, true
}

// lastOfEach copies the members, of equal keys only the last.
func lastOfEach(members []Member) []Member {
	out := make([]Member, 0, len(members))
	var seen map[string]int
	for _, m := range members {
		if seen == nil && len(out) >= manyMembers {
			seen = make(map[string]int, len(members))
			for i := range out {
				seen[out[i].Key] = i
			}
		}
		if previous := find(out, seen, m.Key); previous != nil {
			*previous = m
			continue
		}
		if seen != nil {
			seen[m.Key] = len(out)
		}
		out = append(out, m)
	}
	return out
}
