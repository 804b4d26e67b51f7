package config

import "nestor/lib/element"

// subnet6 decodes one subnet inside outer.
func (l *loader) subnet6(n node, outer *around) *Subnet6 {
	s := &Subnet6{ownInterfaceID: l.share(n.str("interface-id"))}
	l.subnet(n, outer, &s.Subnet)
	link := l.link6Of(n, outer.link6)
	s.InterfaceID, s.RapidCommit = link.interfaceID, link.rapidCommit
	// Outside a shared network there is nobody to take it from.
	if n.has("rapid-commit") || outer.up == nil {
		s.ownRapidCommit = Opt[bool]{Set: true, V: s.RapidCommit}
	}
	s.PDPools = l.pdPools(n)
	s.Reservations = l.reservations6(n, s.ID, s.Prefix)
	return s
}

// Element renders the subnet as config-get and subnet6-get show it, with what it
// inherits; see Dhcp6.Element.
func (s *Subnet6) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 24)
	s.Subnet.show(v, family6)
	showInterfaceID(v, s.ownInterfaceID)
	if s.ownRapidCommit.Set {
		v.Add("rapid-commit", shownBool(s.ownRapidCommit.V))
	}
	v.Add("pd-pools", listOfElements(s.PDPools, (*PDPool).Element))
	v.Add("reservations", reservationElements(s.Reservations))
	return inOrder(v)
}
