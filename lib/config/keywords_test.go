package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nestor/lib/element"
)

// keywordCase is one row of the keyword tables of the checklist: a value that
// is good, and the scopes that have the keyword. G is global scope, N a shared
// network, S a subnet, P a pool, C a class, R a reservation.
type keywordCase struct{ keyword, value, scopes string }

var scopeKeywords = []keywordCase{
	{"valid-lifetime", `4000`, "GNSC"},
	{"min-valid-lifetime", `100`, "GNSC"},
	{"max-valid-lifetime", `8000`, "GNSC"},
	{"offer-lifetime", `60`, "GNSC"},
	{"renew-timer", `1000`, "GNS"},
	{"rebind-timer", `2000`, "GNS"},
	{"calculate-tee-times", `true`, "GNS"},
	{"t1-percent", `0.4`, "GNS"},
	{"t2-percent", `0.8`, "GNS"},
	{"cache-threshold", `0.25`, "GNS"},
	{"cache-max-age", `600`, "GNS"},
	{"match-client-id", `false`, "GNS"},
	{"authoritative", `false`, "GNS"},
	{"store-extended-info", `true`, "GNS"},
	{"allocator", `"random"`, "GNS"},
	{"reservations-global", `true`, "GNS"},
	{"reservations-in-subnet", `false`, "GNS"},
	{"reservations-out-of-pool", `true`, "GNS"},
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
	{"next-server", `"192.0.2.9"`, "GNSCR"},
	{"server-hostname", `"boot.example.org"`, "GNSCR"},
	{"boot-file-name", `"pxelinux.0"`, "GNSCR"},
	{"option-data", `[{"name":"routers","data":"192.0.2.1"}]`, "GNSPCR"},
	{"option-def", `[{"name":"mine","code":230,"type":"uint8"}]`, "GC"},
	{"user-context", `{"floor":2}`, "GNSPCR"},
	{"comment", `"second floor"`, "GNSPCR"},
	{"client-class", `"gold"`, "NSP"},
	{"require-client-classes", `["gold"]`, "NSP"},
	{"interface", `"eth0"`, "NS"},
	{"relay", `{"ip-addresses":["192.0.2.2"]}`, "NS"},
	{"subnet4", `[]`, "GN"},
	{"reservations", `[]`, "GS"},
	{"shared-networks", `[]`, "G"},
	{"pools", `[]`, "S"},
	{"4o6-interface", `"eth1"`, "S"},
	{"4o6-interface-id", `"port7"`, "S"},
	{"4o6-subnet", `"2001:db8::/32"`, "S"},
	{"pool-id", `5`, "P"},
	{"test", `"member('ALL')"`, "C"},
	{"template-test", `"'a'"`, "C"},
	{"only-if-required", `true`, "C"},
	{"ip-address", `"192.0.2.77"`, "R"},
	{"hostname", `"alpha"`, "R"},
	{"decline-probation-period", `600`, "G"},
	{"echo-client-id", `false`, "G"},
	{"stash-agent-options", `true`, "G"},
	{"early-global-reservations-lookup", `true`, "G"},
	{"reservations-lookup-first", `true`, "G"},
	{"ip-reservations-unique", `false`, "G"},
	{"host-reservation-identifiers", `["flex-id"]`, "G"},
	{"statistic-default-sample-count", `10`, "G"},
	{"statistic-default-sample-age", `60`, "G"},
	{"parked-packet-limit", `100`, "G"},
	{"dhcp4o6-port", `6767`, "G"},
	{"server-tag", `"a"`, "G"},
	{"interfaces-config", `{"interfaces":["eth0"]}`, "G"},
	{"lease-database", `{"type":"memfile"}`, "G"},
	{"hosts-database", `{"type":"mysql"}`, "G"},
	{"hosts-databases", `[{"type":"postgresql"}]`, "G"},
	{"expired-leases-processing", `{"hold-reclaimed-time":5}`, "G"},
	{"control-socket", `{"socket-type":"unix","socket-name":"/tmp/s"}`, "G"},
	{"control-sockets", `[]`, "G"},
	{"dhcp-queue-control", `{"enable-queue":true}`, "G"},
	{"dhcp-ddns", `{"enable-updates":false}`, "G"},
	{"sanity-checks", `{"lease-checks":"none"}`, "G"},
	{"config-control", `{"config-databases":[]}`, "G"},
	{"multi-threading", `{"thread-pool-size":4}`, "G"},
	{"compatibility", `{"lenient-option-parsing":true}`, "G"},
	{"hooks-libraries", `[]`, "G"},
	{"loggers", `[{"name":"kea-dhcp4"}]`, "G"},
	// Kea 3 has these beside the older ones.
	{"evaluate-additional-classes", `["gold"]`, "NSP"},
	{"only-in-additional-list", `true`, "C"},
}

