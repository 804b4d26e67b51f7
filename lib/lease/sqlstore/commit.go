package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// How often the database may undo a transaction because another got in its way
// before that counts as a conflict, and how long to wait before the next try.
const (
	writeTries = 4
	retryWait  = 2 * time.Millisecond
)

// rowsAtOnce is how many rows one statement writes at most.
const rowsAtOnce = 256

// commit writes the changes and ends the transaction. After an error none of them
// is in the database, but for one case: where the connection was lost during its
// COMMIT nobody can tell. Clients are not answered then either, and find the leases
// as their own when they ask again.
func (s *store[A, L]) commit(over *bool) error {
	if *over {
		return fmt.Errorf("a transaction over the leases was committed after its end")
	}
	err := s.err
	var cs []change[A, L]
	if err == nil {
		if cs = s.changes(); len(cs) > 0 {
			err = s.write(cs)
		}
	}
	if err != nil {
		s.rollback(over)
		return err
	}
	for i := range cs {
		s.pages.write(cs[i].addr, cs[i].old, cs[i].new)
	}
	if len(cs) > 0 {
		s.counted.forget()
	}
	s.end(over)
	return nil
}

// changes are what the transaction has to write: inserts, then updates, then
// deletions, each in order of address so that transactions of several servers wait
// for each other in one order.
func (s *store[A, L]) changes() []change[A, L] {
	var cs []change[A, L]
	for _, a := range s.changed {
		e := s.entries[a]
		c := change[A, L]{addr: a, oldEnd: e.end}
		if e.there {
			c.old = &e.read
		}
		if e.holds {
			c.new = &e.now
		}
		switch {
		case c.old == nil && c.new == nil:
			continue
		case c.old == nil:
			c.what = insert
		case c.new == nil:
			c.what = remove
		default:
			c.what = update
		}
		cs = append(cs, c)
	}
	slices.SortFunc(cs, func(a, b change[A, L]) int {
		if a.what != b.what {
			return int(a.what) - int(b.what)
		}
		return s.t.compare(a.addr, b.addr)
	})
	return cs
}

// write brings changes into the database, all or none.
func (s *store[A, L]) write(cs []change[A, L]) error {
	if s.closed {
		return errClosed
	}
	if err := s.Down(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := s.writeOnce(cs)
		switch sqldb.Classify(err) {
		case sqldb.NoFault:
			return nil
		case sqldb.Duplicate:
			return s.conflict(cs)
		case sqldb.Retry:
			if try == writeTries {
				return s.conflict(cs)
			}
			time.Sleep(retryWait + rand.N(retryWait*time.Duration(try)))
			continue
		}
		if err == errUnmatched {
			return s.conflict(cs)
		}
		s.drop()
		return fmt.Errorf("storing %d leases: %w", len(cs), s.failed(err))
	}
}

// errUnmatched says that a row was not what was read of it.
var errUnmatched = fmt.Errorf("a row is not what it was")

// conflict takes note of addresses that other servers are busy with.
func (s *store[A, L]) conflict(cs []change[A, L]) error {
	for i := range cs {
		s.pages.contest(cs[i].addr, cs[i].old, cs[i].new, cs[i].what == insert)
	}
	return lease.ErrConflict
}

// writeOnce tries to write the changes in one transaction of the database. A single
// statement that adds rows is one by itself.
func (s *store[A, L]) writeOnce(cs []change[A, L]) error {
	ctx, cancel := s.patience()
	defer cancel()
	conn, err := s.session(ctx)
	if err != nil {
		return err
	}
	if len(cs) <= rowsAtOnce && cs[len(cs)-1].what == insert {
		_, err = s.exec(ctx, conn, s.t.insertRows, cs)
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err = s.writeAll(ctx, tx, cs); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func (s *store[A, L]) writeAll(ctx context.Context, tx *sql.Tx, cs []change[A, L]) error {
	for len(cs) > 0 {
		n := 1
		for n < len(cs) && n < rowsAtOnce && cs[n].what == cs[0].what {
			n++
		}
		make := [...]func(*statement, []change[A, L]) *statement{
			insert: s.t.insertRows, update: s.t.updateRows, remove: s.t.deleteRows,
		}[cs[0].what]
		matched, err := s.exec(ctx, tx, make, cs[:n])
		if err != nil {
			return err
		}
		if matched != int64(n) {
			return errUnmatched
		}
		cs = cs[n:]
	}
	return nil
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (s *store[A, L]) exec(ctx context.Context, on execer, make func(*statement, []change[A, L]) *statement, cs []change[A, L]) (int64, error) {
	stmt := make(s.stmt.reset(s.dialect), cs)
	result, err := on.ExecContext(ctx, string(stmt.text), stmt.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
