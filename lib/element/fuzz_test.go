package element

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzParseFile: no text makes the parser panic; what it accepts is printed and
// read back as the same value; what it refuses is refused with a position.
func FuzzParseFile(f *testing.F) {
	for _, s := range []string{
		`{ "Dhcp4": { "subnet4": [ { "id": 1, } ], } } # x`, `{ "a": .25e-3, /* */ "b": "\u00e9\n" }`,
		`{ <?include "x"?> }`, "{\"a\":\n [1,,2] // \n}", `{ "a": True, "b" 5, [ }`, "\ufeff{}", `{"relay":{"a":1,}}`,
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), []byte(`"in": 1, <?include "x"?>`), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, diagnostics, err := ParseText("fuzz", text, FileOptions{Dir: dir})
		for _, d := range diagnostics {
			if d.Pos.Source == nil || d.Pos.Line < 1 || d.Pos.Col < 1 || d.Text == "" {
				t.Errorf("bad diagnostic %+v", d)
			}
		}
		if (v == nil) != (err != nil) {
			t.Fatalf("value %v with error %v", v, err)
		}
		if v != nil {
			readBack(t, v, v.Pretty())
		}
	})
}

// FuzzParseWire: the same of commands.
func FuzzParseWire(f *testing.F) {
	for _, s := range []string{
		`{ "command": "x", "arguments": { "a": [ 1, -2.5e3, true, null ] }, "service": [ "dhcp4" ] }`,
		"{ # c\n \"a\": /* */ \"\\u00e9\" } // e", `[[[[`, `{"a":340282366920938463463374607431768211455}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := ParseWire(text)
		if (v == nil) != (err != nil) {
			t.Fatalf("value %v with error %v", v, err)
		}
		if v != nil {
			readBack(t, v, v.AppendJSON(nil))
		}
	})
}

// readBack parses what v was printed as. Reals lose digits by printing, so the
// printed forms are compared.
func readBack(t *testing.T, v *Value, printed []byte) {
	t.Helper()
	w, err := ParseWire(printed)
	if err != nil {
		t.Fatalf("%s is not read back: %v", printed, err)
	}
	if w.String() != v.String() {
		t.Errorf("%s came back as %s", v, w)
	}
}
