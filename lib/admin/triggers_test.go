package admin

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// What the triggers and routines do on our schema is what they do on that of Debian's
// Kea: the same statements leave the same counters, audit and order of classes, and
// the same ones are refused.
func TestTriggersAsInKea(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		theirs := s.Database(t)
		if status, out := keaAdmin(t, theirs, "db-init"); status != 0 {
			t.Fatalf("kea-admin db-init: status %d\n%s", status, out)
		}
		keaDB, ourDB := openDB(t, theirs), openDB(t, s.Schema(t))
		compareRoutines(t, keaDB, ourDB)
		kea, ours := trace(t, keaDB), trace(t, ourDB)
		if diff := cmp.Diff(kea, ours); diff != "" {
			t.Errorf("(-Kea +ours):\n%s", diff)
		}
		if n := len(kea); n < 100 {
			t.Errorf("the trace has %d lines only", n)
		}
	})
}

// compareRoutines wants the routines of Kea, with the names of their parameters: later
// versions of Kea replace them, which PostgreSQL allows only so. Those for lease files
// have had more parameters since.
func compareRoutines(t *testing.T, kea, ours *sqldb.DB) {
	t.Helper()
	query := `SELECT r.routine_name, r.routine_type, COALESCE(GROUP_CONCAT(p.parameter_name ORDER BY p.ordinal_position), '')
		FROM information_schema.routines AS r LEFT JOIN information_schema.parameters AS p
			ON p.specific_schema = r.routine_schema AND p.specific_name = r.specific_name AND p.ordinal_position > 0
		WHERE r.routine_schema = DATABASE() GROUP BY r.routine_name, r.routine_type`
	if kea.Dialect == sqldb.PostgreSQL {
		query = `SELECT proname, pg_get_function_result(oid), pg_get_function_identity_arguments(oid)
			FROM pg_proc WHERE pronamespace = 'public'::regnamespace`
	}
	list := func(db *sqldb.DB) []string {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var all []string
		for rows.Next() {
			var name, kind, parameters string
			if err := rows.Scan(&name, &kind, &parameters); err != nil {
				t.Fatal(err)
			}
			all = append(all, name+" "+kind+" ("+parameters+")")
		}
		return all
	}
	have := list(ours)
	for _, routine := range list(kea) {
		if !slices.Contains(have, routine) && !strings.Contains(strings.ToLower(routine), "upload") && !strings.Contains(strings.ToLower(routine), "dumpdata") {
			t.Errorf("Kea has %s", routine)
		}
	}
}

