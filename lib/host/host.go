// Package host owns host reservations: the model of one, and the interface
// through which a server asks for those of a client. Where reservations are kept
// is the business of the packages below it: the configuration, later databases.
package host

import (
	"encoding/binary"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/lease"
)

// Host is one DHCPv4 reservation. It is immutable.
type Host struct {
	*config.Reservation
	// Addr4 is the reserved IPv4 address in host byte order, 0 if none.
	Addr4 uint32
}

// Identifier is one thing that a query says about who sent it.
type Identifier struct {
	Type  config.IdentifierType
	Value []byte
}

// Matches reports whether h is identified by id.
func (h *Host) Matches(id Identifier) bool {
	return h.IdentType == id.Type && string(h.Ident) == string(id.Value)
}

// Host6 is one DHCPv6 reservation. It is immutable.
type Host6 struct {
	*config.Reservation6
	// Resources are the reserved addresses in their order, then the prefixes.
	Resources []Resource6
}

// Resource6 is one reserved address or prefix.
type Resource6 struct {
	Type lease.Type6
	Addr [16]byte // the address, or the prefix with zero bits behind it
	Len  uint8    // 128 for an address
	// Excluded is what is left out of the prefix (RFC 6603), not valid for none.
	Excluded netip.Prefix
}

// Reserves returns the resource of h that is exactly that address or prefix, nil
// if it is none of its own.
func (h *Host6) Reserves(t lease.Type6, addr [16]byte, length uint8) *Resource6 {
	for i := range h.Resources {
		if r := &h.Resources[i]; r.Addr == addr && r.Len == length && r.Type == t {
			return r
		}
	}
	return nil
}

// Source4 finds DHCPv4 reservations. It is safe for concurrent use.
type Source4 interface {
	// ByIdentifier returns the reservation of that host in the subnet (0:
	// global), nil if there is none.
	ByIdentifier(subnetID uint32, id Identifier) *Host
	// ByAddr4 returns the reservations of the address in the subnet.
	ByAddr4(subnetID uint32, addr uint32) []*Host
	// Identifiers returns the identifier types that reservations of the subnet
	// use, a bit (1 << type) for each.
	Identifiers(subnetID uint32) uint8
	// All returns every reservation, in the order of its source.
	All() []*Host
}

// Source6 finds DHCPv6 reservations. It is safe for concurrent use.
type Source6 interface {
	// ByIdentifier, Identifiers and All do what those of Source4 do.
	ByIdentifier(subnetID uint32, id Identifier) *Host6
	Identifiers(subnetID uint32) uint8
	All() []*Host6
	// ByAddr6 returns the reservations in the subnet of the address, or of a
	// prefix that begins with it.
	ByAddr6(subnetID uint32, addr [16]byte) []*Host6
}

// Resources6 lists what is reserved.
func Resources6(r *config.Reservation6) []Resource6 {
	var out []Resource6
	for _, a := range r.Addresses {
		out = append(out, Resource6{Type: lease.TypeNA, Addr: a.As16(), Len: 128})
	}
	for i, p := range r.Prefixes {
		res := Resource6{Type: lease.TypePD, Addr: p.Masked().Addr().As16(), Len: uint8(p.Bits())}
		if i < len(r.Excluded) {
			res.Excluded = r.Excluded[i]
		}
		out = append(out, res)
	}
	return out
}

// Addr4 turns a reserved address into a number, 0 if there is none.
func Addr4(r *config.Reservation) uint32 {
	if !r.IP.Set || !r.IP.V.Is4() {
		return 0
	}
	a := r.IP.V.As4()
	return binary.BigEndian.Uint32(a[:])
}
