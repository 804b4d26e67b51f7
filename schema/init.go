package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"

	"nestor/lib/sqldb"
)

// querier is a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Init makes the schema in an empty database. The error is a *NotEmptyError when
// there are tables already; they stay as they are. When something else fails,
// nothing is left behind, unless the connection is lost in the middle (MySQL): then
// Version says so.
//
// Two programs that initialise at the same time do not get into each other's way:
// the second waits, and finds tables.
func Init(ctx context.Context, db *sqldb.DB) error {
	return alone(ctx, db, func(q querier) error {
		tables, err := tableNames(ctx, db, q)
		if err != nil {
			return db.Explain(err)
		}
		if len(tables) > 0 {
			return &NotEmptyError{Tables: sorted(tables), db: db.String()}
		}
		return create(ctx, db, q)
	})
}

// create makes the schema in a database that is empty. Where no lock was to be had
// (see alone) the first table is the claim: who cannot make it was not the first.
func create(ctx context.Context, db *sqldb.DB, q querier) error {
	var all []string
	for _, name := range files {
		all = append(all, statements(script(db.Dialect, name))...)
	}
	err := execAll(ctx, db, q, all[:1])
	if err != nil {
		if tables, _ := tableNames(ctx, db, q); db.Dialect == sqldb.MySQL && len(tables) > 0 {
			return &NotEmptyError{Tables: sorted(tables), db: db.String()}
		}
		return err
	}
	if err := execAll(ctx, db, q, all[1:]); err != nil {
		return undo(ctx, db, q, err)
	}
	return nil
}

// undo removes what a failed initialisation has made: PostgreSQL does by itself.
func undo(ctx context.Context, db *sqldb.DB, q querier, failed error) error {
	if db.Dialect == sqldb.PostgreSQL {
		return failed
	}
	tables, err := tableNames(ctx, db, q)
	if err == nil {
		err = execAll(ctx, db, q, dropEverything(sorted(tables)))
	}
	if err != nil {
		return fmt.Errorf("%w; and what was made could not be removed (%v): drop and create the database before the next try", failed, err)
	}
	return failed
}

// dropEverything removes tables, and with them their triggers, and all routines that
// the schema has.
func dropEverything(tables []string) []string {
	drops := []string{"SET FOREIGN_KEY_CHECKS = 0"}
	for _, name := range tables {
		drops = append(drops, "DROP TABLE IF EXISTS `"+name+"`")
	}
	drops = append(drops, "SET FOREIGN_KEY_CHECKS = 1")
	for _, s := range statements(script(sqldb.MySQL, "routines.sql")) {
		words := strings.Fields(s) // CREATE PROCEDURE name(...
		name, _, _ := strings.Cut(words[2], "(")
		drops = append(drops, fmt.Sprintf("DROP %s IF EXISTS %s", words[1], name))
	}
	return drops
}

// execAll runs statements one after another.
func execAll(ctx context.Context, db *sqldb.DB, q querier, statements []string) error {
	for _, s := range statements {
		if _, err := q.ExecContext(ctx, s); err != nil {
			first, _, _ := strings.Cut(s, "\n")
			return fmt.Errorf("%.100s: %w", strings.TrimRight(first, " ("), db.Explain(err))
		}
	}
	return nil
}

// alone runs change on one connection, and for PostgreSQL in one transaction, while
// no other program of ours changes the schema of that database.
func alone(ctx context.Context, db *sqldb.DB, change func(q querier) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return db.Explain(err)
	}
	defer conn.Close()
	if db.Dialect == sqldb.PostgreSQL {
		return inTransaction(ctx, db, conn, change)
	}
	// Locks of that name belong to the session, so they end with it.
	const name = "LEFT(CONCAT('nestor.schema.', DATABASE()), 64)"
	var got sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK("+name+", 600)").Scan(&got)
	var unknown *mysql.MySQLError
	switch {
	case errors.As(err, &unknown) && unknown.Number == notInCluster:
		return change(conn)
	case err != nil:
		return db.Explain(err)
	case got.Int64 != 1:
		return fmt.Errorf("%s: another program has been changing its schema for ten minutes", db)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "DO RELEASE_LOCK("+name+")")
	return change(conn)
}

// schemaLock is the number of PostgreSQL's advisory lock ("nestor" in ASCII).
const schemaLock = 0x6e6573746f72

// notInCluster is the error of the nodes of a Galera cluster, which have no locks by
// name: they would be of one node only.
const notInCluster = 1235

func inTransaction(ctx context.Context, db *sqldb.DB, conn *sql.Conn, change func(q querier) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return db.Explain(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(schemaLock)); err != nil {
		return db.Explain(err)
	}
	if err := change(tx); err != nil {
		return err
	}
	return db.Explain(tx.Commit())
}

// tableNames are the tables and views of the database.
func tableNames(ctx context.Context, db *sqldb.DB, q querier) (map[string]bool, error) {
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	if db.Dialect == sqldb.PostgreSQL {
		// Also those that the account may not read, which information_schema hides.
		query = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
	}
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := make(map[string]bool)
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, rows.Err()
}

func sorted(names map[string]bool) []string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Tables are the names of the tables and views of db, sorted.
func Tables(ctx context.Context, db *sqldb.DB) ([]string, error) {
	names, err := tableNames(ctx, db, db)
	return sorted(names), db.Explain(err)
}
