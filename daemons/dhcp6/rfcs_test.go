package dhcp6

import (
	"strings"
	"testing"

	"nestor/lib/pkt6"
)

// What the RFCs of ARM 9.16 ask of a server, one exchange each.
func TestStandards(t *testing.T) {
	ts := newTestServer(t, plain)
	client := func(typ byte, options ...[]byte) *answer { return ts.one(query(typ, 1, options...)) }
	steps := []struct {
		what   string
		answer func() *answer
		typ    byte
		given  string
	}{
		{"D6.10.1 D6.43.1 RFC 8415: SOLICIT", func() *answer { return client(pkt6.MsgSolicit, na(1), pd(2)) }, pkt6.MsgAdvertise, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200"},
		{"D6.10.1 D6.43.1 RFC 3633, RFC 7550: REQUEST", func() *answer { return client(pkt6.MsgRequest, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56")) }, pkt6.MsgReply, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200"},
		{"D6.10.1 CONFIRM", func() *answer { return client(pkt6.MsgConfirm, na(1, "2001:db8:1::10")) }, pkt6.MsgReply, ""},
		{"D6.10.1 RENEW", func() *answer { return client(pkt6.MsgRenew, na(1, "2001:db8:1::10")) }, pkt6.MsgReply, "na1 2001:db8:1::10 4500/7200"},
		{"D6.10.1 REBIND", func() *answer { return client(pkt6.MsgRebind, pd(2, "2001:db8:8000::/56")) }, pkt6.MsgReply, "pd2 2001:db8:8000::/56 4500/7200"},
		{"D6.10.1 D6.43.1 RFC 3736: INFORMATION-REQUEST", func() *answer { return client(pkt6.MsgInformationRequest) }, pkt6.MsgReply, ""},
		{"D6.10.1 D6.43.1 RFC 6221, RFC 4649: RELAY-FORW, nested", func() *answer {
			return ts.one(relay("2001:db8:1::1", relay("::", query(pkt6.MsgSolicit, 1, na(1)), opt(pkt6.OptInterfaceID, 'p')), opt(pkt6.OptRemoteID, 0, 0, 0, 9, 1)))
		}, pkt6.MsgAdvertise, "na1 2001:db8:1::10 4500/7200"},
		{"D6.10.1 DECLINE", func() *answer { return client(pkt6.MsgDecline, na(1, "2001:db8:1::10")) }, pkt6.MsgReply, "na1 status 0"},
		{"D6.10.1 RELEASE", func() *answer { return client(pkt6.MsgRelease, pd(2, "2001:db8:8000::/56")) }, pkt6.MsgReply, "pd2 status 0"},
		{"D6.43.1 RFC 4704: names", func() *answer { return client(pkt6.MsgSolicit, na(3), opt(pkt6.OptFQDN, 0, 1, 'a', 0)) }, pkt6.MsgAdvertise, "na3 2001:db8:1::11 4500/7200"},
	}
	for _, s := range steps {
		t.Run(s.what, func(t *testing.T) {
			a := s.answer()
			if a == nil || a.Type() != s.typ || a.given() != s.given {
				t.Errorf("answer %v: %s, want type %d with %s", a, a.given(), s.typ, s.given)
			}
			if strings.Contains(s.what, "RELAY-FORW") && len(a.Relays()) != 2 {
				t.Errorf("D6.10.1 the answer goes over %d relays", len(a.Relays()))
			}
		})
	}
	t.Run("D6.10.1 RECONFIGURE is not served", func(t *testing.T) {
		if a := client(pkt6.MsgReconfigure, opt(19, 5)); a != nil {
			t.Errorf("answered with %d", a.Type())
		}
	})
	t.Run("D6.43.1 RFC 8357: a relay's own port", func(t *testing.T) {
		if a := ts.from(from{src: "2001:db8:1::2", port: 9999}, relay("2001:db8:1::2", query(pkt6.MsgSolicit, 4, na(1)), opt(pkt6.OptRelayPort, 0, 0))); a == nil || a.port != 9999 {
			t.Errorf("answer %v", a)
		}
	})
	t.Run("D6.43.1 RFC 6939: the link-layer address that a relay tells", func(t *testing.T) {
		ts := newTestServer(t, `"mac-sources": [ "rfc6939" ], `+reserving("", `{ "hw-address": "02:00:00:00:00:77", "ip-addresses": [ "2001:db8:1::77" ] }`))
		ts.expect(ts.one(relay("2001:db8:1::1", query(pkt6.MsgSolicit, 1, na(1)), opt(pkt6.OptClientLinkLayer, 0, 1, 2, 0, 0, 0, 0, 0x77))), "na1 2001:db8:1::77 4500/7200")
	})
	t.Run("D6.43.1 RFC 7083: SOL_MAX_RT and INF_MAX_RT", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "solmax-rt", "data": "120" }, { "name": "inf-max-rt", "data": "130" } ], `+plain)
		if a := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(82, 83))); a.content(82) != "00000078" || a.content(83) != "00000082" {
			t.Errorf("options 82 %s, 83 %s", a.content(82), a.content(83))
		}
	})
}

// D6.10.1 D6.43.1 RFC 7341: a DHCPV4-QUERY goes to the DHCPv4 server, and the
// DHCPV4-RESPONSE back to the client.
func TestDHCPv4QueryIsServed(t *testing.T) {
	s := newOver4Server(t)
	s.attend(s.port)
	if !s.serves(s.port) {
		t.Errorf("D6.10.1 no DHCPV4-RESPONSE, the log is\n%s", s.log.String())
	}
}

func TestManualAgainstItself(t *testing.T) {
	pool := `"pools": [ { "pool": "2001:db8:1::70e-2001:db8:1::7ff" } ]`
	t.Run("D6.45.7 T1 and T2 are shares of the preferred lifetime", func(t *testing.T) {
		ts := newTestServer(t, `"calculate-tee-times": true, "t1-percent": 0.5, "t2-percent": 0.8, "preferred-lifetime": 1000, "valid-lifetime": 9000, `+subnetWith(pool))
		if t1, t2 := ts.one(query(pkt6.MsgSolicit, 1, na(1))).tees(); t1 != 500 || t2 != 800 {
			t.Errorf("T1 %d, T2 %d", t1, t2)
		}
	})
	t.Run("D6.45.10 generated names are in lower case", func(t *testing.T) {
		ts := newTestServer(t, `"dhcp-ddns": { "enable-updates": true }, "ddns-replace-client-name": "always", "ddns-qualifying-suffix": "Example.com", `+subnetWith(pool))
		ts.one(query(pkt6.MsgRequest, 1, na(1), opt(pkt6.OptFQDN, 1, 1, 'A', 0)))
		if l := ts.stored("2001:db8:1::70e"); l == nil || string(l.Hostname) != "myhost-2001-db8-1--70e.example.com." {
			t.Errorf("lease %+v", l)
		}
	})
	t.Run("D6.45.11 only option 39 names a client", func(t *testing.T) {
		ts := newTestServer(t, `"dhcp-ddns": { "enable-updates": true }, `+subnetWith(pool))
		a := ts.one(query(pkt6.MsgRequest, 1, na(1), opt(12, []byte("host-of-option-1")...)))
		if l := ts.stored("2001:db8:1::70e"); l == nil || len(l.Hostname) != 0 || a.Has(12) || a.Has(pkt6.OptFQDN) {
			t.Errorf("lease %+v, options %v", l, a.codes())
		}
	})
	t.Run("D6.45.12 the statistic of a pool is cumulative-assigned-nas", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(pool))
		ts.lease(1, na(1))
		all := map[string]int64{}
		for i := range ts.srv.Statistics().All() {
			all[i.Name()] = i.Value()
		}
		if all["subnet[1].pool[0].cumulative-assigned-nas"] != 1 {
			t.Errorf("statistics are %v", all)
		}
		if _, there := all["subnet[1].pool[0].cum-assigned-nas"]; there {
			t.Error("there is a cum-assigned-nas, too")
		}
	})
	t.Run("D6.45.15 a guarded subnet never serves others", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "in", "test": "option[16].exists" } ], "shared-networks": [ { "name": "n", "interface": "eth0", "subnet6": [
			{ "id": 1, "subnet": "2001:db8:1::/64", "client-class": "in", "pools": [ { "pool": "2001:db8:1::/80" } ] },
			{ "id": 2, "subnet": "2001:db8:2::/64", "pools": [ { "pool": "2001:db8:2::1/128" } ] } ] } ]`)
		ts.expect(ts.lease(1, na(1)), "na1 2001:db8:2::1 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1, "2001:db8:1::5"))), "na1 status 2")
	})
	t.Run("D6.45.20 server-tag-get and config-backend-pull are there", func(t *testing.T) {
		l := newLife(t, twoPools)
		for _, command := range []string{"server-tag-get", "config-backend-pull"} {
			if a := l.call(command, ""); strings.Contains(a.Text, "not supported") {
				t.Errorf("%s: %+v", command, a)
			}
		}
	})
}
