package dhcp4

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/lease/sqlstore"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// inDatabase is a configuration whose leases are in a database; more are further
// parameters of it.
func inDatabase(access *config.Database, more string) string {
	return `"lease-database": { ` + databases.JSON(access) + more + ` }, ` + plain
}

// D4.6.2 to D4.6.6, D6.5.1: a server gives, renews and takes back leases in a
// database, and finds them there after a restart.
func TestLeaseDatabase(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := server.Database(t)
		conf := inDatabase(access, "")
		ts := newTestServer(t, conf)
		t.Run("PL.10.5 an empty database gets its tables", func(t *testing.T) {
			if !strings.Contains(ts.log.String(), "_INITIALIZE_SCHEMA") {
				t.Errorf("log:\n%s", ts.log.String())
			}
		})
		ack := ts.lease(1, clientID(1, 9, 9, 9))
		addr := ack.YourIPAddr.String()
		if got := row(t, access, "SELECT concat(subnet_id, ' ', state, ' ', valid_lifetime) FROM lease4"); got != "1 0 7200" {
			t.Errorf("the row has %q", got)
		}
		ts.restart(conf)
		if x := ts.stat("subnet[1].assigned-addresses"); x != 1 {
			t.Errorf("%d addresses are assigned after a restart", x)
		}
		ts.pass(time.Hour)
		expect(t, ts.renew(1, addr), ackMsg, addr)
		if l := ts.stored(addr); l.CLTT != ts.now.Unix() {
			t.Errorf("renewed at %d", l.CLTT)
		}
		if other := ts.lease(2); other.YourIPAddr.String() == addr {
			t.Error("two clients have one address")
		}
		ts.pass(3 * time.Hour)
		if err := ts.srv.reclaimAll(true); err != nil {
			t.Error(err)
		}
		if got := row(t, access, "SELECT count(*) FROM lease4"); got != "0" {
			t.Errorf("%s leases are left after they have run out", got)
		}
		t.Run("PL.10.6 an end after 2038 is refused", func(t *testing.T) {
			ts.configure(strings.Replace(conf, plain, `"valid-lifetime": 400000000, `+plain, 1))
			if r := ts.one(from{}, query(requestMsg, 7, requested("192.0.2.15"), serverID("192.0.2.1"))); r != nil {
				t.Errorf("answer: %v", r)
			}
			if !strings.Contains(ts.log.String(), "Time value is too large") {
				t.Errorf("log:\n%s", ts.log.String())
			}
		})
	})
}

// D4.6.1: the leases of both families are in one database, each configured by itself; its
// time zone is shown by PL.10.7.
func TestBothFamiliesInOneDatabase(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := server.Schema(t)
		ts := newTestServer(t, inDatabase(access, ""))
		ts.lease(1)
		db, err := sqldb.Open(context.Background(), access)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		six := sqlstore.New6(db, sqlstore.Options{})
		defer six.Close6()
		tx := six.Begin6()
		tx.Put6(&lease.Lease6{
			Addr: netip.MustParseAddr("2001:db8::1").As16(), PrefixLen: 128, DUID: []byte{0, 3, 0, 1, 2}, SubnetID: 1, ValidLft: 3600, CLTT: ts.now.Unix(),
		})
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		ts.lease(2)
		if four, six := row(t, access, "SELECT count(*) FROM lease4"), row(t, access, "SELECT count(*) FROM lease6"); four != "2" || six != "1" {
			t.Errorf("%s leases of IPv4, %s of IPv6", four, six)
		}
	})
}

// row reads one value of a database.
func row(t *testing.T, access *config.Database, query string) (text string) {
	t.Helper()
	db, err := sqldb.Open(context.Background(), access)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(context.Background(), query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// One client whose lease the database cannot hold does not cost the others of its
// batch theirs.
func TestRefusedLease(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		ts := newTestServer(t, `"hostname-char-set": "[_]", `+inDatabase(server.Database(t), ""))
		rs := ts.send(from{},
			query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")),
			query(requestMsg, 2, requested("192.0.2.11"), serverID("192.0.2.1"), opt(12, 'A', 0xe9)),
			query(requestMsg, 3, requested("192.0.2.12"), serverID("192.0.2.1")))
		if len(rs) != 2 {
			t.Fatalf("%d answers", len(rs))
		}
		expect(t, &rs[0], ackMsg, "192.0.2.10")
		expect(t, &rs[1], ackMsg, "192.0.2.12")
		if !strings.Contains(ts.log.String(), "is not UTF-8 text") {
			t.Errorf("log:\n%s", ts.log.String())
		}
	})
}

