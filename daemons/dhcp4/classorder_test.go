package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// bootFile is a class member's boot-file-name, by which tests tell who set it.
func bootFile(t *testing.T, r *sentReply) string {
	t.Helper()
	if r == nil {
		t.Fatal("no answer")
	}
	return r.BootFileName
}

func TestClassesSelectSubnets(t *testing.T) {
	conf := classes(`{ "name": "gold", "test": "option[60].hex == 'gold'" }, { "name": "tin", "test": "option[60].hex == 'tin'" }`) + `"subnet4": [
		{ "id": 1, "subnet": "192.0.2.0/25", "interface": "eth0", "client-class": "gold", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
		{ "id": 2, "subnet": "192.0.2.128/25", "interface": "eth0", "client-classes": [ "copper", "tin" ], "pools": [ { "pool": "192.0.2.140-192.0.2.149" } ] },
		{ "id": 3, "subnet": "198.51.100.0/24", "interface": "eth0", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ]`
	ts := newTestServer(t, conf)
	// CL.8.7 CL.10.1 CL.10.10: the first one without class or with one of the query's.
	expect(t, ts.lease(1, vendor("gold")...), ackMsg, "192.0.2.10")
	expect(t, ts.lease(2, vendor("tin")...), ackMsg, "192.0.2.140")
	expect(t, ts.lease(3), ackMsg, "198.51.100.10")
}

func TestKnownAndUnknown(t *testing.T) {
	t.Run("CL.8.6 CL.8.16 the early lookup", func(t *testing.T) {
		ts := newTestServer(t, `"early-global-reservations-lookup": true, "reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "reserved" ] } ], `+
			classes(`{ "name": "reserved" }, { "name": "early", "test": "option[60].exists" }, { "name": "late", "test": "known" }`)+`"subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/25", "interface": "eth0", "client-class": "KNOWN", "reservations-global": true, "reservations-in-subnet": false, "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
			{ "id": 2, "subnet": "192.0.2.128/25", "interface": "eth0", "pools": [ { "pool": "192.0.2.140-192.0.2.149" } ] } ]`)
		ts.debug()
		expect(t, ts.lease(1, opt(60, 'v')), ackMsg, "192.0.2.10")
		if want := "following classes: ALL, reserved, KNOWN, early, late\n"; !strings.Contains(ts.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, ts.log.String())
		}
		expect(t, ts.lease(2, opt(60, 'v')), ackMsg, "192.0.2.140")
	})
	t.Run("CL.9.10 CL.9.2 KNOWN and UNKNOWN carry parameters", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "KNOWN", "valid-lifetime": 500, "boot-file-name": "known" }, { "name": "UNKNOWN", "boot-file-name": "unknown", `+ntpOption("9")+` }`)+
			subnetWith(`"valid-lifetime": 4000, "reservations": [ { "hw-address": "02:00:00:00:00:01" } ]`))
		if r := ts.lease(1, prl(42)); bootFile(t, r) != "known" || r.IPAddressLeaseTime(0).Seconds() != 500 || ntp(t, r) != 0 {
			t.Errorf("known: %v", r)
		}
		if r := ts.lease(2, prl(42)); bootFile(t, r) != "unknown" || r.IPAddressLeaseTime(0).Seconds() != 4000 || ntp(t, r) != 9 {
			t.Errorf("unknown: %v", r)
		}
	})
	t.Run("CL.10.14 a reserved class steers inside a shared network", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "special" }`)+`"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "special" ] } ],
			"shared-networks": [ { "name": "n", "reservations-global": true, "reservations-in-subnet": false, "subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19", "client-class": "UNKNOWN" } ] },
			{ "id": 2, "subnet": "198.51.100.0/24", "client-class": "special", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ] } ]`)
		expect(t, ts.lease(1), ackMsg, "198.51.100.10")
		expect(t, ts.lease(2), ackMsg, "192.0.2.10")
	})
}

