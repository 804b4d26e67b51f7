package differential_test

// suboptions are courses about options that hold others: what goes into them, and by
// whose definition those of clients are read.
var suboptions = setting{name: "suboptions", cases: []packetCase{
	// A container takes its sub-options from the scope that it is in.
	course("D4.20.3 three spaces deep", discover(prl(222)), selecting(prl(222, 223))),
	course("sub-option in a subnet, container above", discover(prl(222, 223), relayed("10.2.0.1"))),
	course("container in a subnet, sub-options above", discover(prl(223), relayed("10.3.0.1"))),
	course("container in a pool, sub-options in pool and subnet", discover(prl(223), relayed("10.4.0.1"))),
	course("container in a subnet, sub-options in the network", discover(prl(223), relayed("10.7.0.1"))),
	course("sub-options in hexadecimal before configured ones", discover(prl(223), relayed("10.5.0.1"))),
	course("of entries for one option the last, for one sub-option the first", discover(prl(14, 223), relayed("10.6.0.1"))),
	course("D4.19.3 vendor's sub-options in hexadecimal", discover(prl(125)), discover(prl(125), opt(125, 0, 0, 0, 9, 0))),

	// Option 43 and private ones by the definitions of classes.
	course("D4.18.4 D4.18.6 sent by the definition of the class",
		discover(prl(43), text(60, "APC")), discover(prl(43), text(60, "PXE")), discover(prl(43, 230), text(60, "raw")), discover(prl(43, 230))),
	course("D4.18.3 D4.18.4 read by the definition of the class",
		discover(text(60, "APC"), opt(43, 1, 2, 'a', 'b')), discover(text(60, "PXE"), opt(43, 1, 4, 10, 0, 0, 9)), discover(text(60, "PXE"), opt(43, 1, 2, 'a', 'b')),
		discover(text(60, "raw"), opt(43, 1, 2, 'a', 'b')), discover(opt(43, 1, 2, 'a', 'b')), selecting(text(60, "APC"), opt(43, 1, 2, 'a', 'b'))),
	course("D4.18.4 private options read by the definition of the class",
		discover(text(60, "APC"), opt(231, 9, 1, 2, 'a', 'b')), discover(opt(231, 9, 1, 2, 'a', 'b')), discover(text(60, "raw"), text(230, "abc")),
		discover(text(230, "abc")), discover(opt(230, 1, 2)), discover(text(60, "raw"), opt(230, 1, 2))),
	course("D4.18.7 padding and end around sub-options",
		discover(text(60, "APC"), opt(43, 0, 1, 2, 'a', 'b', 255, 9)), discover(text(60, "APC"), opt(43, 255, 1, 2, 'a', 'b')), discover(text(60, "APC"), opt(43, 1, 2, 'a', 'b', 7, 9))),
	course("D4.21.3 sub-options in pieces", discover(opt(125, 0, 0, 0, 9, 7, 1, 2, 'a', 'b', 1, 1, 'c')), discover(opt(125, 0, 0, 0, 9, 5, 1, 3, 'a', 'b', 'c'))),
}}
