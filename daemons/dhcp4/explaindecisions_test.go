package dhcp4

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/explaintest"
	"nestor/lib/lease"
	"nestor/lib/server"
)

// decisionCase is a query with some of the lines of its explanation.
type decisionCase struct {
	name, conf string
	before     func(*testServer)
	from       from
	query      *dhcpv4.DHCPv4
	lines      []string
}

// unicast is how a query of a client with an address arrives.
func unicast(src string) from { return from{src: ip(src), dst: ip("192.0.2.1")} }

// store puts a lease as it may stand in a lease file.
func store(l lease.Lease4) func(*testServer) {
	return func(ts *testServer) {
		tx := ts.srv.state.Load().leases.Begin4()
		tx.Put4(&l)
		if err := tx.Commit(); err != nil {
			ts.t.Fatal(err)
		}
	}
}

func leased(n byte) func(*testServer) { return func(ts *testServer) { ts.lease(n) } }

const reservedConf = `"reservations-global": true, "reservations-in-subnet": true,
	"reservations": [ { "duid": "01:02", "hostname": "global" } ],
	"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ],
		"reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.77", "hostname": "desk", "client-classes": [ "special" ] },
			{ "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.10" } ] } ],
	"client-classes": [ { "name": "special" }, { "name": "other" } ]`

const classesConf = `"client-classes": [
		{ "name": "yes", "test": "option[60].exists" },
		{ "name": "no", "test": "option[61].exists" },
		{ "name": "odd", "test": "substring(option[12].hex,0,1) == 'a' and int8totext(option[12].hex) == 'b'" },
		{ "name": "made", "template-test": "option[60].hex" }, { "name": "unmade", "template-test": "''" },
		{ "name": "VENDOR_CLASS_one", "next-server": "192.0.2.9" },
		{ "name": "listed", "only-in-additional-list": true }, { "name": "unlisted", "test": "option[60].exists", "only-in-additional-list": true } ],
	"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "evaluate-additional-classes": [ "listed" ], "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] } ]`

const guardedConf = `"valid-lifetime": 100, "min-valid-lifetime": 50, "max-valid-lifetime": 200, "client-classes": [ { "name": "vip", "test": "option[60].exists", "valid-lifetime": 150, "offer-lifetime": 5 } ],
	"option-data": [ { "code": 15, "data": "example.org" } ], "offer-lifetime": 3,
	"shared-networks": [ { "name": "n", "renew-timer": 20, "option-data": [ { "code": 6, "data": "192.0.2.53" } ], "subnet4": [
		{ "id": 1, "subnet": "192.0.2.0/24", "rebind-timer": 40, "pools": [ { "pool": "192.0.2.10-192.0.2.11" }, { "pool": "192.0.2.20-192.0.2.21", "client-classes": [ "vip" ] } ],
			"option-data": [ { "code": 3, "data": "192.0.2.1" }, { "code": 42, "data": "192.0.2.1", "never-send": true } ] },
		{ "id": 2, "subnet": "198.51.100.0/24", "client-classes": [ "vip" ], "pools": [ { "pool": "198.51.100.10-198.51.100.11" } ] },
		{ "id": 3, "subnet": "203.0.113.0/24" } ] } ]`

const updatesConf = `"dhcp-ddns": { "enable-updates": true }, "ddns-qualifying-suffix": "example.org", ` + plain

