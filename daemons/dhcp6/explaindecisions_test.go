package dhcp6

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/explaintest"
	"nestor/lib/lease"
	"nestor/lib/pkt6"
	"nestor/lib/server"
)

// decisionCase is a query with some of the lines of its explanation.
type decisionCase struct {
	name, conf string
	before     func(*testServer)
	from       from
	query      []byte
	lines      []string
}

// store puts a lease as it may stand in a lease file.
func store(l lease.Lease6) func(*testServer) {
	return func(ts *testServer) {
		tx := ts.srv.state.Load().leases.Begin6()
		tx.Put6(&l)
		if err := tx.Commit(); err != nil {
			ts.t.Fatal(err)
		}
	}
}

// leasedTo is the lease of an address that a client has.
func leasedTo(n byte, addr string) lease.Lease6 {
	return lease.Lease6{
		Addr: ip(addr), Type: lease.TypeNA, PrefixLen: 128, IAID: 1, DUID: duidOf(n), ValidLft: 3600, PreferredLft: 3000,
		CLTT: 1_800_000_000, SubnetID: 1,
	}
}

func client1(options ...[]byte) func(*testServer) {
	return func(ts *testServer) { ts.lease(1, options...) }
}

const reservedConf = `"reservations-global": true, "reservations-in-subnet": true,
	"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:03", "ip-addresses": [ "2001:db8:9::1" ], "hostname": "global" } ],
	"client-classes": [ { "name": "special" } ],
	"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::13" } ],
		"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ],
		"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:01", "ip-addresses": [ "2001:db8:1::77" ], "prefixes": [ "2001:db8:9000::/56" ], "hostname": "desk", "client-classes": [ "special" ] },
			{ "hw-address": "02:00:00:00:00:02", "ip-addresses": [ "2001:db8:1::10" ] } ] } ]`

const guardedConf = `"valid-lifetime": 100, "min-valid-lifetime": 50, "max-valid-lifetime": 200, "preferred-lifetime": 80, "min-preferred-lifetime": 40, "max-preferred-lifetime": 90,
	"client-classes": [ { "name": "vip", "test": "option[16].exists", "valid-lifetime": 150, "preferred-lifetime": 120 } ],
	"option-data": [ { "code": 24, "data": "example.org" } ], "relay-supplied-options": [ "65" ],
	"shared-networks": [ { "name": "n", "interface": "eth0", "renew-timer": 20, "option-data": [ { "code": 23, "data": "2001:db8::53" } ], "subnet6": [
		{ "id": 1, "subnet": "2001:db8:1::/64", "rebind-timer": 40, "option-data": [ { "code": 31, "data": "2001:db8::31", "never-send": true } ],
			"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::11", "option-data": [ { "code": 27, "data": "2001:db8::27" } ] }, { "pool": "2001:db8:1::20-2001:db8:1::21", "client-classes": [ "vip" ] } ] },
		{ "id": 2, "subnet": "2001:db8:2::/64", "client-classes": [ "vip" ], "pools": [ { "pool": "2001:db8:2::10-2001:db8:2::11" } ] },
		{ "id": 3, "subnet": "2001:db8:3::/64" } ] } ]`

