package control

import (
	"bytes"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestFrame(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // the command; "" when it is not complete
		err        string
	}{
		{"map", `{ "a": [ {} ] } trailing`, `{ "a": [ {} ] }`, ""},
		{"list", "\n [ 1 ]\n", "\n [ 1 ]", ""},
		{"brackets in strings", `{ "a}\"]": "{[" }]`, `{ "a}\"]": "{[" }`, ""},
		{"PL.4.5 brackets in comments", "# }\n// ]\n/* { ** */ { # }\n // }\n /* } **/ \"a\": 1 }}", "# }\n// ]\n/* { ** */ { # }\n // }\n /* } **/ \"a\": 1 }", ""},
		{"brackets that do not match are the parser's", `{ "a": 1 ]`, `{ "a": 1 ]`, ""},
		{"a slash that is no comment", `{ / "x}" }`, "", "invalid characters / "},
		{"incomplete", `{ "command": "x"`, "", ""},
		{"comment at the end", `{ "command": "x" } `[:17] + "# }", "", ""},
		{"wrong start", "\r\n hello", "", "invalid first character h"},
		{"string first", `"x"`, "", `invalid first character "`},
		{"closing bracket first", `}`, "", `invalid first character }`},
		{"slash first", `/x`, "", `invalid characters /x`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1, 3, len(tt.text)} {
				got, err := feedAll([]byte(tt.text), size)
				if got != tt.want || errorText(err) != tt.err {
					t.Errorf("by %d bytes: got %q %q, want %q %q", size, got, errorText(err), tt.want, tt.err)
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

// feedAll feeds text in pieces of a size and returns the command if it got
// complete.
func feedAll(text []byte, size int) (string, error) {
	var f frame
	for len(text) > 0 {
		n := min(size, len(text))
		complete, err := f.feed(text[:n])
		if err != nil {
			return "", err
		}
		if complete {
			return string(f.text), nil
		}
		text = text[n:]
	}
	return "", nil
}

// PL.16.11: a command that never ends costs bounded memory.
func TestFrameLimit(t *testing.T) {
	var f frame
	piece := []byte(strings.Repeat(" ", 1<<20))
	f.feed([]byte("{"))
	for range 2 * element.MaxWireSize / len(piece) {
		if _, err := f.feed(piece); err != nil {
			if want := "the command is longer than 67108864 bytes"; err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			return
		}
	}
	t.Error("no limit")
}

// FuzzFrame: how the text is cut into pieces does not matter; what parses as a
// command is complete exactly at its end.
func FuzzFrame(f *testing.F) {
	for _, s := range []string{`{ "a": "}" } x`, "# {\n[1]", `{"a\\":"\""}`, `/**/{/*}*/}`, `{"a":1`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		whole, wholeErr := feedAll(text, len(text)+1)
		single, singleErr := feedAll(text, 1)
		if whole != single || errorText(wholeErr) != errorText(singleErr) {
			t.Fatalf("at once %q %v, byte by byte %q %v", whole, wholeErr, single, singleErr)
		}
		v, err := element.ParseWire(text)
		if err != nil || v.Kind != element.Map && v.Kind != element.List {
			return
		}
		w, err := element.ParseWire([]byte(whole))
		if err != nil || !w.Equal(v) {
			t.Fatalf("%q is a command, but %q was taken: %v", text, whole, err)
		}
		if !bytes.HasPrefix(text, []byte(whole)) {
			t.Fatalf("%q is not the beginning of %q", whole, text)
		}
	})
}
