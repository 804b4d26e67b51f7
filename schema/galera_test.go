package schema_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"nestor/schema"
	"nestor/tests/databases"
)

// A node of a Galera cluster has no locks by name, and takes no rows of tables
// without a primary key.
func TestGalera(t *testing.T) {
	s := databases.NewGalera(t, 1, databases.Options{NoSync: true})[0]
	access := s.Database(t)
	// PL.11.2: it writes a binary log of a kind, so that triggers need a setting.
	if err := schema.Init(ctx, open(t, access)); err == nil || !strings.Contains(err.Error(), "SET GLOBAL log_bin_trust_function_creators = 1") {
		t.Errorf("without the setting: %v", err)
	}
	if _, err := s.Admin(t, "").Exec("SET GLOBAL log_bin_trust_function_creators = 1"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	made := make([]bool, 3)
	for i := range made {
		db := open(t, access)
		all.Go(func() {
			var err error
			if made[i], err = schema.Ensure(ctx, db, false, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := fmt.Sprint(made); n != "[true false false]" && n != "[false true false]" && n != "[false false true]" {
		t.Errorf("initialised by %s", n)
	}
	checkForm(t, open(t, access))

	old := open(t, s.Database(t))
	s.Client(t, old.Access, "testdata/first.mysql")
	if _, err := schema.Upgrade(ctx, old, nil); err != nil {
		t.Fatal(err)
	}
	checkForm(t, old)
	checkFirst(t, old)
}
