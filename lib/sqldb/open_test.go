package sqldb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

var ctx = context.Background()

func open(t *testing.T, access *config.Database) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sqldb.DB, statement string, args ...any) int64 {
	t.Helper()
	result, err := db.Exec(db.Dialect.Rebind(statement), args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	rows, _ := result.RowsAffected()
	return rows
}

func TestSession(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Database(t))
		exec(t, db, "CREATE TABLE x (i INT PRIMARY KEY, c VARCHAR(9), at TIMESTAMP NULL)")
		exec(t, db, "INSERT INTO x (i, c) VALUES (?, ?)", 1, "naïve☃")
		if n := exec(t, db, "UPDATE x SET c = c WHERE i = ?", 1); n != 1 {
			t.Errorf("an update that changes nothing counts %d rows, not 1", n)
		}
		if _, err := db.Exec(db.Dialect.Rebind("INSERT INTO x (i, c) VALUES (?, ?)"), 2, "ten letters"); err == nil {
			t.Error("a text too long for its column is cut")
		}
		if s.Dialect == sqldb.MySQL {
			var mode string
			var wait int
			if err := db.QueryRow("SELECT @@sql_mode, @@wait_timeout").Scan(&mode, &wait); err != nil || mode != "STRICT_ALL_TABLES" || wait != 2592000 {
				t.Errorf("%q, %d, %v", mode, wait, err)
			}
		}
		if on, err := db.Encrypted(ctx); err != nil || on {
			t.Errorf("encrypted over a UNIX socket: %v, %v", on, err)
		}
	})
}

// PL.10.7: the stored text is local time, whatever the zone of the session, so that
// what is read is right only where the two zones agree.
func TestTimestamp(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("west", -5*3600)
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Database(t))
		kind := map[sqldb.Dialect]string{sqldb.MySQL: "TIMESTAMP NULL", sqldb.PostgreSQL: "TIMESTAMP WITH TIME ZONE"}[s.Dialect]
		exec(t, db, "CREATE TABLE x (at "+kind+")")
		const noon = 1800014400 // 2027-01-15 12:00:00 UTC
		exec(t, db, "INSERT INTO x VALUES (?), (?)", sqldb.TimestampOf(noon), sqldb.Timestamp{})
		var stored string
		var at, null sqldb.Timestamp
		text := map[sqldb.Dialect]string{sqldb.MySQL: "CAST(at AS CHAR)", sqldb.PostgreSQL: "to_char(at, 'YYYY-MM-DD HH24:MI:SS')"}[s.Dialect]
		if err := db.QueryRow("SELECT "+text+", at FROM x WHERE at IS NOT NULL").Scan(&stored, &at); err != nil {
			t.Fatal(err)
		}
		if stored != "2027-01-15 07:00:00" {
			t.Errorf("stored %s", stored)
		}
		// As with Kea: MySQL turns the text back by the same zone, PostgreSQL gives
		// the instant, which is off by the difference of the zones.
		if want := map[sqldb.Dialect]int64{sqldb.MySQL: noon, sqldb.PostgreSQL: noon - 5*3600}[s.Dialect]; at.Unix != want {
			t.Errorf("read back %d, want %d", at.Unix, want)
		}
		if err := db.QueryRow("SELECT at FROM x WHERE at IS NULL").Scan(&null); err != nil || null.Valid {
			t.Errorf("%v, %v", null, err)
		}
	})
}

func TestFaults(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Database(t))
		exec(t, db, "CREATE TABLE x (i INT PRIMARY KEY, j INT)")
		exec(t, db, "INSERT INTO x VALUES (1, 0), (2, 0)")
		check := func(err error, fault sqldb.Fault, words ...string) {
			t.Helper()
			if got := sqldb.Classify(err); got != fault {
				t.Errorf("%v is fault %d, want %d", err, got, fault)
			}
			text := ""
			if err != nil {
				text = db.Explain(err).Error()
			}
			for _, word := range words {
				if !strings.Contains(text, word) {
					t.Errorf("no %q in %q", word, text)
				}
			}
		}
		_, err := db.Exec("INSERT INTO x VALUES (1, 0)")
		check(err, sqldb.Duplicate)
		_, err = db.Exec("SELECT * FROM lease4")
		check(err, sqldb.NoSchema, "nestor-admin db-init "+s.Dialect.Backend()+" -n "+db.Access.Name)
		check(deadlock(t, db), sqldb.Retry)
		s.Disconnect(t, db.Access)
		conn, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		s.Disconnect(t, db.Access)
		_, err = conn.ExecContext(ctx, "SELECT 1")
		check(err, sqldb.Lost)
	})
}

// deadlock has two transactions wait for each other and gives the error of the loser.
func deadlock(t *testing.T, db *sqldb.DB) error {
	first, second := make(chan error, 1), make(chan error, 1)
	ready := [2]chan bool{make(chan bool), make(chan bool)}
	run := func(mine, other int, result chan error) {
		tx, err := db.Begin()
		if err == nil {
			_, err = tx.Exec(db.Dialect.Rebind("UPDATE x SET j = j + 1 WHERE i = ?"), mine)
			close(ready[mine-1])
			<-ready[other-1]
		}
		if err == nil {
			_, err = tx.Exec(db.Dialect.Rebind("UPDATE x SET j = j + 1 WHERE i = ?"), other)
		}
		tx.Rollback()
		result <- err
	}
	go run(1, 2, first)
	go run(2, 1, second)
	return errors.Join(<-first, <-second)
}

