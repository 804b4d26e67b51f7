package differential_test

import (
	"fmt"
	"maps"
	"slices"
)

// states are all messages about all kinds of addresses, in all states that a client
// can be in, direct and relayed; authoritativeStates are those that authority matters
// to.
var (
	states              = setting{name: "states", config: func() object { return statesConfig(false) }, cases: stateCases(false)}
	authoritativeStates = setting{name: "authoritative states", config: func() object { return statesConfig(true) }, cases: stateCases(true)}
)

func statesConfig(authoritative bool) object {
	return object{
		"authoritative": authoritative,
		// Released leases are deleted, as 2.2.0 does with any setting.
		"expired-leases-processing": object{"hold-reclaimed-time": 0},
		"valid-lifetime":            4000, "renew-timer": 1000, "rebind-timer": 2000,
		"subnet4": list{
			object{"id": 1, "subnet": "10.0.0.0/8", "interface": "eth0", "pools": list{object{"pool": "10.64.0.0 - 10.79.255.255"}},
				"reservations": list{object{"hw-address": "02:aa:00:00:00:99", "ip-address": "10.64.255.1"}}},
			object{"id": 2, "subnet": "172.16.0.0/12", "pools": list{object{"pool": "172.20.0.0 - 172.30.255.255"}},
				"reservations": list{object{"hw-address": "02:aa:00:00:00:99", "ip-address": "172.20.255.1"}}},
		},
	}
}

// A place is where the clients of a case are, with the addresses that matter there.
type place struct {
	name    string
	network string // first octet
	second  int    // that of its pool
	number  int    // of the case
	fields  []field
}

// of is the address that a client of the case has or asks for.
func (p place) of(client int) string {
	return fmt.Sprintf("%s.%d.%d.%d", p.network, p.second+p.number/250, p.number%250, client)
}

// kinds are the addresses that a message may be about.
func (p place) kinds() map[string]string {
	return map[string]string{
		"its own":        p.of(1),
		"another's":      p.of(2),
		"a free one":     p.of(3),
		"a reserved one": fmt.Sprintf("%s.%d.255.1", p.network, p.second),
		"outside pools":  fmt.Sprintf("%s.%d.0.77", p.network, p.second-1),
		"elsewhere":      "192.0.2.1",
		"none":           "0.0.0.0",
	}
}

// leasing makes a client get its address.
func (p place) leasing(client byte) [][]field {
	return [][]field{
		discover(as(client), addr(50, p.of(int(client)))),
		message(typeRequest, as(client), addr(50, p.of(int(client))), serverID("10.0.0.1")),
	}
}

// clientStates are what went before, which ends in a state of client 1.
var clientStates = []struct {
	name   string
	before func(p place) [][]field
}{
	{"a stranger", func(place) [][]field { return nil }},
	{"offered", func(p place) [][]field { return p.leasing(1)[:1] }},
	{"bound", func(p place) [][]field { return p.leasing(1) }},
	{"bound by identifier", func(p place) [][]field {
		return with(p.leasing(1), opt(61, 0, 'i', 'd', byte(p.number>>8), byte(p.number)))
	}},
	{"released", func(p place) [][]field {
		return append(p.leasing(1), message(typeRelease, ciaddr(p.of(1)), unicast))
	}},
	{"declined", func(p place) [][]field {
		return append(p.leasing(1), message(typeDecline, addr(50, p.of(1)), serverID("10.0.0.1")))
	}},
}

// messageForms are the messages about an address.
var messageForms = []struct {
	name          string
	authoritative bool // authority matters
	form          func(address string) []field
}{
	{"INIT", false, func(a string) []field { return discover(addr(50, a)) }},
	{"INIT with ciaddr", false, func(a string) []field { return discover(ciaddr(a)) }},
	{"SELECTING", true, func(a string) []field { return message(typeRequest, addr(50, a), serverID("10.0.0.1")) }},
	{"SELECTING another server", false, func(a string) []field { return message(typeRequest, addr(50, a), serverID("10.0.0.9")) }},
	{"INIT-REBOOT", true, func(a string) []field { return rebooting(a) }},
	{"RENEWING", true, func(a string) []field { return message(typeRequest, ciaddr(a), unicast) }},
	{"REBINDING", true, func(a string) []field { return message(typeRequest, ciaddr(a)) }},
	{"REBINDING with the broadcast flag", false, func(a string) []field { return message(typeRequest, ciaddr(a), broadcast) }},
	{"DECLINE", false, func(a string) []field { return message(typeDecline, addr(50, a), serverID("10.0.0.1")) }},
	{"RELEASE", false, func(a string) []field { return message(typeRelease, ciaddr(a), serverID("10.0.0.1"), unicast) }},
	{"INFORM", false, func(a string) []field { return inform(a, prl(1, 3, 6, 51)) }},
}

// stateCases go through all of it. In each, what the client had is asked for again in
// the end, as it shows what was stored.
func stateCases(authoritative bool) (cases []packetCase) {
	for _, from := range []place{
		{name: "direct", network: "10", second: 64},
		{name: "relayed", network: "172", second: 20, fields: []field{relayed("172.16.0.1")}},
	} {
		for _, state := range clientStates {
			for _, m := range messageForms {
				if authoritative && !m.authoritative {
					continue
				}
				kinds := from.kinds()
				for _, about := range slices.Sorted(maps.Keys(kinds)) {
					p := from
					p.number = len(cases)
					packets := append(p.leasing(2), state.before(p)...)
					packets = append(packets, m.form(p.kinds()[about]))
					packets = append(packets, rebooting(p.of(1)), rebooting(p.of(2), as(2)))
					name := fmt.Sprintf("%s, %s: %s about %s", p.name, state.name, m.name, about)
					cases = append(cases, packetCase{name, with(packets, p.fields...)})
				}
			}
		}
	}
	return cases
}

// with gives some fields to all packets.
func with(packets [][]field, fields ...field) [][]field {
	return packetCase{packets: packets}.with(fields...).packets
}
