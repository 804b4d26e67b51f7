package dhcp6

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"nestor/lib/pkt6"
)

// content is an option of an answer in hexadecimal; "-" when it is absent, instances
// apart by commas.
func (a *answer) content(code uint16) string {
	var out []string
	for c := range a.Instances(code) {
		out = append(out, hex.EncodeToString(c))
	}
	if out == nil {
		return "-"
	}
	return strings.Join(out, ",")
}

func TestOptions(t *testing.T) {
	dns := func(n string) string { return `"option-data": [ { "name": "preference", "data": "` + n + `" } ]` }
	conf := dns("1") + `, "client-classes": [ { "name": "c", "test": "option[16].exists", ` + dns("2") + ` } ],
		"shared-networks": [ { "name": "n", "interface": "eth0", ` + dns("3") + `, "subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64" %s,
		"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" %p } ], "reservations": [ { ` + duid1 + ` %r } ] } ] } ]`
	fill := func(subnet, pool, host string) string {
		with := func(n string) string {
			if n == "" {
				return ""
			}
			return ", " + dns(n)
		}
		return strings.NewReplacer("%s", with(subnet), "%p", with(pool), "%r", with(host)).Replace(conf)
	}
	class := opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x')
	for _, c := range []struct{ what, conf, want string }{
		{"reservation", fill("4", "5", "6"), "06"}, {"pool", fill("4", "5", ""), "05"},
		{"subnet", fill("4", "", ""), "04"}, {"shared network", fill("", "", ""), "03"},
	} {
		t.Run("D6.11.16 "+c.what, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), class, oro(7))).content(7); got != c.want {
				t.Errorf("option 7 is %s, want %s", got, c.want)
			}
		})
	}
	t.Run("D6.11.16 D6.21.13 class before global", func(t *testing.T) {
		ts := newTestServer(t, dns("1")+`, "client-classes": [ { "name": "c", "test": "option[16].exists", `+dns("2")+` } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), class, oro(7))).content(7); got != "02" {
			t.Errorf("option 7 is %s", got)
		}
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7))).content(7); got != "01" {
			t.Errorf("option 7 is %s for others", got)
		}
		if a := ts.one(query(pkt6.MsgInformationRequest, 1, oro(7))); a.content(7) != "01" {
			t.Errorf("D6.35.1 INFORMATION-REQUEST: option 7 is %s", a.content(7))
		}
	})
	t.Run("D6.11.12 FD.8.2 only what is asked for", func(t *testing.T) {
		ts := newTestServer(t, dns("1")+`, `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1))).content(7); got != "-" {
			t.Errorf("option 7 is %s", got)
		}
	})
	t.Run("D6.11.13 D6.11.14 flags", func(t *testing.T) {
		flags := func(name string) string {
			return `"option-data": [ { "name": "preference", "data": "9", "` + name + `": true } ]`
		}
		ts := newTestServer(t, flags("always-send")+`, `+subnetWith(dns("4")+`, "pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1))).content(7); got != "04" {
			t.Errorf("always-send of the global scope: option 7 is %s", got)
		}
		ts = newTestServer(t, flags("never-send")+`, `+subnetWith(flags("always-send")+`, "pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7))).content(7); got != "-" {
			t.Errorf("never-send of the global scope: option 7 is %s", got)
		}
	})
	t.Run("D6.11.17 CL.11.4 options of several pools", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128", `+dns("1")+` } ],
			"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 56, "delegated-len": 64, "option-data": [ { "name": "preference", "data": "2" }, { "name": "information-refresh-time", "data": "5" } ] } ]`))
		a := ts.one(query(pkt6.MsgSolicit, 1, na(1), pd(1), oro(7, 32)))
		if a.content(7) != "01" || a.content(32) != "00000005" {
			t.Errorf("options 7 and 32 are %s and %s", a.content(7), a.content(32))
		}
	})
	t.Run("codes above 255", func(t *testing.T) {
		ts := newTestServer(t, `"option-def": [ { "name": "far", "code": 60000, "type": "uint8" } ], "option-data": [ { "name": "far", "data": "7" } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(300, 60000, 60001))).content(60000); got != "07" {
			t.Errorf("option 60000 is %s", got)
		}
	})
	t.Run("D6.12.7 softwire containers", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "s46-cont-mape" }, { "space": "s46-cont-mape-options", "name": "s46-br", "data": "2001:db8:cafe::1" } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(94))).content(94); got != "005a001020010db8cafe00000000000000000001" {
			t.Errorf("option 94 is %s", got)
		}
	})
	t.Run("D6.13.6 DNR", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "v6-dnr", "data": "100, dot1.example.org., 2001:db8::1 2001:db8::2, alpn=dot port=8530" } ], `+plain)
		want := "0064001204646f7431076578616d706c65036f726700002020010db800000000000000000000000120010db800000000000000000000000200010004" + "03646f74000300022152"
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(144))).content(144); got != want {
			t.Errorf("option 144 is\n%s\nwant\n%s", got, want)
		}
	})
}

