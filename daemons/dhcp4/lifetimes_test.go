package dhcp4

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// subnetWith is one subnet with a pool and more parameters.
func subnetWith(params string) string {
	return `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ]` + comma(params) + ` } ]`
}

func comma(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}

// seconds reads an option that holds a time, -1 if it is absent.
func secondsOf(r *sentReply, code uint8) int64 {
	o, ok := r.Options[code]
	if !ok || len(o) != 4 {
		return -1
	}
	return int64(binary.BigEndian.Uint32(o))
}

func leaseTime(n uint32) dhcpv4.Modifier {
	return opt(51, binary.BigEndian.AppendUint32(nil, n)...)
}

func TestLifetimes(t *testing.T) {
	for _, c := range []struct {
		name, conf string
		asked      []dhcpv4.Modifier
		want       int64
	}{
		{"D4.3.1 D4.58.1 default", subnetWith(""), nil, 7200},
		{"D4.3.1 global", `"valid-lifetime": 100, ` + subnetWith(""), nil, 100},
		{"D4.3.1 subnet over global", `"valid-lifetime": 100, ` + subnetWith(`"valid-lifetime": 200`), nil, 200},
		{"D4.3.4 shared network over global", `"valid-lifetime": 100, "shared-networks": [ { "name": "n", "valid-lifetime": 300, ` + subnetWith("") + ` } ]`, nil, 300},
		{"D4.3.4 class before subnet", `"client-classes": [ { "name": "a" }, { "name": "b", "valid-lifetime": 400 } ],
			` + subnetWith(`"valid-lifetime": 200, "reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "a", "b" ] } ]`), nil, 400},
		{"D4.3.4 first class that defines one", `"client-classes": [ { "name": "a", "valid-lifetime": 350 }, { "name": "b", "valid-lifetime": 400 } ],
			` + subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "a", "b" ] } ]`), nil, 350},
		{"D4.3.2 D4.3.5 clamped to the maximum", subnetWith(`"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300`), []dhcpv4.Modifier{leaseTime(1000)}, 300},
		{"D4.3.2 D4.3.5 clamped to the minimum", subnetWith(`"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300`), []dhcpv4.Modifier{leaseTime(10)}, 100},
		{"D4.3.5 within the bounds", subnetWith(`"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300`), []dhcpv4.Modifier{leaseTime(250)}, 250},
		{"D4.3.5 without bounds the default is given", subnetWith(`"valid-lifetime": 200`), []dhcpv4.Modifier{leaseTime(250)}, 200},
		{"D4.3.5 0 counts as absent", subnetWith(`"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300`), []dhcpv4.Modifier{leaseTime(0)}, 200},
		{"D4.3.5 infinite is clamped", subnetWith(`"min-valid-lifetime": 100, "valid-lifetime": 200, "max-valid-lifetime": 300`), []dhcpv4.Modifier{leaseTime(0xffffffff)}, 300},
		{"D4.3.2 a lone bound goes with 7200", subnetWith(`"min-valid-lifetime": 100`), []dhcpv4.Modifier{leaseTime(10)}, 100},
		{"D4.14.4 a configured option 51 is ignored", subnetWith(`"option-data": [ { "name": "dhcp-lease-time", "data": "99", "always-send": true } ]`), nil, 7200},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			ack := ts.lease(1, c.asked...)
			if got := secondsOf(ack, 51); got != c.want {
				t.Errorf("option 51 is %d, want %d", got, c.want)
			}
			if l := ts.stored(ack.YourIPAddr.String()); int64(l.ValidLft) != c.want {
				t.Errorf("stored lifetime is %d, want %d", l.ValidLft, c.want)
			}
		})
	}
}

