package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// What both servers read in one way is shown in detail with DHCPv4; here is that
// DHCPv6 has it.

func TestText6(t *testing.T) {
	t.Run("D6.2.3 includes, down to ten levels", func(t *testing.T) {
		dir := t.TempDir()
		chain := func(levels int) string {
			inner := `[ { "id": 7, "subnet": "2001:db8::/64" } ]`
			for i := range levels {
				name := filepath.Join(dir, fmt.Sprintf("%d-%d.json", levels, i))
				write(t, name, inner)
				inner = `<?include "` + name + `"?>`
			}
			name := filepath.Join(dir, fmt.Sprintf("%d.conf", levels))
			write(t, name, `{ "Dhcp6": { "subnet6": `+inner+` } }`)
			return name
		}
		c, _, err := LoadDhcp6File(chain(10), Options{})
		if err != nil || len(c.Subnets) != 1 || c.Subnets[0].ID != 7 {
			t.Errorf("%v", err)
		}
		if _, _, err := LoadDhcp6File(chain(11), Options{}); err == nil {
			t.Error("eleven levels are taken")
		}
	})
	t.Run("D6.2.6 booleans", func(t *testing.T) {
		for _, v := range []string{"True", `"true"`, "1"} {
			refused6Somehow(t, `"store-extended-info":`+v)
		}
		accepted6(t, `"store-extended-info":true`)
	})
}

// refused6Somehow is for texts that may have more than one fault.
func refused6Somehow(t *testing.T, body string) {
	t.Helper()
	if _, _, err := loadBody6(body); err == nil {
		t.Errorf("%s\nis accepted", body)
	}
}

