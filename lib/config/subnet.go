package config

import (
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/element"
)

// subnets decodes the subnets of global scope or of a shared network.
func subnets[S interface{ common() *Subnet }](l *loader, outer *around, decode func(node, *around) S) []S {
	out := make([]S, 0, outer.count(l.family.subnets))
	for sn := range outer.each(l.family.subnets) {
		s := decode(sn, outer)
		l.registerSubnet(sn, s.common())
		out = append(out, s)
	}
	return out
}

func (s *Subnet) common() *Subnet { return s }

// subnet fills in what subnets of both protocols have, inside outer.
func (l *loader) subnet(n node, outer *around, s *Subnet) {
	s.Meta = l.meta(n)
	s.NetworkParams = l.networkParams(n, outer.params)
	s.ID = n.uint32("id")
	s.ownInterface = l.share(n.str("interface"))
	s.Interface = l.interfaceOf(n, outer.iface)
	s.Relays = l.relays(n, outer.relays)
	s.ClientClasses = l.guards(n)
	s.AdditionalClasses = l.additional(n)
	l.checkLifetimes(n, &s.NetworkParams)
	l.checkTimers(&around{node: n, up: outer, params: &s.NetworkParams})
	l.subnetPrefix(n, s)
	s.Options = l.options(n, l.defs)
	s.Pools = l.pools(n, s.Prefix)
}

// subnetPrefix reads the prefix. Its text is kept, since config-get shows host
// bits; blanks are not.
func (l *loader) subnetPrefix(n node, s *Subnet) {
	v := n.get("subnet", element.String)
	if v == nil {
		return
	}
	text := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, v.Str)
	address, length, ok := strings.Cut(text, "/")
	if !ok {
		l.fail(n.at("subnet"), v.Pos, "%s is no subnet: write %s", orNothing(text), l.family.prefix)
		return
	}
	prefix, err := l.family.parsePrefix(address, length)
	if err != nil {
		l.fail(n.at("subnet"), v.Pos, "%v", err)
		return
	}
	s.Prefix, s.Text = prefix.Masked(), prefix.String()
}

// registerSubnet refuses ids and prefixes that are there already. Prefixes are
// compared as they are written, so that 192.0.2.1/24 may stand beside
// 192.0.2.0/24 (ARM 8.2.6).
func (l *loader) registerSubnet(n node, s *Subnet) {
	if old, twice := l.subnetIDs[s.ID]; twice && n.has("id") {
		l.errors = append(l.errors, &Error{
			Path: n.at("id").String(), Pos: n.pos("id"), Text: fmt.Sprintf("the other subnet is at %s", old),
			Kea: fmt.Sprintf("ID of the new %s subnet '%d' is already in use (%s)", l.family.ip, s.ID, n.v.Pos),
		})
	}
	if old, twice := l.subnetTexts[s.Text]; twice && s.Text != "" {
		l.errors = append(l.errors, &Error{
			Path: n.at("subnet").String(), Pos: n.pos("subnet"), Text: fmt.Sprintf("the other subnet is at %s", old),
			Kea: fmt.Sprintf("subnet with the prefix of '%s' already exists (%s)", s.Text, n.v.Pos),
		})
	}
	if n.has("id") {
		l.subnetIDs[s.ID] = n.pos("id")
	}
	l.subnetTexts[s.Text] = n.pos("subnet")
}

// interfaceOf decodes interface; "" says nothing.
func (l *loader) interfaceOf(n node, outer string) string {
	if name := n.str("interface"); name != "" {
		return l.share(name)
	}
	return outer
}

// relays decodes the addresses of relay agents; without the map those from
// around hold.
func (l *loader) relays(n node, outer []netip.Addr) []netip.Addr {
	rn, ok := n.sub("relay")
	if !ok {
		return outer
	}
	var relays []netip.Addr
	seen := make(map[netip.Addr]bool)
	for i, text := range rn.strs("ip-addresses") {
		a, ok := l.family.parse(text)
		switch {
		case !ok:
			l.fail(rn.item("ip-addresses", i), rn.pos("ip-addresses"), "%s is not an %s address", orNothing(text), l.family.ip)
		case seen[a]:
			l.fail(rn.item("ip-addresses", i), rn.pos("ip-addresses"), "%s is in the list already", a)
		default:
			relays, seen[a] = append(relays, a), true
		}
	}
	return relays
}

// what names a scope for messages.
func (a *around) what() string {
	switch {
	case a.v.Get("subnet") != nil:
		return "subnet " + a.str("subnet")
	case a.v.Get("name") != nil:
		return "shared network " + a.str("name")
	}
	return "global scope"
}

// show adds what config-get has of subnets of both protocols.
func (s *Subnet) show(v *element.Value, family *family) {
	s.NetworkParams.show(v, family.subnet)
	v.Add("id", shownUint(s.ID))
	v.Add("subnet", element.NewString(s.Text))
	showClasses(v, s.ClientClasses, s.AdditionalClasses)
	showLink(v, s.ownInterface, s.Relays)
	v.Add("option-data", optionElements(s.Options))
	v.Add("pools", listOfElements(s.Pools, (*Pool).Element))
	s.Meta.show(v)
}

// showLink adds interface and relay of a network or subnet.
func showLink(v *element.Value, iface string, relays []netip.Addr) {
	if iface != "" {
		v.Add("interface", element.NewString(iface))
	}
	list := element.NewList()
	for _, r := range relays {
		list.Append(element.NewString(r.String()))
	}
	v.Add("relay", element.NewMap().Add("ip-addresses", list))
}