// vendorClass makes its client a vip.
func vendorClass() []byte { return opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x') }

// registration is the address that a client made itself.
func registration(addr string) []byte {
	a := ip(addr)
	return opt(pkt6.OptIAAddr, append(a[:], 0, 0, 1, 0, 0, 0, 2, 0)...)
}

var decisionCases = []decisionCase{
	{"plain solicit", plain, nil, from{}, query(pkt6.MsgSolicit, 1, na(1), pd(2)), []string{
		"SOLICIT (xid 0x010201) from fe80::99 port 546 to ff02::1:2, interface eth0",
		"the client has the identifier 00:03:00:01:02:00:00:00:00:01 and the hardware address 02:00:00:00:00:01 (duid)",
		"ALL: every query is a member", "UNKNOWN: member, the client has no reservation",
		"by the interface eth0 that subnets and shared networks name:", "subnet 2001:db8:1::/64 (id 1) is selected",
		"subnet 2001:db8:1::/64 (id 1) has no reservations", "global reservations are not looked at, reservations-global is off",
		"neither the query nor a reservation has a name",
		"the client looks for servers: it is told what it could have, and nothing is stored", "the client has no lease where it is served",
		"IA_NA with the IAID 1, which names nothing:", "the allocators are asked, beginning with subnet 2001:db8:1::/64 (id 1)",
		"the allocator of subnet 2001:db8:1::/64 picks 2001:db8:1::10 in pool 2001:db8:1::10-2001:db8:1::1f",
		"the client gets 2001:db8:1::10", "valid lifetime 7200 s (min 7200, max 7200), from the default",
		"preferred lifetime 4500 s, from the valid lifetime, of which it is 5/8",
		"IA_PD with the IAID 2, which names nothing:",
		"the allocator of subnet 2001:db8:1::/64 picks 2001:db8:8000::/56 in pool 2001:db8:8000::/48 delegating /56",
		"the client gets 2001:db8:8000::/56", "T1 2250 s, from t1-percent of the default", "none",
		"clientid (1): 00030001020000000001, from the query", "to the client, where the query came from", "ADVERTISE to fe80::99 port 546",
	}},
	{"no timers", `"calculate-tee-times": false, ` + plain, nil, from{}, query(pkt6.MsgSolicit, 1, na(1)), []string{
		"T1 is 0, the client chooses: it is not configured, or not below the other one",
	}},
	{"reservation", reservedConf, nil, from{}, query(pkt6.MsgRequest, 1, na(1), pd(2), na(3)), []string{
		"duid 00:03:00:01:02:00:00:00:00:01: not in the global reservations",
		"duid 00:03:00:01:02:00:00:00:00:01: found in the reservations of subnet 2001:db8:1::/64 (id 1), it gives address 2001:db8:1::77, prefix 2001:db8:9000::/56, hostname desk, class special",
		"special: member, by its reservation", "KNOWN: member, the client has a reservation",
		"the reservation gives desk", "the lease gets the name desk",
		"2001:db8:1::77 is reserved for the client", "2001:db8:9000::/56 is reserved for the client",
		"2001:db8:1::77 is reserved for the client but not free: it is leased, or given to another association of the message",
		"2001:db8:1::77 for the client identifier 00:03:00:01:02:00:00:00:00:01, IAID 1: assigned, subnet 1, valid for 7200 s",
	}},
	{"reservation that is had", reservedConf, client1(na(1)), from{}, query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::77", "2001:db8:1::12")), []string{
		"the client has the lease of 2001:db8:1::77 in subnet 1, IAID 1: assigned, expires 2027-01-15T10:00:00Z",
		"the client has 2001:db8:1::77, which is reserved for it", "the client keeps 2001:db8:1::77",
		"2001:db8:1::12, which the client names, is not its: the lifetimes in the answer are 0",
	}},
	{"reservation for others", reservedConf, store(leasedTo(4, "2001:db8:1::10")), from{}, query(pkt6.MsgRenew, 4, na(1, "2001:db8:1::10")), []string{
		"2001:db8:1::10 is taken away from the client: it is reserved for somebody else, or in no pool that is open to the client",
		"the lease of 2001:db8:1::10 is deleted", "2001:db8:1::10 is not given: it is reserved for somebody else",
	}},
	{"reservation instead", reservedConf, store(leasedTo(1, "2001:db8:1::12")), from{}, query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::12")), []string{
		"2001:db8:1::12 is taken away from the client, which has something reserved instead",
	}},
	{"reservation elsewhere", reservedConf, nil, from{}, query(pkt6.MsgRequest, 3, na(1)), []string{
		"2001:db8:9::1 is reserved for the client globally but fits no subnet that it may use",
	}},
	{"hint", plain, nil, from{}, query(pkt6.MsgSolicit, 1, timed(pkt6.OptIANA, 1, "2001:db8:1::15", 100, 200)), []string{
		"IA_NA with the IAID 1, which names 2001:db8:1::15:", "the client asks for 2001:db8:1::15", "the client gets 2001:db8:1::15",
		"the client asks for 200 s, brought within the bounds",
	}},
	{"hint that is leased", plain, client1(na(1)), from{}, query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::10"), na(2, "2001:db8:1::99")), []string{
		"2001:db8:1::10 is not given: it is leased to the client identifier 00:03:00:01:02:00:00:00:00:01, IAID 1; assigned, expires 2027-01-15T10:00:00Z",
		"2001:db8:1::99 is in no pool that is open to the client",
	}},
	{"hint that is over", plain, func(ts *testServer) { ts.lease(1, na(1)); ts.pass(3 * time.Hour) }, from{}, query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::10")), []string{
		"the lease that 2001:db8:1::10 had is over (assigned, expired 2027-01-15T10:00:00Z): the address is free",
	}},
	{"hint that is given before", plain, nil, from{}, query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::15"), na(2, "2001:db8:1::15"), na(2)), []string{
		"2001:db8:1::15 is given to another association of the message already",
		"an association before it has the same IAID: it is answered with the same lease",
	}},
	{"length of a prefix", plain, nil, from{}, query(pkt6.MsgSolicit, 2, pd(1, "::/60")), []string{
		"prefixes are looked for that are of the length 60, which the client asks for", "subnet 2001:db8:1::/64 (id 1) has no pool for the client",
		"prefixes are looked for that are larger than those of the length 60, which the client asks for", "the client gets 2001:db8:8000::/56",
	}},
	{"guards", guardedConf, func(ts *testServer) { ts.lease(8, na(1)); ts.lease(9, na(1)) }, from{}, query(pkt6.MsgSolicit, 1, na(1)), []string{
		"subnet 2001:db8:2::/64 (id 2): not for the client, who is in none of the classes that it or its shared network admits",
		"pool 2001:db8:1::20-2001:db8:1::21 of subnet 2001:db8:1::/64 is not for the client, who is in none of its classes vip",
		"subnet 2001:db8:1::/64 (id 1) has no free address left in the pools that are open to the client",
		"subnet 2001:db8:3::/64 (id 3) has no pool for the client", "status NoAddrsAvail: Sorry, no address could be allocated",
	}},
	{"scopes", guardedConf, nil, from{src: "2001:db8:3::9", port: 547},
		relay("2001:db8:1::1", query(pkt6.MsgRequest, 1, vendorClass(), timed(pkt6.OptIANA, 1, "2001:db8:1::10", 10, 500), oro(23, 24, 27, 31, 65, 40)), opt(pkt6.OptRSOO, opt(65, 1, 'x', 0)...)), []string{
			"it came over a relay with the link address 2001:db8:1::1, which had it from fe80::99; interface-id none",
			"by the relays that subnets and shared networks name, the link address is 2001:db8:1::1:", "no subnet fits",
			"by the prefix that the link address 2001:db8:1::1 lies in:",
			"valid lifetime 150 s (min 150, max 150), from client class vip", "the client asks for 500 s, brought within the bounds",
			"preferred lifetime 120 s (min 120, max 120), from client class vip", "the client asks for a preferred lifetime of 10 s, brought within the bounds",
			"T1 20 s, from renew-timer of shared network n", "T2 40 s, from rebind-timer of subnet 2001:db8:1::/64",
			"dns-servers (23): 2001:db8::53, from shared network n", "domain-search (24): example.org., from global scope",
			"nis-servers (27): 2001:db8::27, from pool 2001:db8:1::10-2001:db8:1::11",
			"sntp-servers (31) is not sent: never-send is set in subnet 2001:db8:1::/64",
			"pana-agent (40) is requested and defined nowhere", "to the relay", "REPLY to 2001:db8:3::9 port 547",
		}},
	{"lifetimes of the global scope", guardedConf, nil, from{}, query(pkt6.MsgSolicit, 1, na(1)), []string{
		"valid lifetime 100 s (min 50, max 200), from global scope", "preferred lifetime 80 s (min 40, max 90), from global scope",
	}},
	{"by interface-id", `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface-id": "p" } ]`, nil, from{src: "2001:db8:3::9", port: 547},
		relay("2001:db8:9::1", query(pkt6.MsgSolicit, 1, na(1)), opt(pkt6.OptInterfaceID, 'p')), []string{
			"by the interface-id 70 of the relay nearest to the client, which subnets and shared networks name:",
		}},
	{"without subnet", `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64" } ]`, nil, from{}, query(pkt6.MsgRequest, 1, na(1), pd(1)), []string{
		"by the prefix that the source fe80::99 lies in:", "no subnet is selected", "reservations are not looked for without a subnet",
		"status NoAddrsAvail: Server could not select subnet for this client", "status NoPrefixAvail: Sorry, no subnet available",
	}},
	{"rapid commit", subnetWith(`"rapid-commit": true, "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ]`), nil, from{}, query(pkt6.MsgSolicit, 1, na(1), opt(pkt6.OptRapidCommit)), []string{
		"client and subnet agree on rapid commit: the client gets its leases at once", "rapid-commit (14): (empty), from rapid-commit of the subnet",
	}},
	{"no rapid commit", plain, nil, from{}, query(pkt6.MsgSolicit, 1, opt(pkt6.OptRapidCommit)), []string{
		"the client would take its leases at once, but rapid-commit of its subnet is off", "the client asks for neither addresses nor prefixes",
	}},
	{"request again", plain, client1(na(1)), from{}, query(pkt6.MsgRequest, 1, na(1)), []string{
		"the lifetimes of the lease stay as they are: a new one comes with RENEW or REBIND",
	}},
	{"cached", `"cache-max-age": 600, ` + plain, client1(na(1)), from{}, query(pkt6.MsgRenew, 1, na(1)), []string{
		"the lease is answered from the lease cache as it stands", "none",
	}},
	{"outside of its subnet", `"reservations-global": false, ` + plain, store(leasedTo(1, "2001:db8:1::10")), from{}, query(pkt6.MsgRebind, 1, na(1, "2001:db8:1::10")), []string{
		"the client keeps 2001:db8:1::10",
	}},
	{"unknown prefix", `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0" } ]`, nil, from{}, query(pkt6.MsgRebind, 1, pd(1, "2001:db8:7000::/56")), []string{
		"no answer: another server may know the prefixes", "status NoBinding: Sorry, no prefixes could be assigned at this time", "there is no reply",
	}},
	{"generated name", `"ddns-replace-client-name": "always", ` + plain, nil, from{}, query(pkt6.MsgRequest, 1, na(1), opt(pkt6.OptFQDN, 1, 1, 'h')), []string{
		"option 39 of the query is considered", "the name is made of the first address that the client gets",
		"a name is generated: the query has none that can be used, or ddns-replace-client-name, which is always, says so",
	}},
	{"confirmed", plain, nil, from{}, query(pkt6.MsgConfirm, 1, na(1, "2001:db8:1::99")), []string{
		"status Success: All addresses are on-link", "status-code (13): 0 Success (All addresses are on-link), from the server's decision",
	}},
	{"not on link", plain, nil, from{}, query(pkt6.MsgConfirm, 1, na(1, "2001:db8:2::99")), []string{
		"2001:db8:2::99 does not fit the subnet", "status NotOnLink: Address 2001:db8:2::99 is not on link",
	}},
	{"nothing to confirm", plain, nil, from{}, query(pkt6.MsgConfirm, 1, na(1)), []string{
		"no answer: the client names no address to confirm",
	}},
	{"inform", plain, nil, from{}, query(pkt6.MsgInformationRequest, 1), []string{"the client wants options only"}},
	{"registration", plain, nil, from{src: "2001:db8:1::99"}, query(pkt6.MsgAddrRegInform, 1, registration("2001:db8:1::99")), []string{
		"2001:db8:1::99, which the client made itself, is registered",
		"2001:db8:1::99 for the client identifier 00:03:00:01:02:00:00:00:00:01, IAID 0: registered, subnet 1, valid for 512 s",
	}},
	{"registration of another's", plain, client1(na(1)), from{src: "2001:db8:1::10"}, query(pkt6.MsgAddrRegInform, 2, registration("2001:db8:1::10")), []string{
		"no answer: 2001:db8:1::10 is leased to the client identifier 00:03:00:01:02:00:00:00:00:01; assigned, expires 2027-01-15T10:00:00Z",
	}},
	{"registration from elsewhere", plain, nil, from{}, query(pkt6.MsgAddrRegInform, 1, registration("2001:db8:1::99")), []string{
		"no answer: the message has no address, or one that the client does not send from or that is not of the subnet",
	}},
	{"release", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, ` + plain, client1(na(1)), from{}, query(pkt6.MsgRelease, 1, na(1, "2001:db8:1::10")), []string{
		"the lease of 2001:db8:1::10 is released and deleted", "status Success: Lease released. Thank you, please come again",
	}},
	{"release with affinity", plain, client1(na(1)), from{}, query(pkt6.MsgRelease, 1, na(1, "2001:db8:1::10"), na(1), pd(1, "2001:db8:8000::/56")), []string{
		"the lease of 2001:db8:1::10 is released and kept for its client (lease affinity)", "the association names nothing",
		"there is no such lease of 2001:db8:8000::/56",
	}},
	{"release of another's", plain, client1(na(1)), from{}, query(pkt6.MsgRelease, 2, na(1, "2001:db8:1::10")), []string{
		"the lease of 2001:db8:1::10 is another client's: 00:03:00:01:02:00:00:00:00:01",
	}},
	{"release by another IAID", plain, client1(na(1)), from{}, query(pkt6.MsgRelease, 1, na(2, "2001:db8:1::10")), []string{
		"the client has the lease of 2001:db8:1::10 in another association: IAID 1",
	}},
	{"decline", plain, client1(na(1)), from{}, query(pkt6.MsgDecline, 1, na(1, "2001:db8:1::10")), []string{
		"2001:db8:1::10 is kept from everybody for the probation period",
	}},
	{"updates of the DNS", `"dhcp-ddns": { "enable-updates": true }, "ddns-qualifying-suffix": "example.org", ` + plain, nil, from{},
		query(pkt6.MsgRequest, 1, na(1), opt(pkt6.OptFQDN, 1, 4, 'h', 'o', 's', 't')), []string{
			"forward and reverse entries of host.example.org. and 2001:db8:1::10 are to be made",
		}},
	{"for the DHCPv4 server", `"dhcp4o6-port": 0, ` + plain, nil, from{}, query(pkt6.MsgDHCPv4Query, 1, opt(pkt6.OptDHCPv4Message, make([]byte, 240)...)), []string{
		"it is for a DHCPv4 server, and there is none to pass it on to: dhcp4o6-port is 0",
	}},
	{"dropped by class", `"client-classes": [ { "name": "DROP", "test": "option[16].exists" } ], ` + plain, nil, from{}, query(pkt6.MsgSolicit, 1, vendorClass()), []string{
		"the server drops it: dropped as member of the special class 'DROP': the query DROP (DHCP6_PACKET_DROP_DROP_CLASS)",
	}},
	{"for another server", plain, nil, from{}, query(pkt6.MsgSolicit, 1, opt(pkt6.OptServerID, 1, 2, 3)), []string{
		"the server drops it: dropping packet with server identifier: 01:02:03, server is using: 00:02:00:00:09:bf:01:02:03 (DHCP6_PACKET_DROP_SERVERID_MISMATCH)",
	}},
	{"without identifier", plain, nil, from{}, []byte{pkt6.MsgSolicit, 1, 2, 3}, []string{
		"the client has the identifier none and the hardware address none",
		"the server drops it: SOLICIT message received from fe80::99 failed the following check: Exactly 1 client-id option expected in SOLICIT, but 0 received (DHCP6_REQUIRED_OPTIONS_CHECK_FAIL)",
	}},
	{"cut", plain, nil, from{}, append(query(pkt6.MsgSolicit, 1), 0, 99, 0, 9), []string{
		"options that cannot be read are left out: 4 bytes at the end are no whole option",
	}},
	{"unreadable", plain, nil, from{}, query(pkt6.MsgSolicit, 1, opt(pkt6.OptFQDN, 5)), []string{
		"it cannot be read, the server drops it: option 39 has both flags N and S set",
	}},
	{"disabled", plain, func(ts *testServer) { ts.srv.service.Disable(server.OriginUser, 0) }, from{}, query(pkt6.MsgSolicit, 1), []string{
		"the DHCP service is disabled (dhcp-disable): the server drops every query",
	}},
	{"to the source", plain, func(ts *testServer) { ts.srv.toSource = true }, from{}, query(pkt6.MsgSolicit, 1), []string{
		"to where the query came from (test mode)",
	}},
}

// shownElsewhere are decisions that other tests show: of the tool, and those that need
// more than a line.
var shownElsewhere = []string{"server-id-made-up", "too-many-ias", "lease-elsewhere", "forwarded"}

// TestDecisions shows the line of every decision.
func TestDecisions(t *testing.T) {
	shown := slices.Clone(shownElsewhere)
	for _, c := range decisionCases {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			if c.before != nil {
				c.before(ts)
			}
			e := ts.explain(t, c.from, c.query)
			explaintest.Sentences(t, e.shown())
			shown = append(shown, explaintest.Lines(t, e.shown(), c.lines...)...)
		})
	}
	explaintest.AllShown(t, shown, "decisions.go")
}

func TestDecisionsOfManyIAs(t *testing.T) {
	ts := newTestServer(t, plain)
	var ias [][]byte
	for range maxIAs + 1 {
		ias = append(ias, na(1))
	}
	explaintest.Lines(t, ts.explain(t, from{}, query(pkt6.MsgSolicit, 1, ias...)).shown(), "it has more identity associations than are served, only the first 256 are")
}

// A lease that its subnet no longer holds is taken away.
func TestDecisionsOfLeaseElsewhere(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "vip", "test": "option[16].exists" } ], `+
		`"shared-networks": [ { "name": "n", "interface": "eth0", "subnet6": [
			{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ] },
			{ "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::10-2001:db8:2::1f" } ] } ] } ]`)
	l := leasedTo(1, "2001:db8:1::10")
	l.SubnetID = 2
	store(l)(ts)
	explaintest.Lines(t, ts.explain(t, from{}, query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"))).shown(),
		"2001:db8:1::10 is taken away from the client: it is outside of its subnet, or in one that the client may no longer use")
}

