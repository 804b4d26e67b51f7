package dhcp4

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// Containers of the administrator's own spaces.
func TestNestedOptions(t *testing.T) {
	const defs = `"option-def": [ { "name": "container", "code": 222, "type": "uint8", "encapsulate": "a" }, { "name": "bag", "code": 223, "type": "empty", "encapsulate": "a" },
		{ "name": "x", "code": 9, "space": "a", "type": "uint16", "encapsulate": "b" }, { "name": "text", "code": 3, "space": "a", "type": "string" },
		{ "name": "y", "code": 2, "space": "b", "type": "empty", "encapsulate": "c" }, { "name": "z", "code": 1, "space": "c", "type": "string" },
		{ "name": "back", "code": 4, "space": "c", "type": "empty", "encapsulate": "a" } ], `
	const list = `{ "name": "x", "space": "a", "data": "513" }, { "name": "text", "space": "a", "data": "ab" }, { "name": "y", "space": "b" }, { "name": "z", "space": "c", "data": "deep" }`
	for _, c := range []struct {
		name, lists string
		code        byte
		want        string
	}{
		{"D4.20.2 D4.20.1 a container of type empty carries sub-options only", list + `, { "name": "bag" }`, 223, "\x03\x02ab\x09\x0a\x02\x01\x02\x06\x01\x04deep"},
		{"D4.20.3 own fields come before sub-options, at every depth", list + `, { "name": "container", "data": "7" }`, 222, "\x07\x03\x02ab\x09\x0a\x02\x01\x02\x06\x01\x04deep"},
		{"D4.20.3 own fields alone", `{ "name": "container", "data": "7" }`, 222, "\x07"},
		{"sub-options in hexadecimal stay, others join them in order", list + `, { "code": 223, "csv-format": false, "data": "03 01 6b 0a 00" }`, 223, "\x03\x01k\x09\x0a\x02\x01\x02\x06\x01\x04deep\x0a\x00"},
		{"a space inside itself is not filled again", list + `, { "name": "bag" }, { "name": "back", "space": "c" }`, 223, "\x03\x02ab\x09\x0c\x02\x01\x02\x08\x01\x04deep\x04\x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if o := discoverOptions(t, defs+`"option-data": [ `+c.lists+` ], `+plain, prl(c.code)); string(o[c.code]) != c.want {
				t.Errorf("option %d is %q, want %q", c.code, o[c.code], c.want)
			}
		})
	}
	t.Run("a container takes sub-options of its own scope only, as Kea's do", func(t *testing.T) {
		for _, has := range allScopes {
			for _, other := range allScopes {
				lists := map[string]string{other: `{ "name": "text", "space": "a", "data": "outer" }`}
				want := "\x03\x05inner"
				if other == has {
					lists[other] = ""
				}
				lists[has] = `{ "name": "bag" }, { "name": "text", "space": "a", "data": "inner" }`
				if o := discoverOptions(t, defs+scopes(lists), opt(60, 'x'), prl(223)); string(o[223]) != want {
					t.Errorf("container in %s, another sub-option in %s: %q", has, other, o[223])
				}
			}
		}
	})
	t.Run("D4.21.1 D4.21.2 long sub-options go out in pieces", func(t *testing.T) {
		long := strings.Repeat("l", 300)
		o := discoverOptions(t, defs+`"option-data": [ { "name": "bag" }, { "name": "text", "space": "a", "data": "`+long+`" } ], `+plain, prl(223))
		if want := "\x03\xff" + long[:255] + "\x03\x2d" + long[255:]; string(o[223]) != want {
			t.Errorf("option 223 is %q", o[223])
		}
	})
}

// outcome is the domain name that a class gives to clients for which a test holds,
// "" to others.
func outcome(t *testing.T, conf, test string, mods ...dhcpv4.Modifier) string {
	t.Helper()
	class := fmt.Sprintf(`{ "name": "asked", "test": %q, "option-data": [ { "name": "domain-name", "data": "holds" } ] }`, test)
	return string(discoverOptions(t, strings.Replace(conf, "CLASS", class, 1)+plain, mods...)[15])
}

