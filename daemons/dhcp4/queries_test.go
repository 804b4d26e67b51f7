package dhcp4

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease"
)

func TestWhatQueriesMayLookLike(t *testing.T) {
	served := func(t *testing.T, raw []byte) *sentReply {
		t.Helper()
		ts := newTestServer(t, plain)
		rs := ts.sendRaw(from{mac: mac(1)}, raw)
		if len(rs) != 1 {
			t.Fatalf("%d answers\n%s", len(rs), ts.log.String())
		}
		return &rs[0]
	}
	discover := func(mods ...dhcpv4.Modifier) []byte { return query(discoverMsg, 1, mods...).ToBytes() }
	t.Run("FD.3.1 no END option", func(t *testing.T) {
		raw := discover()
		served(t, raw[:bytes.LastIndexByte(raw, 255)])
	})
	t.Run("FD.3.1 last option claims too much", func(t *testing.T) {
		raw := discover()
		served(t, append(raw[:bytes.LastIndexByte(raw, 255)], 12, 200, 'a'))
	})
	t.Run("FD.3.2 op is not looked at", func(t *testing.T) {
		raw := discover()
		raw[0] = 2
		served(t, raw)
	})
	t.Run("FD.3.3 hlen above 16", func(t *testing.T) {
		raw := discover()
		raw[2] = 200
		if r := served(t, raw); r.raw[2] != 16 {
			t.Errorf("hlen of the answer is %d", r.raw[2])
		}
		raw[2] = 16
		served(t, raw)
	})
	t.Run("FD.3.4 hlen 0", func(t *testing.T) {
		raw := discover(clientID(1, 2, 3))
		raw[2] = 0
		served(t, raw)
		raw = discover()
		raw[2] = 0
		ts := newTestServer(t, plain)
		if rs := ts.sendRaw(from{}, raw); len(rs) != 0 || ts.stat("pkt4-receive-drop") != 1 {
			t.Errorf("%d answers, %d drops", len(rs), ts.stat("pkt4-receive-drop"))
		}
	})
	t.Run("hlen 0 where client identifiers do not count", func(t *testing.T) {
		// It must not keep the other queries of its batch from being answered.
		ts := newTestServer(t, `"match-client-id": false, `+plain)
		raw := query(requestMsg, 1, clientID(1, 2, 3)).ToBytes()
		raw[2] = 0
		if rs := ts.sendRaw(from{}, raw, query(requestMsg, 2).ToBytes()); len(rs) != 1 || ts.stat("pkt4-receive-drop") != 1 {
			t.Errorf("%d answers, %d drops: %s", len(rs), ts.stat("pkt4-receive-drop"), ts.log.String())
		}
	})
	t.Run("FD.3.5 short option 61", func(t *testing.T) {
		for _, id := range [][]byte{{}, {1}} {
			ts := newTestServer(t, plain)
			if ts.one(from{}, query(discoverMsg, 1, clientID(id...))) != nil {
				t.Errorf("option 61 of %d bytes was answered", len(id))
			}
			if log := ts.log.String(); !strings.Contains(log, "ERROR [kea-dhcp4.bad-packets") || !strings.Contains(log, "DHCP4_PACKET_PROCESS_STD_EXCEPTION") || !strings.Contains(log, "identifier is too short") {
				t.Errorf("log is %q", log)
			}
		}
	})
	t.Run("FD.3.6 option 61 is opaque", func(t *testing.T) {
		ts := newTestServer(t, plain)
		for i, typ := range []byte{0, 1, 255} {
			ack := ts.lease(byte(i+1), clientID(typ, 9, 9, 9, 9, 9, 9))
			if l := ts.stored(ack.YourIPAddr.String()); l.ClientID[0] != typ {
				t.Errorf("stored client-id is % x", l.ClientID)
			}
		}
	})
	t.Run("FD.3.7 repeated options are joined", func(t *testing.T) {
		raw := discover()
		raw = append(raw[:bytes.LastIndexByte(raw, 255)], 12, 2, 'a', 'b', 12, 2, 'c', 'd', 255)
		if r := served(t, raw); r.HostName() != "abcd" {
			t.Errorf("host name is %q", r.HostName())
		}
	})
	t.Run("bytes of a name that are no UTF-8 stay", func(t *testing.T) {
		ts := newTestServer(t, `"hostname-char-set": "[_]", `+plain)
		ack := ts.lease(1, opt(12, 'A', 0xe9, 'B'))
		if got := string(ts.stored(ack.YourIPAddr.String()).Hostname); got != "a\xe9b" {
			t.Errorf("stored name is %q", got)
		}
	})
	t.Run("FD.3.8 overload is ignored", func(t *testing.T) {
		raw := discover(opt(52, 3))
		copy(raw[44:], []byte{12, 3, 'x', 'y', 'z', 255}) // in sname
		if r := served(t, raw); r.HostName() != "" {
			t.Errorf("host name %q was read from sname", r.HostName())
		}
	})
	t.Run("FD.3.9 secs, hops, yiaddr and siaddr", func(t *testing.T) {
		raw := discover()
		raw[3], raw[8], raw[9] = 17, 255, 255
		copy(raw[16:24], []byte{1, 2, 3, 4, 5, 6, 7, 8})
		if r := served(t, raw); r.YourIPAddr.String() != "192.0.2.10" || r.ServerIPAddr.String() != "0.0.0.0" {
			t.Errorf("yiaddr %v siaddr %v", r.YourIPAddr, r.ServerIPAddr)
		}
	})
	t.Run("FD.3.10 malformed", func(t *testing.T) {
		ts := newTestServer(t, plain)
		wrong := discover()
		wrong[236] = 0
		if rs := ts.sendRaw(from{}, discover()[:239], wrong); len(rs) != 0 {
			t.Errorf("%d answers", len(rs))
		}
		if a, b := ts.stat("pkt4-parse-failed"), ts.stat("pkt4-receive-drop"); a != 2 || b != 2 {
			t.Errorf("parse-failed %d, receive-drop %d", a, b)
		}
	})
	t.Run("FD.3.13 ciaddr as a hint", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expect(t, ts.one(from{}, query(discoverMsg, 1, ciaddr("192.0.2.14"))), offerMsg, "192.0.2.14")
		expect(t, ts.one(from{}, query(discoverMsg, 1, ciaddr("192.0.2.14"), requested("192.0.2.15"))), offerMsg, "192.0.2.15")
	})
	t.Run("FD.3.14 direct query with option 82", func(t *testing.T) {
		r := served(t, discover(opt(82, 1, 1, 'c')))
		if !bytes.Equal(r.Options[82], []byte{1, 1, 'c'}) {
			t.Errorf("option 82 is %v", r.Options[82])
		}
		if _, ok := served(t, discover(opt(82))).Options[82]; ok {
			t.Error("an empty option 82 is echoed")
		}
	})
	t.Run("FD.3.15 broken option 81", func(t *testing.T) {
		for _, o := range [][]byte{{0}, {4, 0, 0, 60, 'a'}, {9, 0, 0}} {
			ts := newTestServer(t, plain)
			if ts.one(from{}, query(discoverMsg, 1, opt(81, o...))) != nil || ts.stat("pkt4-parse-failed") != 1 {
				t.Errorf("option 81 % x passed", o)
			}
			lenient := newTestServer(t, `"compatibility": { "lenient-option-parsing": true }, `+plain)
			expect(t, lenient.one(from{}, query(discoverMsg, 1, opt(81, o...))), offerMsg, "")
		}
		r := served(t, discover(opt(81, 0xf0, 0, 0, 'a')))
		if o := r.Options[81]; len(o) == 0 || o[0]&0xf0 != 0 {
			t.Errorf("unknown flags come back as % x", o)
		}
	})
}

