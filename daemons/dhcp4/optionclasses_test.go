package dhcp4

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// tagged is an option-data entry for members of a class.
func tagged(name, data, class string) string {
	return fmt.Sprintf(`{ "name": %q, "data": %q, "client-classes": [ %q ] }`, name, data, class)
}

// scopes puts option-data lists into a configuration, one for each scope that can
// have one. Clients with option 60 "x" are in the class VENDOR_CLASS_x, where the
// list of the scope class stands.
func scopes(lists map[string]string) string {
	o := func(scope string) string {
		if lists[scope] == "" {
			return ""
		}
		return `, "option-data": [ ` + lists[scope] + ` ]`
	}
	return `"valid-lifetime": 3600` + o("global") + `, "client-classes": [ { "name": "VENDOR_CLASS_x"` + o("class") + ` },
		{ "name": "red", "test": "option[77].hex == 'red'" }, { "name": "late", "test": "member('UNKNOWN') or member('KNOWN')" },
		{ "name": "extra", "test": "option[77].hex == 'red'", "only-if-required": true } ],
		"shared-networks": [ { "name": "n"` + o("network") + `, "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24"` + o("subnet") + `,
			"require-client-classes": [ "extra" ], "pools": [ { "pool": "192.0.2.10-192.0.2.19"` + o("pool") + ` } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01"` + o("host") + ` } ] } ] } ]`
}

var allScopes = []string{"host", "pool", "subnet", "network", "class", "global"}

// inRed puts a client into the class red, and into VENDOR_CLASS_x.
var inRed = []dhcpv4.Modifier{opt(60, 'x'), opt(77, 'r', 'e', 'd'), prl(15, 17, 42)}

func TestOptionsOfClassMembers(t *testing.T) {
	t.Run("D4.12.1 client-classes of an entry, in every scope", func(t *testing.T) {
		for _, scope := range allScopes {
			for _, class := range []string{"red", "late", "extra", "ALL", "nobody"} {
				conf := scopes(map[string]string{scope: tagged("root-path", "for members", class)})
				o := discoverOptions(t, conf, inRed...)
				if class == "nobody" {
					if o[17] != nil {
						t.Errorf("%s: a client of other classes gets %q", scope, o[17])
					}
					continue
				}
				if string(o[17]) != "for members" {
					t.Errorf("%s: a member of %s gets %q", scope, class, o[17])
				}
			}
			o := discoverOptions(t, scopes(map[string]string{scope: tagged("root-path", "for members", "red")}), opt(60, 'x'), prl(17))
			if o[17] != nil {
				t.Errorf("%s: one who is no member gets %q", scope, o[17])
			}
		}
	})
	t.Run("any of the classes suffices", func(t *testing.T) {
		o := discoverOptions(t, scopes(map[string]string{"subnet": `{ "name": "root-path", "data": "p", "client-classes": [ "nobody", "red" ] }`}), inRed...)
		if string(o[17]) != "p" {
			t.Errorf("option 17 is %q", o[17])
		}
	})
	t.Run("entries for one option: those for members first, in order, then the one for all", func(t *testing.T) {
		list := `{ "name": "root-path", "data": "all" }, ` + tagged("root-path", "nobody", "nobody") + ", " +
			tagged("root-path", "red", "red") + ", " + tagged("root-path", "x", "VENDOR_CLASS_x")
		for _, c := range []struct {
			want string
			mods []dhcpv4.Modifier
		}{{"red", inRed}, {"x", []dhcpv4.Modifier{opt(60, 'x'), prl(17)}}, {"all", []dhcpv4.Modifier{prl(17)}}} {
			if o := discoverOptions(t, subnetOptions(list), c.mods...); string(o[17]) != c.want {
				t.Errorf("option 17 is %q, want %q", o[17], c.want)
			}
		}
	})
	t.Run("an entry that is not for the client leaves it to the next scope", func(t *testing.T) {
		lists := map[string]string{}
		for _, scope := range allScopes {
			lists[scope] = tagged("root-path", scope+" red", "red") + ", " + tagged("root-path", scope+" nobody", "nobody")
		}
		for i, scope := range allScopes {
			if o := discoverOptions(t, scopes(lists), inRed...); string(o[17]) != scope+" red" {
				t.Errorf("option 17 is %q, want that of %s", o[17], scope)
			}
			lists[scope] = tagged("root-path", scope+" nobody", "nobody")
			if i%2 == 0 { // half of the scopes have options for everybody beside it
				lists[scope] += `, { "name": "merit-dump", "data": "m" }`
			}
		}
	})
	t.Run("flags hold for members only", func(t *testing.T) {
		always := `{ "name": "root-path", "always-send": true, "client-classes": [ "red" ] }, { "name": "root-path", "data": "p" }`
		never := `{ "name": "root-path", "never-send": true, "client-classes": [ "red" ] }, { "name": "root-path", "data": "p" }`
		red := []dhcpv4.Modifier{opt(77, 'r', 'e', 'd')}
		for _, c := range []struct {
			list string
			mods []dhcpv4.Modifier
			want string
		}{
			{always, red, "p"}, {always, nil, ""},
			{never, append(red, prl(17)), ""}, {never, []dhcpv4.Modifier{prl(17)}, "p"},
		} {
			if o := discoverOptions(t, subnetOptions(c.list), c.mods...); string(o[17]) != c.want {
				t.Errorf("%s: option 17 is %q, want %q", c.list, o[17], c.want)
			}
		}
	})
	t.Run("server identifier for members", func(t *testing.T) {
		conf := scopes(map[string]string{"subnet": tagged("dhcp-server-identifier", "192.0.2.7", "red")})
		if o := discoverOptions(t, conf, inRed...); !bytes.Equal(o[54], []byte{192, 0, 2, 7}) {
			t.Errorf("a member sees %v", o[54])
		}
		if o := discoverOptions(t, conf); !bytes.Equal(o[54], []byte{192, 0, 2, 1}) {
			t.Errorf("another sees %v", o[54])
		}
		// Whoever is no member may name it none the less: the server is the same.
		ts := newTestServer(t, conf)
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.10"), serverID("192.0.2.7"))), ackMsg, "192.0.2.10")
	})
}

