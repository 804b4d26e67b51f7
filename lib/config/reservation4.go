package config

import (
	"net/netip"

	"nestor/lib/element"
)

// maxBootFileReserved is one less than elsewhere: here Kea keeps room for a NUL.
const maxBootFileReserved = 127

// reservations4 decodes the reservations of a subnet; see reservations.
func (l *loader) reservations4(n node, subnetID uint32, prefix netip.Prefix) []*Reservation {
	return reservations(l, n, prefix, func(l *loader, n node) (*Reservation, bool) { return l.reservation4(n, subnetID) })
}

// reservation4 decodes one reservation and tells whether it is good.
func (l *loader) reservation4(n node, subnetID uint32) (*Reservation, bool) {
	r := &Reservation{
		NextServer:     l.fixedNextServer(n),
		ServerHostname: l.share(n.str("server-hostname")),
		BootFileName:   l.share(n.str("boot-file-name")),
	}
	l.checkFixedFields(n, maxBootFileReserved)
	r.IP = l.reservedAddress(n)
	return r, l.host(n, subnetID, &r.Host)
}

// reservedAddress reads ip-address.
func (l *loader) reservedAddress(n node) Opt[netip.Addr] {
	v := n.get("ip-address", element.String)
	if v == nil {
		return Opt[netip.Addr]{}
	}
	a, ok := parseIPv4(v.Str)
	if !ok || a.IsUnspecified() || a == broadcast {
		l.fail(n.at("ip-address"), v.Pos, "%s is not an IPv4 address that can be reserved", orNothing(v.Str))
		return Opt[netip.Addr]{}
	}
	return Opt[netip.Addr]{Set: true, V: a}
}

func (r *Reservation) reserved(i int) (key string, a netip.Addr, ok bool) {
	return "ip-address", r.IP.V, i == 0 && r.IP.Set
}

// Element renders the reservation as config-get shows it; see Dhcp4.Element.
func (r *Reservation) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 10)
	r.Host.show(v)
	showFixedFields(v, r.NextServer, r.ServerHostname, r.BootFileName)
	if r.IP.Set {
		v.Add("ip-address", element.NewString(r.IP.V.String()))
	}
	return inOrder(v)
}
