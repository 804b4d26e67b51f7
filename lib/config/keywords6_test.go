package config

import (
	"fmt"
	"strings"
	"testing"
)

// scopeKeywords6 is scopeKeywords for DHCPv6; D is a pool of prefixes.
var scopeKeywords6 = []keywordCase{
	{"valid-lifetime", `4000`, "GNSC"},
	{"min-valid-lifetime", `100`, "GNSC"},
	{"max-valid-lifetime", `8000`, "GNSC"},
	{"preferred-lifetime", `3000`, "GNSC"},
	{"min-preferred-lifetime", `100`, "GNSC"},
	{"max-preferred-lifetime", `8000`, "GNSC"},
	{"renew-timer", `1000`, "GNS"},
	{"rebind-timer", `2000`, "GNS"},
	{"calculate-tee-times", `false`, "GNS"},
	{"t1-percent", `0.4`, "GNS"},
	{"t2-percent", `0.7`, "GNS"},
	{"cache-threshold", `0.25`, "GNS"},
	{"cache-max-age", `600`, "GNS"},
	{"store-extended-info", `true`, "GNS"},
	{"reservations-global", `true`, "GNS"},
	{"reservations-in-subnet", `false`, "GNS"},
	{"reservations-out-of-pool", `true`, "GNS"},
	{"allocator", `"random"`, "GNS"},
	{"pd-allocator", `"flq"`, "GNS"},
	{"ddns-send-updates", `false`, "GNS"},
	{"ddns-override-no-update", `true`, "GNS"},
	{"ddns-override-client-update", `true`, "GNS"},
	{"ddns-replace-client-name", `"when-present"`, "GNS"},
	{"ddns-generated-prefix", `"host"`, "GNS"},
	{"ddns-qualifying-suffix", `"example.org"`, "GNS"},
	{"ddns-update-on-renew", `true`, "GNS"},
	{"ddns-use-conflict-resolution", `false`, "GNS"},
	{"ddns-conflict-resolution-mode", `"no-check-with-dhcid"`, "GNS"},
	{"ddns-ttl-percent", `0.5`, "GNS"},
	{"hostname-char-set", `"[^a-z]"`, "GNS"},
	{"hostname-char-replacement", `"-"`, "GNS"},
	{"option-data", `[{"name":"dns-servers","data":"2001:db8::1"}]`, "GNSPDCR"},
	{"user-context", `{"floor":2}`, "GNSPDCR"},
	{"comment", `"second floor"`, "GNSPDCR"},
	{"client-class", `"gold"`, "NSPD"},
	{"require-client-classes", `["gold"]`, "NSPD"},
	{"interface", `"eth0"`, "NS"},
	{"interface-id", `"port-7"`, "NS"},
	{"rapid-commit", `true`, "NS"},
	{"relay", `{"ip-addresses":["2001:db8::2"]}`, "NS"},
	{"subnet6", `[]`, "GN"},
	{"reservations", `[]`, "GS"},
	{"pools", `[]`, "S"},
	{"pd-pools", `[]`, "S"},
	{"pool-id", `5`, "PD"},
	{"excluded-prefix-len", `0`, "D"},
	{"test", `"member('ALL')"`, "C"},
	{"template-test", `"'a'"`, "C"},
	{"only-if-required", `true`, "C"},
	{"ip-addresses", `["2001:db8:1::77"]`, "R"},
	{"prefixes", `["2001:db8:77::/48"]`, "R"},
	{"excluded-prefixes", `[]`, "R"},
	{"hostname", `"alpha"`, "R"},
	{"shared-networks", `[]`, "G"},
	{"option-def", `[{"name":"mine","code":1000,"type":"uint8"}]`, "G"},
	{"data-directory", `"/tmp"`, "G"},
	{"decline-probation-period", `600`, "G"},
	{"server-id", `{"type":"LL"}`, "G"},
	{"mac-sources", `["duid"]`, "G"},
	{"relay-supplied-options", `["110"]`, "G"},
	{"host-reservation-identifiers", `["flex-id"]`, "G"},
	{"early-global-reservations-lookup", `true`, "G"},
	{"reservations-lookup-first", `true`, "G"},
	{"ip-reservations-unique", `false`, "G"},
	{"statistic-default-sample-count", `10`, "G"},
	{"statistic-default-sample-age", `60`, "G"},
	{"parked-packet-limit", `100`, "G"},
	{"allow-address-registration", `false`, "G"}, // FD.8.10
	{"dhcp4o6-port", `6767`, "G"},
	{"server-tag", `"a"`, "G"},
	{"interfaces-config", `{"interfaces":["eth0"]}`, "G"},
	{"lease-database", `{"type":"memfile"}`, "G"},
	{"hosts-database", `{"type":"mysql"}`, "G"},
	{"hosts-databases", `[{"type":"postgresql"}]`, "G"},
	{"expired-leases-processing", `{"hold-reclaimed-time":5}`, "G"},
	{"control-socket", `{"socket-type":"unix","socket-name":"/tmp/s"}`, "G"},
	{"control-sockets", `[]`, "G"},
	{"dhcp-queue-control", `{"enable-queue":true,"mine":[1]}`, "G"},
	{"dhcp-ddns", `{"enable-updates":false}`, "G"},
	{"sanity-checks", `{"lease-checks":"none"}`, "G"},
	{"config-control", `{"config-databases":[]}`, "G"},
	{"multi-threading", `{"thread-pool-size":4}`, "G"},
	{"compatibility", `{"lenient-option-parsing":true}`, "G"},
	{"hooks-libraries", `[]`, "G"},
	{"loggers", `[{"name":"kea-dhcp6"}]`, "G"},
	{"evaluate-additional-classes", `["gold"]`, "NSPD"},
	{"only-in-additional-list", `true`, "C"},
	// These are of DHCPv4 only.
	{"match-client-id", `true`, ""},
	{"authoritative", `true`, ""},
	{"offer-lifetime", `5`, ""},
	{"next-server", `"192.0.2.1"`, ""},
	{"boot-file-name", `"x"`, ""},
	{"echo-client-id", `true`, ""},
	{"stash-agent-options", `true`, ""},
	{"4o6-subnet", `"2001:db8::/32"`, ""},
	{"subnet4", `[]`, ""},
	{"ip-address", `"2001:db8:1::77"`, ""}, // D6.30.4 D6.45.14
	{"client-id", `"01"`, ""},
	{"circuit-id", `"01"`, ""},
	{"reservation-mode", `"all"`, ""}, // D6.30.4
}