func TestOptionScopeOrder(t *testing.T) {
	t.Run("CL.7.5 CL.11.1 the closest scope gives an option", func(t *testing.T) {
		strongest := []string{"host", "pool", "subnet", "network", "class", "global"}
		for i := range strongest {
			lists := map[string]string{}
			for _, scope := range strongest[i:] {
				lists[scope] = `{ "name": "root-path", "data": "` + scope + `" }`
			}
			if o := discoverOptions(t, scopes(lists), opt(60, 'x'), prl(17)); string(o[17]) != strongest[i] {
				t.Errorf("with %v it is %q", strongest[i:], o[17])
			}
		}
	})
	t.Run("CL.11.3 flags hold wherever they are set", func(t *testing.T) {
		conf := func(class, global string) string {
			return `"option-data": [ { "name": "root-path", "data": "g"` + global + ` } ], ` + classes(`{ "name": "ALL", "option-data": [ { "name": "root-path", "data": "c"`+class+` } ] }`) + subnetWith("")
		}
		for _, row := range []struct {
			class, global, want string
			asked               bool
		}{
			{"", "", "", false}, {"", "", "c", true},
			{"", `, "always-send": true`, "c", false}, {`, "always-send": true`, "", "c", false},
			{"", `, "never-send": true`, "", true}, {`, "never-send": true`, `, "always-send": true`, "", true},
		} {
			ask := []dhcpv4.Modifier{prl(1)}
			if row.asked {
				ask = []dhcpv4.Modifier{prl(17)}
			}
			if o := discoverOptions(t, conf(row.class, row.global), ask...); string(o[17]) != row.want {
				t.Errorf("%+v: %q", row, o[17])
			}
		}
	})
	t.Run("CL.9.1 ALL comes first among classes", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "first", "test": "member('ALL')", `+ntpOption("1")+` }, { "name": "ALL", `+ntpOption("2")+` }`)+subnetWith(""))
		if got := ntp(t, ts.lease(1, prl(42))); got != 2 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
	t.Run("CL.8.19 an additional class without the flag", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "free", "test": "option[60].exists", `+ntpOption("1")+` }`)+subnetWith(`"require-client-classes": [ "free" ]`))
		ts.debug()
		if got := ntp(t, ts.lease(1, vendor("v")...)); got != 1 {
			t.Errorf("option 42 ends in %d", got)
		}
		// CL.6.16
		if !strings.Contains(ts.log.String(), "DHCP4_ADDITIONAL_CLASS_EVAL_RESULT") {
			t.Errorf("log:\n%s", ts.log.String())
		}
	})
	t.Run("CL.6.16 CL.8.18 an additional class without expression", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "plain", `+ntpOption("1")+` }`)+subnetWith(`"evaluate-additional-classes": [ "plain" ]`))
		ts.debug()
		if got := ntp(t, ts.lease(1, prl(42))); got != 1 {
			t.Errorf("option 42 ends in %d", got)
		}
		if want := "DHCP4_ADDITIONAL_CLASS_NO_TEST additional class plain has no test expression"; !strings.Contains(ts.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, ts.log.String())
		}
	})
	t.Run("CL.10.9 an option for members alone", func(t *testing.T) {
		ts := newTestServer(t, classes(goldClass)+subnetWith(`"option-data": [ { "name": "ntp-servers", "data": "192.0.2.7", "client-classes": [ "gold", "silver" ] } ]`))
		if got := ntp(t, ts.lease(1, vendor("gold")...)); got != 7 {
			t.Errorf("a member gets %d", got)
		}
		if got := ntp(t, ts.lease(2, vendor("tin")...)); got != 0 {
			t.Errorf("others get %d", got)
		}
	})
}

func TestTemplateTiming(t *testing.T) {
	t.Run("CL.9.14 ifelse with an empty branch", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "t", "template-test": "ifelse(option[77].exists, option[60].hex, '')", `+ntpOption("1")+` }`)+subnetWith(""))
		if got := ntp(t, ts.lease(1, vendor("v")...)); got != 0 {
			t.Errorf("option 42 ends in %d", got)
		}
		if got := ntp(t, ts.lease(2, append(vendor("v"), opt(77, 'u'))...)); got != 1 {
			t.Errorf("option 42 ends in %d", got)
		}
	})
	t.Run("CL.9.13 options and lifetimes of the template", func(t *testing.T) {
		ts := newTestServer(t, classes(`{ "name": "t", "template-test": "option[60].hex", "valid-lifetime": 700, "boot-file-name": "f", `+ntpOption("1")+` }`)+subnetWith(""))
		for n, id := range map[byte]string{1: "a", 2: "b"} {
			if r := ts.lease(n, vendor(id)...); ntp(t, r) != 1 || bootFile(t, r) != "f" || r.IPAddressLeaseTime(0).Seconds() != 700 {
				t.Errorf("%s: %v", id, r)
			}
		}
	})
	t.Run("CL.9.15 after the reservation lookup, or from an additional list", func(t *testing.T) {
		list := `{ "name": "SPAWN_late_known" }, { "name": "late", "template-test": "ifelse(known, 'known', '')", "boot-file-name": "late" },
			{ "name": "listed", "template-test": "option[60].hex", "only-if-required": true, ` + ntpOption("1") + ` }`
		ts := newTestServer(t, classes(list)+subnetWith(`"require-client-classes": [ "listed" ], "reservations": [ { "hw-address": "02:00:00:00:00:01" } ]`))
		ts.debug()
		if r := ts.lease(1, vendor("v")...); bootFile(t, r) != "late" || ntp(t, r) != 1 {
			t.Errorf("%v", r)
		}
		if want := "following classes: ALL, KNOWN, SPAWN_late_known, late\n"; !strings.Contains(ts.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, ts.log.String())
		}
		if r := ts.lease(2, vendor("v")...); bootFile(t, r) != "" {
			t.Errorf("%v", r)
		}
	})
}

