package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestInterfaces(t *testing.T) {
	of := func(names string) string { return `"interfaces-config":{"interfaces":[` + names + `]}` }
	t.Run("D4.8.2 D4.8.3 names", func(t *testing.T) {
		for _, names := range []string{`"eth0"`, `"*"`, `"eth0/192.0.2.1","eth0/192.0.2.2"`, `"*","eth0"`, `" eth0 "`, ``} {
			accepted(t, of(names))
		}
		if c := mustLoad(t, of(`" eth0 "`)); c.Interfaces.Interfaces[0] != "eth0" {
			t.Errorf("%q", c.Interfaces.Interfaces)
		}
		for _, names := range []string{`"eth0","eth0"`, `"*","*"`, `"eth0/192.0.2.1","eth0"`, `"eth0","eth0/192.0.2.1"`, `"eth0/192.0.2.1","eth0/192.0.2.1"`} {
			refused(t, of(names), "Dhcp4/interfaces-config/interfaces[1]: ", "is in the list already")
		}
		for _, name := range []string{"eth0/", "/192.0.2.1", "", "eth0/x", "eth0/::1"} {
			refused(t, of(fmt.Sprintf("%q", name)), "Dhcp4/interfaces-config/interfaces[0]: ")
		}
	})
	t.Run("config-get shows what differs", func(t *testing.T) {
		for body, want := range map[string]string{
			`"interfaces":["eth0"],"dhcp-socket-type":"raw","outbound-interface":"same-as-inbound"`:                                                            `{ "interfaces": [ "eth0" ], "re-detect": true }`,
			`"dhcp-socket-type":"udp","outbound-interface":"use-routing","re-detect":false,"service-sockets-require-all":true,"service-sockets-max-retries":3`: `{ "dhcp-socket-type": "udp", "interfaces": [  ], "outbound-interface": "use-routing", "re-detect": false, "service-sockets-max-retries": 3, "service-sockets-require-all": true, "service-sockets-retry-wait-time": 5000 }`,
		} {
			if got := mustLoad(t, `"interfaces-config":{`+body+`}`).Element().Get("interfaces-config").String(); got != want {
				t.Errorf("%s gives\n%s, want\n%s", body, got, want)
			}
		}
	})
}

func TestDatabases(t *testing.T) {
	t.Run("D4.5.1 type is mandatory, config-get shows what was set", func(t *testing.T) {
		refused(t, `"lease-database":{"name":"/a"}`, "missing parameter 'type'", "Dhcp4/lease-database")
		c := mustLoad(t, `"lease-database":{"type":"memfile","name":"/tmp/l.csv","lfc-interval":0,"persist":false}`)
		if got, want := c.Element().Get("lease-database").String(), `{ "lfc-interval": 0, "name": "/tmp/l.csv", "persist": false, "type": "memfile" }`; got != want {
			t.Errorf("got %s", got)
		}
		d := c.LeaseDatabase
		if d.Name != "/tmp/l.csv" || d.LFCInterval != 0 || d.Persist || d.MaxRowErrors != 0 {
			t.Errorf("%+v", d)
		}
		refused(t, `"lease-database":{"type":"memfile","lfc-interval":-1}`, "out of range")
		refused(t, `"lease-database":{"type":"mysql","port":65536}`, "out of range")
	})
	t.Run("D4.7.1 hosts databases", func(t *testing.T) {
		one := mustLoad(t, `"hosts-database":{"type":"mysql","name":"a"}`)
		list := mustLoad(t, `"hosts-databases":[{"type":"mysql","name":"a"}]`)
		if len(one.HostsDatabases) != 1 || Hash(one.Arguments()) != Hash(list.Arguments()) {
			t.Errorf("%v %v", one.HostsDatabases, list.HostsDatabases)
		}
		refused(t, `"hosts-database":{"type":"memfile"}`, "expecting mysql or postgresql")
		both := mustLoad(t, `"hosts-databases":[{"type":"mysql","name":"b"}],"hosts-database":{"type":"mysql","name":"a"}`)
		if len(both.HostsDatabases) != 2 || both.HostsDatabases[0].Name != "a" {
			t.Errorf("%v", both.HostsDatabases)
		}
	})
	t.Run("durability is ours", func(t *testing.T) {
		if d := mustLoad(t, `"lease-database":{"type":"memfile","durability":"fsync"}`).LeaseDatabase; d.Durability != "fsync" {
			t.Errorf("%+v", d)
		}
		refused(t, `"lease-database":{"type":"mysql","durability":"fsync"}`, "it is for memfile")
		refused(t, `"hosts-database":{"type":"mysql","durability":"fsync"}`, "unexpected keyword")
	})
	t.Run("PL.3.25 the access string has no password", func(t *testing.T) {
		s := mustLoad(t, `"lease-database":{"type":"mysql","name":"kea","password":"s3cret","persist":true}`).LeaseDatabase.AccessString()
		if want := "type=mysql name=kea password=***** persist=true"; s != want {
			t.Errorf("%q, want %q", s, want)
		}
	})
}

