package dhcp6

import (
	"testing"

	"nestor/lib/pkt6"
)

// where is the subnet that a SOLICIT is served from: the third group of its address.
func (ts *testServer) where(f from, raw []byte) string {
	ts.t.Helper()
	a := ts.from(f, raw)
	if a == nil {
		return "no answer"
	}
	for ia := range a.IAs() {
		if l, ok := ia.Lease(); ok {
			return ip6(l.Addr).String()[len("2001:db8:"):][:1]
		}
	}
	return "none"
}

func TestSelectSubnet(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "modem", "test": "option[16].exists" } ], "subnet6": [
		{ "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "pools": [ { "pool": "2001:db8:1::/80" } ] },
		{ "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::/80" } ] },
		{ "id": 3, "subnet": "2001:db8:3::/64", "interface-id": "port3", "pools": [ { "pool": "2001:db8:3::/80" } ] },
		{ "id": 4, "subnet": "2001:db8:4::/64", "relay": { "ip-addresses": [ "2001:db8:ffff::4" ] }, "client-class": "modem", "pools": [ { "pool": "2001:db8:4::/80" } ] },
		{ "id": 5, "subnet": "2001:db8:5::/64", "relay": { "ip-addresses": [ "2001:db8:ffff::4" ] }, "pools": [ { "pool": "2001:db8:5::/80" } ] } ]`)
	solicit := query(pkt6.MsgSolicit, 1, na(1))
	port3 := opt(pkt6.OptInterfaceID, []byte("port3")...)
	modem := query(pkt6.MsgSolicit, 1, na(1), opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x'))
	for _, c := range []struct {
		what string
		raw  []byte
		want string
	}{
		{"D6.17.1 the interface", solicit, "1"},
		{"D6.17.2 D6.17.7 the address of the link", relay("2001:db8:2::9", solicit), "2"},
		{"D6.17.2 the interface-id before the link", relay("2001:db8:2::9", solicit, port3), "3"},
		{"D6.17.2 a relay address before the link", relay("2001:db8:ffff::4", solicit), "5"},
		{"D6.17.4 D6.17.8 a class tells subnets of one relay apart", relay("2001:db8:ffff::4", modem), "4"},
		{"D6.17.2 nothing fits", relay("2001:db8:ffff::9", solicit), "none"},
		{"D6.17.3 a lightweight relay is passed over", relay("2001:db8:2::9", relay("::", solicit)), "2"},
		{"D6.17.3 a link-local link is passed over", relay("2001:db8:2::9", relay("fe80::5", solicit)), "2"},
		{"D6.17.3 the relay nearest the client", relay("2001:db8:2::9", relay("2001:db8:5::9", solicit)), "5"},
		{"D6.17.3 the interface-id of the innermost relay only", relay("2001:db8:2::9", relay("2001:db8:5::9", solicit), port3), "5"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := ts.where(from{}, c.raw); got != c.want {
				t.Errorf("subnet %s, want %s", got, c.want)
			}
		})
	}
	ts.sock.name = "eth7"
	if got := ts.where(from{src: "2001:db8:2::77"}, solicit); got != "2" {
		t.Errorf("D6.17.1 the source address: subnet %s, want 2", got)
	}
	a := ts.one(solicit)
	if a.given() != "na1 status 2" {
		t.Errorf("FD.8.5 a link-local client without the interface: %s", a.given())
	}
}

func TestSharedNetwork(t *testing.T) {
	network := func(more string) string {
		return `"client-classes": [ { "name": "gold", "test": "option[16].exists" } ], "shared-networks": [ { "name": "n", "interface": "eth0", ` + more + ` "subnet6": [
		{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [ { "pool": "2001:db8:1::1/128" } ] },
		{ "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::1/128" } ], "option-data": [ { "name": "dns-servers", "data": "2001:db8::2" } ] },
		{ "id": 3, "subnet": "2001:db8:3::/64", "client-class": "gold", "pools": [ { "pool": "2001:db8:3::1/128" } ] } ] } ]`
	}
	ts := newTestServer(t, network(""))
	t.Run("D6.33.6 hints in another member", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgSolicit, 9, na(1, "2001:db8:2::1"))), "na1 2001:db8:2::1 4500/7200")
	})
	t.Run("D6.33.5 D6.33.7 on to the next member", func(t *testing.T) {
		ts.expect(ts.lease(1, na(1)), "na1 2001:db8:1::1 4500/7200")
		a := ts.lease(2, na(1), oro(23))
		ts.expect(a, "na1 2001:db8:2::1 4500/7200")
		if !a.Has(23) {
			t.Error("the options of that member are missing")
		}
	})
	t.Run("D6.33.10 D6.21.10 a member of a class", func(t *testing.T) {
		before := ts.stat("v6-allocation-fail-shared-network")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 3, na(1))), "na1 status 2")
		ts.expect(ts.one(query(pkt6.MsgRequest, 3, na(1, "2001:db8:3::1"))), "na1 status 2")
		if got := ts.stat("v6-allocation-fail-shared-network"); got != before+2 {
			t.Errorf("D6.37.7 v6-allocation-fail-shared-network rose by %d", got-before)
		}
		ts.expect(ts.one(query(pkt6.MsgSolicit, 3, na(1), opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x'))), "na1 2001:db8:3::1 4500/7200")
	})
	t.Run("renewing in another member", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 2, na(1, "2001:db8:2::1"))), "na1 2001:db8:2::1 4500/7200")
	})
}

func TestPools(t *testing.T) {
	t.Run("D6.21.9 pools of classes", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "a", "test": "substring(option[1].hex, 9, 1) == 0x01" } ], `+subnetWith(`"pools": [
			{ "pool": "2001:db8:1::1:0/112", "client-class": "a" }, { "pool": "2001:db8:1::2:0/112" } ],
			"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 56, "delegated-len": 64, "client-class": "a" } ]`))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1), pd(1))), "na1 2001:db8:1::1:0 4500/7200, pd1 2001:db8:8000::/64 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1), pd(1))), "na1 2001:db8:1::2:0 4500/7200, pd1 status 6")
		ts.expect(ts.one(query(pkt6.MsgRequest, 2, na(1, "2001:db8:1::1:5"))), "na1 2001:db8:1::2:1 4500/7200")
	})
	t.Run("hints", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1, "2001:db8:1::15"), pd(1, "2001:db8:8000:4200::/56"))),
			"na1 2001:db8:1::15 4500/7200, pd1 2001:db8:8000:4200::/56 4500/7200")
		ts.lease(1, na(1, "2001:db8:1::15"))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::15"))), "na1 2001:db8:1::10 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1, "2001:db8:9::1"))), "na1 2001:db8:1::11 4500/7200")
	})
	t.Run("D6.37.4 lengths of prefixes", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pd-pools": [ { "prefix": "2001:db8:5600::", "prefix-len": 40, "delegated-len": 56 },
			{ "prefix": "2001:db8:6000::", "prefix-len": 40, "delegated-len": 60 }, { "prefix": "2001:db8:6400::", "prefix-len": 63, "delegated-len": 64 } ]`))
		for _, c := range []struct{ hint, want string }{
			{"2001:db8:6000:10::/60", "2001:db8:6000:10::/60"}, // exactly that
			{"::/60", "2001:db8:6000::/60"},
			{"::/64", "2001:db8:6400::/64"},
			{"::/62", "2001:db8:5600::/56"}, // a larger prefix serves
			{"::/48", "2001:db8:5600:100::/56"},
			{"2001:db8:5600:4200::/60", "2001:db8:6000:10::/60"}, // the length counts more
		} {
			ts.expect(ts.one(query(pkt6.MsgSolicit, 1, pd(1, c.hint))), "pd1 "+c.want+" 4500/7200")
		}
	})
	t.Run("D6.9.6 excluded prefixes", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pd-pools": [ { "prefix": "2001:db8:1:8000::", "prefix-len": 56, "delegated-len": 59,
			"excluded-prefix": "2001:db8:1:8004::", "excluded-prefix-len": 72 } ]`))
		a := ts.one(query(pkt6.MsgSolicit, 1, pd(1), oro(pkt6.OptPDExclude)))
		for ia := range a.IAs() {
			l, _ := ia.Lease()
			out, _ := l.Options.Find(pkt6.OptPDExclude)
			// 13 bits behind /59: 00100 00000000, in 2 bytes from the left.
			if string(out) != "\x48\x20\x00" {
				t.Errorf("option 67 is % x", out)
			}
		}
		for ia := range ts.one(query(pkt6.MsgSolicit, 1, pd(1))).IAs() {
			if l, _ := ia.Lease(); len(l.Options) > 0 {
				t.Errorf("not asked for, but sent: % x", l.Options)
			}
		}
	})
	t.Run("D6.37.7 D6.38.1 no pools", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, pd(1))), "pd1 status 6")
		for _, name := range []string{"v6-allocation-fail-no-pools", "v6-allocation-fail-subnet", "v6-allocation-fail-classes"} {
			if ts.stat(name) != 1 || ts.stat("subnet[1]."+name) != 1 {
				t.Errorf("%s is %d, of the subnet %d", name, ts.stat(name), ts.stat("subnet[1]."+name))
			}
		}
		if ts.stat("v6-allocation-fail") != 0 {
			t.Error("v6-allocation-fail counts, too")
		}
	})
	t.Run("statistics by pool", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128", "pool-id": 4 } ], "pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 56, "delegated-len": 64, "pool-id": 5 } ]`))
		ts.lease(1, na(1), pd(1))
		for _, name := range []string{
			"subnet[1].pool[4].assigned-nas", "subnet[1].pool[4].cumulative-assigned-nas", "subnet[1].assigned-nas", "cumulative-assigned-nas",
			"subnet[1].pd-pool[5].assigned-pds", "subnet[1].pd-pool[5].cumulative-assigned-pds", "subnet[1].assigned-pds", "cumulative-assigned-pds",
		} {
			if ts.stat(name) != 1 {
				t.Errorf("D6.8.6 %s is %d, want 1", name, ts.stat(name))
			}
		}
	})
}

func TestLifetimes(t *testing.T) {
	pool := `, "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ]`
	for _, c := range []struct {
		what, conf       string
		ask              []byte
		preferred, valid uint32
		t1, t2           uint32
	}{
		{"D6.16.1 defaults", `"option-data": []`, na(1), 4500, 7200, 2250, 3600},
		{"D6.16.4 5/8 of the valid one", `"valid-lifetime": 999, "preferred-lifetime": 4294967295`, na(1), 624, 999, 312, 499},
		{"D6.16.4 infinite", `"valid-lifetime": 4294967295, "calculate-tee-times": false`, na(1), 4294967295, 4294967295, 0, 0},
		{"D6.16.3 what the client asks for", `"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300,
			"min-preferred-lifetime": 50, "preferred-lifetime": 60, "max-preferred-lifetime": 70`, timed(pkt6.OptIANA, 1, "2001:db8:1::10", 65, 250), 65, 250, 33, 52},
		{"D6.16.3 too much", `"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300,
			"min-preferred-lifetime": 50, "preferred-lifetime": 60, "max-preferred-lifetime": 70`, timed(pkt6.OptIANA, 1, "2001:db8:1::10", 650, 2500), 70, 300, 35, 56},
		{"D6.16.3 too little", `"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300,
			"min-preferred-lifetime": 50, "preferred-lifetime": 60, "max-preferred-lifetime": 70`, timed(pkt6.OptIANA, 1, "2001:db8:1::10", 1, 2), 50, 100, 25, 40},
		{"D6.16.9 explicit timers", `"renew-timer": 10, "rebind-timer": 20`, na(1), 4500, 7200, 10, 20},
		{"D6.16.7 D6.45.19 T1 not below T2", `"renew-timer": 100, "rebind-timer": 50`, na(1), 4500, 7200, 0, 50},
		{"D6.16.7 T2 beyond the lifetimes", `"renew-timer": 100, "rebind-timer": 50000`, na(1), 4500, 7200, 100, 50000},
		{"D6.16.9 neither", `"calculate-tee-times": false`, na(1), 4500, 7200, 0, 0},
		{"D6.16.8 shares", `"t1-percent": 0.1, "t2-percent": 0.2`, na(1), 4500, 7200, 450, 900},
	} {
		t.Run(c.what, func(t *testing.T) {
			ts := newTestServer(t, subnetWith(c.conf+pool))
			a := ts.one(query(pkt6.MsgSolicit, 1, c.ask))
			ts.expect(a, "na1 2001:db8:1::10 "+itoa(c.preferred)+"/"+itoa(c.valid))
			if t1, t2 := a.tees(); t1 != c.t1 || t2 != c.t2 {
				t.Errorf("T1 %d, T2 %d, want %d and %d", t1, t2, c.t1, c.t2)
			}
		})
	}
	t.Run("D6.16.5 CL.7.11 of classes", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "a", "test": "option[16].exists", "valid-lifetime": 1000 },
			{ "name": "b", "test": "option[1].exists", "valid-lifetime": 2000,
				"min-preferred-lifetime": 400, "preferred-lifetime": 500, "max-preferred-lifetime": 600 } ], `+plain)
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1), opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x'))), "na1 2001:db8:1::10 500/1000")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1))), "na1 2001:db8:1::11 500/2000")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, timed(pkt6.OptIANA, 1, "2001:db8:1::10", 1, 2000))), "na1 2001:db8:1::10 400/2000")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, timed(pkt6.OptIANA, 1, "2001:db8:1::10", 1999, 2000))), "na1 2001:db8:1::10 600/2000")
	})
	t.Run("D6.16.10 one T1 and T2 for all", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"min-preferred-lifetime": 100, "preferred-lifetime": 1000, "max-preferred-lifetime": 2000`+pool))
		a := ts.one(query(pkt6.MsgSolicit, 1, na(1), timed(pkt6.OptIANA, 2, "2001:db8:1::15", 200, 7200)))
		for ia := range a.IAs() {
			if ia.T1 != 100 || ia.T2 != 160 {
				t.Errorf("IA %d has T1 %d, T2 %d, want 100 and 160", ia.IAID, ia.T1, ia.T2)
			}
		}
	})
	t.Run("FD.8.9 T1 and T2 of the client", func(t *testing.T) {
		ts := newTestServer(t, plain)
		if t1, _ := ts.one(query(pkt6.MsgSolicit, 1, opt(pkt6.OptIANA, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 10))).tees(); t1 != 2250 {
			t.Errorf("T1 is %d", t1)
		}
	})
}

