package config

import (
	"strings"
	"testing"

	"nestor/lib/element"
)

func loadAgent(body string) (*Agent, []Warning, error) {
	v, _, err := ParseText("test.conf", []byte(`{"Control-agent":{`+body+`}}`))
	if err != nil {
		return nil, nil, err
	}
	return LoadAgent(v, Options{})
}

func TestAgent(t *testing.T) {
	refusedAgent := func(t *testing.T, body string, parts ...string) {
		t.Helper()
		_, _, err := loadAgent(body)
		checkRefused(t, body, err, parts)
		checkSchema(t, validatorAgent(), `{"Control-agent":{`+body+`}}`, err)
	}
	t.Run("table of section 4.5", func(t *testing.T) {
		a, _, err := loadAgent(`"control-sockets":{"dhcp4":{"socket-type":"unix","socket-name":"/run/kea4.sock","comment":"h"}}`)
		if err != nil {
			t.Fatal(err)
		}
		if a.Host != "127.0.0.1" || a.Port != 8000 || !a.CertRequired || a.Auth != nil || len(a.Sockets) != 1 || a.Sockets["dhcp4"].Name != "/run/kea4.sock" {
			t.Errorf("%+v", a)
		}
		want := `{ "control-sockets": { "dhcp4": { "socket-name": "/run/kea4.sock", "socket-type": "unix", "user-context": { "comment": "h" } } }, ` +
			`"hooks-libraries": [  ], "http-host": "127.0.0.1", "http-port": 8000 }`
		if got := a.Element().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
	})
	t.Run("everything, and back", func(t *testing.T) {
		a, _, err := loadAgent(`"http-host":"::1","http-port":8001,"trust-anchor":"a","cert-file":"b","key-file":"c","cert-required":false,
			"authentication":{"type":"basic","clients":[{"user":"a","password":"b"},{"user":"c"}]},
			"control-sockets":{"dhcp4":{"socket-name":"/4"},"dhcp6":{"socket-name":"/6"},"d2":{"socket-name":"/d"}},
			"http-headers":[{"name":"X-A","value":"b"}],"hooks-libraries":[{"library":"libca_rbac.so"}],
			"loggers":[{"name":"kea-ctrl-agent","severity":"WARN"}],"user-context":{"x":1}`)
		if err != nil {
			t.Fatal(err)
		}
		if a.Auth.Realm != "kea-control-agent" || a.Auth.Clients[1].Secret != "c:" || a.Sockets["d2"].Type != "unix" || a.CertRequired || len(a.Headers) != 1 || len(a.Loggers) != 1 || len(a.Hooks) != 1 {
			t.Errorf("%+v", a)
		}
		v, err := element.ParseWire(a.Arguments().AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := LoadAgent(v, Options{})
		if err != nil || Hash(again.Arguments()) != Hash(a.Arguments()) {
			t.Errorf("%v\n%s\n%s", err, a.Arguments(), again.Arguments())
		}
	})
	t.Run("faults", func(t *testing.T) {
		refusedAgent(t, `"bogus":1`, `test.conf:1.19-25: got unexpected keyword "bogus" in Control-agent map.`)
		refusedAgent(t, `"control-sockets":{"dhcp5":{"socket-name":"/x"}}`, `unexpected keyword "dhcp5" in control-sockets map`, "did you mean dhcp4?")
		refusedAgent(t, `"control-sockets":{"dhcp4":{"socket-type":"http","socket-name":"/x"}}`, "expecting unix")
		refusedAgent(t, `"control-sockets":[]`, "unexpected [, expecting {")
		refusedAgent(t, `"http-port":65536`, "out of range")
		refusedAgent(t, `"http-host":"x"`, "x is not an IP address")
		refusedAgent(t, `"trust-anchor":"x"`, "Control-agent: trust-anchor, cert-file and key-file go together")
		refusedAgent(t, `"loggers":[]`, "unexpected ]")
	})
	t.Run("PL.2.19 PL.2.20 what must not be empty", func(t *testing.T) {
		refusedAgent(t, ``, "syntax error, unexpected }")
		refusedAgent(t, `"control-sockets":{}`, "syntax error, unexpected }")
		refusedAgent(t, `"control-sockets":{"d2":{}}`, "syntax error, unexpected }")
		refusedAgent(t, `"authentication":{}`, "syntax error, unexpected }")
	})
	t.Run("a socket without a path", func(t *testing.T) {
		_, warnings, err := loadAgent(`"control-sockets":{"d2":{"socket-type":"unix"}}`)
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "Control-agent/control-sockets/d2: socket-name is missing") {
			t.Errorf("%v %v", err, warnings)
		}
	})
	t.Run("PL.2.6 one top-level map", func(t *testing.T) {
		for text, want := range map[string]string{`{"Control-agent":{},"x":{}}`: "Unsupported 'x' parameter.", `{}`: "Missing mandatory 'Control-agent' parameter."} {
			v, err := element.ParseWire([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := LoadAgent(v, Options{}); err == nil || err.(Errors).Answer() != want {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