var decisionCases = []decisionCase{
	{"plain discover", plain, nil, from{}, query(discoverMsg, 1), []string{
		"DHCPDISCOVER (xid 0x01020301) from 0.0.0.0 port 68 to 255.255.255.255, interface eth0 with address 192.0.2.1",
		"ALL: every query is a member", "UNKNOWN: member, the client has no reservation",
		"what it is selected by, in this order: link or subnet selection (none), giaddr (none), ciaddr (not of a broadcast), source (not of a broadcast), interface (eth0), address of the interface (192.0.2.1)",
		"by the interface eth0 that subnets and shared networks name:", "no subnet fits",
		"by the prefix that the address 192.0.2.1 of the interface lies in:", "subnet 192.0.2.0/24 (id 1) is selected",
		"duid: the query has none", "subnet 192.0.2.0/24 (id 1) has no reservations",
		"global reservations are not looked at, reservations-global is off",
		"the client asks for no address", "the client has no lease where it is served", "no address is reserved for the client",
		"the allocators are asked, beginning with subnet 192.0.2.0/24 (id 1)",
		"the allocator of subnet 192.0.2.0/24 picks 192.0.2.10 in pool 192.0.2.10-192.0.2.19", "the client gets 192.0.2.10",
		"valid lifetime 7200 s (min 7200, max 7200), from the default",
		"neither the query nor a reservation has a name", "none",
		"yiaddr: 192.0.2.10, from the lease", "subnet-mask (1): 255.255.255.0, from the subnet's prefix",
		"dhcp-server-identifier (54): 192.0.2.1, from the address of the interface",
		"to the address that is given, in a frame to the source of the query",
		"DHCPOFFER to 192.0.2.10 port 68, link-layer address 02:00:00:00:00:01",
	}},
	{"classes", classesConf, nil, from{}, query(discoverMsg, 1, opt(60, []byte("one")...), opt(12, []byte("ab")...)), []string{
		"yes: member, the test holds: option[60].exists", "no: not a member, the test does not hold: option[61].exists",
		"made: member, the template gives a value: option[60].hex", "unmade: not a member, the template gives nothing: ''",
		"VENDOR_CLASS_one: member, by the value in the query that it is named after",
		"SPAWN_made_one: of no effect, the configuration does not mention it",
		"listed: member, it has no test and is listed for additional evaluation where the client is served",
		"unlisted: not evaluated, only-in-additional-list is set and nothing that serves the client lists it",
		"siaddr: 192.0.2.9, from client class VENDOR_CLASS_one",
		"odd: not a member, the expression substring(option[12].hex,0,1) == 'a' and int8totext(option[12].hex) == 'b' cannot be evaluated: " +
			"int8totext: the value has 2 bytes, it takes 1",
		"option 12 of the query is considered", "the lease gets the name ab",
	}},
	{"reservation", reservedConf, nil, from{}, query(requestMsg, 1, opt(61, 255, 0, 0, 0, 1, 1, 9), requested("192.0.2.10"), serverID("192.0.2.1")), []string{
		"duid 01:09: not in the global reservations", "client-id ff:00:00:00:01:01:09: not in the global reservations",
		"hw-address 02:00:00:00:00:01: found in the reservations of subnet 192.0.2.0/24 (id 1), it gives address 192.0.2.77, hostname desk, class special",
		"the reservation brings classes: those that depend on nothing but the query are evaluated again, behind them",
		"special: member, by its reservation", "other: not a member, it has no test and no reservation of the client names it",
		"KNOWN: member, the client has a reservation", "192.0.2.77 is reserved for the client", "the client asks for 192.0.2.10",
		"192.0.2.10 is not given: it is reserved for somebody else", "DHCPNAK, for the client cannot have the lease",
		"by broadcast: the client asks for it, is refused, or has no address",
	}},
	{"identifiers that no reservation has", reservedConf, nil, from{}, query(discoverMsg, 9, opt(61, 255, 0, 0, 0, 1, 1, 9)), []string{
		"hw-address 02:00:00:00:00:09: not in the reservations of subnet 192.0.2.0/24 (id 1)",
		"duid 01:09: not looked for, subnet 1 has no reservation of that type",
	}},
	{"another address than the reserved one", reservedConf, nil, from{}, query(requestMsg, 1, requested("192.0.2.11"), serverID("192.0.2.1")), []string{
		"192.0.2.77 is reserved for the client and free: it must ask for that one",
	}},
	{"name of a reservation", reservedConf, nil, from{}, query(requestMsg, 1, requested("192.0.2.77"), serverID("192.0.2.1")), []string{
		"the reservation gives desk", "the lease gets the name desk",
		"192.0.2.77 for hardware address 02:00:00:00:00:01, client identifier none: assigned, subnet 1, valid for 7200 s",
		"host-name (12): desk, from the name of the lease",
	}},
	{"reservations not looked at", `"reservations-in-subnet": false, ` + plain, nil, from{}, query(discoverMsg, 1), []string{
		"the reservations of subnet 192.0.2.0/24 (id 1) are not looked at, reservations-in-subnet is off",
	}},
	{"reserved in a pool", `"reservations-out-of-pool": true, ` + reservedConf, nil, from{}, query(discoverMsg, 2), []string{
		"192.0.2.10 is reserved for the client but passed over: reservations-out-of-pool is on and the address is in a pool",
	}},
	{"guards", guardedConf, func(ts *testServer) { ts.lease(8); ts.lease(9) }, from{}, query(discoverMsg, 1, requested("192.0.2.20")), []string{
		"subnet 198.51.100.0/24 (id 2): not for the client, who is in none of the classes that it or its shared network admits",
		"pool 192.0.2.20-192.0.2.21 of subnet 192.0.2.0/24 is not for the client, who is in none of its classes vip",
		"192.0.2.20 is in no pool that is open to the client",
		"subnet 192.0.2.0/24 (id 1) has no free address left in the pools that are open to the client",
		"subnet 203.0.113.0/24 (id 3) has no pool for the client", "no address can be given", "there is no reply",
	}},
	{"scopes", guardedConf, nil, from{}, query(discoverMsg, 1, opt(60, 'x'), opt(51, 0, 0, 1, 0), prl(3, 6, 15, 42, 44)), []string{
		"valid lifetime 150 s (min 150, max 150), from client class vip", "the client asks for 256 s, brought within the bounds",
		"the offer is kept as a lease for 5 s, from client class vip",
		"T1 20 s, from renew-timer of shared network n", "T2 40 s, from rebind-timer of subnet 192.0.2.0/24",
		"192.0.2.10 for hardware address 02:00:00:00:00:01, client identifier none: assigned, subnet 1, valid for 5 s",
		"routers (3): 192.0.2.1, from subnet 192.0.2.0/24", "domain-name-servers (6): 192.0.2.53, from shared network n",
		"domain-name (15): example.org, from global scope", "ntp-servers (42) is not sent: never-send is set in subnet 192.0.2.0/24",
		"netbios-name-servers (44) is requested and defined nowhere",
	}},
	{"lifetime of the global scope", guardedConf, nil, from{}, query(discoverMsg, 1), []string{
		"valid lifetime 100 s (min 50, max 200), from global scope", "the offer is kept as a lease for 3 s, from global scope",
	}},
	{"by relay", `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "relay": { "ip-addresses": [ "10.0.0.1" ] } } ]`, nil,
		from{src: ip("10.0.0.1"), dst: ip("192.0.2.1"), port: 67}, query(discoverMsg, 1, giaddr("10.0.0.1"), dhcpv4.WithBroadcast(false)), []string{
			"it came over the relay 10.0.0.1", "by the relays that subnets and shared networks name, giaddr is 10.0.0.1:",
		}},
	{"several that fit", `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24" }, { "id": 2, "subnet": "192.0.2.0/25" }, { "id": 3, "subnet": "192.0.2.0/26" } ]`, nil,
		from{}, query(discoverMsg, 1), []string{
			"these would fit too, but come behind it by their ids: 192.0.2.0/25 (id 2), 192.0.2.0/26 (id 3)",
		}},
	{"by giaddr", plain, nil, from{src: ip("192.0.2.2"), dst: ip("192.0.2.1"), port: 67}, query(discoverMsg, 1, giaddr("192.0.2.2")), []string{
		"by the prefix that giaddr 192.0.2.2 lies in:", "to the relay", "DHCPOFFER to 192.0.2.2 port 67, link-layer address 02:00:00:00:00:01",
	}},
	{"by link selection", plain, nil, from{}, query(discoverMsg, 1, opt(118, 198, 51, 100, 0)), []string{
		"by link selection (option 82) or subnet selection (option 118), which name 198.51.100.0:", "no subnet is selected",
		"the server drops it: the query, from interface eth0: no suitable subnet configured for a direct client (DHCP4_PACKET_DROP_0002)",
	}},
	{"unserved", plain, nil, unicast("10.0.0.1"), query(discoverMsg, 1), []string{
		"by the prefix that the source 10.0.0.1 lies in, for the query came by unicast:",
		"reservations are not looked for without a subnet", "the client gets no answer, for there is no subnet for it",
	}},
	{"nak without subnet", `"authoritative": true, ` + plain, nil, unicast("10.0.0.1"), query(requestMsg, 1, ciaddr("10.0.0.1")), []string{
		"by the prefix that ciaddr 10.0.0.1 lies in, for the query came by unicast:", "DHCPNAK, for there is no subnet",
		"to ciaddr, the address that the client has",
	}},
	{"no address of the interface", plain, func(ts *testServer) { ts.sock.addr = 0 }, from{}, query(discoverMsg, 1), []string{
		"the interface has no address to select a subnet by",
	}},
	{"v6 only", `"option-data": [ ], "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "option-data": [ { "code": 108, "data": "300" } ] } ]`, nil, from{}, query(discoverMsg, 1, prl(108)), []string{
		"the client can do without IPv4, and the subnet prefers that (option 108): it gets no address",
	}},
	{"renewal", plain, leased(1), unicast("192.0.2.10"), query(requestMsg, 1, ciaddr("192.0.2.10")), []string{
		"the client has the lease of 192.0.2.10 in subnet 1, found by its hardware address: assigned, expires 2027-01-15T10:00:00Z",
		"the client keeps 192.0.2.10",
	}},
	{"renewal by identifier", plain, func(ts *testServer) { ts.lease(1, clientID(1, 2)) }, unicast("192.0.2.10"), query(requestMsg, 9, ciaddr("192.0.2.10"), clientID(1, 2)), []string{
		"the client has the lease of 192.0.2.10 in subnet 1, found by its client identifier: assigned, expires 2027-01-15T10:00:00Z",
	}},
	{"cached", `"cache-max-age": 600, ` + plain, leased(1), unicast("192.0.2.10"), query(requestMsg, 1, ciaddr("192.0.2.10")), []string{
		"the lease is answered from the lease cache as it stands",
	}},
	{"stashed option 82", `"stash-agent-options": true, "store-extended-info": true, ` + plain, func(ts *testServer) {
		ts.send(unicast("192.0.2.2"), query(requestMsg, 1, giaddr("192.0.2.2"), requested("192.0.2.10"), serverID("192.0.2.1"), opt(82, 1, 1, 'p')))
	}, unicast("192.0.2.10"), query(requestMsg, 1, ciaddr("192.0.2.10")), []string{
		"it is a renewal past the relay: option 82 is taken from the lease, where it was kept (stash-agent-options)",
	}},
	{"in use", plain, leased(1), from{}, query(discoverMsg, 2, requested("192.0.2.10")), []string{
		"192.0.2.10 is not given: it is leased to hardware address 02:00:00:00:00:01, client identifier none; assigned, expires 2027-01-15T10:00:00Z",
	}},
	{"request in use", plain, leased(1), from{}, query(requestMsg, 2, requested("192.0.2.10"), serverID("192.0.2.1")), []string{
		"192.0.2.10 is leased to somebody else: hardware address 02:00:00:00:00:01, client identifier none",
	}},
	{"expired", plain, func(ts *testServer) { ts.lease(1); ts.pass(3 * time.Hour) }, from{}, query(discoverMsg, 2, requested("192.0.2.10")), []string{
		"the lease that 192.0.2.10 had is over (assigned, expired 2027-01-15T10:00:00Z): the address is free",
	}},
	{"declined", plain, store(lease.Lease4{Addr: ip("192.0.2.10"), HWAddr: mac(1), ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1, State: lease.StateDeclined}),
		from{}, query(discoverMsg, 1), []string{
			"192.0.2.10 is not given again: a client found it in use, it is kept back until 2027-01-15T09:00:00Z",
		}},
	{"another address", plain, leased(1), from{}, query(requestMsg, 1, requested("192.0.2.15"), serverID("192.0.2.1")), []string{
		"the client's former lease of 192.0.2.10 is deleted", "the lease of 192.0.2.10 is deleted",
	}},
	{"moved", plain, store(lease.Lease4{Addr: ip("192.0.2.10"), HWAddr: mac(1), ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 7}),
		from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")), []string{
			"the client moved here from another subnet with this address and keeps the lease",
		}},
	{"unknown address", plain, nil, from{}, query(requestMsg, 1, requested("192.0.2.200"), serverID("192.0.2.1")), []string{
		"192.0.2.200 is in no subnet's pool here: another server may know it, so there is no answer",
	}},
	{"reboot of a stranger", plain, nil, from{}, query(requestMsg, 1, requested("192.0.2.10")), []string{
		"no answer: the client reboots, is not known here, and the server is not authoritative",
	}},
	{"reboot with another address", plain, leased(1), from{}, query(requestMsg, 1, requested("192.0.2.11")), []string{
		"DHCPNAK, for the rebooting client has no lease of the address that it names",
	}},
	{"inform", plain, nil, from{src: ip("192.0.2.50"), dst: broadcastAddr}, query(informMsg, 1), []string{
		"the client has an address and wants options only", "to the source of the query, for the client has an address",
	}},
	{"generated name", `"ddns-replace-client-name": "always", ` + plain, nil, from{}, query(discoverMsg, 1, opt(81, append([]byte{0, 0, 0}, "host"...)...)), []string{
		"option 81 of the query is considered",
		"a name is generated: the query has none that can be used, or ddns-replace-client-name, which is always, says so",
	}},
	{"updates of the DNS", updatesConf, nil, from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1"), opt(81, append([]byte{1, 0, 0}, "host"...)...)), []string{
		"forward and reverse entries of host.example.org. and 192.0.2.10 are to be made",
	}},
	{"updates of the DNS on release", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, ` + updatesConf, store(lease.Lease4{
		Addr: ip("192.0.2.10"), HWAddr: mac(1), ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1, Hostname: []byte("host.example.org."), FqdnFwd: true, FqdnRev: true,
	}), unicast("192.0.2.10"), query(releaseMsg, 1, ciaddr("192.0.2.10"), serverID("192.0.2.1")), []string{
		"forward and reverse entries of host.example.org. and 192.0.2.10 are to be removed",
	}},
	{"release of nothing", plain, nil, unicast("192.0.2.10"), query(releaseMsg, 1, ciaddr("192.0.2.10"), serverID("192.0.2.1")), []string{
		"there is no lease of 192.0.2.10 to release",
	}},
	{"release of another's", plain, leased(1), unicast("192.0.2.10"), query(releaseMsg, 2, ciaddr("192.0.2.10"), serverID("192.0.2.1")), []string{
		"the lease of 192.0.2.10 is another client's: hardware address 02:00:00:00:00:01, client identifier none",
	}},
	{"release", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, ` + plain, leased(1), unicast("192.0.2.10"), query(releaseMsg, 1, ciaddr("192.0.2.10"), serverID("192.0.2.1")), []string{
		"the lease of 192.0.2.10 is released and deleted",
	}},
	{"release with affinity", plain, leased(1), unicast("192.0.2.10"), query(releaseMsg, 1, ciaddr("192.0.2.10"), serverID("192.0.2.1")), []string{
		"the lease of 192.0.2.10 is released and kept for its client (lease affinity)",
	}},
	{"decline of nothing", plain, nil, from{}, query(declineMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")), []string{
		"there is no lease of 192.0.2.10 to decline",
	}},
	{"decline of another's", plain, leased(1), from{}, query(declineMsg, 2, requested("192.0.2.10"), serverID("192.0.2.1")), []string{
		"the lease of 192.0.2.10 is not this client's: hardware address 02:00:00:00:00:01, client identifier none, assigned",
	}},
	{"decline", plain, leased(1), from{}, query(declineMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")), []string{
		"192.0.2.10 is kept from everybody for the probation period",
	}},
	{"dropped by class", `"client-classes": [ { "name": "DROP", "test": "option[60].exists" }, { "name": "later", "test": "member('KNOWN')" } ], ` + plain, nil, from{}, query(discoverMsg, 1, opt(60, 'x')), []string{
		"the server drops it: dropped as member of the special class 'DROP': the query, DROP (DHCP4_PACKET_DROP_0010)",
		"later: not evaluated, the query did not get so far",
	}},
	{"short identifier", plain, nil, from{}, query(discoverMsg, 1, clientID(1)), []string{
		"it cannot be read, the server drops it: identifier is too short",
	}},
	{"disabled", plain, func(ts *testServer) { ts.srv.service.Disable(server.OriginUser, 0) }, from{}, query(discoverMsg, 1), []string{
		"the DHCP service is disabled (dhcp-disable): the server drops every query",
	}},
	{"to the source", plain, func(ts *testServer) { ts.srv.toSource = true }, from{}, query(discoverMsg, 1), []string{
		"to where the query came from (test mode)",
	}},
}

