package config

import "nestor/lib/element"

func (l *loader) sharedNetwork4(n node, global *around) *SharedNetwork4 {
	net := &SharedNetwork4{SharedNetwork: l.sharedNetwork(n, global)}
	net.Subnets = subnets(l, net.around(n, global), l.subnet4)
	l.checkOneAuthority(n, net)
	return net
}

// checkOneAuthority checks that the subnets of a network give strangers one
// answer (ARM 8.4.1).
func (l *loader) checkOneAuthority(n node, net *SharedNetwork4) {
	for sn := range n.each("subnet4") {
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
	n.SharedNetwork.show(v, sharedNetwork4Scope)
	return v.Add("subnet4", subnetElements(n.Subnets))
}
