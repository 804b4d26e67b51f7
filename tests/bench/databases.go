package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
)

// sqlStores measures exchanges whose leases are in a database: MariaDB and
// PostgreSQL with the durability that they have by default, one server of each, on
// this machine. Each measurement has a database of its own; Debian's Kea has the
// tables of its version there, Nestor those of its own.
func sqlStores(ctx context.Context, b *bench) error {
	if err := b.begin6(ctx); err != nil {
		return err
	}
	printHeading("server")
	for _, dialect := range []sqldb.Dialect{sqldb.MySQL, sqldb.PostgreSQL} {
		if err := b.onServer(dialect, func(d *databaseServer) error { return b.sqlStore(ctx, d) }); err != nil {
			return err
		}
	}
	return nil
}

// sqlStore measures on one database server.
func (b *bench) sqlStore(ctx context.Context, d *databaseServer) error {
	for _, family := range []struct {
		ours, theirs string
		ambition     float64
	}{{nestor, kea, 5}, {nestor6, kea6, 5}} {
		readings := map[string]*reading{}
		for _, name := range []string{family.ours, family.theirs} {
			s := b.subject(name)
			if s == nil {
				continue
			}
			r, err := b.inDatabase(ctx, d, s, 0)
			if err != nil {
				return err
			}
			readings[name] = r
			printReading(s.way(), 64, name+" "+d.Dialect.Backend(), r)
		}
		ours, theirs := readings[family.ours], readings[family.theirs]
		if ours == nil {
			continue
		}
		where := fmt.Sprintf("%s on %s", family.ours, d.Dialect)
		if theirs != nil {
			b.aim("exchanges/s beside Kea's, "+where, ours.Rate, theirs.Rate, true, family.ambition)
			b.aim("CPU an exchange beside Kea's, "+where, float64(ours.perExchange()), float64(theirs.perExchange()), false, 1/family.ambition)
		}
		full, err := b.inDatabase(ctx, d, b.subject(family.ours), b.leases)
		if err != nil {
			return err
		}
		printReading(b.subject(family.ours).way(), 64, fmt.Sprintf("%s %d", d.Dialect.Backend(), b.leases), full)
		b.aim(fmt.Sprintf("time an exchange, %d leases : none, %s", b.leases, where), ours.Rate, full.Rate, false, 1.3)
	}
	return nil
}

// inDatabase measures a server with a database that has so many leases.
func (b *bench) inDatabase(ctx context.Context, d *databaseServer, s *subject, leases int) (*reading, error) {
	access, err := d.fresh(ctx, b, s, leases)
	if err != nil {
		return nil, err
	}
	return b.measure(ctx, s, plan{way: s.way(), threads: -1, database: access}, 64)
}

// databaseServer is a database server of the benchmark.
type databaseServer struct {
	*databases.Server
	made int // databases
}

// memory is what a database server is given for its tables: as much as holds a million
// leases with their indexes, which the 128 MiB that both have by default do not.
var memory = map[sqldb.Dialect][]string{
	sqldb.MySQL:      {"--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M"},
	sqldb.PostgreSQL: {"-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB"},
}

// account is that of the servers. Kea's own way to write an access string has no
// quotation marks for passwords.
const account = "bench"

// onServer runs a database server for as long as use takes.
func (b *bench) onServer(dialect sqldb.Dialect, use func(*databaseServer) error) (err error) {
	start := databases.NewMariaDB
	if dialect == sqldb.PostgreSQL {
		start = databases.NewPostgreSQL
	}
	t := &standIn{}
	defer t.end()
	defer func() {
		if why := recover(); why != nil {
			if _, ours := why.(standInError); !ours {
				panic(why)
			}
			fmt.Println("not measured:", why)
		}
	}()
	d := &databaseServer{Server: start(t, databases.Options{Args: memory[dialect]})}
	statements := []string{
		"CREATE USER " + account + "@localhost IDENTIFIED BY '" + account + "'",
		"GRANT ALL ON *.* TO " + account + "@localhost",
		"SET GLOBAL log_bin_trust_function_creators = 1",
	}
	if d.Dialect == sqldb.PostgreSQL {
		statements = []string{"CREATE ROLE " + account + " SUPERUSER LOGIN PASSWORD '" + account + "'"}
	}
	admin := d.Admin(t, "")
	for _, s := range statements {
		if _, err := admin.Exec(s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	if d.Dialect == sqldb.MySQL {
		// As MySQL's client library has it, and Kea with that.
		os.Setenv("MYSQL_UNIX_PORT", filepath.Join(d.Dir, "mysql.sock"))
		defer os.Unsetenv("MYSQL_UNIX_PORT")
	}
	return use(d)
}

// fresh makes a database for a subject and gives the map that configures it.
func (d *databaseServer) fresh(ctx context.Context, b *bench, s *subject, leases int) (object, error) {
	d.made++
	access := &config.Database{
		Type: d.Dialect.String(), Name: fmt.Sprintf("bench%d", d.made), User: account, Password: account, ConnectTimeout: 5,
	}
	parameters := object{"type": access.Type, "name": access.Name, "user": account, "password": account}
	if d.Dialect == sqldb.PostgreSQL {
		access.Host = d.Dir
		parameters["host"] = d.Dir
	}
	t := &standIn{}
	defer t.end()
	if _, err := d.Admin(t, "").Exec("CREATE DATABASE " + access.Name); err != nil {
		return nil, err
	}
	if !s.poolID { // Debian's Kea
		return parameters, d.keaTables(b, access.Name)
	}
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := schema.Init(ctx, db); err != nil || leases == 0 {
		return parameters, err
	}
	statements := []string{fillStatement(d.Dialect, s.v6, leases)}
	if d.Dialect == sqldb.PostgreSQL {
		// One row after the other is counted by a trigger: with a million it takes minutes.
		alter := "ALTER TABLE lease" + s.family()
		statements = []string{alter + " DISABLE TRIGGER USER", statements[0], alter + " ENABLE TRIGGER USER", "ANALYZE"}
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, fmt.Errorf("%.60s: %w", statement, err)
		}
	}
	return parameters, nil
}

// keaTables makes the tables of Debian's Kea with the script that it brings.
func (d *databaseServer) keaTables(b *bench, name string) error {
	cache := os.Getenv("NESTOR_CACHE")
	if cache == "" {
		cache = filepath.Join(b.root, ".cache")
	}
	scripts := filepath.Join(cache, "root/usr/share/kea/scripts")
	client, script := exec.Command(filepath.Join(cache, "bin/mysql"), "-u", account, "-p"+account, "-S", filepath.Join(d.Dir, "mysql.sock"), name), "mysql/dhcpdb_create.mysql"
	if d.Dialect == sqldb.PostgreSQL {
		client, script = exec.Command(filepath.Join(cache, "bin/psql"), "-q", "-h", d.Dir, "-U", account, name), "pgsql/dhcpdb_create.pgsql"
	}
	text, err := os.Open(filepath.Join(scripts, script))
	if err != nil {
		return err
	}
	defer text.Close()
	client.Stdin = text
	if out, err := client.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %.400s", script, err, out)
	}
	return nil
}

