package dhcp6

import (
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/lease"
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
// reservation wins.
func (x *exchange) findReservation() bool {
	if x.selected == nil {
		x.trace.Note(why.Nowhere)
		return x.classifyHost()
	}
	if x.selected.ReservationsGlobal && !x.snap.cfg.EarlyGlobalReservationsLookup {
		x.globalHost = x.hostIn(0, 0xff)
	}
	x.trace.lookups()
	if x.selected.ReservationsInSubnet {
		x.findInSubnets()
	}
	return x.classifyHost()
}

func (x *exchange) findInSubnets() {
	for s := x.selected; s != nil; s = x.next(s, x.selected) {
		if s.hostTypes == 0 || !s.ReservationsInSubnet {
			continue
		}
		if h := x.hostIn(s.ID, s.hostTypes); h != nil {
			x.hosts = append(x.hosts, subnetHost{s, h})
		}
	}
}

func (x *exchange) hostIn(subnetID uint32, types uint8) *host.Host6 {
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

// reserved reports whether the client has a reservation.
func (x *exchange) reserved() bool { return x.globalHost != nil || len(x.hosts) > 0 }

// hostOf returns the client's reservation in the subnet.
func (x *exchange) hostOf(s *subnet6) *host.Host6 {
	for _, h := range x.hosts {
		if h.subnet == s {
			return h.host
		}
	}
	return nil
}

// currentHost is the reservation that names, options and classes come from: the one
// in the subnet, else the global one.
func (x *exchange) currentHost() *host.Host6 {
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

// reservedHere returns the client's own reservation of that address or prefix, in
// the subnet or a global one, nil if there is none.
func (x *exchange) reservedHere(s *subnet6, t lease.Type6, addr [16]byte, length uint8) *host.Resource6 {
	if h := x.hostOf(s); h != nil {
		if r := h.Reserves(t, addr, length); r != nil {
			return r
		}
	}
	if x.globalHost != nil && s.ReservationsGlobal {
		return x.globalHost.Reserves(t, addr, length)
	}
	return nil
}

// isReserved reports whether the address, or a prefix that begins with it, is
// reserved in the subnet for anybody. Global reservations never block one.
func (x *exchange) isReserved(s *subnet6, addr [16]byte) bool {
	return s.hostTypes != 0 && s.ReservationsInSubnet && len(x.reservations.ByAddr6(s.ID, addr)) > 0
}
