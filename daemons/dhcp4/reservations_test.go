package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// reserve is a reservation for the client whose link-layer address ends in 01.
const reserve = `{ "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.15" }`

func TestReservationContent(t *testing.T) {
	t.Run("D4.39.2 D4.39.3 identifiers", func(t *testing.T) {
		for name, c := range map[string]struct {
			entry string
			mods  []dhcpv4.Modifier
		}{
			"hw-address":            {`"hw-address": "02:00:00:00:00:01"`, nil},
			"client-id":             {`"client-id": "01:02:03"`, []dhcpv4.Modifier{clientID(1, 2, 3)}},
			"client-id as text":     {`"client-id": "'abc'"`, []dhcpv4.Modifier{clientID('a', 'b', 'c')}},
			"circuit-id":            {`"circuit-id": "'port1'"`, []dhcpv4.Modifier{opt(82, append([]byte{1, 5}, "port1"...)...)}},
			"D4.16.1 circuit-id":    {`"circuit-id": "70:6f"`, []dhcpv4.Modifier{opt(82, 2, 1, 'r', 1, 2, 'p', 'o')}},
			"duid inside option 61": {`"duid": "01:02:03:04"`, []dhcpv4.Modifier{clientID(255, 0, 0, 0, 1, 1, 2, 3, 4)}},
		} {
			t.Run(name, func(t *testing.T) {
				ts := newTestServer(t, subnetWith(`"reservations": [ { `+c.entry+`, "ip-address": "192.0.2.15" } ]`))
				expect(t, ts.lease(1, c.mods...), ackMsg, "192.0.2.15")
			})
		}
	})
	t.Run("D4.39.4 in the pool and outside of it", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ `+reserve+`, { "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.200" } ]`))
		expect(t, ts.lease(1), ackMsg, "192.0.2.15")
		expect(t, ts.lease(2), ackMsg, "192.0.2.200")
	})
	t.Run("D4.39.5 identifier only makes the client KNOWN", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [
			{ "pool": "192.0.2.10-192.0.2.11", "client-class": "UNKNOWN" }, { "pool": "192.0.2.20-192.0.2.21", "client-class": "KNOWN" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01" } ] } ]`)
		expect(t, ts.lease(1), ackMsg, "192.0.2.20")
		expect(t, ts.lease(2), ackMsg, "192.0.2.10")
	})
	t.Run("D4.39.5 one identifier in several subnets", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "reservations": [ `+reserve+` ] },
			{ "id": 2, "subnet": "198.51.100.0/24", "reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "198.51.100.15" } ] } ]`)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.15")
		expect(t, ts.one(from{src: ip("198.51.100.1"), dst: ip("192.0.2.1")}, query(discoverMsg, 1, giaddr("198.51.100.1"))), offerMsg, "198.51.100.15")
	})
	t.Run("D4.39.6 host options beat all other scopes", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "routers", "data": "192.0.2.101" } ], `+subnetWith(`
			"option-data": [ { "name": "routers", "data": "192.0.2.102" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01", "option-data": [ { "name": "routers", "data": "192.0.2.103" } ] } ]`))
		if r := ts.lease(1).Router(); len(r) != 1 || r[0].String() != "192.0.2.103" {
			t.Errorf("routers %v", r)
		}
		if r := ts.lease(2).Router(); len(r) != 1 || r[0].String() != "192.0.2.102" {
			t.Errorf("routers of another client %v", r)
		}
	})
	t.Run("D4.39.7 option 54 of a reservation loads", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "option-data": [ { "name": "dhcp-server-identifier", "data": "203.0.113.1" } ] } ]`))
		if id := ts.one(from{}, query(discoverMsg, 1)).ServerIdentifier().String(); id != "192.0.2.1" {
			t.Errorf("option 54 is %s", id)
		}
	})
}

func TestReservationModes(t *testing.T) {
	lease1 := func(t *testing.T, conf, want string) {
		t.Helper()
		expect(t, newTestServer(t, conf).lease(1), ackMsg, want)
	}
	in := `"reservations": [ ` + reserve + ` ]`
	t.Run("D4.40.1 D4.40.4 in-subnet by default", func(t *testing.T) { lease1(t, subnetWith(in), "192.0.2.15") })
	t.Run("D4.40.2 innermost wins", func(t *testing.T) {
		lease1(t, `"reservations-in-subnet": false, `+subnetWith(`"reservations-in-subnet": true, `+in), "192.0.2.15")
		lease1(t, `"shared-networks": [ { "name": "n", "reservations-in-subnet": false, `+subnetWith(in)+` } ]`, "192.0.2.10")
	})
	t.Run("D4.40.3 all off", func(t *testing.T) {
		ts := newTestServer(t, `"reservations-in-subnet": false, `+subnetWith(in))
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.15"), serverID("192.0.2.1"))), ackMsg, "192.0.2.15")
	})
	t.Run("D4.40.4 in-pool checks", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.10" } ]`))
		expect(t, ts.lease(2), ackMsg, "192.0.2.11")
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.10"), serverID("192.0.2.1"))), nakMsg, "")
	})
	t.Run("D4.40.5 out-of-pool", func(t *testing.T) {
		conf := `"reservations-out-of-pool": true, ` + subnetWith(`"reservations": [ `+reserve+`, { "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.200" } ]`)
		ts := newTestServer(t, conf)
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")  // its in-pool reservation does not count
		expect(t, ts.lease(2), ackMsg, "192.0.2.200") // out of the pool it does
		expect(t, ts.one(from{}, query(requestMsg, 3, requested("192.0.2.15"), serverID("192.0.2.1"))), ackMsg, "192.0.2.15")
	})
	t.Run("D4.40.6 D4.41.7 global", func(t *testing.T) {
		ts := newTestServer(t, `"reservations-global": true, "reservations-in-subnet": false, "reservations": [ `+reserve+` ], `+plain)
		// No conflict mechanism: another client that asks for the address gets it.
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.15"), serverID("192.0.2.1"))), ackMsg, "192.0.2.15")
		ts = newTestServer(t, `"reservations-global": true, "reservations-in-subnet": false, "reservations": [ `+reserve+` ], `+plain)
		expect(t, ts.lease(1), ackMsg, "192.0.2.15")
	})
	t.Run("D4.40.7 subnet reservation preferred over global", func(t *testing.T) {
		lease1(t, `"reservations-global": true, "reservations": [ { "hw-address": "02:00:00:00:00:01", "hostname": "global" } ], `+subnetWith(in), "192.0.2.15")
		ts := newTestServer(t, `"reservations-global": true, "reservations": [ { "hw-address": "02:00:00:00:00:01", "boot-file-name": "/global" } ], `+
			subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "boot-file-name": "/subnet" } ]`))
		if f := ts.lease(1).BootFileName; f != "/subnet" {
			t.Errorf("file is %q", f)
		}
	})
	t.Run("D4.40.8 identifiers in configured order", func(t *testing.T) {
		rs := subnetWith(`"reservations": [ ` + reserve + `, { "client-id": "01:02:03", "ip-address": "192.0.2.16" } ]`)
		for order, want := range map[string]string{`"hw-address", "client-id"`: "192.0.2.15", `"client-id", "hw-address"`: "192.0.2.16", `"client-id"`: "192.0.2.16"} {
			ts := newTestServer(t, `"host-reservation-identifiers": [ `+order+` ], `+rs)
			expect(t, ts.lease(1, clientID(1, 2, 3)), ackMsg, want)
		}
	})
	t.Run("D4.40.9 D4.35.4 look-up order changes no outcome", func(t *testing.T) {
		for _, conf := range []string{
			`"multi-threading": { "enable-multi-threading": false }, "reservations-lookup-first": true, `,
			`"multi-threading": { "enable-multi-threading": false }, `, `"multi-threading": { "enable-multi-threading": true }, `,
		} {
			ts := newTestServer(t, conf+plain)
			ts.lease(1)
			ts.configure(conf + subnetWith(in))
			expect(t, ts.lease(1), ackMsg, "192.0.2.15")
		}
	})
	t.Run("D4.40.11 duplicate addresses allowed", func(t *testing.T) {
		ts := newTestServer(t, `"ip-reservations-unique": false, `+subnetWith(`"reservations": [ `+reserve+`, { "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.15" } ]`))
		expect(t, ts.lease(2), ackMsg, "192.0.2.15")
		if a := ts.lease(1).YourIPAddr.String(); a == "192.0.2.15" {
			t.Error("the address was given twice")
		}
	})
}

func TestReservationConflicts(t *testing.T) {
	// A (client 2) leases the address before it is reserved for B (client 1).
	setUp := func(t *testing.T) *testServer {
		ts := newTestServer(t, plain)
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.15"), serverID("192.0.2.1"))), ackMsg, "192.0.2.15")
		ts.configure(subnetWith(`"reservations": [ ` + reserve + ` ]`))
		return ts
	}
	renew := func(ts *testServer, n byte, a string) *sentReply {
		return ts.one(from{src: ip(a), dst: ip("192.0.2.1")}, query(requestMsg, n, ciaddr(a)))
	}
	t.Run("D4.41.1 D4.41.6 another address for now", func(t *testing.T) {
		ts := setUp(t)
		b := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "").YourIPAddr.String()
		if b == "192.0.2.15" {
			t.Error("B was offered the address that A leases")
		}
		if g, s := ts.stat("v4-reservation-conflicts"), ts.stat("subnet[1].v4-reservation-conflicts"); g != 1 || s != 1 {
			t.Errorf("v4-reservation-conflicts %d, in subnet %d", g, s)
		}
		if !strings.Contains(ts.log.String(), "WARN  [kea-dhcp4.alloc-engine") || !strings.Contains(ts.log.String(), "ALLOC_ENGINE_V4_DISCOVER_ADDRESS_CONFLICT") {
			t.Errorf("log is %s", ts.log.String())
		}
		if l := ts.stored("192.0.2.15"); string(l.HWAddr) != string(mac(2)) {
			t.Error("A's lease was touched")
		}
	})
	t.Run("D4.41.2 A renews", func(t *testing.T) {
		ts := setUp(t)
		expect(t, renew(ts, 2, "192.0.2.15"), nakMsg, "")
		if ts.stored("192.0.2.15") == nil {
			t.Error("the NAK took A's lease")
		}
		ts.lease(2)
		if ts.stored("192.0.2.15") != nil {
			t.Error("A's new lease left the old one")
		}
	})
	t.Run("D4.41.3 B renews the temporary address", func(t *testing.T) {
		ts := setUp(t)
		b := ts.lease(1).YourIPAddr.String()
		expect(t, renew(ts, 1, b), ackMsg, b) // A still holds the reserved one
		ts.one(from{src: ip("192.0.2.15"), dst: ip("192.0.2.1")}, query(releaseMsg, 2, ciaddr("192.0.2.15")))
		expect(t, renew(ts, 1, b), nakMsg, "")
		if ts.stored(b) == nil {
			t.Error("the NAK took B's lease")
		}
		expect(t, ts.lease(1), ackMsg, "192.0.2.15")
		if ts.stored(b) != nil {
			t.Error("the temporary lease stayed")
		}
	})
	t.Run("D4.41.4 D4.41.5 a third client asks for it", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ `+reserve+` ]`))
		if a := expect(t, ts.one(from{}, query(discoverMsg, 3, requested("192.0.2.15"))), offerMsg, "").YourIPAddr.String(); a == "192.0.2.15" {
			t.Error("offered the reserved address")
		}
		expect(t, ts.one(from{}, query(requestMsg, 3, requested("192.0.2.15"), serverID("192.0.2.1"))), nakMsg, "")
		// The client with a reservation asks for another address.
		expect(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.16"), serverID("192.0.2.1"))), nakMsg, "")
	})
}
