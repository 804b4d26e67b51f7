package config

import (
	"net/netip"

	"nestor/lib/element"
)

// subnet4 decodes one subnet inside outer.
func (l *loader) subnet4(n node, outer *around) *Subnet4 {
	s := &Subnet4{
		FourOSixInterface:   n.str("4o6-interface"),
		FourOSixInterfaceID: n.str("4o6-interface-id"),
		FourOSixSubnet:      n.str("4o6-subnet"),
	}
	l.subnet(n, outer, &s.Subnet)
	l.check4o6(n, s)
	s.Reservations = l.reservations4(n, s.ID, s.Prefix)
	return s
}

// check4o6 checks the prefix by which DHCPv4-over-DHCPv6 queries find the subnet.
func (l *loader) check4o6(n node, s *Subnet4) {
	if s.FourOSixSubnet == "" {
		return
	}
	p, err := netip.ParsePrefix(s.FourOSixSubnet)
	if err != nil || !p.Addr().Is6() {
		l.fail(n.at("4o6-subnet"), n.pos("4o6-subnet"), "%s is not an IPv6 prefix: write 2001:db8:1::/48", s.FourOSixSubnet)
	}
}

// Element renders the subnet as config-get and subnet4-get show it, with what it
// inherits; see Dhcp4.Element.
func (s *Subnet4) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 24)
	s.Subnet.show(v, family4)
	v.Add("4o6-interface", shownText(s.FourOSixInterface))
	v.Add("4o6-interface-id", shownText(s.FourOSixInterfaceID))
	v.Add("4o6-subnet", shownText(s.FourOSixSubnet))
	v.Add("reservations", reservationElements(s.Reservations))
	return inOrder(v)
}
