package dhcp6

import (
	"net/netip"

	"nestor/lib/explain/why"
	"nestor/lib/pkt6"
)

// selectSubnet finds the subnet of the client (ARM 9.9). Behind a relay that tells
// the link: by the interface-id of the relay nearest the client, by a relay address
// that subnets name, by the address of the link. Else by the interface that
// received the query, then by its source address. Of several subnets the one with
// the lowest id that admits the client's classes is taken.
func (x *exchange) selectSubnet() {
	if link, relayed := x.link(); relayed {
		x.selected = x.findRelayed(link)
	} else {
		x.selected = x.findDirect()
	}
	x.subnet = x.selected
	x.trace.selection()
	if log := x.srv.log.dhcp6; x.selected != nil && log.Enabled(msgSubnetSelected) {
		log.Log(msgSubnetSelected, x.label(), x.selected.ID)
	} else if x.selected == nil && log.Enabled(msgSubnetSelectionFailed) {
		log.Log(msgSubnetSelectionFailed, x.label())
	}
}

// link is the link address of the relay nearest the client that has one.
// Lightweight relays (RFC 6221) have none.
func (x *exchange) link() (netip.Addr, bool) {
	relays := x.query.Relays()
	for i := len(relays) - 1; i >= 0; i-- {
		if a := ip6(relays[i].Link); !a.IsUnspecified() && !a.IsLinkLocalUnicast() {
			return a, true
		}
	}
	return netip.Addr{}, false
}

func (x *exchange) findRelayed(link netip.Addr) *subnet6 {
	if id, ok := x.query.RelayOption(pkt6.OptInterfaceID); ok && len(id) > 0 {
		x.trace.byInterfaceID(id)
		if s := x.firstAdmitting(x.snap.index.ByInterfaceID(id)); s != nil {
			return s
		}
	}
	x.trace.by(whyByRelay, link)
	if s := x.firstAdmitting(x.snap.index.ByRelay(link)); s != nil {
		return s
	}
	x.trace.by(whyByLink, link)
	return x.firstAdmitting(x.snap.index.ByAddr(link))
}

func (x *exchange) findDirect() *subnet6 {
	name := x.interfaceName()
	x.trace.Value(why.ByInterface, name)
	if s := x.firstAdmitting(x.snap.index.ByInterface(name)); s != nil {
		return s
	}
	x.trace.by(whyBySource, ip6(x.in.Src))
	return x.firstAdmitting(x.snap.index.ByAddr(ip6(x.in.Src)))
}

func (x *exchange) firstAdmitting(subnets []*subnet6) *subnet6 {
	for i, s := range subnets {
		if s.admits(&x.classes) {
			x.trace.alsoFit(subnets[i+1:])
			return s
		}
		x.trace.subnet(why.NotAdmitted, s)
	}
	if len(subnets) == 0 {
		x.trace.Note(why.NoCandidate)
	}
	return nil
}

// next returns the subnet of the network that admits the client and comes after s
// in ascending order of id and round, nil when that would be start again.
func (x *exchange) next(s, start *subnet6) *subnet6 {
	all := start.network.subnets
	for {
		s = all[(s.position+1)%len(all)]
		if s == start {
			return nil
		}
		if s.admits(&x.classes) {
			return s
		}
	}
}