const (
	// late makes a class be evaluated after reservations are looked up.
	late = `member('UNKNOWN') and `
	// twoVendors has a definition of option 43 for each of two vendors, and private
	// options that mean something in one class only.
	twoVendors = `"option-def": [ { "name": "cookie", "code": 1, "space": "APC", "type": "string" }, { "name": "mtftp-ip", "code": 1, "space": "PXE", "type": "ipv4-address" },
			{ "name": "global-pair", "code": 230, "type": "uint8", "array": true } ],
		"client-classes": [
			{ "name": "APC", "test": "option[60].text == 'APC'", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "empty", "encapsulate": "APC" } ],
				"option-data": [ { "name": "cookie", "space": "APC", "data": "1APC" }, { "name": "vendor-encapsulated-options" } ] },
			{ "name": "PXE", "test": "option[60].text == 'PXE'", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "empty", "encapsulate": "PXE" } ],
				"option-data": [ { "name": "mtftp-ip", "space": "PXE", "data": "192.0.2.4" }, { "name": "vendor-encapsulated-options" } ] },
			{ "name": "raw", "test": "option[60].text == 'raw'", "option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "binary" },
				{ "name": "config-file", "code": 230, "type": "string" }, { "name": "more", "code": 231, "type": "uint8", "encapsulate": "APC" } ],
				"option-data": [ { "name": "vendor-encapsulated-options", "data": "0102ff" }, { "name": "config-file", "data": "raw.conf" } ] },
			CLASS ], `
)

