package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// network is a shared network of two subnets with one address each.
const network = `"shared-networks": [ { "name": "n", "subnet4": [
	{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.10" } ] },
	{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.10" } ] } ] } ]`

func TestSharedNetworks(t *testing.T) {
	t.Run("D4.43.3 any pool of any member", func(t *testing.T) {
		ts := newTestServer(t, network)
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		expect(t, ts.lease(2), ackMsg, "198.51.100.10")
		expectSilence(t, ts.one(from{}, query(discoverMsg, 3)))
		if a, b := ts.stat("v4-allocation-fail-shared-network"), ts.stat("v4-allocation-fail-subnet"); a != 1 || b != 0 {
			t.Errorf("fail-shared-network %d, fail-subnet %d", a, b)
		}
	})
	t.Run("D4.43.4 a hint picks another member", func(t *testing.T) {
		ts := newTestServer(t, network)
		expect(t, ts.one(from{}, query(discoverMsg, 1, requested("198.51.100.10"))), offerMsg, "198.51.100.10")
	})
	t.Run("D4.43.4 D4.43.7 a reservation picks another member", func(t *testing.T) {
		ts := newTestServer(t, strings.Replace(network, `"pool": "198.51.100.10-198.51.100.10" } ]`, `"pool": "198.51.100.10-198.51.100.10" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "198.51.100.99" } ]`, 1))
		expect(t, ts.lease(1), ackMsg, "198.51.100.99")
	})
	t.Run("D4.43.2 beside plain subnets, zero or one member", func(t *testing.T) {
		ts := newTestServer(t, `"shared-networks": [ { "name": "none" }, { "name": "one", "subnet4": [ { "id": 5, "subnet": "203.0.113.0/24" } ] } ], `+plain)
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
	})
	t.Run("D4.43.5 inherited, overridable", func(t *testing.T) {
		ts := newTestServer(t, `"shared-networks": [ { "name": "n", "valid-lifetime": 500,
			"option-data": [ { "name": "routers", "data": "192.0.2.1" }, { "name": "domain-name", "data": "net" } ], "subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ], "valid-lifetime": 600, "option-data": [ { "name": "domain-name", "data": "sub" } ] } ] } ]`)
		r := ts.lease(1)
		if secondsOf(r, 51) != 600 || string(r.Options[15]) != "sub" || len(r.Options[3]) != 4 {
			t.Errorf("options %v", r.Options)
		}
	})
	t.Run("D4.43.6 selection crosses to members with other relays", func(t *testing.T) {
		ts := newTestServer(t, strings.NewReplacer(`"id": 1,`, `"id": 1, "relay": { "ip-addresses": [ "203.0.113.1" ] },`, `"id": 2,`, `"id": 2, "relay": { "ip-addresses": [ "203.0.113.2" ] },`).Replace(network))
		via := from{src: ip("203.0.113.1"), dst: ip("192.0.2.1")}
		expect(t, ts.one(via, query(requestMsg, 1, giaddr("203.0.113.1"), requested("192.0.2.10"), serverID("192.0.2.1"))), ackMsg, "192.0.2.10")
		expect(t, ts.one(via, query(discoverMsg, 2, giaddr("203.0.113.1"))), offerMsg, "198.51.100.10")
	})
	t.Run("D4.56.1 the search begins where it last succeeded", func(t *testing.T) {
		ts := newTestServer(t, strings.ReplaceAll(strings.ReplaceAll(network, "192.0.2.10-192.0.2.10", "192.0.2.10-192.0.2.19"), "198.51.100.10-198.51.100.10", "198.51.100.10-198.51.100.19"))
		via := from{src: ip("198.51.100.1"), dst: ip("192.0.2.1")}
		expect(t, ts.one(via, query(discoverMsg, 1, giaddr("198.51.100.1"))), offerMsg, "198.51.100.10")
		expect(t, ts.one(from{}, query(discoverMsg, 2)), offerMsg, "198.51.100.11")
	})
}

func TestServerIdentifier(t *testing.T) {
	id := func(t *testing.T, conf, want string) *testServer {
		t.Helper()
		ts := newTestServer(t, conf)
		if got := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "").ServerIdentifier().String(); got != want {
			t.Errorf("option 54 is %s, want %s", got, want)
		}
		return ts
	}
	o := `"option-data": [ { "name": "dhcp-server-identifier", "data": "203.0.113.9" } ]`
	t.Run("D4.44.1 address of the interface", func(t *testing.T) { id(t, plain, "192.0.2.1") })
	t.Run("D4.44.2 configured", func(t *testing.T) {
		id(t, o+", "+plain, "203.0.113.9")
		id(t, `"shared-networks": [ { "name": "n", `+o+`, `+plain+` } ]`, "203.0.113.9")
		ts := id(t, subnetWith(o), "203.0.113.9")
		for _, named := range []string{"203.0.113.9", "192.0.2.1"} { // both stay acceptable
			expect(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID(named))), ackMsg, "192.0.2.10")
		}
		id(t, `"client-classes": [ { "name": "VENDOR_CLASS_x", `+o+` } ], `+plain, "192.0.2.1")
		ts = newTestServer(t, `"client-classes": [ { "name": "VENDOR_CLASS_x", `+o+` } ], `+plain)
		if got := ts.one(from{}, query(discoverMsg, 1, opt(60, 'x'))).ServerIdentifier().String(); got != "203.0.113.9" {
			t.Errorf("option 54 of the class's member is %s", got)
		}
	})
	t.Run("D4.44.3 foreign identifier", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expectSilence(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("203.0.113.1"))))
		if n := ts.stat("pkt4-receive-drop"); n != 1 {
			t.Errorf("pkt4-receive-drop is %d", n)
		}
		ts = newTestServer(t, `"compatibility": { "ignore-dhcp-server-identifier": true }, `+plain)
		expect(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("203.0.113.1"))), ackMsg, "192.0.2.10") // D4.52.3
	})
}

