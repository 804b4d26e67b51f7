package extendedinfo_test

import (
	"testing"

	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt6"
)

func TestAppendRelays6(t *testing.T) {
	relays := []pkt6.Relay{
		{Hops: 1, Link: [16]byte{0x20, 1, 15: 1}, Peer: [16]byte{0xfe, 0x80, 15: 2}},
		{Link: [16]byte{0x20, 1, 15: 3}, Options: pkt6.Options{0, 37, 0, 5, 0, 0, 0, 9, 7, 0, 9, 0, 1, 1}},
	}
	const list = `[ { "hop": 1, "link": "2001::1", "peer": "fe80::2" }, ` +
		`{ "hop": 0, "link": "2001::3", "options": "0x002500050000000907", "peer": "::", "remote-id": "0000000907" } ]`
	for _, c := range []struct{ what, old, want string }{
		{"D6.25.2 none before", "", `{ "ISC": { "relay-info": ` + list + ` } }`},
		{"D6.25.3 others' content", `{ "a": 1 }`, `{ "ISC": { "relay-info": ` + list + ` }, "a": 1 }`},
		{"D6.25.3 relays before", `{ "ISC": { "relay-info": [ ], "x": 2 } }`, `{ "ISC": { "relay-info": ` + list + `, "x": 2 } }`},
		{"what cannot be read", `[`, `[`},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := string(extendedinfo.AppendRelays6(nil, []byte(c.old), relays)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
