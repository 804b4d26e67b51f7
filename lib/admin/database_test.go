package admin

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
	"nestor/tests/peers"
)

// options are the arguments that say how to reach a database. The socket of MySQL
// is named by the environment, for both programs.
func options(t *testing.T, access *config.Database) []string {
	host := access.Host
	if access.Type == "mysql" {
		t.Setenv("MYSQL_UNIX_PORT", host)
		host = "localhost"
	}
	return []string{"-h", host, "-u", access.User, "-p", access.Password, "-n", access.Name}
}

// keaAdmin runs Debian's kea-admin with the same arguments.
func keaAdmin(t *testing.T, access *config.Database, command string, args ...string) (int, string) {
	t.Helper()
	d, _ := sqldb.DialectOf(access.Type)
	args = append(append([]string{command, d.Backend()}, options(t, access)...), args...)
	c := exec.Command(peers.Program(t, "kea-admin"), args...)
	c.Env = databases.Environment(t)
	if access.Type == "mysql" {
		c.Env = append(c.Env, "MYSQL_UNIX_PORT="+access.Host)
	}
	out, err := c.Output()
	var status *exec.ExitError
	if err != nil {
		status, _ = err.(*exec.ExitError)
		if status == nil {
			t.Fatal(err)
		}
		return status.ExitCode(), string(out)
	}
	return 0, string(out)
}

// nestorAdmin runs ours, under Kea's name.
func nestorAdmin(t *testing.T, access *config.Database, command string, args ...string) (int, string, string) {
	t.Helper()
	d, _ := sqldb.DialectOf(access.Type)
	args = append(append([]string{"/usr/sbin/kea-admin", command, d.Backend()}, options(t, access)...), args...)
	var out, err strings.Builder
	status := Main(args, "1.2.3", &out, &err)
	return status, out.String(), err.String()
}

