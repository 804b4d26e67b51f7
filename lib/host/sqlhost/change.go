package sqlhost

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"strings"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// Add adds a reservation with its options. unique is ip-reservations-unique: the
// address may then be reserved for one host of the subnet only. The error is
// ErrDuplicate, ErrReadOnly, one of what the schema cannot hold, or the database's.
func (s *Store4) Add(ctx context.Context, r *config.Reservation, unique bool) error {
	return s.change(ctx, "add a reservation", func(tx *sql.Tx) error { return s.add4(ctx, tx, r, unique) })
}

// Add does what Store4.Add does for addresses and prefixes.
func (s *Store6) Add(ctx context.Context, r *config.Reservation6, unique bool) error {
	return s.change(ctx, "add a reservation", func(tx *sql.Tx) error { return s.add6(ctx, tx, r, unique) })
}

// Update puts a reservation in the place of the one that the host has in the
// subnet. It reports whether there was one; nothing changes without.
func (s *Store4) Update(ctx context.Context, r *config.Reservation, unique bool) (found bool, err error) {
	err = s.change(ctx, "update a reservation", func(tx *sql.Tx) error {
		if found, err = s.remove(ctx, tx, r.SubnetID, identifierOf(&r.Host)); err != nil || !found {
			return err
		}
		return s.add4(ctx, tx, r, unique)
	})
	return found, err
}

// Update does what Store4.Update does.
func (s *Store6) Update(ctx context.Context, r *config.Reservation6, unique bool) (found bool, err error) {
	err = s.change(ctx, "update a reservation", func(tx *sql.Tx) error {
		if found, err = s.remove(ctx, tx, r.SubnetID, identifierOf(&r.Host)); err != nil || !found {
			return err
		}
		return s.add6(ctx, tx, r, unique)
	})
	return found, err
}

func identifierOf(h *config.Host) host.Identifier {
	return host.Identifier{Type: h.IdentType, Value: h.Ident}
}

// Delete removes the reservation of a host in the subnet, with its options and
// addresses, and reports whether there was one.
func (s *store) Delete(ctx context.Context, subnetID uint32, id host.Identifier) (found bool, err error) {
	err = s.change(ctx, "delete a reservation", func(tx *sql.Tx) error {
		found, err = s.remove(ctx, tx, subnetID, id)
		return err
	})
	return found, err
}

// change runs one change as a transaction.
func (s *store) change(ctx context.Context, doing string, fn func(tx *sql.Tx) error) error {
	if s.readOnly {
		return s.failed(doing, ErrReadOnly)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.failed(doing, err)
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		if sqldb.Classify(err) == sqldb.Duplicate {
			err = ErrDuplicate
		}
		return s.failed(doing, err)
	}
	if err := tx.Commit(); err != nil {
		return s.failed(doing, err)
	}
	return nil
}

func (s *store) remove(ctx context.Context, tx *sql.Tx, subnetID uint32, id host.Identifier) (bool, error) {
	q := s.statement("DELETE FROM hosts WHERE ").add(s.family.subnet).add(" = ").arg(subnetID).
		add(" AND dhcp_identifier_type = ").arg(int(id.Type)).add(" AND dhcp_identifier = ").arg(id.Value)
	n, err := q.run(ctx, tx)
	return n > 0, err
}

