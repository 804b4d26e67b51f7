package dhcp6

import (
	"testing"

	"nestor/lib/pkt6"
)

// reserving is a subnet with reservations, a pool and a pd-pool.
func reserving(more, reservations string) string {
	return subnetWith(more + `"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ],
		"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ],
		"reservations": [ ` + reservations + ` ]`)
}

const (
	duid1 = `"duid": "00:03:00:01:02:00:00:00:00:01"`
	duid2 = `"duid": "00:03:00:01:02:00:00:00:00:02"`
)

func TestReservations(t *testing.T) {
	t.Run("D6.31.1 one resource an IA", func(t *testing.T) {
		ts := newTestServer(t, reserving("", `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::5", "2001:db8:1::11" ], "prefixes": [ "2001:db8:9000::/48" ] }`))
		want := "na1 2001:db8:1::5 4500/7200, na2 2001:db8:1::11 4500/7200, na3 2001:db8:1::10 4500/7200, pd1 2001:db8:9000::/48 4500/7200, pd2 2001:db8:8000::/56 4500/7200"
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1), pd(1), na(2), na(3), pd(2))), want)
		for ia := range ts.one(query(pkt6.MsgRequest, 1, na(1), pd(1), na(2), na(3), pd(2))).IAs() {
			if l, ok := ia.Lease(); !ok || ts.stored(ip6(l.Addr).String()) == nil {
				t.Errorf("IA %d: lease %v is not stored", ia.IAID, l)
			}
		}
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(2, "2001:db8:1::11"))), "na2 2001:db8:1::11 4500/7200")
	})
	t.Run("D6.31.3 not for others", func(t *testing.T) {
		ts := newTestServer(t, reserving("", `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::10" ], "prefixes": [ "2001:db8:8000::/56" ] }`))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1), pd(1))), "na1 2001:db8:1::11 4500/7200, pd1 2001:db8:8000:100::/56 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::10"), pd(1, "2001:db8:8000::/56"))), "na1 2001:db8:1::12 4500/7200, pd1 2001:db8:8000:200::/56 4500/7200")
	})
	t.Run("D6.20.8 by hardware address", func(t *testing.T) {
		ts := newTestServer(t, reserving("", `{ "hw-address": "02:00:00:00:00:01", "ip-addresses": [ "2001:db8:1::5" ] }`))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 2001:db8:1::5 4500/7200")
	})
	t.Run("D6.30.9 the order of identifiers", func(t *testing.T) {
		both := `{ "hw-address": "02:00:00:00:00:01", "ip-addresses": [ "2001:db8:1::5" ] }, { ` + duid1 + `, "ip-addresses": [ "2001:db8:1::6" ] }`
		ts := newTestServer(t, reserving("", both))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 2001:db8:1::5 4500/7200")
		ts = newTestServer(t, `"host-reservation-identifiers": [ "duid" ], `+reserving("", both))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 2001:db8:1::6 4500/7200")
	})
	t.Run("D6.31.2 in use by another", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.lease(2, na(1, "2001:db8:1::15"))
		ts.configure(reserving("", `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::15", "2001:db8:1::16" ] }`))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1), na(2))), "na1 2001:db8:1::16 4500/7200, na2 2001:db8:1::10 4500/7200")
	})
	t.Run("D6.30.7 excluded prefixes of reservations", func(t *testing.T) {
		for excluded, want := range map[string]string{`"2001:db8:9000:ff::/64"`: "\x40\x00\xff", `""`: ""} {
			ts := newTestServer(t, reserving("", `{ `+duid1+`, "prefixes": [ "2001:db8:9000::/48" ], "excluded-prefixes": [ `+excluded+` ] }`))
			for ia := range ts.one(query(pkt6.MsgSolicit, 1, pd(1), oro(pkt6.OptPDExclude))).IAs() {
				l, _ := ia.Lease()
				if out, _ := l.Options.Find(pkt6.OptPDExclude); string(out) != want {
					t.Errorf("%s: option 67 is % x", excluded, out)
				}
			}
		}
	})
}

func TestReservationConflict(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1, na(1, "2001:db8:1::15"), pd(1, "2001:db8:8000:1500::/56"))
	assigned := ts.stat("subnet[1].assigned-nas")
	ts.configure(reserving("", `{ `+duid2+`, "ip-addresses": [ "2001:db8:1::15" ], "prefixes": [ "2001:db8:8000:1500::/56" ] }`))
	t.Run("D6.31.4 D6.31.5 the owner gets another one first", func(t *testing.T) {
		ts.expect(ts.lease(2, na(1), pd(1)), "na1 2001:db8:1::10 4500/7200, pd1 2001:db8:8000::/56 4500/7200")
	})
	t.Run("D6.31.4 D6.10.12 the holder loses it", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::15"), pd(1, "2001:db8:8000:1500::/56"))),
			"na1 2001:db8:1::11 4500/7200, na1 2001:db8:1::15 0/0, pd1 2001:db8:8000:100::/56 4500/7200, pd1 2001:db8:8000:1500::/56 0/0")
	})
	t.Run("D6.31.4 the owner gets it", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 2, na(1, "2001:db8:1::10"), pd(1, "2001:db8:8000::/56"))),
			"na1 2001:db8:1::15 4500/7200, na1 2001:db8:1::10 0/0, pd1 2001:db8:8000:1500::/56 4500/7200, pd1 2001:db8:8000::/56 0/0")
	})
	if got := ts.stat("subnet[1].assigned-nas"); got != assigned+1 {
		t.Errorf("%d addresses count as assigned, want %d", got, assigned+1)
	}
}

