package differential_test

// prefixes6 are courses about pools of prefixes and the lengths that clients ask for.
var prefixes6 = setting6{name: "prefixes", cases: []course6{
	dialogueOf("no wish", solicit(pd(1)), request(), renew(), rebind()),
	dialogueOf("length of the first pool", solicit(pd(1, "::/56")), request(), bareRenew(pd(1, "::/56"))),
	dialogueOf("prefix and length", solicit(pd(1, "2001:db8:8011::/56")), request(), solicit(pd(2, "2001:db8:9011::/60")), request(), solicit(pd(3, "2001:db8:a011::/48")), request()),
	dialogueOf("prefix without a length", solicit(pd(1, "2001:db8:8033::/0")), request()),
	dialogueOf("address without a pool", solicit(na(1)), bareRequest(na(1)), bareRenew(na(1)), bareRebind(na(1)), solicit(na(1), pd(1)), request()),
	dialogueOf("more than there are", solicit(pd(1), pd(2), pd(3), pd(4), pd(5), differs6(differOffer, "pd5(0/0 status=6")), request(), renew(differs6(newNoPrefix, "pd5(0/0 status=3")),
		solicit(as6(2), pd(1)), bareRequest(as6(2), pd(1)), bareRenew(as6(2), pd(1), differs6(newNoPrefix, "pd1(0/0 status=3"))).with(via("2001:db8:2::1")),
	dialogueOf("excluded", solicit(pd(1)), solicit(pd(1), oro(67)), request(oro(67)), renew(oro(67)), renew()).with(via("2001:db8:3::1")),
	dialogueOf("excluded, in odd bits", solicit(pd(1)), solicit(pd(1), oro(67)), request(oro(67)), renew(oro(67))).with(via("2001:db8:6::1")),
	dialogueOf("one of each", solicit(na(1), pd(1)), request(), solicit(as6(2), na(1), pd(1)), bareRequest(as6(2), na(1)), bareRequest(as6(2), pd(1)), bareRenew(as6(2), na(1)), bareRebind(as6(2), na(1)),
		bareRebind(as6(2), pd(1), differs6(newNoPrefix, "silence")), bareRelease(na(1, "2001:db8:4::1"), pd(1, "2001:db8:d000::/56")), bareRequest(as6(2), na(1), pd(1))).with(via("2001:db8:4::1")),
	dialogueOf("by class", solicit(pd(1), oro(23)), request(oro(23)), solicit(hw6(0x51), pd(1), oro(23)), request(hw6(0x51), oro(23)), renew(hw6(0x51), oro(23))).with(via("2001:db8:5::1")),

	// From here on what the servers give differs.
	dialogueOf("other lengths", solicit(pd(2, "::/60"), gives6("/60=")), request(gives6("/60=")), solicit(pd(3, "::/48"), gives6("/48=")), request(gives6("/48="))).with(otherLength),
	dialogueOf("length between", solicit(pd(1, "::/52"), gives6("/48=")), request(), solicit(pd(2, "::/58")), request()).with(otherLength),
	dialogueOf("length beyond", solicit(pd(1, "::/40"), gives6("/48=")), request(), solicit(pd(2, "::/64")), request(), solicit(pd(3, "::/128")), request()).with(otherLength),
	dialogueOf("prefix of another pool's length", solicit(pd(1, "2001:db8:8022::/60"), gives6("/60=")), request(), solicit(pd(2, "2001:db8:9022::/56"), gives6("/56=")), request()).with(otherLength),
	dialogueOf("in RENEW and REBIND", solicit(pd(1, "::/60"), gives6("/60=")), request(), bareRenew(pd(1, "::/56"), gives6("/60=")), bareRebind(pd(2, "::/56"), gives6("/56="))).with(otherLength),
	dialogueOf("both and by length", solicit(na(1), pd(1, "::/56"), pd(2, "::/60")), request(), renew()).with(otherLength),
}}

// otherLength says why the servers differ in which prefix they give.
func otherLength(p *packet6, _ *dialogue6) { p.why = newLengths }
