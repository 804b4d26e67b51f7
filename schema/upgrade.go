package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nestor/lib/sqldb"
)

// Upgrade brings an older database to the version that this program wants, with all
// its rows. It gives the version that it found; when that is the wanted one nothing
// is done. It never goes back.
//
// Before anything is changed it looks whether the database is what its version says
// and whether the account may do what is to come; an error then means that nothing
// has happened. PostgreSQL does the whole in one transaction. MySQL and MariaDB
// cannot, so a table (nestor_upgrade) says while it goes on how far it has come; an
// upgrade that was broken off is told by that, and is not gone on with: the way back
// is a backup.
//
// step, which may be nil, is called with each statement before it is run.
func Upgrade(ctx context.Context, db *sqldb.DB, step func(statement string)) (from Number, err error) {
	if step == nil {
		step = func(string) {}
	}
	err = alone(ctx, db, func(q querier) error {
		if from, err = readVersion(ctx, db, q); err != nil {
			return err
		}
		u := &upgrade{db: db, q: q, from: from, step: step}
		if err := u.check(ctx); err != nil || from == Current(db.Dialect) {
			return err
		}
		return u.run(ctx)
	})
	return from, err
}

type upgrade struct {
	db   *sqldb.DB
	q    querier
	from Number
	have shape
	step func(string)
	// done counts the statements that have been run.
	done int
}

const upgradeTable = "nestor_upgrade"

// check looks at everything that could go wrong before the first change.
func (u *upgrade) check(ctx context.Context) (err error) {
	wanted := Current(u.db.Dialect)
	if u.have, err = readShape(ctx, u.db, u.q); err != nil {
		return err
	}
	if u.have.tables[upgradeTable] != nil {
		return u.brokenOff(ctx)
	}
	h := histories[u.db.Dialect]
	switch {
	case wanted.before(u.from):
		return fmt.Errorf("%s has schema version %s, which is newer than %s, the one of this program: use a newer program, a schema is never taken back", u.db, u.from, wanted)
	case !slices.Contains(h.numbers, u.from):
		return fmt.Errorf("%s has schema version %s, which Kea never had: this is not one of its databases", u.db, u.from)
	}
	if all := h.deviations(u.from, u.have); len(all) > 0 {
		return fmt.Errorf("%s is not what its schema version %s says, so an upgrade was broken off or somebody has changed it, and it is left as it is: %s; restore a backup, or bring it in order by hand",
			u.db, u.from, shorten(all, 10))
	}
	if u.from == wanted {
		return nil
	}
	if err := u.orphans(ctx); err != nil {
		return err
	}
	return CanCreate(ctx, u.db, u.q)
}

// shorten joins the first n of all.
func shorten(all []string, n int) string {
	if len(all) > n {
		all = append(slices.Clone(all[:n]), fmt.Sprintf("and %d more", len(all)-n))
	}
	return strings.Join(all, ", ")
}

// brokenOff reports an upgrade that another run began.
func (u *upgrade) brokenOff(ctx context.Context) error {
	where := ""
	each(ctx, u.q, "SELECT from_version, statement, total, started FROM "+upgradeTable, func(w []string) {
		where = fmt.Sprintf(" from %s, begun at %s, after %s of %s statements", w[0], w[3], w[1], w[2])
	})
	return fmt.Errorf("%s: an upgrade%s was broken off, so it is neither old nor new: restore the backup that was made before (the table %s says so)", u.db, where, upgradeTable)
}

