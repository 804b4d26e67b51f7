package schema_test

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nestor/schema"
	"nestor/tests/databases"
	"nestor/tests/peers"
	"nestor/tests/require"
)

// A node of a Galera cluster has no locks by name, and takes no rows of tables
// without a primary key.
func TestGalera(t *testing.T) {
	provider := filepath.Join(filepath.Dir(filepath.Dir(peers.Program(t, "mariadbd"))), "root/usr/lib/galera/libgalera_smm.so")
	if found, _ := filepath.Glob(provider); found == nil {
		require.Skip(t, "no %s: run scripts/test-deps", provider)
	}
	port := func() int {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().(*net.TCPAddr).Port
	}
	s := databases.NewMariaDB(t, databases.Options{NoSync: true, Args: []string{
		"--wsrep-on=ON", "--wsrep-provider=" + provider, "--wsrep-cluster-address=gcomm://", "--wsrep-new-cluster", "--binlog-format=ROW",
		fmt.Sprintf("--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:%d", port()), "--wsrep-node-address=127.0.0.1",
	}})
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
