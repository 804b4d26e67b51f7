package differential_test

import "slices"

// forms are queries that are odd or broken in every way, to servers that read options
// strictly, and lenientForms to those that do not.
var (
	forms        = setting{name: "forms", config: func() object { return formsConfig(false) }, cases: slices.Concat(formCases, strictCases)}
	lenientForms = setting{name: "lenient forms", config: func() object { return formsConfig(true) }, cases: slices.Concat(formCases, lenientCases)}
)

func formsConfig(lenient bool) object {
	return object{
		"compatibility": object{"lenient-option-parsing": lenient},
		"option-def": list{
			object{"name": "own-number", "code": 200, "type": "uint32"},
			object{"name": "own-record", "code": 201, "type": "record", "record-types": "uint8, ipv4-address"},
			object{"name": "own-tuples", "code": 202, "type": "tuple", "array": true},
			object{"name": "own-name", "code": 203, "type": "fqdn"},
		},
		"option-data": list{
			object{"name": "domain-name-servers", "data": "10.0.0.53"}, object{"name": "ntp-servers", "data": "10.0.0.123"},
		},
		"subnet4": list{object{
			"id": 1, "subnet": "10.0.0.0/16", "interface": "eth0", "pools": list{object{"pool": "10.0.1.0 - 10.0.250.255"}},
		}},
	}
}

// ends leaves the options as they are, without END and padding.
var ends = set(func(p *packet) { p.bare = true })