// traced are statements, and what is looked at after them. X stands for the family.
// "CALL " is SELECT on PostgreSQL, "{f}" and "{t}" are false and true.
var traced = []string{
	// counters
	"INSERT INTO lease4 (address, subnet_id, state, user_context) VALUES (1, 1, 0, '{\"ISC\":{\"client-classes\":[\"a\",\"b\"]}}'), (2, 1, 1, '{\"ISC\":{\"client-classes\":[\"a\"]}}'), (3, 2, 2, '{\"a\":1}'), (4, 2, 0, NULL), (5, 2, 0, '{\"ISC\":{\"limits\":{}}}')",
	"UPDATE lease4 SET state = 0 WHERE address IN (2, 3)",
	"UPDATE lease4 SET subnet_id = 3 WHERE address = 1",
	"UPDATE lease4 SET hostname = 'x' WHERE address = 1",
	"UPDATE lease4 SET state = 2 WHERE address = 1",
	"DELETE FROM lease4 WHERE address = 2",
	"DELETE FROM lease4",
	"DELETE FROM lease4 WHERE address = 99",
	"INSERT INTO lease4 (address, subnet_id, state, user_context) VALUES (7, 1, 0, '{\"ISC\":{\"client-classes\":[\"a\"]}}')",
	"INSERT INTO lease6 (address, subnet_id, lease_type, state, user_context) VALUES ({a6}, 1, 0, 0, '{\"ISC\":{\"client-classes\":[\"a\"]}}'), ({b6}, 1, 2, 0, '{\"ISC\":{\"client-classes\":[\"a\"]}}')",
	"UPDATE lease6 SET state = 1 WHERE lease_type = 2",
	"UPDATE lease6 SET state = 2 WHERE lease_type = 0",
	"DELETE FROM lease6",
	"INSERT INTO lease6 (address, subnet_id, lease_type, state, user_context) VALUES ({b6}, 1, 2, 0, '{\"ISC\":{\"client-classes\":[\"a\"]}}')",
	// limits
	"ASK checkLease4Limits('{\"ISC\":{\"limits\":{\"client-classes\":[{\"name\":\"b\",\"address-limit\":1},{\"name\":\"a\",\"address-limit\":1}]}}}')",
	"ASK checkLease4Limits('{\"ISC\":{\"limits\":{\"client-classes\":[{\"name\":\"a\",\"address-limit\":2}],\"subnet\":{\"id\":1,\"address-limit\":1}}}}')",
	"ASK checkLease4Limits('{\"ISC\":{\"limits\":{\"subnet\":{\"id\":1,\"address-limit\":2}}}}')",
	"ASK checkLease4Limits('{\"ISC\":{\"limits\":{\"subnet\":{\"id\":77,\"address-limit\":0}}}}')",
	"ASK checkLease4Limits('{}')",
	"ASK checkLease6Limits('{\"ISC\":{\"limits\":{\"client-classes\":[{\"name\":\"a\",\"address-limit\":1,\"prefix-limit\":1}]}}}')",
	"ASK checkLease6Limits('{\"ISC\":{\"limits\":{\"subnet\":{\"id\":1,\"address-limit\":1,\"prefix-limit\":1}}}}')",
	"ASK checkLease6Limits('{\"ISC\":{\"limits\":{\"subnet\":{\"id\":1,\"prefix-limit\":2}}}}')",
	// audit
	"CALL createAuditRevisionDHCP{X}('2027-01-01 00:00:00', 'all', 'one', {f})",
	"INSERT INTO dhcp{X}_server (id, tag, modification_ts) VALUES (5, 'five', '2027-01-01 00:00:00')",
	"CALL createAuditRevisionDHCP{X}('2027-01-02 00:00:00', 'five', 'two', {f})",
	"UPDATE dhcp{X}_server SET description = 'x' WHERE id = 5",
	"INSERT INTO dhcp{X}_shared_network (name, modification_ts) VALUES ('net', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_subnet (subnet_id, subnet_prefix, shared_network_name, modification_ts) VALUES (1, 'p1', 'net', '2027-01-01 00:00:00'), (2, 'p2', NULL, '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_pool (id, start_address, end_address, subnet_id, modification_ts) VALUES (1, {p}, {p}, 1, '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, modification_ts) VALUES (1, 's', {f}, 0, '2027-01-03 00:00:00')",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, dhcp{X}_subnet_id, modification_ts) VALUES (2, 's', {f}, 1, 1, '2027-01-03 00:00:00')",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, shared_network_name, modification_ts) VALUES (3, 's', {f}, 4, 'net', '2027-01-03 00:00:00')",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, pool_id, modification_ts) VALUES (4, 's', {f}, 5, 1, '2027-01-04 00:00:00')",
	"UPDATE dhcp{X}_options SET space = 't'",
	"DELETE FROM dhcp{X}_options WHERE code IN (1, 4)",
	"CALL createAuditRevisionDHCP{X}('2027-01-05 00:00:00', 'nobody', 'three', {t})",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, dhcp{X}_subnet_id, modification_ts) VALUES (5, 's', {f}, 1, 2, '2027-01-05 00:00:00')",
	"INSERT INTO dhcp{X}_options (code, space, persistent, scope_id, pool_id, modification_ts) VALUES (6, 's', {f}, 5, 1, '2027-01-05 00:00:00')",
	"CALL createAuditRevisionDHCP{X}('2027-01-06 00:00:00', 'all', 'four', {f})",
	"INSERT INTO dhcp{X}_global_parameter (name, value, parameter_type, modification_ts) VALUES ('g', '1', 0, '2027-01-01 00:00:00')",
	"UPDATE dhcp{X}_global_parameter SET value = '2'",
	"DELETE FROM dhcp{X}_global_parameter",
	"INSERT INTO dhcp{X}_option_def (code, name, space, type, modification_ts, is_array, encapsulate) VALUES (7, 'n', 's', 1, '2027-01-01 00:00:00', {f}, '')",
	"UPDATE dhcp{X}_option_def SET code = 8",
	"DELETE FROM dhcp{X}_option_def",
	"DELETE FROM dhcp{X}_shared_network",
	"DELETE FROM dhcp{X}_subnet WHERE subnet_id = 1",
	"DELETE FROM dhcp{X}_subnet",
	// order of classes
	"INSERT INTO dhcp{X}_client_class (id, name, modification_ts) VALUES (1, 'a', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class (id, name, modification_ts) VALUES (2, 'b', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class (id, name, follow_class_name, modification_ts) VALUES (3, 'c', 'a', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class (id, name, follow_class_name, modification_ts) VALUES (4, 'd', 'nobody', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class_server (class_id, server_id) VALUES (1, 1), (2, 5), (3, 1)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (1, 1)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (1, 2)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (9, 1)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (1, 9)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (2, 1)",
	"INSERT INTO dhcp{X}_client_class (id, name, depend_on_known_directly, modification_ts) VALUES (6, 'f', {t}, '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class (id, name, modification_ts) VALUES (7, 'g', '2027-01-01 00:00:00')",
	"INSERT INTO dhcp{X}_client_class_server (class_id, server_id) VALUES (6, 1), (7, 1)",
	"INSERT INTO dhcp{X}_client_class_dependency (class_id, dependency_id) VALUES (7, 6)",
	"UPDATE dhcp{X}_client_class SET test = 'x' WHERE id = 7",
	"UPDATE dhcp{X}_client_class SET follow_class_name = 'g' WHERE id = 1",
	"UPDATE dhcp{X}_client_class SET follow_class_name = 'g' WHERE id = 3",
	"DELETE FROM dhcp{X}_client_class WHERE id = 3",
	"DELETE FROM dhcp{X}_client_class WHERE id = 1",
	"CALL createAuditEntryDHCP{X}('dhcp{X}_thing', 9, 'create')",
	"ASK colonSeparatedHex('ABC')",
	"ASK colonSeparatedHex('')",
}

