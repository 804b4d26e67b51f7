package sqlstore

import (
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/tests/databases"
)

// Servers that talk to different nodes of a cluster see each other's leases like those
// of one database.
func TestGalera(t *testing.T) {
	nodes := databases.NewGalera(t, 2, databases.Options{NoSync: true, Args: []string{"--log-bin-trust-function-creators=1"}})
	first := newDatabase(t, nodes[0])
	second := nodes[1].On(first)
	t.Run("conflicts", func(t *testing.T) { testConflicts(t, first, second) })
	t.Run("a node that lags", func(t *testing.T) {
		a, b := pairOn(t, first, second)
		halt, err := nodes[1].Admin(t, "").Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer halt.Close()
		// What the cluster has committed does not come into the tables now.
		if _, err := halt.ExecContext(t.Context(), "FLUSH TABLES WITH READ LOCK"); err != nil {
			t.Fatal(err)
		}
		putAll(t, a, leaseOf(1, 1))
		found := make(chan bool, 1)
		go func() {
			tx := b.Begin4()
			defer tx.Rollback()
			var l lease.Lease4
			found <- tx.Get4(base+1, &l)
		}()
		select {
		case <-found:
			t.Fatal("the leases of some time ago were read")
		case <-time.After(300 * time.Millisecond):
		}
		if _, err := halt.ExecContext(t.Context(), "UNLOCK TABLES"); err != nil {
			t.Fatal(err)
		}
		if !<-found {
			t.Error("the lease is not found")
		}
	})
}
