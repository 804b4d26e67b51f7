package differential_test

// vendor is an option that makes a client of class phone.
var vendor6 = opt6(16, 0, 0, 0, 9, 0, 1, 'a')

// networks6 are courses of clients in shared networks.
var networks6 = setting6{name: "networks", cases: []course6{
	dialogueOf("member after member", solicit(na(1), na(2), na(3), oro(23), differs6(differOffer, "na3(1000/2000 2001:db8:2::1:1=")), request(oro(23)), solicit(as6(2), na(1), na(2), na(3), oro(23), differs6(differOffer, "na3(1000/2000 2001:db8:3::")), request(as6(2), oro(23)), renew(as6(2), oro(23)), rebind(as6(2), oro(23))),
	dialogueOf("address and prefix of two members", solicit(na(1), pd(1), oro(23)), request(oro(23)), renew(oro(23)), release6(), solicit(as6(2), pd(1), oro(23)), request(as6(2), oro(23))),
	dialogueOf("address of a member", solicit(na(1, "2001:db8:3::77")), request(), confirmed(), confirm(na(1, "2001:db8:1::77")), confirm(na(1, "2001:db8:50::77")), renew(), bareRenew(as6(2), na(1, "2001:db8:3::78"))),
	dialogueOf("INFORMATION-REQUEST", information(oro(23)), information(duid(), oro(23))),
	dialogueOf("members by class", solicit(na(1)), request(), solicit(as6(2), na(1), vendor6), request(as6(2), vendor6), renew(as6(2), vendor6)).with(via("2001:db8:99::1")),
	dialogueOf("member by its prefix", solicit(na(1)), request(), solicit(as6(2), na(1), vendor6), request(as6(2), vendor6)).with(via("2001:db8:11::1")),
	dialogueOf("class of another member when renewing", solicit(na(1, "2001:db8:12::1:7")), request(), renew(vendor6), rebind(), rebind(vendor6)).with(via("2001:db8:12::1")),
	dialogueOf("by interface-id", solicit(na(1), pd(1)), request(), renew(), rebind(), solicit(as6(2), na(1, "2001:db8:22::55")), request(as6(2))).with(via("2001:db8:77::1", port7)),
	dialogueOf("rapid commit", solicit(na(1), rapid)).with(via("2001:db8:31::1")),
	dialogueOf("not for everybody", solicit(na(1)), bareRequest(na(1)), solicit(na(1), vendor6), request(vendor6), renew(), rebind(), release6()).with(via("2001:db8:50::1")),
}}
