package dhcp4

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/lease/memfile"
	"nestor/lib/logging"
	"nestor/lib/packetloop"
	"nestor/lib/pkt4"
)

// hostileConf reads as much of a query as a configuration can make the server
// read.
const hostileConf = `
	"authoritative": true, "valid-lifetime": 3600, "store-extended-info": true, "stash-agent-options": true, "offer-lifetime": 60,
	"early-global-reservations-lookup": true, "reservations-global": true,
	"reservations": [ { "circuit-id": "01", "client-classes": [ "odd" ], "ip-address": "198.51.100.15" } ],
	"host-reservation-identifiers": [ "circuit-id", "hw-address", "duid", "client-id" ],
	"ddns-send-updates": true, "ddns-replace-client-name": "when-not-present", "ddns-qualifying-suffix": "example.org",
	"hostname-char-set": "[^A-Za-z0-9.-]", "hostname-char-replacement": "-",
	"lease-database": { "type": "memfile", "name": "/leases/l.csv", "lfc-interval": 0 },
	"client-classes": [
		{ "name": "docsis", "test": "substring(option[60].hex,0,6) == 'docsis'", "next-server": "192.0.2.7" },
		{ "name": "relayed", "test": "relay4[1].exists and not (relay4[2].hex == 0x00)" },
		{ "name": "odd", "test": "option[82].option[9].exists or pkt4.hlen == 16 or concat(option[77].hex, pkt4.mac) == 'x'" } ],
	"option-data": [ { "name": "domain-name-servers", "data": "192.0.2.53" }, { "code": 222, "data": "00", "csv-format": false, "always-send": true } ],
	"shared-networks": [ { "name": "n", "relay": { "ip-addresses": [ "203.0.113.1" ] }, "subnet4": [
		{ "id": 2, "subnet": "198.51.100.0/25", "pools": [ { "pool": "198.51.100.10-198.51.100.19", "client-classes": [ "docsis" ] } ] },
		{ "id": 3, "subnet": "198.51.100.128/25", "match-client-id": false, "pools": [ { "pool": "198.51.100.130-198.51.100.139" } ] } ] } ],
	"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ],
		"reservations": [ { "hw-address": "02:00:00:00:00:02", "ip-address": "192.0.2.77", "hostname": "reserved" } ] } ]`

// FuzzServer gives a server two messages of strangers. Whatever they are, it lives,
// answers only what can be answered, and has the same leases in memory as in its
// file.
func FuzzServer(f *testing.F) {
	seeds := hostileSeeds()
	for i, m := range seeds {
		f.Add(m.ToBytes(), seeds[(i+3)%len(seeds)].ToBytes(), byte(i*29))
	}
	f.Fuzz(func(t *testing.T, first, second []byte, how byte) {
		fs := crashfs.New()
		ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: "/leases", files: fs}
		ts.sock = &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}
		ts.startQuietly(hostileConf)
		defer ts.srv.Close()
		for _, payload := range [][]byte{first, second} {
			checkAnswers(t, payload, ts.sendRaw(senderOf(how), payload))
			how >>= 4
		}
		ts.checkStore(fs)
		// An honest client is served as ever. What the strangers got may be hers.
		if ts.one(from{}, query(discoverMsg, 200)) == nil {
			t.Error("an honest client gets no offer")
		}
	})
}

// startQuietly is start without log and timers.
func (ts *testServer) startQuietly(conf string) {
	sys := logging.New("kea-dhcp4")
	sys.SetConsole(io.Discard, io.Discard)
	ts.srv = New(Options{Log: sys, DataDir: ts.dir, LeaseFiles: ts.files, Clock: func() time.Time { return ts.now }})
	if err := ts.srv.Configure(context.Background(), ts.parse(conf)); err != nil {
		ts.t.Fatal(err)
	}
	ts.srv.timers.Stop()
	ts.srv.sockets.own.Store(&[]uint32{ts.sock.addr})
	ts.loop = newLoop(ts.srv, ts.sock, packetloop.BatchSize)
}

// senderOf makes of four bits how a message arrives.
func senderOf(how byte) from {
	f := from{mac: mac(9)}
	if how&1 != 0 {
		f.dst = ip("192.0.2.1")
	}
	if how&2 != 0 {
		f.src = ip("192.0.2.10")
	}
	if how&4 != 0 {
		f.port = 67
	}
	return f
}

