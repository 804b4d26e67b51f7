package sqlhost

import (
	"context"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/host"
)

// The look-ups of this file return the reservations that can be used, together with
// an error where some cannot or the database failed. A Fragment brings the option
// definitions of the configuration in force.

// ByIdentifiers returns the reservations, of all subnets and global ones, of the
// hosts with any of the identifiers.
func (s *Store4) ByIdentifiers(ctx context.Context, ids []host.Identifier, f config.Fragment4) ([]*host.Host, error) {
	return hostsOf(s.clients(ctx, ids, f))
}

// ByIdentifiers does what Store4.ByIdentifiers does.
func (s *Store6) ByIdentifiers(ctx context.Context, ids []host.Identifier, f config.Fragment6) ([]*host.Host6, error) {
	return hostsOf(s.clients(ctx, ids, f))
}

func (s *Store4) clients(ctx context.Context, ids []host.Identifier, f config.Fragment4) ([]found[host.Host], error) {
	rows, err := s.byIdentifiers(ctx, ids)
	return s.decode4(rows, f), err
}

func (s *Store6) clients(ctx context.Context, ids []host.Identifier, f config.Fragment6) ([]found[host.Host6], error) {
	rows, err := s.byIdentifiers(ctx, ids)
	return s.decode6(rows, f), err
}

// byIdentifiers looks octet strings up and leaves out hosts that are known by one
// of them in another sense.
func (s *store) byIdentifiers(ctx context.Context, ids []host.Identifier) ([]*row, error) {
	values := make([][]byte, 0, len(ids))
	wanted := make(map[string]uint8, len(ids)) // a bit for each type
	for _, id := range ids {
		if len(id.Value) == 0 || len(id.Value) > maxIdent {
			continue
		}
		if _, there := wanted[string(id.Value)]; !there {
			values = append(values, id.Value)
		}
		wanted[string(id.Value)] |= 1 << id.Type
	}
	if len(values) == 0 {
		return nil, nil
	}
	rows, err := s.read(ctx, func(q *statement) { q.isOneOf("h.dhcp_identifier", values) }, 0)
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	for _, r := range rows {
		if wanted[string(r.ident)]&(1<<r.identType) != 0 {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// maxIdent is the longest identifier that the schema can hold.
const maxIdent = 255

// ByAddress returns the reservations of the address in the subnet.
func (s *Store4) ByAddress(ctx context.Context, subnetID, addr uint32, f config.Fragment4) ([]*host.Host, error) {
	rows, err := s.read(ctx, func(q *statement) {
		q.add("h.ipv4_address = ").arg(addr).add(" AND h.dhcp4_subnet_id = ").arg(subnetID)
	}, 0)
	return hostsOf(s.decode4(rows, f), err)
}

// ByAddress returns the reservations in the subnet of the address, or of a prefix
// that begins with it.
func (s *Store6) ByAddress(ctx context.Context, subnetID uint32, addr netip.Addr, f config.Fragment6) ([]*host.Host6, error) {
	rows, err := s.read(ctx, func(q *statement) {
		q.add("h.dhcp6_subnet_id = ").arg(subnetID).
			add(" AND h.host_id IN (SELECT a.host_id FROM ipv6_reservations a WHERE a.address = ").addr6(addr).add(")")
	}, 0)
	return hostsOf(s.decode6(rows, f), err)
}

// ByHostname returns the reservations of that name, in whatever case, in all
// subnets.
func (s *Store4) ByHostname(ctx context.Context, name string, f config.Fragment4) ([]*host.Host, error) {
	rows, err := s.read(ctx, func(q *statement) { q.isHostname(name) }, 0)
	return hostsOf(s.decode4(rows, f), err)
}

// ByHostname does what Store4.ByHostname does.
func (s *Store6) ByHostname(ctx context.Context, name string, f config.Fragment6) ([]*host.Host6, error) {
	rows, err := s.read(ctx, func(q *statement) { q.isHostname(name) }, 0)
	return hostsOf(s.decode6(rows, f), err)
}

// Page returns at most limit reservations of the subnet, or of all subnets for nil,
// whose host_id is above after, in the order of these, and the last host_id.
func (s *Store4) Page(ctx context.Context, subnetID *uint32, after int64, limit int, f config.Fragment4) (hosts []*host.Host, last int64, err error) {
	rows, last, err := s.page(ctx, subnetID, after, limit)
	hosts, err = hostsOf(s.decode4(rows, f), err)
	return hosts, last, err
}

// Page does what Store4.Page does.
func (s *Store6) Page(ctx context.Context, subnetID *uint32, after int64, limit int, f config.Fragment6) (hosts []*host.Host6, last int64, err error) {
	rows, last, err := s.page(ctx, subnetID, after, limit)
	hosts, err = hostsOf(s.decode6(rows, f), err)
	return hosts, last, err
}

func (s *store) page(ctx context.Context, subnetID *uint32, after int64, limit int) ([]*row, int64, error) {
	rows, err := s.read(ctx, func(q *statement) {
		q.add("h.host_id > ").arg(after)
		if subnetID != nil {
			q.add(" AND h.").add(s.family.subnet).add(" = ").arg(*subnetID)
		}
	}, limit)
	if len(rows) > 0 {
		after = rows[len(rows)-1].id
	}
	return rows, after, err
}
