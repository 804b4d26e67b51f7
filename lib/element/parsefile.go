package element

import (
	"fmt"
	"os"
	"slices"
)

// Limits of the file dialect.
const (
	maxDepth  = 128 // nesting of lists and maps, files and commands alike
	maxErrors = 20  // a parse gives up after that many
)

// FileOptions changes how ParseFile and ParseText read.
type FileOptions struct {
	// Dir is the directory that relative paths of includes begin in; "" is the
	// working directory, as in Kea.
	Dir string
}

// ParseFile reads a configuration file (ARM 5.1.1): JSON with #, // and /* */
// comments, <?include "path"?> anywhere and up to ten deep, relative paths being
// relative to the working directory, and superfluous commas, which are warned
// of.
//
// Diagnostics are the warnings and the errors in the order in which they were
// found. The error is a SyntaxErrors when the text is wrong, and the value then
// nil; otherwise it says why the file could not be read.
func ParseFile(path string, opts FileOptions) (*Value, []Diagnostic, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("Can't open file %s: %w", path, plain(err)) //nolint:staticcheck // Kea's wording
	}
	return ParseText(path, text, opts)
}

// ParseText reads a configuration from memory as ParseFile does; name stands in
// positions for the file's.
func ParseText(name string, text []byte, opts FileOptions) (*Value, []Diagnostic, error) {
	p := &fileParser{opts: opts, src: fileSource(name, text)}
	v := p.parse()
	if len(p.errors) > 0 {
		return nil, p.diagnostics, p.errors
	}
	return v, p.diagnostics, nil
}

// fileParser reads the file dialect.
type fileParser struct {
	opts        FileOptions
	src         *source   // the text at hand
	stack       []*source // the ones that included it, outermost first
	tok         token     // the one to be parsed next
	aborted     bool
	diagnostics []Diagnostic
	errors      SyntaxErrors
	alloc       allocator
	members     []Member // those of maps still open
	items       []*Value // those of lists still open
}

// fail reports an error. After maxErrors the parse is over.
func (p *fileParser) fail(pos Pos, format string, args ...any) {
	p.report(Diagnostic{Pos: pos, Text: fmt.Sprintf(format, args...)})
}

func (p *fileParser) report(d Diagnostic) {
	if p.aborted {
		return
	}
	p.diagnostics = append(p.diagnostics, d)
	p.errors = append(p.errors, d)
	p.aborted = len(p.errors) >= maxErrors
}

// abort reports an error that leaves nothing to go on with.
func (p *fileParser) abort(pos Pos, format string, args ...any) {
	p.fail(pos, format, args...)
	p.aborted = true
}

// advance moves to the next token; once aborted there is only the end.
func (p *fileParser) advance() {
	if p.aborted {
		p.tok = token{kind: tokEOF, pos: p.tok.pos}
		return
	}
	p.tok = p.next()
	if p.aborted {
		p.tok.kind = tokEOF
	}
}

// unexpected reports the token at hand; one that the scanner complained of
// already is not reported twice.
func (p *fileParser) unexpected(expecting string) {
	if p.tok.kind == tokBad {
		return
	}
	p.fail(p.tok.pos, "syntax error, unexpected %s, expecting %s", p.tok.name(), expecting)
	if p.tok.kind == tokEOF {
		p.aborted = true
	}
}

// parse reads the one map that a file holds.
func (p *fileParser) parse() *Value {
	p.advance()
	if p.tok.kind != '{' {
		p.unexpected("{")
		return nil
	}
	v := p.parseValue("", 0)
	if p.tok.kind != tokEOF {
		p.unexpected("end of file")
	}
	return v
}

// parseValue reads the value at hand, that of key, and moves behind it. It returns
// nil, having reported why and without moving, where no value begins.
func (p *fileParser) parseValue(key string, depth int) *Value {
	t := p.tok
	switch t.kind {
	case '{', '[':
		if depth >= maxDepth {
			p.abort(t.pos, "nested more than %d levels deep", maxDepth)
			return nil
		}
		if t.kind == '{' {
			return p.parseMap(key, depth+1)
		}
		return p.parseList(key, depth+1)
	case tokString, tokInt, tokReal, tokTrue, tokFalse, tokNull:
		v := p.scalar(t)
		p.advance()
		return v
	case tokBad:
		p.advance()
		return p.alloc.value(Null, t.pos)
	}
	p.unexpected("a value")
	return nil
}

