package dhcp6

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/pkt6"
	"nestor/tests/databases"
)

const inDatabase = `"lease-database": { %s, "connect-timeout": 1%s }, ` + plain

// D6.5.1, D6.5.11: a server gives addresses and prefixes, renews them and takes them
// back in a database, and finds them there after a restart.
func TestLeaseDatabase(t *testing.T) {
	databases.EachNoSync(t, func(t *testing.T, server *databases.Server) {
		conf := fmt.Sprintf(inDatabase, databases.JSON(server.Database(t)), "")
		ts := newTestServer(t, conf)
		if !strings.Contains(ts.log.String(), "_INITIALIZE_SCHEMA") {
			t.Errorf("the empty database gets no tables; log:\n%s", ts.log.String())
		}
		given := ts.lease(1, na(1), pd(2)).given()
		again := newTestServer(t, conf)
		if x := again.stat("subnet[1].assigned-nas"); x != 1 {
			t.Errorf("%d addresses are assigned after a restart", x)
		}
		if got := again.lease(1, na(1), pd(2)).given(); got != given {
			t.Errorf("after a restart the client gets %s, it had %s", got, given)
		}
		if got := again.lease(2, na(1), pd(2)).given(); got == given {
			t.Errorf("two clients have %s", given)
		}
		again.pass(100 * time.Hour)
		if err := again.srv.reclaimAll(true); err != nil {
			t.Error(err)
		}
		if x := again.stat("subnet[1].assigned-nas"); x != 0 {
			t.Errorf("%d addresses are assigned after all have run out", x)
		}
	})
}

// D6.5.2 to D6.5.6: a database goes and comes back while a server serves from it.
func TestLostDatabase(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(testing.TB, databases.Options) *databases.Server
	}{{"mysql", databases.NewMariaDB}, {"postgresql", databases.NewPostgreSQL}} {
		t.Run(c.name, func(t *testing.T) {
			db := c.make(t, databases.Options{NoSync: true})
			access := db.Database(t)
			t.Run("D6.5.3 D6.5.6 stop-retry-exit", func(t *testing.T) {
				ts := newTestServer(t, lostConf(access, `, "max-reconnect-tries": 200, "reconnect-wait-time": 50`))
				ts.lease(1, na(1))
				db.Stop(t)
				if a := ts.one(query(pkt6.MsgSolicit, 2, na(1))); a != nil {
					t.Errorf("answer without a database: %v", a)
				}
				await(t, func() bool { return ts.srv.service.Disabled() })
				status := element.NewMap()
				ts.srv.Status(status)
				if got := status.String(); !strings.Contains(got, `"disabled-by-db-connection": [ 30`) {
					t.Errorf("status-get says %s", got)
				}
				db.Start(t)
				await(t, func() bool { return !ts.srv.service.Disabled() })
				ts.lease(2, na(1))
			})
			t.Run("D6.5.4 retry-on-startup", func(t *testing.T) {
				db.Stop(t)
				ts := newTestServer(t, plain)
				if err := ts.srv.Configure(context.Background(), ts.parse(lostConf(access, ""))); err == nil {
					t.Error("a database that is out of reach is accepted")
				}
				ts = newTestServer(t, lostConf(access, `, "retry-on-startup": true, "max-reconnect-tries": 200, "reconnect-wait-time": 50`))
				db.Start(t)
				await(t, func() bool { return !ts.srv.service.Disabled() && ts.one(query(pkt6.MsgSolicit, 3, na(1))) != nil })
			})
		})
	}
}

func lostConf(access *config.Database, more string) string {
	return fmt.Sprintf(inDatabase, databases.JSON(access), more)
}

func await(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}
