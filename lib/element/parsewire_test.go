package element

import (
	"bytes"
	"strings"
	"testing"
)

func TestWireAccepts(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"PL.4.5 comments", "{ # one } \n \"command\" // two\n : /* \" \n */ \"x\" }", `{ "command": "x" }`},
		{"PL.4.5 D4.2.4 of equal keys the last wins", `{ "a": 1, "b": 2, "a": [ 3 ] }`, `{ "a": [ 3 ], "b": 2 }`},
		{"scalars", ` [ true, false, null, -1, +5, 007, .5, 5., 1e3, "x" ] `,
			`[ true, false, null, -1, 5, 7, 0.5, 5.0, 1000.0, "x" ]`},
		{"control characters in strings", "[ \"a\tb\nc\", 1 ]", `[ "a\tb\nc", 1 ]`},
		{"D4.48.8 a unicode escape is one Latin-1 byte, raw bytes pass", `["\u00e9","é"]`, "[ \"\xe9\", \"é\" ]"},
		{"128 bit integers", `[ 340282366920938463463374607431768211455, -9223372036854775809, 9223372036854775807 ]`,
			`[ 340282366920938463463374607431768211455, -9223372036854775809, 9223372036854775807 ]`},
		{"empty ones", `{"a":{ },"b":[ ]}`, `{ "a": {  }, "b": [  ] }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := ParseWire([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := v.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The texts and positions are those of Kea 2.2.0 and 2.7.9.
func TestWireRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"PL.2.8 PL.4.6 missing value", `{ "command": }`, "error: unexpected character } in <wire>:0:14"},
		{"PL.4.5 superfluous comma in a map", `{ "command": "x", }`, "String expected in <wire>:0:19"},
		{"PL.4.5 repeated comma", `{ "command": "x",, "service":[] }`, "String expected in <wire>:0:18"},
		{"comma first", `{,"command":"x"}`, "String expected in <wire>:0:2"},
		{"PL.4.5 superfluous comma in a list", `[ 1, ]`, "error: unexpected character ] in <wire>:0:6"},
		{"PL.4.5 include", `{ <?include "x"?> }`, "String expected in <wire>:0:3"},
		{"no colon", `{ "command" "x" }`, `'"' read, one of ":" expected in <wire>:0:13`},
		{"no comma", `{ "command": "x" "y" }`, `'"' read, one of ",}" expected in <wire>:0:18`},
		{"wrong bracket", `{"command":"x"]`, `']' read, one of ",}" expected in <wire>:0:15`},
		{"bad word", `{ "command": tru }`, "Bad boolean value: tru in <wire>:0:13"},
		{"PL.2.4 boolean in capitals", `{ "command": True }`, "error: unexpected character T in <wire>:0:14"},
		{"bad null", `{ "command": nul }`, "Bad null value: nul in <wire>:0:13"},
		{"bad number", `{"command": 1.2.3}`, "Number overflow: 1.2.3 in <wire>:0:12"},
		{"a minus alone", `{"command":-}`, "Number overflow: - in <wire>:0:11"},
		{"real beyond its range", `{"a":1e999}`, "Number overflow: 1e999 in <wire>:0:5"},
		{"integer beyond 128 bits", `[` + strings.Repeat("9", 41) + `]`,
			"Number overflow: " + strings.Repeat("9", 41) + " in <wire>:0:1"},
		{"bad escape", `{"command":"a\qb"}`, "Bad escape in <wire>:0:14"},
		{"PL.2.10 high unicode escape", `{"command":"\u0141"}`, "Unsupported unicode escape in <wire>:0:13"},
		{"key without quotes", `{command:1}`, "String expected in <wire>:0:2"},
		{"open string", `{"a":"x`, "Unterminated string in <wire>:0:5"},
		{"open map", `{"a":1`, `EOF read, one of ",}" expected in <wire>:0:6`},
		{"open key", `{"a":1,`, `String expected in <wire>:0:7`},
		{"value missing at the end", `{"a":`, `error: unexpected end of input in <wire>:0:5`},
		{"nothing", " \n", "nothing read"},
		{"more behind it", `{} x`, "Extra data in <wire>:0:3"},
		{"line numbers", "{\n\n \"a\": ;}", "error: unexpected character ; in <wire>:2:8"},
		{"nesting", strings.Repeat(`{"a":`, 1000), "error: nested more than 128 levels deep in <wire>:0:640"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := ParseWire([]byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v %v, want %s", v, err, tt.want)
			}
		})
	}
}