func TestPrivateOptions(t *testing.T) {
	apc, pxe, raw, other := opt(60, 'A', 'P', 'C'), opt(60, 'P', 'X', 'E'), opt(60, 'r', 'a', 'w'), opt(60, 'o')
	t.Run("D4.18.4 D4.18.6 the definition of the class for what is sent", func(t *testing.T) {
		conf := strings.Replace(twoVendors, ",\n\t\t\tCLASS", "", 1) + plain
		for _, c := range []struct {
			vendor dhcpv4.Modifier
			want   string
		}{{apc, "\x01\x041APC"}, {pxe, "\x01\x04\xc0\x00\x02\x04"}, {raw, "\x01\x02\xff"}, {other, ""}} {
			if o := discoverOptions(t, conf, c.vendor, prl(43)); string(o[43]) != c.want {
				t.Errorf("option 43 is %q, want %q", o[43], c.want)
			}
		}
		if o := discoverOptions(t, conf, raw, prl(230)); string(o[230]) != "raw.conf" {
			t.Errorf("option 230 is %q", o[230])
		}
	})
	cookie := opt(43, 1, 2, 'a', 'b')
	for _, c := range []struct {
		name, test string
		mods       []dhcpv4.Modifier
		holds      bool
	}{
		{"D4.18.3 sub-options of option 43 are not there on receipt", "option[43].option[1].exists", []dhcpv4.Modifier{apc, cookie}, false},
		{"D4.18.3 option 43 itself is", "option[43].hex == 0x01026162", []dhcpv4.Modifier{apc, cookie}, true},
		{"D4.18.3 nor those of private options", "option[231].option[1].exists", []dhcpv4.Modifier{raw, opt(231, 9, 1, 2, 'a', 'b')}, false},
		{"D4.18.3 they are unpacked after classification", late + "option[43].option[1].hex == 'ab'", []dhcpv4.Modifier{apc, cookie}, true},
		{"D4.18.4 D4.58.9 by the definition of the class", late + "option[43].option[1].text == 'ab'", []dhcpv4.Modifier{apc, cookie}, true},
		{"D4.18.4 another class, another definition", late + "option[43].option[1].text == 'type=001, len=004: 10.0.0.1 (ipv4-address)'", []dhcpv4.Modifier{pxe, opt(43, 1, 4, 10, 0, 0, 1)}, true},
		{"D4.18.4 binary has no sub-options", late + "option[43].option[1].exists", []dhcpv4.Modifier{raw, cookie}, false},
		{"D4.18.4 D4.18.5 without a class the last resort", late + "option[43].option[1].text == 'type=001, len=002: 61:62'", []dhcpv4.Modifier{other, cookie}, true},
		{"D4.18.4 D4.58.9 of a private option the class's definition", late + "option[230].text == 'xyz'", []dhcpv4.Modifier{raw, opt(230, 'x', 'y', 'z')}, true},
		{"D4.18.4 of a private option the global definition", late + "option[230].text == 'type=230, len=002: 1(uint8) 2(uint8)'", []dhcpv4.Modifier{other, opt(230, 1, 2)}, true},
		{"D4.18.4 sub-options of a private option", late + "option[231].option[1].text == 'ab'", []dhcpv4.Modifier{raw, opt(231, 9, 1, 2, 'a', 'b')}, true},
		{"D4.18.4 a private option that is defined in another class", late + "option[231].option[1].exists", []dhcpv4.Modifier{apc, opt(231, 9, 1, 2, 'a', 'b')}, false},
		{"D4.18.7 padding and end in option 43", late + "option[43].option[2].hex == 'c'", []dhcpv4.Modifier{other, opt(43, 0, 0, 2, 1, 'c', 255, 3, 1, 'd')}, true},
		{"D4.18.7 nothing behind the end", late + "option[43].option[3].exists", []dhcpv4.Modifier{other, opt(43, 0, 0, 2, 1, 'c', 255, 3, 1, 'd')}, false},
		{"D4.21.3 sub-options in pieces are joined", late + "option[43].option[1].text == 'abcd'", []dhcpv4.Modifier{apc, opt(43, 1, 2, 'a', 'b', 2, 0, 1, 2, 'c', 'd')}, true},
		{"D4.21.3 of option 82, too", "relay4[1].hex == 'abcd'", []dhcpv4.Modifier{opt(82, 1, 2, 'a', 'b', 2, 0, 1, 2, 'c', 'd')}, true},
		{"D4.21.3 and of option 125", "vendor[9].option[1].hex == 'abcd'", []dhcpv4.Modifier{opt(125, 0, 0, 0, 9, 10, 1, 2, 'a', 'b', 2, 0, 1, 2, 'c', 'd')}, true},
		{"D4.21.1 D4.21.3 expressions see the whole of a long option", "substring(option[200].hex, 298, all) == 'yz'", []dhcpv4.Modifier{opt(200, []byte(strings.Repeat("x", 298)+"yz")...)}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := outcome(t, twoVendors, c.test, c.mods...); (got == "holds") != c.holds {
				t.Errorf("%s is %t", c.test, got == "holds")
			}
		})
	}
	t.Run("D4.18.4 D4.58.9 the definition of a class beats the global one", func(t *testing.T) {
		conf := strings.Replace(twoVendors, `"option-def": [`, `"option-def": [ { "name": "vendor-encapsulated-options", "code": 43, "type": "binary" },`, 1)
		if got := outcome(t, conf, late+"option[43].option[1].text == 'ab'", apc, cookie); got != "holds" {
			t.Error("a member's option 43 is not read by the class's definition")
		}
		if got := outcome(t, conf, late+"option[43].option[1].exists", other, cookie); got == "holds" {
			t.Error("others' option 43 is not read by the global definition")
		}
	})
	t.Run("D4.18.3 additional classes see them as well", func(t *testing.T) {
		conf := strings.Replace(twoVendors, "CLASS", `{ "name": "extra", "only-if-required": true, "test": "option[43].option[1].text == 'ab'",
			"option-data": [ { "name": "domain-name", "data": "holds" } ] }`, 1) + subnetWith(`"require-client-classes": [ "extra" ]`)
		if o := discoverOptions(t, conf, apc, cookie); string(o[15]) != "holds" {
			t.Errorf("domain-name is %q", o[15])
		}
	})
}

// vendorBlock is one vendor's part of option 125.
func vendorBlock(enterprise uint32, subs string) string {
	return string(binary.BigEndian.AppendUint32(nil, enterprise)) + string(rune(len(subs))) + subs
}

// instances are the contents of all options of a code as they are sent.
func instances(r *sentReply, code byte) (contents []string) {
	for b := r.raw[240:]; len(b) > 1 && b[0] != 255; b = b[2+int(b[1]):] {
		if b[0] == code {
			contents = append(contents, string(b[2:2+int(b[1])]))
		}
	}
	return contents
}

