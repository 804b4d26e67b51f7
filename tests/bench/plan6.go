package main

import "encoding/json"

// network6 is the relayed clients' subnet, and where the relay's address is.
const network6 = "2001:db8::/64"

// pool6 is large enough for any run.
const pool6 = "2001:db8::1:0:0/96"

// config6 is config for DHCPv6, for which plans have no more than a lease file,
// fsync and threads.
func (p *plan) config6(dir string) ([]byte, error) {
	database := object{"type": "memfile", "persist": true, "name": dir + "/leases6.csv", "lfc-interval": 0}
	if p.fsync {
		database["durability"] = "fsync"
	}
	if p.database != nil {
		database = p.database
	}
	d := object{
		"interfaces-config":  object{"interfaces": []string{serverIface}},
		"server-id":          object{"type": "EN", "enterprise-id": 2495, "identifier": "62656e6368", "persist": false},
		"lease-database":     database,
		"control-socket":     object{"socket-type": "unix", "socket-name": dir + "/control"},
		"valid-lifetime":     lifetime,
		"preferred-lifetime": lifetime,
		"mac-sources":        []string{"duid"},
		"subnet6":            []object{{"id": 1, "subnet": network6, "pools": []object{{"pool": pool6}}}},
		"loggers": []object{{
			"name": "kea-dhcp6", "severity": "WARN",
			"output_options": []object{{"output": dir + "/log"}},
		}},
	}
	if p.threads >= 0 {
		d["multi-threading"] = object{"enable-multi-threading": p.threads > 0, "thread-pool-size": p.threads, "packet-queue-size": 1024}
	}
	return json.Marshal(object{"Dhcp6": d})
}
