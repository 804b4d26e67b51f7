package differential_test

// all6 asks for all options that the settings have.
var all6 = oro(7, 12, 16, 17, 21, 23, 24, 27, 28, 29, 31, 32, 41, 59, 60, 61, 82, 83, 103, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007)

// options6 are courses about options of every scope and type.
var options6 = setting6{name: "options", cases: []course6{
	dialogueOf("what is asked for", solicit(na(1), oro(23)), solicit(na(1), oro(24, 23)), solicit(na(1)), solicit(na(1), oro(1000, 1001, 1002)), request(all6), renew(all6), rebind(all6), release6(all6)),
	dialogueOf("all", solicit(na(1), all6), information(all6), confirm(na(1, "2001:db8:1:1::1"), all6)),
	dialogueOf("one after the other", information(oro(7)), information(oro(12)), information(oro(21)), information(oro(32)), information(oro(41)), information(oro(59)), information(oro(60)), information(oro(61)), information(oro(103)), information(oro(1003)), information(oro(1004)), information(oro(1005)), information(oro(1006)), information(oro(1007))),
	dialogueOf("what cannot be asked for", information(oro(1, 2, 3, 5, 6, 8, 9, 13, 14, 18, 25, 26)), solicit(na(1), oro(1, 2, 3, 13))),
	dialogueOf("asked for twice", information(opt6(6, 0, 23), opt6(6, 0, 24)), information(oro(23, 23, 24, 23))),
	dialogueOf("empty request", information(oro())),
	dialogueOf("of classes", solicit(na(1), oro(23, 27, 28), opt6(15, 0, 1, 'a')), information(oro(23, 27, 28), opt6(15, 0, 1, 'a'))),
	dialogueOf("of a shared network, subnet and pools", solicit(na(1), all6), request(all6), solicit(pd(1), all6), solicit(na(1), pd(1), all6), solicit(pd(1), na(1), all6), information(all6), information()).with(via(far)),
	dialogueOf("of a reservation", solicit(na(1), all6), request(all6), information(all6)).with(hw6(0x21)),
	dialogueOf("vendor", information(opt6(16, 0, 0, 0, 9, 0, 1, 'a')), information(opt6(17, 0, 0, 0, 9)), information(oro(17), opt6(16, 0, 0, 0, 9, 0, 1, 'a')), information(oro(17)), information(oro(16)), information(oro(17), opt6(16, 0, 0, 0, 10, 0, 1, 'a'))),
	dialogueOf("vendor 4491", information(opt6(17, 0, 0, 0x11, 0x8b)), information(oro(17), opt6(17, 0, 0, 0x11, 0x8b, 0, 1, 0, 2, 0, 32), differs6(newVendors, " 17=0000118b0020")), information(opt6(17, 0, 0, 0x11, 0x8b, 0, 1, 0, 4, 0, 32, 0, 33)), information(oro(17), opt6(16, 0, 0, 0x11, 0x8b, 0, 1, 'a'))),
	dialogueOf("vendor of a reservation", information(oro(17), opt6(16, 0, 0, 0, 9, 0, 1, 'a')), solicit(na(1), oro(17), opt6(17, 0, 0, 0, 9))).with(hw6(0x21)),
	dialogueOf("several vendors", information(oro(17), opt6(16, 0, 0, 0, 9, 0, 1, 'a'), opt6(17, 0, 0, 0x11, 0x8b, 0, 1, 0, 2, 0, 32), differs6(newVendors, " 17=0000118b0020"))),
}}

// classes6 are courses of clients of classes.
var classes6 = setting6{name: "classes", cases: []course6{
	dialogueOf("vendor class", solicit(na(1), asked), request(asked), renew(asked)).with(opt6(16, 0, 0, 0, 9, 0, 1, 'a')),
	dialogueOf("word of a vendor class", information(asked, opt6(16, 0, 0, 0, 9, 0, 3, 'a', 'b', 'c')), information(asked, opt6(16, 0, 0, 0, 9, 0, 3, 'a', 'b', 'c', 0, 1, 'd')), information(asked, opt6(16, 0, 0, 0, 9, 0, 9, 'a', 'b', 'c'), differs6(differUnread, "type=7"))),
	dialogueOf("vendor options", information(asked, opt6(17, 0, 0, 0, 9, 0, 5, 0, 2, 1, 2)), information(asked, opt6(17, 0, 0, 0, 9, 0, 5, 0, 2, 1, 3)), information(asked, opt6(17, 0, 0, 0, 10, 0, 5, 0, 2, 1, 2))),
	dialogueOf("user class", solicit(na(1), asked, opt6(15, 0, 3, 'a', 'b', 'c')), information(asked, opt6(15, 0, 3, 'a', 'b', 'c'))),
	dialogueOf("DROP", solicit(na(1), opt6(999)), information(opt6(999, 1))),
	dialogueOf("known", solicit(na(1), asked), request(asked)).with(hw6(0x21)),
	dialogueOf("lifetimes of a class", solicit(na(1), rapid), bareRequest(na(1), opt6(14)), renew()),
	dialogueOf("pools of a class", solicit(na(1, "2001:db8:1:2::1")), solicit(na(1, "2001:db8:1:2::1"), vendor6), request(vendor6), renew(), solicit(as6(2), pd(1)), solicit(as6(2), pd(1), vendor6), request(as6(2), vendor6), renew(as6(2), differs6(newNoPrefix, "status=3"))),
	dialogueOf("behind relays", solicit(na(1), asked), information(asked)).with(via("2001:db8:2::7", remoteID)),
	dialogueOf("behind two relays", solicit(na(1), asked), information(asked)).with(via("2001:db8:2::7", port8), via("2001:db8:4::1", remoteID)),
	dialogueOf("subnet of a class", solicit(na(1)), solicit(na(1), vendor6), request(vendor6), renew(), renew(vendor6), release6()).with(via("2001:db8:3::1")),
}}

// asked are the options that tell which classes a client has.
var asked = oro(22, 23, 24, 27, 28, 29, 30, 31, 34, 40, 42)