// watched are tables that triggers write, with the columns that matter.
var watched = []string{
	"lease4_stat: subnet_id, state, leases", "lease6_stat: subnet_id, lease_type, state, leases",
	"lease4_stat_by_client_class: client_class, leases", "lease6_stat_by_client_class: client_class, lease_type, leases",
	"dhcp{X}_audit: object_type, object_id, modification_type, revision_id", "dhcp{X}_audit_revision: log_message, server_id",
	"dhcp{X}_client_class_order: class_id, order_index, depend_on_known_indirectly", "dhcp{X}_options: code",
	"dhcp{X}_subnet: subnet_id, shared_network_name", "dhcp{X}_pool: subnet_id",
}

// trace runs the statements for both families in one session and tells what rows came
// (+) and went (-) with each, or that it was refused.
func trace(t *testing.T, db *sqldb.DB) []string {
	t.Helper()
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var all []string
	for _, family := range []string{"4", "6"} {
		// MySQL has texts in Kea's table and 16 bytes in ours; these are both.
		words := map[sqldb.Dialect][]string{
			sqldb.MySQL:      {"{f}", "FALSE", "{t}", "TRUE", "{a6}", "'sixteen bytes: a'", "{b6}", "'sixteen bytes: b'", "CALL ", "CALL ", "{p}", "1"},
			sqldb.PostgreSQL: {"{f}", "FALSE", "{t}", "TRUE", "{a6}", "'2001:db8::1'", "{b6}", "'2001:db8::2'", "CALL ", "SELECT ", "{p}", "'2001:db8::1'"},
		}[db.Dialect]
		fill := strings.NewReplacer(append(words, "{X}", family)...)
		now := watch(t, conn, fill)
		for _, text := range traced {
			if family == "6" && !strings.Contains(text, "{X}") {
				continue // it was done with 4
			}
			statement := fill.Replace(text)
			if question, ok := strings.CutPrefix(statement, "ASK "); ok {
				var answer sql.NullString
				if err := conn.QueryRowContext(ctx, "SELECT "+question).Scan(&answer); err != nil {
					t.Fatalf("%s: %v", question, err)
				}
				all = append(all, text, answer.String)
				continue
			}
			all = append(all, text)
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				all = append(all, "refused")
			}
			next := watch(t, conn, fill)
			for _, row := range next {
				if !slices.Contains(now, row) {
					all = append(all, "+ "+row)
				}
			}
			for _, row := range now {
				if !slices.Contains(next, row) {
					all = append(all, "- "+row)
				}
			}
			now = next
		}
	}
	return all
}

// watch reads the watched tables.
func watch(t *testing.T, conn *sql.Conn, fill *strings.Replacer) []string {
	t.Helper()
	var all []string
	for _, w := range watched {
		table, columns, _ := strings.Cut(fill.Replace(w), ": ")
		found, err := conn.QueryContext(context.Background(), "SELECT "+columns+" FROM "+table)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		names, _ := found.Columns()
		values, pointers := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			pointers[i] = &values[i]
		}
		for found.Next() {
			if err := found.Scan(pointers...); err != nil {
				t.Fatal(err)
			}
			row := table
			for _, v := range values {
				row += fmt.Sprintf(" %q", v.String)
			}
			all = append(all, row)
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		found.Close()
	}
	slices.Sort(all)
	return all
}
