package differential_test

// lifetimes are courses in which lifetimes and timers of all scopes meet what clients
// ask for.
var lifetimes = setting{name: "lifetimes", cases: []packetCase{
	course("D4.3.5 asked for, between the bounds", discover(leaseTime(500)), discover(leaseTime(501)), discover(leaseTime(1999)), discover(leaseTime(2000)), selecting(leaseTime(777))),
	course("D4.3.5 asked for, beyond the bounds", discover(leaseTime(499)), discover(leaseTime(1)), discover(leaseTime(2001)), discover(leaseTime(0xfffffffe)), discover(leaseTime(0xffffffff)), discover(leaseTime(0))),
	course("D4.3.5 not asked for", discover(), selecting(), renewing(), rebinding()),
	course("asked for in every message", discover(leaseTime(600)), selecting(leaseTime(700)), renewing(leaseTime(800)), rebinding(leaseTime(900)), renewing()),
	course("less on renewal", discover(leaseTime(1900)), selecting(leaseTime(1900)), renewing(leaseTime(500))),
	course("INFORM asks", inform("10.0.0.9", leaseTime(600)), inform("10.0.0.9", prl(51, 58, 59))),
	course("option 51 of other lengths", discover(opt(51, 1, 2, 3)), discover(opt(51, 0, 0, 2, 88, 0)), discover(opt(51))),
	course("D4.3.4 a class", discover(text(60, "short")), selecting(text(60, "short")), renewing(), discover(text(60, "long"))),
	course("D4.3.4 the first of two classes", discover(text(60, "both")), discover(text(60, "both"), leaseTime(150)), discover(text(60, "both"), leaseTime(100000))),
	course("asked for in a class", discover(text(60, "short"), leaseTime(10)), discover(text(60, "short"), leaseTime(60)), discover(text(60, "short"), leaseTime(600)), discover(text(60, "long"), leaseTime(600))),
	course("infinite", discover(text(60, "infinite")), selecting(text(60, "infinite")), renewing(text(60, "infinite")), discover(text(60, "infinite"), leaseTime(60))),
	course("as long as wanted", discover(text(60, "wide"), leaseTime(1)), discover(text(60, "wide"), leaseTime(0xffffffff)), selecting(text(60, "wide"), leaseTime(0xfffffffe))),
	course("a reserved class", discover(hw(1)), selecting(hw(1)), discover(hw(1), text(60, "short"))),
	course("a class before a subnet", discover(text(60, "short")), discover(text(60, "long"))).with(relayed("10.2.0.1")),
	course("D4.3.1 a subnet", discover(), discover(leaseTime(10)), discover(leaseTime(5000)), selecting()).with(relayed("10.2.0.1")),
	course("infinite in a subnet", discover(), discover(leaseTime(20)), discover(leaseTime(5)), selecting()).with(relayed("10.3.0.1")),
	course("D4.3.4 a network, bounds of a subnet", discover(), discover(leaseTime(20)), discover(leaseTime(100000)), selecting()).with(relayed("10.10.0.1")),
	course("none", discover(), selecting(), discover(leaseTime(600))).with(relayed("10.9.0.1")),
	course("DECLINE of a lease of no time", discover(), selecting(), message(typeDecline, offered), rebooting("10.9.0.10"), message(typeRequest, as(2), addr(50, "10.9.0.10"), serverID("10.0.0.1"))).with(relayed("10.9.0.1")),
	course("a required class", discover(), selecting(), discover(text(60, "short"))).with(relayed("10.11.0.1")),

	course("D4.4.2 D4.4.3 timers at the lifetime", discover(), discover(leaseTime(2000)), selecting()).with(relayed("10.4.0.1")),
	course("timers of nothing", discover(), selecting(), discover(prl(58, 59))).with(relayed("10.6.0.1")),
	course("D4.4.6 timers from above beat calculated ones", discover(), selecting(leaseTime(600))).with(relayed("10.7.0.1")),
	course("D4.4.2 rebinding at the end", discover(), discover(leaseTime(1001)), discover(leaseTime(501)), discover(leaseTime(500))).with(relayed("10.8.0.1")),
	course("timers under a short class", discover(text(60, "short")), discover(text(60, "long")), discover(text(60, "infinite"))),
	course("timers asked for", discover(prl(58)), discover(prl(59)), discover(prl(58, 59)), selecting(prl(58, 59))),

	course("D4.36.4 cached by age", discover(), selecting(), renewing(aged), rebinding(aged), renewing(aged, leaseTime(600)), renewing(aged, leaseTime(1900))).with(relayed("10.12.0.1")),
	course("D4.36.5 cached by share", discover(), selecting(), selecting(aged), discover(aged), selecting(aged)).with(relayed("10.13.0.1")),
	course("D4.36.4 not cached", discover(), selecting(), renewing(), discover()).with(relayed("10.14.0.1")),
	course("D4.36.3 name that changes", discover(text(12, "one")), selecting(text(12, "one")), renewing(text(12, "one"), aged), renewing(text(12, "two"), aged), renewing(aged)).with(relayed("10.15.0.1")),
	course("client identifier that changes", discover(opt(61, 1, 2, 3)), selecting(opt(61, 1, 2, 3)), renewing(aged), renewing(opt(61, 3, 2, 1), aged)).with(relayed("10.15.0.1")),
}}

