package differential_test

import "fmt"

// updates are courses of leases that end in other ways than by a name that changes,
// by the parameters of their subnets and by the identity of clients.
var updates = setting{name: "updates", config: updatesConfig, cases: updateCases()}

// differMoved: the name of a client that gets another address is brought there.
const differMoved = "Kea leaves a name at the address that its client had before"

// updateParams are the parameters of subnets 10.N.0.0/24.
var updateParams = []object{
	1:  {"ddns-qualifying-suffix": "example.org"},
	2:  {"ddns-update-on-renew": true},
	3:  {"ddns-send-updates": false},
	4:  {"ddns-override-no-update": true},
	5:  {"ddns-override-client-update": true},
	6:  {"ddns-replace-client-name": "always", "ddns-qualifying-suffix": "example.org."},
	7:  {"match-client-id": false},
	8:  {"valid-lifetime": 900},
	9:  {"valid-lifetime": 4294967295},
	10: {"cache-threshold": 0.5, "cache-max-age": 600},
	11: {"ddns-use-conflict-resolution": false},
	12: {"valid-lifetime": 1800},
	13: {"ddns-replace-client-name": "when-not-present", "ddns-generated-prefix": "gen"},
	14: {"ddns-send-updates": false, "ddns-update-on-renew": true},
}

func updatesConfig() object {
	var subnets list
	for n, params := range updateParams {
		if n > 0 {
			subnets = append(subnets, object{
				"id": n, "subnet": fmt.Sprintf("10.%d.0.0/24", n), "pools": list{object{"pool": fmt.Sprintf("10.%d.0.10 - 10.%d.0.250", n, n)}},
				"reservations": list{object{"hw-address": "02:aa:00:00:00:01", "hostname": "Reserved"}},
			}.With(params))
		}
	}
	return object{
		"subnet4": subnets, "valid-lifetime": 7200,
		"shared-networks": list{object{
			"name": "net", "ddns-send-updates": false, "ddns-qualifying-suffix": "net.example",
			"subnet4": list{
				object{"id": 51, "subnet": "10.51.0.0/24", "pools": list{object{"pool": "10.51.0.10 - 10.51.0.250"}}},
				object{"id": 52, "subnet": "10.52.0.0/24", "ddns-send-updates": true, "pools": list{object{"pool": "10.52.0.10 - 10.52.0.250"}}, "client-class": "second"},
			},
		}},
		"client-classes": list{object{"name": "second", "test": "option[77].exists"}},
	}
}

// updateCases are each course in each subnet.
func updateCases() (cases []packetCase) {
	host, other := text(12, "host"), text(12, "other")
	full := fqdn(5, "\x04full\x07example\x03com\x00")
	courses := []packetCase{
		course("offered only", discover(host)),
		course("leased", discover(host), selecting(host)),
		course("leased without a name", discover(), selecting()),
		course("leased twice", discover(host), selecting(host), discover(host), selecting(host)),
		course("renewed", discover(host), selecting(host), renewing(host), rebinding(host)),
		course("renewed by another name", discover(host), selecting(host), renewing(other), renewing(full)),
		course("renewed without a name", discover(host), selecting(host), renewing(), renewing(host)),
		course("renewed with other flags", discover(full), selecting(full), renewing(fqdn(4, "\x04full\x07example\x03com\x00")), renewing(fqdn(12, "\x04full\x07example\x03com\x00")), renewing(full)),
		course("flags of the client", discover(fqdn(4, "\x01f\x00")), selecting(fqdn(4, "\x01f\x00")), release()),
		course("no updates wanted", discover(fqdn(12, "\x01f\x00")), selecting(fqdn(12, "\x01f\x00")), release()),
		course("released", discover(host), selecting(host), release()),
		course("released and leased", discover(host), selecting(host), release(), discover(host), selecting(host)),
		course("declined", discover(host), selecting(host), decline()),
		course("released without a name", discover(), selecting(), release()),
		course("rebooted", discover(host), selecting(host), message(typeRequest, offered, host)),
		course("refused", discover(host), selecting(host), message(typeRequest, addr(50, "10.77.0.1"), host)),
		course("client-id", discover(host, opt(61, 1, 2, 3, 4, 5, 6)), selecting(host, opt(61, 1, 2, 3, 4, 5, 6)), release(opt(61, 1, 2, 3, 4, 5, 6))),
		course("client-id with a DUID", discover(host, opt(61, 255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 9)), selecting(host, opt(61, 255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 9))),
		course("client-id of type 255 without a DUID", discover(host, opt(61, 255, 0, 0, 0, 1)), selecting(host, opt(61, 255, 0, 0, 0, 1))),
		course("lifetime that the client asks for", discover(host, leaseTime(3600)), selecting(host, leaseTime(3600)), renewing(host, leaseTime(3600))),
		course("reserved name", discover(hw(1)), selecting(hw(1)), renewing(hw(1), full), release(hw(1))),
	}
	for n := range updateParams {
		if n == 0 {
			continue
		}
		for _, c := range courses {
			cases = append(cases, packetCase{fmt.Sprintf("%d: %s", n, c.name), c.with(relayed(fmt.Sprintf("10.%d.0.1", n))).packets})
		}
	}
	return append(cases,
		course("network without updates", discover(host), selecting(host), release()).with(relayed("10.51.0.1")),
		course("subnet with updates in it", discover(host), selecting(host), release()).with(relayed("10.52.0.1"), text(77, "x")),
		course("to another subnet", discover(host), selecting(host), discover(host, relayed("10.2.0.1")), selecting(host, relayed("10.2.0.1"))).with(relayed("10.1.0.1")),
		course("to another address", discover(host), selecting(host), message(typeRequest, addr(50, "10.1.0.200"), serverID("10.0.0.1"), host, differs(differMoved, ""))).with(relayed("10.1.0.1")),
		course("to another address by another name", discover(host), selecting(host), message(typeRequest, addr(50, "10.1.0.201"), serverID("10.0.0.1"), other)).with(relayed("10.1.0.1")),
	)
}