func TestTeeTimes(t *testing.T) {
	for _, c := range []struct {
		name, params string
		t1, t2       int64 // -1: absent
	}{
		{"D4.4.1 neither by default", ``, -1, -1},
		{"D4.4.1 both", `"renew-timer": 1000, "rebind-timer": 2000`, 1000, 2000},
		{"D4.4.2 T2 not below the lifetime", `"valid-lifetime": 2000, "rebind-timer": 2000`, -1, -1},
		{"D4.4.3 T1 not below T2", `"renew-timer": 2000, "rebind-timer": 2000`, -1, 2000},
		{"D4.4.3 T1 without T2", `"renew-timer": 1000`, 1000, -1},
		{"D4.4.3 T1 without T2, not below the lifetime", `"valid-lifetime": 1000, "renew-timer": 1000`, -1, -1},
		{"FD.9.4 T1 above T2", `"renew-timer": 3000, "rebind-timer": 2000`, -1, 2000},
		{"D4.4.4 D4.4.5 calculated, halves up", `"valid-lifetime": 1001, "calculate-tee-times": true`, 501, 876},
		{"D4.4.5 calculated, rounded", `"valid-lifetime": 900, "calculate-tee-times": true`, 450, 788},
		{"D4.4.5 own shares", `"valid-lifetime": 1000, "calculate-tee-times": true, "t1-percent": 0.4, "t2-percent": 0.6`, 400, 600},
		{"D4.4.6 explicit beats calculated", `"valid-lifetime": 1000, "calculate-tee-times": true, "renew-timer": 100`, 100, 875},
		{"D4.14.7 configured option 58 when no timer is set", `"option-data": [ { "name": "dhcp-renewal-time", "data": "77" } ]`, 77, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, subnetWith(c.params))
			ack := ts.lease(1, prl(58, 59))
			if t1, t2 := secondsOf(ack, 58), secondsOf(ack, 59); t1 != c.t1 || t2 != c.t2 {
				t.Errorf("T1 %d, T2 %d, want %d and %d", t1, t2, c.t1, c.t2)
			}
		})
	}
	t.Run("D4.4.6 inherited explicit beats calculated", func(t *testing.T) {
		ts := newTestServer(t, `"renew-timer": 123, `+subnetWith(`"calculate-tee-times": true`))
		if t1 := secondsOf(ts.lease(1), 58); t1 != 123 {
			t.Errorf("T1 is %d", t1)
		}
	})
}

func TestFixedFields(t *testing.T) {
	field := func(t *testing.T, conf, next, name, file string) {
		t.Helper()
		ts := newTestServer(t, conf)
		r := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "")
		if r.ServerIPAddr.String() != next || r.ServerHostName != name || r.BootFileName != file {
			t.Errorf("siaddr %v, sname %q, file %q; want %s %q %q", r.ServerIPAddr, r.ServerHostName, r.BootFileName, next, name, file)
		}
	}
	global := `"next-server": "192.0.2.5", "server-hostname": "g", "boot-file-name": "/g", `
	t.Run("D4.28.1 D4.28.2 global", func(t *testing.T) { field(t, global+subnetWith(""), "192.0.2.5", "g", "/g") })
	t.Run("D4.28.1 D4.28.2 subnet", func(t *testing.T) {
		field(t, global+subnetWith(`"next-server": "192.0.2.6", "server-hostname": "s", "boot-file-name": "/s"`), "192.0.2.6", "s", "/s")
	})
	t.Run("D4.28.1 0.0.0.0 means do not send", func(t *testing.T) {
		field(t, global+subnetWith(`"next-server": "0.0.0.0"`), "0.0.0.0", "g", "/g")
	})
	t.Run("D4.28.1 empty means inherit", func(t *testing.T) {
		field(t, global+subnetWith(`"next-server": "", "server-hostname": "", "boot-file-name": ""`), "192.0.2.5", "g", "/g")
	})
	t.Run("D4.28.2 class, over the subnet", func(t *testing.T) {
		field(t, `"client-classes": [ { "name": "ALL-OF", "next-server": "192.0.2.9" }, { "name": "KNOWN-ONES", "next-server": "192.0.2.8", "server-hostname": "c", "boot-file-name": "/c" } ], `+global+
			subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "KNOWN-ONES", "ALL-OF" ] } ]`), "192.0.2.8", "c", "/c")
	})
	t.Run("D4.28.3 reservation, any subset", func(t *testing.T) {
		field(t, global+subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "boot-file-name": "/r" } ]`), "192.0.2.5", "g", "/r")
	})
}

