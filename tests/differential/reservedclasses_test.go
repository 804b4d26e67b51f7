package differential_test

import (
	"fmt"
	"testing"
)

// Both servers choose alike what depends on the classes of reservations.
func TestReservedClasses(t *testing.T) {
	for _, s := range reservedClasses {
		t.Run(s.name, s.compare)
	}
}

// reservedClasses are settings in which reservations bring classes, and these
// choose subnets, pools and options.
var reservedClasses = []setting{
	// In a subnet of its own.
	reserving("D4.42.4 a pool", object{
		"subnet4": list{object{"id": 1, "subnet": "10.0.0.0/24", "reservations": reservedFor("reserved"), "pools": list{
			object{"pool": "10.0.0.10 - 10.0.0.20", "client-class": "unreserved"},
			object{"pool": "10.0.0.30 - 10.0.0.40", "client-class": "reserved"},
		}}},
	}),
	reserving("D4.42.3 a required class", object{
		"subnet4": list{half{more: bringing("reserved").With(requiring)}.subnet(0)},
	}),
	reserving("D4.42.3 a subnet that closes", object{
		"subnet4": list{half{class: "unreserved", more: bringing("reserved")}.subnet(0)},
	}),
	// In a shared network, by a global reservation.
	reserving("D4.42.5 pools", shared(half{pool: "reserved"}, half{pool: "unreserved"}), global),
	reserving("D4.42.5 pools, the other way round", shared(half{pool: "unreserved"}, half{pool: "reserved"}), global),
	reserving("D4.42.5 subnets", shared(half{class: "reserved"}, half{class: "unreserved"}), global),
	reserving("D4.42.5 subnets, the other way round", shared(half{class: "unreserved"}, half{class: "reserved"}), global),
	reserving("D4.42.3 a class that depends", shared(half{class: "dependent"}, half{class: "unreserved"}), global),
	// In a shared network, by the reservations of its subnets.
	reserving("D4.42.5 not by the first", shared(half{pool: "reserved", more: bringing("reserved")}, half{pool: "unreserved"})),
	reserving("D4.42.5 not by the second", shared(half{pool: "unreserved"}, half{pool: "reserved", more: bringing("reserved")})),
	reserving("D4.42.5 not from one to the other", shared(half{class: "unreserved", more: bringing("reserved")}, half{class: "reserved"})),
	reserving("D4.42.3 classes of the subnet that serves", shared(half{pool: "nobody", more: bringing("reserved")}, half{more: bringing("second")})),
	reserving("D4.42.3 classes that are required", shared(half{more: bringing("reserved").With(requiring)}, half{})),
	reserving("D4.42.3 classes of the reserved address", shared(half{more: bringing("reserved")}, half{more: addressed("10.0.1.50", "second")})),
	reserving("D4.40.7 addresses of both", apart(half{more: addressed("10.0.0.50", "second")}, half{}), addressed("10.0.0.60", "reserved"), everywhere),
	reserving("D4.40.7 addresses of both in a shared network", shared(half{more: addressed("10.0.0.50", "second")}, half{}), addressed("10.0.0.60", "reserved"), everywhere),
	reserving("D4.40.7 classes of both", shared(half{more: bringing("reserved")}, half{more: bringing("second")}), global, everywhere),
	// Of the subnets of a shared network the selected one decides where to look.
	reserving("D4.40.4 in-subnet by the second only", shared(half{more: modes(false, false)}, half{more: addressed("10.0.1.50", "second").With(modes(false, true))})),
	reserving("D4.40.4 in-subnet by the first only", shared(half{more: modes(false, true)}, half{more: addressed("10.0.1.50", "second").With(modes(false, false))})),
	reserving("D4.40.6 globally by the second only", shared(half{more: modes(false, false)}, half{more: modes(true, false)}), addressed("10.0.1.60", "reserved")),
	reserving("D4.40.6 globally by the first only", shared(half{more: modes(true, false)}, half{more: addressed("10.0.1.50", "second").With(modes(false, true))}), bringing("reserved")),
	// Before the subnet is selected.
	reserving("D4.23.7 a subnet by the class", apart(half{class: "unreserved"}, half{class: "reserved"}), global, early),
	reserving("D4.23.7 a subnet by KNOWN", apart(half{class: "unreserved"}, half{class: "KNOWN"}), global, early),
	reserving("D4.23.7 no subnet by UNKNOWN", apart(half{class: "UNKNOWN"}, half{class: "nobody"}), global, early),
	reserving("D4.23.7 a subnet by a class that depends", apart(half{class: "unreserved"}, half{class: "dependent"}), global, early),
	reserving("D4.23.7 DROP", apart(half{}, half{}), global, early, object{"client-classes": list{
		object{"name": "reserved"}, object{"name": "DROP", "test": "member('reserved')"},
	}}),
	reserving("D4.23.7 classes of both", apart(half{more: bringing("second")}, half{}), global, early, everywhere),
	reserving("D4.23.7 reservations-global is off", apart(half{more: bringing("second")}, half{}), global, early, modes(false, true)),
	reserving("D4.23.7 in a shared network", shared(half{more: bringing("second")}, half{}), global, early, everywhere),
}

