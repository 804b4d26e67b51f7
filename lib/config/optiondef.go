package config

import (
	"strings"

	"nestor/lib/element"
	"nestor/lib/option"
)

// OptionDef is one entry of option-def as it was configured.
type OptionDef struct {
	Meta
	*option.Definition
}

// extend puts definitions over a set: option.Definitions.With or ForClass.
type extend func(*option.Definitions, []*option.Definition) (*option.Definitions, error)

// optionDefs decodes an option-def list and returns the set with its definitions
// over base. Those that cannot be used are reported and left out.
func (l *loader) optionDefs(n node, base *option.Definitions, over extend) ([]*OptionDef, *option.Definitions) {
	var defs []*OptionDef
	var plain []*option.Definition
	for dn := range n.each("option-def") {
		if d := l.optionDef(dn); d != nil {
			defs, plain = append(defs, d), append(plain, d.Definition)
		}
	}
	if len(defs) == 0 {
		return nil, base
	}
	if set, err := over(base, plain); err == nil {
		return defs, set
	}
	return l.usableOptionDefs(n, base, over, defs)
}

// usableOptionDefs adds the definitions one by one, to find the faults at their
// places.
func (l *loader) usableOptionDefs(n node, base *option.Definitions, over extend, defs []*OptionDef) ([]*OptionDef, *option.Definitions) {
	set, usable := base, defs[:0:0]
	var plain []*option.Definition
	for i, d := range defs {
		wider, err := over(base, append(plain, d.Definition))
		if err != nil {
			l.fail(n.item("option-def", i), d.Pos, "%v", err)
			continue
		}
		set, usable, plain = wider, append(usable, d), append(plain, d.Definition)
	}
	return usable, set
}

// optionDef decodes one definition, nil if its type is not known.
func (l *loader) optionDef(n node) *OptionDef {
	faults := len(l.errors)
	d := &option.Definition{
		V6:           l.defs.V6(),
		Space:        n.str("space"),
		Code:         n.uint32("code"),
		Name:         n.str("name"),
		Array:        n.bool("array"),
		Encapsulates: n.str("encapsulate"),
	}
	d.Type = l.optionType(n, "type", n.str("type"))
	if types := n.str("record-types"); types != "" {
		for _, t := range strings.Split(types, ",") {
			d.Fields = append(d.Fields, l.optionType(n, "record-types", strings.TrimSpace(t)))
		}
	}
	if len(l.errors) > faults || !n.has("name") || !n.has("code") || !n.has("type") {
		return nil
	}
	return &OptionDef{Meta: l.meta(n), Definition: d}
}

func (l *loader) optionType(n node, key, name string) option.Type {
	t, ok := option.ParseType(name)
	if !ok && n.has(key) {
		l.fail(n.at(key), n.pos(key), "%q is no type of an option or of a field of one (ARM 8.2.10 lists them)", name)
	}
	return t
}

// Element renders the definition as config-get shows it; see Dhcp4.Element.
func (d *OptionDef) Element() *element.Value {
	types := make([]string, len(d.Fields))
	for i, t := range d.Fields {
		types[i] = t.String()
	}
	v := element.NewMap()
	v.Add("array", shownBool(d.Array))
	v.Add("code", shownUint(d.Code))
	v.Add("encapsulate", shownText(d.Encapsulates))
	v.Add("name", element.NewString(d.Name))
	v.Add("record-types", shownText(strings.Join(types, ", ")))
	v.Add("space", element.NewString(d.Space))
	v.Add("type", element.NewString(d.Type.String()))
	d.Meta.show(v)
	return v
}