// scopeBody puts a member into a scope.
type scopeBody struct {
	letter, name string
	body         func(member string) string
}

// scopeBodies are those of DHCPv4.
var scopeBodies = []scopeBody{
	{"G", "Dhcp4", func(m string) string { return m }},
	{"N", "shared-networks", func(m string) string { return `"shared-networks":[{"name":"n",` + m + `}]` }},
	{"S", "subnet4", subnet},
	{"P", "pools", func(m string) string { return subnet(`"pools":[{"pool":"192.0.2.8/29",` + m + `}]`) }},
	{"C", "client-classes", func(m string) string { return `"client-classes":[{"name":"c",` + m + `}]` }},
	{"R", "reservations", func(m string) string { return subnet(`"reservations":[{"duid":"01:02",` + m + `}]`) }},
}

// checkScopes checks that each keyword is accepted in its scopes and refused in the
// others, by the functions of a family.
func checkScopes(t *testing.T, rows []keywordCase, scopes []scopeBody, accepted func(*testing.T, string), refused func(*testing.T, string, ...string)) {
	for _, row := range rows {
		for _, scope := range scopes {
			t.Run(row.keyword+" in "+scope.name, func(t *testing.T) {
				body := scope.body(fmt.Sprintf("%q:%s", row.keyword, row.value))
				if strings.Contains(row.scopes, scope.letter) {
					accepted(t, body)
				} else {
					refused(t, body, fmt.Sprintf("got unexpected keyword %q in %s map", row.keyword, scope.name))
				}
			})
		}
	}
}

// TestScopeKeywords shows table 57.1 of the checklist: each keyword is accepted in
// its scopes and refused in the others.
func TestScopeKeywords(t *testing.T) {
	checkScopes(t, scopeKeywords, scopeBodies, accepted, refused)
	t.Run("D4.58.14 require-client-classes not in global scope", func(t *testing.T) {
		refused(t, `"require-client-classes":["a"]`, `unexpected keyword "require-client-classes" in Dhcp4 map`)
	})
	t.Run("client-classes is a list of maps, of names in reservations", func(t *testing.T) {
		accepted(t, `"client-classes":[{"name":"a"}]`)
		accepted(t, subnet(`"reservations":[{"duid":"01","client-classes":["a"]}]`))
		refused(t, subnet(`"reservations":[{"duid":"01","client-classes":[{"name":"a"}]}]`), "unexpected {")
	})
	t.Run("identifiers are those of reservations", func(t *testing.T) {
		for _, name := range identifierNames {
			accepted(t, subnet(fmt.Sprintf(`"reservations":[{%q:"01:02"}]`, name)))
			refused(t, subnet(fmt.Sprintf(`%q:"01:02"`, name)), "unexpected keyword")
		}
	})
}

