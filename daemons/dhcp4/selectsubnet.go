package dhcp4

import (
	"nestor/lib/explain/why"
	"nestor/lib/pkt4"
)

// selectSubnet finds the subnet of the client, by the first of these that
// applies: link selection of the relay (RFC 3527) or subnet selection of the
// client (RFC 3011); a relay address that subnets name; giaddr; ciaddr and the
// source address of a unicast; the subnets that name the interface; the address
// of the interface. Of several subnets the one with the lowest id that admits
// the client's classes is taken.
func (x *exchange) selectSubnet() {
	if x.over6 != nil {
		x.selected = x.findSubnetOver6()
		x.subnet = x.selected
		x.trace.selection()
		return
	}
	x.selected = x.findSubnet(selector{
		ciaddr: x.query.CIAddr(), giaddr: x.query.GIAddr(), local: x.in.Dst, remote: x.in.Src,
		option: x.selectionOption(), iface: x.interfaceName(), ifaceAddr: x.sock.Addr(),
	})
	x.subnet = x.selected
	x.trace.selection()
	if log := x.srv.log.dhcp4; x.selected != nil && log.Enabled(msgSubnetSelected) {
		log.Log(msgSubnetSelected, x.label(), x.selected.ID)
	} else if x.selected == nil && log.Enabled(msgSubnetSelectionFailed) {
		log.Log(msgSubnetSelectionFailed, x.label())
	}
}

// selector is what subnets are selected by. Addresses that are absent are 0.
type selector struct {
	ciaddr, giaddr, local, remote uint32
	option                        uint32 // link or subnet selection
	iface                         string
	ifaceAddr                     uint32
}

func (x *exchange) findSubnet(k selector) *subnet4 {
	x.trace.selector(&k)
	if k.option != 0 {
		x.trace.address(whyByOption, k.option)
		return x.firstAdmitting(x.snap.index.ByAddr(ip4(k.option)))
	}
	if k.giaddr != 0 {
		x.trace.address(whyByRelay, k.giaddr)
		if s := x.firstAdmitting(x.snap.index.ByRelay(ip4(k.giaddr))); s != nil {
			return s
		}
		x.trace.address(whyByGIAddr, k.giaddr)
		return x.firstAdmitting(x.snap.index.ByAddr(ip4(k.giaddr)))
	}
	if k.local != broadcastAddr {
		if k.ciaddr != 0 {
			x.trace.address(whyByCIAddr, k.ciaddr)
			return x.firstAdmitting(x.snap.index.ByAddr(ip4(k.ciaddr)))
		}
		if k.remote != 0 {
			x.trace.address(whyBySource, k.remote)
			return x.firstAdmitting(x.snap.index.ByAddr(ip4(k.remote)))
		}
	}
	x.trace.Value(why.ByInterface, k.iface)
	if s := x.firstAdmitting(x.snap.index.ByInterface(k.iface)); s != nil {
		return s
	}
	if k.ifaceAddr == 0 {
		x.trace.Note(whyNoInterfaceAddr)
		return nil
	}
	x.trace.address(whyByInterfaceAddr, k.ifaceAddr)
	return x.firstAdmitting(x.snap.index.ByAddr(ip4(k.ifaceAddr)))
}

// selectionOption is the address that the relay or the client names to select
// the subnet by, 0 if none does.
func (x *exchange) selectionOption() uint32 {
	if !x.snap.cfg.Compat.IgnoreRAILinkSelection {
		if a, ok := x.query.RAI(pkt4.RAILinkSelection); ok && len(a) == 4 {
			return be32(a)
		}
	}
	return x.query.Addr(pkt4.OptSubnetSelection)
}

func (x *exchange) firstAdmitting(subnets []*subnet4) *subnet4 {
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

// walk calls fn for the subnets of the network that admit the client, beginning
// with start, then in ascending order of id and round to start again, until fn
// returns false.
func (x *exchange) walk(start *subnet4, fn func(*subnet4) bool) {
	all := start.network.subnets
	for i := range all {
		s := all[(start.position+i)%len(all)]
		if (i == 0 || s.admits(&x.classes)) && !fn(s) {
			return
		}
	}
}
