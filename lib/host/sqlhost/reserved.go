package sqlhost

import (
	"context"
	"encoding/binary"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/lease"
)

// The look-ups of this file tell who has reserved addresses, and nothing else of the
// reservations: it is asked of every address that a server considers for a client.

// reserved4 returns the reservations in the subnet of addresses from first to last,
// in host byte order, with no more than subnet, identifier and address.
func (s *Store4) reserved4(ctx context.Context, subnetID, first, last uint32) ([]*host.Host, error) {
	q := s.statement("SELECT dhcp_identifier, dhcp_identifier_type, ipv4_address FROM hosts WHERE ipv4_address BETWEEN ").
		arg(first).add(" AND ").arg(last).add(" AND dhcp4_subnet_id = ").arg(subnetID)
	rows, err := s.query(ctx, q)
	if err != nil {
		return nil, s.failed("read reserved addresses", err)
	}
	defer rows.Close()
	var hosts []*host.Host
	for rows.Next() {
		h := &host.Host{Reservation: &config.Reservation{}}
		h.SubnetID = subnetID
		if err := rows.Scan(&h.Ident, &h.IdentType, &h.Addr4); err != nil {
			return nil, s.failed("read reserved addresses", err)
		}
		h.IP = config.Opt[netip.Addr]{Set: true, V: addr4Of(h.Addr4)}
		hosts = append(hosts, h)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read reserved addresses", err)
	}
	return hosts, nil
}

// reserved6 does the same for the addresses from first to last and the prefixes
// that begin between them; each host comes with one of them.
func (s *Store6) reserved6(ctx context.Context, subnetID uint32, first, last netip.Addr) ([]*host.Host6, error) {
	q := s.statement("SELECT h.dhcp_identifier, h.dhcp_identifier_type, r.type, ").add(shown6(s.db.Dialect, "r.address")).
		add(", r.prefix_len FROM ipv6_reservations r JOIN hosts h ON h.host_id = r.host_id WHERE r.address BETWEEN ").
		addr6(first).add(" AND ").addr6(last).add(" AND h.dhcp6_subnet_id = ").arg(subnetID)
	rows, err := s.query(ctx, q)
	if err != nil {
		return nil, s.failed("read reserved addresses", err)
	}
	defer rows.Close()
	var hosts []*host.Host6
	for rows.Next() {
		h := &host.Host6{Reservation6: &config.Reservation6{}}
		h.SubnetID = subnetID
		var address []byte
		var typ, length uint8
		if err := rows.Scan(&h.Ident, &h.IdentType, &typ, &address, &length); err != nil {
			return nil, s.failed("read reserved addresses", err)
		}
		a, ok := addr6Of(s.db.Dialect, address)
		if !ok {
			continue // of no use to anybody
		}
		h.Resources = []host.Resource6{{Type: lease.Type6(typ), Addr: a.As16(), Len: length}}
		hosts = append(hosts, h)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failed("read reserved addresses", err)
	}
	return hosts, nil
}

// Addresses are looked up a row of them at a time: the candidates of a batch mostly
// stand side by side.
const rowMask = 0xff

func row4(addr uint32) (first, last uint32) { return addr &^ rowMask, addr | rowMask }

func row6(addr [16]byte) (first, last netip.Addr) {
	lo := binary.BigEndian.Uint64(addr[8:])
	from, to := addr, addr
	binary.BigEndian.PutUint64(from[8:], lo&^rowMask)
	binary.BigEndian.PutUint64(to[8:], lo|rowMask)
	return netip.AddrFrom16(from), netip.AddrFrom16(to)
}