// nestedKeywords is table 57.2: the keywords of each map below global scope.
var nestedKeywords = []struct {
	name    string
	body    func(member string) string
	context bool // takes user-context and comment
	rows    []keywordCase
}{
	{"interfaces-config", func(m string) string { return `"interfaces-config":{` + m + `}` }, true, []keywordCase{
		{"interfaces", `["eth0","eth1/192.0.2.1"]`, ""},
		{"dhcp-socket-type", `"udp"`, ""}, {"outbound-interface", `"use-routing"`, ""}, {"re-detect", `false`, ""},
		{"service-sockets-require-all", `true`, ""}, {"service-sockets-max-retries", `5`, ""}, {"service-sockets-retry-wait-time", `100`, ""},
	}},
	{"lease-database", func(m string) string { return `"lease-database":{"type":"memfile",` + m + `}` }, false, databaseCases},
	{"hosts-database", func(m string) string { return `"hosts-databases":[{"type":"mysql",` + m + `}]` }, false, databaseCases},
	{"hosts-database", func(m string) string { return `"hosts-database":{"type":"mysql",` + m + `}` }, false, databaseCases},
	{"config-database", func(m string) string {
		return `"config-control":{"config-databases":[{"type":"mysql",` + m + `}]}`
	}, false, databaseCases},
	{"config-control", func(m string) string { return `"config-control":{` + m + `}` }, false, []keywordCase{
		{"config-databases", `[]`, ""}, {"config-fetch-wait-time", `20`, ""},
	}},
	{"sanity-checks", func(m string) string { return `"sanity-checks":{` + m + `}` }, false, []keywordCase{
		{"lease-checks", `"fix-del"`, ""}, {"extended-info-checks", `"strict"`, ""},
	}},
	{"multi-threading", func(m string) string { return `"multi-threading":{` + m + `}` }, true, []keywordCase{
		{"enable-multi-threading", `false`, ""}, {"thread-pool-size", `2`, ""}, {"packet-queue-size", `7`, ""},
	}},
	// PL.2.22 library and parameters, and nothing else.
	{"hooks-libraries", func(m string) string { return `"hooks-libraries":[{"library":"libdhcp_ha.so",` + m + `}]` }, false, []keywordCase{
		{"parameters", `{"a":[1,{}]}`, ""},
	}},
	{"expired-leases-processing", func(m string) string { return `"expired-leases-processing":{` + m + `}` }, false, []keywordCase{
		{"reclaim-timer-wait-time", `1`, ""}, {"flush-reclaimed-timer-wait-time", `2`, ""}, {"hold-reclaimed-time", `3`, ""},
		{"max-reclaim-leases", `4`, ""}, {"max-reclaim-time", `5`, ""}, {"unwarned-reclaim-cycles", `6`, ""},
	}},
	{"option-def", func(m string) string {
		return `"option-def":[{"name":"a","code":240,"type":"record","record-types":"uint8,uint16",` + m + `}]`
	}, true, []keywordCase{
		{"array", `true`, ""}, {"space", `"mine"`, ""}, {"encapsulate", `"inner"`, ""},
	}},
	{"option-data", func(m string) string { return `"option-data":[{"code":3,"data":"192.0.2.1",` + m + `}]` }, true, []keywordCase{
		{"name", `"routers"`, ""}, {"space", `"dhcp4"`, ""}, {"csv-format", `true`, ""}, {"always-send", `true`, ""},
		{"never-send", `true`, ""}, {"client-classes", `["gold"]`, ""},
	}},
	{"control-socket", func(m string) string { return `"control-socket":{"socket-type":"http",` + m + `}` }, true, []keywordCase{
		{"socket-address", `"192.0.2.1"`, ""}, {"socket-port", `8001`, ""}, {"cert-required", `false`, ""},
		{"authentication", `{"type":"basic"}`, ""}, {"http-headers", `[{"name":"X-A","value":"b"}]`, ""},
	}},
	{"control-socket", func(m string) string { return `"control-sockets":[{"socket-type":"unix",` + m + `}]` }, false, []keywordCase{
		{"socket-name", `"/run/kea/kea4.sock"`, ""},
	}},
	{"authentication", authentication, true, []keywordCase{
		{"realm", `"r"`, ""}, {"directory", `"/etc/kea"`, ""}, {"clients", `[]`, ""},
	}},
	{"clients", func(m string) string { return authentication(`"clients":[{"user":"admin",` + m + `}]`) }, true, []keywordCase{
		{"password", `"tops3cret"`, ""},
	}},
	{"dhcp-ddns", func(m string) string { return `"dhcp-ddns":{"enable-updates":false,` + m + `}` }, true, []keywordCase{
		{"max-queue-size", `5`, ""}, {"server-ip", `"192.0.2.1"`, ""}, {"server-port", `5300`, ""}, {"sender-ip", `"192.0.2.2"`, ""},
		{"sender-port", `5301`, ""}, {"ncr-protocol", `"udp"`, ""}, {"ncr-format", `"JSON"`, ""},
	}},
	{"loggers", func(m string) string { return `"loggers":[{"name":"kea-dhcp4",` + m + `}]` }, true, []keywordCase{
		{"severity", `"DEBUG"`, ""}, {"debuglevel", `99`, ""}, {"output-options", `[{"output":"stdout"}]`, ""}, {"output_options", `[{"output":"stdout"}]`, ""},
	}},
	// PL.2.21 no user-context here.
	{"output-options", func(m string) string {
		return `"loggers":[{"name":"kea-dhcp4","output-options":[{"output":"/var/log/a",` + m + `}]}]`
	}, false, []keywordCase{
		{"pattern", `"%m\n"`, ""}, {"flush", `false`, ""}, {"maxsize", `0`, ""}, {"maxver", `8`, ""},
	}},
	{"compatibility", func(m string) string { return `"compatibility":{` + m + `}` }, false, []keywordCase{
		{"lenient-option-parsing", `true`, ""}, {"ignore-dhcp-server-identifier", `true`, ""},
		{"ignore-rai-link-selection", `true`, ""}, {"exclude-first-last-24", `true`, ""},
	}},
}

