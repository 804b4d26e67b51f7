package config

import (
	"slices"
	"strings"

	"nestor/lib/element"
)

// sharedNetworks decodes the shared networks.
func sharedNetworks[N interface{ common() *SharedNetwork }](l *loader, global *around, decode func(node, *around) N) []N {
	var networks []N
	first := make(map[string]element.Pos)
	for nn := range global.each("shared-networks") {
		n := decode(nn, global)
		name := n.common().Name
		if pos, twice := first[name]; twice && name != "" {
			l.fail(nn.at("name"), nn.pos("name"), "shared network %s exists already, at %s", name, pos)
		}
		first[name] = nn.pos("name")
		networks = append(networks, n)
	}
	return networks
}

func (n *SharedNetwork) common() *SharedNetwork { return n }

// sharedNetwork decodes what networks of both protocols have.
func (l *loader) sharedNetwork(n node, global *around) SharedNetwork {
	net := SharedNetwork{
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
	l.checkLifetimes(n, &net.NetworkParams)
	l.checkOneInterface(n, &net)
	return net
}

// around is the network as the scope that its subnets inherit from.
func (n *SharedNetwork) around(at node, global *around) *around {
	return &around{node: at, up: global, params: &n.NetworkParams, iface: n.Interface, relays: n.Relays}
}

// checkOneInterface checks that the subnets of a network are on one link
// (ARM 8.4.1).
func (l *loader) checkOneInterface(n node, net *SharedNetwork) {
	iface := net.Interface
	for sn := range n.each(l.family.subnets) {
		own := sn.str("interface")
		if iface == "" {
			iface = own
		}
		if own != "" && own != iface {
			l.fail(sn.at("interface"), sn.pos("interface"),
				"it is %s, but shared network %s or an earlier subnet of it has %s: they need the same", own, net.Name, iface)
		}
	}
}

// show adds what config-get has of networks of both protocols.
func (n *SharedNetwork) show(v *element.Value, s *scope) {
	n.NetworkParams.show(v, s)
	v.Add("name", element.NewString(n.Name))
	showClasses(v, n.ClientClasses, n.AdditionalClasses)
	showLink(v, n.Interface, n.Relays)
	v.Add("option-data", optionElements(n.Options))
	n.Meta.show(v)
}

// networkElements renders networks in the order of their names.
func networkElements[N interface {
	common() *SharedNetwork
	Element() *element.Value
}](networks []N) *element.Value {
	sorted := slices.Clone(networks)
	slices.SortStableFunc(sorted, func(a, b N) int { return strings.Compare(a.common().Name, b.common().Name) })
	return listOfElements(sorted, N.Element)
}