// orphans looks for rows that a foreign key which is to come would not allow.
func (u *upgrade) orphans(ctx context.Context) error {
	var found []string
	want := targets[u.db.Dialect]
	for _, name := range want.order {
		have := u.have.tables[name]
		if have == nil {
			continue
		}
		for _, k := range want.tables[name].keys {
			if hasKey(have.keys, k) || !u.have.has(name, k.columns) || !u.have.has(k.table, k.of) {
				continue
			}
			query := fmt.Sprintf("SELECT COUNT(*) FROM %s AS t LEFT JOIN %s AS r ON r.%s = t.%s WHERE t.%s IS NOT NULL AND r.%s IS NULL",
				name, k.table, k.of, k.columns, k.columns, k.of)
			switch {
			case k.columns == "dhcp_client_class":
				query += " AND t.scope_id = 2" // the others lose it
			case strings.HasSuffix(k.columns, "_subnet_id") && strings.HasSuffix(name, "_options"):
				query += fmt.Sprintf(" AND t.%s <> 0", k.columns) // 0 becomes NULL
			case k.columns == "lease_addr":
				continue // those tables are emptied before they get the key
			case k.table == "lease_state" || k.table == "lease_hwaddr_source" || k.table == "dhcp_option_scope":
				continue // those rows come
			}
			err := each(ctx, u.q, query, func(w []string) {
				if w[0] != "0" {
					found = append(found, fmt.Sprintf("%s rows of %s name a %s that %s does not have", w[0], name, k.columns, k.table))
				}
			})
			if err != nil {
				return u.db.Explain(err)
			}
		}
	}
	if len(found) > 0 {
		return fmt.Errorf("%s cannot be upgraded before these are corrected or deleted: %s", u.db, strings.Join(found, "; "))
	}
	return nil
}

// run does the upgrade.
func (u *upgrade) run(ctx context.Context) error {
	d := u.db.Dialect
	if d == sqldb.MySQL {
		defer u.q.ExecContext(context.WithoutCancel(ctx), "SET FOREIGN_KEY_CHECKS = 1")
	}
	first, err := u.dropRoutines(ctx)
	if err != nil {
		return u.db.Explain(err)
	}
	if d == sqldb.MySQL {
		first = append(first, "SET FOREIGN_KEY_CHECKS = 0")
	}
	for _, c := range pending(d, u.from) {
		first = append(first, c.statements(d, u.have)...)
	}
	if err := u.begin(ctx, len(first)); err != nil {
		return err
	}
	if err := u.exec(ctx, first); err != nil {
		return err
	}
	// The conversions have changed the tables.
	if u.have, err = readShape(ctx, u.db, u.q); err != nil {
		return err
	}
	second := reconcile(d, u.have)
	second = append(second, recount(d)...)
	second = append(second, statements(script(d, "routines.sql"))...)
	second = append(second, statements(script(d, "triggers.sql"))...)
	second = append(second, fmt.Sprintf("UPDATE schema_version SET version = %d, minor = %d", Current(d).Major, Current(d).Minor))
	if d == sqldb.MySQL {
		second = append(second, "DROP TABLE "+upgradeTable)
	}
	return u.exec(ctx, second)
}

// begin writes down that an upgrade has begun.
func (u *upgrade) begin(ctx context.Context, total int) error {
	if u.db.Dialect == sqldb.PostgreSQL {
		return nil
	}
	return execAll(ctx, u.db, u.q, []string{
		"CREATE TABLE " + upgradeTable + " (id INT NOT NULL PRIMARY KEY DEFAULT 1, from_version VARCHAR(16) NOT NULL, statement INT NOT NULL, total INT NOT NULL, started TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE = InnoDB",
		fmt.Sprintf("INSERT INTO %s (from_version, statement, total) VALUES ('%s', 0, %d)", upgradeTable, u.from, total),
	})
}

// exec runs statements and writes down each.
func (u *upgrade) exec(ctx context.Context, all []string) error {
	note := u.db.Dialect == sqldb.MySQL
	for i, s := range all {
		u.step(s)
		if err := execAll(ctx, u.db, u.q, []string{s}); err != nil {
			if note {
				return fmt.Errorf("the upgrade of %s from %s failed in the middle: restore the backup that was made before: %w", u.db, u.from, err)
			}
			return fmt.Errorf("the upgrade of %s from %s failed, nothing is changed: %w", u.db, u.from, err)
		}
		u.done++
		if note && i < len(all)-1 {
			update := fmt.Sprintf("UPDATE %s SET statement = %d, total = GREATEST(total, %d), started = started", upgradeTable, u.done, u.done+len(all)-1-i)
			if err := execAll(ctx, u.db, u.q, []string{update}); err != nil {
				return err
			}
		}
	}
	return nil
}