func TestSharedSettings6(t *testing.T) {
	t.Run("D6.3.9 D6.3.10 D6.3.11 D6.3.12 sockets", func(t *testing.T) {
		in := mustLoad6(t, `"interfaces-config":{"interfaces":["*"]}`).Interfaces
		if !in.ReDetect || in.RequireAll || in.MaxRetries != 0 || in.RetryWaitTime != 5000 {
			t.Errorf("%+v", in)
		}
		in = mustLoad6(t, `"interfaces-config":{"re-detect":false,"service-sockets-require-all":true,"service-sockets-max-retries":3,"service-sockets-retry-wait-time":100}`).Interfaces
		if in.ReDetect || !in.RequireAll || in.MaxRetries != 3 || in.RetryWaitTime != 100 {
			t.Errorf("%+v", in)
		}
	})
	t.Run("D6.4.1 D6.5.1 D6.5.2 D6.5.4 D6.6.3 databases", func(t *testing.T) {
		d := mustLoad6(t, `"lease-database":{"type":"memfile"}`).LeaseDatabase
		if !d.Persist || d.LFCInterval != 3600 || d.MaxRowErrors != 0 || d.ConnectTimeout != 5 || d.MaxReconnectTries != 0 || d.ReconnectWaitTime != 0 ||
			d.OnFail != "stop-retry-exit" || d.RetryOnStartup || d.ReadOnly || d.Host != "" || d.Password != "" {
			t.Errorf("%+v", d)
		}
		refused6(t, `"lease-database":{"persist":true}`, "missing parameter 'type'")
		refused6(t, `"lease-database":{"type":"oracle"}`, "expecting memfile or mysql or postgresql")
		refused6(t, `"hosts-database":{"type":"memfile"}`, "expecting mysql or postgresql")
		c := mustLoad6(t, `"hosts-databases":[{"type":"mysql"},{"type":"postgresql","readonly":true}],"config-control":{"config-databases":[{"type":"mysql"}]}`)
		if len(c.HostsDatabases) != 2 || !c.HostsDatabases[1].ReadOnly || c.ConfigControl.FetchWaitTime != 30 { // D6.41.1
			t.Errorf("%+v", c.HostsDatabases)
		}
	})
	t.Run("D6.22.1 D6.22.2 dhcp-ddns", func(t *testing.T) {
		for more, part := range map[string]string{
			`"ncr-protocol":"TCP"`:                              "TCP is not supported",
			`"server-ip":"x"`:                                   "x is not an IP address",
			`"server-ip":"::1","sender-ip":"127.0.0.1"`:         "of different families",
			`"sender-ip":"127.0.0.1","sender-port":53001`:       "cannot share the address",
			`"server-port":65536`:                               "65536 is out of range",
			`"ncr-format":"XML"`:                                "expecting JSON",
			`"server-ip":"127.0.0.1","sender-ip":"2001:db8::1"`: "of different families",
		} {
			refused6(t, `"dhcp-ddns":{"enable-updates":true,`+more+`}`, part)
		}
	})
	t.Run("D6.22.10 the old form of conflict resolution", func(t *testing.T) {
		for old, mode := range map[string]string{"true": "check-with-dhcid", "false": "no-check-with-dhcid"} {
			c := mustLoad6(t, `"ddns-use-conflict-resolution":`+old)
			if got := c.Element().Get("ddns-conflict-resolution-mode").Str; got != mode || c.Element().Get("ddns-use-conflict-resolution") != nil {
				t.Errorf("%s is %s", old, got)
			}
		}
	})
	t.Run("D6.22.12 hostname-char-set", func(t *testing.T) {
		refused6(t, `"hostname-char-set":"[a-"`, "is not a regular expression")
	})
	t.Run("D6.26.1 D6.26.4 D6.29.4 D6.38.2 negative numbers", func(t *testing.T) {
		for _, body := range []string{`"multi-threading":{"thread-pool-size":-1}`, `"multi-threading":{"packet-queue-size":-1}`,
			`"parked-packet-limit":-1`, `"decline-probation-period":-1`, `"statistic-default-sample-count":-1`} {
			refused6(t, body, "-1 is out of range")
		}
	})
	t.Run("D6.39.1 D6.39.2 D6.39.4 D6.45.21 control sockets", func(t *testing.T) {
		refused6(t, `"control-socket":{"socket-type":"unix","socket-name":"/a"},"control-sockets":[]`, "mutually exclusive")
		refused6(t, `"control-sockets":[{"socket-type":"tcp"}]`, "expecting unix or http or https")
		refused6(t, `"control-sockets":[{"socket-type":"unix"}]`, "socket-name is missing")
		refused6(t, `"control-sockets":[{"socket-type":"unix","socket-name":"/`+strings.Repeat("a", 107)+`"}]`, "the path has 108 octets, the system takes 107")
		refused6(t, `"control-sockets":[{"socket-type":"http","trust-anchor":"a"}]`, "trust-anchor, cert-file and key-file go together")
		refused6(t, `"control-sockets":[{"socket-type":"https"}]`, "https needs")
		if s := mustLoad6(t, `"control-socket":{"socket-type":"unix","socket-name":"/a"}`).ControlSockets; len(s) != 1 || s[0].Name != "/a" {
			t.Errorf("%+v", s)
		}
		if s := mustLoad6(t, `"server-tag":"a"`).ControlSockets; s != nil {
			t.Errorf("%+v", s)
		}
	})
	t.Run("D6.39.5 D6.39.6 clients", func(t *testing.T) {
		clients := func(c string) string {
			return `"control-sockets":[{"socket-type":"http","authentication":{"type":"basic","clients":[` + c + `]}}]`
		}
		refused6(t, clients(`{"user":"a:b"}`), "has a colon")
		refused6(t, clients(`{"user":"","password":"x"}`), "the user is empty")
		refused6(t, clients(`{"user":"a","user-file":"b"}`), "mutually exclusive")
		refused6(t, clients(`{"user":"a","password":"c","password-file":"b"}`), "mutually exclusive")
		refused6(t, strings.Replace(clients(""), `"basic"`, `"digest"`, 1), "expecting basic")
	})
	t.Run("D6.14.1 D6.14.2 D6.14.3 D6.14.8 option definitions", func(t *testing.T) {
		def := func(more string) string { return `"option-def":[{"name":"mine","code":1000,` + more + `}]` }
		accepted6(t, def(`"type":"record","record-types":"uint8, ipv6-address"`))
		for _, more := range []string{`"type":"record"`, `"type":"uint8","record-types":"uint8"`, `"type":"record","record-types":"uint8, record"`,
			`"type":"record","record-types":"uint8, empty"`, `"type":"strange"`, `"type":"uint8","space":"a b"`, `"type":"uint8","encapsulate":"dhcp6"`} {
			refused6(t, def(more), "Dhcp6/option-def[0]")
		}
		refused6(t, `"option-def":[{"name":"a","code":1000,"type":"uint8"},{"name":"b","code":1000,"type":"uint8"}]`, "Dhcp6/option-def[1]")
		refused6(t, `"option-def":[{"name":"a","code":1000,"type":"uint8"},{"name":"a","code":1001,"type":"uint8"}]`, "Dhcp6/option-def[1]")
		for _, missing := range []string{`"name":"a","code":1000`, `"name":"a","type":"uint8"`, `"code":1000,"type":"uint8"`} {
			refused6(t, `"option-def":[{`+missing+`}]`, "missing parameter")
		}
	})
	t.Run("D6.15.2 D6.15.3 vendor options", func(t *testing.T) {
		c := mustLoad6(t, `"option-data":[{"name":"vendor-opts","data":"4491"},{"name":"tftp-servers","space":"vendor-4491","data":"2001:db8::1"},{"code":17,"data":"25167"}]`)
		if string(c.Options[0].Wire) != "\x00\x00\x11\x8b" || len(c.Options[1].Wire) != 16 || string(c.Options[2].Wire) != "\x00\x00\x62\x4f" {
			t.Errorf("%x %x %x", c.Options[0].Wire, c.Options[1].Wire, c.Options[2].Wire)
		}
	})
	t.Run("D6.40.1 a user-context is a map", func(t *testing.T) {
		refused6(t, `"user-context":"x"`, "unexpected constant string, expecting {")
	})
	t.Run("the first fault and all of them", func(t *testing.T) {
		_, _, err := loadBody6(`"valid-lifetime":-1,"renew-timer":-1`)
		var faults Errors
		if !errors.As(err, &faults) || len(faults) != 2 || faults.First().Path != "Dhcp6/valid-lifetime" {
			t.Errorf("%v", err)
		}
	})
}