func TestDHCPDDNS(t *testing.T) {
	with := func(m string) string { return `"dhcp-ddns":{` + m + `}` }
	t.Run("D4.24.2 enable-updates is mandatory in the map", func(t *testing.T) {
		refused(t, with(`"server-port":53001`), "missing parameter 'enable-updates'")
		if mustLoad(t, subnet("")).DhcpDDNS.EnableUpdates {
			t.Error("updates without the map")
		}
	})
	t.Run("D4.24.3 D4.24.4 ends", func(t *testing.T) {
		d := mustLoad(t, with(`"enable-updates":true,"server-ip":"2001:db8::1"`)).DhcpDDNS
		if d.ServerIP.String() != "2001:db8::1" || d.SenderIP.String() != "::" || d.ServerPort != 53001 || d.SenderPort != 0 || d.MaxQueueSize != 1024 {
			t.Errorf("%+v", d)
		}
		refused(t, with(`"enable-updates":true,"server-ip":"x"`), "Dhcp4/dhcp-ddns/server-ip: x is not an IP address")
		refused(t, with(`"enable-updates":true,"server-ip":"::1","sender-ip":"192.0.2.1"`), "different families")
		refused(t, with(`"enable-updates":true,"sender-ip":"127.0.0.1","sender-port":53001`), "cannot share")
		refused(t, with(`"enable-updates":true,"max-queue-size":0`), "Dhcp4/dhcp-ddns/max-queue-size: ")
		accepted(t, with(`"enable-updates":false,"max-queue-size":0`))
	})
	t.Run("D4.24.6 D4.58.7 ncr-protocol", func(t *testing.T) {
		for _, p := range []string{"udp", "UDP"} {
			c := mustLoad(t, with(`"enable-updates":true,"ncr-protocol":"`+p+`"`))
			if got := c.Element().Get("dhcp-ddns").Get("ncr-protocol").Str; got != "UDP" {
				t.Errorf("%s is shown as %s", p, got)
			}
		}
		for _, p := range []string{"tcp", "TCP"} {
			refused(t, with(`"enable-updates":true,"ncr-protocol":"`+p+`"`), "NCR Protocol: TCP is not supported")
		}
		refused(t, `"ddns-replace-client-name":true`, "unexpected boolean")
	})
	t.Run("D4.24.7 ncr-format", func(t *testing.T) {
		refused(t, with(`"enable-updates":true,"ncr-format":"XML"`), "expecting JSON")
	})
}

