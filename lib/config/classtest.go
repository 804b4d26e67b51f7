package config

import (
	"fmt"
	"strings"

	"nestor/lib/classify"
	"nestor/lib/option"
)

// checkTests checks the expression of a class, which has one at most.
func (l *loader) checkTests(n node, c *ClientClass) {
	switch {
	case n.has("test"):
		l.checkTest(n, "test", c.Test)
	case n.has("template-test"):
		l.checkTest(n, "template-test", c.TemplateTest)
	default:
		return
	}
	switch c.Name {
	case "ALL", "KNOWN", "UNKNOWN", "BOOTP":
		l.fail(n.path, n.v.Pos, "class %s is built in, the server says who belongs to it: leave its test out", c.Name)
	}
}

// checkTest compiles an expression, only to see whether it is good.
func (l *loader) checkTest(n node, key, text string) {
	if text == "" {
		l.fail(n.at(key), n.pos(key), "the expression is empty: leave %s out", key)
		return
	}
	var relies []string
	names := classify.NewNames()
	o := ExpressionOptions4(l.defs, func(name string) (int, error) {
		if !l.defined[name] && !builtInClass(name) {
			relies = relyOnClassNames
			return 0, fmt.Errorf("Not defined client class '%s': define it before this one", name)
		}
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
	if err != nil {
		pos := n.pos(key)
		l.failOn(relies, n.at(key), pos, "")
		l.errors[len(l.errors)-1].Kea = fmt.Sprintf("expression: [%s] error: %v (%s)", text, err, pos)
	}
}

// ExpressionOptions4 are what expressions of classes may refer to: options by
// their names in defs, and the classes that class has numbers for.
func ExpressionOptions4(defs *option.Definitions, class func(name string) (int, error)) classify.Options {
	return classify.Options{
		Class: class,
		OptionCode: func(name string) (uint16, bool) {
			d := defs.ByName(option.Space4, name)
			if d == nil {
				return 0, false
			}
			return uint16(d.Code), true
		},
	}
}

// builtInClass reports whether expressions may refer to a class that the
// configuration does not define (ARM 15.2).
func builtInClass(name string) bool {
	switch name {
	case "ALL", "KNOWN", "UNKNOWN", "BOOTP", "SKIP_DDNS":
		return true
	}
	for _, prefix := range []string{classify.VendorPrefix, "HA_", "AFTER_", "EXTERNAL_"} {
		if len(name) > len(prefix) && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
