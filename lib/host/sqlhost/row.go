package sqlhost

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/lease"
)

// row is a row of hosts with the options of one protocol and, in DHCPv6, the
// addresses and prefixes that belong to it, in the order in which they were added.
type row struct {
	id          int64
	identType   config.IdentifierType
	ident       []byte
	subnetID    uint32
	addr4       sql.Null[uint32]
	hostname    string
	classes     string // names with commas between
	nextServer  uint32
	serverName  string
	bootFile    string
	userContext string
	options     []optionRow
	resources   []resourceRow
}

// optionRow is a row of dhcp4_options or dhcp6_options.
type optionRow struct {
	id            int64
	code          uint32
	value         []byte
	formatted     string // counts where it is not empty
	space         string
	always, never bool
	userContext   string
	classes       string // JSON list
}

// resourceRow is a row of ipv6_reservations.
type resourceRow struct {
	id       int64
	typ      lease.Type6
	prefix   netip.Prefix
	excluded netip.Prefix // not valid for none
}

// tooMany is how many rows one look-up by client or address may bring: a hundred
// reservations of one identifier with a hundred options each do not happen by
// themselves.
const tooMany = 100000

// read selects reservations of the family. where completes a statement after
// WHERE; tail, if any, is what stands behind the conditions inside the selection
// of hosts. Rows come in ascending order of host_id.
//
// One statement brings options and addresses along: what another server changes
// meanwhile is seen whole or not at all.
func (s *store) read(ctx context.Context, where func(q *statement), limit int) ([]*row, error) {
	f := s.family
	q := s.statement("SELECT h.host_id, h.dhcp_identifier, h.dhcp_identifier_type, h." + f.subnet + ", h.ipv4_address, h.hostname, h." + f.classes +
		", h.dhcp4_next_server, h.dhcp4_server_hostname, h.dhcp4_boot_file_name, h.user_context" +
		", o.option_id, o.code, o.value, o.formatted_value, o.space, o.persistent, o.cancelled, o.user_context, o.client_classes")
	if f == family6 {
		q.add(", r.reservation_id, r.type, ").add(shown6(q.dialect, "r.address")).add(", r.prefix_len, ").
			add(shown6(q.dialect, "r.excluded_prefix")).add(", r.excluded_prefix_len")
	}
	q.add(" FROM ")
	if limit > 0 {
		q.add("(SELECT h.* FROM hosts h WHERE h.").add(f.subnet).add(" IS NOT NULL AND ")
		where(q)
		q.add(" ORDER BY h.host_id LIMIT ").arg(limit).add(") h")
	} else {
		q.add("hosts h")
	}
	q.add(" LEFT JOIN ").add(f.options).add(" o ON o.host_id = h.host_id")
	if f == family6 {
		q.add(" LEFT JOIN ipv6_reservations r ON r.host_id = h.host_id")
	}
	if limit == 0 {
		q.add(" WHERE h.").add(f.subnet).add(" IS NOT NULL AND ")
		where(q)
	}
	q.add(" ORDER BY h.host_id, o.option_id")
	if f == family6 {
		q.add(", r.reservation_id")
	}
	found, err := s.query(ctx, q)
	if err != nil {
		return nil, s.failed("read reservations", err)
	}
	defer found.Close()
	var rows rowReader
	for n := 0; found.Next(); n++ {
		if n == tooMany && limit == 0 {
			return nil, s.failed("read reservations", fmt.Errorf("more than %d rows belong to one look-up", tooMany))
		}
		if err := rows.scan(s, found); err != nil {
			return nil, s.failed("read reservations", err)
		}
	}
	if err := found.Err(); err != nil {
		return nil, s.failed("read reservations", err)
	}
	return rows.all, nil
}

// rowReader puts together what a joined selection multiplied out.
type rowReader struct {
	all []*row
}

func (r *rowReader) scan(s *store, from *sql.Rows) error {
	var (
		h                               row
		hostname, classes, server, boot sql.NullString
		context                         sql.NullString
		next                            sql.Null[uint32]
		optionID                        sql.NullInt64
		code                            sql.Null[uint32]
		o                               optionRow
		formatted, space                sql.NullString
		always, never                   sql.NullBool
		optionContext, optionClasses    sql.NullString
		resourceID                      sql.NullInt64
		typ, length, excludedLength     sql.Null[uint8]
		address, excluded               []byte
	)
	into := []any{&h.id, &h.ident, &h.identType, &h.subnetID, &h.addr4, &hostname, &classes, &next, &server, &boot, &context,
		&optionID, &code, &o.value, &formatted, &space, &always, &never, &optionContext, &optionClasses}
	if s.family == family6 {
		into = append(into, &resourceID, &typ, &address, &length, &excluded, &excludedLength)
	}
	if err := from.Scan(into...); err != nil {
		return err
	}
	at := &h
	if n := len(r.all); n > 0 && r.all[n-1].id == h.id {
		at = r.all[n-1]
	} else {
		h.hostname, h.classes, h.nextServer = hostname.String, classes.String, next.V
		h.serverName, h.bootFile, h.userContext = server.String, boot.String, context.String
		r.all = append(r.all, at)
	}
	if n := len(at.options); optionID.Valid && (n == 0 || at.options[n-1].id != optionID.Int64) {
		o.id, o.code, o.formatted, o.space = optionID.Int64, code.V, formatted.String, space.String
		o.always, o.never = always.Bool, never.Bool
		o.userContext, o.classes = optionContext.String, optionClasses.String
		at.options = append(at.options, o)
	}
	if !resourceID.Valid || len(at.options) > 1 {
		return nil // none, or those that came with the first option already
	}
	res := resourceRow{id: resourceID.Int64, typ: lease.Type6(typ.V)}
	a, ok := addr6Of(s.db.Dialect, address)
	if !ok || length.V > 128 {
		return fmt.Errorf("host_id %d: reservation_id %d holds no IPv6 address or prefix", at.id, res.id)
	}
	res.prefix = netip.PrefixFrom(a, int(length.V))
	if e, ok := addr6Of(s.db.Dialect, excluded); ok && excludedLength.V > 0 && excludedLength.V <= 128 {
		res.excluded = netip.PrefixFrom(e, int(excludedLength.V))
	}
	at.resources = append(at.resources, res)
	return nil
}
