package torture_test

import (
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/tests/databases"
)

// Two of three servers have their leases on one node of a Galera cluster, the third one
// on another node, which is stopped or killed and started again under load: no address
// has two clients, and no lease that was acknowledged is lost.
func TestGalera(t *testing.T) {
	nodes := databases.NewGalera(t, 2, databases.Options{NoSync: true, Args: []string{"--log-bin-trust-function-creators=1"}})
	access := nodes[0].Database(t)
	ends := []func(testing.TB){nodes[1].Stop, nodes[1].Kill}
	var stops [2]int
	shareDatabase(t, []*config.Database{access, access, nodes[1].On(access)}, 1, func(n int) {
		if n%2 == 1 {
			how := n / 2 % len(ends)
			ends[how](t)
			time.Sleep(time.Second)
			nodes[1].Start(t)
			stops[how]++
		}
	})
	// In a transaction that the other node was first with COMMIT fails, or an earlier
	// statement.
	var atCommit, before int
	for _, node := range nodes {
		atCommit += status(t, node, "wsrep_local_cert_failures")
		before += status(t, node, "wsrep_local_bf_aborts")
	}
	t.Logf("the node was stopped %d times and killed %d times; %d transactions failed at COMMIT, %d before it", stops[0], stops[1], atCommit, before)
}

func status(t *testing.T, node *databases.Server, name string) (n int) {
	t.Helper()
	if err := node.Admin(t, "").QueryRow("SHOW GLOBAL STATUS LIKE '"+name+"'").Scan(&name, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
