package differential_test

// reservations6 are courses of clients with reservations of every kind and mode, and of
// those that come into their way.
var reservations6 = setting6{name: "reservations", cases: []course6{
	dialogueOf("an address", solicit(na(1)), request(), renew(), rebind(), confirmed(), solicit(na(2)), request(), release6()).with(hw6(0x21)),
	dialogueOf("by hardware address", solicit(na(1)), request(), renew(), rebind()).with(hw6(0x22)),
	dialogueOf("FD.8.6 by hardware address, with a new identifier", solicit(na(1)), request()).with(duid(0, 1, 0, 1, 1, 2, 3, 4, 2, 0xaa, 0, 0, 0, 0x22)),
	dialogueOf("a prefix", solicit(na(1), pd(1)), request(), renew(), rebind(), release6()).with(hw6(0x23)),
	dialogueOf("both", solicit(na(1), pd(1)), request(), renew(), rebind(), release6()).with(hw6(0x24)),
	dialogueOf("several", solicit(na(1), pd(1), na(2), pd(2)), request(), renew(), rebind(), solicit(na(3), pd(3)), request()).with(hw6(0x25)),
	dialogueOf("a class", solicit(na(1), oro(23)), request(oro(23)), renew(oro(23)), information(oro(23))).with(hw6(0x27)),
	dialogueOf("name and options", solicit(na(1), oro(23)), request(oro(23)), information(oro(23))).with(hw6(0x28)),
	dialogueOf("another wish", solicit(na(1, "2001:db8:1:1::999")), request(), bareRenew(na(1, "2001:db8:1:1::999"))).with(hw6(0x29)),
	dialogueOf("reserved address asked for by another", solicit(na(1, "2001:db8:1:1::2a")), bareRequest(na(1, "2001:db8:1:1::2a")), bareRenew(as6(2), na(1, "2001:db8:1:1::2a")), solicit(as6(3), pd(1, "2001:db8:8000:2b00::/56")), request(as6(3))),
	dialogueOf("RELEASE and DECLINE", solicit(na(1), pd(1)), request(), release6(), solicit(na(1)), request(), decline6(), solicit(na(1)), request()).with(hw6(0x2c)),
	dialogueOf("switched off", solicit(na(1)), request(), solicit(as6(2), na(1, "2001:db8:2:1::21")), request(as6(2))).with(via("2001:db8:2::1")).with(hw6(0x21)),
	dialogueOf("out of pools", solicit(na(1), pd(1)), request(), renew(), solicit(hw6(0x23), na(1)), request(hw6(0x23))).with(via("2001:db8:3::1")),
	dialogueOf("out of pools, by its holder", solicit(na(1), pd(1)), request(), renew()).with(via("2001:db8:3::1"), hw6(0x21)),
	dialogueOf("out of pools, but in one", solicit(na(1)), request(), renew()).with(via("2001:db8:3::1"), hw6(0x23)),
	dialogueOf("global", solicit(na(1), pd(1)), request(), renew(), rebind()).with(via("2001:db8:4::1"), hw6(0x01)),
	dialogueOf("global class", solicit(na(1), oro(23)), request(oro(23))).with(via("2001:db8:4::1"), hw6(0x02)),
	dialogueOf("global and in the subnet", solicit(na(1)), request(), renew()).with(via("2001:db8:5::1"), hw6(0x01)),
	dialogueOf("global where it does not count", solicit(na(1), oro(23)), request(oro(23))).with(hw6(0x02)),
	dialogueOf("reserved addresses are left out", solicit(na(1)), request(), solicit(as6(2), na(1)), bareRequest(as6(2), na(1)), solicit(hw6(0x61), na(1)), request(hw6(0x61)), solicit(hw6(0x62), na(1)), request(hw6(0x62)), solicit(hw6(0x62), na(2))).with(via("2001:db8:6::1")),
	dialogueOf("subnet without pools", solicit(na(1)), bareRequest(na(1)), solicit(hw6(0x71), na(1), pd(1)), request(hw6(0x71)), renew(hw6(0x71)), rebind(hw6(0x71))).with(via("2001:db8:7::1")),
}}
