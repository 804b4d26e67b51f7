package databases

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/peers"
)

// pool are databases with Kea's schema that wait for a test, of one server.
type pool struct {
	sync.Mutex
	free []*config.Database
}

// Schema makes a database with Kea's schema and no rows but those of the lookup
// tables, at less cost than schema.Init: databases of earlier tests are emptied and
// used again. Tests that change the schema must not use it.
func (s *Server) Schema(t testing.TB) *config.Database {
	t.Helper()
	s.pool.Lock()
	defer s.pool.Unlock()
	var access *config.Database
	if n := len(s.pool.free); n > 0 {
		access, s.pool.free = s.pool.free[n-1], s.pool.free[:n-1]
	} else {
		access = s.newDatabase(t)
		s.initSchema(t, access)
	}
	t.Cleanup(func() {
		if err := s.empty(access); err != nil {
			return // the server has gone, or the test has broken it
		}
		s.pool.Lock()
		defer s.pool.Unlock()
		s.pool.free = append(s.pool.free, access)
	})
	own := *access
	return &own
}

func (s *Server) initSchema(t testing.TB, access *config.Database) {
	t.Helper()
	db, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := schema.Init(context.Background(), db); err != nil {
		t.Fatal(err)
	}
}

// lookups are the tables whose rows belong to the schema; the servers' have such a
// row, with the id 1.
var lookups = map[string]string{
	"schema_version": "", "lease_state": "", "lease6_types": "", "lease_hwaddr_source": "", "host_identifier_type": "",
	"dhcp_option_scope": "", "modification": "", "parameter_data_type": "", "option_def_data_type": "",
	"ddns_replace_client_name_types": "",
	"dhcp4_server":                   "id <> 1", "dhcp6_server": "id <> 1",
}

// empty deletes all rows that tests have made, without an audit.
func (s *Server) empty(access *config.Database) error {
	ctx := context.Background()
	db, err := s.connectAdmin(access.Name)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	query, before := "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()", "SET FOREIGN_KEY_CHECKS = 0, @disable_audit = 1"
	if s.Dialect == sqldb.PostgreSQL {
		// A replica calls no triggers, those of foreign keys included.
		query, before = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'", "SET session_replication_role = replica"
	}
	tables, err := conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	deletes := []string{before}
	var counters []string // by triggers, so they are last
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			return err
		}
		statement := "DELETE FROM " + name
		if condition, ok := lookups[name]; ok && condition == "" {
			continue
		} else if ok {
			statement += " WHERE " + condition
		}
		if name == "lease4" || name == "lease6" {
			deletes = append(deletes, statement)
		} else {
			counters = append(counters, statement)
		}
	}
	if err := tables.Err(); err != nil {
		return err
	}
	for _, statement := range append(deletes, counters...) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Copy makes a copy of a database, which goes with the test. Nobody may be
// connected to the original.
func (s *Server) Copy(t testing.TB, original *config.Database) *config.Database {
	t.Helper()
	if s.Dialect == sqldb.PostgreSQL {
		name := s.newName()
		if err := s.exec(fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s", name, User, original.Name)); err != nil {
			t.Fatal(err)
		}
		s.dropAfter(t, name)
		return s.access(name)
	}
	access := s.Database(t)
	dump := exec.Command(peers.Program(t, "mariadb-dump"), "--socket="+original.Host, "--user=root", "--routines", "--triggers", original.Name)
	text, err := dump.Output()
	if err != nil {
		t.Fatalf("mariadb-dump: %v", err)
	}
	file := filepath.Join(t.TempDir(), "dump.sql")
	// The administrator's name goes, so that the copy is User's.
	text = regexp.MustCompile("DEFINER=`\\w+`@`[\\w.]+`").ReplaceAll(text, nil)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s.Client(t, access, file)
	return access
}