func TestOpenFails(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		good := s.Database(t)
		for _, row := range []struct {
			name   string
			change func(*config.Database)
			fault  sqldb.Fault
			says   string
		}{
			{"account", func(a *config.Database) { a.User, a.Password = "stranger", "wrong" }, sqldb.Denied, `check user ("stranger") and password`},
			{"database", func(a *config.Database) { a.Name = "nowhere" }, sqldb.NoDatabase, "CREATE DATABASE"},
			{"socket", func(a *config.Database) { a.Host = "/nowhere/x" }, sqldb.Lost, "is the server running"},
			{"port", func(a *config.Database) { a.Host, a.Port = "127.0.0.1", 1 }, sqldb.Lost, "is the server running"},
			{"type", func(a *config.Database) { a.Type = "cql" }, sqldb.Other, "mysql or postgresql"},
			{"trust anchor", func(a *config.Database) { a.Host, a.TrustAnchor = "127.0.0.1", "/nowhere/ca.pem" }, sqldb.Other, "/nowhere/ca.pem"},
		} {
			t.Run(row.name, func(t *testing.T) {
				if s.Dialect == sqldb.MySQL && row.name == "database" {
					row.fault, row.says = sqldb.Privilege, "GRANT ALL ON `nowhere`" // MySQL does not tell who may not see it
				}
				bad := *good
				row.change(&bad)
				db, err := sqldb.Open(ctx, &bad)
				if err == nil {
					db.Close()
					t.Fatal("it opens")
				}
				if got := sqldb.Classify(err); got != row.fault || !strings.Contains(err.Error(), row.says) {
					t.Errorf("fault %d, want %d: %v", got, row.fault, err)
				}
			})
		}
	})
}

// Where the server is, by host and port.
func TestAddress(t *testing.T) {
	t.Setenv("MYSQL_UNIX_PORT", "/run/other.sock")
	for _, row := range []struct {
		name, kind, host string
		port             uint32
		at               string
	}{
		{"D4.6.4 no host is the local machine", "mysql", "", 0, "/run/other.sock"},
		{"D4.6.4 no host is the local machine", "postgresql", "", 0, "localhost:5432"},
		{"localhost has a port of no use", "mysql", "localhost", 3307, "/run/other.sock"},
		{"a socket", "mysql", "/run/third.sock", 0, "/run/third.sock"},
		{"the directory of a socket", "postgresql", "/run/postgresql", 0, "/run/postgresql"},
		{"D4.6.5 no port is the usual one", "mysql", "127.0.0.1", 0, "127.0.0.1:3306"},
		{"D4.6.5 no port is the usual one", "postgresql", "db.example.org", 0, "db.example.org:5432"},
		{"a port", "mysql", "2001:db8::1", 3307, "[2001:db8::1]:3307"},
		{"a port", "postgresql", "2001:db8::1", 5433, "[2001:db8::1]:5433"},
	} {
		t.Run(row.name, func(t *testing.T) {
			db, err := sqldb.New(&config.Database{Type: row.kind, Name: "dhcp", Host: row.host, Port: row.port, User: "dhcp"})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if want := row.kind + " database dhcp at " + row.at; db.String() != want {
				t.Errorf("%s, want %s", db, want)
			}
		})
	}
}

// Any password can be given.
func TestPassword(t *testing.T) {
	s := databases.MariaDB(t)
	const odd = "it's \\ \"odd\" = #%?"
	access := s.Database(t)
	admin := s.Admin(t, "")
	for _, statement := range []string{
		"CREATE USER odd@localhost IDENTIFIED BY 'it''s \\\\ \"odd\" = #%?'",
		"GRANT ALL ON " + access.Name + ".* TO odd@localhost",
	} {
		if _, err := admin.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	access.User, access.Password = "odd", odd
	open(t, access)
	own := databases.NewPostgreSQL(t, databases.Options{TCP: true})
	access = own.TCP(own.Database(t))
	if _, err := own.Admin(t, "").Exec("CREATE USER odd PASSWORD 'it''s \\ \"odd\" = #%?'"); err != nil {
		t.Fatal(err)
	}
	access.User, access.Password = "odd", odd
	open(t, access)
	access.Password = "wrong"
	if _, err := sqldb.Open(ctx, access); sqldb.Classify(err) != sqldb.Denied || !strings.Contains(err.Error(), `check user ("odd") and password`) {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestRebind(t *testing.T) {
	in := "SELECT '?', \"?\" FROM x WHERE a = ? AND b = ?"
	if got := sqldb.PostgreSQL.Rebind(in); got != "SELECT '?', \"?\" FROM x WHERE a = $1 AND b = $2" {
		t.Error(got)
	}
	if got := sqldb.MySQL.Rebind(in); got != in {
		t.Error(got)
	}
}
