package dhcp4

import (
	"strings"
	"testing"
)

// joined has classes that depend on reserved ones and on KNOWN, and reservations
// of a client globally and in its subnet. Their order was seen of Kea.
const joined = `"client-classes": [
	{ "name": "reserved" }, { "name": "second" },
	{ "name": "lost", "test": "not member('reserved')" },
	{ "name": "late", "test": "member('KNOWN')" },
	{ "name": "early", "test": "option[60].hex == 'v'" },
	{ "name": "later", "test": "member('late') and member('early')" },
	{ "name": "stranger", "test": "member('UNKNOWN')" },
	{ "name": "won", "test": "member('reserved')" },
	{ "name": "wonsecond", "test": "member('second')" },
	{ "name": "VENDOR_CLASS_v" } ],
	"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "reserved" ] }, { "hw-address": "02:00:00:00:00:02" } ], `

// lateClasses are the classes of a client after the look-up of reservations.
func (ts *testServer) lateClasses(n byte) string {
	ts.log.Reset()
	ts.one(from{}, query(discoverMsg, n, opt(60, 'v')))
	const before = "has been assigned to the following classes: "
	_, rest, _ := strings.Cut(ts.log.String(), before)
	list, _, _ := strings.Cut(rest, "\n")
	return list
}

func TestReservedClassOrder(t *testing.T) {
	const (
		bySubnet = `"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "second" ] } ]`
		early    = `"early-global-reservations-lookup": true, `
		byGlobal = `"reservations-global": true, `
		only     = `"reservations-in-subnet": false, `
		stranger = "ALL, VENDOR_CLASS_v, lost, early, UNKNOWN, stranger"
		plainly  = "ALL, VENDOR_CLASS_v, lost, early, KNOWN, late, later"
	)
	network := `"shared-networks": [ { "name": "n", ` + subnetWith(bySubnet) + ` } ]`
	for _, c := range []struct {
		name, conf string
		want       [3]string // of clients with classes reserved, with a bare reservation, without any
	}{
		{"CL.8.8 CL.8.9 CL.8.14 CL.8.15 CL.10.4 in the subnet only", subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, second, lost, early, wonsecond, KNOWN, late, later", stranger, stranger}},
		{"CL.8.14 CL.13.6 globally only", byGlobal + only + subnetWith(""), [3]string{"ALL, VENDOR_CLASS_v, reserved, early, won, KNOWN, late, later", plainly, stranger}},
		{"both, the subnet's counts", byGlobal + subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, second, lost, early, wonsecond, KNOWN, late, later", plainly, stranger}},
		{"D4.23.7 CL.8.6 CL.8.16 CL.13.6 early, globally only", early + byGlobal + only + subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, reserved, KNOWN, early, won, late, later", plainly, stranger}},
		{"D4.23.7 CL.8.16 early, then in the subnet", early + byGlobal + subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, reserved, KNOWN, second, early, won, wonsecond, late, later", plainly, stranger}},
		{"D4.23.7 early, reservations-global off", early + subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, reserved, KNOWN, second, early, won, wonsecond, late, later", plainly, stranger}},
		{"D4.23.7 early and nothing else", early + only + subnetWith(bySubnet), [3]string{"ALL, VENDOR_CLASS_v, reserved, early, won, KNOWN, late, later", plainly, stranger}},
		{"shared network, in the subnet only", network, [3]string{plainly, stranger, stranger}},
		{"shared network, both", byGlobal + network, [3]string{"ALL, VENDOR_CLASS_v, second, lost, early, wonsecond, KNOWN, late, later", plainly, stranger}},
		{"shared network, D4.23.7 early", early + byGlobal + network, [3]string{"ALL, VENDOR_CLASS_v, reserved, early, won, KNOWN, late, later", plainly, stranger}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, joined+c.conf)
			ts.debug()
			for i, want := range c.want {
				if got := ts.lateClasses(byte(i + 1)); got != want {
					t.Errorf("client %d is in %s\nwant %s", i+1, got, want)
				}
			}
		})
	}
}

// early is a configuration with a global reservation that brings a class, and two
// subnets for the classes given.
func early(first, second string) string {
	return `"early-global-reservations-lookup": true, "reservations-global": true, "client-classes": [
		{ "name": "reserved" }, { "name": "unreserved", "test": "not member('reserved')" }, { "name": "dependent", "test": "member('KNOWN') and member('reserved')" } ],
		"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "reserved" ] } ], "subnet4": [
		{ "id": 1, "subnet": "192.0.2.0/24", "interface": "eth0", "client-class": "` + first + `", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
		{ "id": 2, "subnet": "198.51.100.0/24", "interface": "eth0", "client-class": "` + second + `", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ]`
}

func TestEarlyGlobalReservations(t *testing.T) {
	for _, class := range []string{"reserved", "KNOWN", "dependent"} {
		t.Run("D4.23.7 "+class+" selects a subnet", func(t *testing.T) {
			ts := newTestServer(t, early("unreserved", class))
			expect(t, ts.lease(1), ackMsg, "198.51.100.10")
			expect(t, ts.lease(2), ackMsg, "192.0.2.10")
		})
	}
	t.Run("D4.23.7 off by default", func(t *testing.T) {
		ts := newTestServer(t, strings.Replace(early("unreserved", "KNOWN"), `"early-global-reservations-lookup": true, `, "", 1))
		// The first subnet is selected before the reservation closes it.
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1)))
	})
	t.Run("D4.23.7 UNKNOWN is not set", func(t *testing.T) {
		ts := newTestServer(t, early("UNKNOWN", "unreserved"))
		expect(t, ts.lease(2), ackMsg, "198.51.100.10")
	})
	t.Run("D4.23.7 CL.8.6 DROP", func(t *testing.T) {
		ts := newTestServer(t, strings.Replace(early("unreserved", "reserved"), `"client-classes": [ "reserved" ]`, `"client-classes": [ "reserved", "DROP" ]`, 1))
		ts.debug()
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1)))
		if ts.stat("pkt4-receive-drop") != 1 || !strings.Contains(ts.log.String(), "DHCP4_PACKET_DROP_0014 dropped as member of the special class 'DROP' after early global host reservations lookup: ") {
			t.Errorf("%d dropped, log:\n%s", ts.stat("pkt4-receive-drop"), ts.log.String())
		}
		expect(t, ts.lease(2), ackMsg, "192.0.2.10")
	})
	t.Run("D4.23.7 D4.34.2 by a stashed circuit-id", func(t *testing.T) {
		ts := newTestServer(t, `"stash-agent-options": true, "store-extended-info": true, `+
			strings.Replace(early("unreserved", "reserved"), `"hw-address": "02:00:00:00:00:01"`, `"circuit-id": "'p'"`, 1))
		ts.sock.name = "eth0"
		expect(t, ts.one(from{}, query(requestMsg, 1, opt(82, 1, 1, 'p'), requested("198.51.100.10"), serverID("192.0.2.1"))), ackMsg, "198.51.100.10")
		expect(t, ts.renew(1, "198.51.100.10"), ackMsg, "198.51.100.10")
	})
}

// pools has two pools for the classes given, in a plain subnet.
func pools(first, second, more string) string {
	return `"client-classes": [ { "name": "reserved" }, { "name": "unreserved", "test": "not member('reserved')" } ],
		"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19", "client-class": "` + first + `" },
		{ "pool": "192.0.2.30-192.0.2.39", "client-class": "` + second + `" } ]` + comma(more) + ` } ]`
}

func TestReservedClasses(t *testing.T) {
	const reservation = `"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "reserved" ] } ]`
	t.Run("D4.42.4 CL.8.9 a pool by a reserved class", func(t *testing.T) {
		ts := newTestServer(t, pools("unreserved", "reserved", reservation))
		expect(t, ts.lease(1), ackMsg, "192.0.2.30")
		expect(t, ts.lease(2), ackMsg, "192.0.2.10")
	})
	t.Run("D4.42.3 a class that depends on it must be required", func(t *testing.T) {
		const dependent = `"client-classes": [ { "name": "reserved" }, { "name": "dependent", "test": "member('reserved')", "only-if-required": true,
			"option-data": [ { "name": "time-servers", "data": "192.0.2.4", "always-send": true } ] } ], `
		ts := newTestServer(t, dependent+`"shared-networks": [ { "name": "n", `+subnetWith(reservation+`, "require-client-classes": [ "dependent" ]`)+` } ]`)
		if ts.lease(1).Options[4] == nil || ts.lease(2).Options[4] != nil {
			t.Error("the required class does not go by the reserved one")
		}
		at := strings.Replace(dependent, `"only-if-required": true,`, "", 1)
		ts = newTestServer(t, at+`"shared-networks": [ { "name": "n", `+subnetWith(reservation)+` } ]`)
		if ts.lease(1).Options[4] != nil {
			t.Error("a class that is not required goes by one that comes later")
		}
		ts = newTestServer(t, at+`"reservations-global": true, `+reservation+`, "shared-networks": [ { "name": "n", `+plain+` } ]`)
		if ts.lease(1).Options[4] == nil || ts.lease(2).Options[4] != nil {
			t.Error("a class does not go by that of a global reservation")
		}
	})
	for _, level := range []string{"subnet", "pool"} {
		// network has the subnets 1 and 2 for reserved and unreserved clients.
		network := func(more, inFirst string) string {
			guard := func(where, class string) string {
				if where == level {
					return `, "client-class": "` + class + `"`
				}
				return ""
			}
			return `"client-classes": [ { "name": "reserved" }, { "name": "unreserved", "test": "not member('reserved')" } ], ` + more + `
				"shared-networks": [ { "name": "n", "interface": "eth0", "subnet4": [
				{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19"` + guard("pool", "unreserved") + ` } ]` + guard("subnet", "unreserved") + comma(inFirst) + ` },
				{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19"` + guard("pool", "reserved") + ` } ]` + guard("subnet", "reserved") + ` } ] } ]`
		}
		t.Run("D4.42.5 CL.10.14 a subnet by the class of a global reservation, at the "+level, func(t *testing.T) {
			ts := newTestServer(t, network(`"reservations-global": true, "reservations-in-subnet": false, `+reservation+`, `, ""))
			expect(t, ts.lease(1), ackMsg, "198.51.100.10")
			expect(t, ts.lease(2), ackMsg, "192.0.2.10")
			expect(t, ts.one(from{src: ip("198.51.100.10")}, query(requestMsg, 1, ciaddr("198.51.100.10"))), ackMsg, "198.51.100.10")
		})
		t.Run("D4.42.5 not with reservations-global off, at the "+level, func(t *testing.T) {
			ts := newTestServer(t, network(reservation+`, `, ""))
			expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		})
		t.Run("D4.42.5 not by the reservation of a subnet, at the "+level, func(t *testing.T) {
			ts := newTestServer(t, network("", reservation))
			expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		})
	}
	t.Run("D4.42.5 not outside of a shared network", func(t *testing.T) {
		ts := newTestServer(t, strings.Replace(early("unreserved", "reserved"), `"early-global-reservations-lookup": true, `, "", 1))
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1)))
	})
}

func TestGlobalReservedAddress(t *testing.T) {
	network := func(address, subnets string) string {
		return `"reservations-global": true, "reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "` + address + `" } ], ` + subnets
	}
	const (
		shared = `"shared-networks": [ { "name": "n", "interface": "eth0", "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
			{ "id": 2, "subnet": "198.51.100.0/24" }, { "id": 3, "subnet": "198.51.0.0/16" } ] } ]`
		apart = `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] }, { "id": 2, "subnet": "198.51.100.0/24" } ]`
	)
	for _, c := range []struct {
		name, conf, want string
		subnet           uint32
	}{
		{"in the subnet", network("192.0.2.200", apart), "192.0.2.200", 1},
		{"in a sibling of the shared network", network("198.51.100.200", shared), "198.51.100.200", 2},
		{"in a later sibling only", network("198.51.7.200", shared), "198.51.7.200", 3},
		{"in no sibling", network("203.0.113.200", shared), "192.0.2.10", 1},
		{"in a subnet that is no sibling", network("198.51.100.200", apart), "192.0.2.10", 1},
	} {
		t.Run("D4.42.6 "+c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			expect(t, ts.lease(1), ackMsg, c.want)
			if l := ts.stored(c.want); l == nil || l.SubnetID != c.subnet {
				t.Errorf("the lease is %+v, want one of subnet %d", l, c.subnet)
			}
		})
	}
	t.Run("D4.40.7 D4.42.6 a reservation in the subnet without address counts", func(t *testing.T) {
		ts := newTestServer(t, network("192.0.2.200", subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "hostname": "here" } ]`)))
		if r := expect(t, ts.lease(1), ackMsg, "192.0.2.10"); r.HostName() != "here" {
			t.Errorf("option 12 is %q", r.HostName())
		}
	})
}