// databaseCases are for every map of a database; those of TLS show D4.6.19.
var databaseCases = []keywordCase{
	{"name", `"x"`, ""}, {"host", `"localhost"`, ""}, {"user", `"kea"`, ""}, {"password", `"p"`, ""}, {"port", `3306`, ""},
	{"persist", `false`, ""}, {"lfc-interval", `0`, ""}, {"max-row-errors", `9`, ""}, {"readonly", `true`, ""},
	{"connect-timeout", `1`, ""}, {"read-timeout", `0`, ""}, {"write-timeout", `0`, ""}, {"tcp-user-timeout", `0`, ""},
	{"max-reconnect-tries", `5`, ""}, {"reconnect-wait-time", `6`, ""}, {"on-fail", `"serve-retry-continue"`, ""}, {"retry-on-startup", `true`, ""},
	{"trust-anchor", `"a"`, ""}, {"cert-file", `"b"`, ""}, {"key-file", `"c"`, ""}, {"cipher-list", `"d"`, ""},
}

func authentication(member string) string {
	return `"control-sockets":[{"socket-type":"http","authentication":{"type":"basic",` + member + `}}]`
}

// TestNestedKeywords shows table 57.2 of the checklist.
func TestNestedKeywords(t *testing.T) {
	for _, m := range nestedKeywords {
		for _, row := range m.rows {
			if row.keyword == "socket-name" {
				accepted(t, m.body(fmt.Sprintf("%q:%s", row.keyword, row.value)))
				continue
			}
			t.Run(m.name+"/"+row.keyword, func(t *testing.T) {
				accepted(t, m.body(fmt.Sprintf("%q:%s", row.keyword, row.value)))
			})
		}
		for _, key := range []string{"user-context", "comment"} {
			if m.name == "control-socket" && !m.context {
				continue // shown with the http socket
			}
			t.Run(m.name+"/"+key, func(t *testing.T) {
				body := m.body(`"` + key + `":` + map[string]string{"user-context": `{"a":1}`, "comment": `"x"`}[key])
				if m.context {
					accepted(t, body)
				} else {
					refused(t, body, fmt.Sprintf("got unexpected keyword %q in %s map", key, m.name))
				}
			})
		}
		if m.name != "control-socket" || m.context {
			t.Run(m.name+"/unknown", func(t *testing.T) {
				refused(t, m.body(`"nonsense":1`), fmt.Sprintf(`got unexpected keyword "nonsense" in %s map`, m.name))
			})
		}
	}
}

