package dhcp4

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/config"
	"nestor/lib/host/sqlhost"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// hostsIn makes a hosts database with reservations of subnet 1, or global ones for
// those in braces, and returns the parameters to reach it.
func hostsIn(t *testing.T, s *databases.Server, reservations map[string]uint32) *config.Database {
	t.Helper()
	ctx := context.Background()
	access := s.Schema(t)
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ts := &testServer{t: t}
	fragment := ts.parse("").Fragment(config.Options{})
	store := sqlhost.New4(db, access)
	for text, subnet := range reservations {
		doc := ts.document(`"x": ` + text).Get("Dhcp4").Get("x")
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

func hosts(more string, accesses ...*config.Database) string {
	var maps []string
	for _, a := range accesses {
		maps = append(maps, "{ "+databases.JSON(a)+more+" }")
	}
	return `"hosts-databases": [ ` + strings.Join(maps, ", ") + ` ], `
}

// D4.7.1 D4.7.2: what is reserved in a database is served as if it stood in the
// configuration.
func TestHostsDatabase(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		access := hostsIn(t, s, map[string]uint32{
			`{ "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.10", "hostname": "one.example.org",
			   "option-data": [ { "name": "routers", "data": "192.0.2.77" } ] }`: 1,
			`{ "client-id": "01:02:03", "client-classes": [ "gold", "unheard-of" ] }`:     1,
			`{ "hw-address": "02:00:00:00:00:04", "hostname": "everywhere.example.org" }`: 0,
			`{ "hw-address": "02:00:00:00:00:05", "ip-address": "192.0.2.50" }`:           1,
		})
		conf := hosts("", access) + `"client-classes": [ { "name": "gold", "option-data": [ { "name": "routers", "data": "192.0.2.88" } ] } ], ` +
			subnetWith(`"reservations-global": true, "reservations": [ { "hw-address": "02:00:00:00:00:05", "ip-address": "192.0.2.15" } ]`)
		ts := newTestServer(t, conf)

		ack := ts.lease(1)
		expect(t, ack, ackMsg, "192.0.2.10")
		if r := ack.Router(); len(r) != 1 || r[0].String() != "192.0.2.77" || ack.HostName() != "one.example.org" {
			t.Errorf("routers %v, host name %s", r, ack.HostName())
		}
		if r := ts.lease(2, clientID(1, 2, 3)).Router(); len(r) != 1 || r[0].String() != "192.0.2.88" {
			t.Errorf("routers of the reserved class: %v", r)
		}
		// D4.7.8
		if name := ts.lease(4).HostName(); name != "everywhere.example.org" {
			t.Errorf("the global reservation's name is %q", name)
		}
		t.Run("D4.7.3 D4.7.5 the configuration comes first", func(t *testing.T) {
			ts.log.Reset()
			expect(t, ts.lease(5), ackMsg, "192.0.2.15")
			if strings.Contains(ts.log.String(), "WARN") {
				t.Errorf("log: %s", ts.log.String())
			}
		})
		t.Run("others do not get what is reserved", func(t *testing.T) {
			ts.configure(conf)
			expect(t, ts.one(from{}, query(discoverMsg, 9, requested("192.0.2.10"))), offerMsg, "192.0.2.13")
		})
		t.Run("a batch", func(t *testing.T) {
			var got []string
			for _, r := range ts.send(from{}, query(discoverMsg, 1), query(discoverMsg, 5), query(discoverMsg, 1)) {
				got = append(got, r.YourIPAddr.String())
			}
			if strings.Join(got, " ") != "192.0.2.10 192.0.2.15 192.0.2.10" {
				t.Errorf("offers of %v", got)
			}
		})
		t.Run("explained", func(t *testing.T) {
			e := ts.explain(t, from{}, query(discoverMsg, 1).ToBytes())
			if !e.answered {
				t.Fatal("no answer")
			}
			if m, err := dhcpv4.FromBytes(e.reply.Payload); err != nil || m.YourIPAddr.String() != "192.0.2.10" {
				t.Errorf("%v, %v", m, err)
			}
		})
	})
}

// D4.7.4: of two databases the first that knows the host counts.
func TestHostsDatabasesInOrder(t *testing.T) {
	my, pg := databases.MariaDB(t), databases.PostgreSQL(t)
	first := hostsIn(t, my, map[string]uint32{`{ "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.15" }`: 1})
	second := hostsIn(t, pg, map[string]uint32{
		`{ "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.16" }`: 1,
		`{ "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.17" }`: 1,
	})
	ts := newTestServer(t, hosts("", first, second)+subnetWith(`"match-client-id": true`))
	expect(t, ts.lease(1), ackMsg, "192.0.2.15")
	expect(t, ts.lease(2), ackMsg, "192.0.2.17")
	expect(t, ts.one(from{}, query(discoverMsg, 3, requested("192.0.2.16"))), offerMsg, "192.0.2.10")
}