func TestReservationModes(t *testing.T) {
	host := `{ ` + duid1 + `, "ip-addresses": [ "2001:db8:1::10" ] }`
	global := func(more string) string { return `"reservations": [ ` + more + ` ], ` }
	for _, c := range []struct{ what, conf, owner, other string }{
		{"D6.31.8 in the subnet", reserving("", host), "2001:db8:1::10", "2001:db8:1::11"},
		{"D6.31.7 not at all", reserving(`"reservations-in-subnet": false, `, host), "2001:db8:1::10", "2001:db8:1::11"},
		{"D6.31.9 out of pool, reserved in it", reserving(`"reservations-out-of-pool": true, `, host), "2001:db8:1::10", "2001:db8:1::11"},
		{"D6.31.9 out of pool", reserving(`"reservations-out-of-pool": true, `, `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::5" ] }`), "2001:db8:1::5", "2001:db8:1::10"},
		{"D6.31.10 global", global(`{ `+duid1+`, "ip-addresses": [ "2001:db8:1::7" ] }`) + reserving(`"reservations-global": true, `, ""), "2001:db8:1::7", "2001:db8:1::10"},
		{"D6.31.10 the subnet is preferred", global(`{ `+duid1+`, "hostname": "x" }`) + reserving(`"reservations-global": true, `, host), "2001:db8:1::10", "2001:db8:1::11"},
		{"D6.31.12 global, not of the subnet", global(`{ `+duid1+`, "ip-addresses": [ "2001:db8:7::7" ] }`) + reserving(`"reservations-global": true, `, ""), "2001:db8:1::10", "2001:db8:1::11"},
	} {
		t.Run(c.what, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 "+c.owner+" 4500/7200")
			ts.expect(ts.one(query(pkt6.MsgSolicit, 3, na(1))), "na1 "+c.other+" 4500/7200")
		})
	}
	t.Run("D6.31.9 in a pool it may go to anyone", func(t *testing.T) {
		ts := newTestServer(t, reserving(`"reservations-out-of-pool": true, `, host))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 3, na(1))), "na1 2001:db8:1::10 4500/7200")
	})
	t.Run("D6.31.12 global prefixes fit everywhere", func(t *testing.T) {
		ts := newTestServer(t, global(`{ `+duid1+`, "prefixes": [ "2001:db8:7700::/48" ] }`)+reserving(`"reservations-global": true, `, ""))
		ts.expect(ts.lease(1, pd(1)), "pd1 2001:db8:7700::/48 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, pd(1, "2001:db8:7700::/48"))), "pd1 2001:db8:7700::/48 4500/7200")
	})
}

func TestReservationsInNetworks(t *testing.T) {
	ts := newTestServer(t, `"shared-networks": [ { "name": "n", "interface": "eth0", "subnet6": [
		{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [ { "pool": "2001:db8:1::/80" } ] },
		{ "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::/80" } ],
		  "reservations": [ { `+duid1+`, "ip-addresses": [ "2001:db8:2::5" ], "option-data": [ { "name": "dns-servers", "data": "2001:db8::5" } ] } ] } ] } ]`)
	a := ts.lease(1, na(1), oro(23))
	ts.expect(a, "na1 2001:db8:2::5 4500/7200")
	if got := ip6([16]byte(a.Option(23))).String(); got != "2001:db8::5" {
		t.Errorf("D6.33.8 D6.31.15 DNS server %s", got)
	}
	ts.expect(ts.lease(2, na(1)), "na1 2001:db8:1:: 4500/7200")
}

func TestReservedClasses(t *testing.T) {
	t.Run("D6.32.3 pools by reserved classes", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "gold" } ], `+subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" }, { "pool": "2001:db8:1::20/128", "client-class": "gold" } ],
			"reservations": [ { `+duid1+`, "client-classes": [ "gold" ] } ]`))
		ts.lease(2, na(1))
		ts.expect(ts.lease(1, na(1)), "na1 2001:db8:1::20 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 3, na(1))), "na1 status 2")
	})
	t.Run("D6.32.4 subnets of a shared network by classes of global reservations", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "gold" }, { "name": "rest", "test": "not member('gold')" } ],
			"reservations": [ { `+duid1+`, "client-classes": [ "gold" ] } ],
			"shared-networks": [ { "name": "n", "interface": "eth0", "reservations-global": true, "reservations-in-subnet": false, "subnet6": [
				{ "id": 1, "subnet": "2001:db8:1::/64", "client-class": "rest", "pools": [ { "pool": "2001:db8:1::/80" } ] },
				{ "id": 2, "subnet": "2001:db8:2::/64", "client-class": "gold", "pools": [ { "pool": "2001:db8:2::/80" } ] } ] } ]`)
		if got := ts.where(from{}, query(pkt6.MsgSolicit, 1, na(1))); got != "2" {
			t.Errorf("the client with the class is in subnet %s", got)
		}
		if got := ts.where(from{}, query(pkt6.MsgSolicit, 2, na(1))); got != "1" {
			t.Errorf("another client is in subnet %s", got)
		}
	})
	t.Run("D6.31.16 an address for two hosts", func(t *testing.T) {
		ts := newTestServer(t, `"ip-reservations-unique": false, `+reserving("", `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::5" ] }, { `+duid2+`, "ip-addresses": [ "2001:db8:1::5" ] }`))
		ts.expect(ts.lease(2, na(1)), "na1 2001:db8:1::5 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 2001:db8:1::10 4500/7200")
	})
}
