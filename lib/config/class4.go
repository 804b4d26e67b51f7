package config

import (
	"net/netip"

	"nestor/lib/element"
	"nestor/lib/option"
)

// classes4 decodes the class definitions.
func (l *loader) classes4(n node) []*ClientClass {
	var classes []*ClientClass
	first := make(map[string]element.Pos)
	for cn := range n.each("client-classes") {
		c := l.class4(cn)
		if pos, twice := first[c.Name]; twice && c.Name != "" {
			l.fail(cn.at("name"), cn.pos("name"), "class %s is defined already at %s", c.Name, pos)
		}
		first[c.Name] = cn.pos("name")
		l.defined[c.Name] = true
		classes = append(classes, c)
	}
	return classes
}

func (l *loader) class4(n node) *ClientClass {
	c := &ClientClass{
		Meta:           l.meta(n),
		Name:           n.str("name"),
		Test:           n.str("test"),
		TemplateTest:   n.str("template-test"),
		OnlyIfRequired: n.bool("only-if-required"),
		NextServer:     l.fixedNextServer(n),
		ServerHostname: n.str("server-hostname"),
		BootFileName:   n.str("boot-file-name"),
		ValidLifetime:  l.classLifetime(n),
	}
	if n.has("name") && c.Name == "" {
		l.fail(n.at("name"), n.pos("name"), "the name of a class must not be empty")
	}
	l.checkTests(n, c)
	l.checkFixedFields(n, maxBootFileName)
	if n.has("offer-lifetime") {
		c.OfferLifetime = Opt[uint32]{Set: true, V: n.uint32("offer-lifetime")}
	}
	defs, set := l.optionDefs(n, l.defs, (*option.Definitions).ForClass)
	for _, d := range defs {
		c.OptionDefs = append(c.OptionDefs, d.Definition)
	}
	c.defs = defs
	c.Options = l.options(n, set)
	l.forgetLocalNames(c)
	return c
}

// forgetLocalNames takes the names from options that only the class itself
// defines: config-get does not show them.
func (l *loader) forgetLocalNames(c *ClientClass) {
	for _, o := range c.Options {
		if l.defs.ByCode(o.Space, o.Code) == nil {
			o.Name = ""
		}
	}
}

// classLifetime decodes the triplet of a class, which inherits nothing.
func (l *loader) classLifetime(n node) Opt[Triplet] {
	var t lifetimes
	for _, part := range []struct {
		key string
		to  *Opt[uint32]
	}{{"valid-lifetime", &t.valid}, {"min-valid-lifetime", &t.min}, {"max-valid-lifetime", &t.max}} {
		if n.has(part.key) {
			*part.to = Opt[uint32]{Set: true, V: n.uint32(part.key)}
		}
	}
	switch {
	case t == (lifetimes{}):
		return Opt[Triplet]{}
	case !t.valid.Set && t.min.Set && t.max.Set:
		l.failOn(relyOnLifetimes, n.path, n.v.Pos, "it has min-valid-lifetime and max-valid-lifetime: give it a valid-lifetime too")
		return Opt[Triplet]{}
	case !t.valid.Set && t.min.Set:
		t.valid = t.min
	case !t.valid.Set:
		t.valid = t.max
	}
	l.checkTriplet(n, t)
	return Opt[Triplet]{Set: true, V: t.triplet()}
}

// fixedNextServer decodes next-server of a class or reservation, where 0.0.0.0
// and "" stand for none.
func (l *loader) fixedNextServer(n node) Opt[netip.Addr] {
	text := n.str("next-server")
	if text == "" || text == "0.0.0.0" {
		return Opt[netip.Addr]{}
	}
	a, ok := parseIPv4(text)
	if !ok || a == broadcast {
		l.fail(n.at("next-server"), n.pos("next-server"), "%s is not the IPv4 address of a server", text)
		return Opt[netip.Addr]{}
	}
	return Opt[netip.Addr]{Set: true, V: a}
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// checkFixedFields checks the lengths of sname and file.
func (l *loader) checkFixedFields(n node, maxFile int) {
	if v := n.get("server-hostname", element.String); v != nil {
		l.checkLength(n, "server-hostname", v, maxServerHostname)
	}
	if v := n.get("boot-file-name", element.String); v != nil {
		l.checkLength(n, "boot-file-name", v, maxFile)
	}
}

// showFixedFields adds siaddr, sname and file of a class or reservation.
func showFixedFields(v *element.Value, next Opt[netip.Addr], host, file string) {
	v.Add("boot-file-name", shownText(file))
	v.Add("server-hostname", shownText(host))
	if next.Set {
		v.Add("next-server", element.NewString(next.V.String()))
	} else {
		v.Add("next-server", shownZero)
	}
}

// Element renders the class as config-get and class-get show it; see
// Dhcp4.Element.
func (c *ClientClass) Element() *element.Value {
	v := element.NewMap()
	showFixedFields(v, c.NextServer, c.ServerHostname, c.BootFileName)
	v.Add("name", element.NewString(c.Name))
	if c.Test != "" {
		v.Add("test", element.NewString(c.Test))
	}
	if c.TemplateTest != "" {
		v.Add("template-test", element.NewString(c.TemplateTest))
	}
	if c.OnlyIfRequired {
		v.Add("only-if-required", shownTrue)
	}
	v.Add("option-def", listOfElements(c.defs, (*OptionDef).Element))
	v.Add("option-data", optionElements(c.Options))
	if t := c.ValidLifetime; t.Set {
		v.Add("valid-lifetime", shownUint(t.V.Default))
		if t.V.Min != t.V.Default {
			v.Add("min-valid-lifetime", shownUint(t.V.Min))
		}
		if t.V.Max != t.V.Default {
			v.Add("max-valid-lifetime", shownUint(t.V.Max))
		}
	}
	if c.OfferLifetime.Set {
		v.Add("offer-lifetime", shownUint(c.OfferLifetime.V))
	}
	c.Meta.show(v)
	return v
}
