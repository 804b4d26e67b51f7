package config

import "nestor/lib/element"

// sharedNetworks4 decodes the shared networks.
func (l *loader) sharedNetworks4(global *around) []*SharedNetwork4 {
	var networks []*SharedNetwork4
	first := make(map[string]element.Pos)
	for nn := range global.each("shared-networks") {
		n := l.sharedNetwork4(nn, global)
		if pos, twice := first[n.Name]; twice && n.Name != "" {
			l.fail(nn.at("name"), nn.pos("name"), "shared network %s exists already, at %s", n.Name, pos)
		}
		first[n.Name] = nn.pos("name")
		networks = append(networks, n)
	}
	return networks
}

func (l *loader) sharedNetwork4(n node, global *around) *SharedNetwork4 {
	net := &SharedNetwork4{
		Meta:              l.meta(n),
		NetworkParams:     l.networkParams(n, global.params),
		Name:              n.str("name"),
		Interface:         l.interfaceOf(n, ""),
		Relays:            l.relays(n, nil),
		ClientClasses:     l.guards(n),
		AdditionalClasses: l.additional(n),
		Options:           l.options(n, l.defs),
	}
	if n.has("name") && net.Name == "" {
		l.fail(n.at("name"), n.pos("name"), "the name of a shared network must not be empty")
	}
	outer := &around{node: n, up: global, params: &net.NetworkParams, iface: net.Interface, relays: net.Relays}
	l.checkLifetimes(n, &net.NetworkParams)
	net.Subnets = l.subnets4(outer)
	l.checkMembers(n, net)
	return net
}

// checkMembers checks what the subnets of a network must have in common: one
// link, and one answer to strangers (ARM 8.4.1).
func (l *loader) checkMembers(n node, net *SharedNetwork4) {
	iface := net.Interface
	for sn := range n.each("subnet4") {
		own := sn.str("interface")
		if iface == "" {
			iface = own
		}
		if own != "" && own != iface {
			l.fail(sn.at("interface"), sn.pos("interface"),
				"it is %s, but shared network %s or an earlier subnet of it has %s: they need the same", own, net.Name, iface)
		}
		if v := sn.get("authoritative", element.Bool); v != nil && v.Bool != net.Authoritative {
			l.fail(sn.at("authoritative"), v.Pos,
				"it is %t, but that of shared network %s is %t: they need the same", v.Bool, net.Name, net.Authoritative)
		}
	}
}

// Element renders the network with its subnets as config-get and network4-get
// show it; see Dhcp4.Element.
func (n *SharedNetwork4) Element() *element.Value {
	v := element.NewMap()
	n.NetworkParams.show(v)
	v.Add("name", element.NewString(n.Name))
	showClasses(v, n.ClientClasses, n.AdditionalClasses)
	showLink(v, n.Interface, n.Relays)
	v.Add("option-data", optionElements(n.Options))
	v.Add("subnet4", subnetElements(n.Subnets))
	n.Meta.show(v)
	return v
}
