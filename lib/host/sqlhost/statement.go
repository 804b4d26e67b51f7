package sqlhost

import (
	"context"
	"database/sql"
	"net/netip"
	"strings"

	"nestor/lib/sqldb"
)

// statement is SQL in the making, with its arguments, for one dialect.
type statement struct {
	dialect sqldb.Dialect
	text    strings.Builder
	args    []any
}

func (s *store) statement(text string) *statement {
	q := &statement{dialect: s.db.Dialect}
	return q.add(text)
}

// add appends SQL.
func (q *statement) add(text string) *statement {
	q.text.WriteString(text)
	return q
}

// arg appends the place of an argument.
func (q *statement) arg(v any) *statement {
	q.args = append(q.args, v)
	return q.add("?")
}

// String is the statement as the database takes it.
func (q *statement) String() string { return q.dialect.Rebind(q.text.String()) }

// list appends arguments with commas between.
func (q *statement) list(values ...any) *statement {
	for i, v := range values {
		if i > 0 {
			q.add(", ")
		}
		q.arg(v)
	}
	return q
}

// isOneOf appends the test whether the column is one of the octet strings. Both
// dialects look each of them up in the column's index.
func (q *statement) isOneOf(column string, values [][]byte) *statement {
	q.add(column)
	if q.dialect == sqldb.PostgreSQL {
		return q.add(" = ANY(").arg(values).add(")")
	}
	q.add(" IN (")
	for i, v := range values {
		if i > 0 {
			q.add(",")
		}
		q.arg(v)
	}
	return q.add(")")
}

// addr6 appends an IPv6 address as ipv6_reservations has it.
func (q *statement) addr6(a netip.Addr) *statement {
	if q.dialect == sqldb.PostgreSQL {
		return q.arg(a.String()).add("::inet")
	}
	b := a.As16()
	return q.arg(b[:])
}

// maybeAddr6 appends an address, or NULL for one that is not valid.
func (q *statement) maybeAddr6(a netip.Addr) *statement {
	if !a.IsValid() {
		return q.add("NULL")
	}
	return q.addr6(a)
}

// shown6 is the expression that selects an IPv6 address in the form that addr6Of
// reads.
func shown6(d sqldb.Dialect, column string) string {
	if d == sqldb.PostgreSQL {
		return "host(" + column + ")"
	}
	return column
}

// addr6Of reads what shown6 selected.
func addr6Of(d sqldb.Dialect, b []byte) (netip.Addr, bool) {
	if d == sqldb.PostgreSQL {
		a, err := netip.ParseAddr(string(b))
		return a, err == nil && a.Is6()
	}
	return netip.AddrFromSlice(b)
}

// isHostname appends the test whether the host has the name, in whatever case. Of
// MySQL's column the collation knows no case; PostgreSQL's index is of lower case.
func (q *statement) isHostname(name string) *statement {
	if q.dialect == sqldb.PostgreSQL {
		return q.add("lower(h.hostname) = ").arg(strings.ToLower(name))
	}
	return q.add("h.hostname = ").arg(name)
}

// query runs a selection. One whose connection turns out to have been closed since
// its last use is run once more, on another.
func (s *store) query(ctx context.Context, q *statement) (*sql.Rows, error) {
	rows, err := s.db.QueryContext(ctx, q.String(), q.args...)
	if sqldb.Classify(err) == sqldb.Lost && ctx.Err() == nil {
		return s.db.QueryContext(ctx, q.String(), q.args...)
	}
	return rows, err
}
