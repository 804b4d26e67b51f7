package differential_test

import (
	"net/netip"
	"slices"
)

// networks are courses that select subnets and pools: by where a packet comes from,
// by classes, and by what is free in a shared network.
var networks = setting{name: "networks", cases: []packetCase{
	// Where a packet comes from.
	course("D4.45.4 giaddr in a subnet", discover(relayed("10.33.0.1")), discover(relayed("10.33.0.254")), discover(relayed("10.33.0.0")), discover(relayed("10.33.0.255"))),
	course("giaddr in no subnet", discover(), rebooting("10.33.0.10", differs(newReboot, "silence")), message(typeRequest, ciaddr("10.33.0.10")), inform("10.33.0.10", differs(newInform, "silence"))).with(relayed("10.77.0.1")),
	course("D4.45.4 giaddr that a subnet names", discover(relayed("10.93.0.1")), selecting(relayed("10.93.0.1"))),
	course("D4.45.8 two subnets with one relay", discover(text(60, "docsis3.0")), selecting(text(60, "docsis3.0")), discover(text(60, "pc"))).with(relayed("10.93.0.1")),
	course("giaddr that a network names", discover(relayed("10.91.0.1")), discover(as(2), relayed("10.91.0.2")), discover(as(3), relayed("10.92.0.1")), discover(as(4), relayed("10.19.0.1")), discover(as(5), relayed("10.20.0.1"))),
	course("D4.43.6 from a relay to a member that names another", discover(relayed("10.92.0.1"), addr(50, "10.20.0.50")), discover(relayed("10.91.0.1"), addr(50, "10.19.0.50"))),
	course("overlapping subnets", discover(relayed("10.34.0.1")), discover(as(2), relayed("10.34.9.1")), discover(as(3), relayed("10.34.0.1"), addr(50, "10.34.9.11"))),
	course("D4.16.3 link selection", discover(agent(5, 4, 10, 33, 0, 0)), selecting(agent(5, 4, 10, 33, 0, 0)), discover(as(2), agent(5, 4, 10, 33, 0, 99)), discover(as(3), agent(5, 4, 10, 77, 0, 0)), discover(as(4), agent(5, 4, 0, 0, 0, 0)), discover(as(5), agent(5, 0)), discover(as(6), agent(5, 3, 10, 33, 0))).with(relayed("10.34.0.1")),
	course("FD.5.2 link selection from a relay in no subnet", discover(agent(5, 4, 10, 33, 0, 0)), discover(addr(118, "10.33.0.0"))).with(relayed("10.77.0.1")),
	course("D4.45.5 subnet selection", discover(addr(118, "10.33.0.0")), selecting(addr(118, "10.33.0.0")), discover(as(2), addr(118, "10.77.0.0")), discover(as(3), addr(118, "0.0.0.0"))).with(relayed("10.34.0.1")),
	course("subnet and link selection", discover(addr(118, "10.33.0.0"), agent(5, 4, 10, 34, 0, 0)), discover(addr(118, "10.34.0.0"), agent(5, 4, 10, 33, 0, 0))).with(relayed("10.36.0.1")),
	course("subnet selection of a direct client", discover(addr(118, "10.33.0.0")), discover(addr(118, "10.77.0.0")), discover(addr(118, "10.33.0.0"), ciaddr("10.0.0.9"), unicast)),
	course("link selection without a relay", discover(agent(5, 4, 10, 33, 0, 0)), discover(unicast, agent(5, 4, 10, 33, 0, 0))),
	course("link selection by a relay's address", discover(agent(5, 4, 10, 93, 0, 1)), discover(addr(118, "10.93.0.1"))).with(relayed("10.34.0.1")),
	course("D4.45.3 unicast renewal from elsewhere", message(typeRequest, ciaddr("10.33.0.15"), unicast), message(typeRequest, ciaddr("10.34.0.15"), unicast), message(typeRequest, ciaddr("10.33.0.15"))),
	course("INFORM of members", inform("10.17.0.99", relayed("10.17.0.1")), inform("10.18.0.99", relayed("10.17.0.1")), inform("10.33.0.99", relayed("10.17.0.1")), inform("10.33.0.99", unicast), inform("10.33.0.99")),
	course("relay sub-options", discover(agent(cat(sub(1, "c"), sub(2, "r"), sub(4, "\x00\x00\x00\x01"), sub(6, "s"), sub(9, "\x00\x00\x00\x09\x02\x01\x00"), sub(12, "id"), sub(151, "\x00vpn"), sub(152, ""))...))).with(relayed("10.33.0.1")),
	course("relay sub-options out of order", discover(agent(cat(sub(2, "r"), sub(1, "c"))...), differs(differOrder, " 82=020172010163 end")), discover(agent(cat(sub(1, "a"), sub(1, "b"))...), differs(differOrder, " 82=010161010162 end"))).with(relayed("10.33.0.1")),
	course("virtual subnet", discover(agent(cat(sub(151, "\x01vrf"), sub(152, ""))...)), discover(opt(221, 0, 'v'))).with(relayed("10.33.0.1")),
	course("D4.16.5 relay port", discover(agent(19, 2, 0, 0), from("10.33.0.1", 1067)), discover(agent(19, 2, 1, 2), from("10.33.0.1", 67)), rebooting("10.77.0.1", agent(19, 2, 0, 0), from("10.33.0.1", 1067))).with(relayed("10.33.0.1"), from("10.33.0.1", 1067)),
	course("FD.2.9 relay port without content", discover(agent(19, 0), gives("53=02"))).with(relayed("10.33.0.1")),
	course("D4.16.4 server identifier override",
		discover(), message(typeRequest, offered, serverID("10.33.0.1")), message(typeRequest, offered, serverID("10.0.0.1")), message(typeRequest, offered, serverID("10.33.0.2")),
		message(typeRelease, mine, serverID("10.33.0.1"))).with(relayed("10.33.0.1"), agent(11, 4, 10, 33, 0, 1)),
	course("hops", discover(set(func(p *packet) { p.hops = 16 })), discover(set(func(p *packet) { p.hops = 255 }))).with(relayed("10.33.0.1")),
	course("relayed unicast and broadcast flags", discover(broadcast), selecting(broadcast), discover(flags(0x7fff)), rebooting("10.77.0.1", broadcast)).with(relayed("10.33.0.1")),
	course("relayed with ciaddr", message(typeRequest, ciaddr("10.33.0.16")), message(typeRequest, ciaddr("10.33.0.16"), broadcast), discover(ciaddr("10.33.0.17"))).with(relayed("10.33.0.1")),
	course("giaddr of a direct packet", discover(set(func(p *packet) { p.giaddr = netip.MustParseAddr("10.33.0.1") })), discover(set(func(p *packet) { p.giaddr = netip.MustParseAddr("10.33.0.1"); p.hops = 1 }))),

	// Classes of subnets and pools.
	course("D4.23.1 guarded subnet", discover(), discover(text(60, "phone")), selecting(text(60, "phone")), renewing(text(60, "phone")), renewing(), rebinding(relayed("10.30.0.1"))).with(relayed("10.30.0.1")),
	course("guarded subnet and link selection", discover(addr(118, "10.30.0.0")), discover(addr(118, "10.30.0.0"), text(60, "phone"))).with(relayed("10.33.0.1")),
	course("class that nobody defines", discover(), discover(text(60, "nowhere"))).with(relayed("10.40.0.1")),
	course("D4.23.4 subnet for KNOWN", discover(), discover(hw(4))).with(relayed("10.39.0.1")),
	course("D4.23.1 guarded pools", discover(), discover(text(60, "phone")), discover(agent(sub(1, "port-1")...)), discover(as(2), text(60, "phone"), agent(sub(1, "port-1")...)), selecting(as(2), text(60, "phone"))).with(relayed("10.31.0.1")),
	course("address of a pool for others", discover(addr(50, "10.31.0.30"), text(60, "phone")), message(typeRequest, addr(50, "10.31.0.30"), serverID("10.0.0.1"), text(60, "phone")), discover(addr(50, "10.31.0.31"), text(60, "phone"), agent(sub(1, "port-1")...))).with(relayed("10.31.0.1")),
	course("who leaves a class", discover(text(60, "phone")), selecting(text(60, "phone")), renewing(relayed("10.31.0.1")), discover(), message(typeRequest, offered)).with(relayed("10.31.0.1")),
	course("D4.23.4 pools for KNOWN and UNKNOWN", discover(addr(50, "10.0.202.7")), discover(addr(50, "10.0.203.7")), discover(hw(1), addr(50, "10.0.202.8")), discover(hw(1), addr(50, "10.0.203.8")), discover(addr(50, "10.0.201.7")), discover(hw(2), addr(50, "10.0.201.8"))),
	course("pools that run out by class", discover(), selecting(), discover(as(2)), discover(as(2), text(60, "phone")), selecting(as(2), text(60, "phone")), discover(as(3), text(60, "phone")), discover(hw(3)), selecting(hw(3)), discover(as(4), addr(50, "10.37.0.30"))).with(relayed("10.37.0.1")),
	course("D4.23.5 DROP", discover(text(60, "drop")), selecting(text(60, "drop")), inform("10.0.0.9", text(60, "drop")), discover(text(60, "dropped"))),
	course("D4.23.5 DROP of the known", discover(text(60, "known-drop")), discover(hw(1), text(60, "known-drop")), discover(hw(1)), inform("10.0.0.9", hw(1), text(60, "known-drop"))),
	course("D4.23.5 late DROP of RELEASE and DECLINE", discover(), selecting(), message(typeRelease, mine, unicast, text(60, "drop")), message(typeRequest, offered, differs(newAffinity, "53=05")), discover(), selecting(), message(typeDecline, offered, text(60, "drop")), message(typeRequest, mine, unicast)),
	course("class by KNOWN", discover(), discover(hw(1)), selecting(hw(1)), inform("10.0.0.9", hw(1))),
	course("subnet without pools", discover(), rebooting("10.36.0.10"), inform("10.36.0.10"), message(typeRequest, ciaddr("10.36.0.10"))).with(relayed("10.36.0.1")),

	// Shared networks.
	course("D4.43.3 members fill up",
		discover(), selecting(), discover(as(2)), selecting(as(2)), discover(as(3)), selecting(as(3)), discover(as(4)), selecting(as(4)), discover(as(5)), selecting(as(5)), discover(as(6)), selecting(as(6)), discover(as(7)), selecting(as(7)),
		discover(as(8)), message(typeRequest, as(8), addr(50, "10.10.0.10")), message(typeRequest, as(8), addr(50, "10.10.0.10"), serverID("10.0.0.1")), release(), discover(as(1)), renewing(as(2))).with(relayed("10.90.0.1")),
	course("D4.43.4 address in another member", discover(addr(50, "10.18.0.99")), selecting(), renewing(relayed("10.17.0.1")), discover(addr(50, "10.18.0.100")), rebooting("10.18.0.101"), message(typeRequest, ciaddr("10.18.0.102"))).with(relayed("10.17.0.1")),
	course("D4.23.3 guarded members", discover(text(60, "phone")), discover(as(2), text(60, "docsis")), discover(as(3)), selecting(as(3)), discover(as(4), text(60, "phone"), addr(50, "10.14.0.50")), message(typeRequest, as(5), addr(50, "10.14.0.50"), serverID("10.0.0.1"))).with(relayed("10.13.0.1")),
	course("guarded member by its relay", discover(), discover(text(60, "phone")), discover(text(60, "docsis"))).with(relayed("10.14.0.1")),
	course("guarded network", discover(), discover(text(60, "phone")), selecting(text(60, "phone")), inform("10.16.0.99", differs(newInform, "silence")), inform("10.16.0.99", text(60, "phone"))).with(relayed("10.16.0.1")),
	course("guarded pools of a member", discover(text(60, "phone")), selecting(text(60, "phone")), discover(as(2), text(60, "docsis")), discover(as(3)), selecting(as(3)), discover(as(4), text(60, "docsis"), addr(50, "10.17.0.10"))).with(relayed("10.17.0.1")),
	course("member of one network", discover(), selecting(), discover(as(2)), selecting(as(2)), discover(as(3))).with(relayed("10.23.0.1")),
	course("member without pools", discover(), selecting(), rebooting("10.24.0.10"), inform("10.24.0.10")).with(relayed("10.24.0.1")),
	course("D4.43.5 values of the member that serves", discover(prl(3, 15)), selecting(prl(3, 15)), discover(as(2), prl(3, 15)), selecting(as(2), prl(3, 15)), discover(as(3), addr(50, "10.21.0.10"), prl(3, 15))).with(relayed("10.21.0.1")),
	course("client identifier in the member that serves", discover(opt(61, 1, 2, 3), addr(50, "10.22.0.50")), selecting(opt(61, 1, 2, 3)), discover(opt(61, 4, 5, 6)), discover(as(2), opt(61, 1, 2, 3))).with(relayed("10.22.0.1")),
	course("D4.11.7 a client moves", discover(relayed("10.33.0.1")), selecting(relayed("10.33.0.1")), discover(relayed("10.31.0.1"), text(60, "phone")), selecting(relayed("10.31.0.1"), text(60, "phone")), discover(relayed("10.33.0.1"))),
	course("a client moves in a shared network", discover(relayed("10.17.0.1")), selecting(relayed("10.17.0.1")), discover(relayed("10.18.0.1")), selecting(relayed("10.18.0.1")), rebooting("10.17.0.10", relayed("10.18.0.1"))),

	course("another's address in another subnet", discover(relayed("10.33.0.1")), selecting(relayed("10.33.0.1")), message(typeRequest, as(2), offered, serverID("10.0.0.1"), relayed("10.31.0.1")), message(typeRequest, as(2), offered, serverID("10.0.0.1"), relayed("10.17.0.1"))),
	course("own address in another subnet", discover(relayed("10.33.0.1")), selecting(relayed("10.33.0.1")), message(typeRequest, offered, serverID("10.0.0.1"), relayed("10.31.0.1")), message(typeRequest, offered, serverID("10.0.0.1"), relayed("10.17.0.1"))),
	course("declined address in another subnet", discover(relayed("10.33.0.1")), selecting(relayed("10.33.0.1")), message(typeDecline, offered, relayed("10.33.0.1")), message(typeRequest, offered, serverID("10.0.0.1"), relayed("10.31.0.1")), message(typeRequest, offered, serverID("10.0.0.1"), relayed("10.17.0.1"))),

	// Required classes.
	course("D4.23.10 required by a pool", discover(), discover(text(12, "host")), selecting(text(12, "host")), inform("10.38.0.11", text(12, "host"))).with(relayed("10.38.0.1")),
	course("D4.23.10 required by another pool", discover(addr(50, "10.38.0.30")), selecting(), discover(addr(50, "10.38.0.31"), prl(4, 7), text(60, "docsis"))).with(relayed("10.38.0.1")),
	course("required by a network", discover(addr(50, "10.22.0.60")), discover(addr(50, "10.22.0.61"), text(12, "host")), selecting(text(12, "host")), inform("10.22.0.61", text(12, "host"))).with(relayed("10.22.0.1")),
	course("not required", discover(), discover(text(12, "host"))),
	course("class of the vendor", discover(text(60, "docsis3.0")), selecting(text(60, "docsis3.0")), discover(text(60, "phone-1"), prl(42)), inform("10.0.0.9", text(60, "docsis3.0"))),
}}