func TestVendorOptions(t *testing.T) {
	tftp := `{ "space": "vendor-4491", "name": "tftp-servers", "data": "2001:db8::32" }`
	request := opt(pkt6.OptVendorOpts, 0, 0, 0x11, 0x8b, 0, 1, 0, 2, 0, 32)
	named := opt(pkt6.OptVendorClass, 0, 0, 0x11, 0x8b, 0, 1, 'x')
	const content = "0000118b0020001020010db8000000000000000000000032"
	t.Run("D6.15.4 the vendor's request list", func(t *testing.T) {
		ts := newTestServer(t, `"option-def": [ { "space": "vendor-4491", "name": "tftp", "code": 32, "type": "ipv6-address" } ], "option-data": [ `+
			strings.Replace(tftp, "tftp-servers", "tftp", 1)+` ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), request)).content(17); got != content {
			t.Errorf("option 17 is %s", got)
		}
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), named)).content(17); got != "-" {
			t.Errorf("not asked for: option 17 is %s", got)
		}
	})
	always := `"option-def": [ { "space": "vendor-%", "name": "a", "code": 3, "type": "uint8" } ], "option-data": [ { "space": "vendor-%", "name": "a", "data": "5", "always-send": true } ], `
	t.Run("D6.15.6 always sent", func(t *testing.T) {
		ts := newTestServer(t, strings.ReplaceAll(always, "%", "1234")+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1))).content(17); got != "000004d20003000105" {
			t.Errorf("option 17 is %s", got)
		}
	})
	t.Run("D6.15.3 D6.15.5 several enterprise numbers", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "vendor-opts", "data": "1234" }, { "name": "vendor-opts", "data": "5678" } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(17))).content(17); got != "000004d2,0000162e" {
			t.Errorf("option 17 is %s", got)
		}
	})
}

func TestRelaySupplied(t *testing.T) {
	ts := newTestServer(t, `"relay-supplied-options": [ "110" ], "option-data": [ { "name": "erp-local-domain-name", "data": "own.example", "always-send": true } ], `+plain)
	rsoo := func(options ...[]byte) []byte { return opt(pkt6.OptRSOO, slices.Concat(options...)...) }
	solicit := query(pkt6.MsgSolicit, 1, na(1))
	a := ts.one(relay("2001:db8:1::1", solicit, rsoo(opt(65, 1, 'x', 0), opt(110, 1), opt(111, 1))))
	if a.content(110) != "01" || a.content(111) != "-" || a.content(65) != "036f776e076578616d706c6500" {
		t.Errorf("D6.19.2 options 110 %s, 111 %s, 65 %s", a.content(110), a.content(111), a.content(65))
	}
	ts.configure(plain)
	if got := ts.one(relay("2001:db8:1::1", solicit, rsoo(opt(65, 1, 'x', 0)))).content(65); got != "017800" {
		t.Errorf("D6.19.2 option 65 is %s", got)
	}
}

func TestNames(t *testing.T) {
	pool := `"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ]`
	wire := func(name string, full bool) []byte {
		var b []byte
		for _, l := range strings.Split(name, ".") {
			if l != "" {
				b = append(append(b, byte(len(l))), l...)
			}
		}
		if full {
			b = append(b, 0)
		}
		return b
	}
	fqdn := func(flags byte, name string, full bool) []byte {
		return opt(pkt6.OptFQDN, append([]byte{flags}, wire(name, full)...)...)
	}
	enabled := `"dhcp-ddns": { "enable-updates": true }, `
	for _, c := range []struct {
		what, global, subnet string
		option               []byte
		answer, stored       string
	}{
		{"D6.22.14 D6.22.3 updates are off", "", "", fqdn(1, "Host.Example.org", true), "06" + hex.EncodeToString(wire("host.example.org", true)), "host.example.org."},
		{"D6.22.13 N-S 0-0", enabled, "", fqdn(0, "a.example", true), "00" + hex.EncodeToString(wire("a.example", true)), "a.example."},
		{"D6.22.13 N-S 0-1", enabled, "", fqdn(1, "a.example", true), "01" + hex.EncodeToString(wire("a.example", true)), "a.example."},
		{"D6.22.13 N-S 1-0", enabled, "", fqdn(4, "a.example", true), "04" + hex.EncodeToString(wire("a.example", true)), "a.example."},
		{"D6.22.5 override-no-update", enabled + `"ddns-override-no-update": true, `, "", fqdn(4, "a.example", true), "03" + hex.EncodeToString(wire("a.example", true)), "a.example."},
		{"D6.22.5 override-client-update", enabled + `"ddns-override-client-update": true, `, "", fqdn(0, "a.example", true), "03" + hex.EncodeToString(wire("a.example", true)), "a.example."},
		{"D6.22.19 a partial name", enabled, `"ddns-qualifying-suffix": "example.com", `, fqdn(1, "a", false), "01" + hex.EncodeToString(wire("a.example.com", true)), "a.example.com."},
		{"D6.22.19 an empty name", enabled, `"ddns-qualifying-suffix": "example.com", `, fqdn(1, "", false), "01" + hex.EncodeToString(wire("myhost-2001-db8-1--10.example.com", true)), "myhost-2001-db8-1--10.example.com."},
		{"D6.22.6 replaced", enabled, `"ddns-replace-client-name": "always", "ddns-generated-prefix": "p", "ddns-qualifying-suffix": "x", `, fqdn(1, "a", true), "01" + hex.EncodeToString(wire("p-2001-db8-1--10.x", true)), "p-2001-db8-1--10.x."},
		{"D6.22.12 characters that are not wanted", enabled, `"hostname-char-set": "[^a-z]", "hostname-char-replacement": "x", `, fqdn(1, "a_b", true), "01" + hex.EncodeToString(wire("axb", true)), "axb."},
		{"D6.22.20 D6.31.14 reserved", enabled, `"ddns-qualifying-suffix": "example.com", "reservations": [ { ` + duid1 + `, "hostname": "Res" } ], `, fqdn(1, "a", true), "01" + hex.EncodeToString(wire("res.example.com", true)), "res.example.com."},
		{"none", enabled, "", nil, "-", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			ts := newTestServer(t, c.global+subnetWith(c.subnet+pool))
			options := [][]byte{na(1)}
			if c.option != nil {
				options = append(options, c.option)
			}
			a := ts.one(query(pkt6.MsgRequest, 1, options...))
			if got := a.content(pkt6.OptFQDN); got != c.answer {
				t.Errorf("option 39 is %s, want %s", got, c.answer)
			}
			if l := ts.stored("2001:db8:1::10"); l == nil || string(l.Hostname) != c.stored {
				t.Errorf("lease %+v has not the name %q", l, c.stored)
			}
		})
	}
}

func TestMACSources(t *testing.T) {
	cable := func(code byte, hi byte, mac byte) []byte {
		return opt(pkt6.OptVendorOpts, 0, 0, 0x11, 0x8b, hi, code, 0, 6, 2, 0, 0, 0, 0, mac)
	}
	en := append([]byte{pkt6.MsgRequest, 1, 2, 3}, opt(pkt6.OptClientID, 0, 2, 0, 0, 0, 9, 7, 7)...)
	en = slices.Concat(en, opt(pkt6.OptServerID, serverDUID...), na(1))
	link := "2001:db8:1::1"
	for _, c := range []struct {
		what, sources string
		raw           []byte
		src           string
		want          string
		source        uint32
	}{
		{"D6.20.3", `"duid"`, query(pkt6.MsgRequest, 1, na(1)), "", "020000000001", 2},
		{"D6.20.3 none in DUID-EN", `"duid"`, en, "", "", 0},
		{"D6.20.4 EUI-64", `"ipv6-link-local"`, en, "fe80::1234:56ff:fe78:9abc", "103456789abc", 4},
		{"D6.20.4 not universal", `"ipv6-link-local"`, en, "fe80::1034:56ff:fe78:9abc", "", 0},
		{"D6.20.4 of a group", `"ipv6-link-local"`, en, "fe80::1334:56ff:fe78:9abc", "", 0},
		{"D6.20.4 behind a relay", `"ipv6-link-local"`, relayFrom(link, "fe80::1a34:56ff:fe78:9abd", en), "", "183456789abd", 4},
		{"D6.20.5", `"rfc6939"`, relay(link, en, opt(pkt6.OptClientLinkLayer, 0, 1, 2, 0, 0, 0, 0, 9)), "", "020000000009", 8},
		{"D6.20.5 direct", `"client-link-addr-option"`, slices.Concat(en, opt(pkt6.OptClientLinkLayer, 0, 1, 2, 0, 0, 0, 0, 9)), "", "", 0},
		{"D6.20.6", `"rfc4649"`, relay(link, en, opt(pkt6.OptRemoteID, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8)), "", "020000000008", 16},
		{"D6.20.6 subscriber-id", `"subscriber-id"`, relay(link, en, opt(pkt6.OptSubscriberID, 2, 0, 0, 0, 0, 8)), "", "", 0},
		{"D6.20.7 CMTS", `"docsis-cmts"`, relay(link, en, cable(2, 4, 7)), "", "020000000007", 64},
		{"D6.20.7 modem", `"docsis-modem"`, slices.Concat(en, cable(36, 0, 6)), "", "020000000006", 128},
		{"D6.20.2 any", `"any"`, relay(link, en, opt(pkt6.OptRemoteID, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8), opt(pkt6.OptClientLinkLayer, 0, 1, 2, 0, 0, 0, 0, 9)), "", "020000000009", 8},
		{"D6.20.1 in order", `"remote-id", "rfc6939"`, relay(link, en, opt(pkt6.OptRemoteID, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8), opt(pkt6.OptClientLinkLayer, 0, 1, 2, 0, 0, 0, 0, 9)), "", "020000000008", 16},
		{"D6.20.2 raw", `"raw"`, en, "", "", 0},
	} {
		t.Run(c.what, func(t *testing.T) {
			ts := newTestServer(t, `"mac-sources": [ `+c.sources+` ], `+plain)
			if ts.from(from{src: c.src}, c.raw) == nil {
				t.Fatal("no answer")
			}
			l := ts.stored("2001:db8:1::10")
			if l == nil || hex.EncodeToString(l.HWAddr) != c.want || l.HWSource != c.source {
				t.Errorf("lease %+v, want hardware address %s of source %d", l, c.want, c.source)
			}
		})
	}
}

func TestClasses(t *testing.T) {
	set := func(n string) string { return `"option-data": [ { "name": "preference", "data": "` + n + `" } ]` }
	vendor := opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 3, 'f', 'o', 'o', 0, 1, 'x')
	got := func(t *testing.T, conf string, options ...[]byte) string {
		t.Helper()
		ts := newTestServer(t, conf)
		a := ts.one(query(pkt6.MsgSolicit, 1, append(options, na(1), oro(7))...))
		if a == nil {
			return "no answer"
		}
		return a.content(7)
	}
	for _, c := range []struct {
		what, conf string
		options    [][]byte
		want       string
	}{
		{"D6.21.3", `"client-classes": [ { "name": "VENDOR_CLASS_foo", ` + set("1") + ` } ], ` + plain, [][]byte{vendor}, "01"},
		{"D6.21.7 DROP at once", `"client-classes": [ { "name": "DROP", "test": "option[16].exists" } ], ` + plain, [][]byte{vendor}, "no answer"},
		{"D6.21.7 DROP after the lookup", `"client-classes": [ { "name": "DROP", "test": "not member('KNOWN')" } ], ` + plain, nil, "no answer"},
		{"D6.21.6 KNOWN", `"client-classes": [ { "name": "k", "test": "member('KNOWN')", ` + set("2") + ` } ], ` + reserving("", `{ `+duid1+` }`), nil, "02"},
		{"D6.21.6 UNKNOWN", `"client-classes": [ { "name": "k", "test": "member('UNKNOWN')", ` + set("2") + ` } ], ` + plain, nil, "02"},
		{"D6.32.1 D6.32.2 reserved", `"client-classes": [ { "name": "r", ` + set("3") + ` } ], ` + reserving("", `{ `+duid1+`, "client-classes": [ "r" ] }`), nil, "03"},
		{"D6.21.11 D6.21.12 additional", `"client-classes": [ { "name": "a", "test": "option[16].exists", "only-if-required": true, ` + set("4") + ` } ], ` +
			subnetWith(`"require-client-classes": [ "a" ], "pools": [ { "pool": "2001:db8:1::10/124" } ]`), [][]byte{vendor}, "04"},
		{"D6.21.12 not asked for", `"client-classes": [ { "name": "a", "test": "option[16].exists", "only-if-required": true, ` + set("4") + ` } ], ` + plain, [][]byte{vendor}, "-"},
		{"D6.21.11 of the pool", `"client-classes": [ { "name": "a", "only-if-required": true, ` + set("4") + ` }, { "name": "b", "only-if-required": true, ` + set("5") + ` } ], ` +
			subnetWith(`"require-client-classes": [ "a" ], "pools": [ { "pool": "2001:db8:1::10/124", "require-client-classes": [ "b" ] } ]`), nil, "05"},
		{"D6.21.14 templates", `"client-classes": [ { "name": "t", "template-test": "substring(option[16].hex, 6, 3)", ` + set("6") + ` }, { "name": "SPAWN_t_foo", ` + set("7") + ` } ], ` + plain, [][]byte{vendor}, "07"},
		{"D6.21.15 relay terms", `"client-classes": [ { "name": "x", "test": "not relay6[0].option[18].exists and pkt6.msgtype == 1 and pkt.iface == 'eth0'", ` + set("8") + ` } ], ` + plain, nil, "08"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := got(t, c.conf, c.options...); got != c.want {
				t.Errorf("option 7 is %s, want %s", got, c.want)
			}
		})
	}
	t.Run("D6.21.16 D6.21.8 D6.32.5 global reservations early", func(t *testing.T) {
		ts := newTestServer(t, `"early-global-reservations-lookup": true, "reservations": [ { `+duid1+`, "client-classes": [ "gold" ] } ], "subnet6": [
			{ "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "client-class": "gold", "pools": [ { "pool": "2001:db8:1::/80" } ] },
			{ "id": 2, "subnet": "2001:db8:2::/64", "interface": "eth0", "pools": [ { "pool": "2001:db8:2::/80" } ] } ]`)
		if got := ts.where(from{}, query(pkt6.MsgSolicit, 1, na(1))); got != "1" {
			t.Errorf("the client with the reservation is in subnet %s", got)
		}
		if got := ts.where(from{}, query(pkt6.MsgSolicit, 2, na(1))); got != "2" {
			t.Errorf("another client is in subnet %s", got)
		}
	})
}