func TestLeaseCaching(t *testing.T) {
	conf := subnetWith(`"cache-threshold": 0.5, "cache-max-age": 2000, "valid-lifetime": 3000, "preferred-lifetime": 2500,
		"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ], "pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ]`)
	ts := newTestServer(t, conf)
	ts.lease(1, na(1), pd(1))
	rows := len(ts.rows())
	renew := query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"), pd(1, "2001:db8:8000::/56"))
	ts.pass(1000e9)
	ts.expect(ts.one(renew), "na1 2001:db8:1::10 1500/2000, pd1 2001:db8:8000::/56 1500/2000")
	if got := len(ts.rows()); got != rows {
		t.Errorf("D6.27.4 %d rows were written", got-rows)
	}
	for _, name := range []string{"v6-ia-na-lease-reuses", "v6-ia-pd-lease-reuses"} {
		if ts.stat(name) != 1 || ts.stat("subnet[1]."+name) != 1 {
			t.Errorf("D6.27.5 %s is %d", name, ts.stat(name))
		}
	}
	ts.pass(501e9)
	ts.expect(ts.one(renew), "na1 2001:db8:1::10 2500/3000, pd1 2001:db8:8000::/56 2500/3000")
	if got := len(ts.rows()); got != rows+2 {
		t.Errorf("D6.27.2 past the threshold: %d rows were written", got-rows)
	}
	t.Run("D6.27.3 another name", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"), opt(pkt6.OptFQDN, 0, 1, 'a', 0))), "na1 2001:db8:1::10 2500/3000")
		if got := len(ts.rows()); got != rows+3 {
			t.Errorf("%d rows were written", got-rows)
		}
	})
}