func TestVendorOptions(t *testing.T) {
	const tags = `"option-def": [ { "name": "tag", "code": 22, "space": "vendor-2234", "type": "string" }, { "name": "url", "code": 11, "space": "vendor-3561", "type": "string" },
		{ "name": "box", "code": 12, "space": "vendor-3561", "type": "uint8", "encapsulate": "inside" }, { "name": "in", "code": 1, "space": "inside", "type": "uint8" } ], `
	// ARM 8.2.13: two vendors to everybody who asks for option 125.
	const list = `{ "name": "vivso-suboptions", "data": "2234" }, { "name": "vivso-suboptions", "data": "3561" },
		{ "name": "tag", "space": "vendor-2234", "data": "tagged", "always-send": true }, { "name": "url", "space": "vendor-3561", "data": "https://a/p", "always-send": true }`
	both := []string{vendorBlock(2234, "\x16\x06tagged"), vendorBlock(3561, "\x0b\x0bhttps://a/p")}
	with := func(list string) string { return tags + `"option-data": [ ` + list + ` ], ` + plain }
	sent := func(t *testing.T, conf string, mods ...dhcpv4.Modifier) []string {
		t.Helper()
		return instances(expect(t, newTestServer(t, conf).one(from{}, query(discoverMsg, 1, mods...)), offerMsg, ""), 125)
	}
	same := func(t *testing.T, got []string, want ...string) {
		t.Helper()
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("options 125 are %q, want %q", got, want)
		}
	}
	t.Run("D4.19.3 number in option 125, sub-options in the space of the number", func(t *testing.T) {
		same(t, sent(t, with(list), prl(125)), both...)
	})
	t.Run("D4.19.6 not asked for: always-send on option 125, too", func(t *testing.T) {
		same(t, sent(t, with(list)))
		same(t, sent(t, with(strings.ReplaceAll(list, `"vivso-suboptions",`, `"vivso-suboptions", "always-send": true,`))), both...)
	})
	t.Run("D4.19.4 without always-send and a vendor's way of asking there are no sub-options", func(t *testing.T) {
		same(t, sent(t, with(strings.ReplaceAll(list, "true", "false")), prl(125)), vendorBlock(2234, ""), vendorBlock(3561, ""))
	})
	t.Run("D4.19.5 what one client asks of a vendor the next one does not get", func(t *testing.T) {
		ts := newTestServer(t, with(`{ "name": "vivso-suboptions", "data": "4491" }, { "name": "tftp-servers", "space": "vendor-4491", "data": "192.0.2.1" }`))
		asks := expect(t, ts.one(from{}, query(discoverMsg, 1, prl(125), opt(125, []byte(vendorBlock(4491, "\x01\x01\x02"))...))), offerMsg, "")
		same(t, instances(asks, 125), vendorBlock(4491, "\x02\x04\xc0\x00\x02\x01"))
		next := expect(t, ts.one(from{}, query(discoverMsg, 2, prl(125))), offerMsg, "")
		same(t, instances(next, 125), vendorBlock(4491, ""))
	})
	t.Run("D4.19.7 one option 125 for each enterprise number of the query", func(t *testing.T) {
		subs := strings.SplitN(list, ",", 5)[4]
		same(t, sent(t, with(subs), opt(125, []byte(vendorBlock(3561, "")+vendorBlock(77, "\x01\x01x")+vendorBlock(2234, ""))...)), both...)
		same(t, sent(t, with(subs), opt(125, []byte(vendorBlock(3561, ""))...)), both[1])
		same(t, sent(t, with(subs), opt(125, 0, 0, 13)))
	})
	t.Run("D4.19.7 by vendor class identifier", func(t *testing.T) {
		class := func(id, list string) string {
			return `{ "name": "VENDOR_CLASS_` + id + `", "option-data": [ ` + list + ` ] }`
		}
		half := strings.SplitN(list, ",", 5)
		conf := tags + `"client-classes": [ ` + class("a", strings.Join(half[:2], ",")+`, `+strings.Join(strings.SplitN(half[4], ",", 5)[:4], ",")) + ` ], ` + plain
		same(t, sent(t, conf, opt(60, 'a'), prl(125)), both[0])
		same(t, sent(t, conf, opt(60, 'b'), prl(125)))
	})
	t.Run("D4.19.5 several vendors, one asked by list", func(t *testing.T) {
		conf := with(list + `, { "name": "tftp-servers", "space": "vendor-4491", "data": "192.0.2.1" }, { "code": 3, "space": "vendor-4491", "csv-format": false, "data": "07" }`)
		same(t, sent(t, conf, prl(125), opt(125, []byte(vendorBlock(4491, "\x01\x01\x02"))...)), append(both, vendorBlock(4491, "\x02\x04\xc0\x00\x02\x01"))...)
		same(t, sent(t, conf, opt(125, []byte(vendorBlock(4491, "\x01\x03\x03\x09\x02"))...)), vendorBlock(4491, "\x02\x04\xc0\x00\x02\x01\x03\x01\x07"))
	})
	t.Run("sub-options of a vendor may hold others", func(t *testing.T) {
		same(t, sent(t, with(`{ "name": "vivso-suboptions", "data": "3561" }, { "name": "box", "space": "vendor-3561", "data": "5", "always-send": true }, { "name": "in", "space": "inside", "data": "6" }`), prl(125)),
			vendorBlock(3561, "\x0c\x04\x05\x01\x01\x06"))
	})
	t.Run("sub-options in hexadecimal come before configured ones", func(t *testing.T) {
		same(t, sent(t, with(`{ "name": "vivso-suboptions", "csv-format": false, "data": "00000de9050b03616263" },
			{ "name": "url", "space": "vendor-3561", "data": "no", "always-send": true }, { "name": "box", "space": "vendor-3561", "data": "5", "always-send": true }`), prl(125)),
			vendorBlock(3561, "\x0b\x03abc\x0c\x01\x05"))
	})
	t.Run("D4.21.2 more than 255 bytes of a vendor", func(t *testing.T) {
		long := strings.Repeat("u", 252)
		conf := with(`{ "name": "vivso-suboptions", "data": "3561" }, { "name": "url", "space": "vendor-3561", "data": "` + long + `", "always-send": true }, { "name": "box", "space": "vendor-3561", "data": "5", "always-send": true }`)
		r := expect(t, newTestServer(t, conf).one(from{}, query(discoverMsg, 1, prl(125))), offerMsg, "")
		header := string([]byte{0, 0, 0x0d, 0xe9})
		if want := header + "\xfe\x0b\xfc" + long + header + "\x03\x0c\x01\x05"; string(r.Options[125]) != want {
			t.Errorf("option 125 is %q", r.Options[125])
		}
	})
	t.Run("D4.19.8 entries of different numbers do not hide each other, in whatever scopes", func(t *testing.T) {
		for i, scope := range allScopes[:5] {
			for _, outer := range allScopes[i+1:] {
				conf := tags + scopes(map[string]string{
					scope: `{ "name": "vivco-suboptions", "data": "1234, 03666f6f" }, { "name": "vivso-suboptions", "data": "1234" }`,
					outer: `{ "name": "vivco-suboptions", "data": "5678, 0141" }, { "name": "vivco-suboptions", "data": "1234, 0142" },
						{ "name": "vivso-suboptions", "data": "5678" }, { "name": "vivso-suboptions", "data": "1234" }`,
				})
				o := discoverOptions(t, conf, opt(60, 'x'), prl(124, 125))
				if want := "\x00\x00\x04\xd2\x03foo\x00\x00\x16\x2e\x01A"; string(o[124]) != want {
					t.Errorf("%s and %s: option 124 is %q", scope, outer, o[124])
				}
				if want := vendorBlock(1234, "") + vendorBlock(5678, ""); string(o[125]) != want {
					t.Errorf("%s and %s: option 125 is %q", scope, outer, o[125])
				}
			}
		}
	})
	t.Run("D4.19.9 of the vendors in option 124 of a query the first counts", func(t *testing.T) {
		subs := strings.SplitN(list, ",", 5)[4]
		two := []byte("\x00\x00\x0d\xe9\x01a\x00\x00\x08\xba\x01b") // 3561, 2234
		same(t, sent(t, with(subs), opt(124, two...)), both[1])
		if got := outcome(t, `"client-classes": [ CLASS ], `, "vendor-class.enterprise == 3561", opt(124, two...)); got != "holds" {
			t.Error("an expression does not see the first number")
		}
		if got := outcome(t, `"client-classes": [ CLASS ], `, "vendor-class[2234].exists", opt(124, two...)); got == "holds" {
			t.Error("an expression sees the second number")
		}
	})
	t.Run("a query with a thousand enterprise numbers", func(t *testing.T) {
		var many []byte
		for n := range uint32(1000) {
			many = append(many, vendorBlock(n+3000, "")...)
		}
		ts := newTestServer(t, with(list))
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, opt(125, many...))), offerMsg, "")
		same(t, instances(r, 125), both[1])
	})
	t.Run("never-send of options 124 and 125", func(t *testing.T) {
		o := discoverOptions(t, with(list+`, { "name": "vivso-suboptions", "never-send": true }, { "name": "vivco-suboptions", "data": "9, 0141", "never-send": true, "always-send": true }`), prl(124, 125))
		if o[124] != nil || o[125] != nil {
			t.Errorf("options 124 and 125 are %q and %q", o[124], o[125])
		}
	})
}