var formCases = []packetCase{
	// Where options end.
	course("FD.3.1 no END", discover(ends), discover(prl(42), ends)),
	course("no options", untyped(ends), untyped()),
	course("END only", untyped(raw(255)), untyped(raw(0, 0, 255))),
	course("END first", untyped(raw(255), opt(53, 1))),
	course("PAD around", untyped(raw(0), opt(53, 1), raw(0, 0, 0), prl(42), raw(0))),
	course("FD.3.1 last option cut short", discover(raw(55, 4, 42), ends), discover(raw(55), ends), discover(raw(12, 255, 'a'), ends), discover(raw(61, 7, 1, 2), ends)),
	course("type cut short", untyped(raw(53), ends), untyped(raw(53, 1), ends), untyped(raw(53, 2, 1), ends)),
	course("options behind one cut short", discover(raw(200, 250, 1, 2, 3), opt(55, 42), ends)),
	course("options behind END", discover(raw(255, 55, 1, 42)), discover(raw(255, 61, 1, 42), ends)),
	course("length of 0", discover(opt(0)), discover(opt(12)), discover(opt(60)), discover(opt(77)), discover(opt(82)), discover(opt(93), differs(differUnread, "53=02")), discover(opt(97), differs(differUnread, "53=02"))),

	// Options of wrong length that the server reads.
	course("message type", untyped(opt(53)), untyped(opt(53, 1, 2)), untyped(opt(53, 0)), untyped(opt(53, 9)), untyped(opt(53, 255))),
	course("requested address", discover(opt(50)), discover(opt(50, 10)), discover(opt(50, 10, 0, 1)), discover(opt(50, 10, 0, 200, 1, 9))),
	course("lease time", discover(opt(51)), discover(opt(51, 1, 2, 3)), discover(opt(51, 0, 0, 1, 0, 0))),
	course("server identifier", message(typeRequest, opt(54)), message(typeRequest, opt(54, 10, 0, 0)), message(typeRequest, opt(54, 10, 0, 0, 1, 1), addr(50, "10.0.200.1"))),
	course("FD.3.5 client identifier", discover(opt(61)), discover(opt(61, 1)), discover(opt(61, 1, 2)), message(typeRequest, opt(61, 1), addr(50, "10.0.200.2")), inform("10.0.0.9", opt(61, 1)), message(typeRelease, opt(61, 1), ciaddr("10.0.200.2"))),
	course("subnet selection", discover(opt(118)), discover(opt(118, 10, 0)), discover(opt(118, 10, 0, 0, 0, 0))),
	course("relay agent information", discover(opt(82, 1)), discover(opt(82, 1, 0)), discover(opt(82, 1, 1)), discover(opt(82, 0, 0)), discover(opt(82, 255, 1, 1)), discover(opt(82, 1, 2, 'a')), discover(opt(82, 1, 1, 'a', 0, 255))),

	// Options of wrong length that it does not.
	course("standard options",
		discover(opt(2, 1, 2), differs(differUnread, "53=02")), discover(opt(3, 1, 2, 3), differs(differUnread, "53=02")), discover(opt(13, 1), differs(differUnread, "53=02")), discover(opt(19), differs(differUnread, "53=02")),
		discover(opt(28, 1), differs(differUnread, "53=02")), discover(opt(57, 1), differs(differUnread, "53=02")), discover(opt(93, 1), differs(differUnread, "53=02")), discover(opt(94, 1), differs(differUnread, "53=02"))),
	course("own options", discover(opt(200, 1), differs(differUnread, "53=02")), discover(opt(201, 1), differs(differUnread, "53=02")), discover(opt(203, 9, 'a'), differs(differUnread, "53=02"))),
	course("options without definition", discover(opt(204)), discover(opt(205, 1, 2, 3)), discover(opt(250, 1))),
	course("user class", discover(opt(77, 9, 'a')), discover(opt(77, 0)), discover(opt(77, 1, 'a', 2, 'b', 'c'))),
	course("text of NULs", discover(opt(12, 0)), discover(opt(12, 0, 0, 0)), discover(opt(60, 0)), discover(opt(12, 'a', 0)), discover(opt(56, 0))),

	// Overload.
	course("FD.3.8 overload", discover(opt(52, 1), inFile(42)), discover(opt(52, 2), inSName(42)), discover(opt(52, 3), inFile(42), inSName(42)), discover(opt(52, 0)), discover(opt(52, 9)), discover(opt(52), differs(differUnread, "53=02"))),
	course("type in the file field", untyped(opt(52, 1), set(func(p *packet) { copy(p.file[:], []byte{53, 1, 1, 255}) }))),

	// Header.
	course("FD.3.2 op", discover(set(func(p *packet) { p.op = 0 })), discover(set(func(p *packet) { p.op = 2 })), discover(set(func(p *packet) { p.op = 255 }))),
	course("hardware types", discover(hardware(0, 6)), discover(hardware(2, 6)), discover(hardware(6, 6)), discover(hardware(20, 6)), discover(hardware(24, 6)), discover(hardware(255, 6))),
	course("FD.3.3 hardware lengths", discover(hardware(1, 1)), discover(hardware(1, 5)), discover(hardware(1, 7)), discover(hardware(1, 8)), discover(hardware(1, 15)), discover(hardware(1, 16))),
	course("FD.3.4 nobody", discover(hardware(1, 0)), discover(hardware(0, 0)), message(typeRequest, hardware(1, 0), addr(50, "10.0.200.3")), inform("10.0.0.9", hardware(1, 0)), message(typeRelease, hardware(1, 0), ciaddr("10.0.200.3"))),
	course("chaddr of zeros", discover(set(func(p *packet) { p.chaddr = [16]byte{} }))),
	course("flags", discover(flags(0x7fff)), discover(flags(0xffff)), discover(flags(0x4000))),
	course("FD.3.9 secs", discover(set(func(p *packet) { p.secs = 0xffff })), discover(set(func(p *packet) { p.secs = 1 }))),
	course("ciaddr", discover(ciaddr("255.255.255.255")), discover(ciaddr("127.0.0.1")), message(typeRequest, ciaddr("255.255.255.255")), message(typeRequest, ciaddr("0.0.0.0"), addr(50, "0.0.0.0"))),
	course("giaddr", discover(relayed("255.255.255.255")), discover(relayed("127.0.0.1"))),
	course("yiaddr and siaddr", discover(set(func(p *packet) { p.yiaddr, p.siaddr = p.yiaddr.Next(), p.siaddr.Next() }))),
	course("FD.3.10 cookie", discover(set(func(p *packet) { p.cookie = [4]byte{} })), discover(set(func(p *packet) { p.cookie[3]++ }))),
	course("bytes of the fields", discover(set(func(p *packet) {
		for i := range p.file {
			p.file[i] = 0xff
		}
		for i := range p.sname {
			p.sname[i] = 0xff
		}
	}))),

	// Repeated options.
	course("repeated", discover(prl(42), prl(6), differs(newJoining, " 42=0a00007b ")), discover(opt(82, 1, 1, 'a'), opt(82, 2, 1, 'b'), differs(newJoining, " 82=010161020162 end")), discover(opt(60, 'a'), opt(60, 'b'))),
	course("many options", discover(raw(manyOptions()...)), discover(prl(span(1, 254)...))),
	course("largest option", discover(opt(200, make([]byte, 255)...)), discover(opt(204, make([]byte, 255)...)), discover(opt(12, make([]byte, 255)...))),

	// Types that a server does not serve, and messages without what they need.
	course("other types", message(typeOffer), message(typeAck), message(typeNak), message(9), message(10), message(11), message(12), message(13), message(14)),
	course("DECLINE without an address", message(typeDecline), message(typeDecline, serverID("10.0.0.1")), message(typeDecline, addr(50, "0.0.0.0")), message(typeDecline, ciaddr("10.0.200.4"))),
	course("RELEASE without an address", message(typeRelease), message(typeRelease, serverID("10.0.0.1")), message(typeRelease, addr(50, "10.0.200.5"))),
	course("REQUEST of everything", message(typeRequest, addr(50, "10.0.200.6"), serverID("10.0.0.1"), ciaddr("10.0.200.6")), message(typeRequest, addr(50, "10.0.200.7"), ciaddr("10.0.200.8"))),
	course("INFORM without an address", message(typeInform), message(typeInform, broadcast), message(typeInform, from("10.0.0.9", 68)), message(typeInform, from("10.0.0.9", 1000), unicast)),
	course("INFORM with options of a lease", inform("10.0.0.9", addr(50, "10.0.200.9"), leaseTime(600)), inform("10.0.0.9", serverID("10.0.0.9")), inform("10.0.0.9", serverID("10.0.0.1"))),
	course("server identifier where none belongs", discover(serverID("10.0.0.9")), discover(serverID("0.0.0.0")), inform("10.0.0.9", serverID("0.0.0.0")), message(typeRelease, ciaddr("10.0.200.1"), serverID("0.0.0.0"))),
	course("server identifier 0.0.0.0", message(typeRequest, addr(50, "10.0.200.11"), serverID("0.0.0.0")), message(typeRequest, ciaddr("10.0.200.12"), serverID("0.0.0.0")), message(typeRequest, addr(50, "10.0.200.13"), serverID("255.255.255.255")), inform("10.0.0.9", serverID("255.255.255.255"))),
	course("DHCPv6 in DHCPv4", discover(set(func(p *packet) { p.cookie = [4]byte{1, 0, 0, 1} }))),
}