var (
	requiring  = object{"require-client-classes": list{"required"}}
	global     = object{"reservations": reservedFor("reserved"), "reservations-global": true, "reservations-in-subnet": false}
	everywhere = modes(true, true)
	early      = object{"early-global-reservations-lookup": true}
)

// reserving is a setting with classes that show in the answers which of them the
// client is in, and in which order. The client that the reservations are for gets a
// lease, renews it and asks for options, and so does another client.
func reserving(name string, parts ...object) setting {
	sends := func(option, data string) object {
		return object{"option-data": list{object{"name": option, "data": data, "always-send": true}}}
	}
	configuration := object{"client-classes": list{
		object{"name": "nobody"},
		object{"name": "reserved"}.With(sends("log-servers", "192.0.2.1")),
		object{"name": "second"}.With(sends("log-servers", "192.0.2.2")),
		object{"name": "unreserved", "test": "not member('reserved')"}.With(sends("log-servers", "192.0.2.3")),
		object{"name": "dependent", "test": "member('reserved')"}.With(sends("time-servers", "192.0.2.4")),
		object{"name": "known", "test": "member('KNOWN')"}.With(sends("log-servers", "192.0.2.5")),
		object{"name": "required", "test": "member('reserved')", "only-if-required": true}.With(sends("ntp-servers", "192.0.2.6")),
	}}
	for _, p := range parts {
		configuration = configuration.With(p)
	}
	s := setting{name: name, config: func() object { return configuration }}
	for i, who := range []string{"reserved", "other"} {
		client := hw(byte(i + 1))
		s.cases = append(s.cases, course(who+" client",
			discover(client, unhinted), selecting(client), renewing(client), rebinding(client), message(typeInform, client, addr(50, "10.0.0.9"))))
	}
	return s
}

// modes says where reservations are looked for.
func modes(global, inSubnet bool) object {
	return object{"reservations-global": global, "reservations-in-subnet": inSubnet}
}

// reservedFor is a reservation of a class.
func reservedFor(class string) list {
	return list{object{"hw-address": "02:aa:00:00:00:01", "client-classes": list{class}}}
}

func bringing(class string) object { return object{"reservations": reservedFor(class)} }

// addressed brings an address, too.
func addressed(address, class string) object {
	return object{"reservations": list{object{"hw-address": "02:aa:00:00:00:01", "ip-address": address, "client-classes": list{class}}}}
}

// A half is one of two subnets.
type half struct {
	class, pool string // that the subnet, or its pool, is for
	more        object
}

func (h half) subnet(i int) object {
	pool := object{"pool": fmt.Sprintf("10.0.%d.10 - 10.0.%d.20", i, i)}
	if h.pool != "" {
		pool["client-class"] = h.pool
	}
	s := object{"id": i + 1, "subnet": fmt.Sprintf("10.0.%d.0/24", i), "interface": "eth0", "pools": list{pool}}
	if h.class != "" {
		s["client-class"] = h.class
	}
	return s.With(h.more)
}

// shared puts the two into a shared network.
func shared(a, b half) object {
	return object{"shared-networks": list{object{"name": "both", "subnet4": list{a.subnet(0), b.subnet(1)}}}}
}

// apart leaves them as they are.
func apart(a, b half) object { return object{"subnet4": list{a.subnet(0), b.subnet(1)}} }