// required are courses in which pool, subnet and shared network require classes with
// values for one option.
var required = setting{name: "required classes", unlike: true, config: func() object {
	class := func(name, value string) object {
		return object{"name": name, "test": "member('ALL')", "only-if-required": true, "option-data": list{
			object{"name": "time-servers", "data": value, "always-send": true},
		}}
	}
	return object{
		"client-classes": list{class("one", "10.0.0.1"), class("two", "10.0.0.2"), class("three", "10.0.0.3")},
		"shared-networks": list{object{"name": "net", "require-client-classes": list{"three"}, "subnet4": list{
			object{"id": 1, "subnet": "10.1.0.0/24", "pools": list{object{"pool": "10.1.0.10 - 10.1.0.20"}}, "require-client-classes": list{"two"}},
			object{"id": 2, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.10 - 10.2.0.20", "require-client-classes": list{"one"}}}},
		}}},
		"subnet4": list{object{
			"id": 3, "subnet": "10.3.0.0/24", "pools": list{object{"pool": "10.3.0.10 - 10.3.0.20", "require-client-classes": list{"two", "one"}}}, "require-client-classes": list{"three"},
		}},
	}
}, cases: []packetCase{
	course("D4.23.10 by subnet and network", discover(differs(newRequired, " 4=0a000002 "))).with(relayed("10.1.0.1")),
	course("D4.23.10 by pool and network", discover(addr(50, "10.2.0.15"), differs(newRequired, " 4=0a000001 "))).with(relayed("10.2.0.1")),
	course("D4.23.10 by pool and subnet", discover(differs(newRequired, " 4=0a000002 "))).with(relayed("10.3.0.1")),
	course("D4.23.10 by subnet for INFORM", inform("10.3.0.99", gives(" 4=0a000003 "))).with(relayed("10.3.0.1")),
}}

// cat puts sub-options one behind the other.
func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }
