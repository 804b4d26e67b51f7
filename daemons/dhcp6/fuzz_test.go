package dhcp6

import (
	"slices"
	"testing"

	"nestor/lib/pkt6"
)

// fuzzNetwork has something of everything that a query can meet.
const fuzzNetwork = `"client-classes": [ { "name": "c", "test": "option[16].exists", "option-data": [ { "name": "preference", "data": "1" } ] },
		{ "name": "t", "template-test": "substring(option[1].hex, 0, 4)" }, { "name": "u", "test": "member('UNKNOWN') and relay6[0].option[37].exists" } ],
	"option-data": [ { "name": "dns-servers", "data": "2001:db8::53", "always-send": true }, { "name": "vendor-opts", "data": "4491" },
		{ "space": "vendor-4491", "name": "tftp-servers", "data": "2001:db8::32" } ],
	"shared-networks": [ { "name": "n", "interface": "eth0", "rapid-commit": true, "store-extended-info": true, "cache-threshold": 0.5, "subnet6": [
		{ "id": 1, "subnet": "2001:db8:1::/64", "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ],
		  "pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 56, "delegated-len": 60, "excluded-prefix": "2001:db8:8000:1::", "excluded-prefix-len": 64 } ],
		  "reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:01", "ip-addresses": [ "2001:db8:1::11", "2001:db8:1::5" ], "prefixes": [ "2001:db8:9000::/48" ], "hostname": "h" } ] },
		{ "id": 2, "subnet": "2001:db8:2::/64", "interface-id": "port", "ddns-replace-client-name": "always", "pools": [ { "pool": "2001:db8:2::/80", "client-class": "c" } ] } ] } ]`

// FuzzExchange gives the server whatever there may be on the wire, twice, with a
// renewal of a known client between. It must not fail, and must answer with messages
// that can be read and hold together.
func FuzzExchange(f *testing.F) {
	for _, raw := range hostileSeeds() {
		f.Add(raw)
	}
	ts := newTestServer(f, fuzzNetwork)
	renew := query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::11"), pd(2, "2001:db8:9000::/48"))
	ts.lease(1, na(1), pd(2))
	f.Fuzz(func(t *testing.T, raw []byte) {
		ts.t = t
		answers := ts.send(from{}, raw, renew, raw)
		answers = append(answers, ts.send(from{src: "2001:db8:1::10", dst: "2001:db8:1::1"}, raw)...)
		for i := range answers {
			checkAnswer(t, &answers[i])
		}
		ts.log.Reset()
	})
}

// hostileSeeds are messages of every type, with something of everything.
func hostileSeeds() (seeds [][]byte) {
	for _, typ := range []byte{
		pkt6.MsgSolicit, pkt6.MsgRequest, pkt6.MsgConfirm, pkt6.MsgRenew, pkt6.MsgRebind, pkt6.MsgRelease, pkt6.MsgDecline,
		pkt6.MsgInformationRequest, pkt6.MsgAddrRegInform,
	} {
		seeds = append(seeds,
			query(typ, 1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/60"), oro(7, 17, 67), opt(pkt6.OptRapidCommit), opt(pkt6.OptFQDN, 1, 1, 'a', 0)),
			relay("2001:db8:1::1", query(typ, 2, na(1), na(1), pd(1)), opt(pkt6.OptInterfaceID, []byte("port")...), opt(pkt6.OptRSOO, opt(65, 1, 'x', 0)...)))
	}
	return append(seeds, slices.Concat(query(pkt6.MsgSolicit, 1), opt(pkt6.OptVendorOpts, 0, 0, 0x11, 0x8b, 0, 1, 0, 2, 0, 32), opt(pkt6.OptVendorClass, 0, 0, 0x11, 0x8b, 0, 1, 'x')))
}

// checkAnswer checks what holds for every answer.
func checkAnswer(t *testing.T, a *answer) {
	t.Helper()
	if err := a.Skipped(); err != nil {
		t.Fatalf("the answer has broken options: %v", err)
	}
	if string(a.Option(pkt6.OptServerID)) != string(serverDUID) || !a.Once(pkt6.OptServerID) {
		t.Fatalf("the answer has the server-id % x", a.Option(pkt6.OptServerID))
	}
	if !slices.IsSorted(a.codes()) {
		t.Fatalf("options %v are not in order", a.codes())
	}
	for ia := range a.IAs() {
		for l := range ia.Leases() {
			if l.Preferred > l.Valid {
				t.Fatalf("lease %s is preferred for %d of %d seconds", ip6(l.Addr), l.Preferred, l.Valid)
			}
		}
		if ia.T1 > ia.T2 {
			t.Fatalf("T1 is %d, T2 %d", ia.T1, ia.T2)
		}
	}
}
