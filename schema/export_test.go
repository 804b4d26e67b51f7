package schema

import (
	"context"
	"fmt"
	"regexp"

	"nestor/lib/sqldb"
)

// Lines describes the tables of a database.
func Lines(ctx context.Context, db *sqldb.DB) ([]string, error) {
	s, err := readShape(ctx, db, db)
	return s.lines(), err
}

// TargetLines describes the tables that tables.sql makes.
func TargetLines(d sqldb.Dialect) []string { return targets[d].lines() }

// Advance gives the database of an older version the columns of a newer one, by the
// list of versions and the conversions: a stand-in for versions of which there is no
// Kea here.
func Advance(ctx context.Context, db *sqldb.DB, to Number) error {
	from, err := Version(ctx, db)
	if err != nil {
		return err
	}
	have, err := readShape(ctx, db, db)
	if err != nil {
		return err
	}
	still := len(pending(db.Dialect, to))
	todo := pending(db.Dialect, from)
	for _, c := range todo[:len(todo)-still] {
		if err := execAll(ctx, db, db, c.statements(db.Dialect, have)); err != nil {
			return err
		}
	}
	if have, err = readShape(ctx, db, db); err != nil {
		return err
	}
	t := targets[db.Dialect]
	var all []string
	made := make(map[string]bool)
	for _, table := range t.order {
		for _, c := range t.tables[table].columns {
			switch name := table + "." + c.name; {
			case !histories[db.Dialect].columns[to][name] || have.has(table, c.name):
			case have.tables[table] == nil && !made[table]:
				made[table] = true
				// Its foreign keys came later, or refer to columns that are not as now.
				all = append(all, regexp.MustCompile(`,\n +CONSTRAINT .*`).ReplaceAllString(t.create[table], ""))
			case !made[table]:
				all = append(all, "ALTER TABLE "+table+" ADD COLUMN "+t.part[name])
			}
		}
	}
	all = append(all, fmt.Sprintf("UPDATE schema_version SET version = %d, minor = %d", to.Major, to.Minor))
	return execAll(ctx, db, db, all)
}