func TestExtendedInfo(t *testing.T) {
	ts := newTestServer(t, subnetWith(`"store-extended-info": true, "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ]`))
	inner := relayFrom("2001:db8:1::5", "fe80::7", query(pkt6.MsgRequest, 1, na(1)), opt(pkt6.OptRemoteID, 1, 2, 3, 4, 5, 6), opt(pkt6.OptRelayID, 0x64, 0x64))
	ts.one(relayFrom("2001:db8:1::2", "2001:db8::2", inner))
	want := `{ "ISC": { "relay-info": [ { "hop": 0, "link": "2001:db8:1::2", "peer": "2001:db8::2" }, ` +
		`{ "hop": 0, "link": "2001:db8:1::5", "options": "0x00250006010203040506003500026464", "peer": "fe80::7", "relay-id": "6464", "remote-id": "010203040506" } ] } }`
	if l := ts.stored("2001:db8:1::10"); l == nil || string(l.UserContext) != want {
		t.Errorf("D6.25.2 user context\n%s\nwant\n%s", l.UserContext, want)
	}
	ts.one(query(pkt6.MsgRequest, 2, na(1, "2001:db8:1::15")))
	if l := ts.stored("2001:db8:1::15"); l == nil || len(l.UserContext) > 0 {
		t.Errorf("D6.25.4 a direct client has %s", l.UserContext)
	}
}