func TestV6OnlyPreferred(t *testing.T) {
	const seconds = `{ "name": "v6-only-preferred", "data": "1800" }`
	conf := func(scope string) string {
		return scopes(map[string]string{
			scope:   seconds,
			"class": `{ "name": "routers", "data": "192.0.2.1" }, { "name": "domain-name-servers", "data": "192.0.2.53" }, { "name": "domain-name", "data": "d" }`,
		})
	}
	messages := []*dhcpv4.DHCPv4{
		query(discoverMsg, 1, opt(60, 'x'), prl(1, 3, 6, 15, 51, 58, 59, 108)),
		query(requestMsg, 1, opt(60, 'x'), prl(1, 3, 6, 15, 51, 58, 59, 108), requested("192.0.2.10"), serverID("192.0.2.1")),
	}
	for _, scope := range []string{"subnet", "network"} {
		t.Run("D4.22.2 D4.58.10 "+scope, func(t *testing.T) {
			ts := newTestServer(t, `"renew-timer": 900, "rebind-timer": 1800, `+conf(scope))
			for _, m := range messages {
				want := offerMsg
				if m.MessageType() == requestMsg {
					want = ackMsg
				}
				r := expect(t, ts.one(from{}, m), want, "0.0.0.0")
				for _, code := range []byte{1, 51, 58, 59} {
					if r.Options[code] != nil {
						t.Errorf("there is option %d", code)
					}
				}
				if r.Options[3] == nil || r.Options[6] == nil || r.Options[15] == nil || !bytes.Equal(r.Options[108], []byte{0, 0, 7, 8}) {
					t.Errorf("options %v", r.Options)
				}
			}
			if rows := ts.rows(); len(rows) != 0 {
				t.Errorf("stored %v", rows)
			}
			if n := ts.stat("subnet[1].assigned-addresses"); n != 0 {
				t.Errorf("%d addresses are assigned", n)
			}
			// Who does not ask for it gets an address and no option 108.
			if o := ts.lease(2).Options; o[108] != nil {
				t.Errorf("option 108 is %v", o[108])
			}
		})
	}
	t.Run("D4.22.1 like any option in other scopes", func(t *testing.T) {
		for _, scope := range []string{"global", "pool", "host"} {
			r := newTestServer(t, conf(scope)).lease(1, prl(108))
			if r.YourIPAddr.String() != "192.0.2.10" || !bytes.Equal(r.Options[108], []byte{0, 0, 7, 8}) {
				t.Errorf("%s: %v, option 108 %v", scope, r.YourIPAddr, r.Options[108])
			}
			if o := newTestServer(t, conf(scope)).lease(1).Options; o[108] != nil {
				t.Errorf("%s: not asked for, option 108 is %v", scope, o[108])
			}
		}
	})
	t.Run("D4.22.2 for members of classes", func(t *testing.T) {
		ts := newTestServer(t, scopes(map[string]string{"subnet": tagged("v6-only-preferred", "1800", "red")}))
		expect(t, ts.one(from{}, query(discoverMsg, 1, opt(77, 'r', 'e', 'd'), prl(108))), offerMsg, "0.0.0.0")
		expect(t, ts.one(from{}, query(discoverMsg, 2, prl(108))), offerMsg, "192.0.2.10")
	})
}