// scalar makes the value of a token that is one by itself.
func (p *fileParser) scalar(t token) *Value {
	v := p.alloc.value(Null, t.pos)
	switch t.kind {
	case tokString:
		v.Kind, v.Str = String, string(t.text)
	case tokInt:
		v.Kind, v.Int = Int, t.num
	case tokReal:
		v.Kind, v.Real = Real, t.real
	case tokTrue, tokFalse:
		v.Kind, v.Bool = Bool, t.kind == tokTrue
	}
	return v
}

// parseList reads a list; its elements are told apart by the list's own key.
func (p *fileParser) parseList(key string, depth int) *Value {
	v := p.alloc.value(List, p.tok.pos)
	p.advance()
	mark := len(p.items)
	for p.tok.kind != ']' {
		item := p.parseValue(key, depth)
		if item == nil && !p.resync() {
			break
		}
		if item != nil {
			p.items = append(p.items, item)
		}
		if !p.separator(']', nil) {
			break
		}
	}
	p.closing(']')
	v.List = append([]*Value(nil), p.items[mark:]...)
	p.items = p.items[:mark]
	return v
}

// parseMap reads the map that is, or is an element of, the value of key.
func (p *fileParser) parseMap(key string, depth int) *Value {
	v := p.alloc.value(Map, p.tok.pos)
	p.advance()
	mark := len(p.members)
	var seen map[string]int
	for p.tok.kind != '}' {
		m, ok := p.parseMember(key, depth)
		if !ok && !p.resync() {
			break
		}
		if ok {
			seen = p.checkUnique(mark, seen, m, key)
			p.members = append(p.members, m)
		}
		if !p.separator('}', &key) {
			break
		}
	}
	p.closing('}')
	v.Members = append([]Member(nil), p.members[mark:]...)
	p.members = p.members[:mark]
	return v
}

// parseMember reads one `"key": value` of the map that belongs to mapKey.
func (p *fileParser) parseMember(mapKey string, depth int) (m Member, ok bool) {
	if p.tok.kind != tokString {
		p.unexpected("constant string or }")
		return m, false
	}
	m.Key, m.KeyPos = p.alloc.key(p.tok.text), p.tok.pos
	p.advance()
	if p.tok.kind != ':' {
		p.unexpected(":")
		return m, false
	}
	p.advance()
	m.Value = p.parseValue(scopeKey(mapKey, m.Key), depth)
	return m, m.Value != nil
}

// separator reads the commas behind an element. It reports whether the loop over
// the elements goes on: not at end of file, or when something other than a comma
// or the closing bracket cannot be passed over.
func (p *fileParser) separator(closing tokenKind, mapKey *string) bool {
	if p.tok.kind == closing {
		return true
	}
	if p.tok.kind != ',' {
		p.unexpected(`"," or ` + string(rune(closing)))
		if !p.resync() || p.tok.kind != ',' {
			return p.tok.kind == closing
		}
	}
	comma := p.tok.pos
	p.advance()
	for p.tok.kind == ',' || p.tok.kind == closing {
		p.superfluous(comma, mapKey)
		if p.tok.kind == closing {
			return true
		}
		comma = p.tok.pos
		p.advance()
	}
	return true
}

// superfluous warns of a comma with nothing behind it.
func (p *fileParser) superfluous(comma Pos, mapKey *string) {
	if mapKey != nil && slices.Contains(strictCommas, *mapKey) {
		p.fail(comma, `syntax error, unexpected ",", expecting }`)
		return
	}
	p.diagnostics = append(p.diagnostics, Diagnostic{Warning: true, Pos: comma,
		Text: "Extraneous comma. A piece of configuration may have been omitted."})
}

// closing moves behind the closing bracket.
func (p *fileParser) closing(kind tokenKind) {
	if p.tok.kind == kind {
		p.advance()
	}
}

// resync passes over tokens after an error, up to the next comma or closing
// bracket of the list or map at hand, and reports whether there was one.
func (p *fileParser) resync() bool {
	open := 0
	for {
		switch p.tok.kind {
		case tokEOF:
			return false
		case '{', '[':
			open++
		case '}', ']':
			if open == 0 {
				return true
			}
			open--
		case ',':
			if open == 0 {
				return true
			}
		}
		p.advance()
	}
}
