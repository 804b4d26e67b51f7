package logging

import (
	"testing"

	"nestor/lib/element"
)

func TestRedact(t *testing.T) {
	cfg, err := element.ParseWire([]byte(`{ "a": [ { "password": "p", "user": "u" } ], "basic-auth-password": 1, "key": { "secret": "s" }, "password-file": "f" }`))
	if err != nil {
		t.Fatal(err)
	}
	before := string(cfg.AppendJSON(nil))
	// PL.3.25
	want := `{ "a": [ { "password": "*****", "user": "u" } ], "basic-auth-password": "*****", "key": { "secret": "*****" }, "password-file": "f" }`
	if got := string(Redact(cfg).AppendJSON(nil)); got != want {
		t.Errorf("got %s", got)
	}
	if got := string(cfg.AppendJSON(nil)); got != before {
		t.Errorf("the original became %s", got)
	}
	if Redact(nil) != nil {
		t.Error("nil became something")
	}
}

func TestRedactAccess(t *testing.T) {
	for access, want := range map[string]string{
		"name=kea password=x user=kea":            "name=kea password=***** user=kea",
		"user=kea password='two words' host=h":    "user=kea password=***** host=h",
		"type=mysql":                              "type=mysql",
		"password= name=kea":                      "password=***** name=kea",
		"PASSWORD=abc":                            "PASSWORD=*****",
		`host=h password="a b" connect-timeout=5`: "host=h password=***** connect-timeout=5",
	} {
		if got := RedactAccess(access); got != want { // PL.3.25
			t.Errorf("%q became %q, want %q", access, got, want)
		}
	}
}
