package dhcp4

import (
	"bytes"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

func TestFlow(t *testing.T) {
	t.Run("D4.53.2 the allocator comes last", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "192.0.2.10" } ]`))
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10")
		expect(t, ts.one(from{}, query(discoverMsg, 2, requested("192.0.2.17"))), offerMsg, "192.0.2.17")
		// Neither reservation nor hint moved it on from its first free address.
		expect(t, ts.one(from{}, query(discoverMsg, 3)), offerMsg, "192.0.2.11")
	})
	t.Run("D4.56.3 double booting", func(t *testing.T) {
		// PXE ROM and system share the link address; the system adds a client-id.
		ts := newTestServer(t, plain)
		rom := ts.lease(1, clientID(0, 9, 9, 9)).YourIPAddr.String()
		if system := ts.lease(1, clientID(255, 1, 2, 3)).YourIPAddr.String(); system == rom {
			t.Error("another client-id got the ROM's lease")
		}
		if again := ts.lease(1, clientID(0, 9, 9, 9)).YourIPAddr.String(); again != rom {
			t.Errorf("the ROM got %s, had %s", again, rom)
		}
	})
	t.Run("D4.56.4 requested options beside basic ones", func(t *testing.T) {
		// Classes first, then the configured list, then what is asked for; basic
		// options are not overwritten by any of them.
		ts := newTestServer(t, `"client-classes": [ { "name": "VENDOR_CLASS_v", "option-data": [ { "name": "ntp-servers", "data": "192.0.2.9" } ] } ],
			"option-data": [ { "name": "ntp-servers", "data": "192.0.2.1" }, { "name": "subnet-mask", "data": "255.0.0.0" } ], `+plain)
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, opt(60, 'v'), prl(1, 42))), offerMsg, "")
		if !bytes.Equal(r.Options[42], []byte{192, 0, 2, 9}) || !bytes.Equal(r.Options[1], []byte{255, 255, 255, 0}) {
			t.Errorf("options %v", r.Options)
		}
	})
	t.Run("PL.12.1 RELEASE expires the lease with affinity", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		ts.one(from{src: ip(a), dst: ip("192.0.2.1")}, query(releaseMsg, 1, ciaddr(a)))
		if l := ts.stored(a); l == nil || l.ValidLft != 0 || !l.Free(ts.now.Unix()) {
			t.Errorf("lease is %+v", l)
		}
	})
	t.Run("PL.6.4 subnet statistics are recomputed", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.lease(1)
		ts.lease(2)
		received := ts.stat("pkt4-received")
		ts.configure(`"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.11" } ] }, { "id": 2, "subnet": "198.51.100.0/24" } ]`)
		if total, x, c := ts.stat("subnet[1].total-addresses"), ts.stat("subnet[1].assigned-addresses"), ts.stat("cumulative-assigned-addresses"); total != 2 || x != 2 || c != 2 {
			t.Errorf("total %d, assigned %d, cumulative %d", total, x, c)
		}
		if ts.stat("pkt4-received") != received {
			t.Error("packet counters began anew")
		}
		ts.configure(`"subnet4": [ { "id": 2, "subnet": "198.51.100.0/24" } ]`)
		for s := range ts.srv.Statistics().All() {
			if s.Shown() && len(s.Name()) > 9 && s.Name()[:9] == "subnet[1]" {
				t.Errorf("%s stayed", s.Name())
			}
		}
	})
	t.Run("two messages of a client in one batch are served in order", func(t *testing.T) {
		ts := newTestServer(t, plain)
		rs := ts.send(from{}, query(requestMsg, 1, requested("192.0.2.14"), serverID("192.0.2.1")), query(requestMsg, 1, requested("192.0.2.15"), serverID("192.0.2.1")))
		if len(rs) != 2 || rs[0].MessageType() != dhcpv4.MessageTypeAck || rs[1].YourIPAddr.String() != "192.0.2.15" {
			t.Errorf("answers %v", rs)
		}
		if ts.stored("192.0.2.14") != nil || ts.stored("192.0.2.15") == nil || ts.stat("subnet[1].assigned-addresses") != 1 {
			t.Error("the second message did not see what the first did")
		}
	})
	t.Run("log lines name the client by both its identifiers", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.one(from{}, query(discoverMsg, 1, clientID(1, 0xab)))
		for line := range strings.Lines(ts.log.String()) {
			if strings.Contains(line, "hwtype=") && !strings.Contains(line, "[hwtype=1 02:00:00:00:00:01], cid=[01:ab], tid=0x1020301") {
				t.Errorf("line %q", line)
			}
		}
		if !strings.Contains(ts.log.String(), "cid=[01:ab]") {
			t.Errorf("log is %q", ts.log.String())
		}
	})
	t.Run("D4.16.6 any relay sub-option in expressions", func(t *testing.T) {
		for _, c := range []struct {
			test string
			want bool
		}{
			{"relay4[2].hex == 'remote'", true}, // remote-id
			{"relay4[6].hex == 'sub'", true},    // subscriber-id
			{"relay4[99].hex == 0x0102", true},  // no sub-option that is known
			{"relay4[1].exists", false},
		} {
			ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "`+c.test+`", "boot-file-name": "/c" } ], `+plain)
			rai := append(append([]byte{2, 6}, "remote"...), append([]byte{6, 3}, "sub\x63\x02\x01\x02"...)...)
			r := expect(t, ts.one(from{}, query(discoverMsg, 1, opt(82, rai...))), offerMsg, "")
			if got := r.BootFileName == "/c"; got != c.want {
				t.Errorf("%s is %t", c.test, got)
			}
		}
	})
}
