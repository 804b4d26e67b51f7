package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"
)

// A plan is what a server is to be configured with.
type plan struct {
	way          way
	pool         string // default: all of 10.0.0.0/8
	fsync        bool
	database     object // where leases are, nil: in a lease file
	threads      int    // of multi-threading; 0: off; -1: leave the keyword out
	subnets      int    // further subnets, a /24 each
	reservations int    // in the clients' subnet
	leases       *store // to begin with
	rich         *richness
	named        bool          // clients say their names
	updates      bool          // and the server asks for updates of the DNS
	pin          string        // cores to run on, as taskset has them
	patience     time.Duration // for the first answer; 0: startLimit
}

// network is the clients' subnet.
const network = "10.0.0.0/8"

// lifetime is long enough that nothing expires, in seconds.
const lifetime = 100_000

type object = map[string]any

// config is the configuration of either suite: Nestor's is Kea's.
func (p *plan) config(dir string) ([]byte, error) {
	pool := p.pool
	if pool == "" {
		pool = network
	}
	subnet := object{
		"id": 1, "subnet": network, "interface": serverIface,
		"relay": object{"ip-addresses": []string{clientAddr}},
		"pools": []object{{"pool": pool}},
	}
	if p.reservations > 0 {
		subnet["reservations"] = reservations(p.reservations)
	}
	database := object{"type": "memfile", "persist": true, "name": dir + "/leases4.csv", "lfc-interval": 0}
	if p.fsync {
		database["durability"] = "fsync"
	}
	if p.database != nil {
		database = p.database
	}
	d := object{
		"interfaces-config": object{"interfaces": []string{serverIface}, "dhcp-socket-type": p.way.socket()},
		"lease-database":    database,
		"control-socket":    object{"socket-type": "unix", "socket-name": dir + "/control"},
		"valid-lifetime":    lifetime,
		"subnet4":           append([]object{subnet}, subnets(p.subnets)...),
		"loggers": []object{{
			"name": "kea-dhcp4", "severity": "WARN",
			"output_options": []object{{"output": dir + "/log"}},
		}},
	}
	if p.rich != nil {
		p.rich.apply(d)
	}
	if p.updates {
		d["dhcp-ddns"] = object{"enable-updates": true, "max-queue-size": 65536}
	}
	if p.threads >= 0 {
		d["multi-threading"] = object{"enable-multi-threading": p.threads > 0, "thread-pool-size": p.threads, "packet-queue-size": 1024}
	}
	return json.Marshal(object{"Dhcp4": d})
}

// flags are what the load generator needs to be told besides.
func (p *plan) flags() []string {
	switch {
	case p.rich != nil:
		return p.rich.flags()
	case p.named:
		return []string{"-4", "-o", fmt.Sprintf("12,%x", "client.example.org")}
	}
	return nil
}

// subnets are 20.0.0.0/24 and following.
func subnets(n int) []object {
	list := make([]object, n)
	for i := range list {
		base := fmt.Sprintf("20.%d.%d.", i>>8, i&255)
		list[i] = object{
			"id": 2 + i, "subnet": base + "0/24",
			"pools":       []object{{"pool": base + "10 - " + base + "200"}},
			"option-data": []object{{"name": "routers", "data": base + "1"}},
		}
	}
	return list
}

// reservations have hardware addresses that no simulated client has.
func reservations(n int) []object {
	list := make([]object, n)
	address := netip.MustParseAddr("10.200.0.1")
	for i := range list {
		list[i] = object{
			"hw-address": fmt.Sprintf("06:00:%02x:%02x:%02x:%02x", i>>24&255, i>>16&255, i>>8&255, i&255),
			"ip-address": address.String(), "hostname": fmt.Sprintf("reserved-%d", i),
		}
		address = address.Next()
	}
	return list
}
