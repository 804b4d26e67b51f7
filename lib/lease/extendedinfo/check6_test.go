package extendedinfo

import (
	"encoding/json"
	"strings"
	"testing"

	"nestor/lib/pkt6"
)

// relays6 is a context with relays, each without its braces, under a key.
func relays6(key string, relays ...string) string {
	return `{ "ISC": { "` + key + `": [ { ` + strings.Join(relays, ` }, { `) + ` } ] } }`
}

const (
	plain6 = `"hop": 0, "link": "2001:db8::1", "peer": "fe80::1"`
	named6 = `"hop": 0, "link": "2001:db8::1", "options": "0x002500050000000907003500020AFF", "peer": "fe80::1", "relay-id": "0AFF", "remote-id": "0000000907"`
	bare6  = `"hop": 0, "link": "2001:db8::1", "options": "0x002500050000000907003500020AFF", "peer": "fe80::1"`
)

var checkCases6 = []struct {
	name, context string
	// by level from ChecksFix on; "" where nothing is left
	want [3]string
	// of the strictest level
	err string
}{
	{"right", relays6("relay-info", plain6), [3]string{relays6("relay-info", plain6), relays6("relay-info", plain6), relays6("relay-info", plain6)}, ""},
	{"several relays", relays6("relay-info", named6, plain6), [3]string{relays6("relay-info", named6, plain6), relays6("relay-info", named6, plain6), relays6("relay-info", named6, plain6)}, ""},
	{"of others", others, [3]string{others, others, others}, ""},
	{"no JSON", `{ "ISC": `, [3]string{`{ "ISC": `, `{ "ISC": `, `{ "ISC": `}, ""},
	{"the layout before Kea 2.3", relays6("relays", bare6, plain6), [3]string{relays6("relay-info", named6, plain6), relays6("relay-info", named6, plain6), relays6("relay-info", named6, plain6)}, ""},
	{"both layouts", `{ "ISC": { "relay-info": [ { ` + plain6 + ` } ], "relays": [ { ` + bare6 + ` } ] } }`,
		[3]string{relays6("relay-info", plain6), relays6("relay-info", plain6), relays6("relay-info", plain6)}, ""},
	{"that layout, broken", `{ "ISC": { "relays": [ { "options": "0x00" } ] }, "note": 1 }`, [3]string{others, others, others}, `relay 0: options "0x00" ends within an option`},
	{"that layout, no list", `{ "ISC": { "relays": 5 }, "note": 1 }`, [3]string{others, others, others}, "relays is not a list"},
	{"that layout, no maps", `{ "ISC": { "relays": [ 5 ] }, "note": 1 }`, [3]string{others, others, others}, "relay 0: it is not a map"},
	{"ISC is no map", `{ "ISC": [ ], "note": 1 }`, [3]string{others, others, others}, "ISC is not a map"},
	{"no list", `{ "ISC": { "relay-info": { } } }`, [3]string{"", "", ""}, "relay-info is not a list"},
	{"no maps", `{ "ISC": { "relay-info": [ 7 ] } }`, [3]string{"", "", ""}, "relay 0: it is not a map"},
	{"options are a number", relays6("relay-info", `"options": 7`), [3]string{"", "", ""}, "relay 0: options is not a string"},
	{"no relays", `{ "ISC": { "relay-info": [  ] } }`, [3]string{`{ "ISC": { "relay-info": [  ] } }`, "", ""}, "relay-info has no relay"},
	{"not hexadecimal", relays6("relay-info", plain6+`, "options": "zz"`), [3]string{relays6("relay-info", plain6+`, "options": "zz"`), "", ""}, `relay 0: options "zz" is not hexadecimal`},
	{"cut short", relays6("relay-info", plain6, plain6+`, "options": "0x0025"`), [3]string{relays6("relay-info", plain6, plain6+`, "options": "0x0025"`), "", ""}, `relay 1: options "0x0025" ends within an option`},
	{"no link", relays6("relay-info", `"hop": 0, "peer": "::1"`), [3]string{relays6("relay-info", `"hop": 0, "peer": "::1"`), "", ""}, "relay 0: link is not a string"},
	{"link of the other family", relays6("relay-info", `"hop": 0, "link": "192.0.2.1", "peer": "::1"`), [3]string{relays6("relay-info", `"hop": 0, "link": "192.0.2.1", "peer": "::1"`), "", ""}, `relay 0: link "192.0.2.1" is not an IPv6 address`},
	{"peer of a zone", relays6("relay-info", `"hop": 0, "link": "::1", "peer": "fe80::1%eth0"`), [3]string{relays6("relay-info", `"hop": 0, "link": "::1", "peer": "fe80::1%eth0"`), "", ""}, `relay 0: peer "fe80::1%eth0" is not an IPv6 address`},
	{"identifiers are missing", relays6("relay-info", bare6), [3]string{relays6("relay-info", bare6), relays6("relay-info", named6), relays6("relay-info", named6)}, ""},
	{"identifiers of nothing", relays6("relay-info", plain6+`, "relay-id": "FF"`), [3]string{relays6("relay-info", plain6+`, "relay-id": "FF"`), relays6("relay-info", plain6), relays6("relay-info", plain6)}, ""},
	{"no hop count", relays6("relay-info", `"link": "::1", "peer": "::2"`), [3]string{relays6("relay-info", `"link": "::1", "peer": "::2"`), relays6("relay-info", `"link": "::1", "peer": "::2"`), ""}, "relay 0: hop is not a number from 0 to 255"},
	{"one entry more", relays6("relay-info", plain6+`, "seen": 1`), [3]string{relays6("relay-info", plain6+`, "seen": 1`), relays6("relay-info", plain6+`, "seen": 1`), ""}, `relay 0: it has the unexpected entry "seen"`},
	{"a comment", relays6("relay-info", `"comment": "c", `+plain6), [3]string{relays6("relay-info", `"comment": "c", `+plain6), relays6("relay-info", `"comment": "c", `+plain6), relays6("relay-info", `"comment": "c", `+plain6)}, ""},
	{"one entry more in ISC", `{ "ISC": { "mine": 1, "relay-info": [ { ` + plain6 + ` } ] }, "note": 1 }`,
		[3]string{`{ "ISC": { "mine": 1, "relay-info": [ { ` + plain6 + ` } ] }, "note": 1 }`, `{ "ISC": { "mine": 1, "relay-info": [ { ` + plain6 + ` } ] }, "note": 1 }`, others}, `ISC has the unexpected entry "mine"`},
}

