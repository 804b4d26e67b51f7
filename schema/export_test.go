package schema

import (
	"context"

	"nestor/lib/sqldb"
)

// Lines describes the tables of a database.
func Lines(ctx context.Context, db *sqldb.DB) ([]string, error) {
	s, err := readShape(ctx, db, db)
	return s.lines(), err
}

// TargetLines describes the tables that tables.sql makes.
func TargetLines(d sqldb.Dialect) []string { return targets[d].lines() }