func TestNumbers(t *testing.T) {
	for key, edge := range map[string]int64{
		"reclaim-timer-wait-time": 65535, "flush-reclaimed-timer-wait-time": 65535, "hold-reclaimed-time": 4294967295,
		"max-reclaim-leases": 4294967295, "max-reclaim-time": 10000, "unwarned-reclaim-cycles": 65535,
	} {
		accepted(t, fmt.Sprintf(`"expired-leases-processing":{%q:%d}`, key, edge))
		refused(t, fmt.Sprintf(`"expired-leases-processing":{%q:%d}`, key, edge+1), "Dhcp4/expired-leases-processing/"+key)
	}
	t.Run("D4.54.1 missing keys are defaults", func(t *testing.T) {
		if e := mustLoad(t, `"expired-leases-processing":{"max-reclaim-time":9}`).Expiration; e != (ExpiredLeases{10, 25, 3600, 100, 9, 5}) {
			t.Errorf("%+v", e)
		}
	})
	refused(t, `"multi-threading":{"thread-pool-size":65536}`, "out of range")
	refused(t, `"dhcp4o6-port":65535`, "out of range")
	refused(t, `"parked-packet-limit":-1`, "out of range")
	t.Run("D4.52.1 compatibility", func(t *testing.T) {
		c := mustLoad(t, `"compatibility":{"exclude-first-last-24":true,"lenient-option-parsing":false}`)
		if c.Compat != (Compatibility{ExcludeFirstLast24: true}) || c.Element().Get("compatibility").String() != `{ "exclude-first-last-24": true }` {
			t.Errorf("%+v, %s", c.Compat, c.Element().Get("compatibility"))
		}
	})
	t.Run("D4.55.1 dhcp-queue-control", func(t *testing.T) {
		if q := mustLoad(t, subnet("")).QueueControl; q.Present || q.Enable || q.Type != "kea-ring4" || q.Capacity != 64 {
			t.Errorf("%+v", q)
		}
	})
}