func TestOptionsInside(t *testing.T) {
	defs := `"option-def": [ { "name": "box", "code": 1000, "type": "uint8", "encapsulate": "inner" }, { "space": "inner", "name": "part", "code": 1, "type": "uint16" } ], `
	part := `{ "space": "inner", "name": "part", "data": "5" }`
	t.Run("D6.14.5 D6.14.7 D6.14.9 sub-options go with their container", func(t *testing.T) {
		ts := newTestServer(t, defs+`"option-data": [ { "name": "box", "data": "7" }, `+part+` ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(1000))).content(1000); got != "07000100020005" {
			t.Errorf("option 1000 is %s", got)
		}
		ts.configure(defs + `"option-data": [ ` + part + ` ], ` + plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(1000, 1))).content(1000); got != "-" {
			t.Errorf("without the container: option 1000 is %s", got)
		}
	})
	t.Run("sub-options for members of a class", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "option[16].exists" } ], `+defs+
			`"option-data": [ { "name": "box", "data": "7" }, { "space": "inner", "name": "part", "data": "5", "client-classes": [ "c" ] } ], `+plain)
		class := opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x')
		if with, without := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(1000), class)).content(1000), ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(1000))).content(1000); with != "07000100020005" || without != "07" {
			t.Errorf("option 1000 is %s for members, %s for others", with, without)
		}
	})
	t.Run("D6.15.1 D6.15.7 vendor classes", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "vendor-class", "data": "4491, 0003666f6f" } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(16))).content(16); got != "0000118b0003666f6f" {
			t.Errorf("option 16 is %s", got)
		}
	})
	t.Run("D6.11.15 flags of options that the server manages", func(t *testing.T) {
		ts := newTestServer(t, plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, oro(1, 2, 3, 13, 25, 26))).codes(); !slices.Equal(got, []uint16{1, 2}) {
			t.Errorf("options %v", got)
		}
	})
	t.Run("D6.19.4 what relays add serves classes", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "relay6[-1].option[37].hex == 0x0000000901 and relay6[0].option[53].exists and relay6[0].option[38].hex == 'sub'",
			"option-data": [ { "name": "preference", "data": "9", "always-send": true } ] } ], `+plain)
		inner := relay("2001:db8:1::1", query(pkt6.MsgSolicit, 1, na(1)), opt(pkt6.OptRemoteID, 0, 0, 0, 9, 1))
		a := ts.one(relay("2001:db8:1::2", inner, opt(pkt6.OptRelayID, 1, 2), opt(pkt6.OptSubscriberID, 's', 'u', 'b')))
		if got := a.content(7); got != "09" {
			t.Errorf("option 7 is %s", got)
		}
	})
	t.Run("D6.21.5 what is missing is empty", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "substring(option[60].hex, 5, 2) == '' and relay6[4].option[1].hex == ''",
			"option-data": [ { "name": "preference", "data": "9", "always-send": true } ] } ], `+plain)
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1))).content(7); got != "09" {
			t.Errorf("option 7 is %s", got)
		}
	})
}
