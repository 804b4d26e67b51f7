package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/logging"
)

func TestTuplesOfQueries(t *testing.T) {
	const strict = `"option-def": [ { "name": "words", "code": 222, "type": "tuple", "array": true }, { "name": "private", "code": 224, "type": "tuple" } ], `
	const lenient = `"compatibility": { "lenient-option-parsing": true }, ` + strict
	for _, c := range []struct {
		name   string
		option dhcpv4.Modifier
		cut    string // what expressions see with lenient option parsing
	}{
		{"vendor class", opt(124, 0, 0, 0, 9, 9, 'a', 'b'), "vendor-class[9].data[0] == 'ab'"},
		{"vendor class as text", opt(124, 0, 0, 0, 9, 9, 'a'), "option[124].text == 'type=124, len=6,  enterprise id=0x9, data-len0=1, vendor-class-data0=' + 0x27 + 'a' + 0x27"},
		{"standard option", opt(143, 1, 'x', 9, 'a'), `option[143].text == 'type=143, len=004: "x" (tuple) "a" (tuple)'`},
		{"own option", opt(222, 1, 'x', 9, 'a', 'b'), `option[222].text == 'type=222, len=005: "x" (tuple) "ab" (tuple)'`},
	} {
		t.Run("D4.52.2 "+c.name, func(t *testing.T) {
			ts := newTestServer(t, strict+plain)
			expectSilence(t, ts.one(from{}, query(discoverMsg, 1, c.option)))
			if n := ts.stat("pkt4-parse-failed"); n != 1 {
				t.Errorf("pkt4-parse-failed is %d", n)
			}
			if got := outcome(t, lenient+`"client-classes": [ CLASS ], `, c.cut, c.option); got != "holds" {
				t.Errorf("%s does not hold", c.cut)
			}
		})
	}
	t.Run("whole tuples pass", func(t *testing.T) {
		ts := newTestServer(t, strict+plain)
		expect(t, ts.one(from{}, query(discoverMsg, 1, opt(124, 0, 0, 0, 9, 1, 'a', 0, 0, 0, 10, 1, 'b'), opt(143, 1, 'x', 0), opt(222, 0))), offerMsg, "")
	})
	t.Run("D4.18.3 a private option that is not as defined is left alone", func(t *testing.T) {
		ts := newTestServer(t, strict+plain)
		ts.debug()
		expect(t, ts.one(from{}, query(discoverMsg, 1, opt(224, 9, 'a'), opt(225, 7))), offerMsg, "")
		if log := ts.log.String(); strings.Count(log, "DHCP4_DEFERRED_OPTION_UNPACK_FAIL") != 1 || !strings.Contains(log, "An error unpacking the deferred option 224: ") {
			t.Errorf("log is\n%s", log)
		}
	})
}

func TestStandardsOfQueries(t *testing.T) {
	t.Run("D4.50.2 BOOTP and leasequeries get no answer", func(t *testing.T) {
		bootp := query(discoverMsg, 1)
		bootp.Options.Del(dhcpv4.OptionDHCPMessageType)
		for _, m := range []*dhcpv4.DHCPv4{bootp, query(10, 1, ciaddr("192.0.2.10")), query(14, 1), query(18, 1)} {
			ts := newTestServer(t, plain)
			expectSilence(t, ts.one(from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 67}, m))
			if n := ts.stat("pkt4-receive-drop"); n != 1 {
				t.Errorf("message %d: pkt4-receive-drop is %d", m.MessageType(), n)
			}
		}
	})
	t.Run("D4.50.4 relay agent information", func(t *testing.T) {
		rai := []byte{4, 4, 0, 0, 0, 7, 6, 3, 's', 'u', 'b', 10, 1, 0x80, 12, 2, 'i', 'd'}
		for _, test := range []string{"relay4[4].hex == 0x00000007", "relay4[6].hex == 'sub'", "relay4[6].text == 'sub'", "relay4[10].hex == 0x80", "relay4[12].hex == 'id'",
			"relay4[4].text == 'type=004, len=004: 7 (uint32)'"} {
			if outcome(t, `"client-classes": [ CLASS ], `, test, opt(82, rai...)) != "holds" {
				t.Errorf("%s does not hold", test)
			}
		}
		o := discoverOptions(t, plain, opt(82, rai...), opt(118, 192, 0, 2, 0))
		if string(o[82]) != string(rai) { // RFC 3046
			t.Errorf("option 82 comes back as % x", o[82])
		}
		if string(o[118]) != "\xc0\x00\x02\x00" { // RFC 3011
			t.Errorf("option 118 comes back as % x", o[118])
		}
		// RFC 3527, 5107 and 8357.
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
			{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ]`)
		relay := from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 1067}
		r := expect(t, ts.one(relay, query(requestMsg, 1, giaddr("192.0.2.200"), requested("198.51.100.10"), serverID("203.0.113.5"),
			opt(82, 5, 4, 198, 51, 100, 0, 11, 4, 203, 0, 113, 5, 19, 2, 4, 43))), ackMsg, "198.51.100.10")
		if r.dst != ip("192.0.2.200") || r.dstPort != 1067 {
			t.Errorf("the answer goes to %v port %d", ip4(r.dst), r.dstPort)
		}
	})
	t.Run("D4.58.13 DROP is a debug message", func(t *testing.T) {
		for _, m := range []*logging.Message{msgDropClass, msgDropClassHost} {
			if m.Severity != logging.Debug || m.Level != 15 {
				t.Errorf("%s is at %v %d", m.ID, m.Severity, m.Level)
			}
		}
		ts := newTestServer(t, classes(`{ "name": "DROP", "test": "option[60].exists" }`)+plain)
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1, opt(60, 'x'))))
		if log := ts.log.String(); strings.Contains(log, "DHCP4_PACKET_DROP_0010") {
			t.Errorf("logged without debugging: %s", log)
		}
		ts.debug()
		expectSilence(t, ts.one(from{}, query(discoverMsg, 2, opt(60, 'x'))))
		if log := ts.log.String(); !strings.Contains(log, "DEBUG") || !strings.Contains(log, "DHCP4_PACKET_DROP_0010") {
			t.Errorf("log is %s", log)
		}
	})
}
