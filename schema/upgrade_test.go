package schema_test

import (
	"context"
	"flag"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
	"nestor/tests/peers"
)

// keaScripts are the directory of the upgrades of Debian's Kea.
func keaScripts(t testing.TB, d sqldb.Dialect) string {
	t.Helper()
	return filepath.Join(filepath.Dir(filepath.Dir(peers.Program(t, "kea-admin"))), "root/usr/share/kea/scripts", d.Backend())
}

// keaUpgrade runs one of them.
func keaUpgrade(t testing.TB, access *config.Database, script string) {
	t.Helper()
	c := exec.Command(script, "--user="+access.User, "--password="+access.Password, "--socket="+access.Host, access.Name)
	if access.Type == "postgresql" {
		c = exec.Command(script, "-U", access.User, "-h", access.Host, "-d", access.Name)
	}
	c.Env = append(databases.Environment(t), "PGPASSWORD="+access.Password)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// unplaced leaves out the places of columns, which depend on when they came.
func unplaced(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = line
		if words := strings.SplitN(line, " ", 4); words[1] == "column" {
			out[i] = words[0] + " column " + words[3]
		}
	}
	slices.Sort(out)
	return out
}

// check says whether a database has the form that one has that is new.
func checkForm(t *testing.T, db *sqldb.DB) {
	t.Helper()
	if err := schema.Check(ctx, db); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(unplaced(expected(t, db.Dialect)), unplaced(lines(t, db))); diff != "" {
		t.Errorf("not the form of a new one (-new +upgraded):\n%s", diff)
	}
}

// allVersions makes TestUpgradeAll try each version, which takes minutes.
var allVersions = flag.Bool("all-versions", false, "upgrade from every version")

// tried are the versions from which it upgrades otherwise: some after which rows are
// converted. Kea 2.2.0's has a test of its own.
var tried = map[sqldb.Dialect]string{
	sqldb.MySQL:      " 1.0 7.0 9.4 ",
	sqldb.PostgreSQL: " 1.0 6.2 ",
}

// PL.11.4: versions that Debian's Kea knows how to make are upgraded, with their leases.
func TestUpgradeAll(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		scripts, err := filepath.Glob(keaScripts(t, s.Dialect) + "/upgrade_*.sh")
		if err != nil || len(scripts) < 15 {
			t.Fatalf("%v, %v", scripts, err)
		}
		chain := s.Database(t)
		s.Client(t, chain, "testdata/first."+s.Dialect.Backend())
		left := len(strings.Fields(tried[s.Dialect]))
		for n := range len(scripts) + 1 {
			if left == 0 && !*allVersions {
				break
			}
			if n > 0 {
				keaUpgrade(t, chain, scripts[n-1])
			}
			db := open(t, chain)
			version, err := schema.Version(ctx, db)
			if err != nil {
				t.Fatal(err)
			}
			db.Close()
			if !*allVersions && !strings.Contains(tried[s.Dialect], " "+version.String()+" ") {
				continue
			}
			left--
			t.Run(version.String(), func(t *testing.T) {
				db := open(t, s.Copy(t, chain))
				var last string
				if from, err := schema.Upgrade(ctx, db, func(s string) { last = s }); err != nil || from != version {
					t.Fatalf("from %v: %v\n%s", from, err, last)
				}
				checkForm(t, db)
				checkFirst(t, db)
			})
		}
	})
}

// checkFirst looks for the leases of testdata/first.
func checkFirst(t *testing.T, db *sqldb.DB) {
	t.Helper()
	execute(t, db, "UPDATE lease4 SET state = 1 WHERE state = 0", "DELETE FROM lease4_stat WHERE state = 0")
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM lease4 WHERE address = 3221225985 AND hostname IN ('one.example', 'One.Example') AND pool_id = 0": 1,
		"SELECT COUNT(*) FROM lease6":                         2,
		"SELECT leases FROM lease6_stat WHERE lease_type = 0": 2,
		"SELECT leases FROM lease6_pool_stat":                 2,
		"SELECT leases FROM lease4_stat":                      1,
		"SELECT leases FROM lease4_pool_stat WHERE state = 1": 1,
		"SELECT COUNT(*) FROM lease_state":                    5,
	} {
		if n := count(t, db, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
	text := map[sqldb.Dialect]string{sqldb.MySQL: "INET6_NTOA(address)", sqldb.PostgreSQL: "host(address)"}[db.Dialect]
	var addresses string
	rows, err := db.Query("SELECT " + text + " FROM lease6 ORDER BY address")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			t.Fatal(err)
		}
		addresses += a + " "
	}
	if addresses != "2001:db8::1 2001:db8::12 " {
		t.Error(addresses)
	}
}

