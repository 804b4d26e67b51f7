package config

import "nestor/lib/element"

func (l *loader) sharedNetwork6(n node, global *around) *SharedNetwork6 {
	net := &SharedNetwork6{SharedNetwork: l.sharedNetwork(n, global)}
	inner := net.around(n, global)
	inner.link6 = l.link6Of(n, link6{})
	net.InterfaceID, net.RapidCommit = inner.link6.interfaceID, inner.link6.rapidCommit
	net.Subnets = subnets(l, inner, l.subnet6)
	l.checkOneRapidCommit(n, net)
	return net
}

// checkOneRapidCommit checks that a client of the network meets one kind of
// exchange whichever subnet it gets into (ARM 9.4).
func (l *loader) checkOneRapidCommit(n node, net *SharedNetwork6) {
	i := 0
	for sn := range n.each("subnet6") {
		if first, s := net.Subnets[0], net.Subnets[i]; s.RapidCommit != first.RapidCommit {
			l.fail(sn.at("rapid-commit"), sn.pos("rapid-commit"),
				"it is %t for subnet %s, but %t for subnet %s of shared network %s: they need the same",
				s.RapidCommit, s.Text, first.RapidCommit, first.Text, net.Name)
			return
		}
		i++
	}
}

// Element renders the network with its subnets as config-get and network6-get
// show it; see Dhcp6.Element.
func (n *SharedNetwork6) Element() *element.Value {
	v := element.NewMap()
	n.SharedNetwork.show(v, sharedNetwork6Scope)
	showInterfaceID(v, n.InterfaceID)
	v.Add("rapid-commit", shownBool(n.RapidCommit))
	return v.Add("subnet6", subnetElements(n.Subnets))
}