// tees are courses in which timers are calculated, by an authoritative server that
// does not send back client identifiers.
var tees = setting{name: "tees", cases: []packetCase{
	course("D4.4.4 calculated", discover(), selecting(), renewing(), inform("10.0.0.9")),
	course("D4.4.5 other shares", discover(), selecting()).with(relayed("10.2.0.1")),
	course("not calculated", discover(), selecting()).with(relayed("10.3.0.1")),
	course("D4.4.6 T1 configured", discover(), selecting()).with(relayed("10.4.0.1")),
	course("D4.4.6 T2 configured", discover(), selecting()).with(relayed("10.5.0.1")),
	course("of one second", discover(), selecting()).with(relayed("10.6.0.1")),
	course("D4.4.5 rounded", discover(), discover(relayed("10.8.0.1"))).with(relayed("10.7.0.1")),
	course("of an infinite lifetime", discover(), selecting()).with(relayed("10.9.0.1")),

	course("D4.29.1 client identifier not sent back", discover(opt(61, 1, 2, 3)), selecting(opt(61, 1, 2, 3)), renewing(opt(61, 1, 2, 3)), inform("10.0.0.9", opt(61, 1, 2, 3)), rebooting("10.77.0.1", opt(61, 1, 2, 3))),
	course("D4.29.2 by hardware address", discover(opt(61, 1, 2, 3)), selecting(opt(61, 1, 2, 3)), discover(opt(61, 4, 5, 6)), discover(as(2), opt(61, 1, 2, 3))).with(relayed("10.6.0.1")),

	course("D4.30.3 INIT-REBOOT of a stranger", rebooting("10.0.0.180"), rebooting("10.77.0.1"), rebooting("10.0.1.77", broadcast)),
	course("INIT-REBOOT for another's address", discover(), selecting(), rebooting("10.0.11.1", as(2)), rebooting("10.0.12.1", as(2))),
	course("D4.30.2 subnet without authority", rebooting("10.2.0.77"), rebooting("10.77.0.1"), rebooting("10.2.0.5")).with(relayed("10.2.0.1")),
	course("FD.4.7 REQUEST outside of pools", message(typeRequest, addr(50, "10.0.0.5"), serverID("10.0.0.1")), rebooting("10.0.0.5"), message(typeRequest, ciaddr("10.0.0.5"), unicast), message(typeRequest, ciaddr("10.0.0.5"))),
	course("renewal of an address of nobody", message(typeRequest, ciaddr("10.0.15.1"), unicast), message(typeRequest, ciaddr("10.77.0.1"), unicast), message(typeRequest, ciaddr("10.77.0.1"))),
	course("INIT-REBOOT from nowhere", rebooting("10.77.0.5"), discover()).with(relayed("10.77.0.1")),
	course("REQUEST from nowhere", message(typeRequest, addr(50, "10.77.0.5"), serverID("10.0.0.1")), message(typeRequest, ciaddr("10.77.0.5"))).with(relayed("10.77.0.1")),
}}
