package dhcp6

import (
	"slices"
	"testing"

	"nestor/lib/pkt6"
)

// What cannot be read is dropped and counted, what is broken in part is answered as far
// as it goes, and the next client is served (D6.10.2).
func TestBadInput(t *testing.T) {
	ts := newTestServer(t, plain)
	solicit := query(pkt6.MsgSolicit, 1, na(1))
	relayed := relay("2001:db8:1::1", solicit)
	deep := slices.Clone(solicit)
	for range 33 {
		deep = relay("2001:db8:1::1", deep)
	}
	many := query(pkt6.MsgSolicit, 2)
	for n := range 3000 {
		many = append(many, opt(pkt6.OptIANA, 0, 0, byte(n>>8), byte(n), 0, 0, 0, 0, 0, 0, 0, 0)...)
	}
	for _, c := range []struct {
		what     string
		raw      []byte
		answered bool
	}{
		{"nothing", nil, false},
		{"a type alone", []byte{1}, false},
		{"a header alone", []byte{1, 1, 2, 3}, false},
		{"a relay's header cut short", relayed[:33], false},
		{"a relay without a message", relayed[:34], false},
		{"a relay with an empty message", append(relayed[:34:34], opt(pkt6.OptRelayMessage)...), false},
		{"a relayed message cut short", relayed[:len(relayed)-3], false},
		{"33 relays", deep, false},
		{"a relay reply from a client", append([]byte{pkt6.MsgRelayReply}, relayed[1:]...), false},
		{"IA_NA of 11 bytes", query(pkt6.MsgSolicit, 1, opt(pkt6.OptIANA, make([]byte, 11)...)), false},
		{"address of 23 bytes", query(pkt6.MsgSolicit, 1, opt(pkt6.OptIANA, append(make([]byte, 12), opt(pkt6.OptIAAddr, make([]byte, 23)...)...)...)), false},
		{"prefix of length 255", query(pkt6.MsgSolicit, 1, opt(pkt6.OptIAPD, append(make([]byte, 12), opt(pkt6.OptIAPrefix, 0, 0, 0, 1, 0, 0, 0, 1, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)...)...)), true},
		{"half a requested code", query(pkt6.MsgSolicit, 1, opt(pkt6.OptOptionRequest, 0, 23, 0)), false},
		{"a DUID of nothing", append([]byte{pkt6.MsgSolicit, 1, 2, 3}, opt(pkt6.OptClientID)...), false},
		{"a DUID of 131 bytes", append([]byte{pkt6.MsgSolicit, 1, 2, 3}, opt(pkt6.OptClientID, make([]byte, 131)...)...), false},
		{"two client-ids", query(pkt6.MsgSolicit, 1, opt(pkt6.OptClientID, duidOf(2)...)), false},
		{"an option cut short at the end", append(slices.Clone(solicit), 0, 7, 0, 9, 1), true},
		{"IAs by the thousand", many, true},
		{"65535 bytes of zeros", append([]byte{pkt6.MsgSolicit, 1, 2, 3}, make([]byte, 65531)...), false},
	} {
		t.Run("D6.10.2 "+c.what, func(t *testing.T) {
			dropped := ts.stat("pkt6-receive-drop")
			a := ts.one(c.raw)
			if (a != nil) != c.answered {
				t.Errorf("the answer is %s", a.given())
			}
			if counted := ts.stat("pkt6-receive-drop") > dropped; counted == c.answered {
				t.Errorf("counted as dropped: %t", counted)
			}
			if got := ts.one(query(pkt6.MsgSolicit, 9, na(1))).given(); got == "no answer" {
				t.Error("the next client is not answered")
			}
		})
	}
}
