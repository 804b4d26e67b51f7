package databases

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/config"
	"nestor/tests/require"
)

// galera is MariaDB as a node of a cluster. The first node has two votes, so that it
// goes on alone when the second one crashes; after an orderly stop any node does.
type galera struct {
	mariadb
	cluster *cluster
	number  int
	group   int // port of the node in the cluster
	changes int // where it is sent what it missed
	state   int // where it is sent everything, by rsync
}

type cluster struct{ nodes []*Server }

// wsrepPrograms are where scripts/test-deps unpacks what a node runs to get its state
// from another one.
func wsrepPrograms() string { return filepath.Join(unpacked(), "usr/bin") }

func wsrepProvider() string { return filepath.Join(unpacked(), "usr/lib/galera/libgalera_smm.so") }

func unpacked() string { return filepath.Join(filepath.Dir(filepath.Dir(path("mariadbd"))), "root") }

// NewGalera starts a cluster of MariaDB servers for this test only, which ends with
// it: on 127.0.0.1, one after the other. The test is skipped where Galera is missing.
// Of two nodes the second one may also be killed.
//
// A node that was stopped gets from another one what it missed, one that was killed
// gets everything, from a node that takes no writes meanwhile.
func NewGalera(t testing.TB, nodes int, options Options) []*Server {
	t.Helper()
	need(t, mariadb{})
	for _, file := range []string{wsrepProvider(), filepath.Join(wsrepPrograms(), "wsrep_sst_rsync"), filepath.Join(wsrepPrograms(), "rsync")} {
		if _, err := os.Stat(file); err != nil {
			require.Skip(t, "%v: run scripts/test-deps", err)
		}
	}
	for _, name := range []string{"ps", "ss"} { // which the transfer of state looks around with
		if _, err := exec.LookPath(name); err != nil && nodes > 1 {
			require.Skip(t, "%v: a cluster needs it (Debian: apt-get install procps iproute2)", err)
		}
	}
	c := &cluster{}
	for n := range nodes {
		node := &galera{cluster: c, number: n}
		for _, port := range []*int{&node.group, &node.changes, &node.state} {
			var err error
			if *port, err = freePort(); err != nil {
				t.Fatal(err)
			}
		}
		c.nodes = append(c.nodes, own(t, node, options))
	}
	return c.nodes
}

// create leaves it to the first node to give the others their data.
func (g *galera) create(s *Server) error {
	if g.number == 0 {
		return g.mariadb.create(s)
	}
	return os.Mkdir(filepath.Join(s.Dir, "data"), 0o777)
}

func (g *galera) args(s *Server) []string {
	provider := []string{
		fmt.Sprintf("gmcast.listen_addr=tcp://127.0.0.1:%d", g.group), fmt.Sprintf("ist.recv_addr=127.0.0.1:%d", g.changes),
		"gcache.size=32M", "evs.suspect_timeout=PT2S", "evs.inactive_timeout=PT4S", "evs.keepalive_period=PT0.5S", "evs.inactive_check_period=PT0.5S",
	}
	if g.number == 0 {
		provider = append(provider, "pc.weight=2")
	}
	args := []string{
		"--wsrep-on=ON", "--wsrep-provider=" + wsrepProvider(), "--wsrep-cluster-address=gcomm://" + g.cluster.addresses(g),
		"--wsrep-provider-options=" + strings.Join(provider, ";"), "--wsrep-node-address=127.0.0.1", fmt.Sprintf("--wsrep-node-name=node%d", g.number),
		"--wsrep-sst-method=rsync", fmt.Sprintf("--wsrep-sst-receive-address=127.0.0.1:%d", g.state),
		"--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
	}
	if g.cluster.addresses(g) == "" {
		args = append(args, "--wsrep-new-cluster")
	}
	return append(g.mariadb.args(s), args...)
}

// addresses are those of the nodes that run, but one.
func (c *cluster) addresses(but *galera) string {
	var all []string
	for _, s := range c.nodes {
		if g := s.engine.(*galera); g != but && !s.process.over() {
			all = append(all, fmt.Sprintf("127.0.0.1:%d", g.group))
		}
	}
	return strings.Join(all, ",")
}

// setUp: what one node is told, all know.
func (g *galera) setUp(s *Server) []string {
	if g.number == 0 {
		return g.mariadb.setUp(s)
	}
	return nil
}

// On is how to reach the same database on this node of a cluster.
func (s *Server) On(access *config.Database) *config.Database { return s.access(access.Name) }