func openDB(t *testing.T, access *config.Database) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestDatabaseCommandLine(t *testing.T) {
	t.Setenv("MYSQL_UNIX_PORT", "/nowhere/mysql.sock")
	for _, row := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"db-init", 1, "ERROR/nestor-admin: missing backend\nusage: nestor-admin db-init BACKEND", ""}, // PL.11.1
		{"db-init oracle", 1, "ERROR/nestor-admin: invalid backend: oracle\n", ""},
		{"db-init mysql -q", 1, "ERROR/nestor-admin: invalid option: -q\nusage:", ""},
		{"db-init mysql -h", 1, "ERROR/nestor-admin: -h or --host requires a parameter\nusage:", ""},
		{"db-init mysql -P many", 1, "is no number", ""},
		{"db-init --help", 0, "usage: nestor-admin db-init BACKEND [OPTIONS]\n\nmake the tables", ""},
		{"lease-dump mysql -4 -6", 1, "you may not specify both -4 and -6", ""},
		{"lease-dump mysql -o x", 1, "lease-dump: lease type ( -4 or -6 ) needs to be specified", ""},
		{"lease-dump mysql -4", 1, "you must specify an output file", ""},
		{"lease-upload mysql -4", 1, "you must specify an input file", ""},
		{"lease-upload pgsql -4 -i /nowhere/x", 1, "/nowhere/x cannot be read", "no such file"},
		{"db-version mysql -x --foo", 1, "-x: --foo is not known", ""},
		{"db-version mysql -x --ssl-ca", 1, "-x: --ssl-ca requires a value", ""},
		{"db-version mysql -d /usr/share/kea", 1, "WARNING/nestor-admin: /usr/share/kea is not looked at", "is the server running"},
		{"db-version mysql", 1, "Failed to get schema version, mysql status  1\n", "/nowhere/mysql.sock"},
		{"db-version pgsql -h /nowhere", 1, "Failed to get schema version, pgsql status  1\n", "/nowhere"},
		{"db-init mysql", 1, "Checking if there is a database initialized already...\nERROR/nestor-admin: mysql_init table query failed, mysql status = 1\n", "mysql.sock"},
		// PL.11.8
		{"db-init memfile", 1, "ERROR/nestor-admin: NOT IMPLEMENTED\n", ""},
		{"db-version memfile", 1, "NOT IMPLEMENTED", ""},
		{"db-upgrade memfile", 1, "NOT IMPLEMENTED", ""},
		{"lease-dump memfile", 1, "lease-dump is not supported for memfile", ""},
		{"lease-upload memfile", 1, "lease-upload is not supported for memfile", ""},
		{"stats-recount memfile", 0, "INFO/nestor-admin: memfile does not keep lease statistics\n", ""},
	} {
		t.Run(row.args, func(t *testing.T) {
			status, stdout, stderr := run(strings.Fields(row.args)...)
			if status != row.status || !strings.Contains(stdout, row.stdout) || !strings.Contains(stderr, row.stderr) || (stderr == "") != (row.stderr == "") {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
}

func TestDatabaseSchema(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Database(t)
		status, out, err := nestorAdmin(t, access, "db-init")
		version := schema.Current(s.Dialect).String()
		t.Run("PL.11.2 db-init", func(t *testing.T) {
			if status != 0 || !strings.Contains(out, "Database version reported after initialization: "+version+"\n") {
				t.Fatalf("status %d\n%s%s", status, out, err)
			}
			status, out, _ := nestorAdmin(t, access, "db-init")
			keaStatus, keaOut := keaAdmin(t, access, "db-init")
			if status != keaStatus || status == 0 {
				t.Errorf("of a database with tables: status %d, kea-admin's %d", status, keaStatus)
			}
			first, _, _ := strings.Cut(out, "present:")
			if keaFirst, _, _ := strings.Cut(keaOut, "present:"); first != keaFirst {
				t.Errorf("says %q, kea-admin %q", first, keaFirst)
			}
		})
		t.Run("PL.11.3 db-version", func(t *testing.T) {
			status, out, err := nestorAdmin(t, access, "db-version")
			if keaStatus, keaOut := keaAdmin(t, access, "db-version"); status != keaStatus || out != keaOut || strings.TrimSpace(out) != version {
				t.Errorf("%d %q %s, kea-admin %d %q", status, out, err, keaStatus, keaOut)
			}
		})
		t.Run("PL.11.4 db-upgrade of a current one", func(t *testing.T) {
			if status, out, err := nestorAdmin(t, access, "db-upgrade"); status != 0 || !strings.Contains(out, "There is nothing to do.\n") {
				t.Errorf("status %d\n%s%s", status, out, err)
			}
		})
		t.Run("PL.11.4 db-upgrade of a newer one", func(t *testing.T) {
			db := openDB(t, access)
			if _, err := db.Exec("UPDATE schema_version SET version = version + 1"); err != nil {
				t.Fatal(err)
			}
			if status, out, err := nestorAdmin(t, access, "db-upgrade"); status != 1 || !strings.Contains(err, "never taken back") {
				t.Errorf("status %d\n%s%s", status, out, err)
			}
			if status, out, err := nestorAdmin(t, access, "lease-dump", "-4", "-o", t.TempDir()+"/x"); status != 1 || !strings.Contains(err, "newer") {
				t.Errorf("lease-dump: status %d\n%s%s", status, out, err)
			}
		})
		t.Run("PL.11.9 password by the environment", func(t *testing.T) {
			t.Setenv("KEA_ADMIN_DB_PASSWORD", access.Password)
			all := options(t, access)
			args := append([]string{"db-version", s.Dialect.Backend()}, append(all[:4], all[6:]...)...)
			if status, out, err := run(args...); status != 0 || !strings.HasPrefix(out, "Using the value of KEA_ADMIN_DB_PASSWORD for authentication...\n") {
				t.Errorf("status %d\n%s%s", status, out, err)
			}
		})
	})
}

const leases4 = `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id
192.0.2.1,02:00:00:00:00:01,,3600,1900003600,1,1,1,one.example.org,0,{ "ISC": { "client-classes": [ "a"&#x2c "b" ] } },0
192.0.2.2,02:00:00:00:00:02,01:02:00:00:00:00:02,4294967295,6194967295,1,0,0,,0,,2
192.0.2.3,,,600,1900000600,1,0,0,,1,,0
192.0.2.250,02:00:00:00:00:fa,ff:00:01:02:03,7200,1900007200,7,0,1,comma&#x2cname,2,,0
`

const leases6 = `address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id
2001:db8::1,00:03:00:01:02:00:00:00:00:01,3600,1900003600,1,1800,0,1,128,1,1,one.example.org,02:00:00:00:00:01,0,{ "a": 1 },1,2,0
2001:db8::2,00:03:00:01:02:00:00:00:00:02,4294967295,6194967295,1,4294967295,0,4000000000,128,0,0,,,0,,,,3
2001:db8::3,00:00:00,600,1900000600,1,300,0,0,128,0,0,,,1,,,,0
2001:db8:1::,00:03:00:01:02:00:00:00:00:01,3600,1900003600,1,1800,2,7,56,0,0,,,0,,,,0
`

func TestLeases(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Schema(t)
		for family, text := range map[string]string{"-4": leases4, "-6": leases6} {
			dir := t.TempDir()
			in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
			header, rows, _ := strings.Cut(text, "\n")
			// An older row of a lease does not count, and one that was deleted.
			first, _, _ := strings.Cut(rows, "\n")
			old := strings.Replace(first, "3600", "10", 1)
			gone := strings.NewReplacer(".1,", ".77,", "::1,", "::77,").Replace(first)
			deleted := strings.Replace(gone, ",3600,", ",0,", 1)
			if err := os.WriteFile(in, []byte(header+"\n"+old+"\n"+gone+"\n"+rows+deleted+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if status, stdout, stderr := nestorAdmin(t, access, "lease-upload", family, "-i", in); status != 0 ||
				!strings.Contains(stdout, "INFO/kea-admin: Reduced to 4 leases.\nINFO/kea-admin: Successfully updated table lease"+family[1:]+".\n") {
				t.Fatalf("lease-upload %s: status %d\n%s%s", family, status, stdout, stderr)
			}
			if status, stdout, stderr := nestorAdmin(t, access, "lease-dump", family, "-o", out); status != 0 {
				t.Fatalf("lease-dump %s: status %d\n%s%s", family, status, stdout, stderr)
			}
			t.Run("PL.11.5 PL.11.6 lease-upload and lease-dump "+family, func(t *testing.T) {
				if got, _ := os.ReadFile(out); string(got) != text {
					t.Errorf("dumped\n%s, uploaded\n%s", got, text)
				}
			})
			t.Run("again "+family, func(t *testing.T) {
				if status, _, stderr := nestorAdmin(t, access, "lease-upload", family, "-i", in); status != 0 {
					t.Errorf("uploaded twice: status %d, %s", status, stderr)
				}
				other := filepath.Join(dir, "other.csv")
				if err := os.WriteFile(other, []byte(header+"\n"+gone+"\n"+old+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				if status, _, stderr := nestorAdmin(t, access, "lease-upload", family, "-i", other); status != 1 || !strings.Contains(stderr, "has another lease in the database already") {
					t.Errorf("uploaded over another lease: status %d, %s", status, stderr)
				}
				if status, stdout, _ := nestorAdmin(t, access, "lease-dump", family, "-o", out); status != 1 || !strings.Contains(stdout, "lease-dump aborted by user.") {
					t.Errorf("dumped over a file: status %d, %s", status, stdout)
				}
				if status, _, stderr := nestorAdmin(t, access, "lease-dump", family, "-o", out, "-y"); status != 0 {
					t.Errorf("dumped over a file with -y: status %d, %s", status, stderr)
				}
			})
			t.Run("kea-admin "+family, func(t *testing.T) {
				keaOut := filepath.Join(dir, "kea.csv")
				if status, stdout := keaAdmin(t, access, "lease-dump", family, "-o", keaOut); status != 0 {
					t.Fatalf("kea-admin: status %d, %s", status, stdout)
				}
				// Its dumps have infinite leases end when they begin, IAIDs of
				// PostgreSQL are signed, and no hardware address is NULL or 0.
				kea, _ := os.ReadFile(keaOut)
				want := strings.ReplaceAll(text, "6194967295", "1900000000")
				got := strings.NewReplacer(",-294967296,", ",4000000000,", ",NULL", ",").Replace(string(kea))
				got = regexp.MustCompile(`(?m),0,0,(\d)$`).ReplaceAllString(got, ",,,$1")
				if strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("kea-admin dumps\n%s, we\n%s", got, want)
				}
			})
		}
		t.Run("PL.11.7 stats-recount", func(t *testing.T) { recounts(t, access) })
	})
}

// recounts breaks the counters and has them counted.
func recounts(t *testing.T, access *config.Database) {
	db := openDB(t, access)
	counters := func() string {
		var b bytes.Buffer
		for _, query := range []string{
			"SELECT CONCAT_WS(' ', 4, subnet_id, state, leases) FROM lease4_stat WHERE leases > 0 ORDER BY 1",
			"SELECT CONCAT_WS(' ', 4, subnet_id, pool_id, state, leases) FROM lease4_pool_stat WHERE leases > 0 ORDER BY 1",
			"SELECT CONCAT_WS(' ', 6, subnet_id, lease_type, state, leases) FROM lease6_stat WHERE leases > 0 ORDER BY 1",
			"SELECT CONCAT_WS(' ', 6, subnet_id, pool_id, lease_type, state, leases) FROM lease6_pool_stat WHERE leases > 0 ORDER BY 1",
		} {
			rows, err := db.Query(query)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var row string
				if err := rows.Scan(&row); err != nil {
					t.Fatal(err)
				}
				b.WriteString(row + "\n")
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	kept := counters()
	if n := strings.Count(kept, "\n"); n < 10 {
		t.Fatalf("the triggers have counted %d numbers: %s", n, kept)
	}
	for _, s := range []string{"UPDATE lease4_stat SET leases = 77", "DELETE FROM lease4_pool_stat", "DELETE FROM lease6_stat", "UPDATE lease6_pool_stat SET leases = leases + 1"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if status, out, err := nestorAdmin(t, access, "stats-recount"); status != 0 || out != "Recount lease statistics from database\n" {
		t.Errorf("status %d\n%s%s", status, out, err)
	}
	if counted := counters(); counted != kept {
		t.Errorf("counted\n%s, the triggers kept\n%s", counted, kept)
	}
}
