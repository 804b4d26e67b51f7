package config

import (
	"fmt"
	"slices"
	"strings"

	"nestor/lib/element"
)

// checkMap checks a map and all below it against the scope: unknown and missing
// keywords, wrong types, values out of range. It reports everything that it
// finds and goes on.
func (l *loader) checkMap(m *element.Value, s *scope, p *path) {
	if len(m.Members) == 0 && !s.mayBeEmpty && fromFile(m.Pos) {
		l.grammar(p, m.Pos, m.Pos.Span()+": syntax error, unexpected }",
			"the map is empty: leave it out, or give it a parameter")
		return
	}
	for i := range m.Members {
		l.checkMember(&m.Members[i], m, s, p)
	}
	for _, k := range s.needed {
		if k.get(m) == nil {
			l.missing(m, s, k.name, p)
		}
	}
	for i := range s.choices {
		l.checkChoice(&s.choices[i], m, p)
	}
}

// checkChoice reports a keyword beside one that it excludes, and a map that lacks
// all of those of which it needs one.
func (l *loader) checkChoice(c *choice, m *element.Value, p *path) {
	first := ""
	for i := range m.Members {
		key := m.Members[i].Key
		switch {
		case !slices.Contains(c.keywords, key):
		case first == "":
			first = key
		case !c.together && key != first:
			l.fail(&path{up: p, key: key, index: -1}, m.Members[i].Value.Pos,
				"the '%s' and '%s' are mutually exclusive: give one of them", first, key)
			return
		}
	}
	if first == "" && c.missing != "" {
		l.fail(p, m.Pos, "%s", c.missing)
	}
}

// checkMember checks one member of a map.
func (l *loader) checkMember(member *element.Member, m *element.Value, s *scope, p *path) {
	k := s.index[member.Key]
	if k == nil {
		if !s.open {
			l.unknown(member, s, p)
		}
		return
	}
	at := path{up: p, key: member.Key, index: -1}
	if len(k.also) > 0 && k.firstSpelling(m) != member.Key {
		l.fail(&at, member.KeyPos, "%s is another spelling of %s: give one of them", member.Key, k.firstSpelling(m))
		return
	}
	if !k.fits(member.Value) {
		l.wrongKind(k, member.Value, &at)
		return
	}
	l.checkValue(k, member.Value, &at)
}

// checkValue checks a value that has the kind of its keyword.
func (l *loader) checkValue(k *keyword, v *element.Value, p *path) {
	switch k.kind {
	case kindInt:
		if v.Int < k.min || v.Int > k.max {
			l.fail(p, v.Pos, "%d is out of range, it has to be %d to %d", v.Int, k.min, k.max)
			l.unread()
		}
	case kindString:
		l.checkEnum(k, v, p)
	case kindStrings:
		l.checkStrings(k, v, p)
	case kindMap:
		l.checkMap(v, k.scope, p)
	case kindMaps:
		l.checkMaps(k, v, p)
	}
}

func (l *loader) checkStrings(k *keyword, v *element.Value, p *path) {
	l.checkNotEmpty(k, v, p)
	for i, item := range v.List {
		at := path{up: p.up, key: p.key, index: i}
		if item.Kind != element.String {
			l.wrongKind(&keyword{kind: kindString}, item, &at)
			continue
		}
		l.checkEnum(k, item, &at)
	}
}

func (l *loader) checkMaps(k *keyword, v *element.Value, p *path) {
	l.checkNotEmpty(k, v, p)
	for i, item := range v.List {
		at := path{up: p.up, key: p.key, index: i}
		if item.Kind != element.Map {
			l.wrongKind(&keyword{kind: kindMap}, item, &at)
			continue
		}
		l.checkMap(item, k.scope, &at)
	}
}

// checkNotEmpty wants an element in those lists where the grammar of files does.
func (l *loader) checkNotEmpty(k *keyword, v *element.Value, p *path) {
	if k.oneOrMore && len(v.List) == 0 && fromFile(v.Pos) {
		l.grammar(p, v.Pos, v.Pos.Span()+": syntax error, unexpected ]",
			"the list is empty: leave it out, or give it an element")
	}
}

func (l *loader) checkEnum(k *keyword, v *element.Value, p *path) {
	if k.enum == nil || k.canonical(v.Str) != "" {
		return
	}
	expected := strings.Join(k.enum, " or ")
	kea := ""
	if fromFile(v.Pos) {
		kea = v.Pos.Span() + ": syntax error, unexpected constant string, expecting " + expected
	}
	l.grammar(p, v.Pos, kea, fmt.Sprintf("%q is not known here, it has to be %s", v.Str, expected))
	l.unread()
}