// TestEnumerations shows that enumerated keywords take the listed values only.
func TestEnumerations(t *testing.T) {
	for _, c := range []struct {
		body string // %s is the value
		good []string
	}{
		{`"interfaces-config":{"dhcp-socket-type":%q}`, []string{"raw", "udp"}},
		{`"interfaces-config":{"outbound-interface":%q}`, []string{"same-as-inbound", "use-routing"}},
		{`"lease-database":{"type":%q}`, []string{"memfile", "mysql", "postgresql"}},
		{`"lease-database":{"type":"mysql","on-fail":%q}`, []string{"stop-retry-exit", "serve-retry-exit", "serve-retry-continue"}},
		{`"hosts-database":{"type":%q}`, []string{"mysql", "postgresql"}},
		{`"sanity-checks":{"lease-checks":%q}`, []string{"none", "warn", "fix", "fix-del", "del"}},     // D4.32.2
		{`"sanity-checks":{"extended-info-checks":%q}`, []string{"none", "fix", "strict", "pedantic"}}, // D4.32.5
		{`"allocator":%q`, []string{"iterative", "random", "flq"}},                                     // D4.53.1
		{`"host-reservation-identifiers":[%q]`, []string{"hw-address", "duid", "circuit-id", "client-id", "flex-id"}},
		{`"ddns-replace-client-name":%q`, []string{"never", "always", "when-present", "when-not-present", "NEVER"}},
		{`"ddns-conflict-resolution-mode":%q`, []string{"check-with-dhcid", "no-check-with-dhcid", "check-exists-with-dhcid", "no-check-without-dhcid"}},
		{`"dhcp-ddns":{"enable-updates":false,"ncr-protocol":%q}`, []string{"udp", "UDP"}},
		{`"dhcp-ddns":{"enable-updates":false,"ncr-format":%q}`, []string{"JSON"}},
		{`"control-socket":{"socket-type":%q,"socket-name":"/run/s"}`, []string{"unix"}},
	} {
		for _, v := range c.good {
			accepted(t, fmt.Sprintf(c.body, v))
		}
		_, _, err := loadBody(fmt.Sprintf(c.body, "nonsense"))
		if err == nil || !strings.Contains(err.Error(), "unexpected constant string, expecting ") {
			t.Errorf("%s with nonsense: %v", c.body, err)
		}
	}
}

