package differential_test

// nowhere6 are courses of clients that no subnet is for, as it has no interface.
var nowhere6 = setting6{name: "nowhere", cases: []course6{
	dialogueOf("FD.8.5 direct", solicit(na(1), pd(1), oro(23)), bareRequest(na(1), pd(1)), bareRenew(na(1), pd(1)), bareRebind(na(1)), bareRebind(pd(1)), confirm(na(1, "2001:db8:1:1::1")),
		bareRelease(na(1, "2001:db8:1:1::1"), pd(1)), bareDecline(na(1, "2001:db8:1:1::1")), information(oro(23)), solicit(na(1), rapid)),
	dialogueOf("by the source address", bareRequest(na(1), unicast6), bareRenew(na(1, "2001:db8:1:1::"), unicast6)),
	dialogueOf("relayed", solicit(na(1), pd(1)), request(), renew()).with(via("2001:db8:1::7")),
	dialogueOf("moved away", solicit(na(1), pd(1), viaHere), request(viaHere), renew(), rebind(), confirmed(), release6(), renew(viaHere)),
}}

// viaHere is behind a relay of the only subnet.
var viaHere = via("2001:db8:1::7")

// supplied6 are courses of clients for which relays supply options (RFC 6422).
var supplied6 = setting6{name: "supplied", cases: []course6{
	dialogueOf("allowed", solicit(na(1)), request(), information(), release6()).with(via("2001:db8:1::7", opt6(66, 0, 110, 0, 1, 9, 3, 232, 0, 2, 1, 2))),
	dialogueOf("not allowed", information(), information(oro(24, 31))).with(via("2001:db8:1::7", opt6(66, 0, 24, 0, 3, 1, 'a', 0, 0, 31, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))),
	dialogueOf("always allowed", information(), information(oro(65))).with(via("2001:db8:1::7", opt6(66, 0, 65, 0, 3, 1, 'a', 0))),
	dialogueOf("what the server has", information(), information(oro(23))).with(via("2001:db8:1::7", opt6(66, 0, 23, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))),
	dialogueOf("by two relays", information(), information(oro(110))).with(via("2001:db8:1::7", opt6(66, 0, 110, 0, 1, 1)), via("2001:db8:1::8", opt6(66, 0, 110, 0, 1, 2, 3, 232, 0, 2, 7, 7))),
	dialogueOf("by the client", solicit(na(1), opt6(66, 0, 110, 0, 1, 9))).with(via("2001:db8:1::7")),
	dialogueOf("nothing", information()).with(via("2001:db8:1::7", opt6(66))),
}}

// globals6 are courses of clients with global reservations in a shared network.
var globals6 = setting6{name: "global reservations", cases: []course6{
	dialogueOf("address and prefix", solicit(na(1), pd(1)), request(), renew(), rebind(), confirmed(), release6()).with(hw6(0x01)),
	dialogueOf("several associations", solicit(na(1), na(2), pd(1), pd(2)), request(), renew()).with(hw6(0x01)),
	dialogueOf("option", solicit(na(1), oro(23)), request(oro(23)), information(oro(23))).with(hw6(0x02)),
	dialogueOf("class and pool", solicit(na(1)), request(), renew(), solicit(as6(2), na(1)), request(as6(2))).with(via("2001:db8:3::1")),
	dialogueOf("class and pool of a known client", solicit(na(1)), request(), renew()).with(hw6(0x02), via("2001:db8:3::1")),
}}
