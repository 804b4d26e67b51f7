package dhcp6

import (
	"encoding/hex"
	"strings"
	"testing"

	"nestor/lib/pkt6"
)

// optionOf is what a SOLICIT for an option gets with a configuration.
func optionOf(t *testing.T, code uint16, conf string) string {
	t.Helper()
	a := newTestServer(t, conf+`, `+plain).one(query(pkt6.MsgSolicit, 1, na(1), oro(code)))
	if a == nil {
		t.Fatal("no answer")
	}
	return a.content(code)
}

func TestSoftwireContainers(t *testing.T) {
	data := func(entries ...string) string {
		for i, e := range entries {
			space, rest, _ := strings.Cut(e, " ")
			name, value, _ := strings.Cut(rest, " ")
			entries[i] = `{ "space": "` + space + `", "name": "` + name + `", "data": "` + value + `" }`
		}
		return `"option-data": [ ` + strings.Join(entries, ", ") + ` ]`
	}
	const br = "005a" + "0010" + "20010db8cafe00000000000000000001"
	for _, c := range []struct {
		what string
		code uint16
		conf string
		want string
	}{
		{"D6.12.1 D6.12.2 D6.12.3 D6.12.6 MAP-E", 94, data("dhcp6 s46-cont-mape ", "s46-cont-mape-options s46-rule 128, 16, 24, 192.0.2.0, 2001:db8:1::/48",
			"s46-rule-options s46-portparams 2, 3/4", "s46-cont-mape-options s46-br 2001:db8:cafe::1"),
			"0059" + "0016" + "80" + "10" + "18" + "c0000200" + "3020010db80001" + "005d" + "0004" + "02" + "04" + "3000" + br},
		{"D6.12.1 D6.12.4 MAP-T", 95, data("dhcp6 s46-cont-mapt ", "s46-cont-mapt-options s46-rule 0, 0, 0, 0.0.0.0, 2001:db8::/33", "s46-cont-mapt-options s46-dmr 2001:db8:cafe::/64",
			"s46-cont-mape-options s46-br 2001:db8:cafe::1"),
			"0059" + "000d" + "00" + "00" + "00" + "00000000" + "2120010db800" + "005b" + "0009" + "4020010db8cafe0000"},
		{"D6.12.1 D6.12.3 D6.12.5 D6.12.6 lightweight 4over6", 96, data("dhcp6 s46-cont-lw ", "s46-cont-lw-options s46-br 2001:db8:cafe::1",
			"s46-cont-lw-options s46-v4v6bind 10.0.1.2, 2001:db8:1::/48", "s46-v4v6bind-options s46-portparams 2, 3/4"),
			br + "005c" + "0013" + "0a000102" + "3020010db80001" + "005d" + "0004" + "02" + "04" + "3000"},
		{"D6.12.1 empty", 94, data("dhcp6 s46-cont-mape "), ""},
		{"D6.12.7 no container", 94, data("s46-cont-mape-options s46-br 2001:db8:cafe::1"), "-"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := optionOf(t, c.code, c.conf); got != c.want {
				t.Errorf("option %d is\n%s, want\n%s", c.code, got, c.want)
			}
		})
	}
}

