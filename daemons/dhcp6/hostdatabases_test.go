package dhcp6

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/host/sqlhost"
	"nestor/lib/pkt6"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// hostsIn makes a hosts database with reservations, each with the id of its subnet,
// and returns how to reach it.
func hostsIn(t *testing.T, s *databases.Server, reservations map[string]uint32) *config.Database {
	t.Helper()
	ctx := context.Background()
	access := s.Schema(t)
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fragment := parse(t, `"valid-lifetime": 7200`).Fragment(config.Options{})
	store := sqlhost.New6(db, access)
	for text, subnet := range reservations {
		doc, err := element.ParseWire([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		r, _, err := fragment.Reservation(doc, subnet, netip.Prefix{})
		if err == nil {
			err = store.Add(ctx, r, true)
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return access
}

func hosts(more string, access *config.Database) string {
	return `"hosts-database": { ` + databases.JSON(access) + more + ` }, `
}

// D6.6.1 D6.6.4: what is reserved in a database is served as if it stood in the
// configuration.
func TestHostsDatabase(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		access := hostsIn(t, s, map[string]uint32{
			`{ ` + duid1 + `, "ip-addresses": [ "2001:db8:1::5" ], "prefixes": [ "2001:db8:9000::/56" ], "excluded-prefixes": [ "2001:db8:9000:ff::/64" ],
				"option-data": [ { "name": "dns-servers", "data": "2001:db8::77" } ] }`: 1,
			`{ ` + duid2 + `, "ip-addresses": [ "2001:db8:1::10" ], "prefixes": [ "2001:db8:8000::/56" ] }`: 1,
			`{ "hw-address": "02:00:00:00:00:04", "hostname": "four.example.org" }`:                         0,
		})
		conf := hosts("", access) + `"reservations-global": true, ` + reserving("", `{ `+duid2+`, "ip-addresses": [ "2001:db8:1::6" ] }`)
		ts := newTestServer(t, conf)
		a := ts.lease(1, na(1), pd(1), oro(23, pkt6.OptPDExclude))
		ts.expect(a, "na1 2001:db8:1::5 4500/7200, pd1 2001:db8:9000::/56 4500/7200")
		if dns := a.Option(23); len(dns) != 16 || dns[15] != 0x77 {
			t.Errorf("option 23: %x", dns)
		}
		t.Run("D6.6.2 the configuration comes first", func(t *testing.T) {
			ts.log.Reset()
			ts.expect(ts.lease(2, na(1)), "na1 2001:db8:1::6 4500/7200")
			if strings.Contains(ts.log.String(), "WARN") {
				t.Errorf("log: %s", ts.log.String())
			}
		})
		t.Run("others do not get what is reserved", func(t *testing.T) {
			ts.expect(ts.one(query(pkt6.MsgSolicit, 9, na(1), pd(1))), "na1 2001:db8:1::11 4500/7200, pd1 2001:db8:8000:100::/56 4500/7200")
		})
		t.Run("D6.6.6 global reservations are of subnet 0", func(t *testing.T) {
			ts.lease(4, na(1))
			var found bool
			for _, row := range ts.rows() {
				found = found || strings.Contains(row, "four.example.org")
			}
			if !found {
				t.Errorf("no lease has the reserved name: %q", ts.rows())
			}
		})
	})
}

// While a database is away nobody is answered of whom it is not known what is
// reserved; it is served from again when it is back.
func TestHostsDatabaseLost(t *testing.T) {
	s := databases.NewMariaDB(t, databases.Options{})
	access := hostsIn(t, s, map[string]uint32{`{ ` + duid1 + `, "ip-addresses": [ "2001:db8:1::5" ] }`: 1})
	ts := newTestServer(t, hosts(`, "max-reconnect-tries": 100, "reconnect-wait-time": 50`, access)+plain)
	s.Stop(t)
	drops := ts.stat("pkt6-receive-drop")
	if r := ts.one(query(pkt6.MsgSolicit, 1, na(1))); r != nil {
		t.Errorf("answered without the database: %s", r.given())
	}
	if n := ts.stat("pkt6-receive-drop"); n != drops+1 {
		t.Errorf("%d drops", n-drops)
	}
	// D6.5.3: stop-retry-exit is the default.
	waitFor(t, "the service to stop", ts.srv.service.Disabled)
	s.Start(t)
	waitFor(t, "the service to go on", func() bool { return !ts.srv.service.Disabled() })
	ts.expect(ts.lease(1, na(1)), "na1 2001:db8:1::5 4500/7200")
	for _, id := range []string{"DHCP6_RESERVATION_LOOKUP_FAIL", "DHCP6_DB_RECONNECT_LOST_CONNECTION", "DHCP6_DB_RECONNECT_SUCCEEDED"} {
		if !strings.Contains(ts.log.String(), id) {
			t.Errorf("no %s in the log:\n%s", id, ts.log.String())
		}
	}
}

// A database that cannot be reached at start, with and without retry-on-startup.
func TestHostsDatabaseAtStart(t *testing.T) {
	s := databases.NewPostgreSQL(t, databases.Options{})
	access := hostsIn(t, s, map[string]uint32{`{ ` + duid1 + `, "ip-addresses": [ "2001:db8:1::5" ] }`: 1})
	ts := newTestServer(t, plain)
	s.Stop(t)
	t.Run("D6.5.4 is an error", func(t *testing.T) {
		err := ts.srv.Configure(context.Background(), ts.parse(hosts("", access)+plain))
		if err == nil || !strings.Contains(err.Error(), "is the server running") {
			t.Errorf("error: %v", err)
		}
		if r := ts.one(query(pkt6.MsgSolicit, 1, na(1))); r == nil {
			t.Error("the former configuration does not go on serving")
		}
	})
	t.Run("D6.5.4 retry-on-startup", func(t *testing.T) {
		ts.configure(hosts(`, "retry-on-startup": true, "max-reconnect-tries": 1000, "reconnect-wait-time": 20`, access) + plain)
		waitFor(t, "the service to stop", ts.srv.service.Disabled)
		if !strings.Contains(ts.log.String(), "DHCPSRV_HOST_MGR_DB_OPEN_CONNECTION_WITH_RETRY_FAILED") {
			t.Error(ts.log.String())
		}
		s.Start(t)
		waitFor(t, "the service to go on", func() bool { return !ts.srv.service.Disabled() })
		ts.expect(ts.lease(1, na(1)), "na1 2001:db8:1::5 4500/7200")
	})
}

// D6.6.3: an account without the right to write needs readonly.
func TestHostsDatabaseReadOnly(t *testing.T) {
	s := databases.PostgreSQL(t)
	access := hostsIn(t, s, map[string]uint32{`{ ` + duid1 + `, "ip-addresses": [ "2001:db8:1::5" ] }`: 1})
	admin := s.Admin(t, access.Name)
	for _, statement := range []string{
		"CREATE ROLE reader LOGIN PASSWORD 'reader'", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
	} {
		if _, err := admin.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		admin.Exec("DROP OWNED BY reader")
		admin.Exec("DROP ROLE reader")
	})
	reader := *access
	reader.User, reader.Password = "reader", "reader"
	ts := newTestServer(t, plain)
	err := ts.srv.Configure(context.Background(), ts.parse(hosts("", &reader)+plain))
	if err == nil || !strings.Contains(err.Error(), "readonly") {
		t.Errorf("error: %v", err)
	}
	ts.configure(hosts(`, "readonly": true`, &reader) + plain)
	ts.expect(ts.lease(1, na(1)), "na1 2001:db8:1::5 4500/7200")
	if !strings.Contains(ts.log.String(), "DHCPSRV_PGSQL_HOST_DB_READONLY") {
		t.Error(ts.log.String())
	}
}

func waitFor(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for range 1000 {
		if cond() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

// D6.5.5: each database has its own recovery, be they in one. One without any ends the
// server that another would wait for.
func TestLossWithoutRecovery(t *testing.T) {
	s := databases.NewPostgreSQL(t, databases.Options{NoSync: true})
	access := hostsIn(t, s, nil)
	const patient = `, "max-reconnect-tries": 1000, "reconnect-wait-time": 50`
	for _, c := range []struct {
		name, hosts string
		ends        bool
	}{
		{"of hosts", "", true}, {"both recover", patient, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, `"lease-database": { `+databases.JSON(access)+patient+` }, `+hosts(c.hosts, access)+plain)
			failed := make(chan error, 8)
			ts.srv.opts.Failed = func(err error) { failed <- err }
			ts.lease(1, na(1))
			s.Stop(t)
			defer s.Start(t)
			ts.one(query(pkt6.MsgSolicit, 2, na(1)))
			waitFor(t, "the loss", func() bool { return strings.Contains(ts.log.String(), "DHCP6_DB_RECONNECT_LOST_CONNECTION") })
			select {
			case err := <-failed:
				if !c.ends || !strings.Contains(err.Error(), "hosts-database") {
					t.Errorf("the server ends because of %v", err)
				}
			case <-time.After(2 * time.Second):
				if c.ends {
					t.Errorf("the server goes on\n%s", ts.log.String())
				}
			}
		})
	}
}

// D6.5.10: who asks for TLS on a connection that has none, such as MySQL's UNIX socket, is
// told.
func TestHostsDatabaseInTheClear(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		t.Fatal(err)
	}
	access := hostsIn(t, databases.MariaDB(t), nil)
	ts := newTestServer(t, hosts(`, "trust-anchor": "`+file+`"`, access)+plain)
	if log := ts.log.String(); !strings.Contains(log, "ERROR") || !strings.Contains(log, "DHCPSRV_MYSQL_NO_TLS") {
		t.Errorf("log: %s", log)
	}
	ts.configure(hosts("", access) + plain)
	if n := strings.Count(ts.log.String(), "DHCPSRV_MYSQL_NO_TLS"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
