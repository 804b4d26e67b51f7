package sqlstore

import (
	"context"
	"testing"

	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/storetest"
	"nestor/lib/sqldb"
	"nestor/schema"
	"nestor/tests/databases"
)

// newDatabase makes a database with Kea's tables on a server.
func newDatabase(t testing.TB, server *databases.Server) *config.Database {
	t.Helper()
	access := server.Database(t)
	db := reopen(t, access)
	if err := schema.Init(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	return access
}

// wiped opens a database and removes all leases from it.
func wiped(t testing.TB, access *config.Database) *sqldb.DB {
	t.Helper()
	db := reopen(t, access)
	for _, table := range []string{
		"lease4", "lease6", "lease4_stat", "lease4_pool_stat", "lease6_stat", "lease6_pool_stat",
	} {
		if _, err := db.ExecContext(context.Background(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// reopen opens a database.
func reopen(t testing.TB, access *config.Database) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// The cases that all stores pass.
func TestStore4(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := newDatabase(t, server)
		storetest.Run4(t, func(t testing.TB) lease.Manager4 {
			return New4(wiped(t, access), Options{})
		})
	})
}

func TestStore6(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := newDatabase(t, server)
		storetest.Run6(t, func(t testing.TB) lease.Manager6 {
			return New6(wiped(t, access), Options{})
		})
	})
}
