package config

import (
	"fmt"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestFacts6(t *testing.T) {
	t.Run("D6.2.5 strings have code points of Latin-1 only", func(t *testing.T) {
		c := mustLoad6(t, `"server-tag":"\u00e9"`)
		if c.ServerTag != "\xe9" {
			t.Errorf("the tag is %q", c.ServerTag)
		}
		for _, escape := range []string{`\u0100`, `\u20ac`, `\ud83d`} {
			if _, err := element.ParseWire([]byte(whole6(`"server-tag":"` + escape + `"`))); err == nil || !strings.Contains(err.Error(), "nicode") {
				t.Errorf("command with %s: %v", escape, err)
			}
			if _, _, err := loadBody6(`"server-tag":"` + escape + `"`); err == nil || !strings.Contains(err.Error(), "nicode") {
				t.Errorf("file with %s: %v", escape, err)
			}
		}
	})
	t.Run("D6.4.2 access to a database is said for each family", func(t *testing.T) {
		d := mustLoad6(t, `"lease-database":{"type":"mysql","name":"kea"}`).LeaseDatabase
		if d.Name != "kea" || d.User != "" || d.Host != "" || d.Password != "" || d.Port != 0 {
			t.Errorf("%+v", d)
		}
		// A file holds one server's part only, so there is nothing to inherit from.
		v, _, _ := ParseText("test.conf", []byte(`{"Dhcp4":{"lease-database":{"type":"mysql","name":"kea","user":"x"}},"Dhcp6":{}}`))
		if _, _, err := LoadDhcp6(v, Options{}); err == nil {
			t.Error("a file with parts of both servers is accepted")
		}
	})
	t.Run("D6.7.1 subnets in global scope and in shared networks", func(t *testing.T) {
		c := mustLoad6(t, `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64"},{"id":2,"subnet":"2001:db8:2::/64"}],
			"shared-networks":[{"name":"n","subnet6":[{"id":3,"subnet":"2001:db8:3::/64"},{"id":4,"subnet":"2001:db8:4::/64"}]}]`)
		if len(c.Subnets) != 2 || len(c.SharedNetworks[0].Subnets) != 2 || c.SharedNetworks[0].Subnets[1].ID != 4 {
			t.Errorf("%+v", c)
		}
		refused6(t, `"subnet6":{"id":1,"subnet":"2001:db8:1::/64"}`, "unexpected {, expecting [")
		refused6(t, `"shared-networks":[{"name":"n","subnet6":[7]}]`, "Dhcp6/shared-networks[0]/subnet6[0]")
	})
	t.Run("D6.40.2 user-context and comment in every scope", func(t *testing.T) {
		body := func(x string) string {
			return fmt.Sprintf(`%[1]s,"option-data":[{"code":7,"data":"1",%[1]s}],
			"option-def":[{"name":"a","code":1000,"type":"uint8",%[1]s}],
			"client-classes":[{"name":"c",%[1]s}],
			"interfaces-config":{"interfaces":[],%[1]s},
			"control-sockets":[{"socket-type":"http",%[1]s,"authentication":{"type":"basic",%[1]s,"clients":[{"user":"u",%[1]s}]}}],
			"dhcp-ddns":{"enable-updates":false,%[1]s},
			"loggers":[{"name":"kea-dhcp6",%[1]s}],
			"multi-threading":{"thread-pool-size":1,%[1]s},
			"dhcp-queue-control":{"capacity":1,%[1]s},
			"server-id":{"type":"LLT",%[1]s},
			"shared-networks":[{"name":"n",%[1]s}],
			"subnet6":[{"id":1,"subnet":"2001:db8:1::/64",%[1]s,
				"pools":[{"pool":"2001:db8:1::/80",%[1]s}],
				"pd-pools":[{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":64,%[1]s}],
				"reservations":[{"duid":"01:02",%[1]s}]}]`, x)
		}
		const context = `{ "a": [ 1, { "b": null }, 2.5 ] }`
		const scopes = 18
		if got := strings.Count(mustLoad6(t, body(`"user-context":`+context)).Arguments().String(), `"user-context": `+context); got != scopes {
			t.Errorf("config-get shows %d contexts of %d", got, scopes)
		}
		if got := strings.Count(mustLoad6(t, body(`"comment":"why"`)).Arguments().String(), `"user-context": { "comment": "why" }`); got != scopes {
			t.Errorf("config-get shows %d comments of %d", got, scopes)
		}
	})
	t.Run("D6.45.9 the keyword is ddns-send-updates", func(t *testing.T) {
		if c := mustLoad6(t, `"ddns-send-updates":false`); c.DDNS.SendUpdates {
			t.Error("it has no effect")
		}
		refused6(t, `"ddns-enable-updates":true`, `unexpected keyword "ddns-enable-updates"`)
		refused6(t, `"ddns-send-update":true`, `unexpected keyword "ddns-send-update"`, "did you mean ddns-send-updates?")
	})
}