func TestClients(t *testing.T) {
	renewFrom := func(a string) from { return from{src: ip(a), dst: ip("192.0.2.1")} }
	t.Run("FD.4.1 PXE", func(t *testing.T) {
		ts := newTestServer(t, `"boot-file-name": "/header", "option-data": [ { "name": "boot-file-name", "data": "/option" } ],
			"client-classes": [ { "name": "VENDOR_CLASS_PXEClient:Arch:00000", "next-server": "192.0.2.7" } ], `+plain)
		rom := []dhcpv4.Modifier{opt(60, []byte("PXEClient:Arch:00000")...), opt(93, 0, 0), opt(94, 1, 2, 1), opt(97, 0, 1)}
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, append(rom, prl(1, 3))...)), offerMsg, "")
		if r.BootFileName != "/header" || r.Options[67] != nil || r.ServerIPAddr.String() != "192.0.2.7" {
			t.Errorf("file %q, option 67 %q, siaddr %v", r.BootFileName, r.Options[67], r.ServerIPAddr)
		}
		r = expect(t, ts.one(from{}, query(discoverMsg, 1, append(rom, prl(67))...)), offerMsg, "")
		if r.BootFileName != "/header" || string(r.Options[67]) != "/option" {
			t.Errorf("file %q, option 67 %q", r.BootFileName, r.Options[67])
		}
	})
	t.Run("FD.4.2 D4.29.3 one client-id, two link addresses", func(t *testing.T) {
		ts := newTestServer(t, plain)
		first := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		if second := ts.lease(2, clientID(1, 2, 3)).YourIPAddr.String(); second != first {
			t.Errorf("%s, then %s", first, second)
		}
		if l := ts.stored(first); !bytes.Equal(l.HWAddr, mac(2)) {
			t.Errorf("link address is %v", l.HWAddr)
		}
	})
	t.Run("FD.4.3 client drops its client-id", func(t *testing.T) {
		ts := newTestServer(t, plain)
		first := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		if second := ts.lease(1).YourIPAddr.String(); second != first {
			t.Errorf("%s, then %s", first, second)
		}
	})
	t.Run("FD.4.4 IPv6-only preferred", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ],
			"option-data": [ { "name": "v6-only-preferred", "data": "1800" } ] } ]`)
		for _, m := range []*dhcpv4.DHCPv4{query(discoverMsg, 1, prl(108)), query(requestMsg, 1, prl(108), requested("192.0.2.10"), serverID("192.0.2.1"))} {
			r := ts.one(from{}, m)
			if r == nil || r.YourIPAddr.String() != "0.0.0.0" || r.Options[51] != nil || !bytes.Equal(r.Options[108], []byte{0, 0, 7, 8}) {
				t.Errorf("answer is %v", r)
			}
		}
		if len(ts.rows()) != 0 {
			t.Errorf("stored %v", ts.rows())
		}
	})
	t.Run("FD.4.5 another address than the client holds", func(t *testing.T) {
		ts := newTestServer(t, plain)
		old := ts.lease(1).YourIPAddr.String()
		expect(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.18"), serverID("192.0.2.1"))), ackMsg, "192.0.2.18")
		if ts.stored(old) != nil || ts.stored("192.0.2.18") == nil {
			t.Error("the former lease stayed")
		}
		if a, c := ts.stat("subnet[1].assigned-addresses"), ts.stat("subnet[1].cumulative-assigned-addresses"); a != 1 || c != 2 {
			t.Errorf("assigned %d, cumulative %d", a, c)
		}
		expect(t, ts.one(renewFrom("192.0.2.17"), query(requestMsg, 1, ciaddr("192.0.2.17"))), ackMsg, "192.0.2.17")
		if ts.stored("192.0.2.18") != nil {
			t.Error("the lease before a foreign renewal stayed")
		}
	})
	t.Run("FD.4.6 renewal without a lease", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expect(t, ts.one(renewFrom("192.0.2.16"), query(requestMsg, 1, ciaddr("192.0.2.16"))), ackMsg, "192.0.2.16")
		r := expect(t, ts.one(renewFrom("192.0.2.16"), query(requestMsg, 2, ciaddr("192.0.2.16"))), nakMsg, "")
		if r.dst != ip("192.0.2.16") {
			t.Errorf("NAK goes to %v", ip4(r.dst))
		}
	})
	t.Run("FD.4.7 D4.30.2 D4.30.3 address outside every pool", func(t *testing.T) {
		for _, authoritative := range []string{"false", "true"} {
			ts := newTestServer(t, `"authoritative": `+authoritative+`, `+plain)
			expectSilence(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.99"), serverID("192.0.2.1"))))
			r := ts.one(from{}, query(requestMsg, 1, requested("192.0.2.99")))
			if authoritative == "true" {
				expect(t, r, nakMsg, "")
			} else {
				expectSilence(t, r)
			}
		}
	})
	t.Run("FD.4.8 offers do not reserve", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10")
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.10"), serverID("192.0.2.1"))), ackMsg, "192.0.2.10")
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.11")
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.12")
	})
	t.Run("FD.4.9 D4.54.10 return within the hold time", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		ts.pass(7201 * time.Second)
		if _, _, err := ts.srv.reclamation.Run(0, 0, false); err != nil {
			t.Fatal(err)
		}
		if l := ts.stored(a); l.State != lease.StateReclaimed {
			t.Fatalf("state is %d", l.State)
		}
		expectSilence(t, ts.one(from{}, query(requestMsg, 2, requested(a))))
		expect(t, ts.one(from{}, query(requestMsg, 1, requested(a))), ackMsg, a)
	})
	t.Run("FD.4.10 D4.50.9 release", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		expectSilence(t, ts.one(renewFrom(a), query(releaseMsg, 1, ciaddr(a), serverID("203.0.113.9"))))
		if ts.stored(a).State != lease.StateDefault || ts.stat("pkt4-receive-drop") != 1 {
			t.Error("a release with a foreign option 54 was carried out")
		}
		expectSilence(t, ts.one(renewFrom(a), query(releaseMsg, 1, ciaddr(a))))
		if ts.stored(a).State != lease.StateReleased {
			t.Error("a release without option 54 was not carried out")
		}
	})
}

func TestRelays(t *testing.T) {
	relay := func(a string) from { return from{src: ip(a), dst: ip("192.0.2.1"), port: 67} }
	rai := []byte{1, 2, 'c', '1', 99, 3, 1, 2, 3, 2, 1, 'r'}
	t.Run("FD.5.1 option 82 comes back", func(t *testing.T) {
		ts := newTestServer(t, plain)
		for _, m := range []*dhcpv4.DHCPv4{
			query(discoverMsg, 1, giaddr("192.0.2.200"), opt(82, rai...)),
			query(requestMsg, 1, giaddr("192.0.2.200"), requested("192.0.2.10"), serverID("192.0.2.1"), opt(82, rai...)),
			query(requestMsg, 2, giaddr("192.0.2.200"), requested("192.0.2.10"), serverID("192.0.2.1"), opt(82, rai...)),
		} {
			r := ts.one(relay("192.0.2.200"), m)
			if r == nil {
				t.Fatal("no answer")
			}
			if cs := codes(r.raw); cs[len(cs)-1] != 82 || !bytes.Equal(r.Options[82], rai) {
				t.Errorf("%v: options %v, 82 is % x", r.MessageType(), cs, r.Options[82])
			}
		}
	})
	two := `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] },
		{ "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ]`
	t.Run("FD.5.2 D4.16.3 D4.45.5 D4.14.12 link and subnet selection", func(t *testing.T) {
		ts := newTestServer(t, two)
		for _, o := range []dhcpv4.Modifier{opt(82, 5, 4, 198, 51, 100, 0), opt(118, 198, 51, 100, 0)} {
			r := expect(t, ts.one(relay("203.0.113.1"), query(discoverMsg, 1, giaddr("203.0.113.1"), o)), offerMsg, "")
			if !strings.HasPrefix(r.YourIPAddr.String(), "198.51.100.") || r.dst != ip("203.0.113.1") {
				t.Errorf("%v to %v", r.YourIPAddr, ip4(r.dst))
			}
		}
	})
	t.Run("D4.52.4 link selection that is not to be looked at", func(t *testing.T) {
		ts := newTestServer(t, `"compatibility": { "ignore-rai-link-selection": true }, `+two)
		link := opt(82, 5, 4, 198, 51, 100, 0)
		expect(t, ts.one(relay("192.0.2.200"), query(discoverMsg, 1, giaddr("192.0.2.200"), link)), offerMsg, "192.0.2.10")
		expect(t, ts.one(relay("192.0.2.200"), query(discoverMsg, 1, giaddr("192.0.2.200"), link, opt(118, 198, 51, 100, 0))), offerMsg, "198.51.100.10")
	})
	t.Run("FD.5.3 D4.16.4 server-id override", func(t *testing.T) {
		ts := newTestServer(t, plain)
		override := opt(82, 11, 4, 192, 0, 2, 254)
		r := expect(t, ts.one(relay("192.0.2.200"), query(requestMsg, 1, giaddr("192.0.2.200"), requested("192.0.2.10"), serverID("192.0.2.254"), override)), ackMsg, "192.0.2.10")
		if r.ServerIdentifier().String() != "192.0.2.1" {
			t.Errorf("option 54 is %v", r.ServerIdentifier())
		}
		expectSilence(t, ts.one(relay("192.0.2.200"), query(requestMsg, 1, giaddr("192.0.2.200"), requested("192.0.2.10"), serverID("192.0.2.254"))))
	})
	t.Run("FD.5.4 D4.44.1 server identifier by interface", func(t *testing.T) {
		ts := newTestServer(t, plain)
		own := []uint32{ip("192.0.2.1"), ip("192.0.2.2")}
		ts.srv.sockets.own.Store(&own)
		ts.sock.addr = ip("192.0.2.2")
		r := expect(t, ts.one(relay("192.0.2.200"), query(requestMsg, 1, giaddr("192.0.2.200"), requested("192.0.2.10"), serverID("192.0.2.1"))), ackMsg, "")
		if r.ServerIdentifier().String() != "192.0.2.2" {
			t.Errorf("option 54 is %v", r.ServerIdentifier())
		}
	})
}

