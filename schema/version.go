package schema

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"nestor/lib/sqldb"
)

// Number is the version of a schema.
type Number struct{ Major, Minor int }

// String writes it as kea-admin does: 30.0.
func (n Number) String() string { return fmt.Sprintf("%d.%d", n.Major, n.Minor) }

// before compares two versions of one dialect.
func (n Number) before(m Number) bool {
	return n.Major < m.Major || n.Major == m.Major && n.Minor < m.Minor
}

// Current is the version that this program makes and wants.
func Current(d sqldb.Dialect) Number {
	if d == sqldb.PostgreSQL {
		return Number{29, 0}
	}
	return Number{30, 0}
}

// ErrEmpty says that a database has no tables at all.
var ErrEmpty = errors.New("the database is empty")

// MismatchError says that a database has another version of the schema.
type MismatchError struct {
	Found, Wanted Number
	text          string
}

func (e *MismatchError) Error() string { return e.text }

// Version reads the version of the schema of db. The error is ErrEmpty, in a
// wrapping that says what to do, when there are no tables.
func Version(ctx context.Context, db *sqldb.DB) (Number, error) {
	return readVersion(ctx, db, db)
}

// readVersion reads it on q, which belongs to db.
func readVersion(ctx context.Context, db *sqldb.DB, q querier) (Number, error) {
	tables, err := tableNames(ctx, db, q)
	if err != nil {
		return Number{}, db.Explain(err)
	}
	command := fmt.Sprintf("nestor-admin db-init %s -n %s", db.Dialect.Backend(), db.Access.Name)
	switch {
	case len(tables) == 0:
		return Number{}, fmt.Errorf("%s: %w: '%s' makes its tables", db, ErrEmpty, command)
	case !tables["schema_version"] && tables["lease4"]:
		return Number{}, fmt.Errorf("%s has tables of Kea but no schema_version: making them was broken off; "+
			"drop and create the database, then run '%s'", db, command)
	case !tables["schema_version"]:
		return Number{}, fmt.Errorf("%s has tables, but not those of Kea: use a database of its own", db)
	}
	rows, err := q.QueryContext(ctx, "SELECT version, COALESCE(minor, 0) FROM schema_version")
	if err != nil {
		return Number{}, db.Explain(err)
	}
	defer rows.Close()
	var found []Number
	for rows.Next() {
		var n Number
		if err := rows.Scan(&n.Major, &n.Minor); err != nil {
			return Number{}, db.Explain(err)
		}
		found = append(found, n)
	}
	if err := rows.Err(); err != nil {
		return Number{}, db.Explain(err)
	}
	if len(found) != 1 {
		return Number{}, fmt.Errorf("%s: schema_version has %d rows instead of one, so the version of the schema is not known; restore a backup", db, len(found))
	}
	return found[0], nil
}

// Check returns nil when db has exactly the version that this program wants.
// Otherwise the error, a *MismatchError or one of Version, says what to run.
func Check(ctx context.Context, db *sqldb.DB) error {
	found, err := Version(ctx, db)
	if err != nil {
		return err
	}
	wanted := Current(db.Dialect)
	if found == wanted {
		return nil
	}
	e := &MismatchError{Found: found, Wanted: wanted}
	if found.before(wanted) {
		e.text = fmt.Sprintf("%s has schema version %s, but %s is needed: back it up and run 'nestor-admin db-upgrade %s -n %s'",
			db, found, wanted, db.Dialect.Backend(), db.Access.Name)
	} else {
		e.text = fmt.Sprintf("%s has schema version %s, which is newer than %s, the one of this program: use a newer program, "+
			"a schema is never taken back", db, found, wanted)
	}
	return e
}

// Ensure is what a daemon does with a database before it uses it: an empty one is
// initialised, unless it may only be read, and then the version has to be right.
// It tells whether it has initialised. initialising, which may be nil, is called
// before that, with the version that is made.
func Ensure(ctx context.Context, db *sqldb.DB, readOnly bool, initialising func(Number)) (initialised bool, err error) {
	if _, err := Version(ctx, db); err == nil || readOnly {
		return false, Check(ctx, db)
	}
	// There is no version yet, perhaps since another daemon is at it.
	err = alone(ctx, db, func(q querier) error {
		tables, err := tableNames(ctx, db, q)
		if err != nil {
			return db.Explain(err)
		}
		if len(tables) > 0 {
			return nil
		}
		if initialising != nil {
			initialising(Current(db.Dialect))
		}
		initialised = true
		return create(ctx, db, q)
	})
	var taken *NotEmptyError
	if errors.As(err, &taken) {
		return false, await(ctx, db)
	}
	if err != nil {
		return false, err
	}
	return initialised, Check(ctx, db)
}

// await is Check when the other daemon that makes the tables is done, for which it
// is given half a minute.
func await(ctx context.Context, db *sqldb.DB) error {
	var err error
	for range 150 {
		if _, err = Version(ctx, db); err == nil {
			return Check(ctx, db)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
	return err
}

// NotEmptyError says that a database cannot be initialised since it has tables.
type NotEmptyError struct {
	Tables []string
	db     string
}

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("%s is not empty, so it is not initialised: it has the tables %s", e.db, strings.Join(e.Tables, ", "))
}
