package config

import (
	"errors"
	"fmt"
	"strings"

	"nestor/lib/classify"
	"nestor/lib/element"
	"nestor/lib/option"
)

// checkTests checks the expression of a class, which has one at most.
func (l *loader) checkTests(n node, c *ClientClass) {
	switch {
	case n.has("test"):
		l.checkTest(n, c.Name, "test", c.Test)
	case n.has("template-test"):
		l.checkTest(n, c.Name, "template-test", c.TemplateTest)
	default:
		return
	}
	if hasNoTest(c.Name) {
		l.fail(n.path, n.v.Pos, "class %s is built in, the server says who belongs to it: leave its test out", c.Name)
	}
}

// hasNoTest tells the classes that the server itself assigns.
func hasNoTest(class string) bool {
	switch class {
	case "ALL", "KNOWN", "UNKNOWN", "BOOTP":
		return true
	}
	return false
}

// dependencies are the classes that the expressions of classes ask for.
type dependencies map[string][]string

// way returns the classes by which from depends on to, both included; nil if it
// does not. Those in seen are known not to.
func (d dependencies) way(from, to string, seen map[string]bool) []string {
	if from == to {
		return []string{to}
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	for _, next := range d[from] {
		if rest := d.way(next, to, seen); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}

// circle returns the way from a class that another one asks for back to that one,
// which leads over names that need not be defined first; nil if there is none.
func (d dependencies) circle(asked, by string) []string {
	if !BuiltInClass(by) || hasNoTest(by) {
		return nil
	}
	return d.way(asked, by, map[string]bool{})
}

// checkTest compiles an expression, only to see whether it is good.
func (l *loader) checkTest(n node, class, key, text string) {
	if text == "" {
		l.fail(n.at(key), n.pos(key), "the expression is empty: leave %s out", key)
		return
	}
	var relies []string
	names := classify.NewNames()
	o := ExpressionOptions(l.defs, func(name string) (int, error) {
		if !l.defined[name] && !BuiltInClass(name) {
			relies = relyOnClassNames
			return 0, fmt.Errorf("Not defined client class '%s': define it before this one", name)
		}
		if way := l.asks.circle(name, class); way != nil {
			relies = relyOnClassNames
			return 0, fmt.Errorf("class %s depends on itself (%s): it would match because it does", class, strings.Join(way, ", which asks for "))
		}
		l.asks[class] = append(l.asks[class], name)
		return names.Add(name), nil
	})
	byName := o.OptionCode
	o.OptionCode = func(name string) (uint16, bool) {
		code, ok := byName(name)
		if !ok {
			relies = relyOnDefinitions
		}
		return code, ok
	}
	var err error
	if key == "test" {
		_, err = classify.ParseTest(text, o)
	} else {
		_, err = classify.ParseTemplate(text, o)
	}
	var fault *classify.Error
	if errors.As(err, &fault) {
		pos := within(n.pos(key), text, fault.Offset)
		l.failOn(relies, n.at(key), pos, "")
		l.errors[len(l.errors)-1].Kea = fmt.Sprintf("expression: [%s] error: %v (%s)", text, err, pos)
	}
}

// within is the place of a byte inside of a string that stands at pos: behind the
// quotation mark, and behind the backslashes before some of its characters. A
// string that is spelled in another way has the place of its beginning.
func within(pos element.Pos, text string, offset int) element.Pos {
	width, before := 0, 0
	for i := range len(text) {
		if i == offset {
			before = width
		}
		width++
		if c := text[i]; c == '"' || c == '\\' || c < ' ' {
			width++
		}
	}
	if offset >= len(text) {
		before = width
	}
	const quotes = 2
	if pos.Source == nil || pos.EndCol > pos.Col && int(pos.EndCol-pos.Col)+1 != width+quotes || pos.EndCol == pos.Col && width != len(text) {
		return pos
	}
	pos.Col += int32(1 + before)
	pos.EndCol = pos.Col
	return pos
}

// ExpressionOptions are what expressions of classes may refer to: options by
// their names in defs, and the classes that class has numbers for.
func ExpressionOptions(defs *option.Definitions, class func(name string) (int, error)) classify.Options {
	space := option.Space4
	if defs.V6() {
		space = option.Space6
	}
	return classify.Options{
		V6:    defs.V6(),
		Class: class,
		OptionCode: func(name string) (uint16, bool) {
			d := defs.ByName(space, name)
			if d == nil {
				return 0, false
			}
			return uint16(d.Code), true
		},
	}
}

// BuiltInClass reports whether expressions may refer to a class that the
// configuration does not define (ARM 15.2).
func BuiltInClass(name string) bool {
	if hasNoTest(name) || name == ClassSkipDDNS {
		return true
	}
	for _, prefix := range []string{classify.VendorPrefix, "HA_", "AFTER_", "EXTERNAL_"} {
		if len(name) > len(prefix) && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
