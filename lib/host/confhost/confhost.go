// Package confhost is the host source of the reservations that stand in the
// configuration.
package confhost

import (
	"encoding/binary"

	"nestor/lib/config"
	"nestor/lib/host"
)

// Source holds the reservations of one configuration. It is immutable and
// implements host.Source4.
type Source struct {
	all     []*host.Host
	byIdent map[string]*host.Host
	byAddr  map[uint64][]*host.Host
	types   map[uint32]uint8
}

// New builds the source. A second reservation of one identifier in one subnet is
// passed over: the reader of the configuration has refused it before.
func New(rs []*config.Reservation) *Source {
	s := &Source{
		byIdent: make(map[string]*host.Host, len(rs)),
		byAddr:  make(map[uint64][]*host.Host, len(rs)),
		types:   map[uint32]uint8{},
	}
	hosts := make([]host.Host, len(rs))
	for i, r := range rs {
		h := &hosts[i]
		*h = host.Host{Reservation: r, Addr4: host.Addr4(r)}
		k := string(key(nil, r.SubnetID, host.Identifier{Type: r.IdentType, Value: r.Ident}))
		if _, there := s.byIdent[k]; there {
			continue
		}
		s.byIdent[k] = h
		s.all = append(s.all, h)
		s.types[r.SubnetID] |= 1 << r.IdentType
		if h.Addr4 != 0 {
			a := uint64(r.SubnetID)<<32 | uint64(h.Addr4)
			s.byAddr[a] = append(s.byAddr[a], h)
		}
	}
	return s
}

// maxIdent is the longest identifier that a reservation may have.
const maxIdent = 255

func key(b []byte, subnetID uint32, id host.Identifier) []byte {
	b = binary.BigEndian.AppendUint32(b, subnetID)
	return append(append(b, byte(id.Type)), id.Value...)
}

// ByIdentifier implements host.Source4.
func (s *Source) ByIdentifier(subnetID uint32, id host.Identifier) *host.Host {
	if s.types[subnetID]&(1<<id.Type) == 0 || len(id.Value) > maxIdent {
		return nil
	}
	var buf [5 + maxIdent]byte
	return s.byIdent[string(key(buf[:0], subnetID, id))]
}

// ByAddr4 implements host.Source4.
func (s *Source) ByAddr4(subnetID uint32, addr uint32) []*host.Host {
	if len(s.byAddr) == 0 {
		return nil
	}
	return s.byAddr[uint64(subnetID)<<32|uint64(addr)]
}

// Identifiers implements host.Source4.
func (s *Source) Identifiers(subnetID uint32) uint8 { return s.types[subnetID] }

// All implements host.Source4.
func (s *Source) All() []*host.Host { return s.all }