// run executes a statement and tells how many rows it concerned.
func (q *statement) run(ctx context.Context, tx *sql.Tx) (int64, error) {
	done, err := tx.ExecContext(ctx, q.String(), q.args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// longest are the lengths of the columns of hosts in characters.
var longest = []struct {
	what string
	max  int
	of   func(*config.Host, *config.Reservation) string
}{
	{"hostname", 255, func(h *config.Host, _ *config.Reservation) string { return h.Hostname }},
	{"client-classes", 255, func(h *config.Host, _ *config.Reservation) string { return strings.Join(h.ClientClasses, ",") }},
	{"server-hostname", 64, func(_ *config.Host, r *config.Reservation) string { return r.ServerHostname }},
	{"boot-file-name", 128, func(_ *config.Host, r *config.Reservation) string { return r.BootFileName }},
}

// checkLengths refuses what a column would cut short or the database refuse with
// less to say.
func checkLengths(h *config.Host, r *config.Reservation) error {
	for _, c := range longest {
		if text := c.of(h, r); len([]rune(text)) > c.max {
			return fmt.Errorf("%s has %d characters, the database holds %d", c.what, len([]rune(text)), c.max)
		}
	}
	if len(h.Ident) > maxIdent {
		return fmt.Errorf("the identifier has %d octets, the database holds %d", len(h.Ident), maxIdent)
	}
	for _, o := range h.Options {
		if len(o.Wire) > maxOption {
			return fmt.Errorf("option %d has %d octets, at most %d are possible in a reservation", o.Code, len(o.Wire), maxOption)
		}
	}
	return nil
}

// maxOption is the largest content of an option of a reservation (ARM 8.3.7).
const maxOption = 4096

func (s *store) add4(ctx context.Context, tx *sql.Tx, r *config.Reservation, unique bool) error {
	if err := checkLengths(&r.Host, r); err != nil {
		return err
	}
	var address any
	if a := host.Addr4(r); a != 0 {
		address = a
	}
	next := uint32(0)
	if r.NextServer.Set {
		b := r.NextServer.V.As4()
		next = uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	}
	q := s.statement("INSERT INTO hosts (dhcp_identifier, dhcp_identifier_type, dhcp4_subnet_id, ipv4_address, hostname, "+
		"dhcp4_client_classes, dhcp6_client_classes, user_context, dhcp4_next_server, dhcp4_server_hostname, dhcp4_boot_file_name) SELECT ").
		list(r.Ident, int(r.IdentType), r.SubnetID, address, r.Hostname,
			strings.Join(r.ClientClasses, ","), "", contextOf(&r.Meta), next, r.ServerHostname, r.BootFileName)
	if unique && address != nil {
		q.add(s.fromNothing()).add(" WHERE NOT EXISTS (SELECT 1 FROM hosts h WHERE h.ipv4_address = ").arg(address).
			add(" AND h.dhcp4_subnet_id = ").arg(r.SubnetID).add(")")
	}
	id, err := s.insert(ctx, tx, q, "host_id")
	if err != nil {
		return err
	}
	return s.addOptions(ctx, tx, id, r.Options)
}

func (s *store) add6(ctx context.Context, tx *sql.Tx, r *config.Reservation6, unique bool) error {
	if err := checkLengths(&r.Host, &config.Reservation{}); err != nil {
		return err
	}
	q := s.statement("INSERT INTO hosts (dhcp_identifier, dhcp_identifier_type, dhcp6_subnet_id, hostname, "+
		"dhcp4_client_classes, dhcp6_client_classes, user_context, dhcp4_next_server, dhcp4_server_hostname, dhcp4_boot_file_name) SELECT ").
		list(r.Ident, int(r.IdentType), r.SubnetID, r.Hostname, "", strings.Join(r.ClientClasses, ","), contextOf(&r.Meta), 0, "", "")
	id, err := s.insert(ctx, tx, q, "host_id")
	if err != nil {
		return err
	}
	for _, res := range host.Resources6(r) {
		if err := s.addResource(ctx, tx, id, r.SubnetID, res, unique); err != nil {
			return err
		}
	}
	return s.addOptions(ctx, tx, id, r.Options)
}

// contextOf is the user context as text, nil for none.
func contextOf(m *config.Meta) any {
	if m.UserContext == nil {
		return nil
	}
	return m.UserContext.String()
}

// fromNothing is what a selection of no table needs before a condition.
func (s *store) fromNothing() string {
	if s.db.Dialect == sqldb.PostgreSQL {
		return ""
	}
	return " FROM DUAL"
}

// insert adds one row and returns its number; one that was not added because of a
// condition is a duplicate.
func (s *store) insert(ctx context.Context, tx *sql.Tx, q *statement, key string) (int64, error) {
	if s.db.Dialect == sqldb.PostgreSQL {
		var id int64
		err := tx.QueryRowContext(ctx, q.String()+" RETURNING "+key, q.args...).Scan(&id)
		if err == sql.ErrNoRows {
			return 0, ErrDuplicate
		}
		return id, err
	}
	done, err := tx.ExecContext(ctx, q.String(), q.args...)
	if err != nil {
		return 0, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return 0, cmp.Or(err, ErrDuplicate)
	}
	return done.LastInsertId()
}

// addResource reserves an address or a prefix, which with unique must be free in
// the subnet.
func (s *store) addResource(ctx context.Context, tx *sql.Tx, id int64, subnetID uint32, res host.Resource6, unique bool) error {
	typ, excluded := 0, 0
	if res.Type == lease.TypePD {
		typ = 2
	}
	if res.Excluded.IsValid() {
		excluded = res.Excluded.Bits()
	}
	a := netip.AddrFrom16(res.Addr)
	q := s.statement("INSERT INTO ipv6_reservations (address, prefix_len, type, dhcp6_iaid, host_id, excluded_prefix, excluded_prefix_len) SELECT ").
		addr6(a).add(", ").list(int(res.Len), typ, s.noIAID(), id).add(", ").maybeAddr6(res.Excluded.Addr()).add(", ").arg(excluded)
	if unique {
		q.add(s.fromNothing()).add(" WHERE NOT EXISTS (SELECT 1 FROM ipv6_reservations r JOIN hosts h ON h.host_id = r.host_id WHERE r.address = ").addr6(a).
			add(" AND r.prefix_len = ").arg(int(res.Len)).add(" AND h.dhcp6_subnet_id = ").arg(subnetID).add(")")
	}
	_, err := s.insert(ctx, tx, q, "reservation_id")
	return err
}

// noIAID is what dhcp6_iaid holds: reservations are not made for an IAID.
func (s *store) noIAID() any {
	if s.db.Dialect == sqldb.PostgreSQL {
		return nil
	}
	return 0
}

// hostScope is the number of reservations in dhcp_option_scope.
const hostScope = 3

func (s *store) addOptions(ctx context.Context, tx *sql.Tx, id int64, options []*config.OptionData) error {
	for _, o := range options {
		var value, formatted any
		switch {
		case o.HasData && o.CSV:
			formatted = o.Data
		case o.HasData:
			value = o.Wire
		}
		var classes any
		if len(o.ClientClasses) > 0 {
			list := element.NewList()
			for _, c := range o.ClientClasses {
				list.Append(element.NewString(c))
			}
			classes = list.String()
		}
		q := s.statement("INSERT INTO "+s.family.options+" (code, value, formatted_value, space, persistent, cancelled, user_context, client_classes, host_id, scope_id) VALUES (").
			list(o.Code, value, formatted, o.Space, o.AlwaysSend, o.NeverSend, contextOf(&o.Meta), classes, id, hostScope).add(")")
		if _, err := q.run(ctx, tx); err != nil {
			return fmt.Errorf("option %d: %w", o.Code, err)
		}
	}
	return nil
}
