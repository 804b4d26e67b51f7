package config

import "nestor/lib/element"

// classes decodes the class definitions.
func (l *loader) classes(n node) []*ClientClass {
	var classes []*ClientClass
	first := make(map[string]element.Pos)
	for cn := range n.each("client-classes") {
		c := l.class(cn)
		if pos, twice := first[c.Name]; twice && c.Name != "" {
			l.fail(cn.at("name"), cn.pos("name"), "class %s is defined already at %s", c.Name, pos)
		}
		first[c.Name] = cn.pos("name")
		l.defined[c.Name] = true
		classes = append(classes, c)
	}
	return classes
}

func (l *loader) class(n node) *ClientClass {
	c := &ClientClass{
		Meta:           l.meta(n),
		Name:           n.str("name"),
		Test:           n.str("test"),
		TemplateTest:   n.str("template-test"),
		OnlyIfRequired: n.bool("only-if-required"),
		ValidLifetime:  l.checkAlone(n, "valid-lifetime", lifetimesOf(n, "valid-lifetime")),
	}
	if n.has("name") && c.Name == "" {
		l.fail(n.at("name"), n.pos("name"), "the name of a class must not be empty")
	}
	l.checkTests(n, c)
	set := l.defs
	if l.family == family4 {
		set = l.class4(n, c)
	} else {
		c.PreferredLifetime = l.checkAlone(n, "preferred-lifetime", lifetimesOf(n, "preferred-lifetime"))
	}
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

// Element renders the class of a DHCPv4 server as config-get and class-get show
// it; see Dhcp4.Element.
func (c *ClientClass) Element() *element.Value {
	v := c.element()
	showFixedFields(v, c.NextServer, c.ServerHostname, c.BootFileName)
	v.Add("option-def", listOfElements(c.defs, (*OptionDef).Element))
	if c.OfferLifetime.Set {
		v.Add("offer-lifetime", shownUint(c.OfferLifetime.V))
	}
	return v
}

// Element6 is Element for a class of a DHCPv6 server.
func (c *ClientClass) Element6() *element.Value {
	v := c.element()
	showLifetimes(v, "preferred-lifetime", c.PreferredLifetime)
	return v
}

// element renders what classes of both protocols have.
func (c *ClientClass) element() *element.Value {
	v := element.NewMap()
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
	v.Add("option-data", optionElements(c.Options))
	showLifetimes(v, "valid-lifetime", c.ValidLifetime)
	c.Meta.show(v)
	return v
}
