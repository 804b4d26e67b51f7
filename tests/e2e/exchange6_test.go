package e2e_test

import (
	"strings"
	"testing"
	"time"
)

// A client gets an address and a prefix of its wire's subnet with its options, renews
// them, and gives them back.
func TestClient6(t *testing.T) {
	eachClient6(t, func(t *testing.T, c *client, srv *server, prefix, delegated string) {
		address, given := c.bound6(t)
		if !strings.HasPrefix(address, prefix) {
			t.Errorf("got %s, which is not of %s/64", address, prefix)
		}
		if !strings.HasPrefix(given, delegated) || !strings.HasSuffix(given, "/56") {
			t.Errorf("got the prefix %s, which is not of %s:/48", given, delegated)
		}
		if events := strings.Join(c.events(), "\n"); !strings.Contains(events, "dns=2001:db8:1::53") {
			t.Errorf("the client was not told of the name server:\n%s", events)
		}
		network := strings.TrimSuffix(given, "/56")
		row := srv.Lease(t, address, "is in the file", func(row map[string]string) bool { return row["state"] == "0" })
		if row["lease_type"] != "0" || row["valid_lifetime"] != "600" || row["pref_lifetime"] != "500" {
			t.Errorf("lease row %v", row)
		}
		if row := srv.Leases(t)[network]; row["lease_type"] != "2" || row["prefix_len"] != "56" || row["duid"] == "" {
			t.Errorf("lease row of the prefix %v", row)
		}

		// At T1 the client renews both.
		before := expiry(t, srv.Leases(t)[address])
		for _, what := range []string{address, network} {
			extended(t, srv, what, before, c.kind.t1)
		}
		if n := srv.Statistic(t, "pkt6-renew-received"); n == 0 {
			t.Error("no RENEW was received")
		}

		if err := c.kind.release(t, c); err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{address, network} {
			srv.Lease(t, what, "has no lifetime left", func(row map[string]string) bool { return row["valid_lifetime"] == "0" })
		}
		for _, name := range []string{"subnet[7].assigned-nas", "subnet[7].assigned-pds", "subnet[8].assigned-nas", "subnet[8].assigned-pds"} {
			if n := srv.Statistic(t, name); n != 0 {
				t.Errorf("%s is %d after the release", name, n)
			}
		}
	})
}

// While its server is away a client rebinds, and keeps what it has with one that
// takes the lease file over.
func TestRebind6(t *testing.T) {
	eachClient6(t, func(t *testing.T, c *client, srv *server, _, _ string) {
		address, _ := c.bound6(t)
		srv.Stop(t)
		time.Sleep(max(6*time.Second, c.kind.t1+2*time.Second)) // beyond T1, the renewals are lost
		before := expiry(t, srv.Leases(t)[address])
		srv.Run(t)
		extended(t, srv, address, before, c.kind.t2)
		if n := srv.Statistic(t, "pkt6-rebind-received") + srv.Statistic(t, "pkt6-renew-received"); n == 0 {
			t.Error("neither RENEW nor REBIND was received")
		}
	})
}