func TestLoggers(t *testing.T) {
	loggers := func(l string) string { return `"loggers":[` + l + `]` }
	t.Run("table of section 3.1", func(t *testing.T) {
		g := mustLoad(t, loggers(`{"name":"*","output-options":[{"output":"/var/log/kea.log"},{"output":"syslog:local0"}]}`)).Loggers[0]
		if g.Severity != "" || g.DebugLevel.Set || g.Outputs[0] != (LogOutput{"/var/log/kea.log", true, 10240000, 1, ""}) {
			t.Errorf("%+v", g)
		}
		got := g.element().String()
		want := `{ "name": "*", "output-options": [ { "flush": true, "maxsize": 10240000, "maxver": 1, "output": "/var/log/kea.log", "pattern": "" }, { "flush": true, "output": "syslog:local0", "pattern": "" } ] }`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("PL.3.3 debuglevel and severity are kept apart", func(t *testing.T) {
		g := mustLoad(t, loggers(`{"name":"a","severity":"debug"},{"name":"b","debuglevel":55}`)).Loggers
		if g[0].Severity != "DEBUG" || g[0].DebugLevel.Set || g[1].Severity != "" || g[1].DebugLevel != (Opt[int]{true, 55}) {
			t.Errorf("%+v %+v", g[0], g[1])
		}
	})
	t.Run("an unknown severity is INFO, with a warning", func(t *testing.T) {
		c, warnings, err := loadBody(loggers(`{"name":"a","severity":"LOUD"}`))
		if err != nil || c.Loggers[0].Severity != "INFO" || len(warnings) != 1 || warnings[0].ID != "LOG_BAD_SEVERITY" || warnings[0].Args[0] != "LOUD" {
			t.Errorf("%v %v", err, warnings)
		}
	})
	refused(t, loggers(`{"severity":"INFO"}`), "missing parameter 'name'")
	refused(t, loggers(`{"name":""}`), "must not be empty")
	refused(t, loggers(`{"name":"a","output-options":[{"flush":true}]}`), "missing parameter 'output'")
	t.Run("the older output_options", func(t *testing.T) {
		g := mustLoad(t, loggers(`{"name":"a","output_options":[{"output":"stderr"}]}`)).Loggers[0]
		if len(g.Outputs) != 1 || g.Outputs[0].Output != "stderr" {
			t.Errorf("%+v", g)
		}
		refused(t, loggers(`{"name":"a","output_options":[{"output":"stderr"}],"output-options":[{"output":"stderr"}]}`), "another spelling")
	})
}

func TestHookLibraries(t *testing.T) {
	hooks := func(h string) string { return `"hooks-libraries":[` + h + `]` }
	t.Run("FW-002 the base name counts", func(t *testing.T) {
		c := mustLoad(t, hooks(`{"library":"/usr/lib/kea/hooks/libdhcp_lease_cmds.so"},{"library":"libdhcp_mysql.so","parameters":{"a":1}}`))
		if len(c.Hooks) != 2 || c.Hooks[0].Name() != "libdhcp_lease_cmds.so" || c.Hooks[0].Parameters != nil || c.Hooks[1].Parameters.String() != `{ "a": 1 }` {
			t.Errorf("%+v", c.Hooks)
		}
		if got := c.Element().Get("hooks-libraries").List[0].String(); got != `{ "library": "/usr/lib/kea/hooks/libdhcp_lease_cmds.so" }` {
			t.Errorf("config-get %s", got)
		}
		refused(t, hooks(`{"library":"/usr/lib/kea/hooks/libdhcp_nonsense.so"}`), "Dhcp4/hooks-libraries[0]/library: there is no hook library")
		refused(t, hooks(`{"parameters":{}}`), "missing parameter 'library'")
		if mustLoad(t, subnet("")).Hooks != nil || mustLoad(t, hooks("")).Hooks == nil {
			t.Error("no list is not told from an empty one")
		}
		// PL.2.22 no further keywords.
		refused(t, hooks(`{"library":"libdhcp_ha.so","comment":"x"}`), "unexpected keyword")
	})
}

func TestClasses(t *testing.T) {
	classes := func(c string) string { return `"client-classes":[` + c + `]` }
	t.Run("D4.23.8 test and template-test exclude each other", func(t *testing.T) {
		refused(t, classes(`{"name":"a","test":"member('ALL')","template-test":"'x'"}`), "give one of them")
		refused(t, classes(`{"name":"a","test":""}`), "the expression is empty")
		accepted(t, classes(`{"name":"a"}`))
	})
	refused(t, classes(`{"name":"a"},{"name":"a"}`), "Dhcp4/client-classes[1]/name: class a is defined already at test.conf:1:")
	refused(t, classes(`{"name":""}`), "must not be empty")
	for _, name := range []string{"ALL", "KNOWN", "UNKNOWN", "BOOTP"} {
		accepted(t, classes(`{"name":"`+name+`"}`))
		refused(t, classes(`{"name":"`+name+`","test":"member('ALL')"}`), "is built in")
	}
	t.Run("D4.23.12 parameters of a class", func(t *testing.T) {
		c := mustLoad(t, classes(`{"name":"a","test":"member('ALL')","next-server":"192.0.2.1","server-hostname":"s","boot-file-name":"f","offer-lifetime":9,"only-if-required":true}`)).Classes[0]
		if c.NextServer.V.String() != "192.0.2.1" || c.ServerHostname != "s" || c.BootFileName != "f" || c.OfferLifetime != (Opt[uint32]{true, 9}) || !c.OnlyIfRequired {
			t.Errorf("%+v", c)
		}
	})
	t.Run("config-get", func(t *testing.T) {
		got := mustLoad(t, classes(`{"name":"x","comment":"q","next-server":"1.2.3.4","server-hostname":"a","boot-file-name":"b","valid-lifetime":5,"min-valid-lifetime":4,"max-valid-lifetime":6,
			"option-def":[{"name":"zz","code":224,"type":"uint8"}],"option-data":[{"name":"zz","data":"3"}]},{"name":"b","min-valid-lifetime":7}`)).Element().Get("client-classes").String()
		want := `[ { "boot-file-name": "b", "max-valid-lifetime": 6, "min-valid-lifetime": 4, "name": "x", "next-server": "1.2.3.4", ` +
			`"option-data": [ { "always-send": false, "code": 224, "csv-format": true, "data": "3", "never-send": false, "space": "dhcp4" } ], ` +
			`"option-def": [ { "array": false, "code": 224, "encapsulate": "", "name": "zz", "record-types": "", "space": "dhcp4", "type": "uint8" } ], ` +
			`"server-hostname": "a", "user-context": { "comment": "q" }, "valid-lifetime": 5 }, ` +
			`{ "boot-file-name": "", "name": "b", "next-server": "0.0.0.0", "option-data": [  ], "option-def": [  ], "server-hostname": "", "valid-lifetime": 7 } ]`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestNotYet(t *testing.T) {
	warned := func(body string) string {
		_, warnings, err := loadBody(body)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		var paths []string
		for _, w := range warnings {
			paths = append(paths, w.Path)
		}
		return strings.Join(paths, " ")
	}
	for body, want := range map[string]string{
		`"lease-database":{"type":"memfile"}`:                                            "",
		`"lease-database":{"type":"mysql"}`:                                              "",
		`"dhcp-ddns":{"enable-updates":false}`:                                           "",
		`"dhcp-ddns":{"enable-updates":true}`:                                            "",
		`"hooks-libraries":[{"library":"libdhcp_ddns_tuning.so"}]`:                       "Dhcp4/hooks-libraries[0]/library",
		`"dhcp4o6-port":6767,` + subnet(`"4o6-interface":"eth0"`):                        "",
		`"parked-packet-limit":256,"multi-threading":{"packet-queue-size":64}`:           "",
		`"parked-packet-limit":10`:                                                       "Dhcp4/parked-packet-limit",
		`"multi-threading":{"packet-queue-size":1024}`:                                   "Dhcp4/multi-threading/packet-queue-size",
		`"hooks-libraries":[{"library":"libdhcp_ha.so"},{"library":"libdhcp_bootp.so"}]`: "Dhcp4/hooks-libraries[0]/library Dhcp4/hooks-libraries[1]/library",
		`"store-extended-info":true,"stash-agent-options":true`:                          "",
		subnet(`"evaluate-additional-classes":["a"]`):                                    "",
	} {
		if got := warned(body); got != want {
			t.Errorf("%s warns of %q, want %q", body, got, want)
		}
	}
	t.Run("the defaults that config-write fills in are warned of never", func(t *testing.T) {
		body := mustLoad(t, subnet(`"pools":[{"pool":"192.0.2.0/25"}]`)).Element().String()
		if got := warned(strings.TrimSuffix(strings.TrimPrefix(body, "{"), "}")); got != "" {
			t.Errorf("warns of %s", got)
		}
	})
	t.Run("every row names a keyword of its scope", func(t *testing.T) {
		for _, row := range notYet {
			for _, s := range row.where {
				if s.index[row.keyword] == nil {
					t.Errorf("%s has no %s", s.name, row.keyword)
				}
			}
		}
	})
}

func TestDatabaseTimeouts(t *testing.T) {
	for _, c := range []struct{ facts, keyword, of string }{
		{"D4.6.16 D6.5.8", "read-timeout", "mysql"},
		{"D4.6.16 D6.5.8", "write-timeout", "mysql"},
		{"D4.6.17 D6.5.9", "tcp-user-timeout", "postgresql"},
	} {
		t.Run(c.facts+" "+c.keyword, func(t *testing.T) {
			for _, kind := range []string{"memfile", "mysql", "postgresql"} {
				body := fmt.Sprintf(`"lease-database":{"type":%q,%q:5}`, kind, c.keyword)
				if kind == c.of {
					accepted(t, body)
					accepted6(t, body)
					continue
				}
				refused(t, body, "Dhcp4/lease-database/"+c.keyword+": it is for "+c.of+", "+kind+" has no such timeout")
				refused6(t, body, "Dhcp6/lease-database/"+c.keyword)
			}
			refused(t, fmt.Sprintf(`"config-control":{"config-databases":[{"type":"memfile",%q:5}]}`, c.keyword))
		})
	}
}
