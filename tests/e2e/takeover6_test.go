package e2e_test

import (
	"os"
	"testing"
	"time"

	"nestor/tests/servers"
)

// Each server goes on with the leases and the identifier of the other one, and its
// lease file is cleaned up.
func TestTakeover6(t *testing.T) {
	t.Parallel()
	for _, order := range [][2]servers.Make{{servers.Kea, servers.Nestor}, {servers.Nestor, servers.Kea}} {
		t.Run(order[0].Name+" then "+order[1].Name, func(t *testing.T) {
			t.Parallel()
			l, dir := newLAN6(t), servers.Dir(t)
			first := order[0].Server6(l.server, dir)
			first.Configure(t, lanConfig6())
			first.Run(t)
			c := kinds6[0].start6(t, l.station6(t))
			address, _ := c.bound6(t)
			id, err := os.ReadFile(first.File("kea-dhcp6-serverid"))
			if err != nil {
				t.Fatal(err)
			}
			first.Stop(t)
			before := expiry(t, first.Leases(t)[address])

			second := order[1].Server6(l.server, dir)
			second.Configure(t, lanConfig6().With(object{
				"lease-database": object{"type": "memfile", "name": second.LeaseFile(), "lfc-interval": 2},
			}))
			second.Run(t)
			servers.Eventually(t, retryLimit, "the lease file is cleaned up", func() bool { // D6.4.5 D6.4.9
				_, err := os.Stat(second.LeaseFile() + ".2")
				return err == nil
			})
			// D6.34.1: a RENEW names the server that the client knows.
			servers.Eventually(t, retryLimit+5*time.Second, "the client renews", func() bool {
				return second.Statistic(t, "pkt6-reply-sent") > 0
			})
			if again, _ := os.ReadFile(second.File("kea-dhcp6-serverid")); string(again) != string(id) {
				t.Errorf("the identifier was %s, is %s", id, again)
			}
			second.Stop(t)
			second.Configure(t, lanConfig6())
			second.Run(t)
			second.Lease(t, address, "expires later", func(row map[string]string) bool { return expiry(t, row) > before })
		})
	}
}
