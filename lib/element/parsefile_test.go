package element

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// read parses a text that must be right and returns its printed form and the
// warnings.
func read(t *testing.T, text string) (string, []string) {
	t.Helper()
	v, diagnostics, err := ParseText("f.conf", []byte(text), FileOptions{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v.String(), texts(diagnostics)
}

func texts(diagnostics []Diagnostic) []string {
	var s []string
	for _, d := range diagnostics {
		s = append(s, d.String())
	}
	return s
}

func TestFileAccepts(t *testing.T) {
	tests := []struct {
		name, text, want string
		warnings         []string
	}{
		{"PL.2.1 D4.2.2 hash comment", "# one\n{ \"a\": 1 # two } ]\n}#", `{ "a": 1 }`, nil},
		{"PL.2.1 D4.2.2 slash comment", "//\n{ \"a\": // x \"\n 1 }\n// end", `{ "a": 1 }`, nil},
		{"PL.2.1 D4.2.2 block comment", "/* a\n * b **/{ \"a\"/**/:/* } */1 }", `{ "a": 1 }`, nil},
		{"no comment inside a string", `{ "a": "# // /* */ <?include \"x\"?>" }`,
			`{ "a": "# // /* */ <?include \"x\"?>" }`, nil},
		{"PL.2.1 PL.2.2 D4.2.3 trailing commas", "{ \"a\": [ 1, 2, ],\n \"b\": { \"c\": 1, }, }",
			`{ "a": [ 1, 2 ], "b": { "c": 1 } }`, []string{
				"f.conf:1.14: Extraneous comma. A piece of configuration may have been omitted.",
				"f.conf:2.15: Extraneous comma. A piece of configuration may have been omitted.",
				"f.conf:2.18: Extraneous comma. A piece of configuration may have been omitted."}},
		{"PL.2.3 D4.2.3 repeated commas", `{ "a": [1,,2,], "b":1,,"c":2 }`,
			`{ "a": [ 1, 2 ], "b": 1, "c": 2 }`, []string{
				"f.conf:1.10: Extraneous comma. A piece of configuration may have been omitted.",
				"f.conf:1.13: Extraneous comma. A piece of configuration may have been omitted.",
				"f.conf:1.22: Extraneous comma. A piece of configuration may have been omitted."}},
		{"D4.2.5 numbers", `{ "a": .25, "b": -5, "c": 1., "d": 5e-1, "e": 9223372036854775807, "f": -0 }`,
			`{ "a": 0.25, "b": -5, "c": 1.0, "d": 0.5, "e": 9223372036854775807, "f": 0 }`, nil},
		{"booleans and null", `{"t":true,"f":false,"n":null}`, `{ "f": false, "n": null, "t": true }`, nil},
		{"PL.2.10 UTF-8 passes unchanged", `{ "é": "日本" }`, `{ "é": "日本" }`, nil},
		{"PL.2.10 D4.48.8 a unicode escape is one Latin-1 byte", `{ "a": "\u00e9\u0041" }`, "{ \"a\": \"\xe9A\" }", nil},
		{"escapes", `{ "a": "\"\\\/\b\f\n\r\t\u0001" }`, `{ "a": "\"\\/\b\f\n\r\t\u0001" }`, nil},
		{"CRLF", "{\r\n\"a\": 1\r\n}\r\n", `{ "a": 1 }`, nil},
		{"empty", "{}", "{  }", nil},
		{"relay is the free-form's own inside user-context",
			`{"user-context":{"relay":{"a":1,}}}`, `{ "user-context": { "relay": { "a": 1 } } }`,
			[]string{"f.conf:1.32: Extraneous comma. A piece of configuration may have been omitted."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings := read(t, tt.text)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if diff := cmp.Diff(tt.warnings, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFileRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"PL.2.4 D4.2.5 boolean in capitals", `{ "a": True }`,
			"f.conf:1.8-11: JSON true reserved keyword is lower case only"},
		{"null in capitals", `{ "a": NULL }`, "f.conf:1.8-11: JSON null reserved keyword is lower case only"},
		{"a word", `{ "a": yes }`, "f.conf:1.8: Invalid character: y"},
		{"PL.2.3 D4.2.3 comma before the first member", `{ , "a": 5 }`,
			`f.conf:1.3: syntax error, unexpected ",", expecting constant string or }`},
		{"PL.2.3 comma before the first element", `{ "a": [ , 5 ] }`,
			`f.conf:1.10: syntax error, unexpected ",", expecting a value`},
		{"D4.2.3 no superfluous comma in relay", `{ "relay": { "ip-addresses": [ ], } }`,
			`f.conf:1.33: syntax error, unexpected ",", expecting }`},
		{"PL.2.5 D4.2.4 duplicate key", "{ \"Dhcp4\": {\n\"next-server\": 1,\n \"next-server\": 2 } }",
			"f.conf:3:2: duplicate next-server entries in Dhcp4 map (previous at f.conf:2:16)"},
		{"PL.2.5 duplicate in a list's map", `{"subnet4":[{"id":1,"id":1}]}`,
			"f.conf:1:21: duplicate id entries in subnet4 map (previous at f.conf:1:19)"},
		{"PL.2.5 duplicate at the top", `{"Dhcp4":{},"Dhcp4":{}}`,
			"f.conf:1:13: duplicate Dhcp4 entries in toplevel map (previous at f.conf:1:10)"},
		{"PL.2.5 duplicate in free-form JSON", `{"user-context":{"a":{"b":1,"b":2}}}`,
			"f.conf:1:29: duplicate b entries in JSON map (previous at f.conf:1:27)"},
		{"PL.2.10 byte order mark", "\ufeff{}", `f.conf:1.1: Invalid character: \xef (a byte order mark: save the file as UTF-8 without one)`},
		{"UTF-16", "\xff\xfe{\x00}\x00", `f.conf:1.1: Invalid character: \xff (the file is in UTF-16: save it as UTF-8)`},
		{"PL.2.10 raw control character", "{ \"a\": \"x\ty\" }", `f.conf:1.8-12 (near 2): Invalid control in "x\x09y"`},
		{"PL.2.10 high unicode escape", `{ "a": "x\u0141" }`,
			`f.conf:1.8-16 (near 3): Unsupported unicode escape in "x\u0141"`},
		{"short unicode escape", `{ "a": "x\u41" }`, `f.conf:1.8-14 (near 3): Overflow unicode escape in "x\u41"`},
		{"unknown escape", `{ "a": "x\q" }`, `f.conf:1.8-12 (near 3): Bad escape in "x\q"`},
		{"open string", "{ \"a\": \"x }\n}", `f.conf:1.8-11: String not closed: "x }`},
		{"integer beyond 64 bits", `{ "a": 9223372036854775808 }`,
			"f.conf:1.8-26: Failed to convert 9223372036854775808 to an integer."},
		{"real beyond its range", `{ "a": 1e400 }`, "f.conf:1.8-12: Failed to convert 1e400 to a floating point."},
		{"a number with letters", `{ "a": 5a }`, "f.conf:1.8-9: 5a is not a number"},
		{"D4.2.1 no map", `[ 1 ]`, "f.conf:1.1: syntax error, unexpected [, expecting {"},
		{"D4.2.1 nothing", ` `, "f.conf:1.2: syntax error, unexpected end of file, expecting {"},
		{"PL.2.6 a second map", `{ } { }`, "f.conf:1.5: syntax error, unexpected {, expecting end of file"},
		{"open map", "{ \"a\": 1\n", `f.conf:2.1: syntax error, unexpected end of file, expecting "," or }`},
		{"PL.2.8 grammar position over several columns", `{ "a" 15 }`, "f.conf:1.7-8: syntax error, unexpected integer, expecting :"},
		{"open comment", "{ /* \n", "f.conf:2.1: Comment not closed. (/* in line 1)"},
		{"open directive", `{ <?include "x" }`, `f.conf:1.3-16: Directive not closed: <?include "path"?> is the only one.`},
		{"other directive", `{ <?xml?> }`, `f.conf:1.3-4: Directive not closed: <?include "path"?> is the only one.`},
		{"NUL", "{ \x00 }", `f.conf:1.3: Invalid character: \x00`},
		{"nesting", `{"a":` + strings.Repeat("[", 100000), "f.conf:1.133: nested more than 128 levels deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, diagnostics, err := ParseText("f.conf", []byte(tt.text), FileOptions{})
			var list SyntaxErrors
			if !errors.As(err, &list) {
				t.Fatalf("error %v of type %T", err, err)
			}
			if got := list[0].String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if v != nil {
				t.Errorf("a value came with the error: %v", v)
			}
			if len(diagnostics) < len(list) {
				t.Errorf("%d diagnostics for %d errors", len(diagnostics), len(list))
			}
		})
	}
}

// One run over a file shows all that is wrong with it.
func TestFileReportsEveryError(t *testing.T) {
	text := "{ \"a\": True,\n  \"b\" 5,\n  \"c\": {\"x\":},\n  \"a\": 1,\n  \"d\": \"\\q\", \"e\": [ 1 2, 3 ],\n \"f\": 5 ; }"
	_, _, err := ParseText("f.conf", []byte(text), FileOptions{})
	want := strings.Join([]string{
		"f.conf:1.8-11: JSON true reserved keyword is lower case only",
		"f.conf:2.7: syntax error, unexpected integer, expecting :",
		"f.conf:3.13: syntax error, unexpected }, expecting a value",
		"f.conf:4:3: duplicate a entries in toplevel map (previous at f.conf:1:8)",
		`f.conf:5.8-11 (near 2): Bad escape in "\q"`,
		`f.conf:5.23: syntax error, unexpected integer, expecting "," or ]`,
		"f.conf:6.9: Invalid character: ;",
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}

	_, diagnostics, _ := ParseText("f.conf", []byte("{ \"a\": ["+strings.Repeat("True,\n", 1000)+"] }"), FileOptions{})
	if len(diagnostics) != maxErrors {
		t.Errorf("%d errors reported, want %d", len(diagnostics), maxErrors)
	}
}

// D4.2.1: the order of parameters does not matter; members keep it all the same.
func TestMembersKeepTheirOrder(t *testing.T) {
	a, _, err := ParseText("f.conf", []byte(`{"b":1,"a":2}`), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := ParseText("f.conf", []byte(`{"a":2,"b":1}`), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Equal(b) {
		t.Errorf("D4.2.1 %v differs from %v", a, b)
	}
	if a.Members[0].Key != "b" {
		t.Errorf("first member is %s", a.Members[0].Key)
	}
}

// PL.2.8: what is found after parsing is named with FILE:LINE:COL, a value by its
// own place and a key by its own.
func TestPositions(t *testing.T) {
	v, _, err := ParseText("f.conf", []byte("{\n  \"a\": [ 10, { \"b\": \"x\" } ],\n\t\"c\": 1.5 }"), FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{
		v.Pos.String():                                 "f.conf:1:1",
		v.Get("a").Pos.String():                        "f.conf:2:8",
		v.Get("a").List[0].Pos.Span():                  "f.conf:2.10-11",
		v.Get("a").List[1].Get("b").Pos.String():       "f.conf:2:21",
		v.Get("a").List[1].Member("b").KeyPos.String(): "f.conf:2:16",
		v.Get("c").Pos.String():                        "f.conf:3:7",
	}
	for got, want := range places {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if s := NewInt(1).Pos.String() + NewInt(1).Pos.Span(); s != "" {
		t.Errorf("a made value is at %q", s)
	}
}

// writeChain makes files 0.json … n.json of which each includes the next, and
// returns the first.
func writeChain(t *testing.T, dir string, n int) string {
	t.Helper()
	for i := range n + 1 {
		text := `{ "deep": true }`
		if i < n {
			text = fmt.Sprintf("# %d\n<?include \"%d.json\"?>\n", i, i+1)
		}
		write(t, filepath.Join(dir, fmt.Sprintf("%d.json", i)), text)
	}
	return filepath.Join(dir, "0.json")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestInclude(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("sub", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "sub/part.json", "\"b\": [ <?include \"sub/items.json\"?> ], // c\n")
	write(t, "sub/items.json", "1, 2,\n 3")
	write(t, "main.json", "{ \"a\": 0,\n <?include \"sub/part.json\"?>\n \"z\": <?include \""+
		filepath.Join(dir, "value.json")+"\" ?> }")
	write(t, "value.json", "\"v\"")
	write(t, "self.json", "  <?include \"self.json\"?>")
	write(t, "bad.json", "{\n \"a\": <?include \"sub/wrong.json\"?> }")
	write(t, "sub/wrong.json", "\n oops")

	t.Run("PL.2.1 PL.2.11 PL.2.12 relative to the working directory, in the middle of the text", func(t *testing.T) {
		v, _, err := ParseFile("main.json", FileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := v.String(), `{ "a": 0, "b": [ 1, 2, 3 ], "z": "v" }`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := v.Get("b").List[2].Pos.String(), "sub/items.json:2:2"; got != want {
			t.Errorf("place %s, want %s", got, want)
		}
		if got, want := v.Member("z").KeyPos.String(), "main.json:3:2"; got != want {
			t.Errorf("place behind the include %s, want %s", got, want)
		}
	})
	t.Run("relative to a given directory", func(t *testing.T) {
		t.Chdir("/")
		if _, _, err := ParseFile(filepath.Join(dir, "main.json"), FileOptions{Dir: dir}); err != nil {
			t.Error(err)
		}
	})
	t.Run("PL.2.12 ten levels", func(t *testing.T) {
		if _, _, err := ParseFile(writeChain(t, dir, 10), FileOptions{}); err != nil {
			t.Error(err)
		}
	})
	failures := []struct{ name, file, want string }{
		{"PL.2.12 a cycle", "self.json", "self.json:1.3-25: Too many nested include."},
		{"PL.2.8 error in an included file", "bad.json", "sub/wrong.json:2.2: Invalid character: o"},
	}
	for _, tt := range failures {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := ParseFile(tt.file, FileOptions{}); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	t.Run("PL.2.12 eleven levels", func(t *testing.T) {
		t.Chdir(t.TempDir())
		_, _, err := ParseFile(writeChain(t, ".", 11), FileOptions{})
		if want := "10.json:2.1-21: Too many nested include."; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("PL.2.12 unreadable file", func(t *testing.T) {
		_, _, err := ParseText("f.conf", []byte(`{ <?include "/none/such"?> }`), FileOptions{})
		want := "f.conf:1.3-26: Can't open include file /none/such: no such file or directory"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
	t.Run("main file missing", func(t *testing.T) {
		_, _, err := ParseFile("/none/such", FileOptions{})
		if want := "Can't open file /none/such: no such file or directory"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if !errors.Is(err, os.ErrNotExist) {
			t.Error("the cause is lost")
		}
	})
}

// largeConfig is a configuration of n subnets, about a kilobyte each.
func largeConfig(n int) []byte {
	var b strings.Builder
	b.WriteString(`{ "Dhcp4": { "subnet4": [`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `
    {   # subnet %[1]d
        "id": %[1]d, "subnet": "10.%[2]d.%[3]d.0/24", "valid-lifetime": 4000, "renew-timer": 1000,
        "rebind-timer": 2000, "interface": "eth%[4]d", "match-client-id": true, "authoritative": false,
        "pools": [ { "pool": "10.%[2]d.%[3]d.10 - 10.%[2]d.%[3]d.99" }, { "pool": "10.%[2]d.%[3]d.110 - 10.%[2]d.%[3]d.199" } ],
        "relay": { "ip-addresses": [ "10.%[2]d.%[3]d.1" ] },
        "option-data": [
            { "name": "routers", "data": "10.%[2]d.%[3]d.1", "code": 3, "space": "dhcp4", "csv-format": true },
            { "name": "domain-name-servers", "data": "10.0.0.1, 10.0.0.2", "code": 6, "space": "dhcp4", "csv-format": true },
            { "name": "domain-name", "data": "s%[1]d.example.org", "code": 15, "space": "dhcp4", "csv-format": true }
        ],
        "reservations": [ { "hw-address": "1a:1b:1c:1d:%02[2]x:%02[3]x", "ip-address": "10.%[2]d.%[3]d.5", "hostname": "h%[1]d" } ]
    }`, i+1, i/256%256, i%256, i%16)
	}
	b.WriteString("\n] } }\n")
	return []byte(b.String())
}

func TestLargeFileIsFast(t *testing.T) {
	text := largeConfig(10000)
	start := time.Now()
	v, _, err := ParseText("large.conf", text, FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	t.Logf("%d bytes in %v", len(text), took)
	if n := len(v.Get("Dhcp4").Get("subnet4").List); n != 10000 {
		t.Errorf("%d subnets", n)
	}
	if took > 5*time.Second {
		t.Errorf("%d bytes took %v", len(text), took)
	}
}

func BenchmarkParseText(b *testing.B) {
	text := largeConfig(10000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseText("large.conf", text, FileOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	v, _, err := ParseText("large.conf", largeConfig(10000), FileOptions{})
	if err != nil {
		b.Fatal(err)
	}
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		out = v.AppendJSON(out[:0])
	}
	b.SetBytes(int64(len(out)))
}