// What is wrong with a database is said when a configuration names it.
func TestUnfitDatabase(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		access := server.Database(t)
		ts := newTestServer(t, inDatabase(access, ""))
		refused := func(conf string, want string) {
			t.Helper()
			if err := ts.srv.Configure(context.Background(), ts.parse(conf)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %q in it", err, want)
			}
		}
		t.Run("wrong account", func(t *testing.T) {
			other := *access
			if other.Password = "wrong"; server.Dialect == sqldb.PostgreSQL {
				other.User = "stranger" // its socket asks for no password
			}
			refused(inDatabase(&other, ""), "check user")
		})
		t.Run("D4.6.3 no such database", func(t *testing.T) {
			other := *access
			other.Name = "nowhere"
			refused(inDatabase(&other, ""), "nowhere")
		})
		t.Run("readonly", func(t *testing.T) {
			refused(inDatabase(access, `, "readonly": true`), "leases have to be written")
		})
		t.Run("D6.5.11 another version of the schema", func(t *testing.T) {
			db, err := sqldb.Open(context.Background(), access)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("UPDATE schema_version SET version = version - 1"); err != nil {
				t.Fatal(err)
			}
			// Another host, so that the database counts as another one.
			refused(inDatabase(access, `, "connect-timeout": 4`), "db-upgrade")
		})
		// What was in force goes on.
		ts.lease(1)
	})
}

// recovering is a server whose database goes and comes back.
type recovering struct {
	*testServer
	db     *databases.Server
	access *config.Database
	failed chan error
}

// watch waits until the log has a text.
func (r *recovering) watch(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(r.log.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %s in the log:\n%s", text, r.log.String())
		}
	}
}

func (r *recovering) until(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// status is the answer to status-get, as commands get it at any time.
func (r *recovering) status() string {
	v := element.NewMap()
	r.srv.Status(v)
	return v.String()
}

// killConnections ends all connections of the account of the tests.
func killConnections(t *testing.T, db *databases.Server) {
	t.Helper()
	admin := db.Admin(t, "")
	if db.Dialect == sqldb.PostgreSQL {
		if _, err := admin.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", databases.User); err != nil {
			t.Fatal(err)
		}
		return
	}
	if _, err := admin.Exec(fmt.Sprintf("KILL USER %s", databases.User)); err != nil {
		t.Fatal(err)
	}
}

func (r *recovering) discover(n byte) *sentReply {
	return r.one(from{}, query(discoverMsg, n))
}

func (r *recovering) hasFailed(t *testing.T) {
	t.Helper()
	select {
	case <-r.failed:
	case <-time.After(20 * time.Second):
		t.Errorf("the server does not end; log:\n%s", r.log.String())
	}
}

func (r *recovering) goesOn(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.failed:
		t.Errorf("the server ends: %v", err)
	default:
	}
}

// D4.6.8 to D4.6.15, D6.5.2 to D6.5.6, PL.10.3, PL.10.4: a database goes and comes
// back while a server serves from it.
func TestLostDatabase(t *testing.T) {
	for _, server := range []struct {
		name string
		make func(testing.TB, databases.Options) *databases.Server
	}{{"mysql", databases.NewMariaDB}, {"postgresql", databases.NewPostgreSQL}} {
		t.Run(server.name, func(t *testing.T) {
			db := server.make(t, databases.Options{NoSync: true})
			access := db.Database(t)
			access.ConnectTimeout = 1
			begin := func(t *testing.T, more string) *recovering {
				r := &recovering{db: db, access: access, failed: make(chan error, 10)}
				r.testServer = &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir(), failed: func(err error) { r.failed <- err }}
				r.sock = &fakeSocket{addr: 0xc0000201, name: "eth0", index: 2}
				r.start(inDatabase(access, `, "connect-timeout": 1`+more))
				t.Cleanup(func() { r.srv.Close() })
				return r
			}
			lostCases(t, db, access, begin)
		})
	}
}