// fillStatement gives leases to the first addresses of the clients' subnet.
func fillStatement(d sqldb.Dialect, v6 bool, n int) string {
	series := fmt.Sprintf("(SELECT seq AS n FROM seq_0_to_%d) s", n-1)
	end, hex := fmt.Sprintf("now() + INTERVAL %d SECOND", lifetime), "unhex(concat('02', lpad(hex(n), 10, '0')))"
	duid := "unhex(concat('0003000102', lpad(hex(n), 10, '0')))"
	address6, no, empty := "unhex(concat('20010db8', '000000000000', '0001', lpad(hex(n), 8, '0')))", "0", "NULL"
	if d == sqldb.PostgreSQL {
		series = fmt.Sprintf("generate_series(0, %d) n", n-1)
		end = fmt.Sprintf("now() + INTERVAL '%d seconds'", lifetime)
		hex, duid = "decode('02' || lpad(to_hex(n), 10, '0'), 'hex')", "decode('0003000102' || lpad(to_hex(n), 10, '0'), 'hex')"
		address6, no, empty = "'2001:db8::1:0:0'::inet + n", "false", "''"
	}
	if v6 {
		return fmt.Sprintf("INSERT INTO lease6 (address, duid, valid_lifetime, expire, subnet_id, pref_lifetime, lease_type, iaid, prefix_len, fqdn_fwd, fqdn_rev, hostname, state, hwaddr, hwtype, hwaddr_source, user_context) "+
			"SELECT %[1]s, %[2]s, %[3]d, %[4]s, 1, %[3]d, 0, 1, 128, %[5]s, %[5]s, '', 0, %[6]s, 1, 2, %[7]s FROM %[8]s", address6, duid, lifetime, end, no, hex, empty, series)
	}
	return fmt.Sprintf("INSERT INTO lease4 (address, hwaddr, client_id, valid_lifetime, expire, subnet_id, fqdn_fwd, fqdn_rev, hostname, state, user_context) "+
		"SELECT 167772160 + n, %s, %s, %d, %s, 1, %s, %[5]s, '', 0, %s FROM %s", hex, strings.Replace(hex, "'02'", "'0102'", 1), lifetime, end, no, empty, series)
}

// standIn is what package databases takes for a test: it has its servers end.
type standIn struct {
	testing.TB
	ends []func()
}

// standInError is why there is no server.
type standInError struct{ error }

func (t *standIn) Helper()                      {}
func (t *standIn) Name() string                 { return "bench" }
func (t *standIn) Cleanup(end func())           { t.ends = append(t.ends, end) }
func (t *standIn) Log(...any)                   {}
func (t *standIn) Logf(string, ...any)          {}
func (t *standIn) Fatal(args ...any)            { panic(standInError{errors.New(fmt.Sprint(args...))}) }
func (t *standIn) Skip(args ...any)             { t.Fatal(args...) }
func (t *standIn) Fatalf(f string, args ...any) { t.Fatal(fmt.Sprintf(f, args...)) }
func (t *standIn) Skipf(f string, args ...any)  { t.Fatal(fmt.Sprintf(f, args...)) }

func (t *standIn) end() {
	for i := len(t.ends) - 1; i >= 0; i-- {
		t.ends[i]()
	}
}