// canonical returns the element of the enumeration that s stands for, or "".
func (k *keyword) canonical(s string) string {
	i := slices.IndexFunc(k.enum, func(e string) bool {
		return e == s || k.anyCase && strings.EqualFold(e, s)
	})
	if i < 0 {
		return ""
	}
	return k.enum[i]
}

// get returns the value that m has for the keyword in any spelling, or nil.
func (k *keyword) get(m *element.Value) *element.Value {
	if v := m.Get(k.name); v != nil || len(k.also) == 0 {
		return v
	}
	for _, spelling := range k.also {
		if v := m.Get(spelling); v != nil {
			return v
		}
	}
	return nil
}

// firstSpelling returns the key under which m has the keyword first.
func (k *keyword) firstSpelling(m *element.Value) string {
	for i := range m.Members {
		if key := m.Members[i].Key; key == k.name || slices.Contains(k.also, key) {
			return key
		}
	}
	return ""
}

// fromFile tells a value of a configuration file from one of a command.
func fromFile(p element.Pos) bool { return p.Source != nil && p.Line > 0 }

// unknown reports a key that the scope does not have.
func (l *loader) unknown(member *element.Member, s *scope, p *path) {
	var kea, hint string
	switch pos := member.KeyPos; {
	case fromFile(pos):
		kea = fmt.Sprintf("%s: got unexpected keyword %q in %s map.", pos.Span(), member.Key, s.name)
	case s == dhcp4Scope || s == dhcp6Scope:
		kea = fmt.Sprintf("unsupported global configuration parameter: %s (%s)", member.Key, member.Value.Pos)
	default:
		kea = fmt.Sprintf("spurious '%s' parameter", member.Key)
	}
	if near := s.suggest(member.Key); near != "" {
		hint = "did you mean " + near + "?"
	}
	l.grammar(&path{up: p, key: member.Key, index: -1}, member.KeyPos, kea, hint)
}

// missing reports a mandatory keyword that is not there.
func (l *loader) missing(m *element.Value, s *scope, key string, p *path) {
	kea, hint := fmt.Sprintf("missing parameter '%s' (%s)", key, m.Pos), ""
	if s == subnet4Scope || s == subnet6Scope {
		kea = "subnet configuration failed: " + kea
		if key == "id" {
			hint = "; Kea before 2.6 numbered the subnets 1, 2, 3 in the order of the file, so do their leases"
		}
	}
	l.grammar(p, m.Pos, kea, key+" is mandatory here"+hint)
}

// kindNames are what the file parser and the accessors of Kea call the kinds.
var kindNames = [...]struct{ file, accessor, element string }{
	kindInt:     {"integer", "intValue", "integer"},
	kindFloat:   {"floating point", "doubleValue", "double"},
	kindBool:    {"boolean", "boolValue", "Boolean"},
	kindString:  {"constant string", "stringValue", "string"},
	kindStrings: {"[", "listValue", "list"},
	kindMaps:    {"[", "listValue", "list"},
	kindMap:     {"{", "mapValue", "map"},
	kindFree:    {"{", "mapValue", "map"},
}

// wrongKind reports a value of another type than the keyword has.
func (l *loader) wrongKind(k *keyword, v *element.Value, p *path) {
	names := kindNames[k.kind]
	var kea, hint string
	if fromFile(v.Pos) {
		expected := names.file
		if k.enum != nil && k.kind == kindString {
			expected = strings.Join(k.enum, " or ")
		}
		kea = fmt.Sprintf("%s: syntax error, unexpected %s, expecting %s", v.Pos.Span(), tokenName(v), expected)
	} else {
		kea = fmt.Sprintf("%s() called on non-%s Element in (%s)", names.accessor, names.element, v.Pos)
	}
	if k.kind == kindFloat && v.Kind == element.Int {
		hint = fmt.Sprintf("write %d.0", v.Int)
	}
	l.grammar(p, v.Pos, kea, hint)
	l.unread()
}

// tokenName is what the file parser of Kea calls the beginning of v.
func tokenName(v *element.Value) string {
	switch v.Kind {
	case element.Null:
		return "null"
	case element.Bool:
		return "boolean"
	case element.Int, element.BigInt:
		return "integer"
	case element.Real:
		return "floating point"
	case element.String:
		return "constant string"
	case element.List:
		return "["
	}
	return "{"
}