// While a database is away nobody is answered of whom it is not known what is
// reserved; it is served from again when it is back.
func TestHostsDatabaseLost(t *testing.T) {
	for _, start := range []func(testing.TB, databases.Options) *databases.Server{databases.NewMariaDB, databases.NewPostgreSQL} {
		s := start(t, databases.Options{})
		t.Run(s.Dialect.String(), func(t *testing.T) {
			access := hostsIn(t, s, map[string]uint32{`{ "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.15" }`: 1})
			ts := newTestServer(t, hosts(`, "max-reconnect-tries": 100, "reconnect-wait-time": 50`, access)+subnetWith(`"match-client-id": true`))
			ts.lease(1)
			s.Disconnect(t, access)
			// A connection that was closed in between is replaced without a word.
			expect(t, ts.lease(2), ackMsg, "192.0.2.10")
			s.Stop(t)
			drops := ts.stat("pkt4-receive-drop")
			if r := ts.one(from{}, query(discoverMsg, 3)); r != nil {
				t.Errorf("answered without the database: %v", r)
			}
			if n := ts.stat("pkt4-receive-drop"); n != drops+1 {
				t.Errorf("%d drops", n-drops)
			}
			// D4.6.11 D4.7.7: stop-retry-exit is the default.
			waitFor(t, "the service to stop", ts.srv.service.Disabled)
			s.Start(t)
			waitFor(t, "the service to go on", func() bool { return !ts.srv.service.Disabled() })
			expect(t, ts.lease(1), ackMsg, "192.0.2.15")
			for _, id := range []string{"DHCP4_RESERVATION_LOOKUP_FAIL", "DHCP4_DB_RECONNECT_LOST_CONNECTION", "HOST_DB_RECONNECT_ATTEMPT_SCHEDULE", "HOST_DB_RECONNECT_ATTEMPT_FAILED", "DHCP4_DB_RECONNECT_SUCCEEDED"} {
				if !strings.Contains(ts.log.String(), id) {
					t.Errorf("no %s in the log:\n%s", id, ts.log.String())
				}
			}
		})
	}
}

// What on-fail and the parameters around it make of a loss.
func TestHostsDatabaseOnFail(t *testing.T) {
	s := databases.NewPostgreSQL(t, databases.Options{})
	access := hostsIn(t, s, nil)
	for _, c := range []struct {
		name, more    string
		stops, serves bool
		log           string
	}{
		{"D4.6.8 D4.6.9 no recovery", `, "max-reconnect-tries": 0`, true, false, "DHCP4_DB_RECONNECT_DISABLED"},
		{"D4.6.12 D4.6.10 serve-retry-exit", `, "max-reconnect-tries": 3, "reconnect-wait-time": 10, "on-fail": "serve-retry-exit"`, true, true, "DHCP4_DB_RECONNECT_FAILED"},
		{"D4.6.13 serve-retry-continue", `, "max-reconnect-tries": 3, "reconnect-wait-time": 10, "on-fail": "serve-retry-continue"`, false, true, "DHCP4_DB_RECONNECT_FAILED"},
		{"D4.6.11 stop-retry-exit", `, "max-reconnect-tries": 3, "reconnect-wait-time": 10, "on-fail": "stop-retry-exit"`, true, false, "DHCP4_DB_RECONNECT_FAILED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, hosts(c.more, access)+subnetWith(`"match-client-id": true`))
			failed := make(chan error, 1)
			ts.srv.opts.Failed = func(err error) { failed <- err }
			s.Stop(t)
			defer s.Start(t)
			ts.one(from{}, query(discoverMsg, 1))
			waitFor(t, c.log, func() bool { return strings.Contains(ts.log.String(), c.log) })
			if c.stops {
				select {
				case err := <-failed:
					if !strings.Contains(err.Error(), "hosts-database") {
						t.Error(err)
					}
				case <-time.After(10 * time.Second):
					t.Error("the server goes on")
				}
			} else if len(failed) > 0 {
				t.Errorf("the server ends: %v", <-failed)
			}
			if c.serves && ts.srv.service.Disabled() {
				t.Error("the service is off")
			}
		})
	}
}

func TestHostsDatabaseFaults(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		access := hostsIn(t, s, nil)
		ts := newTestServer(t, subnetWith(`"match-client-id": true`))
		refused := func(conf, want string) {
			t.Helper()
			err := ts.srv.Configure(context.Background(), ts.parse(conf+subnetWith(`"match-client-id": true`)))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
			if r := ts.one(from{}, query(discoverMsg, 1)); r == nil {
				t.Error("the former configuration does not go on serving")
			}
		}
		wrong := *access
		wrong.User = "stranger"
		refused(hosts("", &wrong), "stranger")
		missing := *access
		missing.Name = "nowhere"
		refused(hosts("", &missing), "nowhere")
	})
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
