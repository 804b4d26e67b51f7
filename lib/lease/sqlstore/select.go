package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"nestor/lib/lease"
)

// everything stands for no limit in statements.
const everything = 1<<31 - 1

// ended appends the addresses of leases in some states that end before a second,
// those first that end first, at most max (0: all). The transaction then knows the
// leases. fits tells it of one that the transaction has changed.
func (s *store[A, L]) ended(states []lease.State, before int64, max int, buf []A, fits func(*L) bool) []A {
	if s.err != nil {
		return buf
	}
	limit := max
	if limit == 0 {
		limit = everything
	} else {
		limit += len(s.changed)
	}
	var addrs []A
	stmt := s.t.ending(s.stmt.reset(s.dialect), states, before, limit)
	s.err = s.query(stmt, func(rows *sql.Rows) error {
		for rows.Next() {
			var l L
			addr, end, err := s.reader.row(rows, &l)
			if err != nil {
				return err
			}
			s.t.setAddr(&l, addr)
			s.take(addr, &l, end)
			addrs = append(addrs, addr)
		}
		return rows.Err()
	})
	if s.err != nil {
		return buf
	}
	return s.overlaid(addrs, max, buf, fits)
}

// overlaid appends what is still so in the transaction.
func (s *store[A, L]) overlaid(addrs []A, max int, buf []A, fits func(*L) bool) []A {
	from := len(buf)
	for _, a := range s.changed {
		if l := s.entries[a].lease(); l != nil && fits(l) {
			buf = append(buf, a)
		}
	}
	for _, a := range addrs {
		if !s.entries[a].changed {
			buf = append(buf, a)
		}
	}
	if len(s.changed) > 0 {
		s.sortByEnd(buf[from:])
	}
	if max > 0 && len(buf)-from > max {
		buf = buf[:from+max]
	}
	return buf
}

func (s *store[A, L]) sortByEnd(addrs []A) {
	slices.SortStableFunc(addrs, func(a, b A) int {
		return cmp.Compare(s.endOf(a), s.endOf(b))
	})
}

// endOf is when the lease of an address ends that the transaction knows.
func (s *store[A, L]) endOf(addr A) int64 {
	l := s.entries[addr].lease()
	return storedEnd(s.t.begun(l), s.t.valid(l))
}

// ending is the statement for it. PostgreSQL's index begins with the state, so that
// each state is asked for by itself.
func (t *table[A, L]) ending(s *statement, states []lease.State, before int64, limit int) *statement {
	if s.mysql {
		t.selectRows(s).add(" WHERE state IN (")
		for i, state := range states {
			if i > 0 {
				s.add(",")
			}
			s.number(int64(state))
		}
		s.add(") AND valid_lifetime <> 4294967295 AND expire < ").moment(before)
		return s.add(" ORDER BY expire LIMIT ").number(int64(limit))
	}
	s.add("SELECT * FROM (")
	for i, state := range states {
		if i > 0 {
			s.add(" UNION ALL ")
		}
		t.selectRows(s.add("(")).add(" WHERE state = ").number(int64(state))
		s.add(" AND valid_lifetime <> 4294967295 AND expire < ").moment(before)
		s.add(" ORDER BY expire LIMIT ").number(int64(limit)).add(")")
	}
	// Columns go by their numbers: that of expire is behind the address.
	return s.add(") l ORDER BY ").add(t.endColumn()).add(" LIMIT ").number(int64(limit))
}

// page of leases that a query reads at once.
const queryPage = 1024

// each calls fn for the leases that meet a condition, in ascending order of address,
// from the one behind from on. It reads a page at a time on a connection of its own,
// so that packets do not wait.
func (s *store[A, L]) each(from A, limit int, where func(*statement), fn func(*L) bool) error {
	var zero A
	r := newReader(s.t)
	all := from == zero // the lowest address counts too
	for {
		n := queryPage
		if limit > 0 {
			n = min(n, limit)
		}
		found, err := s.page(r, from, all, n, where)
		if err != nil {
			return err
		}
		for i := range found {
			if !fn(&found[i]) {
				return nil
			}
		}
		if limit > 0 {
			if limit -= len(found); limit == 0 {
				return nil
			}
		}
		if len(found) < n {
			return nil
		}
		from, all = s.t.addrOf(&found[len(found)-1]), false
	}
}

func (s *store[A, L]) page(r *reader[A, L], from A, all bool, n int, where func(*statement)) (found []L, err error) {
	if err := s.Down(); err != nil {
		return nil, err
	}
	var stmt statement
	s.t.selectRows(stmt.reset(s.dialect)).add(" WHERE address ")
	if all {
		stmt.add(">= ")
	} else {
		stmt.add("> ")
	}
	s.t.addr(&stmt, from)
	where(&stmt)
	stmt.add(" ORDER BY address LIMIT ").number(int64(n))
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Patience)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, string(stmt.text), stmt.args...)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var l L
			addr, _, e := r.row(rows, &l)
			if err = e; err != nil {
				break
			}
			s.t.setAddr(&l, addr)
			found = append(found, l)
		}
		if err == nil {
			err = rows.Err()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading leases: %w", s.failed(err))
	}
	return found, nil
}

// hostnameIs appends the condition that a lease has a host name, in the form that
// the index is of. PostgreSQL's is of names in lower case.
func hostnameIs(s *statement, name string) {
	s.either(" AND hostname = ", " AND lower(hostname) = ").textValue([]byte(name))
}
