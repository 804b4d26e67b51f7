package torture_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/lease/sqlstore"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// sharing is how many servers share a database.
const sharing = 3

// shared is the family of DHCPv4 whose clients reach several servers: each message
// goes to one of them, by chance.
type shared struct{ dhcp4 }

// wireOf are the addresses of a server and of the relay on their wire. The relay's
// first one stands in its messages.
func wireOf(n int) (server, relay string) {
	return fmt.Sprintf("10.0.%d.1", n), fmt.Sprintf("10.0.%d.2", n)
}

// send sends a message of a client to a server.
func (f shared) send(conns []*net.UDPConn, c *client, k kind) {
	// What a client gives up through one server may be late, and take from it what
	// it has had from another since.
	if k == release || k == decline {
		return
	}
	server, _ := wireOf(rand.IntN(sharing))
	_, _ = conns[0].WriteToUDP(f.message(c, k).ToBytes(), &net.UDPAddr{IP: net.ParseIP(server), Port: 67})
}

// listen opens one socket for the answers of all servers.
func (shared) listen() ([]*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{Port: 67})
	return []*net.UDPConn{conn}, err
}

// sharer is one of the servers.
type sharer struct {
	*servers.Server
	cmd    *exec.Cmd
	exited chan error
}

func newSharer(t *testing.T, n int, ns *netns.NS, access *config.Database) *sharer {
	s := &sharer{Server: servers.Nestor.Server(ns, servers.Dir(t))}
	database, err := element.ParseWire([]byte("{" + databases.JSON(access) + "}"))
	if err != nil {
		t.Fatal(err)
	}
	parameters := servers.Object{
		"max-reconnect-tries": 100_000, "reconnect-wait-time": 20, "on-fail": "serve-retry-continue", "retry-on-startup": true, "connect-timeout": 1,
	}
	for _, m := range database.Members {
		if m.Value.Kind == element.Int {
			parameters[m.Key] = m.Value.Int
		} else {
			parameters[m.Key] = m.Value.Str
		}
	}
	s.Configure(t, dhcp4{}.config().With(servers.Object{
		"lease-database": parameters,
		// All answer to one identifier, so that a client may go to any.
		"option-data":               servers.List{servers.Object{"name": "dhcp-server-identifier", "data": serverAddress}},
		"expired-leases-processing": servers.Object{"reclaim-timer-wait-time": 1, "flush-reclaimed-timer-wait-time": 1, "hold-reclaimed-time": 2},
		"loggers":                   servers.List{servers.Object{"name": "kea-dhcp4", "severity": "INFO", "output_options": servers.List{servers.Object{"output": "stdout"}}}},
	}))
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *sharer) start(t *testing.T) {
	t.Helper()
	out, err := os.OpenFile(s.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	begun := strings.Count(s.Log(), "DHCP4_STARTED")
	s.cmd = s.Command(t, "-c", s.ConfigFile())
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.exited = make(chan error, 1)
	go func(cmd *exec.Cmd) { s.exited <- cmd.Wait() }(s.cmd)
	for end := time.Now().Add(startLimit); strings.Count(s.Log(), "DHCP4_STARTED") == begun; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the server does not start: %s", s.Log())
		}
	}
}

func (s *sharer) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		<-s.exited
		s.cmd = nil
	}
}

// Three servers share one database. They are killed and started again at random, and
// the database is restarted twice, under load: no address has two clients, and no
// lease that was acknowledged is lost.
func TestSharedDatabase(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(testing.TB, databases.Options) *databases.Server
	}{{"mysql", databases.NewMariaDB}, {"postgresql", databases.NewPostgreSQL}} {
		t.Run(c.name, func(t *testing.T) {
			db := c.make(t, databases.Options{NoSync: true})
			access := db.Database(t)
			shareDatabase(t, []*config.Database{access, access, access}, 0, func(n int) {
				if n%2 == 1 {
					db.Restart(t)
				}
			})
		})
	}
}

// shareDatabase runs servers on a database each, which are one, for some rounds.
// disturb does something to the databases in each. early is the ledger's.
func shareDatabase(t *testing.T, accesses []*config.Database, early int64, disturb func(n int)) {
	relay := netns.New(t)
	var all []*sharer
	for n := range sharing {
		ns := netns.New(t)
		server, here := wireOf(n)
		netns.Veth(t, ns, "eth0", server+"/24", relay, fmt.Sprintf("eth%d", n), here+"/24")
		ns.IP(t, "route add default via "+here)
		all = append(all, newSharer(t, n, ns, accesses[n]))
	}
	for _, s := range all {
		s.start(t)
	}
	p := newPopulation(t, shared{}, relay)
	p.patience = time.Second // a commit takes its time on a busy machine
	p.ledger.reorders, p.ledger.early = true, early
	for n := range rounds(t) - 1 {
		stop := make(chan struct{})
		go func() {
			defer close(stop)
			for range 3 {
				time.Sleep(200*time.Millisecond + rand.N(500*time.Millisecond))
				all[rand.IntN(sharing)].kill()
			}
			disturb(n)
			time.Sleep(300 * time.Millisecond)
		}()
		p.live(stop)
		for _, s := range all {
			if s.cmd == nil {
				s.start(t)
			}
		}
		awaitAnswers(p)
		p.stopWaiting()
		p.rebootAll()
		p.check(t, storedIn(t, accesses[0]))
		if p.report(t); t.Failed() {
			for i, s := range all {
				t.Logf("log of server %d:\n%s", i, lastLines(s.Log(), 40))
			}
			t.Fatalf("in round %d", n+1)
		}
	}
	for _, c := range p.all {
		if c.acknowledged == 0 {
			t.Errorf("client %d never got a lease", c.number)
		}
	}
	t.Logf("%d leases and renewals acknowledged, %d looked for in the database", p.acknowledged, p.checked)
}

// awaitAnswers lets the servers come to themselves.
func awaitAnswers(p *population) {
	stop := make(chan struct{})
	go func() {
		time.Sleep(1500 * time.Millisecond)
		close(stop)
	}()
	p.live(stop)
}

func lastLines(text string, n int) string {
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// storedIn reads the leases of a database.
func storedIn(t *testing.T, access *config.Database) map[netip.Prefix]stored {
	t.Helper()
	db, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := sqlstore.New4(db, sqlstore.Options{})
	defer s.Close4()
	// A node of a cluster gets all that the others have committed.
	tx := s.Begin4()
	tx.Get4(0, &lease.Lease4{})
	tx.Rollback()
	found := map[netip.Prefix]stored{}
	if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		addr := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, l.Addr)))
		found[netip.PrefixFrom(addr, 32)] = stored{identity4(l.HWAddr, l.ClientID), l.State, l.ValidLft, l.CLTT}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