// sharedDefaults are the defaults that both families have, unset what has none.
var (
	sharedDefaults = map[string]string{
		"valid-lifetime": "7200", "t1-percent": "0.5", "store-extended-info": "false", "allocator": `"iterative"`,
		// D4.40.1 D6.31.8 D6.31.9 D6.31.10
		"reservations-global": "false", "reservations-in-subnet": "true", "reservations-out-of-pool": "false",
		"ddns-send-updates": "true", "ddns-override-no-update": "false", "ddns-override-client-update": "false",
		"ddns-replace-client-name": `"never"`, "ddns-generated-prefix": `"myhost"`, "ddns-qualifying-suffix": `""`,
		"ddns-update-on-renew": "false", "ddns-conflict-resolution-mode": `"check-with-dhcid"`,
		"hostname-char-set": `"[^A-Za-z0-9.-]"` /* D4.58.6 D6.45.6 */, "hostname-char-replacement": `""`,
		"decline-probation-period": "86400", "early-global-reservations-lookup": "false", "reservations-lookup-first": "false",
		"ip-reservations-unique": "true", "statistic-default-sample-count": "20", "statistic-default-sample-age": "0",
		"parked-packet-limit": "256", "dhcp4o6-port": "0", "server-tag": `""`,
		"interfaces-config": `{ "interfaces": [  ], "re-detect": false }`,
		"lease-database":    `{ "type": "memfile" }`,
		"sanity-checks":     `{ "extended-info-checks": "fix", "lease-checks": "warn" }`,
		"multi-threading":   `{ "enable-multi-threading": true, "packet-queue-size": 64, "thread-pool-size": 0 }`,
		// D6.28.1
		"expired-leases-processing": `{ "flush-reclaimed-timer-wait-time": 25, "hold-reclaimed-time": 3600, "max-reclaim-leases": 100, "max-reclaim-time": 250, "reclaim-timer-wait-time": 10, "unwarned-reclaim-cycles": 5 }`,
		// D6.22.1; D4.24.4 the empty sender address is shown as 0.0.0.0.
		"dhcp-ddns": `{ "enable-updates": false, "max-queue-size": 1024, "ncr-format": "JSON", "ncr-protocol": "UDP", "sender-ip": "0.0.0.0", "sender-port": 0, "server-ip": "127.0.0.1", "server-port": 53001 }`,
	}
	unset = []string{"min-valid-lifetime", "max-valid-lifetime", "renew-timer", "rebind-timer", "cache-threshold", "cache-max-age",
		"ddns-ttl-percent", "control-sockets", "compatibility"}
)

// checkDefaults checks the shared defaults and those of a family.
func checkDefaults(t *testing.T, got *element.Value, own map[string]string, alsoUnset ...string) {
	t.Helper()
	for _, defaults := range []map[string]string{sharedDefaults, own} {
		for key, want := range defaults {
			if v := got.Get(key); v == nil || v.String() != want {
				t.Errorf("%s is %v by default, want %s", key, v, want)
			}
		}
	}
	for _, key := range append(slices.Clone(unset), alsoUnset...) {
		if v := got.Get(key); v != nil {
			t.Errorf("%s is shown without being set: %s", key, v)
		}
	}
}

// TestDefaults shows the defaults of tables 57.1 and 57.2.
func TestDefaults(t *testing.T) {
	c := mustLoad(t, `"server-tag":""`)
	got := c.Element()
	checkDefaults(t, got, map[string]string{
		"calculate-tee-times": "false", "t2-percent": "0.875",
		"match-client-id": "true", "authoritative": "false",
		"echo-client-id": "true", "stash-agent-options": "false",
		"host-reservation-identifiers": `[ "hw-address", "duid", "circuit-id", "client-id" ]`, // D4.40.8
		"dhcp-queue-control":           `{ "capacity": 64, "enable-queue": false, "queue-type": "kea-ring4" }`,
	}, "offer-lifetime", "loggers", "client-classes", "user-context", "config-control", "hosts-databases")
	d := mustLoad(t, `"lease-database":{"type":"memfile"}`).LeaseDatabase
	if !d.Persist || d.LFCInterval != 3600 || d.MaxRowErrors != 0 || d.ConnectTimeout != 5 || d.OnFail != "stop-retry-exit" || d.RetryOnStartup || d.Durability != "" {
		t.Errorf("lease-database %+v", d)
	}
	in := mustLoad(t, `"interfaces-config":{"interfaces":["*"]}`).Interfaces
	if in.SocketType != "raw" || in.Outbound != "same-as-inbound" || !in.ReDetect || in.RequireAll || in.MaxRetries != 0 || in.RetryWaitTime != 5000 {
		t.Errorf("interfaces-config %+v", in)
	}
}
