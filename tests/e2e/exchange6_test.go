package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/tests/servers"
)

// A client gets an address and a prefix of its wire's subnet with its options, renews
// them, and gives them back.
func TestClient6(t *testing.T) {
	eachSite6(t, everyMake6, func(t *testing.T, k kind, at *site) {
		c, srv := k.start6(t, at.ns), at.srv
		address, given := c.bound6(t)
		if !strings.HasPrefix(address, at.prefix) {
			t.Errorf("got %s, which is not of %s/64", address, at.prefix)
		}
		if !strings.HasPrefix(given, at.delegated) || !strings.HasSuffix(given, "/56") {
			t.Errorf("got the prefix %s, which is not of %s:/48", given, at.delegated)
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
			extended(t, srv, what, before, k.t1)
		}
		if n := srv.Statistic(t, "pkt6-renew-received"); n == 0 {
			t.Error("no RENEW was received")
		}

		if err := k.release(t, c); err != nil {
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

// A client whose server is gone rebinds with another one that has taken the leases
// over, and keeps its address and its prefix.
func TestRebind6(t *testing.T) {
	eachSite6(t, everyMake6, func(t *testing.T, k kind, at *site) {
		c, srv := k.start6(t, at.ns), at.srv
		address, given := c.bound6(t)
		network := strings.TrimSuffix(given, "/56")
		srv.Stop(t)
		before := expiry(t, srv.Leases(t)[address])
		srv.Configure(t, at.config.With(object{
			"server-id": object{"type": "EN", "enterprise-id": 2495, "identifier": "ABCD", "persist": false},
		}))
		srv.Run(t)
		for _, what := range []string{address, network} {
			extended(t, srv, what, before, max(k.t2, 20*time.Second))
		}
		if n := srv.Statistic(t, "pkt6-rebind-received"); n == 0 {
			t.Error("no REBIND was received")
		}
		if n := srv.Statistic(t, "pkt6-solicit-received"); n != 0 {
			t.Errorf("the client had to begin anew, %d SOLICIT", n)
		}
	})
}

// A client that comes back without having given its address back asks whether that
// still belongs where it is (CONFIRM), and keeps it. One that comes back to another
// link is told so, and gets an address there.
func TestConfirm6(t *testing.T) {
	// dhcp6c sends no CONFIRM.
	eachSite6(t, []string{"dhclient", "dhcpcd"}, func(t *testing.T, k kind, at *site) {
		c := k.addressesOnly().prepare6(t, at.ns)
		c.write(t, "conf", strings.Replace(confs6[k.name], "  ia_pd 2 -\n", "", 1))
		c.run(t)
		address := c.boundTo(t, at.prefix)
		comeBack := func() {
			c.kill()
			at.ns.IP(t, "addr flush dev eth0 scope global")
			if err := os.Remove(filepath.Join(c.dir, "events")); err != nil {
				t.Fatal(err)
			}
			c.run(t)
		}
		solicits := at.srv.Statistic(t, "pkt6-solicit-received")
		comeBack()
		if again := c.boundTo(t, at.prefix); again != address {
			t.Errorf("had %s, has %s", address, again)
		}
		if !strings.Contains(at.srv.Log(), "CONFIRM (type 4) received") { // Kea counts none
			t.Error("no CONFIRM was received")
		}
		if n := at.srv.Statistic(t, "pkt6-solicit-received"); n != solicits {
			t.Errorf("the client had to begin anew, %d SOLICIT", n-solicits)
		}

		const elsewhere = "2001:db8:9::"
		moved := subnet6(at.subnet, elsewhere, at.delegated).With(at.place)
		c.kill()
		at.srv.Stop(t)
		at.srv.Configure(t, lanConfig6().With(object{"subnet6": list{moved}}))
		at.srv.Run(t)
		c.run(t)
		c.boundTo(t, elsewhere)
	})
}

// A client that finds its address in use declines it and gets another one.
func TestDecline6(t *testing.T) {
	// dhcp6c sends no DECLINE, dhcpcd none where the kernel removes the address.
	eachSite6(t, []string{"dhclient"}, func(t *testing.T, k kind, at *site) {
		taken := at.prefix + "1000" // the first of the pool
		c := k.prepare6(t, at.ns)
		c.write(t, "conflict", taken) // its script says what is in use
		c.run(t)
		row := at.srv.Lease(t, taken, "is declined", func(row map[string]string) bool { return row["state"] == "1" })
		duid := "00:00:00"
		if at.is22() {
			duid = "00"
		}
		if row["valid_lifetime"] != "86400" || row["duid"] != duid {
			t.Errorf("the row of the declined address is %v", row)
		}
		servers.Eventually(t, 30*time.Second, "the client has another address", func() bool {
			a := c.told("address")
			return strings.HasPrefix(a, at.prefix) && a != taken
		})
		if n := at.srv.Statistic(t, "pkt6-decline-received"); n == 0 {
			t.Error("no DECLINE was received")
		}
		if name := fmt.Sprintf("subnet[%d].declined-addresses", at.subnet); at.srv.Statistic(t, name) != 1 {
			t.Errorf("%s is %d", name, at.srv.Statistic(t, name))
		}
	})
}
