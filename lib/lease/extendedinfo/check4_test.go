package extendedinfo

import (
	"encoding/json"
	"testing"
)

// Contexts of leases.
const (
	fine     = `{ "ISC": { "relay-agent-info": { "sub-options": "0x0203010203" } } }`
	right    = `{ "ISC": { "relay-agent-info": { "remote-id": "010203", "sub-options": "0x0203010203" } } }`
	noted    = `{ "ISC": { "relay-agent-info": { "comment": "c", "remote-id": "010203", "sub-options": "0x0203010203" } } }`
	noText   = `{ "ISC": { "relay-agent-info": { "sub-options": 5 } } }`
	noHex    = `{ "ISC": { "relay-agent-info": { "sub-options": "0x02XY" } } }`
	cut      = `{ "ISC": { "relay-agent-info": { "sub-options": "0x020301" } }, "note": 1 }`
	more     = `{ "ISC": { "relay-agent-info": { "remote-id": "010203", "seen": 1, "sub-options": "0x0203010203" } }, "note": 1 }`
	mine     = `{ "ISC": { "mine": 1, "relay-agent-info": { "remote-id": "010203", "sub-options": "0x0203010203" } }, "note": 1 }`
	others   = `{ "note": 1 }`
	misnamed = `{ "ISC": { "relay-agent-info": { "relay-id": "FF", "remote-id": "00", "sub-options": "0x0203010203" } } }`
)

var checkCases = []struct {
	name, context string
	// by level from ChecksFix on; "" where nothing is left
	want [3]string
	// of the strictest level
	err string
}{
	{"right", right, [3]string{right, right, right}, ""},
	{"a comment", noted, [3]string{noted, noted, noted}, ""},
	{"of others", others, [3]string{others, others, others}, ""},
	{"of others in ISC", `{ "ISC": { "comment": 1 } }`, [3]string{`{ "ISC": { "comment": 1 } }`, `{ "ISC": { "comment": 1 } }`, `{ "ISC": { "comment": 1 } }`}, ""},
	{"no JSON", `{ "ISC": `, [3]string{`{ "ISC": `, `{ "ISC": `, `{ "ISC": `}, ""},
	{"the form before Kea 2.3", `{ "ISC": { "relay-agent-info": "0x0203010203" } }`, [3]string{right, right, right}, ""},
	{"that form of an empty option", `{ "ISC": { "relay-agent-info": "" } }`,
		[3]string{`{ "ISC": { "relay-agent-info": { "sub-options": "" } } }`, `{ "ISC": { "relay-agent-info": { "sub-options": "" } } }`, `{ "ISC": { "relay-agent-info": { "sub-options": "" } } }`}, ""},
	{"that form, broken", `{ "ISC": { "relay-agent-info": "0x02" }, "note": 1 }`, [3]string{others, others, others}, `sub-options "0x02" ends within a sub-option`},
	{"ISC is no map", `{ "ISC": [ ], "note": 1 }`, [3]string{others, others, others}, "ISC is not a map"},
	{"information is a number", `{ "ISC": { "relay-agent-info": 5 } }`, [3]string{"", "", ""}, "relay-agent-info is neither a map nor a string"},
	{"no sub-options", `{ "ISC": { "relay-agent-info": { } } }`, [3]string{"", "", ""}, "relay-agent-info has no sub-options"},
	{"sub-options are a number", noText, [3]string{"", "", ""}, "sub-options is not a string"},
	{"not hexadecimal", noHex, [3]string{noHex, "", ""}, `sub-options "0x02XY" is not hexadecimal`},
	{"cut short", cut, [3]string{cut, others, others}, `sub-options "0x020301" ends within a sub-option`},
	{"the identifier is missing", fine, [3]string{fine, right, right}, ""},
	{"the identifiers are others", misnamed, [3]string{misnamed, right, right}, ""},
	{"one entry more", more, [3]string{more, more, others}, `relay-agent-info has the unexpected entry "seen"`},
	{"one entry more in ISC", mine, [3]string{mine, mine, others}, `ISC has the unexpected entry "mine"`},
}

func TestChecks(t *testing.T) {
	for _, c := range checkCases {
		t.Run("D4.32.5 "+c.name, func(t *testing.T) {
			if got, err := ChecksNone.Relay4([]byte(c.context)); string(got) != c.context || err != nil {
				t.Errorf("none made %s of it, %v", got, err)
			}
			for i, level := range []Checks{ChecksFix, ChecksStrict, ChecksPedantic} {
				got, err := level.Relay4([]byte(c.context))
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

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzChecks holds for any context: a check leaves a JSON map or nothing, and a
// second one finds nothing to do.
func FuzzChecks(f *testing.F) {
	for i, c := range checkCases {
		f.Add([]byte(c.context), byte(i))
		f.Add([]byte(c.context), byte(ChecksPedantic))
	}
	f.Fuzz(func(t *testing.T, context []byte, level byte) {
		var v map[string]any
		if json.Unmarshal(context, &v) != nil {
			return
		}
		c := Checks(level % 4)
		got, _ := c.Relay4(context)
		if got == nil {
			return
		}
		if err := json.Unmarshal(got, &v); err != nil {
			t.Fatalf("%q became %q: %v", context, got, err)
		}
		if again, err := c.Relay4(got); err != nil || string(again) != string(got) {
			t.Fatalf("%q became %q, then %q, %v", context, got, again, err)
		}
	})
}