var scopeBodies6 = []scopeBody{
	{"G", "Dhcp6", func(m string) string { return m }},
	{"N", "shared-networks", func(m string) string { return `"shared-networks":[{"name":"n",` + m + `}]` }},
	{"S", "subnet6", subnet6},
	{"P", "pools", func(m string) string { return subnet6(`"pools":[{"pool":"2001:db8:1::/80",` + m + `}]`) }},
	{"D", "pd-pools", func(m string) string {
		return subnet6(`"pd-pools":[{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":64,` + m + `}]`)
	}},
	{"C", "client-classes", func(m string) string { return `"client-classes":[{"name":"c",` + m + `}]` }},
	{"R", "reservations", func(m string) string { return subnet6(`"reservations":[{"duid":"01:02",` + m + `}]`) }},
}

// TestScopeKeywords6 shows table 44 of the checklist: each keyword is accepted in
// its scopes and refused in the others.
func TestScopeKeywords6(t *testing.T) {
	checkScopes(t, scopeKeywords6, scopeBodies6, accepted6, refused6)
	t.Run("D6.3.8 D6.42.1 D6.14.10 D6.45.18 what the maps of DHCPv4 have beside", func(t *testing.T) {
		refused6(t, `"interfaces-config":{"dhcp-socket-type":"udp"}`, `unexpected keyword "dhcp-socket-type" in interfaces-config map`)
		refused6(t, `"interfaces-config":{"outbound-interface":"use-routing"}`, `unexpected keyword "outbound-interface" in interfaces-config map`)
		refused6(t, `"compatibility":{"exclude-first-last-24":true}`, `unexpected keyword "exclude-first-last-24" in compatibility map`)
		refused6(t, `"client-classes":[{"name":"a","option-def":[]}]`, `unexpected keyword "option-def" in client-classes map`)
	})
	t.Run("D6.18.1 D6.45.17 rapid-commit not in global scope", func(t *testing.T) {
		refused6(t, `"rapid-commit":true`, `unexpected keyword "rapid-commit" in Dhcp6 map`)
	})
	t.Run("D6.7.8 relay holds ip-addresses", func(t *testing.T) {
		_, _, err := loadBody6(subnet6(`"relay":{"ip-address":"2001:db8::1"}`)) // D6.45.14
		if err == nil || !strings.Contains(err.Error(), `unexpected keyword "ip-address" in relay map`) {
			t.Errorf("ip-address: %v", err)
		}
		refused6(t, subnet6(`"relay":{"ip-addresses":["192.0.2.1"]}`), "192.0.2.1 is not an IPv6 address")
		refused6(t, subnet6(`"relay":{"ip-addresses":["2001:db8::1"],"x":1}`), `unexpected keyword "x" in relay map`)
	})
	t.Run("D6.5.12 databases have no user-context", func(t *testing.T) {
		refused6(t, `"lease-database":{"type":"memfile","comment":"x"}`, `unexpected keyword "comment" in lease-database map`)
	})
}