func TestAllocation(t *testing.T) {
	t.Run("D6.37.3 lease before hint before allocator", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.lease(1, na(1, "2001:db8:1::12"))
		ts.expect(ts.one(query(pkt6.MsgSolicit, 1, na(1, "2001:db8:1::15"))), "na1 2001:db8:1::12 4500/7200")
	})
	t.Run("D6.37.5 random", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"allocator": "random", "pd-allocator": "flq", "pools": [ { "pool": "2001:db8:1::/122" } ],
			"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 58, "delegated-len": 64 } ]`))
		seen := map[string]bool{}
		inOrder := true
		last := ""
		for n := range 64 {
			got := ts.lease(byte(n), na(1), pd(1)).given()
			inOrder = inOrder && got > last
			seen[got], last = true, got
		}
		if len(seen) != 64 || inOrder {
			t.Errorf("%d of 64 leases differ, in order: %t", len(seen), inOrder)
		}
		ts.expect(ts.one(query(pkt6.MsgSolicit, 100, na(1), pd(1))), "na1 status 2, pd1 status 6")
	})
	t.Run("D6.28.5 a lease that ran out is reclaimed on the spot", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		ts.lease(1, na(1))
		ts.pass(7201e9)
		ts.expect(ts.lease(2, na(1)), "na1 2001:db8:1::10 4500/7200")
		if ts.stat("reclaimed-leases") != 1 || ts.stat("subnet[1].assigned-nas") != 1 || ts.stat("cumulative-assigned-nas") != 2 {
			t.Error("the statistics differ")
		}
	})
	t.Run("D6.29.7 the end of probation", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		ts.lease(1, na(1))
		ts.one(query(pkt6.MsgDecline, 1, na(1, "2001:db8:1::10")))
		ts.pass(86401e9)
		ts.expect(ts.lease(2, na(1)), "na1 2001:db8:1::10 4500/7200")
		if ts.stat("declined-addresses") != 0 || ts.stat("reclaimed-declined-addresses") != 1 || ts.stat("subnet[1].assigned-nas") != 1 {
			t.Error("the statistics differ")
		}
	})
	t.Run("D6.8.5 one pool in two subnets", func(t *testing.T) {
		subnet := func(id, port string) string {
			return `{ "id": ` + id + `, "subnet": "2001:db8:1::/64", "interface-id": "` + port + `", "pools": [ { "pool": "2001:db8:1::10/127" } ] }`
		}
		// Kea tells subnets apart by their text.
		ts := newTestServer(t, `"subnet6": [ `+subnet("1", "a")+`, { "id": 2, "subnet": "2001:db8:1::1/64", "interface-id": "b", "pools": [ { "pool": "2001:db8:1::10/127" } ] } ]`)
		at := func(port string, raw []byte) *answer {
			return ts.one(relay("2001:db8:1::99", raw, opt(pkt6.OptInterfaceID, port[0])))
		}
		ts.expect(at("a", query(pkt6.MsgRequest, 1, na(1))), "na1 2001:db8:1::10 4500/7200")
		ts.expect(at("b", query(pkt6.MsgRequest, 2, na(1))), "na1 2001:db8:1::11 4500/7200")
		ts.expect(at("b", query(pkt6.MsgRequest, 3, na(1))), "na1 status 2")
	})
	t.Run("D6.17.6 a hit selects the whole network", func(t *testing.T) {
		ts := newTestServer(t, `"shared-networks": [ { "name": "n", "subnet6": [
			{ "id": 1, "subnet": "2001:db8:1::/64" }, { "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::/80" } ] } ] } ]`)
		ts.expect(ts.one(relay("2001:db8:1::1", query(pkt6.MsgSolicit, 1, na(1)))), "na1 2001:db8:2:: 4500/7200")
	})
}