// inFile and inSName hide a request list in a field of the header.
func inFile(code byte) field {
	return set(func(p *packet) { copy(p.file[:], []byte{55, 1, code, 255}) })
}

func inSName(code byte) field {
	return set(func(p *packet) { copy(p.sname[:], []byte{55, 1, code, 255}) })
}

// manyOptions are options of all codes that mean nothing to a server.
func manyOptions() (b []byte) {
	for _, code := range showing {
		if code < 200 || code > 203 {
			b = append(b, byte(code), 1, 7)
		}
	}
	return b
}

// strictCases are queries that would be read otherwise leniently, and lenientCases
// those that are.
var (
	strictCases = []packetCase{
		course("FD.3.15 FQDN", discover(opt(81)), discover(opt(81, 1)), discover(opt(81, 1, 0)), discover(opt(81, 1, 0, 0)), discover(fqdn(13, "\x01a\x00")), discover(fqdn(9, "a")), discover(fqdn(5, "\x05a\x00")), discover(fqdn(5, "\x40aaaa")), discover(fqdn(1, "a..b")), discover(fqdn(5, "\xff"))),
		course("vendor options", discover(opt(43, 1)), discover(opt(43, 1, 9, 1)), discover(opt(124, 1, 2)), discover(opt(124, 0, 0, 0, 9)), discover(opt(125, 1, 2)), discover(opt(125, 0, 0, 0, 9)), discover(opt(125, 0, 0, 0, 9, 9, 1)), discover(opt(125, 0, 0, 0, 9, 2, 1, 9))),
	}
	lenientCases = []packetCase{
		course("D4.52.2 broken FQDN", discover(opt(81), differs(newLenient, " 54=0a000001 end")), discover(opt(81, 1), differs(newLenient, " 54=0a000001 end")), discover(opt(81, 1, 0), differs(newLenient, " 54=0a000001 end")), discover(opt(81, 1, 0, 0)), discover(fqdn(13, "\x01a\x00"), differs(newLenient, " 54=0a000001 end")), discover(fqdn(9, "a"), differs(newLenient, " 54=0a000001 end")), discover(fqdn(5, "\x05a\x00"), differs(newLenient, " 54=0a000001 end")), discover(fqdn(5, "\x40aaaa"), differs(newLenient, " 54=0a000001 end")), discover(fqdn(1, "a..b"), differs(newLenient, " 54=0a000001 end")), discover(fqdn(5, "\xff"), differs(newLenient, " 54=0a000001 end"))),
		course("vendor options", discover(opt(43, 1)), discover(opt(43, 1, 9, 1)), discover(opt(124, 1, 2), differs(differUnread, "53=02")), discover(opt(124, 0, 0, 0, 9)), discover(opt(125, 1, 2)), discover(opt(125, 0, 0, 0, 9)), discover(opt(125, 0, 0, 0, 9, 9, 1)), discover(opt(125, 0, 0, 0, 9, 2, 1, 9))),
	}
)