// option43 has two vendors, whose option 43 means different things (ARM 8.2.12).
const option43 = `"option-def": [ { "name": "tftp", "space": "apc", "code": 1, "type": "string" }, { "name": "cookie", "space": "apc", "code": 2, "type": "string" },
	{ "name": "power", "space": "other", "code": 1, "type": "uint8" } ], ` +
	`"client-classes": [
	{ "name": "APC", "test": "option[60].text == 'APC'", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "empty", "encapsulate": "apc" } ],
	  "option-data": [ { "name": "tftp", "space": "apc", "data": "192.0.2.7" }, { "name": "vendor-encapsulated-options" } ] },
	{ "name": "raw", "test": "option[60].text == 'raw'", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "uint16" } ],
	  "option-data": [ { "name": "vendor-encapsulated-options", "data": "258" } ] },
	{ "name": "cookies", "test": "option[43].option[2].text == 'c'", "only-if-required": true, "boot-file-name": "cookies" } ], `

func TestOption43OfClasses(t *testing.T) {
	ts := newTestServer(t, option43+subnetWith(`"require-client-classes": [ "cookies" ]`))
	t.Run("CL.11.7 CL.13.9 sent by the definition of the class", func(t *testing.T) {
		if r := ts.lease(1, opt(60, 'A', 'P', 'C'), prl(43)); string(r.Options[43]) != "\x01\x09192.0.2.7" {
			t.Errorf("APC: %q", r.Options[43])
		}
		if r := ts.lease(2, opt(60, 'r', 'a', 'w'), prl(43)); string(r.Options[43]) != "\x01\x02" {
			t.Errorf("raw: %q", r.Options[43])
		}
		if r := ts.lease(3, prl(43)); r.Options[43] != nil {
			t.Errorf("others: %q", r.Options[43])
		}
	})
	t.Run("CL.8.4 CL.11.8 CL.13.9 read by the definition of the class", func(t *testing.T) {
		sent := opt(43, 2, 1, 'c')
		if r := ts.lease(4, opt(60, 'A', 'P', 'C'), sent); bootFile(t, r) != "cookies" {
			t.Errorf("APC: %v", r)
		}
		if r := ts.lease(5, opt(60, 'r', 'a', 'w'), sent); bootFile(t, r) != "" {
			t.Errorf("raw, which has no sub-options: %v", r)
		}
		// The definition of last resort has sub-options, but no texts: 99 is c.
		if r := ts.lease(6, sent); bootFile(t, r) != "" {
			t.Errorf("others: %v", r)
		}
	})
}
