package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestServerID(t *testing.T) {
	t.Run("D6.34.2 D6.34.5 values", func(t *testing.T) {
		c := mustLoad6(t, `"server-id":{"type":"LLT","htype":8,"time":2518920166,"identifier":"A65DC7410F05","persist":false,"comment":"x"}`)
		s := c.ServerID
		if s.Type != "LLT" || s.HType != 8 || s.Time != 2518920166 || string(s.Identifier) != "\xa6\x5d\xc7\x41\x0f\x05" || s.Persist {
			t.Errorf("%+v", s)
		}
		want := `{ "enterprise-id": 0, "htype": 8, "identifier": "A65DC7410F05", "persist": false, "time": 2518920166, "type": "LLT", "user-context": { "comment": "x" } }`
		if got := c.Element().Get("server-id").String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
		if s := mustLoad6(t, `"server-id":{"type":"EN","enterprise-id":2495,"identifier":"87ABEF7A5BB545"}`).ServerID; s.EnterpriseID != 2495 || len(s.Identifier) != 7 || !s.Persist {
			t.Errorf("%+v", s)
		}
	})
	t.Run("D6.34.2 what is refused", func(t *testing.T) {
		refused6(t, `"server-id":{"type":"UUID"}`, "expecting LLT or EN or LL")
		refused6(t, `"server-id":{"htype":1}`, "missing parameter 'type'")
		refused6(t, `"server-id":{"type":"LL","htype":65536}`, "65536 is out of range")
		refused6(t, `"server-id":{"type":"LLT","time":-1}`, "-1 is out of range")
		refused6(t, `"server-id":{"type":"EN","enterprise-id":4294967296}`, "4294967296 is out of range")
		for _, id := range []string{"xyz", "123", "12:34"} {
			refused6(t, fmt.Sprintf(`"server-id":{"type":"EN","identifier":%q}`, id), "Dhcp6/server-id/identifier: ", "is not a string of octets in hexadecimal")
		}
		refused6(t, fmt.Sprintf(`"server-id":{"type":"LLT","identifier":%q}`, strings.Repeat("01", 121)), "it has 121 octets, a DUID takes 120")
	})
}

func TestMACSources(t *testing.T) {
	t.Run("D6.20.1 D6.20.5 D6.20.6 names, old ones too", func(t *testing.T) {
		c := mustLoad6(t, `"mac-sources":["any","raw","duid","ipv6-link-local","rfc6939","rfc4649","rfc4580","docsis-cmts","docsis-modem"]`)
		want := []string{"any", "raw", "duid", "ipv6-link-local", "client-link-addr-option", "remote-id", "subscriber-id", "docsis-cmts", "docsis-modem"}
		if !slices.Equal(c.MACSources, want) {
			t.Errorf("got %q", c.MACSources)
		}
		c = mustLoad6(t, `"mac-sources":["client-link-addr-option","remote-id","subscriber-id"]`)
		if got := c.Element().Get("mac-sources").String(); got != `[ "client-link-addr-option", "remote-id", "subscriber-id" ]` {
			t.Errorf("config-get %s", got)
		}
	})
	t.Run("D6.20.1 what is refused", func(t *testing.T) {
		refused6(t, `"mac-sources":["duid","x"]`, `Dhcp6/mac-sources[1]: "x" is no way to a hardware address`)
		refused6(t, `"mac-sources":["remote-id","rfc4649"]`, "remote-id is in the list already")
		refused6(t, `"mac-sources":[]`, "unexpected ]")
	})
}

func TestRelaySuppliedOptions(t *testing.T) {
	t.Run("D6.19.2 D6.19.3 codes and names", func(t *testing.T) {
		c := mustLoad6(t, `"relay-supplied-options":["110","dns-servers","65","110","mine"],"option-def":[{"name":"mine","code":1000,"type":"uint8"}]`)
		if got := c.Element().Get("relay-supplied-options").String(); got != `[ "23", "65", "110", "1000" ]` || !slices.Equal(c.RelaySupplied, []uint16{23, 65, 110, 1000}) {
			t.Errorf("%s, %v", got, c.RelaySupplied)
		}
	})
	t.Run("D6.19.3 what is refused", func(t *testing.T) {
		for _, text := range []string{"x", "0", "65536", "-1", ""} {
			refused6(t, fmt.Sprintf(`"relay-supplied-options":[%q]`, text), "Dhcp6/relay-supplied-options[0]: ", "is neither the name of an option nor a code of 1 to 65535")
		}
		refused6(t, `"relay-supplied-options":[110]`, "unexpected integer")
	})
}

func TestInterfaces6(t *testing.T) {
	list := func(names string) string { return `"interfaces-config":{"interfaces":[` + names + `]}` }
	t.Run("D6.3.2 D6.3.6 names, with an address too", func(t *testing.T) {
		c := mustLoad6(t, list(`"eth0","eth1/2001:db8::1","eth1","*"`))
		if got := c.Element().Get("interfaces-config").String(); got != `{ "interfaces": [ "eth0", "eth1/2001:db8::1", "eth1", "*" ], "re-detect": true }` {
			t.Errorf("config-get %s", got)
		}
	})
	t.Run("D6.3.7 one unicast address an interface", func(t *testing.T) {
		refused6(t, list(`"eth0/2001:db8::1","eth0/2001:db8::2"`), "Dhcp6/interfaces-config/interfaces[1]: eth0 has an address in the list already")
		for _, a := range []string{"x", "", "192.0.2.1"} {
			refused6(t, list(fmt.Sprintf(`"eth0/%s"`, a)), "is not an IPv6 address: write eth0/2001:db8::1")
		}
		refused6(t, list(`"eth0/ff02::1"`), "ff02::1 is not a unicast address")
		refused6(t, list(`"eth0","eth0"`), "eth0 is in the list already")
		refused6(t, list(`"*","*"`), "* is in the list already")
		refused6(t, list(`""`), "the name of an interface is missing")
	})
	t.Run("D6.3.7 a link-local address is warned of", func(t *testing.T) {
		_, warnings, err := loadBody6(list(`"eth0/fe80::1"`))
		if err != nil || len(warnings) != 1 || warnings[0].ID != "DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL" || !slices.Equal(warnings[0].Args, []string{"fe80::1", "eth0"}) {
			t.Errorf("%v %v", warnings, err)
		}
	})
}

