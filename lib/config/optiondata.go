package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"nestor/lib/element"
	"nestor/lib/option"
)

// options decodes an option-data list with the definitions that hold there.
func (l *loader) options(n node, defs *option.Definitions) []*OptionData {
	if n.count("option-data") == 0 {
		return nil
	}
	opts := make([]*OptionData, 0, n.count("option-data"))
	for on := range n.each("option-data") {
		if o := l.option(on, defs); o != nil {
			l.warnDuplicate(n, on, opts, o)
			opts = append(opts, o)
		}
	}
	return opts
}

// warnDuplicate tells of an option that a scope of DHCPv6 has before: but for those of
// vendors, which there are one of each, clients get one only. Entries for classes are
// meant to be several.
func (l *loader) warnDuplicate(scope, n node, before []*OptionData, o *OptionData) {
	if l.family != family6 || !o.HasData || len(o.ClientClasses) > 0 {
		return
	}
	same := slices.ContainsFunc(before, func(b *OptionData) bool {
		return b.HasData && b.Code == o.Code && b.Space == o.Space && len(b.ClientClasses) == 0 && sameVendor(b, o)
	})
	if !same {
		return
	}
	where := scope.path.String()
	if prefix := scope.v.Get("subnet"); prefix != nil {
		where = prefix.Str
	}
	l.warnings = append(l.warnings, Warning{
		ID: "DHCPSRV_CFGMGR_OPTION_DUPLICATE", Args: []string{strconv.Itoa(int(o.Code)), where},
		Path: n.path.String(), Pos: n.v.Pos, Text: "the scope has this option already: of several one is sent",
	})
}

// sameVendor reports whether two entries of one option are not for different
// enterprise numbers, with which options 16 and 17 begin.
func sameVendor(a, b *OptionData) bool {
	const vendorClass, vendorOpts, number = 16, 17, 4
	if a.Space != option.Space6 || a.Code != vendorClass && a.Code != vendorOpts {
		return true
	}
	return len(a.Wire) >= number && len(b.Wire) >= number && string(a.Wire[:number]) == string(b.Wire[:number])
}

// option decodes one entry, nil if it cannot be made sense of.
func (l *loader) option(n node, defs *option.Definitions) *OptionData {
	o := &OptionData{
		Meta:          l.meta(n),
		Space:         l.share(n.str("space")),
		Data:          n.str("data"),
		AlwaysSend:    n.bool("always-send"),
		NeverSend:     n.bool("never-send"),
		ClientClasses: l.classNames(n, "client-classes", n.strs("client-classes")),
	}
	def, ok := l.identifyOption(n, o, defs)
	if !ok {
		return nil
	}
	o.CSV = def != nil
	if n.has("csv-format") {
		o.CSV = n.bool("csv-format")
	}
	if !l.encodeOption(n, o, def) {
		return nil
	}
	if o.HasData && len(o.Wire) == 0 {
		o.CSV = false
	}
	return o
}

// identifyOption finds space, code and name, and the definition if there is one.
func (l *loader) identifyOption(n node, o *OptionData, defs *option.Definitions) (*option.Definition, bool) {
	if err := option.CheckSpace(o.Space, defs.V6()); err != nil {
		l.fail(n.at("space"), n.pos("space"), "%v", err)
		return nil, false
	}
	name, hasCode := n.str("name"), n.has("code")
	switch {
	case hasCode:
		return l.optionByCode(n, o, defs)
	case !n.has("name"):
		return nil, false // reported by the checker
	case name == "":
		l.fail(n.at("name"), n.pos("name"), "the name of an option must not be empty")
		return nil, false
	}
	def := defs.ByName(o.Space, name)
	if def == nil {
		l.failOn(relyOnDefinitions, n.at("name"), n.pos("name"), "space %s has no option %s: give its code, or define it in option-def%s", o.Space, name, nearOption(defs, o.Space, name))
		return nil, false
	}
	o.Code, o.Name = def.Code, def.Name
	return def, true
}

func (l *loader) optionByCode(n node, o *OptionData, defs *option.Definitions) (*option.Definition, bool) {
	o.Code = n.uint32("code")
	if err := option.CheckCode(o.Space, o.Code); err != nil {
		l.fail(n.at("code"), n.pos("code"), "%v", err)
		return nil, false
	}
	def, name := defs.ByCode(o.Space, o.Code), n.str("name")
	switch {
	case def != nil && n.has("name") && name != def.Name:
		l.fail(n.at("name"), n.pos("name"), "option %d of space %s is %s, not %s: leave one of name and code out", o.Code, o.Space, def.Name, orNothing(name))
		return nil, false
	case strings.ContainsAny(name, " \t"):
		l.fail(n.at("name"), n.pos("name"), "%q has a blank, which the name of an option must not have", name)
		return nil, false
	case def != nil:
		o.Name = def.Name
	}
	return def, true
}