// subnetOptions is a configuration with an option-data list in a subnet.
func subnetOptions(list string) string { return scopes(map[string]string{"subnet": list}) }

// Sub-options for members of classes: in containers, in containers of these, and in
// option 125.
func TestSuboptionsOfClassMembers(t *testing.T) {
	conf := `"option-def": [ { "name": "container", "code": 222, "type": "uint8", "encapsulate": "outer" },
			{ "name": "box", "code": 7, "space": "outer", "type": "empty", "encapsulate": "inner" },
			{ "name": "word", "code": 1, "space": "inner", "type": "string" }, { "name": "number", "code": 2, "space": "inner", "type": "uint8" },
			{ "name": "url", "code": 5, "space": "vendor-9", "type": "string" } ], ` + subnetOptions(`
		{ "name": "container", "data": "4" }, { "name": "box", "space": "outer" }, { "name": "vivso-suboptions", "data": "9" },
		{ "name": "word", "space": "inner", "data": "all" }, { "name": "word", "space": "inner", "data": "red", "client-classes": [ "red" ] },
		{ "name": "number", "space": "inner", "data": "3", "client-classes": [ "nobody", "red" ] },
		{ "name": "url", "space": "vendor-9", "data": "all", "always-send": true },
		{ "name": "url", "space": "vendor-9", "data": "red", "client-classes": [ "red" ] }`)
	for _, c := range []struct {
		class          string
		inner, subs125 string
	}{
		{"red", "\x01\x03red\x02\x01\x03", "\x05\x03red"},
		{"", "\x01\x03all", "\x05\x03all"},
	} {
		o := discoverOptions(t, conf, opt(77, []byte(c.class)...), prl(222, 125))
		if want := "\x04\x07" + string(rune(len(c.inner))) + c.inner; string(o[222]) != want {
			t.Errorf("in class %q option 222 is %q, want %q", c.class, o[222], want)
		}
		if want := "\x00\x00\x00\x09\x05" + c.subs125; string(o[125]) != want {
			t.Errorf("in class %q option 125 is %q, want %q", c.class, o[125], want)
		}
	}
}

