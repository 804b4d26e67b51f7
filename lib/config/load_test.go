package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/element"
)

// loadText loads a file with the given contents.
func loadText(text string) (*Dhcp4, []Warning, error) {
	v, remarks, err := ParseText("test.conf", []byte(text))
	if err != nil {
		return nil, remarks, err
	}
	c, warnings, err := LoadDhcp4(v, Options{})
	return c, append(remarks, warnings...), err
}

// loadBody loads a file whose Dhcp4 map has the given contents.
func loadBody(body string) (*Dhcp4, []Warning, error) { return loadText(whole(body)) }

func whole(body string) string { return `{"Dhcp4":{` + body + `}}` }

// mustLoad loads a file that has to be good.
func mustLoad(t *testing.T, body string) *Dhcp4 {
	t.Helper()
	c, _, err := loadBody(body)
	if err != nil {
		t.Fatalf("%s\nis refused: %v", body, err)
	}
	checkSchema(t, validator4(), whole(body), nil)
	return c
}

// loadWire loads the arguments of a command.
func loadWire(t *testing.T, text string) (*Dhcp4, error) {
	t.Helper()
	v, err := element.ParseWire([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := LoadDhcp4(v, Options{})
	return c, err
}

// accepted checks that a file is good.
func accepted(t *testing.T, body string) {
	t.Helper()
	_, _, err := loadBody(body)
	if err != nil {
		t.Errorf("%s\nis refused: %v", body, err)
	}
	checkSchema(t, validator4(), whole(body), err)
}

// refused checks that a file is refused with one fault that has each of the
// parts.
func refused(t *testing.T, body string, parts ...string) {
	t.Helper()
	_, _, err := loadBody(body)
	checkRefused(t, body, err, parts)
	checkSchema(t, validator4(), whole(body), err)
}

func checkRefused(t *testing.T, text string, err error, parts []string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s\nis accepted", text)
		return
	}
	var faults Errors
	if errors.As(err, &faults) && len(faults) != 1 {
		t.Errorf("%s\nhas %d faults, want one: %v", text, len(faults), err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%s\nis refused with %q,\nwithout %q", text, err, part)
		}
	}
}

// subnet is a configuration of one subnet with further contents.
func subnet(more string) string {
	if more != "" {
		more = "," + more
	}
	return `"subnet4":[{"id":1,"subnet":"192.0.2.0/24"` + more + `}]`
}

func TestFileForm(t *testing.T) {
	t.Run("D4.2.1 one object with Dhcp4, in any order", func(t *testing.T) {
		a := mustLoad(t, `"renew-timer":5,"valid-lifetime":100,`+subnet(`"pools":[{"pool-id":3,"pool":"192.0.2.8/30"}]`))
		b := mustLoad(t, `"subnet4":[{"pools":[{"pool":"192.0.2.8/30","pool-id":3}],"subnet":"192.0.2.0/24","id":1}],"valid-lifetime":100,"renew-timer":5`)
		if got, want := b.Arguments().String(), a.Arguments().String(); got != want {
			t.Errorf("the order matters:\n%s\n%s", got, want)
		}
		_, _, err := loadText(`[]`)
		checkRefused(t, "a list", err, nil)
		_, _, err = loadText(`{"Dhcp4":[]}`)
		checkRefused(t, "a list", err, []string{"test.conf:1.10: syntax error, unexpected [, expecting {"})
		_, _, err = loadText(`{"Dhcp6":{"a":1}}`)
		checkRefused(t, "another map", err, []string{"test.conf:1.2-8: syntax error, unexpected constant string, expecting Dhcp4"})
		_, _, err = loadText(`{}`)
		checkRefused(t, "an empty map", err, []string{"unexpected }, expecting Dhcp4"})
	})
	t.Run("D4.58.3 D4.2.1 PL.2.6 further members are refused", func(t *testing.T) {
		_, _, err := loadText(`{"Dhcp4":{"valid-lifetime":5},"Logging":{}}`)
		checkRefused(t, "a second member", err, []string{`test.conf:1.31-39: syntax error, unexpected constant string, expecting "," or }`})
		_, err = loadWire(t, `{"Dhcp4":{},"x":{}}`)
		if err == nil || err.(Errors).Answer() != "Unsupported 'x' parameter." {
			t.Errorf("command with a second member: %v", err)
		}
		_, err = loadWire(t, `{"Dhcp6":{}}`)
		if err == nil || err.(Errors).Answer() != "Missing mandatory 'Dhcp4' parameter." {
			t.Errorf("command without Dhcp4: %v", err)
		}
	})
	t.Run("D4.2.2 PL.2.1 comments and includes", func(t *testing.T) {
		dir := t.TempDir()
		inner, outer := filepath.Join(dir, "subnets.json"), filepath.Join(dir, "kea.conf")
		write(t, inner, `[ { "id": 7, /* inline */ "subnet": "192.0.2.0/24" } ]`)
		write(t, outer, "# first\n{ // second\n/* third\n */ \"Dhcp4\": { \"subnet4\": <?include \""+inner+"\"?> } }")
		c, warnings, err := LoadDhcp4File(outer, Options{})
		if err != nil || len(warnings) != 0 {
			t.Fatal(err, warnings)
		}
		if len(c.Subnets) != 1 || c.Subnets[0].ID != 7 {
			t.Errorf("subnets: %v", c.Subnets)
		}
		// PL.2.13 includes are merged, comments are lost.
		if s := c.Arguments().String(); !strings.Contains(s, `"id": 7`) || strings.Contains(s, "inline") {
			t.Errorf("config-get: %s", s)
		}
	})
	t.Run("a fault of an included file is told with that file", func(t *testing.T) {
		dir := t.TempDir()
		inner, outer := filepath.Join(dir, "subnets.json"), filepath.Join(dir, "kea.conf")
		write(t, inner, "[\n { \"id\": 7, \"subnet\": \"x\" } ]")
		write(t, outer, "{ \"Dhcp4\": { \"bogus\": 1,\n \"subnet4\": <?include \""+inner+"\"?> } }")
		_, _, err := LoadDhcp4File(outer, Options{})
		var faults Errors
		if !errors.As(err, &faults) || len(faults) != 2 {
			t.Fatal(err)
		}
		if s := faults[1].Error(); !strings.Contains(s, inner+":2:") {
			t.Errorf("got %q", s)
		}
	})
	t.Run("D4.2.3 PL.2.2 superfluous commas", func(t *testing.T) {
		c, warnings, err := loadText("{\"Dhcp4\":{\"valid-lifetime\":77,\n\"subnet4\":[{\"id\":1,\"subnet\":\"192.0.2.0/24\",},],},}")
		if err != nil || c.ValidLifetime.Default != 77 {
			t.Fatal(err)
		}
		if len(warnings) != 4 {
			t.Fatalf("%d warnings: %v", len(warnings), warnings)
		}
		for _, w := range warnings {
			if w.ID != "DHCP4_CONFIG_SYNTAX_WARNING" || !strings.HasPrefix(w.Args[0], "test.conf:2.") {
				t.Errorf("warning %+v", w)
			}
		}
		_, _, err = loadBody(subnet(`"relay":{"ip-addresses":["192.0.2.1"],}`))
		if err == nil {
			t.Error("relay takes a superfluous comma")
		}
	})
	t.Run("D4.2.4 D4.58.2 PL.2.5 a key twice", func(t *testing.T) {
		_, _, err := loadText("{\"Dhcp4\":{\"valid-lifetime\":1,\n\"valid-lifetime\":2}}")
		checkRefused(t, "a key twice", err, []string{"duplicate valid-lifetime entries in Dhcp4 map (previous at test.conf:1:"})
		c, err := loadWire(t, `{"Dhcp4":{"valid-lifetime":1,"valid-lifetime":2}}`)
		if err != nil || c.ValidLifetime.Default != 2 {
			t.Errorf("command: %v", err)
		}
	})
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestScalars(t *testing.T) {
	t.Run("D4.2.5 PL.2.4 notation", func(t *testing.T) {
		refused(t, `"valid-lifetime":"7200"`, "test.conf:1.28-33: syntax error, unexpected constant string, expecting integer")
		refused(t, `"valid-lifetime":7200.0`, "unexpected floating point, expecting integer")
		refused(t, `"authoritative":"true"`, "expecting boolean")
		refused(t, `"authoritative":True`)
		refused(t, `"t1-percent":1`, "unexpected integer, expecting floating point", "write 1.0")
		if c := mustLoad(t, `"t1-percent":.25`); c.T1Percent != .25 {
			t.Errorf("t1-percent %v", c.T1Percent)
		}
	})
	t.Run("D4.2.5 lifetimes have a range", func(t *testing.T) {
		for _, key := range []string{"valid-lifetime", "min-valid-lifetime", "max-valid-lifetime", "renew-timer", "rebind-timer"} {
			refused(t, `"`+key+`":-1`, "Dhcp4/"+key, "-1 is out of range")
			refused(t, `"`+key+`":4294967296`, "4294967296 is out of range")
		}
		accepted(t, `"valid-lifetime":4294967295`)
	})
	t.Run("D4.2.7 PL.2.9 types and enumerations", func(t *testing.T) {
		refused(t, `"subnet4":{}`, "unexpected {, expecting [")
		refused(t, `"subnet4":[3]`, "unexpected integer, expecting {", "Dhcp4/subnet4[0]")
		refused(t, `"interfaces-config":[]`, "unexpected [, expecting {")
		refused(t, `"interfaces-config":{"interfaces":[3]}`, "Dhcp4/interfaces-config/interfaces[0]", "expecting constant string")
		refused(t, `"interfaces-config":{"dhcp-socket-type":"tcp"}`, "unexpected constant string, expecting raw or udp")
		refused(t, `"ddns-replace-client-name":true`, "unexpected boolean")
		refused(t, `"valid-lifetime":null`, "unexpected null, expecting integer")
	})
	t.Run("PL.2.10 bytes of strings pass through", func(t *testing.T) {
		c := mustLoad(t, `"server-tag":"é\u00e9 `+"\xff"+`"`)
		if c.ServerTag != "é\xe9 \xff" {
			t.Errorf("server-tag %q", c.ServerTag)
		}
	})
}

func TestAllFaultsAtOnce(t *testing.T) {
	_, _, err := loadText(`{ "Dhcp4": {
  "valid-lifetme": 100,
  "renew-timer": "x",
  "subnet4": [
    { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.300 - 192.0.2.5" } ] },
    { "subnet": "192.0.3.0/24", "bogus": 1 }
  ],
  "loggers": [ { } ]
} }`)
	var faults Errors
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	want := []string{
		`test.conf:2.3-17: got unexpected keyword "valid-lifetme" in Dhcp4 map. [Dhcp4/valid-lifetme: did you mean valid-lifetime?]`,
		`test.conf:3.18-20: syntax error, unexpected constant string, expecting integer [Dhcp4/renew-timer]`,
		`Dhcp4/subnet4[0]/pools[0]/pool: 192.0.2.300 is not an IPv4 address (test.conf:5:63)`,
		`subnet configuration failed: missing parameter 'id' (test.conf:6:5) [Dhcp4/subnet4[1]: id is mandatory here; Kea before 2.6 numbered the subnets 1, 2, 3 in the order of the file, so do their leases]`,
		`test.conf:6.33-39: got unexpected keyword "bogus" in subnet4 map. [Dhcp4/subnet4[1]/bogus]`,
		`test.conf:8.16: syntax error, unexpected } [Dhcp4/loggers[0]: the map is empty: leave it out, or give it a parameter]`,
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d faults, want %d:\n%v", len(lines), len(want), err)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("fault %d is\n%s, want\n%s", i, lines[i], want[i])
		}
	}
	if faults.First().Path != "Dhcp4/valid-lifetme" || !faults.Syntax() {
		t.Errorf("first is %+v", faults.First())
	}
}

func TestUnknownKeywords(t *testing.T) {
	t.Run("D4.2.6 PL.2.7 PL.2.8 in files", func(t *testing.T) {
		refused(t, `"subnet4":[{"id":1,"subnet":"192.0.2.0/24","bogus":3}]`,
			`test.conf:1.54-60: got unexpected keyword "bogus" in subnet4 map.`)
		refused(t, `"option-data":[{"name":"routers","data":"192.0.2.1","alwayssend":true}]`,
			`got unexpected keyword "alwayssend" in option-data map.`, "did you mean always-send?")
	})
	t.Run("D4.2.6 PL.2.8 in commands", func(t *testing.T) {
		for _, c := range []struct{ text, answer string }{
			{`{ "Dhcp4": { "foo": 1 } }`, "unsupported global configuration parameter: foo (<wire>:0:20)"},
			{`{ "Dhcp4": { "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "bogus": 1 } ] } }`, "spurious 'bogus' parameter"},
			{`{ "Dhcp4": { "subnet4": [ { "subnet": "192.0.2.0/24" } ] } }`, "subnet configuration failed: missing parameter 'id' (<wire>:0:27)"},
			{`{ "Dhcp4": { "renew-timer": "x" } }`, "intValue() called on non-integer Element in (<wire>:0:28)"},
		} {
			_, err := loadWire(t, c.text)
			if err == nil {
				t.Errorf("%s is accepted", c.text)
			} else if got := err.(Errors).Answer(); got != c.answer {
				t.Errorf("%s: answer %q, want %q", c.text, got, c.answer)
			}
		}
	})
	t.Run("D4.2.8 dhcp-queue-control takes any key", func(t *testing.T) {
		c := mustLoad(t, `"dhcp-queue-control":{"enable-queue":true,"queue-type":"kea-ring4","capacity":5,"my-queue":{"a":[1]}}`)
		if !strings.Contains(c.Arguments().String(), `"dhcp-queue-control": { "capacity": 5, "enable-queue": true, "my-queue": { "a": [ 1 ] }, "queue-type": "kea-ring4" }`) {
			t.Errorf("config-get: %s", c.Arguments())
		}
	})
}

func TestEmptiness(t *testing.T) {
	t.Run("D4.2.9 PL.2.19 lists that may be empty", func(t *testing.T) {
		for _, key := range []string{"subnet4", "shared-networks", "reservations", "option-data", "option-def",
			"hooks-libraries", "hosts-databases", "control-sockets"} {
			accepted(t, `"`+key+`":[]`)
		}
		accepted(t, subnet(`"pools":[],"reservations":[],"option-data":[],"require-client-classes":[]`))
		accepted(t, `"config-control":{"config-databases":[]}`)
		accepted(t, `"interfaces-config":{"interfaces":[]}`)
		accepted(t, `"control-sockets":[{"socket-type":"http","authentication":{"type":"basic","clients":[]}}]`)
	})
	t.Run("D4.2.10 PL.2.19 lists that need an element", func(t *testing.T) {
		for _, body := range []string{`"client-classes":[]`, `"host-reservation-identifiers":[]`, `"loggers":[]`,
			`"loggers":[{"name":"kea-dhcp4","output-options":[]}]`} {
			refused(t, body, "syntax error, unexpected ]")
		}
	})
	t.Run("D4.2.11 PL.2.20 maps that may be empty, and others", func(t *testing.T) {
		accepted(t, `"user-context":{}`)
		accepted(t, `"hooks-libraries":[{"library":"/usr/lib/libdhcp_lease_cmds.so","parameters":{}}]`)
		// The grammar lets these be empty; what they lack is found after it.
		refused(t, `"option-data":[{}]`, "Dhcp4/option-data[0]: name or code is missing")
		refused(t, `"reservations":[{}]`, "one of the supported identifiers")
		_, _, err := loadBody(`"option-def":[{}]`)
		if err == nil || !strings.Contains(err.Error(), "missing parameter 'name'") || strings.Contains(err.Error(), "unexpected }") {
			t.Errorf("option-def: %v", err)
		}
		_, _, err = loadBody(`"client-classes":[{}]`)
		if err == nil || !strings.Contains(err.Error(), "missing parameter 'name'") {
			t.Errorf("client-classes: %v", err)
		}
		for _, body := range []string{`"interfaces-config":{}`, `"compatibility":{}`, `"lease-database":{}`, `"sanity-checks":{}`,
			`"multi-threading":{}`, `"dhcp-ddns":{}`, `"control-socket":{}`, `"config-control":{}`, `"expired-leases-processing":{}`,
			`"dhcp-queue-control":{}`, `"subnet4":[{}]`, `"shared-networks":[{}]`, `"loggers":[{}]`,
			`"loggers":[{"name":"a","output-options":[{}]}]`, subnet(`"pools":[{}]`), subnet(`"relay":{}`)} {
			refused(t, body, "syntax error, unexpected }")
		}
	})
	t.Run("D4.58.4 an empty compatibility", func(t *testing.T) {
		refused(t, `"compatibility":{}`, "Dhcp4/compatibility", "unexpected }")
	})
	t.Run("D4.2.12 relay holds ip-addresses", func(t *testing.T) {
		accepted(t, subnet(`"relay":{"ip-addresses":["192.0.2.1","192.0.2.2"]}`))
		refused(t, subnet(`"relay":{"ip-addresses":["192.0.2.1"],"x":1}`), `unexpected keyword "x" in relay map`)
		refused(t, subnet(`"relay":{}`), "relay")
		refused(t, subnet(`"relay":{"ip-addresses":["192.0.2.1","192.0.2.1"]}`), "in the list already")
		refused(t, subnet(`"relay":{"ip-addresses":["::1"]}`), "::1 is not an IPv4 address")
	})
}