// hostileSeeds are messages of every kind with every option that the server
// looks into.
func hostileSeeds() []*dhcpv4.DHCPv4 {
	raw := func(code uint8, data ...byte) dhcpv4.Modifier {
		return dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(code), data)
	}
	relay := []dhcpv4.Modifier{
		giaddr("203.0.113.1"),
		raw(82, 1, 4, 'p', 'o', 'r', 't', 2, 2, 'i', 'd', 5, 4, 198, 51, 100, 0, 11, 4, 192, 0, 2, 1),
	}
	named := []dhcpv4.Modifier{
		raw(12, []byte("host,name&x")...), raw(81, append([]byte{5, 0, 0}, "\x04host\x07example\x03org\x00"...)...),
		clientID(255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 1), raw(60, []byte("docsis3.0")...), raw(77, 4, 'u', 's', 'e', 'r'),
		raw(55, 1, 3, 6, 12, 15, 51, 58, 59, 81, 119, 222), raw(51, 0, 0, 0, 60), raw(57, 2, 64), raw(93, 0, 7), raw(118, 192, 0, 2, 0), raw(116, 1),
		raw(124, 0, 0, 0x11, 0x8b, 2, 'x', 'y'), raw(125, 0, 0, 0x11, 0x8b, 4, 1, 2, 'a', 'b'), raw(43, 1, 1, 7),
	}
	return []*dhcpv4.DHCPv4{
		query(discoverMsg, 1), query(discoverMsg, 1, named...), query(discoverMsg, 2, relay...),
		query(requestMsg, 1, append(named, requested("192.0.2.10"), serverID("192.0.2.1"))...),
		query(requestMsg, 1, append(relay, ciaddr("198.51.100.130"))...), query(requestMsg, 2, requested("192.0.2.77")),
		query(releaseMsg, 1, ciaddr("192.0.2.10"), serverID("192.0.2.1")), query(declineMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")),
		query(informMsg, 1, append(named, ciaddr("192.0.2.50"))...), query(offerMsg, 1), query(dhcpv4.MessageType(99), 1),
	}
}

// checkAnswers compares an answer with the query that it is for.
func checkAnswers(t *testing.T, q []byte, rs []sentReply) {
	t.Helper()
	if len(rs) == 0 {
		return
	}
	if len(rs) > 1 {
		t.Fatalf("%d answers to one query", len(rs))
	}
	// What op says does not matter (FD.3.2).
	if len(q) < pkt4.HeaderLen || !bytes.Equal(q[236:240], []byte{99, 130, 83, 99}) {
		t.Fatalf("answered was what is no query: %x", q)
	}
	var m pkt4.Message
	if err := m.Parse(q); err != nil {
		t.Fatalf("answered was what cannot be read: %v", err)
	}
	r := &rs[0]
	typ := byte(r.MessageType())
	fits := map[byte][]byte{pkt4.Discover: {pkt4.Offer}, pkt4.Request: {pkt4.Ack, pkt4.Nak}, pkt4.Inform: {pkt4.Ack}}
	if !slices.Contains(fits[m.Type()], typ) {
		t.Errorf("message %d is answered with %d", m.Type(), typ)
	}
	hlen := min(q[2], 16)
	if r.raw[0] != byte(dhcpv4.OpcodeBootReply) || r.raw[1] != q[1] || r.raw[2] != hlen || !bytes.Equal(r.raw[4:8], q[4:8]) ||
		!bytes.Equal(r.raw[28:28+hlen], q[28:28+hlen]) {
		t.Errorf("header %x answers %x", r.raw[:44], q[:44])
	}
	if leased := typ == pkt4.Offer || typ == pkt4.Ack && m.Type() == pkt4.Request; leased && !lendable(r.YourIPAddr.String()) {
		t.Errorf("a client is given %v", r.YourIPAddr)
	}
}

// lendable reports whether an address is in a pool or reserved.
func lendable(text string) bool {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return false
	}
	in := func(first, last string) bool {
		return a.Compare(netip.MustParseAddr(first)) >= 0 && a.Compare(netip.MustParseAddr(last)) <= 0
	}
	return in("192.0.2.10", "192.0.2.19") || in("198.51.100.10", "198.51.100.19") || in("198.51.100.130", "198.51.100.139") ||
		text == "192.0.2.77"
}

// checkStore compares the leases in memory with those that a restart would find,
// and both with the statistics.
func (ts *testServer) checkStore(fs *crashfs.FS) {
	ts.t.Helper()
	again, report, err := memfile.Open4(memfile.Options4{Path: "/leases/l.csv", Persist: true, FS: fs})
	if err != nil {
		ts.t.Fatal(err)
	}
	defer again.Close4()
	for _, f := range report.Files {
		if f.Errors > 0 {
			ts.t.Fatalf("%d rows of the lease file cannot be read:\n%s", f.Errors, fs.ReadFile("/leases/l.csv"))
		}
	}
	served := ts.srv.state.Load().leases
	inMemory, inFile := leaseTexts(ts.t, served), leaseTexts(ts.t, again)
	if !slices.Equal(inMemory, inFile) {
		ts.t.Errorf("in memory are %q, in the file %q", inMemory, inFile)
	}
	for _, id := range []uint32{1, 2, 3} {
		if n := ts.stat(fmt.Sprintf("subnet[%d].assigned-addresses", id)); n != served.Counts4(id).Assigned() {
			ts.t.Errorf("assigned-addresses of subnet %d is %d, the store has %d", id, n, served.Counts4(id).Assigned())
		}
	}
}

// leaseTexts writes down the leases that outlive a restart.
func leaseTexts(t *testing.T, m lease.Manager4) (texts []string) {
	t.Helper()
	if err := m.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		if l.ValidLft > 0 {
			texts = append(texts, fmt.Sprintf("%v %x %x %d %d %d %d %d %t %t %s %s", ip4(l.Addr), l.HWAddr, l.ClientID, l.ValidLft,
				l.CLTT, l.SubnetID, l.PoolID, l.State, l.FqdnFwd, l.FqdnRev, l.Hostname, l.UserContext))
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return texts
}