func TestLeaseQueryOptions(t *testing.T) {
	t.Run("D6.11.20 are sent as configured", func(t *testing.T) {
		if got := optionOf(t, 46, `"option-data": [ { "name": "clt-time", "data": "7" } ]`); got != "00000007" {
			t.Errorf("option 46 is %s", got)
		}
		if got := optionOf(t, 45, `"option-data": [ { "name": "client-data" } ]`); got != "" {
			t.Errorf("option 45 is %s", got)
		}
	})
	t.Run("D6.11.20 in a query they are readable and mean nothing", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "option[45].option[46].hex == 0x00000007", "option-data": [ { "name": "preference", "data": "1" } ] } ], `+plain)
		a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7), opt(44, make([]byte, 17)...), opt(45, opt(46, 0, 0, 0, 7)...)))
		if a.content(7) != "01" || a.given() != "na1 2001:db8:1::10 4500/7200" {
			t.Errorf("option 7 is %s, given %s", a.content(7), a.given())
		}
		if a := ts.one(query(pkt6.MsgLeaseQuery, 1, opt(44, make([]byte, 17)...))); a != nil {
			t.Errorf("a LEASEQUERY is answered with %d", a.Type())
		}
	})
}

// D6.11.21: what the engine fills in it takes from no configuration.
func TestManagedOptions(t *testing.T) {
	var entries []string
	codes := []uint16{1, 2, 3, 4, 5, 6, 8, 9, 13, 14, 18, 25, 26}
	for _, code := range codes {
		entries = append(entries, `{ "code": `+itoa(uint32(code))+`, "csv-format": false, "data": "00070008000900100011001200130014001500160017001800190020", "always-send": true }`)
	}
	ts := newTestServer(t, `"option-data": [ `+strings.Replace(strings.Join(entries, ", "), `"code": 14, "csv-format": false, "data": "00070008000900100011001200130014001500160017001800190020"`, `"code": 14`, 1)+` ], `+plain)
	a := ts.one(query(pkt6.MsgRequest, 1, na(1), oro(codes...)))
	if got := a.codes(); len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("D6.11.21 the answer has options %v, want 1, 2 and 3", got)
	}
	if a.content(1) != hex.EncodeToString(duidOf(1)) || a.content(2) != hex.EncodeToString(serverDUID) || a.given() != "na1 2001:db8:1::10 4500/7200" {
		t.Errorf("D6.11.21 client-id %s, server-id %s, %s", a.content(1), a.content(2), a.given())
	}
	t.Run("D6.43.2 authentication and Reconfigure-Accept are not answered", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(11, 20), opt(11, make([]byte, 11)...), opt(20)))
		if a.Has(11) || a.Has(20) || a.given() != "na1 2001:db8:1::10 4500/7200" {
			t.Errorf("options %v, %s", a.codes(), a.given())
		}
		if a := ts.one(query(pkt6.MsgReconfigure, 1, opt(19, 5))); a != nil {
			t.Errorf("a RECONFIGURE is answered with %d", a.Type())
		}
	})
	t.Run("D6.43.2 one lease an IA, none for temporary addresses", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.one(query(pkt6.MsgRequest, 1, na(1, "2001:db8:1::11", "2001:db8:1::12"), opt(pkt6.OptIATA, 0, 0, 0, 1)))
		if a.given() != "na1 2001:db8:1::11 4500/7200" || a.Has(pkt6.OptIATA) {
			t.Errorf("%s, options %v", a.given(), a.codes())
		}
	})
}

func TestLenientParsing(t *testing.T) {
	const lenient = `"compatibility": { "lenient-option-parsing": true }, `
	set := func(test string) string {
		return `"option-def": [ { "name": "words", "code": 1000, "type": "tuple", "array": true } ],
			"client-classes": [ { "name": "c", "test": "` + test + `", "option-data": [ { "name": "preference", "data": "1" } ] } ], ` + plain
	}
	for _, c := range []struct {
		what, test     string
		option         []byte
		strict, loosen string
	}{
		{"D6.42.2 a vendor class of the rest", "vendor-class[*].data == 'ab'", opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 9, 'a', 'b'), "-", "01"},
		{"D6.42.2 its built-in class", "member('VENDOR_CLASS_ab')", opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 9, 'a', 'b'), "-", "01"},
		{"D6.42.2 the second text", "member('VENDOR_CLASS_a')", opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'a', 0, 9, 'b'), "-", "01"},
		{"D6.42.2 whole texts", "member('VENDOR_CLASS_a')", opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'a', 0, 1, 'b'), "01", "01"},
		{"D6.42.2 a tuple of the user's own option", "option[1000].exists", opt(1000, 0, 9, 'a', 'b'), "-", "01"},
		{"D6.42.2 a whole tuple", "option[1000].exists", opt(1000, 0, 1, 'a'), "01", "01"},
		{"D6.42.2 no room for a length", "option[1000].exists", opt(1000, 0, 1, 'a', 0), "-", "01"},
		{"D6.42.2 boot file parameters", "option[60].exists", opt(60, 0, 9, 'a'), "-", "01"},
	} {
		t.Run(c.what, func(t *testing.T) {
			for prefix, want := range map[string]string{"": c.strict, lenient: c.loosen} {
				ts := newTestServer(t, prefix+set(c.test))
				a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7), c.option))
				if a == nil || a.content(7) != want {
					t.Errorf("%swith option %x the answer is %v, option 7 should be %s", prefix, c.option, a.given(), want)
				}
			}
		})
	}
	for _, o := range [][]byte{
		opt(pkt6.OptFQDN, 5, 1, 'a', 0), opt(pkt6.OptFQDN, 1, 9, 'a'), opt(pkt6.OptFQDN, 1, 0xc0, 0),
	} {
		t.Run("D6.42.3 broken names", func(t *testing.T) {
			raw := query(pkt6.MsgRequest, 1, na(1), o)
			if a := newTestServer(t, plain).one(raw); a != nil {
				t.Errorf("option 39 of % x: answered %s", o, a.given())
			}
			if a := newTestServer(t, lenient+plain).one(raw); a == nil || a.Has(pkt6.OptFQDN) || a.given() != "na1 2001:db8:1::10 4500/7200" {
				t.Errorf("lenient, option 39 of % x: %s", o, a.given())
			}
		})
	}
}

// D6.11.25: NULs at the end of a text do not count, as in DHCPv4.
func TestTextsWithNULs(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "option[59].hex == 'tftp://x'", "option-data": [ { "name": "preference", "data": "1" } ] } ], `+plain)
	for content, want := range map[string]string{"tftp://x": "01", "tftp://x\x00\x00": "01", "tftp://\x00x": "-"} {
		if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7), opt(59, []byte(content)...))).content(7); got != want {
			t.Errorf("D6.11.25 %q: option 7 is %s, want %s", content, got, want)
		}
	}
}

// D6.3.14: option 12 tells clients that they may write to an address of the server. It
// is an option like others; what they send there is served (D6.10.6).
func TestUnicastOption(t *testing.T) {
	ts := newTestServer(t, `"option-data": [ { "name": "unicast", "data": "2001:db8:1::1" } ], `+plain)
	if a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(pkt6.OptUnicast))); a.content(pkt6.OptUnicast) != hex.EncodeToString(leaseOf("2001:db8:1::1").Addr[:]) {
		t.Errorf("D6.3.14 option 12 is %s", a.content(pkt6.OptUnicast))
	}
	to := from{src: "2001:db8:1::10", dst: "2001:db8:1::1"}
	lease := na(1, "2001:db8:1::10")
	for _, typ := range []byte{pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgDecline, pkt6.MsgRelease} {
		if a := ts.from(to, query(typ, 1, lease)); a == nil || a.Type() != pkt6.MsgReply || a.dst.String() != to.src {
			t.Errorf("D6.3.14 type %d by unicast: %v", typ, a)
		}
	}
	ts = newTestServer(t, plain)
	if a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(pkt6.OptUnicast))); a.Has(pkt6.OptUnicast) {
		t.Error("D6.3.14 option 12 is sent without being configured")
	}
}
