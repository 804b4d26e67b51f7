package schema_test

import (
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

// tried are the versions from which it upgrades otherwise: those after which rows are
// converted.
var tried = map[sqldb.Dialect]string{
	sqldb.MySQL:      " 1.0 6.0 9.4 11.0 14.0 ",
	sqldb.PostgreSQL: " 1.0 4.0 6.2 13.0 ",
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
		for n := range len(scripts) + 1 {
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
