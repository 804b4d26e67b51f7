package differential_test

import "nestor/lib/pkt6"

// Options that relays add.
var (
	port7      = opt6(pkt6.OptInterfaceID, []byte("port7")...)
	port8      = opt6(pkt6.OptInterfaceID, []byte("port8")...)
	remoteID   = opt6(37, 0, 0, 0, 9, 'f', 'a', 'r')
	subscriber = opt6(38, []byte("subscriber")...)
)

// anotherServer is the identifier of one that is not asked.
var anotherServer = []byte{0, 2, 0, 0, 9, 0xbf, 9, 9, 9}

// far is a link that a relay serves.
const far = "2001:db8:2::1"

// basics6 are courses of all messages, whole and broken, direct and through relays.
var basics6 = setting6{name: "basics", cases: []course6{
	// Exchanges.
	dialogueOf("an address", solicit(na(1)), request(), renew(), rebind(), confirmed(), release6(), renew()),
	dialogueOf("a prefix", solicit(pd(1)), request(), renew(), rebind(), confirmed(), release6(), renew()),
	dialogueOf("both", solicit(na(1), pd(1)), request(), renew(), rebind(), confirmed(), release6(), renew()),
	dialogueOf("several", solicit(na(1), na(2), pd(3), pd(4), na(5)), request(), renew(), rebind(), release6(), rebind()),
	dialogueOf("DECLINE", solicit(na(1)), request(), decline6(), renew(), solicit(na(1)), request()),
	dialogueOf("DECLINE of both", solicit(na(1), pd(1)), request(), decline6(), renew()),
	dialogueOf("FD.8.1 no association", solicit(), bareRequest(), bareRenew(), bareRebind(), bareRelease(), bareDecline(), confirm()),
	dialogueOf("FD.8.1 temporary address", solicit(opt6(pkt6.OptIATA, 0, 0, 0, 1)), bareRequest(opt6(pkt6.OptIATA, 0, 0, 0, 1)), solicit(na(1), opt6(pkt6.OptIATA, 0, 0, 0, 1))),
	dialogueOf("rapid commit", solicit(na(1), rapid), renew(), solicit(as6(2), na(1), pd(1), rapid), release6(as6(2))),
	dialogueOf("rapid commit without an association", solicit(rapid)),
	dialogueOf("rapid commit not allowed", solicit(na(1), rapid), request(rapid)).with(via(far)),
	dialogueOf("SOLICIT again", solicit(na(1)), request(), solicit(na(1)), request(), solicit(na(2)), request()),
	dialogueOf("duplicates", solicit(na(1)), request(), request(), renew(), renew(), release6(), release6()),

	// Wishes.
	dialogueOf("a free address", solicit(na(1, "2001:db8:1:1::777")), request()),
	dialogueOf("an address with lifetimes", solicit(na(1, "2001:db8:1:1::778 100/200")), request(), renew()),
	dialogueOf("no address but lifetimes", solicit(na(1, ":: 100/200")), request()),
	dialogueOf("address outside of pools", solicit(na(1, "2001:db8:1:2::1")), request()),
	dialogueOf("address of elsewhere", solicit(na(1, "2001:db8:77::1")), request()),
	dialogueOf("a free prefix", solicit(pd(1, "2001:db8:8011:1100::/56")), request()),
	dialogueOf("prefix of another length", solicit(pd(1, "2001:db8:8011:2200::/60")), request()),
	dialogueOf("shorter prefix", solicit(pd(1, "2001:db8:8011:3300::/48")), request()),
	dialogueOf("length alone", solicit(pd(1, "::/56")), request(), solicit(pd(2, "::/60")), request(), solicit(pd(3, "::/48")), request()),
	dialogueOf("prefix of elsewhere", solicit(pd(1, "2001:db8:7700::/56")), request()),
	dialogueOf("several addresses", solicit(na(1, "2001:db8:1:1::780", "2001:db8:1:1::781")), request()),
	dialogueOf("REQUEST of one's own choice", bareRequest(na(1, "2001:db8:1:1::790")), renew(na(2, "2001:db8:1:1::791"))),
	dialogueOf("T1 and T2", solicit(opt6(pkt6.OptIANA, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 9)), request()),

	// Somebody else's.
	dialogueOf("another's address", solicit(na(1, "2001:db8:1:1::7a0")), request(), solicit(as6(2), na(1, "2001:db8:1:1::7a0")),
		bareRenew(as6(2), na(1, "2001:db8:1:1::7a0")), bareRebind(as6(3), na(1, "2001:db8:1:1::7a0")),
		bareRelease(as6(2), na(1, "2001:db8:1:1::7a0")), bareDecline(as6(2), na(1, "2001:db8:1:1::7a0")), bareRelease(na(2, "2001:db8:1:1::7a0")), renew()),
	dialogueOf("another's prefix", solicit(pd(1, "2001:db8:8022:2200::/56")), request(), solicit(as6(2), pd(1, "2001:db8:8022:2200::/56")),
		bareRenew(as6(2), pd(1, "2001:db8:8022:2200::/56")), bareRebind(as6(3), pd(1, "2001:db8:8022:2200::/56")),
		bareRelease(as6(2), pd(1, "2001:db8:8022:2200::/56")), bareDecline(as6(2), pd(1, "2001:db8:8022:2200::/56")), renew()),

	// Strangers.
	dialogueOf("RENEW of a stranger", bareRenew(na(1)), bareRenew(as6(2), na(1, "2001:db8:1:1::7b0")), bareRenew(as6(3), pd(1)), bareRenew(as6(4), pd(1, "2001:db8:8033:3300::/56")), bareRenew(as6(5), na(1, "2001:db8:77::1"))),
	dialogueOf("REBIND of a stranger", bareRebind(na(1)), bareRebind(as6(2), na(1, "2001:db8:1:1::7b1")), bareRebind(as6(3), pd(1)), bareRebind(as6(4), pd(1, "2001:db8:8033:3400::/56")), bareRebind(as6(5), na(1, "2001:db8:77::1"), pd(2, "2001:db8:7700::/56"))),
	dialogueOf("RELEASE of a stranger", bareRelease(na(1)), bareRelease(na(1, "2001:db8:1:1::7b2")), bareRelease(pd(1)), bareRelease(pd(1, "2001:db8:8033:3500::/56")), bareRelease(na(1, "2001:db8:77::1"))),
	dialogueOf("DECLINE of a stranger", bareDecline(na(1)), bareDecline(na(1, "2001:db8:1:1::7b3")), bareDecline(pd(1, "2001:db8:8033:3600::/56")), bareDecline(na(1, "2001:db8:77::1"))),
	dialogueOf("CONFIRM", confirm(na(1, "2001:db8:1:1::1")), confirm(na(1, "2001:db8:1:9::1")), confirm(na(1, "2001:db8:77::1")), confirm(na(1)),
		confirm(na(1, "2001:db8:1:1::1"), na(2, "2001:db8:77::1")), confirm(pd(1, "2001:db8:8033:3600::/56")), confirm(na(1, "2001:db8:1:1::1"), pd(1, "2001:db8:8033:3600::/56"))),

	// Associations that change.
	dialogueOf("another IAID", solicit(na(1)), request(), bareRenew(na(2)), bareRebind(na(3))),
	dialogueOf("one more", solicit(na(1)), request(), renew(pd(1)), renew(na(4))),
	dialogueOf("RENEW of another address", solicit(na(1, "2001:db8:1:1::7c0")), request(), bareRenew(na(1, "2001:db8:1:1::7c1")), bareRebind(na(1, "2001:db8:1:1::7c0", "2001:db8:1:1::7c2")), bareRenew(na(1))),
	dialogueOf("RENEW of another prefix", solicit(pd(1, "2001:db8:8044:4400::/56")), request(), bareRenew(pd(1, "2001:db8:8044:4500::/56")), bareRebind(pd(1, "2001:db8:8044:4400::/60")), bareRenew(pd(1))),
	dialogueOf("RELEASE without the address", solicit(na(1)), request(), bareRelease(na(1)), renew()),
	dialogueOf("RELEASE by a wrong IAID", solicit(na(1, "2001:db8:1:1::7d0")), request(), bareRelease(na(2, "2001:db8:1:1::7d0")), renew()),

	// INFORMATION-REQUEST.
	dialogueOf("INFORMATION-REQUEST", information(), information(oro(23)), information(duid(), oro(23, 31)), information(to(serverDUID...)), information(to(anotherServer...)), information(oro(23, 24, 32, 82, 83))),
	dialogueOf("FD.8.1 INFORMATION-REQUEST with an association", information(na(1), oro(23)), information(pd(1))),
	dialogueOf("FD.8.2 what is asked for", solicit(na(1), oro(23)), request(oro(23, 31)), renew(oro()), rebind(oro(23, 23)), release6(oro(23)), confirm(oro(23), na(1, "2001:db8:1:1::1"))),

	// Identifiers that are wrong or missing.
	dialogueOf("no client identifier", solicit(na(1)), request(), bareRequest(na(1)), renew(), rebind(), release6(), decline6(), confirmed()).with(duid()),
	dialogueOf("two client identifiers", solicit(na(1), opt6(1, 1, 2, 3, 4)), information(opt6(1, 1, 2, 3, 4))),
	dialogueOf("short client identifier", solicit(na(1), duid(1)), solicit(na(1), duid(0, 1)), solicit(na(1), duid(0, 3, 0))),
	dialogueOf("long client identifier", solicit(na(1), duid(make([]byte, 128)...)), solicit(na(1), duid(make([]byte, 131)...))),
	dialogueOf("wrong server", bareRequest(na(1)), bareRenew(na(1)), bareRelease(na(1)), bareDecline(na(1))).with(to(anotherServer...)),
	dialogueOf("no server", bareRequest(na(1)), bareRenew(na(1)), bareRelease(na(1)), bareDecline(na(1))).with(to()),
	dialogueOf("server where none belongs", solicit(na(1)), bareRebind(na(1)), confirm(na(1, "2001:db8:1:1::1"))).with(to(serverDUID...)),
	dialogueOf("two servers", bareRequest(na(1), opt6(2, anotherServer...)), information(opt6(2, serverDUID...), opt6(2, serverDUID...))),

	// Broken messages.
	dialogueOf("messages of servers and unknown ones", message6(pkt6.MsgAdvertise, na(1)), message6(pkt6.MsgReply, na(1)), message6(10), message6(0, na(1)), message6(14), message6(15), message6(99, na(1)), message6(255, na(1))),
	dialogueOf("cut short", solicit(na(1), short(1)), solicit(na(1), short(20)), solicit(oro(23), short(1)), solicit(na(1, "2001:db8:1:1::1"), short(3))),
	dialogueOf("bytes behind", solicit(na(1), raw6(0)), solicit(na(1), raw6(0, 1, 0)), solicit(na(1), raw6(0, 23, 0, 9, 1))),
	dialogueOf("ill-formed options", solicit(opt6(3, 0, 0, 0, 1)), solicit(opt6(25, 0, 0)), solicit(na(1), opt6(6, 0)), solicit(na(1), opt6(6, 0, 23, 0)),
		solicit(na(1), opt6(8, 0)), solicit(na(1), opt6(14, 1)), solicit(na(1), opt6(16, 0)), solicit(na(1), opt6(17, 0)), solicit(na(1), opt6(13))),
	dialogueOf("ill-formed associations", solicit(opt6(3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 3, 1, 2, 3)), solicit(opt6(25, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 3, 1, 2, 3)),
		solicit(opt6(3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0)), solicit(pd(1, "2001:db8:8044:4700::/128"))),
	dialogueOf("options of no meaning here", solicit(na(1), opt6(8, 0, 1), opt6(14), opt6(20), opt6(999, 1, 2), opt6(65535))),

	// By unicast.
	dialogueOf("FD.8.4 unicast", solicit(na(1), unicast6), solicit(na(1)), request(unicast6), renew(unicast6), rebind(unicast6), release6(unicast6), confirm(na(1, "2001:db8:1:1::1"), unicast6), information(unicast6), bareDecline(na(1, "2001:db8:1:1::1"), unicast6)),

	// Through relays.
	dialogueOf("one relay", solicit(na(1), pd(1)), request(), renew(), rebind(), confirmed(), release6()).with(via(far)),
	dialogueOf("interface-id", solicit(na(1)), request(), renew(), information(oro(23))).with(via("2001:db8:2::1", port7)),
	dialogueOf("unknown interface-id", solicit(na(1)), request(), renew()).with(via("2001:db8:2::1", port8)),
	dialogueOf("remote-id and subscriber-id", solicit(na(1)), request()).with(via(far, remoteID, subscriber, port8)),
	dialogueOf("relay address", solicit(na(1)), request()).with(via("2001:db8:99::1")),
	dialogueOf("unknown link", solicit(na(1), pd(1)), bareRequest(na(1), pd(1)), bareRenew(na(1), pd(2)), bareRebind(na(1)), bareRebind(pd(1)), confirm(na(1, "2001:db8:2::1")), information(oro(23)), bareRelease(na(1, "2001:db8:2:1::1"))).with(via("2001:db8:77::1")),
	dialogueOf("two relays", solicit(na(1)), request(), renew(), release6()).with(via("2001:db8:2::1", port8), via("2001:db8:4::1", port7)),
	dialogueOf("interface-id of the inner one", solicit(na(1)), request()).with(via("2001:db8:2::1", port7), via("2001:db8:4::1", remoteID)),
	dialogueOf("lightweight relay", solicit(na(1)), request()).with(via("::", port7)),
	dialogueOf("lightweight relay before another", solicit(na(1)), request(), renew()).with(via("::", port8), via("2001:db8:2::1", remoteID)),
	dialogueOf("link-local link", solicit(na(1))).with(via("fe80::1")),
	dialogueOf("three relays", solicit(na(1)), request()).with(via(far, subscriber), via("2001:db8:4::1", port8), via("2001:db8:3::1", remoteID)),
	dialogueOf("relay message within nothing", message6(pkt6.MsgRelayForward), message6(pkt6.MsgRelayReply), message6(pkt6.MsgRelayForward, raw6(make([]byte, 40)...))),
	dialogueOf("echo request", solicit(na(1), differs6(differEcho, "37=00000009666172 38=")), request(differs6(differEcho, "37=00000009666172 38="))).with(via(far, opt6(43, 0, 37, 0, 38), remoteID, subscriber)),
	dialogueOf("source port", solicit(na(1))).with(via(far, opt6(135, 0, 0))),
	dialogueOf("relay-supplied options", solicit(na(1), oro(65)), solicit(na(1))).with(via(far, opt6(66, 0, 65, 0, 3, 1, 'a', 0, 0, 23, 0, 1, 9))),

	// Differences that change what is free afterwards.
	dialogueOf("FD.8.3 one IAID twice", solicit(na(1), na(1), differs6(newTwins, "")), request(), solicit(pd(1), pd(1), differs6(newTwins, "")), request()),
	dialogueOf("DECLINE of several", bareRequest(na(1, "2001:db8:1:1::7e0")), bareRequest(na(2, "2001:db8:1:1::7e1")), bareRequest(na(3, "2001:db8:1:1::7e2")),
		bareDecline(na(3, "2001:db8:1:1::7e2", "2001:db8:1:1::7e2"), differs6(differDecline, "")),
		bareDecline(na(1, "2001:db8:1:1::7ff", "2001:db8:1:1::7e0")), bareDecline(na(2, "2001:db8:1:1::7e1")), bareDecline(na(2, "2001:db8:1:1::7e1"), differs6(differDeclined, "status=3"))),
	dialogueOf("RELEASE by a wrong length", solicit(pd(1, "2001:db8:8055:5500::/56")), request(), bareRelease(pd(1, "2001:db8:8055:5500::/60"), differs6(differLength, "can't release"))),
	dialogueOf("very long client identifier", solicit(na(1), duid(make([]byte, 130)...), differs6(newLongDUID, "type=2"))),
}}
