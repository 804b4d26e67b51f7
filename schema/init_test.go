package schema_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
)

var ctx = context.Background()

func open(t testing.TB, access *config.Database) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t testing.TB, db *sqldb.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func count(t testing.TB, db *sqldb.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestInit(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Database(t))
		if _, err := schema.Version(ctx, db); !errors.Is(err, schema.ErrEmpty) || !strings.Contains(err.Error(), "nestor-admin db-init "+s.Dialect.Backend()) {
			t.Errorf("version of an empty database: %v", err)
		}
		if err := schema.Init(ctx, db); err != nil {
			t.Fatal(err)
		}
		if v, err := schema.Version(ctx, db); err != nil || v != schema.Current(s.Dialect) {
			t.Errorf("version %v, %v", v, err)
		}
		if err := schema.Check(ctx, db); err != nil {
			t.Error(err)
		}
		var taken *schema.NotEmptyError
		if err := schema.Init(ctx, db); !errors.As(err, &taken) || len(taken.Tables) < 59 {
			t.Errorf("a second time: %v", err)
		}
		for _, other := range []struct{ set, says string }{
			{"version = version - 1", "nestor-admin db-upgrade " + s.Dialect.Backend()},
			{"version = version + 2", "newer"},
			{"version = version - 1, minor = 1", "newer"},
		} {
			execute(t, db, "UPDATE schema_version SET "+other.set)
			var wrong *schema.MismatchError
			if err := schema.Check(ctx, db); !errors.As(err, &wrong) || !strings.Contains(err.Error(), other.says) {
				t.Errorf("%s: %v", other.set, err)
			}
		}
		execute(t, db, "DROP TABLE schema_version")
		if _, err := schema.Version(ctx, db); err == nil || !strings.Contains(err.Error(), "broken off") {
			t.Errorf("half initialised: %v", err)
		}
	})
}

// Daemons that start together on one empty database must not disturb each other.
func TestEnsureTogether(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Database(t)
		if _, err := schema.Ensure(ctx, open(t, access), true, nil); !errors.Is(err, schema.ErrEmpty) {
			t.Errorf("read only: %v", err)
		}
		var all sync.WaitGroup
		did := make([]bool, 4)
		for i := range did {
			db := open(t, access)
			all.Go(func() {
				var err error
				if did[i], err = schema.Ensure(ctx, db, false, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		n := 0
		for _, d := range did {
			if d {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of them have initialised it", n)
		}
	})
}

// An initialisation that fails leaves nothing behind.
func TestInitFails(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Database(t)
		admin := s.Admin(t, access.Name)
		if s.Dialect == sqldb.MySQL {
			for _, host := range []string{"localhost", "127.0.0.1"} {
				if _, err := admin.Exec("REVOKE TRIGGER ON `" + access.Name + "`.* FROM nestor@" + host); err != nil {
					t.Fatal(err)
				}
			}
		} else if _, err := admin.Exec("ALTER DATABASE " + access.Name + " OWNER TO postgres"); err != nil {
			t.Fatal(err)
		}
		db := open(t, access) // MySQL looks at rights when a connection is made
		err := schema.Init(ctx, db)
		if sqldb.Classify(err) != sqldb.Privilege || !strings.Contains(err.Error(), "GRANT ALL ON") ||
			s.Dialect == sqldb.PostgreSQL && !strings.Contains(err.Error(), "GRANT ALL ON SCHEMA public") {
			t.Errorf("without rights: %v", err)
		}
		if _, err := schema.Version(ctx, db); !errors.Is(err, schema.ErrEmpty) {
			t.Errorf("afterwards: %v", err)
		}
		if s.Dialect == sqldb.MySQL {
			if n := count(t, db, "SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE()"); n != 0 {
				t.Errorf("%d routines are left", n)
			}
		}
	})
}

// PL.11.10: the scripts are also fed to the databases' own clients.
func TestScript(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		access := s.Database(t)
		file := t.TempDir() + "/create.sql"
		if err := os.WriteFile(file, []byte(schema.Script(s.Dialect)), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Client(t, access, file)
		db := open(t, access)
		if err := schema.Check(ctx, db); err != nil {
			t.Error(err)
		}
		s.Client(t, access, s.Dialect.Backend()+"/drop.sql")
		if _, err := schema.Version(ctx, db); !errors.Is(err, schema.ErrEmpty) {
			t.Errorf("after drop.sql: %v", err)
		}
		if err := schema.Init(ctx, db); err != nil {
			t.Errorf("after drop.sql: %v", err)
		}
	})
}

// Host names are found whatever their case.
func TestHostnames(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s.Schema(t))
		execute(t, db, "INSERT INTO lease4 (address, hostname, subnet_id, state) VALUES (1, 'One.Example.org', 1, 0)")
		equal := map[sqldb.Dialect]string{sqldb.MySQL: "hostname", sqldb.PostgreSQL: "LOWER(hostname)"}[s.Dialect]
		if n := count(t, db, "SELECT COUNT(*) FROM lease4 WHERE "+equal+" = 'one.example.org'"); n != 1 {
			t.Errorf("%d leases of that name", n)
		}
	})
}