func TestAddresses(t *testing.T) {
	t.Run("FD.7.1 the whole subnet as a pool", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/30", "pools": [ { "pool": "192.0.2.0/30" } ] } ]`)
		for i, want := range []string{"192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3"} {
			expect(t, ts.lease(byte(i+1)), ackMsg, want)
		}
		ts.srv.life.Configured(ts.srv.Config(), ts.srv.sockets.addresses())
		if !strings.Contains(ts.log.String(), "DHCP4_POOL_HAS_SERVER_ADDRESS pool 192.0.2.0-192.0.2.3 of subnet 192.0.2.0/30 holds the server's own address 192.0.2.1") {
			t.Errorf("log is %q", ts.log.String())
		}
	})
	t.Run("FD.7.2 hosts without DHCP are unknown until a DECLINE", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		ts.one(from{}, query(declineMsg, 1, requested(a), serverID("192.0.2.1")))
		if b := ts.lease(1).YourIPAddr.String(); b == a {
			t.Errorf("%s was given again", b)
		}
	})
	t.Run("FD.7.3 the allocator begins anew after a restart", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.lease(1)
		ts.lease(2)
		ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, query(releaseMsg, 1, ciaddr("192.0.2.10")))
		ts.restart(plain)
		expect(t, ts.one(from{}, query(discoverMsg, 3)), offerMsg, "192.0.2.10")
	})
	t.Run("FD.7.4 D4.46.2 decline wipes and lasts", func(t *testing.T) {
		conf := `"decline-probation-period": 500, ` + plain
		ts := newTestServer(t, conf)
		a := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		ts.one(from{}, query(declineMsg, 1, clientID(1, 2, 3), requested(a)))
		ts.restart(conf)
		l := ts.stored(a)
		if l == nil || l.State != lease.StateDeclined || len(l.HWAddr) != 0 || len(l.ClientID) != 0 || l.ValidLft != 500 {
			t.Fatalf("lease is %+v", l)
		}
		for n := range byte(9) { // all others
			ts.lease(n + 10)
		}
		expectSilence(t, ts.one(from{}, query(discoverMsg, 50)))
		ts.pass(501 * time.Second)
		expect(t, ts.one(from{}, query(discoverMsg, 50)), offerMsg, a)
	})
	t.Run("FD.7.5 exhausted pool", func(t *testing.T) {
		ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.10" } ] } ]`)
		ts.lease(1)
		ts.log.Reset()
		expectSilence(t, ts.one(from{}, query(discoverMsg, 2)))
		for _, id := range []string{"ALLOC_ENGINE_V4_ALLOC_FAIL ", "ALLOC_ENGINE_V4_ALLOC_FAIL_SUBNET ", "ALLOC_ENGINE_V4_ALLOC_FAIL_CLASSES "} {
			at := strings.Index(ts.log.String(), id)
			if at < 0 || strings.Count(ts.log.String(), id) != 1 {
				t.Fatalf("%s is not logged once:\n%s", id, ts.log.String())
			}
			if line := ts.log.String()[:at]; !strings.Contains(line[strings.LastIndexByte(line, '\n')+1:], " WARN ") {
				t.Errorf("%s is not WARN", id)
			}
		}
		expect(t, ts.one(from{}, query(requestMsg, 2, requested("192.0.2.10"), serverID("192.0.2.1"))), nakMsg, "")
	})
}