func TestChecks6(t *testing.T) {
	for _, c := range checkCases6 {
		t.Run("D6.24.4 D6.25.3 "+c.name, func(t *testing.T) {
			if got, err := ChecksNone.Relays6([]byte(c.context)); string(got) != c.context || err != nil {
				t.Errorf("none made %s of it, %v", got, err)
			}
			for i, level := range []Checks{ChecksFix, ChecksStrict, ChecksPedantic} {
				got, err := level.Relays6([]byte(c.context))
				if string(got) != c.want[i] {
					t.Errorf("level %d made of it\n%s, want\n%s", level, got, c.want[i])
				}
				if level != ChecksPedantic {
					continue
				}
				if text := errorText(err); text != c.err {
					t.Errorf("the error is %q, want %q", text, c.err)
				}
			}
		})
	}
}

// What the server writes itself needs no second look.
func TestOwnContexts6(t *testing.T) {
	var relays []pkt6.Relay
	for n := range 4 {
		r := pkt6.Relay{Hops: byte(n), Link: [16]byte{0x20, 1, 15: byte(n)}, Peer: [16]byte{0xfe, 0x80, 15: 2}}
		if n > 0 {
			r.Options = pkt6.AppendOption(pkt6.AppendOption(nil, pkt6.OptRemoteID, make([]byte, 4+100*n)), pkt6.OptRelayID, []byte{1, 2})
		}
		relays = append(relays, r)
		context := AppendRelays6(nil, nil, relays)
		if !isRightOwn6(context) {
			t.Errorf("%s is not seen as right", context)
		}
		for at := range context {
			broken := append([]byte(nil), context...)
			broken[at] ^= 1
			if isRightOwn6(broken) && !json.Valid(broken) {
				t.Fatalf("%s is seen as right", broken)
			}
		}
	}
	if isRightOwn6([]byte(ownHead6 + "[  ]" + ownTail6)) {
		t.Error("a list of nothing is seen as right")
	}
}

// FuzzChecks6 holds for any context what FuzzChecks holds in DHCPv4.
func FuzzChecks6(f *testing.F) {
	for i, c := range checkCases6 {
		f.Add([]byte(c.context), byte(i))
		f.Add([]byte(c.context), byte(ChecksPedantic))
	}
	f.Fuzz(func(t *testing.T, context []byte, level byte) {
		var v map[string]any
		if json.Unmarshal(context, &v) != nil {
			return
		}
		c := Checks(level % 4)
		got, _ := c.Relays6(context)
		if got == nil {
			return
		}
		if err := json.Unmarshal(got, &v); err != nil {
			t.Fatalf("%q became %q: %v", context, got, err)
		}
		if again, err := c.Relays6(got); err != nil || string(again) != string(got) {
			t.Fatalf("%q became %q, then %q, %v", context, got, again, err)
		}
	})
}