// PL.11.4: a database that is not what its version says is reported, not guessed at,
// and nothing in it changes.
func TestUpgradeRefuses(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		old := open(t, s.Database(t))
		s.Client(t, old.Access, "testdata/first."+s.Dialect.Backend())
		for _, row := range []struct{ name, change, back, says string }{
			{"a column of a later version", "ALTER TABLE lease4 ADD COLUMN pool_id INT", "ALTER TABLE lease4 DROP COLUMN pool_id", "lease4.pool_id is there, though not part of it"},
			{"a column is missing", "ALTER TABLE lease6 DROP COLUMN hostname", "ALTER TABLE lease6 ADD COLUMN hostname VARCHAR(255)", "lease6.hostname is missing"},
			{"no version of Kea", "UPDATE schema_version SET minor = 7", "UPDATE schema_version SET minor = 0", "which Kea never had"},
			{"two versions", "INSERT INTO schema_version VALUES (2, 0)", "DELETE FROM schema_version WHERE version = 2", "2 rows instead of one"},
			{"orphans", "INSERT INTO lease6 (address, lease_type) VALUES ('2001:db8::9', 9)", "DELETE FROM lease6 WHERE lease_type = 9", "1 rows of lease6 name a lease_type that lease6_types does not have"},
			{"broken off", "CREATE TABLE nestor_upgrade AS SELECT '1.0' AS from_version, 12 AS statement, 80 AS total, '2027-01-01 00:00:00' AS started", "DROP TABLE nestor_upgrade", "an upgrade from 1.0, begun at 2027-01-01 00:00:00, after 12 of 80 statements was broken off"},
		} {
			t.Run(row.name, func(t *testing.T) {
				execute(t, old, row.change)
				before := lines(t, old)
				if _, err := schema.Upgrade(ctx, old, nil); err == nil || !strings.Contains(err.Error(), row.says) {
					t.Errorf("%v", err)
				}
				if diff := cmp.Diff(before, lines(t, old)); diff != "" {
					t.Errorf("the tables have changed:\n%s", diff)
				}
				execute(t, old, row.back)
			})
		}
		// What is somebody's own neither hinders nor goes.
		execute(t, old, "ALTER TABLE lease4 ADD COLUMN remark VARCHAR(20)", "CREATE TABLE inventory (name VARCHAR(20))", "CREATE INDEX by_remark ON lease4 (remark)")
		if _, err := schema.Upgrade(ctx, old, nil); err != nil {
			t.Fatal(err)
		}
		if err := schema.Check(ctx, old); err != nil {
			t.Error(err)
		}
		execute(t, old, "INSERT INTO inventory VALUES ('x')", "UPDATE lease4 SET remark = 'y'")
	})
}

// An upgrade that dies in the middle: PostgreSQL has the old database then, MySQL one
// that says so.
func TestUpgradeBrokenOff(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Database(t))
		s.Client(t, db.Access, "testdata/first."+s.Dialect.Backend())
		before := lines(t, db)
		dying, die := context.WithCancel(ctx)
		n := 0
		_, err := schema.Upgrade(dying, db, func(string) {
			if n++; n == 20 {
				die()
			}
		})
		if err == nil {
			t.Fatal("it is upgraded")
		}
		if version, err := schema.Version(ctx, db); err != nil || version != (schema.Number{Major: 1}) {
			t.Errorf("version %v, %v", version, err)
		}
		if s.Dialect == sqldb.PostgreSQL {
			if diff := cmp.Diff(before, lines(t, db)); diff != "" {
				t.Errorf("the tables have changed:\n%s", diff)
			}
			return
		}
		if _, err := schema.Upgrade(ctx, db, nil); err == nil || !strings.Contains(err.Error(), "restore the backup") || !strings.Contains(err.Error(), "after 19 of") {
			t.Errorf("a second try: %v", err)
		}
	})
}

// Versions between Kea 2.2.0's and the current one, as far as they can be made from
// what is known of them.
func TestUpgradeBetween(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		base := s.Database(t)
		s.Client(t, base, filepath.Join(keaScripts(t, s.Dialect), "dhcpdb_create."+s.Dialect.Backend()))
		for _, major := range map[sqldb.Dialect][]int{sqldb.MySQL: {18, 26}, sqldb.PostgreSQL: {17, 25}}[s.Dialect] {
			version := schema.Number{Major: major}
			t.Run(version.String(), func(t *testing.T) {
				db := open(t, s.Copy(t, base))
				execute(t, db, "INSERT INTO hosts (host_id, dhcp_identifier, dhcp_identifier_type) VALUES (1, 'x', 0)",
					"INSERT INTO ipv6_reservations (address, host_id) VALUES ('2001:db8::1', 1)")
				if err := schema.Advance(ctx, db, version); err != nil {
					t.Fatal(err)
				}
				if from, err := schema.Upgrade(ctx, db, nil); err != nil || from != version {
					t.Fatalf("from %v: %v", from, err)
				}
				checkForm(t, db)
				text := map[sqldb.Dialect]string{sqldb.MySQL: "INET6_NTOA(address)", sqldb.PostgreSQL: "host(address)"}[s.Dialect]
				if n := count(t, db, "SELECT COUNT(*) FROM ipv6_reservations WHERE "+text+" = '2001:db8::1' AND excluded_prefix_len = 0"); n != 1 {
					t.Errorf("%d reservations", n)
				}
			})
		}
	})
}
