package extendedinfo

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"nestor/lib/pkt4"
)

func rai(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Contexts of leases for the option 82 02 03 010203 0C 03 AABBCC.
const (
	twoIDs  = "02030102030C03AABBCC"
	ownForm = `{ "ISC": { "relay-agent-info": { "relay-id": "AABBCC", "remote-id": "010203", "sub-options": "0x02030102030C03AABBCC" } } }`
)

func TestAppendRelay4(t *testing.T) {
	for name, c := range map[string]struct{ old, rai, want string }{
		"D4.33.2 remote-id and relay-id when present": {"", twoIDs, ownForm},
		"D4.33.2 D4.33.3 neither":                     {"", "0104AABBCCDD", `{ "ISC": { "relay-agent-info": { "sub-options": "0x0104AABBCCDD" } } }`},
		"D4.33.2 one of them":                         {"", "0C03AABBCC", `{ "ISC": { "relay-agent-info": { "relay-id": "AABBCC", "sub-options": "0x0C03AABBCC" } } }`},
		"an empty one counts as absent":               {"", "0200", `{ "ISC": { "relay-agent-info": { "sub-options": "0x0200" } } }`},
		"an empty option":                             {"", "", `{ "ISC": { "relay-agent-info": { "sub-options": "" } } }`},
		"in place of another":                         {ownForm, "010141", `{ "ISC": { "relay-agent-info": { "sub-options": "0x010141" } } }`},
		"in place of the old form":                    {`{ "ISC": { "relay-agent-info": "0x0142" } }`, "010141", `{ "ISC": { "relay-agent-info": { "sub-options": "0x010141" } } }`},
		"D4.33.4 PL.2.17 beside what others keep": {`{ "ISC": { "other": 1, "relay-agent-info": { "comment": "gone" } }, "note": [ "kept" ] }`, "010141",
			`{ "ISC": { "other": 1, "relay-agent-info": { "sub-options": "0x010141" } }, "note": [ "kept" ] }`},
		"D4.33.4 in a context without ISC": {`{ "note": true }`, "010141", `{ "ISC": { "relay-agent-info": { "sub-options": "0x010141" } }, "note": true }`},
		"ISC is no map":                    {`{ "ISC": 7 }`, "010141", `{ "ISC": { "relay-agent-info": { "sub-options": "0x010141" } } }`},
		"like ours, with a comment":        {`{ "ISC": { "relay-agent-info": { "sub-options": "0x01", "x": "" } } }`, "010141", `{ "ISC": { "relay-agent-info": { "sub-options": "0x010141" } } }`},
		"not to be read":                   {`{ "ISC": `, "010141", `{ "ISC": `},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(AppendRelay4([]byte("before "), []byte(c.old), rai(t, c.rai)))
			if got != "before "+c.want {
				t.Errorf("the context is %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestRelay4(t *testing.T) {
	for name, c := range map[string]struct{ context, want string }{
		"as written":              {ownForm, twoIDs},
		"D4.34.2 before Kea 2.3":  {`{ "ISC": { "relay-agent-info": "0x0104AABBCCDD" } }`, "0104AABBCCDD"},
		"beside other things":     {`{ "ISC": { "relay-agent-info": { "sub-options": "0x010141", "comment": "c" } }, "a": 1 }`, "010141"},
		"without 0x":              {`{"ISC":{"relay-agent-info":{"sub-options":"010141"}}}`, "010141"},
		"empty":                   {`{ "ISC": { "relay-agent-info": { "sub-options": "" } } }`, ""},
		"not hexadecimal":         {`{ "ISC": { "relay-agent-info": { "sub-options": "0xXY" } } }`, ""},
		"no text":                 {`{ "ISC": { "relay-agent-info": { "sub-options": 5 } } }`, ""},
		"ISC is no map":           {`{ "ISC": "relay-agent-info" }`, ""},
		"none":                    {`{ "ISC": { } }`, ""},
		"elsewhere":               {`{ "relay-agent-info": "0x010141" }`, ""},
		"no JSON":                 {`{ "relay-agent-info`, ""},
		"no context":              {"", ""},
		"a list that talks of it": {`[ "relay-agent-info" ]`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Relay4([]byte("x"), []byte(c.context))
			if text := strings.ToUpper(hex.EncodeToString(got[1:])); text != c.want || ok != (c.want != "") {
				t.Errorf("option 82 is %s, %t", text, ok)
			}
		})
	}
}

// TestAllocations holds the packet path to its word: contexts that hold nothing
// else are written and read without garbage.
func TestAllocations(t *testing.T) {
	content, buf := rai(t, twoIDs), make([]byte, 0, 512)
	old := AppendRelay4(nil, nil, content)
	n := testing.AllocsPerRun(100, func() {
		buf = AppendRelay4(buf[:0], old, content)
		buf, _ = Relay4(buf[:0], old)
		if got, err := ChecksPedantic.Relay4(old); err != nil || len(got) != len(old) {
			t.Fatal("the context was changed")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzRelay4 holds for any option 82 and any context: what is written is a JSON
// map, gives the option back, and passes the strictest check unless others have
// been there.
func FuzzRelay4(f *testing.F) {
	for _, context := range []string{"", ownForm, `{ "ISC": { "relay-agent-info": "0x0142" } }`, `{ "ISC": [ ], "a": "}" }`,
		`{ "ISC": { "relay-agent-info": { "sub-options": "0x01\"" } } }`} {
		f.Add([]byte(context), rai(f, twoIDs))
	}
	for _, c := range checkCases {
		f.Add([]byte(c.context), rai(f, "0C01AA"))
	}
	f.Fuzz(func(t *testing.T, context, content []byte) {
		content = pkt4.WholeSuboptions(content)
		written := AppendRelay4(nil, context, content)
		if string(written) == string(context) {
			return // it could not be read, or has it already
		}
		var v map[string]any
		if err := json.Unmarshal(written, &v); err != nil {
			t.Fatalf("%q became %q: %v", context, written, err)
		}
		if back, ok := Relay4(nil, written); string(back) != string(content) || ok != (len(content) > 0) {
			t.Fatalf("option 82 %x came back as %x, %t from %q", content, back, ok, written)
		}
		if again := AppendRelay4(nil, written, content); string(again) != string(written) {
			t.Fatalf("%q became %q", written, again)
		}
		for _, c := range []Checks{ChecksFix, ChecksStrict} {
			if checked, err := c.Relay4(written); err != nil || string(checked) != string(written) {
				t.Fatalf("%q was checked to %q, %v", written, checked, err)
			}
		}
	})
}