// TestEvaluationIsShown shows the steps of a class's expression below its line.
func TestEvaluationIsShown(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "a", "test": "substring(option[16].hex, 6, 1) == 'x'" } ], `+plain)
	text := ts.explain(t, from{}, query(pkt6.MsgSolicit, 1, opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'y'))).shown().Text()
	want := `  a: not a member, the test does not hold: substring(option[16].hex, 6, 1) == 'x'
      Pushing option 16 with value 0x00000001000179
      Pushing text string '6'
      Pushing text string '1'
      Popping length 1, start 6, string 0x00000001000179 pushing result 0x79
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
		{"no packet", `{}`, "'packet' is missing: give the query, as hexadecimal digits or as a description such as solicit client-id="},
		{"no string", `{ "packet": 1 }`, "'packet' must be a string"},
		{"unknown", `{ "packet": "solicit", "port": 1 }`, "unknown argument 'port': there are packet, interface, source and destination"},
		{"no description", `{ "packet": "sollicit xid=1" }`, "packet: sollicit: a description begins with one of"},
		{"no prefix", `{ "packet": "solicit ia-pd=1,2001:db8::1" }`, `packet: ia-pd: "2001:db8::1" is not an IPv6 prefix`},
		{"a file", `{ "packet": "/etc/passwd" }`, "packet:"},
		{"short", `{ "packet": "01" }`, "packet: 1 bytes are no DHCPv6 message"},
		{"no interface", `{ "packet": "solicit" }`, "interface: the server has no open socket that the query could come by"},
		{"unknown interface", `{ "packet": "solicit", "interface": "eth9" }`, "interface eth9: the server has no open socket on it (on no interface)"},
		{"bad interface", `{ "packet": "solicit", "interface": "eth9/192.0.2.1" }`, `interface eth9/192.0.2.1: "192.0.2.1" is not an IPv6 address`},
		{"bad source", `{ "packet": "solicit", "interface": "eth0/fe80::1", "source": "192.0.2.1" }`, `source: "192.0.2.1" is not an IPv6 address`},
	} {
		t.Run(c.name, func(t *testing.T) {
			args, err := element.ParseWire([]byte(c.args))
			if err != nil {
				t.Fatal(err)
			}
			a := ask.V6.Answer(explainer{ts.srv}, args)
			if a.Result != control.Error || !strings.Contains(a.Text, c.says) {
				t.Errorf("answer %d %q, want an error with %q", a.Result, a.Text, c.says)
			}
		})
	}
}
