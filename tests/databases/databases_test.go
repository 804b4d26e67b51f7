package databases

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"nestor/lib/sqldb"
)

func open(t *testing.T, s *Server) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), s.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestShared(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		a, b := open(t, s), open(t, s)
		for _, db := range []*sqldb.DB{a, b} {
			if _, err := db.Exec("CREATE TABLE x (i INT PRIMARY KEY)"); err != nil {
				t.Error(err)
			}
		}
		if query := map[sqldb.Dialect]string{sqldb.MySQL: "SELECT @@innodb_flush_log_at_trx_commit", sqldb.PostgreSQL: "SHOW fsync"}[s.Dialect]; query != "" {
			var durable string
			if err := a.QueryRow(query).Scan(&durable); err != nil || durable != "1" && durable != "on" {
				t.Errorf("%s: %s, %v", query, durable, err)
			}
		}
		s.Disconnect(t, a.Access)
		if err := b.Ping(); err != nil {
			t.Error("the other database's connection: ", err)
		}
	})
}

// A database with the schema comes as new.
func TestSchema(t *testing.T) {
	Each(t, func(t *testing.T, s *Server) {
		for range 2 {
			t.Run("", func(t *testing.T) {
				db, err := sqldb.Open(context.Background(), s.Schema(t))
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				var rows int
				if err := db.QueryRow("SELECT (SELECT COUNT(*) FROM lease4) + (SELECT COUNT(*) FROM lease4_stat) + (SELECT COUNT(*) FROM dhcp4_server)").Scan(&rows); err != nil || rows != 1 {
					t.Errorf("%d rows, %v", rows, err)
				}
				for _, statement := range []string{"INSERT INTO lease4 (address, subnet_id, state) VALUES (1, 1, 0)"} {
					if _, err := db.Exec(statement); err != nil {
						t.Error(err)
					}
				}
			})
		}
	})
}

func TestFaults(t *testing.T) {
	for name, make := range map[string]func(testing.TB, Options) *Server{"mysql": NewMariaDB, "postgresql": NewPostgreSQL} {
		t.Run(name, func(t *testing.T) {
			s := make(t, Options{TCP: true})
			db := open(t, s)
			if _, err := db.Exec("CREATE TABLE x (i INT PRIMARY KEY)"); err != nil {
				t.Fatal(err)
			}
			over, err := sqldb.Open(context.Background(), s.TCP(db.Access))
			if err != nil {
				t.Fatal(err)
			}
			over.Close()
			s.Kill(t)
			if err := db.Ping(); sqldb.Classify(err) != sqldb.Lost {
				t.Errorf("killed: %v", err)
			}
			s.Start(t)
			if _, err := db.Exec("INSERT INTO x VALUES (1)"); err != nil {
				t.Errorf("started again: %v", err)
			}
			s.Pause(t)
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			if _, err := db.ExecContext(ctx, "INSERT INTO x VALUES (2)"); sqldb.Classify(err) != sqldb.Lost {
				t.Errorf("paused: %v", err)
			}
			cancel()
			s.Resume(t)
			s.Restart(t)
			if _, err := db.Exec("INSERT INTO x VALUES (3)"); err != nil {
				t.Errorf("restarted: %v", err)
			}
		})
	}
}

// A server must not outlive a test binary that panics.
func TestPanic(t *testing.T) {
	if os.Getenv("NESTOR_TEST_PANIC") != "" {
		s := PostgreSQL(t)
		os.Stdout.WriteString("dir=" + s.Dir + "\n")
		go panic("on purpose")
		select {}
	}
	need(t, postgresql{})
	c := exec.Command(os.Args[0], "-test.run=^TestPanic$")
	c.Env = append(os.Environ(), "NESTOR_TEST_PANIC=1")
	out, err := c.CombinedOutput()
	_, dir, found := strings.Cut(string(out), "dir=")
	if err == nil || !found {
		t.Fatalf("%v: %s", err, out)
	}
	dir, _, _ = strings.Cut(dir, "\n")
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", dir)
		}
	}
}

// A node of a cluster that was stopped or killed comes back with what the other one has.
func TestGalera(t *testing.T) {
	nodes := NewGalera(t, 2, Options{NoSync: true})
	access := nodes[0].Database(t)
	a, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := sqldb.Open(context.Background(), nodes[1].On(access))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Exec("CREATE TABLE x (i INT PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	for i, end := range []func(testing.TB){nodes[1].Stop, nodes[1].Kill} {
		end(t)
		if _, err := a.Exec("INSERT INTO x VALUES (?)", i); err != nil {
			t.Fatal(err)
		}
		nodes[1].Start(t)
		var rows int
		if err := b.QueryRow("SELECT COUNT(*) FROM x").Scan(&rows); err != nil || rows != i+1 {
			t.Errorf("%d rows, %v", rows, err)
		}
	}
}