func TestClientIdentity(t *testing.T) {
	t.Run("D4.29.1 echo-client-id", func(t *testing.T) {
		for _, echo := range []bool{true, false} {
			ts := newTestServer(t, fmt.Sprintf(`"echo-client-id": %t, `, echo)+plain)
			r := expect(t, ts.one(from{}, query(discoverMsg, 1, clientID(1, 2, 3))), offerMsg, "")
			if _, has := r.Options[61]; has != echo {
				t.Errorf("echo-client-id %t: option 61 present is %t", echo, has)
			}
		}
	})
	t.Run("D4.29.2 match-client-id false", func(t *testing.T) {
		ts := newTestServer(t, `"match-client-id": false, `+plain)
		first := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		if second := ts.lease(2, clientID(1, 2, 3)).YourIPAddr.String(); second == first {
			t.Error("another link address got the same lease")
		}
		if again := ts.lease(1, clientID(4, 5, 6)).YourIPAddr.String(); again != first {
			t.Errorf("the link address got %s, had %s", again, first)
		}
		if l := ts.stored(first); len(l.ClientID) != 0 {
			t.Errorf("client-id % x is stored", l.ClientID)
		}
	})
	t.Run("D4.29.4 link address with another client-id is somebody else", func(t *testing.T) {
		ts := newTestServer(t, plain)
		first := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		if second := ts.lease(1, clientID(4, 5, 6)).YourIPAddr.String(); second == first {
			t.Error("another client-id got the same lease")
		}
		bare := ts.lease(2).YourIPAddr.String()
		if with := ts.lease(2, clientID(7, 8, 9)).YourIPAddr.String(); with != bare {
			t.Error("a lease without client-id was not its link address's")
		}
	})
	t.Run("D4.29.5 switched from true to false", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1, clientID(1, 2, 3)).YourIPAddr.String()
		ts.configure(`"match-client-id": false, ` + plain)
		r := ts.one(from{src: ip(a), dst: ip("192.0.2.1")}, query(requestMsg, 1, clientID(9, 9, 9), ciaddr(a)))
		expect(t, r, ackMsg, a)
		if l := ts.stored(a); len(l.ClientID) != 0 {
			t.Errorf("client-id % x stayed", l.ClientID)
		}
	})
	t.Run("D4.29.6 the same lease again", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, a)
		expect(t, ts.one(from{}, query(requestMsg, 1, requested(a))), ackMsg, a)
	})
	t.Run("D4.29.6 D4.50.5 DUID in option 61", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:01", "ip-address": "192.0.2.77" } ]`))
		ack := ts.lease(1, clientID(255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 1))
		expect(t, ack, ackMsg, "192.0.2.77")
	})
}

func TestAuthoritative(t *testing.T) {
	reboot := func(ts *testServer, n byte, a string) *sentReply {
		return ts.one(from{}, query(requestMsg, n, requested(a)))
	}
	t.Run("D4.30.1 D4.30.2 not authoritative by default", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expectSilence(t, reboot(ts, 1, "192.0.2.10"))   // unknown address
		expectSilence(t, reboot(ts, 1, "198.51.100.1")) // wrong network
		a := ts.lease(1).YourIPAddr.String()
		expect(t, reboot(ts, 1, "192.0.2.19"), nakMsg, "")
		expect(t, reboot(ts, 1, a), ackMsg, a)
	})
	t.Run("D4.30.3 authoritative", func(t *testing.T) {
		ts := newTestServer(t, `"authoritative": true, `+plain)
		expect(t, reboot(ts, 1, "192.0.2.10"), nakMsg, "")
		expect(t, reboot(ts, 1, "198.51.100.1"), nakMsg, "")
	})
	t.Run("D4.30.1 subnet over global", func(t *testing.T) {
		ts := newTestServer(t, `"authoritative": true, `+subnetWith(`"authoritative": false`))
		expectSilence(t, reboot(ts, 1, "192.0.2.10"))
	})
}

func TestInform(t *testing.T) {
	noPools := `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "option-data": [ { "name": "domain-name-servers", "data": "192.0.2.53" } ] } ]`
	for _, c := range []struct {
		name string
		from from
		mods []dhcpv4.Modifier
		ok   bool
	}{
		{"D4.9.4 D4.9.5 unicast, ciaddr in subnet", from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, []dhcpv4.Modifier{ciaddr("192.0.2.50")}, true},
		{"D4.9.5 unicast without ciaddr, source in subnet", from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, nil, true},
		{"D4.9.5 relayed, giaddr in subnet", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1")}, []dhcpv4.Modifier{giaddr("192.0.2.200"), ciaddr("192.0.2.50")}, true},
		{"D4.9.5 broadcast, interface address in subnet", from{src: ip("192.0.2.50")}, []dhcpv4.Modifier{ciaddr("192.0.2.50")}, true},
		{"D4.9.4 no subnet", from{src: ip("203.0.113.5"), dst: ip("192.0.2.1")}, []dhcpv4.Modifier{ciaddr("203.0.113.5")}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, noPools)
			r := ts.one(c.from, query(informMsg, 1, c.mods...))
			if !c.ok {
				expectSilence(t, r)
				return
			}
			expect(t, r, ackMsg, "0.0.0.0")
			if len(r.Options[6]) != 4 {
				t.Errorf("option 6 is %v", r.Options[6])
			}
		})
	}
	t.Run("D4.9.1 to ciaddr", func(t *testing.T) {
		ts := newTestServer(t, noPools)
		r := expect(t, ts.one(from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, query(informMsg, 1, ciaddr("192.0.2.50"))), ackMsg, "0.0.0.0")
		if r.dst != ip("192.0.2.50") || r.ClientIPAddr.String() != "192.0.2.50" {
			t.Errorf("to %v, ciaddr %v", ip4(r.dst), r.ClientIPAddr)
		}
	})
}