// old are the triggers and routines of earlier versions that ours does not have.
var old = map[sqldb.Dialect][]string{
	sqldb.MySQL: {
		"dhcp4_shared_network_ADEL", "dhcp4_subnet_ADEL", "dhcp6_shared_network_ADEL", "dhcp6_subnet_ADEL", "host_BDEL",
		"stat_lease4_insert", "stat_lease4_update", "stat_lease4_delete", "stat_lease6_insert", "stat_lease6_update", "stat_lease6_delete",
	},
	sqldb.PostgreSQL: {
		"dhcp4_shared_network_adel", "dhcp6_shared_network_adel",
		"stat_lease4_insert", "stat_lease4_update", "stat_lease4_delete", "stat_lease6_insert", "stat_lease6_update", "stat_lease6_delete",
	},
}

// dropRoutines plans the removal of Kea's triggers and routines of any version; those
// of others stay.
func (u *upgrade) dropRoutines(ctx context.Context) (all []string, err error) {
	d := u.db.Dialect
	ours := make(map[string]bool)
	for _, name := range old[d] {
		ours[strings.ToLower(name)] = true
	}
	for _, file := range []string{"routines.sql", "triggers.sql"} {
		for _, s := range statements(script(d, file)) {
			name, _, _ := strings.Cut(strings.Fields(s)[2], "(") // CREATE FUNCTION name(
			ours[strings.ToLower(name)] = true
		}
	}
	triggers := "SELECT 'TRIGGER', trigger_name, '' FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
	routines := "SELECT routine_type, routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE()"
	if d == sqldb.PostgreSQL {
		triggers = "SELECT 'TRIGGER', t.tgname, ' ON ' || t.tgrelid::regclass FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
		routines = "SELECT 'FUNCTION', proname, '(' || pg_get_function_identity_arguments(oid) || ')' FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
	}
	for _, query := range []string{triggers, routines} {
		err := each(ctx, u.q, query, func(w []string) {
			if ours[strings.ToLower(w[1])] {
				all = append(all, fmt.Sprintf("DROP %s IF EXISTS %s%s", w[0], w[1], w[2]))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CanCreate tells whether the account of db may create tables and triggers, by
// doing it. Only MySQL and MariaDB need to be asked: they cannot take back what they
// have done when a trigger is refused. q is a connection of db, or nil.
func CanCreate(ctx context.Context, db *sqldb.DB, q querier) error {
	if db.Dialect != sqldb.MySQL {
		return nil
	}
	if q == nil {
		q = db
	}
	const table = "nestor_dummy_table"
	err := execAll(ctx, db, q, []string{
		"DROP TABLE IF EXISTS " + table,
		"CREATE TABLE " + table + " (dummy INT UNSIGNED PRIMARY KEY NOT NULL)",
		"CREATE TRIGGER nestor_dummy_trigger BEFORE INSERT ON " + table + " FOR EACH ROW BEGIN END",
	})
	if _, drop := q.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+table); err == nil {
		err = db.Explain(drop)
	}
	return err
}

// recount plans the counting of all leases anew, which the triggers keep.
func recount(d sqldb.Dialect) []string {
	var all []string
	for _, row := range []struct{ table, from, by, states string }{
		{"lease4_stat", "lease4", "subnet_id, state", "0, 1"},
		{"lease4_pool_stat", "lease4", "subnet_id, pool_id, state", "0, 1"},
		{"lease6_stat", "lease6", "subnet_id, lease_type, state", "0, 1, 4"},
		{"lease6_pool_stat", "lease6", "subnet_id, pool_id, lease_type, state", "0, 1"},
	} {
		all = append(all, "DELETE FROM "+row.table,
			fmt.Sprintf("INSERT INTO %s (%s, leases)\n    SELECT %s, COUNT(*) FROM %s WHERE state IN (%s) AND %s GROUP BY %s", row.table, row.by, row.by, row.from, row.states, notNull(row.by), row.by))
	}
	return all
}

// notNull is the condition that rows have all of the columns.
func notNull(columns string) string {
	return strings.ReplaceAll(columns, ", ", " IS NOT NULL AND ") + " IS NOT NULL"
}

// Recount counts all leases of db anew, in one transaction: the
// figures that the triggers keep, by subnet and by pool.
func Recount(ctx context.Context, db *sqldb.DB) error {
	return alone(ctx, db, func(q querier) error {
		all := recount(db.Dialect)
		if db.Dialect == sqldb.MySQL {
			all = append(append([]string{"START TRANSACTION"}, all...), "COMMIT")
		}
		err := execAll(ctx, db, q, all)
		if err != nil && db.Dialect == sqldb.MySQL {
			q.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
		return err
	})
}
