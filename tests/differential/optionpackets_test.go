package differential_test

import (
	"bytes"
	"strings"
)

// options are courses that ask for options of every type and scope.
var options = setting{name: "options", cases: []packetCase{
	// Types.
	course("D4.15.1 binary", discover(prl(163))),
	course("D4.15.1 boolean", discover(prl(164))),
	course("D4.15.5 unsigned integers", discover(prl(165)), discover(prl(166)), discover(prl(167))),
	course("D4.15.5 signed integers", discover(prl(168)), discover(prl(169)), discover(prl(170))),
	course("D4.15.1 addresses", discover(prl(171)), discover(prl(172))),
	course("D4.15.1 prefix", discover(prl(173))),
	course("D4.15.2 psid", discover(prl(174))),
	course("D4.12.7 string with a comma", discover(prl(175))),
	course("D4.15.4 tuple", discover(prl(176))),
	course("D4.15.1 fqdn", discover(prl(177))),
	course("D4.17.4 arrays of booleans and integers", discover(prl(178)), discover(prl(179)), discover(prl(180)), discover(prl(181))),
	course("D4.17.4 arrays of addresses", discover(prl(182)), discover(relayed("10.3.0.1"), prl(183), differs(differIPv6List, "183=20010db800000000000000000000000120010db8000000000000000000000002 "))),
	course("arrays of prefixes and psids", discover(prl(184)), discover(prl(185))),
	course("arrays of tuples and names", discover(prl(186)), discover(prl(187))),
	course("D4.17.5 record of all types", discover(prl(188))),
	course("D4.15.3 array at the end of a record", discover(prl(189))),
	course("records with psid and prefix", discover(prl(190)), discover(prl(191))),
	course("D4.12.4 empty", discover(prl(192))),
	course("D4.20.3 container with a payload", discover(prl(193))),
	course("container with a record", discover(prl(194))),
	course("everything of our own", discover(prl(span(163, 202)...))),

	// Standard options.
	course("D4.13.7 D4.13.9 numbers", discover(prl(2, 13, 22, 23, 24, 25, 26))),
	course("D4.13.12 texts", discover(prl(14, 17, 40, 47, 56, 62, 64, 66, 67))),
	course("D4.13.13 more texts", discover(prl(86, 98, 100, 101, 113, 114))),
	course("D4.13.5 single addresses", discover(prl(16, 28, 32))),
	course("D4.13.2 D4.13.3 lists of addresses", discover(prl(21, 41, 44, 69, 136, 138))),
	course("D4.13.11 booleans", discover(prl(19, 20, 27))),
	course("D4.13.8 bytes", discover(prl(23, 46, 116))),
	course("D4.13.14 binary", discover(prl(63, 77, 99))),
	course("D4.13.6 names", discover(prl(88, 137, 141, 213))),
	course("D4.13.6 domain search", discover(prl(119))),
	course("D4.13.17 records", discover(prl(78, 79, 94, 97))),
	course("D4.13.18 more records", discover(prl(146)), discover(prl(159)), discover(prl(212))),
	course("boot of a PC", discover(prl(93, 94, 97, 66, 67, 43, 60))),
	course("D4.13.15 classless routes", discover(prl(121))),
	course("D4.13.9 name service search", discover(prl(117))),
	course("D4.12.5 hexadecimal forms", discover(prl(214)), discover(prl(215)), discover(prl(216)), discover(prl(218)), discover(prl(219)), discover(prl(8))),
	course("D4.12.6 text in quotes", discover(prl(217))),
	course("all codes", discover(prl(span(1, 127)...)), discover(prl(span(128, 254)...)), selecting(prl(span(1, 254)...))),

	// What the server makes itself.
	course("D4.14.2 configured host name", discover(prl(12)), discover(prl(12), text(12, "own")), selecting(prl(12))),
	course("D4.14.8 configured client identifier", discover(prl(61)), discover(prl(61), opt(61, 1, 2, 3)), selecting(prl(61))),
	course("D4.14.1 configured subnet mask", discover(prl(1)), selecting(prl(1)), inform("10.0.0.9", prl(1))),
	course("D4.14.4 configured lease time", discover(prl(51)), selecting(prl(51)), inform("10.0.0.9", prl(51))),
	course("D4.14.7 configured renewal time", discover(prl(58)), discover(prl(58, 59)), inform("10.0.0.9", prl(58, 59))),
	course("configured vendor class identifier", discover(prl(60)), discover(prl(60), text(60, "mine"))),
	course("options that clients send only", discover(prl(50, 55, 57, 90, 91, 92))),
	course("option 53 and END asked for", discover(prl(53, 54, 0, 255, 1))),

	// Request lists.
	course("D4.12.14 order of the request list", discover(prl(28, 15, 6, 3, 2)), discover(prl(2, 3, 6, 15, 28))),
	course("FD.1.2 duplicates in the request list", discover(prl(28, 28, 28)), discover(prl(2, 28, 2))),
	course("request list of unknown codes", discover(prl(145, 150, 252))),
	course("request list of 255 codes", discover(prl(span(0, 254)...))),
	course("request list in REQUEST and INFORM", discover(prl(2)), selecting(prl(28)), renewing(prl(14)), rebinding(prl(17)), inform("10.0.0.9", prl(2, 28))),
	course("request list in NAK", rebooting("10.77.0.1", prl(2, 28), unicast), rebooting("10.77.0.1", prl(2, 28), relayed("10.2.0.1"))),

	// Scopes.
	course("D4.12.13 options of all scopes", discover(prl(195, 196, 197, 198, 199, 200))).with(relayed("10.2.0.1")),
	course("D4.12.13 class under network, subnet and pool", discover(prl(195, 196, 197, 198, 199, 200), text(60, "a")), selecting(prl(195, 196, 197), text(60, "a"))).with(relayed("10.2.0.1")),
	course("D4.12.13 class over global", discover(prl(195, 196, 197), text(60, "a"))),
	course("first of two classes", discover(prl(196, 240), text(60, "ab")), discover(prl(196, 240), text(60, "b")), selecting(prl(196, 240), text(60, "ab"))),
	course("D4.39.6 options of a host", discover(hw(1), prl(195, 196, 197, 198, 199, 200)), selecting(hw(1), prl(165, 200)), discover(hw(1), prl(200), text(60, "a"))).with(relayed("10.2.0.1")),
	course("options of a host in a pool", discover(hw(2), prl(195, 196, 197, 198, 199, 200)), selecting(hw(2), prl(200)), inform("10.2.0.11", hw(2), prl(200))).with(relayed("10.2.0.1")),
	course("options of a reserved class", discover(hw(3), prl(2, 196, 197)), selecting(hw(3), prl(2, 196)), discover(hw(3), prl(2, 196), text(60, "a"))).with(relayed("10.2.0.1")),
	course("INFORM in a shared network", inform("10.2.0.100", prl(195, 197, 198, 199, 200)), inform("10.2.0.100", prl(3, 201))).with(relayed("10.2.0.1")),
	course("D4.12.8 always-send", discover(), discover(text(60, "a")), selecting(text(60, "a"))),
	course("D4.12.10 always-send set above", discover(), discover(prl(201)), discover(text(60, "a"))).with(relayed("10.2.0.1")),
	course("always-send in NAK and INFORM", rebooting("10.77.0.1"), inform("10.2.0.100")).with(relayed("10.2.0.1")),

	// Long values.
	course("D4.21.2 long option",
		discover(prl(241), differs(differPieces, " 241=303030")), selecting(prl(241), differs(differPieces, " 241=303030")), discover(prl(241, 6, 15), differs(differPieces, " 241=303030"))).with(relayed("10.3.0.1")),
	course("options around 255 bytes",
		discover(prl(147)), discover(prl(148), differs(differPieces, " 148=3434")), discover(prl(149), differs(differPieces, " 149=3535")),
		discover(prl(150), differs(differPieces, "36 150=36 ")), discover(prl(242), differs(differPieces, " 242=0a000001"))).with(relayed("10.5.0.1")),
	course("long relay agent information",
		discover(agent(sub(1, strings.Repeat("r", 251))...)),
		discover(agent(sub(1, strings.Repeat("r", 252))...), differs(differLongRAI, "72 end=ff")), discover(agent(sub(1, strings.Repeat("r", 253))...), differs(differLongRAI, "72 end=ff"))).with(relayed("10.5.0.1")),
	course("long client identifiers",
		discover(opt(61, bytes.Repeat([]byte{1}, 128)...)), discover(opt(61, bytes.Repeat([]byte{2}, 129)...), differs(newLongID, " 61=020202")), discover(opt(61, bytes.Repeat([]byte{3}, 255)...), differs(newLongID, " 61=030303"))).with(relayed("10.5.0.1")),
	course("options without content", discover(prl(3)), discover(prl(3, 6))).with(relayed("10.3.0.1")),
	course("D4.44.2 configured server identifier",
		discover(), message(typeRequest, offered, serverID("10.3.0.1")), message(typeRequest, offered, serverID("10.0.0.1")), message(typeRequest, offered, serverID("10.4.0.1")),
		renewing(), message(typeRelease, mine, serverID("10.3.0.1"))).with(relayed("10.3.0.1")),
	course("configured server identifier in NAK and INFORM", rebooting("10.77.0.1"), inform("10.3.0.100")).with(relayed("10.3.0.1")),
	course("server identifier of one subnet in another", discover(), message(typeRequest, offered, serverID("10.3.0.1"))),

	// Option 43 and private options.
	course("D4.18.7 codes 0 and 255 in option 43", discover(prl(43)), discover(prl(43), opt(43, 0, 1, 9, 255))),
	course("D4.18.5 option 43 as binary", discover(prl(43), text(60, "binary")), discover(prl(43), text(60, "binary"), opt(43, 1, 2, 3)), selecting(prl(43), text(60, "binary"))),
	course("D4.18.4 option 43 as string", discover(prl(43), text(60, "string")), discover(prl(43), text(60, "string"), opt(43, 'x'))),
	course("D4.18.2 private option of a class", discover(prl(240, 241), text(60, "private")), discover(prl(240, 241)), selecting(prl(240), text(60, "private"))),
	course("option 43 of the client in all forms",
		discover(prl(43), opt(43)), discover(prl(43), opt(43, 1, 1, 'a')), discover(prl(43), opt(43, 1)), discover(prl(43), opt(43, 1, 9, 'a')), discover(prl(43), opt(43, 255)), discover(opt(43, 1, 1, 'a'))),
	course("private options of the client", discover(opt(240, 0, 1)), discover(opt(250, 1, 2, 3)), discover(opt(224), opt(254)), discover(prl(250), opt(250, 9))),

	// Options 124 and 125.
	course("D4.19.6 vendor options to everybody", discover(), discover(prl(124, 125)), selecting()).with(relayed("10.4.0.1")),
	course("option 125 of another vendor", discover(opt(125, 0, 0, 0, 9, 3, 1, 1, 9)), discover(prl(125), opt(125, 0, 0, 0, 9, 0))).with(relayed("10.4.0.1")),
	course("option 124 of the client", discover(opt(124, 0, 0, 0x11, 0x8b, 3, 2, 'a', 'b')), discover(prl(124), opt(124, 0, 0, 0, 9, 1, 'x'))).with(relayed("10.4.0.1")),

	// Boot fields.
	course("D4.28.1 fields of global scope", discover(), selecting(), renewing(), inform("10.0.0.9")),
	course("D4.28.1 fields of network and subnet", discover(), selecting(), inform("10.2.0.100")).with(relayed("10.2.0.1")),
	course("D4.28.1 next-server 0.0.0.0", discover(), selecting()).with(relayed("10.3.0.1")),
	course("D4.28.2 fields of a subnet", discover(), discover(text(60, "b")), selecting()).with(relayed("10.4.0.1")),
	course("D4.28.3 fields of a host", discover(hw(2)), selecting(hw(2)), discover(hw(2), text(60, "b"))).with(relayed("10.2.0.1")),
	course("D4.23.12 fields of a class", discover(text(60, "b")), selecting(text(60, "b")), discover(text(60, "ab"))),
	course("fields in NAK", rebooting("10.77.0.1", relayed("10.4.0.1"))),
	course("fields of the client come not back", discover(set(func(p *packet) { copy(p.sname[:], "mine"); copy(p.file[:], "wish") })), discover(prl(66, 67), set(func(p *packet) { copy(p.sname[:], "mine") }))),

	// What was asked for once Kea 2.2.0 sends to everybody, so this comes last.
	course("D4.19.4 vendor options on request", discover(opt(125, 0, 0, 0x11, 0x8b, 3, 1, 1, 77)), discover(opt(125, 0, 0, 0x11, 0x8b, 3, 1, 1, 9)), discover(opt(125, 0, 0, 0x11, 0x8b, 4, 1, 2, 2, 9))).with(relayed("10.4.0.1")),
}}

// span are the codes from one to another.
func span(from, to byte) []byte {
	var codes []byte
	for code := int(from); code <= int(to); code++ {
		codes = append(codes, byte(code))
	}
	return codes
}
