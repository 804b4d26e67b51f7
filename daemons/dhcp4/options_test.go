package dhcp4

import (
	"bytes"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// discoverOptions returns the OFFER's options under a configuration.
func discoverOptions(t *testing.T, conf string, mods ...dhcpv4.Modifier) dhcpv4.Options {
	t.Helper()
	return expect(t, newTestServer(t, conf).one(from{}, query(discoverMsg, 1, mods...)), offerMsg, "").Options
}

func TestConfiguredOptions(t *testing.T) {
	t.Run("D4.12.2 by code without definition", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "code": 250, "csv-format": false, "data": "abc" } ]`), prl(250))
		if !bytes.Equal(o[250], []byte{0x0a, 0xbc}) {
			t.Errorf("option 250 is % x", o[250])
		}
	})
	t.Run("D4.12.3 D4.12.5 D4.12.6 notations", func(t *testing.T) {
		for data, want := range map[string]string{
			`"csv-format": false, "data": "c0:0:2:1"`:          "\xc0\x00\x02\x01",
			`"csv-format": false, "data": "c0 00 02 01"`:       "\xc0\x00\x02\x01",
			`"csv-format": false, "data": "0xc0000201"`:        "\xc0\x00\x02\x01",
			`"csv-format": false, "data": "c0000201"`:          "\xc0\x00\x02\x01",
			`"csv-format": false, "data": "'abcd'"`:            "abcd",
			`"csv-format": true, "data": "192.0.2.1, 1.2.3.4"`: "\xc0\x00\x02\x01\x01\x02\x03\x04",
		} {
			o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "routers", `+data+` } ]`))
			if string(o[3]) != want {
				t.Errorf("%s gives % x", data, o[3])
			}
		}
	})
	t.Run("D4.12.7 literal comma", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "root-path", "data": "a\\,b" } ]`), prl(17))
		if string(o[17]) != "a,b" {
			t.Errorf("option 17 is %q", o[17])
		}
	})
	t.Run("D4.12.8 always-send", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "ntp-servers", "data": "192.0.2.1", "always-send": true } ]`))
		if o[42] == nil {
			t.Error("not sent")
		}
	})
	t.Run("D4.12.9 D4.12.12 never-send beats always-send, without data", func(t *testing.T) {
		o := discoverOptions(t, `"option-data": [ { "name": "routers", "never-send": true } ], `+
			subnetWith(`"option-data": [ { "name": "routers", "data": "192.0.2.1", "always-send": true } ]`), prl(3))
		if o[3] != nil {
			t.Error("sent")
		}
	})
	t.Run("D4.12.10 flags are sticky, values follow precedence", func(t *testing.T) {
		o := discoverOptions(t, `"option-data": [ { "name": "ntp-servers", "data": "192.0.2.1", "always-send": true } ], `+
			subnetWith(`"option-data": [ { "name": "ntp-servers", "data": "192.0.2.2", "always-send": false } ]`))
		if !bytes.Equal(o[42], []byte{192, 0, 2, 2}) {
			t.Errorf("option 42 is %v", o[42])
		}
	})
	t.Run("D4.12.11 never-send spares what the server manages", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "subnet-mask", "never-send": true }, { "name": "dhcp-lease-time", "never-send": true }, { "name": "dhcp-message-type", "never-send": true } ]`))
		if o[1] == nil || o[51] == nil || o[53] == nil {
			t.Errorf("options %v", o)
		}
	})
	t.Run("D4.12.1 D4.12.13 precedence", func(t *testing.T) {
		// Each scope names itself; they are taken away from the strongest on.
		scope := func(name string) string {
			return `"option-data": [ { "name": "domain-name", "data": "` + name + `" } ]`
		}
		without := map[string]bool{}
		conf := func() string {
			o := func(name, sep string) string {
				if without[name] {
					return ""
				}
				return sep + scope(name)
			}
			return strings.TrimPrefix(o("global", ", ")+`, "client-classes": [ { "name": "VENDOR_CLASS_x"`+o("class", ", ")+` } ],
				"shared-networks": [ { "name": "n"`+o("network", ", ")+`, "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24"`+o("subnet", ", ")+`,
				"pools": [ { "pool": "192.0.2.10-192.0.2.19"`+o("pool", ", ")+` } ],
				"reservations": [ { "hw-address": "02:00:00:00:00:01"`+o("host", ", ")+` } ] } ] } ]`, ", ")
		}
		for _, strongest := range []string{"host", "pool", "subnet", "network", "class", "global"} {
			if got := string(discoverOptions(t, conf(), opt(60, 'x'))[15]); got != strongest {
				t.Errorf("domain-name is %q, want %q", got, strongest)
			}
			without[strongest] = true
		}
	})
	t.Run("D4.12.4 empty data", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "rapid-commit", "code": 80, "csv-format": false } ]`), prl(80))
		if v, ok := o[80]; !ok || len(v) != 0 {
			t.Errorf("option 80 is %v, present %t", v, ok)
		}
	})
	t.Run("D4.19.2 option 43 with sub-options", func(t *testing.T) {
		conf := `"option-def": [ { "name": "foo", "code": 1, "space": "vendor-encapsulated-options-space", "type": "uint32" } ],
			"option-data": [ { "name": "foo", "space": "vendor-encapsulated-options-space", "data": "7" }`
		if o := discoverOptions(t, conf+` ], `+plain, prl(43)); o[43] != nil {
			t.Errorf("without an entry for it option 43 is %v", o[43])
		}
		if o := discoverOptions(t, conf+`, { "name": "vendor-encapsulated-options" } ], `+plain, prl(43)); !bytes.Equal(o[43], []byte{1, 4, 0, 0, 0, 7}) {
			t.Errorf("option 43 is %v", o[43])
		}
	})
	t.Run("D4.20.4 D4.20.3 a container needs an entry of its own", func(t *testing.T) {
		conf := `"option-def": [ { "name": "container", "code": 222, "type": "uint16", "encapsulate": "inner" }, { "name": "sub", "code": 1, "space": "inner", "type": "string" } ],
			"option-data": [ { "name": "sub", "space": "inner", "data": "ab" }`
		if o := discoverOptions(t, conf+` ], `+plain, prl(222)); o[222] != nil {
			t.Errorf("option 222 is %v", o[222])
		}
		if o := discoverOptions(t, conf+`, { "name": "container", "data": "258" } ], `+plain, prl(222)); !bytes.Equal(o[222], []byte{1, 2, 1, 2, 'a', 'b'}) {
			t.Errorf("option 222 is %v", o[222])
		}
	})
	t.Run("D4.21.2 long options are split", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"option-data": [ { "name": "root-path", "data": "`+strings.Repeat("p", 300)+`" } ]`))
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, prl(17))), offerMsg, "")
		if n := bytes.Count(codes(r.raw), []byte{17}); n != 2 {
			t.Errorf("%d options 17", n)
		}
	})
}

func TestManagedOptions(t *testing.T) {
	t.Run("D4.14.1 subnet-mask from the prefix", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "subnet-mask", "data": "255.0.0.0", "always-send": true } ]`), prl(1))
		if !bytes.Equal(o[1], []byte{255, 255, 255, 0}) {
			t.Errorf("option 1 is %v", o[1])
		}
	})
	t.Run("D4.14.2 host-name configured", func(t *testing.T) {
		conf := subnetWith(`"option-data": [ { "name": "host-name", "data": "conf" } ]`)
		if o := discoverOptions(t, conf, prl(12)); string(o[12]) != "conf" {
			t.Errorf("option 12 is %q", o[12])
		}
		if o := discoverOptions(t, conf, prl(12), opt(12, []byte("mine")...)); string(o[12]) != "mine" {
			t.Errorf("option 12 is %q", o[12])
		}
	})
	t.Run("D4.14.3 D4.14.6 client's own options are not set", func(t *testing.T) {
		o := discoverOptions(t, plain, prl(1, 50, 55), requested("192.0.2.12"))
		if o[50] != nil || o[55] != nil {
			t.Errorf("options %v", o)
		}
	})
	t.Run("D4.14.5 message type configured", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "dhcp-message-type", "data": "6", "always-send": true } ]`))
		if !bytes.Equal(o[53], []byte{2}) {
			t.Errorf("option 53 is %v", o[53])
		}
	})
	t.Run("D4.14.8 client identifier configured", func(t *testing.T) {
		conf := subnetWith(`"option-data": [ { "name": "dhcp-client-identifier", "csv-format": false, "data": "0102" } ]`)
		if o := discoverOptions(t, conf, prl(61)); !bytes.Equal(o[61], []byte{1, 2}) {
			t.Errorf("option 61 is %v", o[61])
		}
		if o := discoverOptions(t, conf, prl(61), clientID(9, 9, 9)); !bytes.Equal(o[61], []byte{9, 9, 9}) {
			t.Errorf("option 61 is %v", o[61])
		}
	})
	t.Run("D4.14.9 FD.6.4 option 81 is answered", func(t *testing.T) {
		o := discoverOptions(t, plain, opt(81, 4, 0, 0, 1, 'A', 3, 'o', 'r', 'g', 0))
		if o[81] == nil || o[81][0]&8 == 0 || !strings.Contains(string(o[81]), "\x01a\x03org\x00") {
			t.Errorf("option 81 is % x", o[81])
		}
	})
	t.Run("D4.14.10 option 82 from the relay only", func(t *testing.T) {
		o := discoverOptions(t, subnetWith(`"option-data": [ { "name": "dhcp-agent-options", "csv-format": false, "data": "010163", "always-send": true } ]`), prl(82))
		if o[82] != nil {
			t.Errorf("option 82 is %v", o[82])
		}
	})
	t.Run("D4.14.11 authenticate and last transaction time", func(t *testing.T) {
		o := discoverOptions(t, plain, opt(90, 1, 2, 3), prl(90, 91))
		if o[90] != nil || o[91] != nil {
			t.Errorf("options %v", o)
		}
	})
}

func TestPools(t *testing.T) {
	t.Run("D4.11.1 D4.11.3 range and prefix, mixed", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.4/31" }, { "pool": " 192.0.2.10 -  192.0.2.10 " } ] } ]`)
		for i, want := range []string{"192.0.2.4", "192.0.2.5", "192.0.2.10"} {
			expect(t, ts.lease(byte(i+1)), ackMsg, want)
		}
	})
	t.Run("D4.11.2 D4.47.1 pool-id groups statistics", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [
			{ "pool": "192.0.2.10-192.0.2.10", "pool-id": 7 }, { "pool": "192.0.2.20-192.0.2.22", "pool-id": 7 }, { "pool": "192.0.2.30-192.0.2.33" }, { "pool": "192.0.2.40/32" } ] } ]`)
		ts.lease(1)
		ts.lease(2)
		for name, want := range map[string]int64{
			"subnet[1].total-addresses": 9, "subnet[1].pool[7].total-addresses": 4, "subnet[1].pool[0].total-addresses": 5,
			"subnet[1].pool[7].assigned-addresses": 2, "subnet[1].pool[7].cumulative-assigned-addresses": 2, "subnet[1].pool[0].assigned-addresses": 0,
		} {
			if got := ts.stat(name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
		if l := ts.stored("192.0.2.10"); l.PoolID != 7 {
			t.Errorf("pool id of the lease is %d", l.PoolID)
		}
	})
	t.Run("D4.11.4 a subnet without pools serves reservations", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "reservations": [ `+reserve+` ] } ]`)
		expect(t, ts.lease(1), ackMsg, "192.0.2.15")
		expectSilence(t, ts.one(from{}, query(discoverMsg, 2)))
		if a, b := ts.stat("v4-allocation-fail-no-pools"), ts.stat("v4-allocation-fail"); a != 1 || b != 0 {
			t.Errorf("fail-no-pools %d, fail %d", a, b)
		}
	})
	t.Run("D4.11.8 D4.52.5 exclude-first-last-24", func(t *testing.T) {
		ts := newTestServer(t, `"compatibility": { "exclude-first-last-24": true }, "subnet4": [ { "id": 1, "subnet": "10.0.0.0/16", "relay": { "ip-addresses": [ "203.0.113.1" ] },
			"pools": [ { "pool": "10.0.0.254-10.0.1.1" } ], "reservations": [ { "hw-address": "02:00:00:00:00:09", "ip-address": "10.0.9.0" } ] } ]`)
		via := from{src: ip("203.0.113.1"), dst: ip("192.0.2.1")}
		relay := giaddr("203.0.113.1")
		expect(t, ts.one(via, query(discoverMsg, 1, relay)), offerMsg, "10.0.0.254")
		expect(t, ts.one(via, query(discoverMsg, 2, relay)), offerMsg, "10.0.1.1")
		expect(t, ts.one(via, query(discoverMsg, 3, relay, requested("10.0.1.0"))), offerMsg, "10.0.1.0")
		expect(t, ts.one(via, query(discoverMsg, 9, relay)), offerMsg, "10.0.9.0")
	})
}
