package config

import (
	"strings"
	"testing"

	"nestor/lib/element"
)

func whole6(body string) string { return `{"Dhcp6":{` + body + `}}` }

// loadBody6 loads a file whose Dhcp6 map has the given contents.
func loadBody6(body string) (*Dhcp6, []Warning, error) {
	v, remarks, err := ParseText("test.conf", []byte(whole6(body)))
	if err != nil {
		return nil, remarks, err
	}
	c, warnings, err := LoadDhcp6(v, Options{})
	return c, append(remarks, warnings...), err
}

func mustLoad6(t *testing.T, body string) *Dhcp6 {
	t.Helper()
	c, _, err := loadBody6(body)
	if err != nil {
		t.Fatalf("%s\nis refused: %v", body, err)
	}
	checkSchema(t, validator6(), whole6(body), nil)
	return c
}

func accepted6(t *testing.T, body string) {
	t.Helper()
	_, _, err := loadBody6(body)
	if err != nil {
		t.Errorf("%s\nis refused: %v", body, err)
	}
	checkSchema(t, validator6(), whole6(body), err)
}

func refused6(t *testing.T, body string, parts ...string) {
	t.Helper()
	_, _, err := loadBody6(body)
	checkRefused(t, body, err, parts)
	checkSchema(t, validator6(), whole6(body), err)
}

// subnet6 is a configuration of one subnet with further contents.
func subnet6(more string) string {
	if more != "" {
		more = "," + more
	}
	return `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64"` + more + `}]`
}

