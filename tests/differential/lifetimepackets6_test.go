package differential_test

// lifetimes6 are courses about lifetimes, the times to renew, and answers from what is
// stored.
var lifetimes6 = setting6{name: "lifetimes", cases: []course6{
	dialogueOf("within bounds", solicit(na(1, ":: 2000/3000")), request(), bareRenew(na(1, "2001:db8:1:1:: 5000/7000"))),
	dialogueOf("out of bounds", solicit(na(1, ":: 1/1")), request(), solicit(as6(2), na(1, ":: 90000/90000")), request(as6(2)), solicit(as6(3), na(1, ":: 4294967295/4294967295")), solicit(as6(3), na(1, ":: 0/5000")), solicit(as6(3), na(1, ":: 5000/0"), differs6(newPreferred, "=2500/4000"))),
	dialogueOf("preferred longer than valid", solicit(na(1, ":: 6000/2000"), gives6("=1250/2000")), request(), solicit(as6(2), pd(1, "::/0 6000/2000"), gives6("=1250/2000")), request(as6(2))).with(tooLong6),
	dialogueOf("of prefixes", solicit(pd(1, "::/56 2000/3000")), request(), solicit(pd(2, "::/0 2000/2500"), na(1, ":: 2000/2600")), request()),
	dialogueOf("fixed", solicit(na(1, ":: 10/20")), request(), renew()).with(via("2001:db8:2::1")),
	dialogueOf("no times to renew", solicit(na(1)), request()).with(via("2001:db8:3::1")),
	dialogueOf("percent", solicit(na(1)), request(), solicit(na(1, ":: 1501/2001"))).with(via("2001:db8:4::1")),
	dialogueOf("T1 above the lifetime", solicit(na(1)), request()).with(via("2001:db8:6::1")),
	dialogueOf("infinite", solicit(na(1)), request(), renew(), solicit(as6(2), na(1, ":: 2000/4294967295")), solicit(as6(2), na(1, ":: 4294967295/4000"), differs6(newPreferred, "=2500/4000"))).with(via("2001:db8:7::1")),
	dialogueOf("D6.16.4 preferred above valid", solicit(na(1), gives6("781/1250 2001:db8:8:1::=1562/2500")), request(gives6("=1562/2500"))).with(via("2001:db8:8::1"), tooLong6),
	dialogueOf("T2 alone", solicit(na(1)), request()).with(via("2001:db8:9::1")),
	dialogueOf("T1 alone", solicit(na(1)), request()).with(via("2001:db8:a::1")),
	dialogueOf("cached by threshold", solicit(na(1), pd(1)), request(), renew(), rebind(), request(), solicit(na(1), pd(1))).with(via("2001:db8:b::1"), aged6),
	dialogueOf("cached by age", solicit(na(1)), request(), renew(), rebind(), request(), solicit(na(1))).with(via("2001:db8:c::1"), aged6),
	dialogueOf("with relay information stored", solicit(na(1)), request(), renew(), rebind(), release6()).with(via("2001:db8:d::1", remoteID)),
}}

// tooLong6 says why the servers differ in preferred lifetimes above the valid ones.
func tooLong6(p *packet6, _ *dialogue6) { p.why = newPreferred }
