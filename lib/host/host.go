// Package host owns host reservations: the model of one, and the interface
// through which a server asks for those of a client. Where reservations are kept
// is the business of the packages below it: the configuration, later databases.
package host

import (
	"encoding/binary"

	"nestor/lib/config"
)

// Host is one reservation. It is immutable.
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

// Addr4 turns a reserved address into a number, 0 if there is none.
func Addr4(r *config.Reservation) uint32 {
	if !r.IP.Set || !r.IP.V.Is4() {
		return 0
	}
	a := r.IP.V.As4()
	return binary.BigEndian.Uint32(a[:])
}
