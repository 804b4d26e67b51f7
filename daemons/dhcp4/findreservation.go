package dhcp4

import (
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/pkt4"
)

// findEarly looks the client up among the global reservations before its subnet is
// selected, where early-global-reservations-lookup says so (ARM 15.1.1, step 6).
func (x *exchange) findEarly() bool {
	if !x.snap.cfg.EarlyGlobalReservationsLookup {
		return true
	}
	if x.globalHost = x.hostIn(0, 0xff); x.globalHost == nil {
		return true
	}
	return x.classifyEarlyHost()
}

// findReservation looks the client up among the reservations: the global ones,
// unless that is done, then those of every subnet of the network that the client
// may use. In each subnet the first identifier, in configured order, that has a
// reservation wins. A RELEASE or DECLINE is judged by the lease alone: neither
// reservations nor the classes that depend on them can drop it (seen of Kea).
func (x *exchange) findReservation() bool {
	if x.typ == pkt4.Release || x.typ == pkt4.Decline {
		return true
	}
	if x.selected == nil {
		x.trace.Note(why.Nowhere)
		return x.classifyHost()
	}
	if x.looksGlobally() {
		x.globalHost = x.hostIn(0, 0xff)
	}
	x.trace.reservations()
	if x.selected.ReservationsInSubnet {
		x.findInSubnets()
	}
	return x.classifyHost()
}

// looksGlobally reports whether global reservations are looked at now. The subnet
// that was selected decides, not its siblings, as it does about those of subnets
// (seen of Kea).
func (x *exchange) looksGlobally() bool {
	return x.selected.ReservationsGlobal && !x.snap.cfg.EarlyGlobalReservationsLookup
}

func (x *exchange) findInSubnets() {
	all := x.selected.network.subnets
	for i := range all {
		s := all[(x.selected.position+i)%len(all)]
		if s.hostTypes == 0 || !s.ReservationsInSubnet || (i > 0 && !s.admits(&x.classes)) {
			continue
		}
		if h := x.hostIn(s.ID, s.hostTypes); h != nil {
			x.hosts = append(x.hosts, subnetHost{s, h})
		}
	}
}

func (x *exchange) hostIn(subnetID uint32, types uint8) *host.Host {
	for _, id := range x.identifiers {
		if types&(1<<id.Type) == 0 {
			x.trace.OtherHosts(subnetID, id)
			continue
		}
		h := x.reservations.ByIdentifier(subnetID, id)
		x.trace.host(subnetID, id, h)
		if h != nil {
			return h
		}
	}
	return nil
}

// hostOf returns the client's reservation in the subnet.
func (x *exchange) hostOf(s *subnet4) *host.Host {
	for _, h := range x.hosts {
		if h.subnet == s {
			return h.host
		}
	}
	return nil
}

// currentHost is the reservation that names, options, classes and header fields
// come from: the one in the subnet, else the global one.
func (x *exchange) currentHost() *host.Host {
	if x.subnet == nil {
		return nil
	}
	if h := x.hostOf(x.subnet); h != nil {
		return h
	}
	if x.subnet.ReservationsGlobal {
		return x.globalHost
	}
	return nil
}

// reservedAddress returns the address reserved for the client and the subnet it
// lies in, 0 if there is none that may be used. The current subnet is looked at
// first, then its siblings. In a subnet where the client has a reservation, be it
// without an address, that one counts and not the global one (ARM 8.3.1).
func (x *exchange) reservedAddress() (addr uint32, in *subnet4) {
	if x.globalHost == nil && len(x.hosts) == 0 {
		return 0, nil
	}
	all := x.subnet.network.subnets
	for i := range all {
		s := all[(x.subnet.position+i)%len(all)]
		if !s.admits(&x.classes) {
			continue
		}
		switch h, g := x.hostOf(s), x.globalHost; {
		case h == nil:
			if g != nil && s.ReservationsGlobal && g.Addr4 != 0 && s.contains(g.Addr4) {
				return g.Addr4, s
			}
		case h.Addr4 == 0:
		case s.ReservationsOutOfPool && s.poolOf(h.Addr4) != nil:
			x.trace.address(why.ReservedInPool, h.Addr4)
		default:
			return h.Addr4, s
		}
	}
	return 0, nil
}

// reservedForOther reports whether the address is reserved in the subnet for
// somebody else than the client. Global reservations never block an address.
func (x *exchange) reservedForOther(s *subnet4, addr uint32) bool {
	if s.hostTypes == 0 || !s.ReservationsInSubnet {
		return false
	}
	if s.ReservationsOutOfPool && s.poolOf(addr) != nil {
		return false
	}
	hosts := x.reservations.ByAddr4(s.ID, addr)
	for _, h := range hosts {
		for _, id := range x.identifiers {
			if h.Matches(id) {
				return false
			}
		}
	}
	if len(hosts) > 0 {
		x.trace.address(why.ReservedForOther, addr)
	}
	return len(hosts) > 0
}