// PL.2.8: commands are at <wire>, their lines count from 0; columns are those that
// Kea was seen to give for each kind of value.
func TestWirePositions(t *testing.T) {
	tests := []struct{ text, want string }{
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo": 5 }}}`, "<wire>:0:54"},
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo": "abc" }}}`, "<wire>:0:54"},
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo": true }}}`, "<wire>:0:54"},
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo": null }}}`, "<wire>:0:54"},
		{`{"command":"config-test","arguments":{"Dhcp4": {"foo": 1.5 }}}`, "<wire>:0:55"},
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo": [] }}}`, "<wire>:0:55"},
		{`{"command":"config-test","arguments":{"Dhcp4":{"foo":{} }}}`, "<wire>:0:54"},
		{"{\"command\":\"config-test\",\n\"arguments\":{\"Dhcp4\":\n {\"foo\": 5 }}}", "<wire>:2:10"},
		{"{\"command\":\"config-test\",#c\n\"arguments\":{\"Dhcp4\": {\"foo\": 5 }}}", "<wire>:1:31"},
		{"{\"command\":\"config-test\",/*abc\n*/\"arguments\":{\"Dhcp4\": {\"foo\": 5 }}}", "<wire>:1:33"},
	}
	for _, tt := range tests {
		v, err := ParseWire([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Get("arguments").Get("Dhcp4").Get("foo").Pos.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

// PL.16.11: hostile commands cost an error, not the memory of the daemon.
func TestWireLimits(t *testing.T) {
	if _, err := ParseWire(make([]byte, MaxWireSize+1)); err == nil {
		t.Error("no limit of size")
	}
	text := append(bytes.Repeat([]byte("["), 1), bytes.Repeat([]byte("1,"), 99)...)
	text = append(text, "1]"...)
	if _, err := parseWire(text, 101); err != nil {
		t.Error(err)
	}
	if _, err := parseWire(text, 100); err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Errorf("no limit of values: %v", err)
	}
	if v, err := ParseAnswer(text); err != nil || len(v.List) != 100 {
		t.Errorf("ParseAnswer: %v", err)
	}
}

// D4.2.4, PL.4.5: the last of equal keys wins in large maps, too.
func TestWireDuplicatesInLargeMap(t *testing.T) {
	var b strings.Builder
	b.WriteString("{")
	for range 3 {
		for i := range 100 {
			b.WriteString(`"k` + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `":` + string(rune('0'+b.Len()%10)) + ",")
		}
	}
	b.WriteString(`"kaa":"last"}`)
	v, err := ParseWire([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Members) != 100 {
		t.Errorf("%d members, want 100", len(v.Members))
	}
	if got := v.Get("kaa").String(); got != `"last"` {
		t.Errorf("got %s", got)
	}
}

func BenchmarkParseWire(b *testing.B) {
	text := []byte(`{ "command": "lease4-add", "service": [ "dhcp4" ], "arguments": { "list": [ `)
	for range 1000 {
		text = append(text, `{ "ip-address": "192.0.2.1", "subnet-id": 44, "valid-lft": 3600, "fqdn-fwd": true,`+
			"\n"+` "user-context": { "share": 0.25, "note": "one\n\u00e9", "none": null } }, `...)
	}
	text = append(text, "{} ] } } # end"...)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ParseWire(text); err != nil {
			b.Fatal(err)
		}
	}
}
