package config

import (
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/element"
)

// subnets4 decodes the subnets of global scope or of a shared network.
func (l *loader) subnets4(outer *around) []*Subnet4 {
	subnets := make([]*Subnet4, 0, outer.count("subnet4"))
	for sn := range outer.each("subnet4") {
		s := l.subnet4(sn, outer)
		l.registerSubnet4(sn, s)
		subnets = append(subnets, s)
	}
	return subnets
}

// subnet4 decodes one subnet inside outer.
func (l *loader) subnet4(n node, outer *around) *Subnet4 {
	s := &Subnet4{
		Meta:                l.meta(n),
		NetworkParams:       l.networkParams(n, outer.params),
		ID:                  n.uint32("id"),
		Interface:           l.interfaceOf(n, outer.iface),
		Relays:              l.relays(n, outer.relays),
		ClientClasses:       l.guards(n),
		AdditionalClasses:   l.additional(n),
		FourOSixInterface:   n.str("4o6-interface"),
		FourOSixInterfaceID: n.str("4o6-interface-id"),
		FourOSixSubnet:      n.str("4o6-subnet"),
	}
	s.ownInterface = l.share(n.str("interface"))
	inner := &around{node: n, up: outer, params: &s.NetworkParams}
	l.checkLifetimes(n, &s.NetworkParams)
	l.checkTimers(inner)
	l.check4o6(n, s)
	l.subnetPrefix(n, s)
	s.Options = l.options(n, l.defs)
	s.Pools = l.pools4(n, s.Prefix)
	s.Reservations = l.reservations4(n, s.ID, s.Prefix)
	return s
}

// subnetPrefix reads the prefix. Its text is kept, since config-get shows host
// bits; blanks are not.
func (l *loader) subnetPrefix(n node, s *Subnet4) {
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
		l.fail(n.at("subnet"), v.Pos, "%s is no subnet: write 192.0.2.0/24", orNothing(text))
		return
	}
	prefix, err := parsePrefix4(address, length)
	if err != nil {
		l.fail(n.at("subnet"), v.Pos, "%v", err)
		return
	}
	s.Prefix, s.Text = prefix.Masked(), prefix.String()
}

// registerSubnet4 refuses ids and prefixes that are there already. Prefixes are
// compared as they are written, so that 192.0.2.1/24 may stand beside
// 192.0.2.0/24 (ARM 8.2.6).
func (l *loader) registerSubnet4(n node, s *Subnet4) {
	if old, twice := l.subnetIDs[s.ID]; twice && n.has("id") {
		l.errors = append(l.errors, &Error{
			Path: n.at("id").String(), Pos: n.pos("id"), Text: fmt.Sprintf("the other subnet is at %s", old),
			Kea: fmt.Sprintf("ID of the new IPv4 subnet '%d' is already in use (%s)", s.ID, n.v.Pos),
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
		a, ok := parseIPv4(text)
		switch {
		case !ok:
			l.fail(rn.item("ip-addresses", i), rn.pos("ip-addresses"), "%s is not an IPv4 address", orNothing(text))
		case seen[a]:
			l.fail(rn.item("ip-addresses", i), rn.pos("ip-addresses"), "%s is in the list already", a)
		default:
			relays, seen[a] = append(relays, a), true
		}
	}
	return relays
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

var (
	teeBits   = networkBits["calculate-tee-times"] | networkBits["t1-percent"] | networkBits["t2-percent"]
	timerBits = networkBits["renew-timer"] | networkBits["rebind-timer"]
)

// checkTimers checks the shares of the lifetime, if they are in use, and warns of
// a renewal after the rebinding.
func (l *loader) checkTimers(a *around) {
	p := a.params
	if owner := a.owner(teeBits); p.CalculateTee && owner.reported&teeBits == 0 && !l.checkTee(owner.node, p) {
		owner.reported |= teeBits
	}
	owner := a.owner(timerBits)
	if p.RenewTimer.Set && p.RebindTimer.Set && p.RenewTimer.V > p.RebindTimer.V && owner.reported&timerBits == 0 {
		owner.reported |= timerBits
		l.warnings = append(l.warnings, Warning{
			ID:   "DHCPSRV_CFGMGR_RENEW_GTR_REBIND",
			Args: []string{owner.what(), fmt.Sprint(p.RenewTimer.V), fmt.Sprint(p.RebindTimer.V)},
			Path: owner.at("renew-timer").String(),
			Pos:  owner.pos("renew-timer"),
			Text: fmt.Sprintf("renew-timer %d is above rebind-timer %d and will not be sent", p.RenewTimer.V, p.RebindTimer.V),
		})
	}
}

// checkTee reports shares that are out of order, and whether they are in order.
func (l *loader) checkTee(n node, p *NetworkParams) bool {
	for _, share := range []struct {
		key string
		v   float64
	}{{"t1-percent", p.T1Percent}, {"t2-percent", p.T2Percent}} {
		if share.v <= 0 || share.v >= 1 {
			l.failOn(relyOnTees, n.at(share.key), n.pos(share.key), "%v is no share of a lifetime: it has to be above 0.0 and below 1.0", share.v)
			return false
		}
	}
	if p.T1Percent >= p.T2Percent {
		l.failOn(relyOnTees, n.at("t1-percent"), n.pos("t1-percent"), "%v is not below t2-percent, which is %v", p.T1Percent, p.T2Percent)
		return false
	}
	return true
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

// Element renders the subnet as config-get and subnet4-get show it, with what it
// inherits; see Dhcp4.Element.
func (s *Subnet4) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 24)
	s.NetworkParams.show(v)
	v.Add("4o6-interface", shownText(s.FourOSixInterface))
	v.Add("4o6-interface-id", shownText(s.FourOSixInterfaceID))
	v.Add("4o6-subnet", shownText(s.FourOSixSubnet))
	v.Add("id", shownUint(s.ID))
	v.Add("subnet", element.NewString(s.Text))
	showClasses(v, s.ClientClasses, s.AdditionalClasses)
	showLink(v, s.ownInterface, s.Relays)
	v.Add("option-data", optionElements(s.Options))
	v.Add("pools", listOfElements(s.Pools, (*Pool4).Element))
	v.Add("reservations", reservationElements(s.Reservations))
	s.Meta.show(v)
	return inOrder(v)
}

// show adds the parameters that config-get has in a network or subnet: its own,
// and some also when they are inherited.
func (p *NetworkParams) show(v *element.Value) {
	for i := range networkParams {
		row := &networkParams[i]
		if !row.handed && p.Own&(1<<i) == 0 {
			continue
		}
		if shown := row.show(p); shown != nil {
			v.Add(row.name, shown)
		}
	}
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