func TestOptions6(t *testing.T) {
	t.Run("D6.11.2 D6.11.3 D6.11.4 name, code and space", func(t *testing.T) {
		o := mustLoad6(t, `"option-data":[{"code":23,"data":"2001:db8::1"}]`).Options[0]
		if o.Name != "dns-servers" || o.Space != "dhcp6" || len(o.Wire) != 16 {
			t.Errorf("%+v", o)
		}
		accepted6(t, `"option-data":[{"code":300,"csv-format":false,"data":"0102"}]`)
		refused6(t, `"option-data":[{"code":300,"data":"0102"}]`, "option 300 of space dhcp6 has no definition")
		refused6(t, `"option-data":[{"data":"01"}]`, "name or code is missing")
		refused6(t, `"option-data":[{"name":"dns-server","data":"2001:db8::1"}]`, "space dhcp6 has no option dns-server", "did you mean dns-servers?")
		refused6(t, `"option-data":[{"name":"dns-servers","code":24,"data":"2001:db8::1"}]`, "option 24 of space dhcp6 is domain-search, not dns-servers")
		refused6(t, `"option-data":[{"name":"routers","space":"dhcp4","data":"192.0.2.1"}]`, "dhcp4 is the space of DHCPv4 options")
		refused6(t, `"option-data":[{"code":65536,"csv-format":false,"data":"01"}]`, "65536 is out of range")
	})
	t.Run("D6.14.1 D6.14.6 D6.11.18 definitions", func(t *testing.T) {
		c := mustLoad6(t, `"option-data":[{"name":"mine","data":"7"}],"option-def":[{"name":"mine","code":1000,"type":"uint32"}]`)
		if o := c.Options[0]; o.Code != 1000 || string(o.Wire) != "\x00\x00\x00\x07" {
			t.Errorf("%+v", o)
		}
		if got := c.Element().Get("option-def").String(); got != `[ { "array": false, "code": 1000, "encapsulate": "", "name": "mine", "record-types": "", "space": "dhcp6", "type": "uint32" } ]` {
			t.Errorf("config-get %s", got)
		}
		refused6(t, `"option-def":[{"name":"mine","code":23,"type":"uint32"}]`, "Dhcp6/option-def[0]")
		refused6(t, `"option-def":[{"name":"mine","code":0,"type":"uint32"}]`, "code 0 of space dhcp6 is reserved")
	})
	t.Run("D6.21.1 D6.21.4 D6.21.15 classes", func(t *testing.T) {
		class := func(more string) string { return `"client-classes":[{"name":"a",` + more + `}]` }
		accepted6(t, class(`"test":"relay6[0].peeraddr == 2001:db8::1 and pkt6.msgtype == 1"`))
		accepted6(t, class(`"test":"option[dns-servers].exists"`))
		refused6(t, class(`"test":"pkt4.msgtype == 1"`), "Dhcp6/client-classes[0]/test")
		refused6(t, class(`"test":"relay4[1].exists"`), "Dhcp6/client-classes[0]/test")
		refused6(t, class(`"test":"member('b')"`)[:len(class(`"test":"member('b')"`))-1]+`,{"name":"b"}]`, "Not defined client class 'b'")
		refused6(t, class(`"test":"member('ALL')","template-test":"'x'"`), "mutually exclusive")
	})
	t.Run("D6.23.1 dhcp4o6-port", func(t *testing.T) {
		refused6(t, `"dhcp4o6-port":65535`, "65535 is out of range, it has to be 0 to 65534")
		accepted6(t, `"dhcp4o6-port":65534`)
	})
}

// What the DHCPv6 server alone does not do is warned of there alone.
func TestNotYet6(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`"dhcp4o6-port":6767`, ""},
		{`"multi-threading":{"thread-pool-size":4}`, ""},
		{`"multi-threading":{"enable-multi-threading":false}`, ""},
		{`"sanity-checks":{"extended-info-checks":"strict"}`, ""},
	} {
		if got := warningPaths(t, `{"Dhcp6":{`+c.body+`}}`, LoadDhcp6); got != c.want {
			t.Errorf("DHCPv6, %s: warns of %q, want %q", c.body, got, c.want)
		}
		if got := warningPaths(t, `{"Dhcp4":{`+c.body+`}}`, LoadDhcp4); got != "" {
			t.Errorf("DHCPv4, %s: warns of %q", c.body, got)
		}
	}
}

func warningPaths[C any](t *testing.T, text string, load func(*element.Value, Options) (C, []Warning, error)) string {
	t.Helper()
	doc, err := element.ParseWire([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, warnings, err := load(doc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, w := range warnings {
		paths = append(paths, w.Path)
	}
	return strings.Join(paths, " ")
}