func TestFlagsOfScopes(t *testing.T) {
	value := `{ "name": "root-path", "data": "p" }`
	t.Run("D4.12.8 D4.12.10 always-send in any scope", func(t *testing.T) {
		for _, flag := range allScopes {
			for _, has := range allScopes {
				lists := map[string]string{has: value}
				lists[flag] = strings.TrimPrefix(lists[flag]+`, { "code": 17, "always-send": true }`, ", ")
				if o := discoverOptions(t, scopes(lists), opt(60, 'x')); string(o[17]) != "p" {
					t.Errorf("flag in %s, value in %s: %q", flag, has, o[17])
				}
			}
		}
	})
	t.Run("D4.12.9 D4.12.10 D4.12.12 never-send in any scope", func(t *testing.T) {
		for _, flag := range allScopes {
			for _, has := range allScopes {
				lists := map[string]string{has: `{ "name": "root-path", "data": "p", "always-send": true }`}
				lists[flag] = strings.TrimPrefix(lists[flag]+`, { "code": 17, "never-send": true }`, ", ")
				if o := discoverOptions(t, scopes(lists), opt(60, 'x'), prl(17)); o[17] != nil {
					t.Errorf("flag in %s, value in %s: %q", flag, has, o[17])
				}
			}
		}
	})
	t.Run("D4.12.10 flags of sub-options in any scope", func(t *testing.T) {
		for _, flag := range allScopes {
			for _, has := range allScopes {
				lists := map[string]string{has: `{ "name": "vivso-suboptions", "data": "9" }, { "code": 5, "space": "vendor-9", "csv-format": false, "data": "'p'" }`}
				lists[flag] = strings.TrimPrefix(lists[flag]+`, { "code": 5, "space": "vendor-9", "csv-format": false, "always-send": true, "data": "'q'" }`, ", ")
				o := discoverOptions(t, scopes(lists), opt(60, 'x'), prl(125))
				if len(o[125]) != 8 || o[125][5] != 5 {
					t.Errorf("flag in %s, value in %s: %q", flag, has, o[125])
				}
				lists[flag] = strings.Replace(lists[flag], `"always-send": true`, `"never-send": true`, 1)
				lists[has] += `, { "code": 5, "space": "vendor-9", "csv-format": false, "always-send": true, "data": "'r'" }`
				if o := discoverOptions(t, scopes(lists), opt(60, 'x'), prl(125)); string(o[125]) != "\x00\x00\x00\x09\x00" {
					t.Errorf("never, flag in %s, value in %s: %q", flag, has, o[125])
				}
			}
		}
	})
	t.Run("D4.12.11 flags do not concern sub-options of containers", func(t *testing.T) {
		conf := `"option-def": [ { "name": "container", "code": 222, "type": "empty", "encapsulate": "inner" }, { "name": "sub", "code": 1, "space": "inner", "type": "string" } ],
			"option-data": [ { "name": "container" }, { "name": "sub", "space": "inner", "data": "ab", "never-send": true } ], ` + plain
		if o := discoverOptions(t, conf, prl(222)); string(o[222]) != "\x01\x02ab" {
			t.Errorf("option 222 is %q", o[222])
		}
		if o := discoverOptions(t, strings.Replace(conf, "never", "always", 1)); o[222] != nil {
			t.Errorf("option 222 is %q", o[222])
		}
	})
}

// An explanation names the scope whose entry the client gets, not one that has an
// entry for others.
func TestScopeOfClassOptions(t *testing.T) {
	ts := newTestServer(t, scopes(map[string]string{
		"pool": tagged("root-path", "p", "nobody"), "subnet": tagged("root-path", "p", "red"), "network": `{ "name": "root-path", "data": "n" }`,
	}))
	for user, want := range map[string]string{"red": "root-path (17): p, from subnet 192.0.2.0/24", "blue": "root-path (17): n, from shared network n"} {
		q := query(discoverMsg, 1, opt(77, []byte(user)...), prl(17))
		if text := ts.explain(t, from{}, q.ToBytes()).shown().Text(); !strings.Contains(text, want) {
			t.Errorf("%s: %q is not in\n%s", user, want, text)
		}
	}
}
