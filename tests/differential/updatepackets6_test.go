package differential_test

import "fmt"

// updates6 are courses of leases that end in other ways than by a name that changes,
// by the parameters of their subnets, of which there are some.
var updates6 = setting6{name: "updates", cases: updateCases6()}

// updateLinks6 is how many subnets 2001:db8:N::/48 the configuration has.
const updateLinks6 = 9

// updateCases6 are each course in each subnet.
func updateCases6() (cases []course6) {
	const wire, other = "\x04host\x00", "\x05other\x00"
	host := fqdn6(1, wire)
	courses := []course6{
		dialogueOf("advertised only", solicit(na(1), host)),
		dialogueOf("leased", solicit(na(1), host), request(host)),
		dialogueOf("leased at once", solicit(na(1), host, rapid)),
		dialogueOf("leased without a name", solicit(na(1)), request()),
		dialogueOf("asked for twice", solicit(na(1), host), request(host), request(host)),
		dialogueOf("asked for by another name", solicit(na(1), host), request(host), request(fqdn6(1, other))),
		dialogueOf("renewed", solicit(na(1), host), request(host), renew(host), rebind(host)),
		dialogueOf("renewed by another name", solicit(na(1), host), request(host), renew(fqdn6(1, other)), rebind(host)),
		dialogueOf("renewed without a name", solicit(na(1), host), request(host), renew(), renew(host)),
		dialogueOf("renewed with other flags", solicit(na(1), host), request(host), renew(fqdn6(0, wire)), renew(fqdn6(4, wire)), renew(host)),
		dialogueOf("flags of the client", solicit(na(1), fqdn6(0, wire)), request(fqdn6(0, wire)), release6()),
		dialogueOf("no updates wanted", solicit(na(1), fqdn6(4, wire)), request(fqdn6(4, wire)), release6()),
		dialogueOf("released", solicit(na(1), host), request(host), release6()),
		dialogueOf("released and leased", solicit(na(1), host), request(host), release6(), solicit(na(1), host), request(host)),
		dialogueOf("declined", solicit(na(1), host), request(host), decline6()),
		dialogueOf("prefix alone", solicit(pd(1), host), request(host), renew(host), release6()),
		dialogueOf("address and prefix", solicit(na(1), pd(1), host), request(host), renew(fqdn6(1, other)), release6()),
		dialogueOf("prefix and address", solicit(pd(1), na(1), host), request(host), renew(fqdn6(1, other)), release6()),
		dialogueOf("two addresses", solicit(na(1), na(2), host), request(host)),
		dialogueOf("two addresses released", solicit(na(1), na(2), host), request(host), release6()),
		dialogueOf("two addresses renewed by another name", solicit(na(1), na(2), host), request(host), renew(fqdn6(1, other))),
		dialogueOf("two addresses renewed", solicit(na(1), na(2), host), request(host), renew(host)),
		dialogueOf("lifetime that the client asks for", solicit(na(1, ":: 1000/2000"), host), bareRequest(na(1, ":: 1000/2000"), host)),
	}
	for n := range updateLinks6 {
		for _, c := range courses {
			c = c.with(via(fmt.Sprintf("2001:db8:%x::1", n+1)))
			c.name = fmt.Sprintf("%d: %s", n+1, c.name)
			cases = append(cases, c)
		}
	}
	return cases
}