func TestScopesOfParameters(t *testing.T) {
	t.Run("D6.16.6 timers of every scope", func(t *testing.T) {
		for _, c := range []struct {
			global, network, subnet string
			t1, t2                  uint32
		}{
			{`"renew-timer": 10, "rebind-timer": 20, `, "", "", 10, 20},
			{`"renew-timer": 10, "rebind-timer": 20, `, `"renew-timer": 11, `, "", 11, 20},
			{`"renew-timer": 10, "rebind-timer": 20, `, `"renew-timer": 11, `, `"rebind-timer": 22, `, 11, 22},
		} {
			ts := newTestServer(t, c.global+`"shared-networks": [ { "name": "n", "interface": "eth0", `+c.network+`"subnet6": [
				{ "id": 1, "subnet": "2001:db8:1::/64", `+c.subnet+`"pools": [ { "pool": "2001:db8:1::/80" } ] } ] } ]`)
			if t1, t2 := ts.one(query(pkt6.MsgSolicit, 1, na(1))).tees(); t1 != c.t1 || t2 != c.t2 {
				t.Errorf("T1 %d, T2 %d, want %d and %d", t1, t2, c.t1, c.t2)
			}
		}
	})
	t.Run("D6.27.1 lease caching of every scope", func(t *testing.T) {
		for _, c := range []struct{ global, network, subnet, want string }{
			{"", "", "", "4500/7200"},
			{`"cache-max-age": 500, `, "", "", "4400/7100"},
			{`"cache-max-age": 500, `, `"cache-max-age": 50, `, "", "4500/7200"},
			{"", `"cache-max-age": 50, `, `"cache-max-age": 500, `, "4400/7100"},
			{"", "", `"cache-threshold": 0.5, `, "4400/7100"},
		} {
			ts := newTestServer(t, c.global+`"shared-networks": [ { "name": "n", "interface": "eth0", `+c.network+`"subnet6": [
				{ "id": 1, "subnet": "2001:db8:1::/64", `+c.subnet+`"pools": [ { "pool": "2001:db8:1::10/128" } ] } ] } ]`)
			ts.lease(1, na(1))
			ts.pass(100e9)
			ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"))), "na1 2001:db8:1::10 "+c.want)
		}
	})
	t.Run("D6.25.1 relay information of every scope", func(t *testing.T) {
		const on, off = `"store-extended-info": true, `, `"store-extended-info": false, `
		for _, c := range []struct {
			global, network, subnet string
			kept                    bool
		}{{"", "", "", false}, {on, "", "", true}, {on, off, "", false}, {"", off, on, true}} {
			ts := newTestServer(t, c.global+`"shared-networks": [ { "name": "n", `+c.network+`"subnet6": [
				{ "id": 1, "subnet": "2001:db8:1::/64", `+c.subnet+`"pools": [ { "pool": "2001:db8:1::10/128" } ] } ] } ]`)
			ts.one(relay("2001:db8:1::1", query(pkt6.MsgRequest, 1, na(1))))
			if l := ts.stored("2001:db8:1::10"); l == nil || (len(l.UserContext) > 0) != c.kept {
				t.Errorf("%+v: lease %+v", c, l)
			}
		}
	})
}