func TestEnumerations6(t *testing.T) {
	for _, c := range []struct {
		body string // %s is the value
		good []string
	}{
		{`"allocator":%q`, []string{"iterative", "random"}},           // D6.37.1
		{`"pd-allocator":%q`, []string{"iterative", "random", "flq"}}, // D6.37.2
		{`"lease-database":{"type":%q}`, []string{"memfile", "mysql", "postgresql"}},
		{`"lease-database":{"type":"mysql","on-fail":%q}`, []string{"stop-retry-exit", "serve-retry-exit", "serve-retry-continue"}}, // D6.5.3
		{`"hosts-database":{"type":%q}`, []string{"mysql", "postgresql"}},                                                           // D6.6.1
		{`"sanity-checks":{"lease-checks":%q}`, []string{"none", "warn", "fix", "fix-del", "del"}},                                  // D6.24.1
		{`"sanity-checks":{"extended-info-checks":%q}`, []string{"none", "fix", "strict", "pedantic"}},
		{`"host-reservation-identifiers":[%q]`, []string{"hw-address", "duid", "flex-id"}}, // D6.30.9
		{`"server-id":{"type":%q}`, []string{"LLT", "EN", "LL"}},                           // D6.34.2
		{`"ddns-replace-client-name":%q`, []string{"never", "always", "when-present", "when-not-present"}},
	} {
		for _, v := range c.good {
			accepted6(t, fmt.Sprintf(c.body, v))
		}
		refused6(t, fmt.Sprintf(c.body, "nonsense"), "unexpected constant string, expecting ")
	}
	t.Run("D6.37.1 no free lease queue for addresses", func(t *testing.T) {
		refused6(t, `"allocator":"flq"`, "expecting iterative or random")
	})
	t.Run("D6.22.6 D6.45.8 ddns-replace-client-name takes no boolean", func(t *testing.T) {
		refused6(t, `"ddns-replace-client-name":true`, "unexpected boolean")
	})
}

// TestDefaults6 shows the defaults of table 44.
func TestDefaults6(t *testing.T) {
	got := mustLoad6(t, `"server-tag":""`).Element()
	// 2.7.3 does not know this one, so it is shown only where it says something.
	if v := got.Get("allow-address-registration"); v != nil || mustLoad6(t, `"allow-address-registration":false`).Element().Get("allow-address-registration").Bool {
		t.Errorf("allow-address-registration is shown as %v", v)
	}
	// D6.16.1 the preferred lifetime has no default.
	checkDefaults(t, got, map[string]string{
		"calculate-tee-times": "true", "t2-percent": "0.8", // D6.16.8
		"pd-allocator": `"iterative"`, "host-reservation-identifiers": `[ "hw-address", "duid" ]`, // D6.30.9
		"subnet6": `[  ]`, "shared-networks": `[  ]`, "mac-sources": `[ "any" ]`, "relay-supplied-options": `[ "65" ]`,
		"dhcp-queue-control": `{ "capacity": 64, "enable-queue": false, "queue-type": "kea-ring6" }`, // D6.26.3
		"server-id":          `{ "enterprise-id": 0, "htype": 0, "identifier": "", "persist": true, "time": 0, "type": "LLT" }`,
	}, "preferred-lifetime", "min-preferred-lifetime", "max-preferred-lifetime", "data-directory",
		"echo-client-id", "stash-agent-options", "authoritative", "match-client-id", "next-server", "boot-file-name", "server-hostname")
	t.Run("D6.39.3 D6.39.5 of an http socket", func(t *testing.T) {
		s := mustLoad6(t, `"control-sockets":[{"socket-type":"http","authentication":{"type":"basic"}}]`).ControlSockets[0]
		if s.Address != "::1" || s.Port != 8000 || s.Auth.Realm != "kea-dhcpv6-server" {
			t.Errorf("%+v %+v", s, s.Auth)
		}
	})
}