// encodeOption fills Wire and HasData, and reports whether the entry is good.
func (l *loader) encodeOption(n node, o *OptionData, def *option.Definition) bool {
	switch {
	case def == nil && o.CSV || def == nil && !n.has("csv-format"):
		l.failOn(relyOnDefinitions, n.path, n.v.Pos, "option %d of space %s has no definition: define it in option-def, or set csv-format to false and give data in hexadecimal", o.Code, o.Space)
		return false
	case o.Data == "" && (o.AlwaysSend || o.NeverSend) && !mayBeEmpty(def):
		return true // only a flag
	case o.Data == "" && def != nil && def.Array:
		o.HasData = true
		return true // a list of nothing
	}
	var err error
	o.HasData = true
	if o.Wire, err = wireOf(o, def); err != nil {
		l.fail(n.at("data"), n.pos("data"), "%v", err)
		return false
	}
	if o.CSV {
		l.warnIgnored(n, def, o.Data)
	}
	if def != nil {
		if remark := def.Remark(o.Wire); remark != "" {
			l.warn(n.at("data"), n.pos("data"), "%s", remark)
		}
	}
	return true
}

// warnIgnored tells of values that an option does not take.
func (l *loader) warnIgnored(n node, def *option.Definition, data string) {
	if ignored := def.Ignored(data); len(ignored) > 0 {
		l.warn(n.at("data"), n.pos("data"), "option %s (%d) takes no further value, so %q is ignored; a comma that belongs to a text is written \\\\,",
			def.Name, def.Code, strings.Join(ignored, ", "))
	}
}

// mayBeEmpty tells options that are complete without a value: those without a
// definition and those that hold sub-options only.
func mayBeEmpty(def *option.Definition) bool {
	return def == nil || def.Type == option.Empty
}

// wireOf encodes the value of an option.
func wireOf(o *OptionData, def *option.Definition) ([]byte, error) {
	if o.CSV {
		return def.EncodeCSV(o.Data)
	}
	wire, err := option.DecodeHex(o.Data)
	if err != nil || def == nil {
		return wire, err
	}
	if len(wire) == 0 && !mayBeEmpty(def) {
		_, err := def.EncodeCSV("")
		return wire, err
	}
	return def.Normalize(wire)
}

// nearOption gives a hint at the option that may have been meant.
func nearOption(defs *option.Definitions, space, name string) string {
	best, bestDistance := "", len(name)/3+1
	for _, d := range defs.Space(space) {
		if n := distance(name, d.Name, bestDistance); n < bestDistance {
			best, bestDistance = d.Name, n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// optionElements renders an option-data list by space, standard and configured
// ones before those of vendors; in each in the configured order.
func optionElements(opts []*OptionData) *element.Value {
	if len(opts) == 0 {
		return element.NewList()
	}
	sorted := slices.Clone(opts)
	slices.SortStableFunc(sorted, func(a, b *OptionData) int {
		return compareSpaces(a.Space, b.Space)
	})
	return listOfElements(sorted, (*OptionData).Element)
}

func compareSpaces(a, b string) int {
	va, aVendor := option.VendorNumber(a)
	vb, bVendor := option.VendorNumber(b)
	switch {
	case aVendor && bVendor:
		return cmp.Compare(va, vb)
	case aVendor:
		return 1
	case bVendor:
		return -1
	}
	return strings.Compare(a, b)
}

// Element renders the option as config-get shows it: the text as configured, or
// the octets; see Dhcp4.Element.
func (o *OptionData) Element() *element.Value {
	v := element.NewMap()
	v.Add("always-send", shownBool(o.AlwaysSend))
	if len(o.ClientClasses) > 0 {
		v.Add("client-classes", stringList(o.ClientClasses))
	}
	v.Add("code", shownUint(o.Code))
	v.Add("csv-format", shownBool(o.CSV && o.HasData))
	data := o.Data
	if !o.CSV || !o.HasData {
		data = option.FormatHex(o.Wire)
	}
	v.Add("data", shownText(data))
	if o.Name != "" {
		v.Add("name", element.NewString(o.Name))
	}
	v.Add("never-send", shownBool(o.NeverSend))
	v.Add("space", element.NewString(o.Space))
	o.Meta.show(v)
	return v
}
