// Package confhost is the host source of the reservations that stand in the
// configuration.
package confhost

import (
	"encoding/binary"

	"nestor/lib/config"
	"nestor/lib/host"
)

// Source holds the DHCPv4 reservations of one configuration. It is immutable and
// implements host.Source4.
type Source struct {
	index[host.Host]
	byAddr map[uint64][]*host.Host
}

// New builds the source. A second reservation of one identifier in one subnet is
// passed over: the reader of the configuration has refused it before.
func New(rs []*config.Reservation) *Source {
	s := &Source{index: newIndex[host.Host](len(rs)), byAddr: make(map[uint64][]*host.Host, len(rs))}
	hosts, single := make([]host.Host, len(rs)), make([]*host.Host, len(rs))
	for i, r := range rs {
		h := &hosts[i]
		*h = host.Host{Reservation: r, Addr4: host.Addr4(r)}
		if !s.add(h, &r.Host) || h.Addr4 == 0 {
			continue
		}
		a := uint64(r.SubnetID)<<32 | uint64(h.Addr4)
		same, there := s.byAddr[a]
		if !there {
			same = single[i : i : i+1]
		}
		s.byAddr[a] = append(same, h)
	}
	return s
}

// ByAddr4 implements host.Source4.
func (s *Source) ByAddr4(subnetID uint32, addr uint32) []*host.Host {
	if len(s.byAddr) == 0 {
		return nil
	}
	return s.byAddr[uint64(subnetID)<<32|uint64(addr)]
}

// Source6 does the same for DHCPv6; it implements host.Source6.
type Source6 struct {
	index[host.Host6]
	byAddr map[place6][]*host.Host6
}

// place6 is an address in a subnet.
type place6 struct {
	subnetID uint32
	addr     [16]byte
}

// New6 builds the source as New does.
func New6(rs []*config.Reservation6) *Source6 {
	s := &Source6{index: newIndex[host.Host6](len(rs)), byAddr: make(map[place6][]*host.Host6, len(rs))}
	hosts := make([]host.Host6, len(rs))
	for i, r := range rs {
		h := &hosts[i]
		*h = host.Host6{Reservation6: r, Resources: host.Resources6(r)}
		if !s.add(h, &r.Host) {
			continue
		}
		for _, res := range h.Resources {
			at := place6{r.SubnetID, res.Addr}
			s.byAddr[at] = append(s.byAddr[at], h)
		}
	}
	return s
}

// ByAddr6 implements host.Source6.
func (s *Source6) ByAddr6(subnetID uint32, addr [16]byte) []*host.Host6 {
	if len(s.byAddr) == 0 {
		return nil
	}
	return s.byAddr[place6{subnetID, addr}]
}

// index finds the reservations of either protocol by their identifiers.
type index[H any] struct {
	all     []*H
	byIdent map[string]*H
	types   map[uint32]uint8
}

func newIndex[H any](size int) index[H] {
	return index[H]{all: make([]*H, 0, size), byIdent: make(map[string]*H, size), types: map[uint32]uint8{}}
}

// add puts a reservation into the index unless there is one of the identifier.
func (x *index[H]) add(h *H, r *config.Host) bool {
	var buf [5 + maxIdent]byte // there may be hundreds of thousands: no garbage
	k := key(buf[:0], r.SubnetID, host.Identifier{Type: r.IdentType, Value: r.Ident})
	if _, there := x.byIdent[string(k)]; there {
		return false
	}
	x.byIdent[string(k)] = h
	x.all = append(x.all, h)
	x.types[r.SubnetID] |= 1 << r.IdentType
	return true
}

// maxIdent is the longest identifier that a reservation may have.
const maxIdent = 255

func key(b []byte, subnetID uint32, id host.Identifier) []byte {
	b = binary.BigEndian.AppendUint32(b, subnetID)
	return append(append(b, byte(id.Type)), id.Value...)
}

// ByIdentifier implements host.Source4 and host.Source6.
func (x *index[H]) ByIdentifier(subnetID uint32, id host.Identifier) *H {
	if x.types[subnetID]&(1<<id.Type) == 0 || len(id.Value) > maxIdent {
		return nil
	}
	var buf [5 + maxIdent]byte
	return x.byIdent[string(key(buf[:0], subnetID, id))]
}

// Identifiers implements host.Source4 and host.Source6.
func (x *index[H]) Identifiers(subnetID uint32) uint8 { return x.types[subnetID] }

// All implements host.Source4 and host.Source6.
func (x *index[H]) All() []*H { return x.all }
