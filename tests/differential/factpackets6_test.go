package differential_test

// facts6 are courses about options that are made of others, that engines manage, and
// that are cut short inside.
var facts6 = setting6{name: "facts", cases: []course6{
	dialogueOf("D6.12.1 D6.12.7 softwire containers", information(oro(94)), information(oro(95)), information(oro(96)), information(oro(89, 90, 91, 92, 93)), solicit(na(1), oro(94, 95, 96)), request(oro(94, 95, 96))),
	dialogueOf("D6.11.20 leasequery options", information(oro(46)), information(oro(47)), information(oro(48)), information(oro(34), opt6(45, 0, 46, 0, 4, 0, 0, 0, 7)), information(oro(34), opt6(45, 0, 46, 0, 4, 0, 0, 0, 8))),
	dialogueOf("D6.11.19 one after the other", information(oro(36)), information(oro(37)), information(oro(38)), information(oro(43)), information(oro(51)), information(oro(52)), information(oro(53)), information(oro(57)), information(oro(58)), information(oro(62)), information(oro(64)), information(oro(74)), information(oro(79)), information(oro(80)), information(oro(143))),
	dialogueOf("D6.11.11 an option twice", information(oro(7))),
	dialogueOf("D6.11.21 options of the engine", information(oro(11)), information(oro(15)), solicit(na(1), oro(8, 11, 13, 14, 15, 18)), solicit(na(1), rapid)),
	dialogueOf("D6.11.25 NULs behind a text", information(oro(31, 27), opt6(59, []byte("tftp://x")...)), information(oro(31, 27), opt6(59, []byte("tftp://x\x00")...)), information(oro(31, 27), opt6(59, []byte("tftp://\x00x")...)), information(oro(31, 27), opt6(59)), information(oro(31, 27), opt6(59, 0)), information(oro(28), opt6(1001, 'a', 'b', 0)), information(oro(28), opt6(1001, 'a', 'b'))),
	dialogueOf("D6.42.2 texts cut short", information(oro(22), opt6(1000, 0, 1, 'a')), information(oro(22), opt6(1000, 0, 9, 'a'), differs6(differUnread, "type=7")), information(oro(22), opt6(1000, 0, 1, 'a', 0), differs6(differUnread, "type=7")), information(oro(40), opt6(60, 0, 1, 'a')), information(oro(40), opt6(60, 0, 9, 'a'), differs6(differUnread, "type=7"))),
	dialogueOf("D6.43.2 what is not served", message6(10, opt6(19, 5)), message6(14, opt6(44, make([]byte, 17)...)), solicit(na(1), opt6(4, 0, 0, 0, 1), opt6(11, make([]byte, 11)...), opt6(20)), solicit(opt6(4, 0, 0, 0, 1))),
}}
