package differential_test

// reservations are courses of clients with reservations of every kind and mode, and
// of those that come into their way.
var reservations = setting{name: "reservations", cases: []packetCase{
	// Identifiers.
	course("D4.39.2 hardware address", discover(hw(0x21)), selecting(hw(0x21)), renewing(hw(0x21)), rebinding(hw(0x21)), rebooting("10.0.0.21", hw(0x21)), inform("10.0.0.21", hw(0x21))),
	course("D4.39.2 client identifier", discover(opt(61, 1, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66)), selecting(opt(61, 1, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66)), renewing()),
	course("D4.39.3 client identifier as text", discover(text(61, "text")), selecting(text(61, "text")), discover(text(61, "texts"))),
	course("D4.39.2 DUID in the client identifier", discover(opt(61, 255, 1, 2, 3, 4, 0, 3, 0, 1, 10, 11, 12, 13, 14, 15)), selecting(opt(61, 255, 1, 2, 3, 4, 0, 3, 0, 1, 10, 11, 12, 13, 14, 15)), discover(opt(61, 255, 9, 9, 9, 9, 0, 3, 0, 1, 10, 11, 12, 13, 14, 15))),
	course("client identifiers that are no DUID", discover(opt(61, 0, 0, 3, 0, 1, 10, 11, 12, 13, 14, 15)), discover(opt(61, 255, 0, 3)), discover(opt(61, 255, 1, 2, 3, 4))),
	course("D4.16.1 circuit", discover(agent(sub(1, "port-7")...)), selecting(agent(sub(1, "port-7")...)), discover(as(2), agent(sub(1, "\x01\x02\x03\x04")...)), discover(as(3), agent(sub(1, "port-77")...)), discover(as(4), agent(sub(2, "port-7")...))).with(relayed("10.0.0.250")),
	course("D4.40.8 the first of two identifiers", discover(hw(0x21), text(61, "text")), discover(hw(0x21), text(61, "other")), discover(hw(0x21), agent(sub(1, "port-7")...)), discover(text(61, "text"), agent(sub(1, "port-7")...))),
	course("hardware addresses of other types and lengths", discover(hw(0x2e), hardware(6, 6)), discover(hw(0x2e), hardware(1, 7)), discover(hw(0x2e), hardware(1, 5)), discover(hw(0x2e)), selecting(hw(0x2e)), discover(hw(0x2e), hardware(6, 6), differs(differType, "yiaddr=10.0.0.46 "))),

	// What a reservation brings.
	course("D4.39.5 all of it", discover(hw(0x28), prl(42)), selecting(hw(0x28), prl(42)), renewing(hw(0x28), prl(42)), inform("10.0.0.28", hw(0x28), prl(12, 42))),
	course("a class alone", discover(hw(0x29)), selecting(hw(0x29)), discover(hw(0x29), text(60, "x"))),
	course("options alone", discover(hw(0x2a)), selecting(hw(0x2a)), rebooting("10.77.0.1", hw(0x2a))),
	course("the server's own address", discover(hw(0x2b)), selecting(hw(0x2b))),
	course("D4.39.4 in a pool", discover(hw(0x22)), selecting(hw(0x22)), discover(addr(50, "10.0.100.22")), message(typeRequest, addr(50, "10.0.100.22"), serverID("10.0.0.1"))),
	course("another address asked for", discover(hw(0x2c), addr(50, "10.0.102.1")), message(typeRequest, hw(0x2c), addr(50, "10.0.102.1"), serverID("10.0.0.1")), rebooting("10.0.102.1", hw(0x2c)), message(typeRequest, hw(0x2c), ciaddr("10.0.102.1"), unicast)),
	course("a reserved address of another asked for", discover(hw(0x2d), addr(50, "10.0.101.1")), message(typeRequest, hw(0x2d), addr(50, "10.0.101.1"), serverID("10.0.0.1")), rebooting("10.0.101.1"), message(typeRequest, ciaddr("10.0.101.1"), unicast), message(typeRequest, addr(50, "10.0.0.21"), serverID("10.0.0.1"))),
	course("DECLINE of a reserved address", discover(hw(0x2d)), selecting(hw(0x2d)), decline(hw(0x2d)), discover(hw(0x2d)), selecting(hw(0x2d))),
	course("RELEASE of a reserved address", discover(hw(0x2c)), selecting(hw(0x2c)), release(hw(0x2c)), discover(hw(0x2c)), discover(as(2), addr(50, "10.0.101.1"))),

	// Modes.
	course("D4.40.3 switched off", discover(hw(0x21)), selecting(hw(0x21)), discover(addr(50, "10.2.0.21"))).with(relayed("10.2.0.1")),
	course("D4.40.5 out of pools", discover(hw(0x21)), selecting(hw(0x21)), discover(hw(0x22)), selecting(hw(0x22)), discover(as(3), addr(50, "10.3.0.50")), selecting(as(3))).with(relayed("10.3.0.1")),
	course("D4.42.6 global, address of nowhere", discover(hw(0x02)), discover(hw(0x04), prl(42)), selecting(hw(0x04), prl(42)),
		discover(hw(0x01), differs(newSibling, "yiaddr=10.7.0.12 ")), selecting(hw(0x01), differs(newSibling, "yiaddr=10.7.0.12 "))).with(relayed("10.7.0.1")),
	course("D4.40.6 global address", discover(opt(61, 0, 'g', 'l', 'o', 'b')), selecting(opt(61, 0, 'g', 'l', 'o', 'b')), renewing(opt(61, 0, 'g', 'l', 'o', 'b'))).with(relayed("10.9.0.1")),
	course("D4.40.7 global and in a subnet", discover(hw(0x02)), selecting(hw(0x02)), discover(hw(0x05)), discover(hw(0x01)), selecting(hw(0x01))).with(relayed("10.4.0.1")),
	course("D4.42.6 global address of a member", discover(hw(0x02)), selecting(hw(0x02)),
		discover(hw(0x01), differs(newSibling, "yiaddr=10.6.0.60 ")), selecting(hw(0x01), differs(newSibling, "yiaddr=10.6.0.60 ")), renewing(hw(0x01), differs(newSibling, "yiaddr=10.6.0.60 "))).with(relayed("10.5.0.1")),
	course("global reservations where they do not count", discover(hw(0x01)), discover(hw(0x02)), discover(hw(0x04), prl(42))).with(relayed("10.2.0.1")),
	course("D4.43.7 in a member", discover(hw(0x10)), selecting(hw(0x10)), renewing(hw(0x10)), discover(hw(0x11)), selecting(hw(0x11))).with(relayed("10.20.0.1")),
	course("in two members", discover(hw(0x12)), selecting(hw(0x12)), discover(hw(0x13)), selecting(hw(0x13)), inform("10.20.0.99", hw(0x13), prl(12))).with(relayed("10.20.0.1")),
	course("in two members, from the other side", discover(hw(0x12)), selecting(hw(0x12)), discover(hw(0x11)), selecting(hw(0x11))).with(relayed("10.21.0.1")),
	course("another member asked for", discover(hw(0x10), addr(50, "10.20.0.50")), message(typeRequest, hw(0x10), addr(50, "10.20.0.50"), serverID("10.0.0.1")), discover(addr(50, "10.21.0.5")), rebooting("10.21.0.5", hw(0x10))).with(relayed("10.20.0.1")),
	course("members of other modes", discover(hw(0x14)), selecting(hw(0x14)), discover(hw(0x15)), selecting(hw(0x15))).with(relayed("10.24.0.1")),

	// Conflicts.
	course("D4.41.1 D4.41.4 reserved addresses are left out", discover(), selecting(), discover(as(2)), selecting(as(2)), discover(as(3)), discover(hw(0x21)), selecting(hw(0x21)), discover(hw(0x23)), selecting(hw(0x23)), discover(as(4))).with(relayed("10.8.0.1")),
	course("D4.11.4 subnet without pools", discover(), discover(hw(0x21)), selecting(hw(0x21)), renewing(hw(0x21)), rebooting("10.11.0.5")).with(relayed("10.11.0.1")),
	course("reserved address in a guarded pool", discover(hw(0x21)), selecting(hw(0x21)), discover(), discover(hw(0x22)), selecting(hw(0x22)), discover(hw(0x23)), selecting(hw(0x23))).with(relayed("10.12.0.1")),
}}