func TestSubnetSelection(t *testing.T) {
	three := `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
		{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ], "relay": { "ip-addresses": [ "203.0.113.77" ] } },
		{ "id": 3, "subnet": "203.0.113.0/24", "pools": [ { "pool": "203.0.113.10-203.0.113.19" } ], "interface": "eth7" } ]`
	for _, c := range []struct {
		name string
		from from
		eth  string
		m    *dhcpv4.DHCPv4
		want string // "" silence
	}{
		{"D4.45.1 direct, address of the interface", from{}, "eth0", query(discoverMsg, 1), "192.0.2.10"},
		{"D4.45.2 interface", from{}, "eth7", query(discoverMsg, 1), "203.0.113.10"},
		{"D4.45.3 unicast renewal on any interface", from{src: ip("203.0.113.15"), dst: ip("192.0.2.1")}, "eth0", query(requestMsg, 1, ciaddr("203.0.113.15")), "203.0.113.15"},
		{"D4.45.4 giaddr in the subnet", from{src: ip("198.51.100.1"), dst: ip("192.0.2.1")}, "eth0", query(discoverMsg, 1, giaddr("203.0.113.1")), "203.0.113.10"},
		{"D4.45.4 named relay address", from{src: ip("203.0.113.77"), dst: ip("192.0.2.1")}, "eth0", query(discoverMsg, 1, giaddr("203.0.113.77")), "198.51.100.10"},
		{"D4.45.1 no subnet, relayed DISCOVER", from{src: ip("10.0.0.1"), dst: ip("192.0.2.1")}, "eth0", query(discoverMsg, 1, giaddr("10.0.0.1")), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, three)
			ts.sock.name = c.eth
			r := ts.one(c.from, c.m)
			if c.want == "" {
				expectSilence(t, r)
			} else if r == nil || r.YourIPAddr.String() != c.want {
				t.Errorf("answer %v, want %s", r, c.want)
			}
		})
	}
	t.Run("D4.45.1 no subnet, broadcast", func(t *testing.T) {
		ts := newTestServer(t, three)
		ts.sock.addr = ip("10.0.0.1")
		for _, typ := range []dhcpv4.MessageType{discoverMsg, requestMsg, informMsg} {
			expectSilence(t, ts.one(from{}, query(typ, 1, requested("192.0.2.10"))))
		}
	})
	t.Run("D4.45.1 no subnet, REQUEST to the server or relayed", func(t *testing.T) {
		ts := newTestServer(t, three)
		direct := from{src: ip("10.0.0.9"), dst: ip("192.0.2.1")}
		expect(t, ts.one(direct, query(requestMsg, 1, ciaddr("10.0.0.9"))), nakMsg, "")
		expect(t, ts.one(direct, query(requestMsg, 1, giaddr("10.0.0.9"), requested("10.0.0.5"), serverID("192.0.2.1"))), nakMsg, "")
		expectSilence(t, ts.one(direct, query(requestMsg, 1, giaddr("10.0.0.9"), requested("10.0.0.5"))))
		ts = newTestServer(t, `"authoritative": true, `+three)
		expect(t, ts.one(direct, query(requestMsg, 1, giaddr("10.0.0.9"), requested("10.0.0.5"))), nakMsg, "")
	})
	t.Run("D4.45.6 D4.45.8 classes restrict candidates", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "client-class": "VENDOR_CLASS_docsis3.0", "relay": { "ip-addresses": [ "10.0.0.1" ] }, "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
			{ "id": 2, "subnet": "198.51.100.0/24", "relay": { "ip-addresses": [ "10.0.0.1" ] }, "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ]`)
		via := from{src: ip("10.0.0.1"), dst: ip("192.0.2.1")}
		expect(t, ts.one(via, query(discoverMsg, 1, giaddr("10.0.0.1"), opt(60, []byte("docsis3.0")...))), offerMsg, "192.0.2.10")
		expect(t, ts.one(via, query(discoverMsg, 2, giaddr("10.0.0.1"))), offerMsg, "198.51.100.10")
	})
	t.Run("D4.45.7 whole network, class checked for each subnet", func(t *testing.T) {
		ts := newTestServer(t, strings.Replace(network, `"id": 2,`, `"id": 2, "client-class": "VENDOR_CLASS_x",`, 1))
		ts.lease(1)
		expectSilence(t, ts.one(from{}, query(discoverMsg, 2)))
		expect(t, ts.one(from{}, query(discoverMsg, 3, opt(60, 'x'))), offerMsg, "198.51.100.10")
	})
	t.Run("D4.11.5 overlapping subnets", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 7, "subnet": "192.0.2.0/25", "pools": [ { "pool": "192.0.2.30-192.0.2.39" } ] },
			{ "id": 3, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] } ]`)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10") // lowest id
	})
	t.Run("D4.11.7 one pool in two subnets", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
			{ "id": 2, "subnet": "192.0.2.0/25", "relay": { "ip-addresses": [ "10.0.0.1" ] }, "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] } ]`)
		via := from{src: ip("10.0.0.1"), dst: ip("192.0.2.1")}
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		expect(t, ts.one(via, query(discoverMsg, 2, giaddr("10.0.0.1"))), offerMsg, "192.0.2.11")
		// The client moves: its renewal keeps the address.
		expect(t, ts.one(via, query(requestMsg, 1, giaddr("10.0.0.1"), ciaddr("192.0.2.10"))), ackMsg, "192.0.2.10")
		if l := ts.stored("192.0.2.10"); l.SubnetID != 2 {
			t.Errorf("lease is in subnet %d", l.SubnetID)
		}
	})
}