func lostCases(t *testing.T, db *databases.Server, access *config.Database, begin func(t *testing.T, more string) *recovering) {
	const often = `, "max-reconnect-tries": 200, "reconnect-wait-time": 50`
	t.Run("D4.6.11 stop-retry-exit", func(t *testing.T) {
		r := begin(t, often)
		r.lease(1)
		db.Stop(t)
		if a := r.discover(2); a != nil {
			t.Errorf("answer without a database: %v", a)
		}
		r.watch(t, "_FATAL_ERROR")
		r.watch(t, "DHCP4_DB_RECONNECT_LOST_CONNECTION")
		if !r.srv.service.Disabled() {
			t.Error("the service goes on without its database")
		}
		if got := r.status(); !strings.Contains(got, `"disabled-by-db-connection": [ 30`) {
			t.Errorf("status-get says %s", got)
		}
		r.watch(t, "RECONNECT_ATTEMPT_SCHEDULE scheduling attempt 2 of 200 in 50 milliseconds")
		db.Start(t)
		r.watch(t, "DHCP4_DB_RECONNECT_SUCCEEDED")
		r.until(t, func() bool { return !r.srv.service.Disabled() })
		r.lease(2)
		r.goesOn(t)
	})
	t.Run("D4.6.11 stop-retry-exit, for good", func(t *testing.T) {
		r := begin(t, `, "max-reconnect-tries": 2, "reconnect-wait-time": 10, "on-fail": "stop-retry-exit"`)
		db.Stop(t)
		r.discover(1)
		r.watch(t, "DHCP4_DB_RECONNECT_FAILED")
		r.hasFailed(t)
		db.Start(t)
	})
	t.Run("D4.6.12 serve-retry-exit", func(t *testing.T) {
		r := begin(t, `, "max-reconnect-tries": 2, "reconnect-wait-time": 100, "on-fail": "serve-retry-exit"`)
		db.Stop(t)
		r.discover(1)
		if r.srv.service.Disabled() {
			t.Error("the service is off")
		}
		r.hasFailed(t)
		db.Start(t)
	})
	t.Run("D4.6.13 serve-retry-continue", func(t *testing.T) {
		r := begin(t, `, "max-reconnect-tries": 2, "reconnect-wait-time": 20, "on-fail": "serve-retry-continue"`)
		db.Stop(t)
		r.discover(1)
		r.watch(t, "DHCP4_DB_RECONNECT_FAILED")
		if r.srv.service.Disabled() {
			t.Error("the service is off")
		}
		db.Start(t)
		r.discover(3) // the next client has it tried again
		r.watch(t, "DHCP4_DB_RECONNECT_SUCCEEDED")
		r.lease(3)
		r.goesOn(t)
	})
	for name, more := range map[string]string{"D4.6.8 no tries": "", "D4.6.9 no waiting": `, "max-reconnect-tries": 3`} {
		t.Run(name, func(t *testing.T) {
			r := begin(t, more)
			db.Stop(t)
			r.discover(1)
			r.watch(t, "DHCP4_DB_RECONNECT_DISABLED")
			r.hasFailed(t)
			db.Start(t)
		})
	}
	t.Run("D4.6.14 not there at the start", func(t *testing.T) {
		db.Stop(t)
		ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir()}
		ts.sock = &fakeSocket{addr: 0xc0000201, name: "eth0", index: 2}
		ts.start(plain)
		defer ts.srv.Close()
		conf := ts.parse(inDatabase(access, ""))
		if err := ts.srv.Configure(context.Background(), conf); err == nil {
			t.Error("a database that is out of reach is accepted")
		}
		r := begin(t, often+`, "retry-on-startup": true`)
		r.watch(t, "DHCPSRV_LEASE_MGR_DB_OPEN_CONNECTION_WITH_RETRY_FAILED")
		if a := r.discover(1); a != nil || !r.srv.service.Disabled() {
			t.Errorf("answer without a database: %v", a)
		}
		db.Start(t)
		r.watch(t, "DHCP4_DB_RECONNECT_SUCCEEDED")
		r.until(t, func() bool { return !r.srv.service.Disabled() })
		r.lease(5)
	})
	t.Run("a database that stands still", func(t *testing.T) {
		r := begin(t, often)
		r.lease(6)
		db.Pause(t)
		began := time.Now()
		if a := r.discover(7); a != nil {
			t.Errorf("answer without a database: %v", a)
		}
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("a query waits %v", took)
		}
		r.watch(t, "DHCP4_DB_RECONNECT_LOST_CONNECTION")
		if got := r.status(); !strings.Contains(got, `"globally-disabled": true`) {
			t.Errorf("status-get says %s", got)
		}
		db.Resume(t)
		r.watch(t, "DHCP4_DB_RECONNECT_SUCCEEDED")
		r.until(t, func() bool { return !r.srv.service.Disabled() })
		r.lease(7)
	})
	t.Run("connections that an administrator ends", func(t *testing.T) {
		r := begin(t, often)
		r.lease(8)
		killConnections(t, db)
		r.discover(9)
		r.watch(t, "DHCP4_DB_RECONNECT_SUCCEEDED")
		r.until(t, func() bool { return !r.srv.service.Disabled() })
		r.lease(9)
	})
}