// ofTool are the decisions that only nestor-dhcp4 explain tells of; see
// TestExplainTool.
var ofTool = []string{"leases-read", "leases-unknown", "allocators-new", "interface-unknown", "hosts-databases-unknown"}

// TestDecisions shows the line of every decision.
func TestDecisions(t *testing.T) {
	shown := slices.Clone(ofTool)
	for _, c := range decisionCases {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			if c.before != nil {
				c.before(ts)
			}
			e := ts.explain(t, c.from, c.query.ToBytes())
			explaintest.Sentences(t, e.shown())
			shown = append(shown, explaintest.Lines(t, e.shown(), c.lines...)...)
		})
	}
	explaintest.AllShown(t, shown, "decisions.go", "../../lib/clientclass/trace.go", "../../lib/explain/why/decisions.go", "../../lib/explain/ask/leases.go")
}

// TestEvaluationIsShown shows the steps of a class's expression below its line.
func TestEvaluationIsShown(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "a", "test": "option[60].hex == 'x'" } ], `+plain)
	text := ts.explain(t, from{}, query(discoverMsg, 1, opt(60, 'y')).ToBytes()).shown().Text()
	want := `  a: not a member, the test does not hold: option[60].hex == 'x'
      Pushing option 60 with value 0x79
      Pushing text string 'x'
      Popping 0x78 and 0x79 pushing result 'false'
