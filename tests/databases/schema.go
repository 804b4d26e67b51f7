package databases

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"nestor/lib/config"
	"nestor/lib/sqldb"
	"nestor/schema"
)

// pool are databases with Kea's schema that wait for a test, of one server.
type pool struct {
	sync.Mutex
	free []*config.Database
	made bool // PostgreSQL's template
}

// Schema makes a database with Kea's schema and no rows but those of the lookup
// tables, at less cost than schema.Init: PostgreSQL copies one, on MariaDB those of
// earlier tests are emptied. Tests that change the schema must not use it.
func (s *Server) Schema(t testing.TB) *config.Database {
	t.Helper()
	if s.Dialect == sqldb.PostgreSQL {
		return s.copySchema(t)
	}
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

// copySchema makes a copy of the template, which it makes first when there is none.
func (s *Server) copySchema(t testing.TB) *config.Database {
	t.Helper()
	template := fmt.Sprintf("template_%d", os.Getpid())
	s.pool.Lock()
	defer s.pool.Unlock()
	if !s.pool.made {
		if err := s.exec("DROP DATABASE IF EXISTS "+template, "CREATE DATABASE "+template+" OWNER "+User); err != nil {
			t.Fatal(err)
		}
		s.initSchema(t, s.access(template))
		s.pool.made = true
	}
	name := s.newName()
	if err := s.exec(fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s", name, User, template)); err != nil {
		t.Fatal(err)
	}
	s.dropAfter(t, name)
	return s.access(name)
}

// lookups are the tables whose rows belong to the schema; the servers' have such a
// row, with the id 1.
var lookups = map[string]string{
	"schema_version": "", "lease_state": "", "lease6_types": "", "lease_hwaddr_source": "", "host_identifier_type": "",
	"dhcp_option_scope": "", "modification": "", "parameter_data_type": "", "option_def_data_type": "",
	"dhcp4_server": "id <> 1", "dhcp6_server": "id <> 1",
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
	tables, err := conn.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	if err != nil {
		return err
	}
	deletes := []string{"SET FOREIGN_KEY_CHECKS = 0, @disable_audit = 1"}
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