func TestFileForm6(t *testing.T) {
	t.Run("D6.2.1 D6.45.2 one object with Dhcp6", func(t *testing.T) {
		v, _, _ := ParseText("test.conf", []byte(`{"Dhcp6":{"valid-lifetime":5},"Logging":{}}`))
		_, _, err := LoadDhcp6(v, Options{})
		checkRefused(t, "a second member", err, []string{`test.conf:1.31-39: syntax error, unexpected constant string, expecting "," or }`})
		v, _ = element.ParseWire([]byte(`{"Dhcp6":{},"x":{}}`))
		_, _, err = LoadDhcp6(v, Options{})
		if err == nil || err.(Errors).Answer() != "Unsupported 'x' parameter." {
			t.Errorf("command with a second member: %v", err)
		}
		v, _ = element.ParseWire([]byte(`{"Dhcp4":{}}`))
		_, _, err = LoadDhcp6(v, Options{})
		if err == nil || err.(Errors).Answer() != "Missing mandatory 'Dhcp6' parameter." {
			t.Errorf("command without Dhcp6: %v", err)
		}
	})
	t.Run("D6.2.2 superfluous commas are warned of", func(t *testing.T) {
		name := t.TempDir() + "/x.conf"
		write(t, name, "// comment\n{ # another\n\"Dhcp6\": { /* third */ \"valid-lifetime\": 77, } }")
		c, warnings, err := LoadDhcp6File(name, Options{})
		if err != nil || c.ValidLifetime.Default != 77 || len(warnings) != 1 || warnings[0].ID != "DHCP6_CONFIG_SYNTAX_WARNING" {
			t.Errorf("%v %v", warnings, err)
		}
	})
	t.Run("D6.2.4 D6.45.1 a key twice", func(t *testing.T) {
		refused6(t, `"valid-lifetime":1,"valid-lifetime":2`, "duplicate valid-lifetime entries in Dhcp6 map")
	})
	t.Run("D6.2.7 unknown keywords", func(t *testing.T) {
		refused6(t, `"preferred-lifetme":1`, `test.conf:1.11-29: got unexpected keyword "preferred-lifetme" in Dhcp6 map.`, "did you mean preferred-lifetime?")
		refused6(t, subnet6(`"pd-pool":[]`), `got unexpected keyword "pd-pool" in subnet6 map.`, "Dhcp6/subnet6[0]/pd-pool", "did you mean pd-pools?")
		v, _ := element.ParseWire([]byte(`{ "Dhcp6": { "foo": 1 } }`))
		_, _, err := LoadDhcp6(v, Options{})
		if err == nil || err.(Errors).Answer() != "unsupported global configuration parameter: foo (<wire>:0:20)" {
			t.Errorf("command: %v", err)
		}
	})
	t.Run("D6.2.8 D6.2.9 types", func(t *testing.T) {
		refused6(t, `"preferred-lifetime":"7200"`, "unexpected constant string, expecting integer")
		refused6(t, `"t1-percent":1`, "unexpected integer, expecting floating point", "write 1.0")
		refused6(t, subnet6(`"pd-pools":[{"prefix":"2001:db8::","prefix-len":"48","delegated-len":64}]`), "Dhcp6/subnet6[0]/pd-pools[0]/prefix-len")
		refused6(t, `"server-id":[]`, "unexpected [, expecting {")
		if c := mustLoad6(t, `"t2-percent":.75`); c.T2Percent != .75 {
			t.Errorf("t2-percent %v", c.T2Percent)
		}
	})
	t.Run("D6.2.10 lists that may be empty, and others", func(t *testing.T) {
		for _, key := range []string{"subnet6", "shared-networks", "reservations", "option-data", "option-def",
			"hooks-libraries", "hosts-databases", "control-sockets", "relay-supplied-options"} {
			accepted6(t, `"`+key+`":[]`)
		}
		accepted6(t, subnet6(`"pools":[],"pd-pools":[],"reservations":[],"option-data":[],"require-client-classes":[]`))
		for _, key := range []string{"mac-sources", "host-reservation-identifiers", "client-classes", "loggers"} {
			refused6(t, `"`+key+`":[]`, "syntax error, unexpected ]")
		}
	})
	t.Run("D6.2.11 maps that may be empty, and others", func(t *testing.T) {
		refused6(t, `"option-data":[{}]`, "name or code is missing")
		refused6(t, `"reservations":[{}]`, "one of the supported identifiers must be specified for host reservation: duid, flex-id, hw-address")
		for _, body := range []string{`"interfaces-config":{}`, `"lease-database":{}`, `"sanity-checks":{}`, `"server-id":{}`,
			`"multi-threading":{}`, `"dhcp-ddns":{}`, `"control-socket":{}`, `"config-control":{}`, `"expired-leases-processing":{}`,
			`"dhcp-queue-control":{}`, `"subnet6":[{}]`, `"shared-networks":[{}]`, `"loggers":[{}]`, `"compatibility":{}`,
			subnet6(`"pools":[{}]`), subnet6(`"pd-pools":[{}]`)} {
			refused6(t, body, "syntax error, unexpected }")
		}
	})
	t.Run("D6.2.13 a comment goes into the user-context", func(t *testing.T) {
		c := mustLoad6(t, subnet6(`"comment":"x","user-context":{"a":1}`))
		if s := c.Subnets[0].Element().Get("user-context").String(); s != `{ "a": 1, "comment": "x" }` {
			t.Errorf("user-context %s", s)
		}
	})
	t.Run("D6.2.14 D6.45.4 no subnets, no lease database", func(t *testing.T) {
		c := mustLoad6(t, `"option-data":[{"name":"dns-servers","data":"2001:db8::1"}]`)
		if c.LeaseDatabase != nil || c.Element().Get("lease-database").String() != `{ "type": "memfile" }` {
			t.Errorf("lease-database %v", c.Element().Get("lease-database"))
		}
	})
	t.Run("all faults at once", func(t *testing.T) {
		_, _, err := loadBody6(`"server-id":{"type":"UUID"},"rapid-commit":true,` + subnet6(`"pools":[{"pool":"2001:db8::g-2001:db8::1"}],"pd-pools":[{"prefix":"2001:db8:8::"}]`))
		want := []string{
			`syntax error, unexpected constant string, expecting LLT or EN or LL`,
			`got unexpected keyword "rapid-commit" in Dhcp6 map.`,
			`Dhcp6/subnet6[0]/pools[0]/pool: 2001:db8::g is not an IPv6 address (test.conf:1:`,
			`missing parameter 'prefix-len'`, `missing parameter 'delegated-len'`,
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%d faults, want %d:\n%v", len(lines), len(want), err)
		}
		for i := range want {
			if !strings.Contains(lines[i], want[i]) {
				t.Errorf("fault %d is\n%s, without\n%s", i, lines[i], want[i])
			}
		}
	})
}