`
	if !strings.Contains(text, want) {
		t.Errorf("the explanation has not\n%s\n%s", want, text)
	}
}

// TestExplainArguments shows how mistakes in the command are answered.
func TestExplainArguments(t *testing.T) {
	ts := newTestServer(t, plain)
	for _, c := range []struct{ name, args, says string }{
		{"no packet", `{}`, "'packet' is missing: give the query"},
		{"no string", `{ "packet": 1 }`, "'packet' must be a string"},
		{"unknown", `{ "packet": "discover", "port": 1 }`, "unknown argument 'port': there are packet, interface, source and destination"},
		{"no description", `{ "packet": "diskover hw=1" }`, "packet: diskover: a description begins with one of"},
		{"a file", `{ "packet": "/etc/passwd" }`, "packet:"},
		{"no interface", `{ "packet": "discover" }`, "interface: the server has no open socket that the query could come by"},
		{"unknown interface", `{ "packet": "discover", "interface": "eth9" }`, "interface eth9: the server has no open socket on it (on no interface)"},
		{"bad interface", `{ "packet": "discover", "interface": "eth9/x" }`, `interface eth9/x: "x" is not an IPv4 address`},
		{"bad source", `{ "packet": "discover", "interface": "eth0/192.0.2.1", "source": "::1" }`, `source: "::1" is not an IPv4 address`},
	} {
		t.Run(c.name, func(t *testing.T) {
			args, err := element.ParseWire([]byte(c.args))
			if err != nil {
				t.Fatal(err)
			}
			a := ask.V4.Answer(explainer{ts.srv}, args)
			if a.Result != control.Error || !strings.Contains(a.Text, c.says) {
				t.Errorf("answer %d %q, want an error with %q", a.Result, a.Text, c.says)
			}
		})
	}
}
