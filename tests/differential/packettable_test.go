package differential_test

import "fmt"

// packetCases are what TestPackets sends to servers that run testdata/packets.json.
// Leases stay from case to case, but each case has clients of its own, and direct
// ones ask for addresses of their own, so that cases do not disturb each other. To
// add one, append it: what both answer alike needs no expectation, and what differs
// on purpose gets its reason in differs and Nestor's answer in holds.
var packetCases = []packetCase{
	{name: "DISCOVER", packets: [][]field{discover(unhinted), discover(unhinted), discover(unhinted, as(2))}},
	{name: "DISCOVER and REQUEST", packets: [][]field{discover(unhinted), selecting(), discover(unhinted), discover(unhinted, as(2)), selecting(as(2))}},
	{name: "broadcast flag", packets: [][]field{discover(broadcast), selecting(broadcast)}},
	{name: "other flags", packets: [][]field{discover(flags(0x0001)), discover(flags(0x8001))}},
	{name: "secs and hops", packets: [][]field{discover(set(func(p *packet) { p.secs = 700 })), discover(set(func(p *packet) { p.hops = 5 }))}},
	{name: "renew and rebind", packets: [][]field{discover(), selecting(), renewing(), rebinding(), renewing(broadcast), rebinding(broadcast)}},
	{name: "INIT-REBOOT", packets: [][]field{discover(), selecting(), message(typeRequest, offered), message(typeRequest, offered, broadcast)}},
	{name: "INIT-REBOOT of a stranger", packets: [][]field{rebooting("10.0.0.180"), rebooting("10.77.0.1"), rebooting("10.0.0.3")}},
	{name: "INIT-REBOOT for another address than the lease", packets: [][]field{discover(), selecting(), rebooting("10.0.0.181"), rebooting("10.77.0.1")}},
	{name: "INIT-REBOOT, authoritative", packets: [][]field{
		rebooting("10.7.0.10", relayed("10.7.0.1")), rebooting("10.77.0.1", relayed("10.7.0.1"))}},
	{name: "REQUEST to another server", packets: [][]field{discover(), message(typeRequest, offered, serverID("10.0.0.9")), message(typeRequest, offered, serverID("10.0.0.1"))}},
	{name: "REQUEST without a preceding DISCOVER", packets: [][]field{message(typeRequest, addr(50, "10.0.0.182"), serverID("10.0.0.1"))}},
	{name: "REQUEST with nothing", packets: [][]field{message(typeRequest), message(typeRequest, serverID("10.0.0.1"))}},
	{name: "D4.54.6 RELEASE", packets: [][]field{
		discover(relayed("10.20.0.1")), selecting(relayed("10.20.0.1")), release(), discover(relayed("10.20.0.1")), selecting(relayed("10.20.0.1"))},
		holds:   map[int]string{3: "yiaddr=10.20.0.10 ", 4: "yiaddr=10.20.0.10 "},
		differs: map[int]string{3: newAffinity, 4: newAffinity}},
	{name: "RELEASE of another's", packets: [][]field{discover(), selecting(), release(as(2)), renewing()}},
	{name: "DECLINE", packets: [][]field{discover(), selecting(), decline(), discover(), selecting()}},
	{name: "DECLINE of another's", packets: [][]field{discover(), selecting(), decline(as(2)), renewing()}},
	{name: "DECLINE without option 50", packets: [][]field{discover(), selecting(), message(typeDecline, serverID("10.0.0.1")), renewing()}},
	{name: "INFORM", packets: [][]field{inform("10.0.0.9"), inform("10.0.0.9", broadcast), inform("10.0.0.9", prl(6, 15, 51, 58, 59)), inform("10.77.0.9"), message(typeInform)}},
	{name: "D4.9.4 INFORM through a relay", packets: [][]field{inform("10.1.0.9", relayed("10.1.0.1")), inform("10.77.0.9", relayed("10.77.0.1"))},
		holds: map[int]string{1: "silence"}, differs: map[int]string{1: newInform}},
	{name: "INFORM of a reserved host", packets: [][]field{inform("10.0.0.150", set(func(p *packet) { copy(p.chaddr[:], []byte{2, 0xaa, 0, 0, 0, 0x11}) }), prl(6, 15, 12))}},
	{name: "server identifier in DISCOVER", packets: [][]field{discover(serverID("10.0.0.1")), discover(serverID("10.0.0.9"))}},
	{name: "messages of servers", packets: [][]field{message(typeOffer), message(typeAck), message(typeNak), message(9), message(13), message(0), message(255)}},
	{name: "no message type", packets: [][]field{{opt(12, 'a')}, {}}},
	{name: "BOOTREPLY", packets: [][]field{discover(set(func(p *packet) { p.op = 2 })), discover(set(func(p *packet) { p.op = 3 }))}},
	{name: "wrong cookie", packets: [][]field{discover(set(func(p *packet) { p.cookie[0] = 1 }))}},

	// Parameter request lists and options.
	{name: "PRL of everything", packets: [][]field{
		discover(prl(1, 3, 4, 5, 6, 7, 12, 13, 15, 19, 26, 28, 33, 42, 43, 44, 51, 53, 54, 58, 59, 60, 61, 66, 67, 81, 82, 98, 119, 121, 124, 125, 222, 223, 224, 225, 252)), selecting(prl(6, 15, 3))}},
	{name: "PRL order", packets: [][]field{discover(prl(15, 6, 3, 1)), discover(prl(1, 3, 6, 15)), discover(prl(6, 6, 6))}},
	{name: "PRL of nothing known", packets: [][]field{discover(prl(200, 201)), discover(opt(55))},
		holds: map[int]string{1: "53=02"}, differs: map[int]string{1: differUnread}},
	{name: "PRL in two pieces", packets: [][]field{discover(prl(6), prl(15))}},
	{name: "container", packets: [][]field{discover(prl(224))}},
	{name: "D4.18.4 D4.18.6 vendor encapsulated options", packets: [][]field{discover(prl(43)), discover(prl(43), text(60, "phone")), discover(prl(43), text(60, "other"))},
		holds: map[int]string{0: "43=01040a00002b ", 1: "43=010109 ", 2: "43=01040a00002b "}},
	{name: "D4.19.4 D4.19.5 vendor-identifying options", packets: [][]field{
		// Behind the first request list Kea 2.2.0 sends the sub-options of it to everybody.
		discover(prl(125)),
		discover(prl(125), opt(124, 0, 0, 0x11, 0x8b, 3, 2, 'a', 'b')),
		discover(prl(125), opt(125, 0, 0, 0, 9, 4, 1, 2, 2, 3)),
		discover(opt(125, 0, 0, 0, 9, 4, 1, 2, 2, 3)),
		discover(prl(125), opt(125, 0, 0, 0x11, 0x8b, 4, 1, 2, 9, 3)),
		discover(opt(125, 0, 0, 0x11, 0x8b, 4, 1, 2, 2, 3)),
		discover(prl(125), opt(125, 0, 0, 0x11, 0x8b, 4, 1, 2, 2, 3)),
	}, holds: map[int]string{0: "125=0000118b00 ", 4: "125=0000118b00 ", 5: "125=0000118b0602040a000045 ", 6: "125=0000118b0602040a000045 "}},
	{name: "maximum message size", packets: [][]field{discover(opt(57, 2, 64), prl(3, 6, 15, 119)), discover(opt(57, 0, 1), prl(3, 6, 15, 119))}},
	{name: "vendor class", packets: [][]field{discover(text(60, "phone"), prl(42, 66, 67)), selecting(text(60, "phone"), prl(42))}},
	{name: "D4.58.15 values of a class before those of a subnet", packets: [][]field{
		discover(relayed("10.1.0.1"), text(60, "phone")), discover(relayed("10.1.0.1"))},
		holds: map[int]string{0: `siaddr=10.0.0.3 giaddr=10.1.0.1`, 1: `siaddr=10.1.0.2 giaddr=10.1.0.1`}},
	{name: "D4.58.10 FD.4.4 IPv6-only preferred", packets: [][]field{
		discover(relayed("10.30.0.1")), discover(relayed("10.30.0.1"), prl(1, 3, 108)), message(typeRequest, relayed("10.30.0.1"), addr(50, "0.0.0.0"), serverID("10.0.0.1"), prl(108)),
		selecting(relayed("10.30.0.1"), prl(108)), selecting(relayed("10.30.0.1"))},
		holds:   map[int]string{0: "yiaddr=10.30.0.10 ", 1: "54=0a000001 108=00000708 ", 2: "54=0a000001 108=00000708 ", 3: "54=0a000001 108=00000708 ", 4: "yiaddr=10.30.0.10 "},
		differs: map[int]string{1: newV6Only, 2: newV6Only, 3: newV6Only, 4: newV6Only}},
	{name: "vendor class with lifetimes", packets: [][]field{discover(text(60, "short")), discover(text(60, "short"), leaseTime(150)), discover(text(60, "short"), leaseTime(1500))}},
	{name: "user class", packets: [][]field{discover(opt(77, 3, 'a', 'b', 'c')), discover(text(77, "iPXE"))}},
	{name: "lease time asked for", packets: [][]field{discover(leaseTime(600)), discover(leaseTime(10)), discover(leaseTime(100000)), discover(leaseTime(0)), discover(leaseTime(0xffffffff))}},
	{name: "lease time in a renewal", packets: [][]field{discover(), selecting(leaseTime(700)), renewing(leaseTime(1900)), renewing()}},
	{name: "client identifier", packets: [][]field{
		discover(opt(61, 1, 9, 8, 7, 6, 5, 4)), selecting(opt(61, 1, 9, 8, 7, 6, 5, 4)), renewing(opt(61, 1, 9, 8, 7, 6, 5, 4)), renewing()}},
	{name: "client identifier with another hardware address", packets: [][]field{
		discover(opt(61, 0, 'm', 'e')), selecting(opt(61, 0, 'm', 'e')), discover(as(2), opt(61, 0, 'm', 'e')), discover(as(1)), discover(as(1), opt(61, 0, 'y', 'o', 'u'))}},
	{name: "client identifiers of odd lengths", packets: [][]field{discover(opt(61, 7)), discover(opt(61, 7, 8)), discover(opt(61))}},
	{name: "client identifier with a DUID", packets: [][]field{discover(opt(61, 255, 0, 0, 0, 1, 0, 3, 0, 1, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x10))}},
	{name: "clients that are matched by hardware address", packets: [][]field{
		discover(relayed("10.6.0.1"), opt(61, 0, 'a', 'b')), selecting(relayed("10.6.0.1"), opt(61, 0, 'a', 'b')),
		discover(relayed("10.6.0.1"), opt(61, 0, 'c', 'd')), discover(as(2), relayed("10.6.0.1"), opt(61, 0, 'a', 'b'))}},

	// Hints.
	{name: "address asked for", packets: [][]field{
		discover(addr(50, "10.0.0.190")), selecting(), discover(as(2), addr(50, "10.0.0.190")), discover(as(3), addr(50, "10.0.0.50")),
		discover(as(4), addr(50, "10.0.0.205")), discover(as(5), addr(50, "10.77.0.1")), discover(as(6), addr(50, "0.0.0.0")), discover(as(7), addr(50, "10.0.0.205"), text(60, "phone"))}},
	{name: "ciaddr in DISCOVER", packets: [][]field{discover(ciaddr("10.0.0.191")), discover(as(2), ciaddr("10.0.0.192"), addr(50, "10.0.0.193"))}},
	{name: "ciaddr and option 50 in REQUEST", packets: [][]field{discover(), selecting(), message(typeRequest, mine, offered), message(typeRequest, mine, offered, serverID("10.0.0.1"))}},
	{name: "renewal of an address of nobody", packets: [][]field{message(typeRequest, ciaddr("10.0.0.183"), unicast), message(typeRequest, ciaddr("10.77.0.1"), unicast), message(typeRequest, ciaddr("10.0.0.183"))}},
	{name: "renewal of another's address", packets: [][]field{discover(), selecting(), renewing(as(2)), rebinding(as(2))}},

	// Reservations.
	{name: "reserved address outside the pools", packets: [][]field{
		discover(hw(0x10)), selecting(hw(0x10)), renewing(hw(0x10)), discover(hw(0x10), text(12, "other")), rebooting("10.0.0.50", hw(0x10)), rebooting("10.0.0.51", hw(0x10))}},
	{name: "reserved address in a pool", packets: [][]field{
		discover(hw(0x11), prl(3, 6, 15)), selecting(hw(0x11), prl(3, 6, 15)), discover(addr(50, "10.0.0.150"))}},
	{name: "reservation by client identifier", packets: [][]field{discover(opt(61, 1, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f)), selecting(opt(61, 1, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f))}},
	{name: "reservation by circuit", packets: [][]field{discover(relayed("10.0.0.250"), agent(sub(1, "port-7")...)), discover(as(2), relayed("10.0.0.250"), agent(sub(1, "port-8")...))}},
	{name: "reserved name", packets: [][]field{discover(hw(0x12)), discover(hw(0x12), prl(12)), selecting(hw(0x12), text(12, "said"))}},
	{name: "global reservation", packets: [][]field{discover(hw(0x01), prl(12, 42)), discover(hw(0x01), prl(12, 42), relayed("10.11.0.1"))}},
	{name: "reservation in another subnet of a network", packets: [][]field{discover(hw(0x02), relayed("10.2.0.1")), selecting(hw(0x02), relayed("10.2.0.1"))}},

	// Relays and subnets.
	{name: "through a relay", packets: [][]field{
		discover(relayed("10.1.0.1")), selecting(relayed("10.1.0.1")), discover(relayed("10.1.0.1"), broadcast), discover(relayed("10.1.0.254")), release(relayed("10.1.0.1"))}},
	{name: "D4.45.1 through a relay from nowhere", packets: [][]field{discover(relayed("10.77.0.1")), message(typeRequest, addr(50, "10.77.0.5"), relayed("10.77.0.1")), message(typeRequest, addr(50, "10.77.0.5"), serverID("10.0.0.1"), relayed("10.77.0.1"))},
		holds: map[int]string{1: "silence", 2: "53=06"}, differs: map[int]string{1: newReboot}},
	{name: "through a named relay", packets: [][]field{discover(relayed("10.9.0.1"))}},
	{name: "relay agent information", packets: [][]field{
		discover(relayed("10.1.0.1"), agent(append(sub(1, "circuit"), sub(2, "remote")...)...)),
		selecting(relayed("10.1.0.1"), agent(append(sub(1, "circuit"), sub(2, "remote")...)...)),
		discover(agent(sub(1, "direct")...)),
		discover(relayed("10.1.0.1"), opt(82)),
		discover(relayed("10.1.0.1"), agent(1, 9, 'x')), discover(relayed("10.1.0.1"), agent(append(sub(1, "ab"), 2, 9, 'x')...)), discover(relayed("10.1.0.1"), agent(append(sub(1, "ab"), 2)...))}},
	{name: "NAK through a relay", packets: [][]field{rebooting("10.77.0.1", relayed("10.1.0.1"), agent(sub(1, "c")...)), rebooting("10.77.0.1", relayed("10.1.0.1"), broadcast)}},
	{name: "link selection", packets: [][]field{
		discover(relayed("10.1.0.1"), agent(5, 4, 10, 6, 0, 0)), discover(as(2), relayed("10.1.0.1"), agent(5, 4, 10, 77, 0, 0))}},
	{name: "subnet selection", packets: [][]field{
		discover(relayed("10.1.0.1"), addr(118, "10.6.0.0")), discover(as(2), relayed("10.1.0.1"), addr(118, "10.6.0.0"), agent(5, 4, 10, 4, 0, 0)), discover(as(3), addr(118, "10.6.0.0"))}},
	{name: "server identifier override", packets: [][]field{
		discover(relayed("10.1.0.1"), agent(11, 4, 10, 1, 0, 1)),
		message(typeRequest, offered, serverID("10.1.0.1"), relayed("10.1.0.1"), agent(11, 4, 10, 1, 0, 1)),
		message(typeRequest, offered, serverID("10.1.0.2"), relayed("10.1.0.1"), agent(11, 4, 10, 1, 0, 1))}},
	{name: "relay port", packets: [][]field{discover(relayed("10.1.0.1"), agent(19, 2, 0, 0), from("10.1.0.1", 4000)), discover(relayed("10.1.0.1"), from("10.1.0.1", 4000))}},
	{name: "unicast without a relay", packets: [][]field{discover(unicast), discover(as(2), unicast, from("10.1.0.9", 68)), discover(as(3), from("10.0.0.9", 1068))}},
	{name: "shared network", packets: [][]field{
		discover(relayed("10.2.0.1")), selecting(relayed("10.2.0.1")), discover(as(2), relayed("10.2.0.1")), selecting(as(2), relayed("10.2.0.1")),
		discover(as(3), relayed("10.2.0.1")), selecting(as(3), relayed("10.2.0.1")), renewing(as(3)), discover(as(4), relayed("10.3.0.1"))}},
	{name: "exhausted pool", packets: [][]field{discover(relayed("10.8.0.1")), selecting(relayed("10.8.0.1")), discover(as(2), relayed("10.8.0.1")), message(typeRequest, as(2), addr(50, "10.8.0.10"), relayed("10.8.0.1"))}},
	{name: "guarded subnet", packets: [][]field{discover(relayed("10.10.0.1")), discover(relayed("10.10.0.1"), text(60, "phone"))}},
	{name: "fixed lifetimes", packets: [][]field{discover(relayed("10.11.0.1"), leaseTime(600))}},

	// Names.
	{name: "host name", packets: [][]field{
		discover(text(12, "myhost")), selecting(text(12, "myhost")), renewing(), discover(text(12, "with.dots.org"), prl(12)), discover(text(12, "With_Odd chars!")), discover(opt(12)), discover(text(12, "dot.")), discover(text(12, "."))}},
	{name: "FQDN", packets: [][]field{
		discover(fqdn(1, "\x04fqdn\x07example\x03org\x00")), selecting(fqdn(1, "\x04fqdn\x07example\x03org\x00")), renewing()}},
	{name: "FQDN flags", packets: [][]field{
		discover(fqdn(5, "\x04name\x00")), discover(fqdn(4, "\x04name")), discover(fqdn(0, "name")), discover(fqdn(8|4, "\x04name\x00")), discover(fqdn(2, "name.x")), discover(fqdn(9, "\x04name")), discover(fqdn(4, "")), discover(opt(81, 1))}},
	{name: "FQDN and host name", packets: [][]field{discover(fqdn(5, "\x04fqdn\x00"), text(12, "host"))}},

	// Form.
	{name: "no END", packets: [][]field{discover(set(func(p *packet) { p.bare = true }))}},
	{name: "bytes behind END", packets: [][]field{discover(raw(255, 55, 1, 6))}},
	{name: "PAD between options", packets: [][]field{{raw(0, 0, 53, 1, 1, 0, 0, 55, 2, 6, 15, 0)}}},
	{name: "options cut short", packets: [][]field{discover(raw(55, 9, 6), set(func(p *packet) { p.bare = true })), discover(raw(55), set(func(p *packet) { p.bare = true })), discover(raw(53), set(func(p *packet) { p.bare = true }))}},
	{name: "options of wrong length", packets: [][]field{{opt(53, 1, 1)}, {opt(53)}, discover(opt(50, 10, 0, 0)), discover(opt(50, 10, 0, 0, 1, 2)), discover(opt(51, 1)), discover(opt(57, 1)), discover(opt(54, 1)), discover(opt(118, 1, 2))},
		holds: map[int]string{5: "53=02"}, differs: map[int]string{5: differUnread}},
	{name: "FD.3.7 repeated options", packets: [][]field{discover(opt(53, 3)), discover(text(12, "one"), text(12, "two")), discover(opt(61, 0, 1), opt(61, 0, 2))},
		holds: map[int]string{0: "53=02", 1: fmt.Sprintf("12=%x", "onetwo.example.org")}, differs: map[int]string{0: newJoining, 1: newJoining}},
	{name: "option overload", packets: [][]field{
		discover(opt(52, 1), set(func(p *packet) { copy(p.file[:], []byte{55, 1, 6, 255}) })), discover(opt(52, 2), set(func(p *packet) { copy(p.sname[:], []byte{55, 1, 6, 255}) })), discover(opt(52, 3)), discover(opt(52, 9))}},
	{name: "sname, file and siaddr of the client", packets: [][]field{discover(set(func(p *packet) { copy(p.sname[:], "mine"); copy(p.file[:], "wish"); p.siaddr = p.siaddr.Next() }))}},
	{name: "yiaddr of the client", packets: [][]field{discover(set(func(p *packet) { p.yiaddr = p.yiaddr.Next() }))}},
	{name: "FD.3.3 FD.3.4 hardware types and lengths", packets: [][]field{
		discover(set(func(p *packet) { p.htype = 6 })), discover(set(func(p *packet) { p.hlen = 16 })), discover(set(func(p *packet) { p.hlen = 0 })), discover(set(func(p *packet) { p.hlen = 17 })),
		discover(set(func(p *packet) { p.hlen = 0 }), opt(61, 0, 'x', 'y')), discover(set(func(p *packet) { p.htype = 32; p.hlen = 20 }), opt(61, 255, 1, 2, 3, 4, 5, 6, 7, 8))},
		holds:   map[int]string{1: "header=02011000 ", 2: "silence", 3: "header=02011000 ", 4: "61=007879 ", 5: "header=02201000 "},
		differs: map[int]string{3: differChaddr, 4: differNobody, 5: differChaddr}},
	{name: "rapid commit, authentication and others", packets: [][]field{
		discover(opt(80)), discover(opt(90, 1, 2, 3)), discover(opt(116, 1)), discover(opt(93, 0, 7), opt(94, 1, 3, 0), opt(97, append([]byte{0}, make([]byte, 16)...)...)), discover(opt(150, 10, 0, 0, 1)), discover(prl(108, 114, 160))}},
	{name: "ping of an old client without PRL", packets: [][]field{{opt(53, 1), text(12, "old"), opt(61, 1, 2)}}},
}

// hw speaks from an address that has a reservation.
func hw(last byte) field {
	return set(func(p *packet) {
		copy(p.chaddr[:], []byte{2, 0xaa, 0, 0, 0, last})
		p.from = []byte{2, 0xaa, 0, 0, 0, last}
	})
}

// fqdn adds option 81 with flags and a name in wire form or, without the E flag,
// as text.
func fqdn(flags byte, name string) field {
	return opt(81, append([]byte{flags, 0, 0}, name...)...)
}
