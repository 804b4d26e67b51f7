package dhcp6

import (
	"slices"
	"testing"

	"nestor/lib/pkt6"
)

func TestSARR(t *testing.T) {
	ts := newTestServer(t, plain)
	offer := ts.one(query(pkt6.MsgSolicit, 1, na(1), pd(2)))
	t.Run("D6.36.1 NA and PD together", func(t *testing.T) {
		ts.expect(offer, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200")
	})
	if ts.stored("2001:db8:1::10") != nil {
		t.Error("an ADVERTISE has stored a lease")
	}
	reply := ts.one(query(pkt6.MsgRequest, 1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56")))
	ts.expect(reply, "na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200")
	t1, t2 := reply.tees()
	if t1 != 2250 || t2 != 3600 {
		t.Errorf("D6.16.8 T1 %d, T2 %d, want 2250 and 3600", t1, t2)
	}
	if got := reply.codes(); !slices.Equal(got, []uint16{1, 2, 3, 25}) {
		t.Errorf("options %v", got)
	}
}

func TestMessages(t *testing.T) {
	ts := newTestServer(t, plain)
	dropped := func(t *testing.T, f from, raw []byte) {
		t.Helper()
		before := ts.stat("pkt6-receive-drop")
		if a := ts.from(f, raw); a != nil {
			t.Errorf("answered with %d: %s", a.Type(), a.given())
		}
		if got := ts.stat("pkt6-receive-drop"); got != before+1 {
			t.Errorf("pkt6-receive-drop rose by %d, want 1", got-before)
		}
	}
	server := opt(pkt6.OptServerID, serverDUID...)
	foreign := opt(pkt6.OptServerID, 0, 2, 0, 0, 9, 0xbf, 9, 9, 9)
	header := func(typ byte, options ...[]byte) []byte {
		return slices.Concat(append([][]byte{{typ, 1, 2, 3}}, options...)...)
	}
	client := opt(pkt6.OptClientID, duidOf(1)...)
	t.Run("D6.10.2 unparseable", func(t *testing.T) {
		before := ts.stat("pkt6-parse-failed")
		dropped(t, from{}, []byte{1, 2})
		if got := ts.stat("pkt6-parse-failed"); got != before+1 {
			t.Errorf("pkt6-parse-failed rose by %d", got-before)
		}
	})
	t.Run("D6.10.3 types that clients do not send", func(t *testing.T) {
		for typ, stat := range map[byte]string{
			200: "pkt6-unknown-received", pkt6.MsgAdvertise: "pkt6-advertise-received", pkt6.MsgReply: "pkt6-reply-received",
			pkt6.MsgDHCPv4Response: "pkt6-dhcpv4-response-received",
		} {
			before := ts.stat(stat)
			dropped(t, from{}, header(typ, client))
			if got := ts.stat(stat); got != before+1 {
				t.Errorf("type %d: %s rose by %d", typ, stat, got-before)
			}
		}
	})
	t.Run("D6.10.4 identifiers that messages need", func(t *testing.T) {
		for _, typ := range []byte{pkt6.MsgSolicit, pkt6.MsgConfirm, pkt6.MsgRebind} {
			dropped(t, from{}, header(typ))
			dropped(t, from{}, header(typ, client, client))
			dropped(t, from{}, header(typ, client, server))
		}
		for _, typ := range []byte{pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRelease, pkt6.MsgDecline} {
			dropped(t, from{}, header(typ, client))
			dropped(t, from{}, header(typ, server))
			dropped(t, from{}, header(typ, client, server, server))
		}
		dropped(t, from{}, header(pkt6.MsgInformationRequest, client, client))
		if a := ts.one(header(pkt6.MsgInformationRequest)); a == nil || a.Has(pkt6.OptClientID) {
			t.Error("D6.35.2 INFORMATION-REQUEST without client-id: want an answer without one")
		}
		if a := ts.one(header(pkt6.MsgInformationRequest, server)); a == nil {
			t.Error("INFORMATION-REQUEST with our server-id is not answered")
		}
	})
	t.Run("D6.10.5 a foreign server-id", func(t *testing.T) {
		dropped(t, from{}, header(pkt6.MsgRequest, client, foreign))
		dropped(t, from{}, header(pkt6.MsgInformationRequest, client, foreign))
	})
	t.Run("D6.10.6 unicast", func(t *testing.T) {
		to := from{dst: "2001:db8:1::1"}
		for _, typ := range []byte{pkt6.MsgSolicit, pkt6.MsgConfirm, pkt6.MsgRebind, pkt6.MsgInformationRequest} {
			dropped(t, to, header(typ, client))
		}
		for _, typ := range []byte{pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRelease, pkt6.MsgDecline} {
			if ts.from(to, query(typ, 1, na(1))) == nil {
				t.Errorf("FD.8.4 type %d to an address of the server is not answered", typ)
			}
		}
		if ts.from(from{src: "2001:db8:1::2", dst: "2001:db8:1::1", port: 547}, relay("2001:db8:1::2", query(pkt6.MsgSolicit, 1, na(1)))) == nil {
			t.Error("a relayed SOLICIT to an address of the server is not answered")
		}
	})
	t.Run("identifiers out of range", func(t *testing.T) {
		for _, n := range []int{0, 2, 131} {
			dropped(t, from{}, header(pkt6.MsgSolicit, opt(pkt6.OptClientID, make([]byte, n)...)))
		}
		for _, n := range []int{3, 130} {
			if ts.one(header(pkt6.MsgSolicit, opt(pkt6.OptClientID, make([]byte, n)...))) == nil {
				t.Errorf("a DUID of %d bytes is not answered", n)
			}
		}
	})
	t.Run("FD.8.11 FQDN flags N and S together", func(t *testing.T) {
		raw := query(pkt6.MsgSolicit, 1, na(1), opt(pkt6.OptFQDN, 5, 1, 'a', 0))
		dropped(t, from{}, raw)
		lenient := newTestServer(t, `"compatibility": { "lenient-option-parsing": true }, `+plain)
		if a := lenient.one(raw); a == nil || a.Has(pkt6.OptFQDN) {
			t.Errorf("lenient: answer %s", a.given())
		}
	})
}

func TestAnswers(t *testing.T) {
	ts := newTestServer(t, plain)
	t.Run("FD.8.1 SOLICIT without an IA", func(t *testing.T) {
		for _, raw := range [][]byte{query(pkt6.MsgSolicit, 1), query(pkt6.MsgSolicit, 1, opt(pkt6.OptIATA, 0, 0, 0, 1))} {
			a := ts.one(raw)
			if a == nil || a.Type() != pkt6.MsgAdvertise || !slices.Equal(a.codes(), []uint16{1, 2}) {
				t.Errorf("D6.10.9 answer %v", a)
			}
		}
		if a := ts.one(query(pkt6.MsgInformationRequest, 1, na(1))); a == nil || a.Has(pkt6.OptIANA) {
			t.Errorf("INFORMATION-REQUEST with an IA: answer %v", a.given())
		}
	})
	t.Run("FD.8.3 two IAs with one IAID", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgSolicit, 2, na(1), na(1))), "na1 2001:db8:1::10 4500/7200, na1 2001:db8:1::10 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgRequest, 2, na(1, "2001:db8:1::15"), na(1))), "na1 2001:db8:1::15 4500/7200, na1 2001:db8:1::15 4500/7200")
	})
	t.Run("D6.10.8 D6.10.10 no subnet", func(t *testing.T) {
		link := "2001:db8:ffff::1"
		ts.expect(ts.one(relay(link, query(pkt6.MsgSolicit, 3, na(1), pd(2)))), "na1 status 2, pd2 status 6")
		ts.expect(ts.one(relay(link, query(pkt6.MsgRequest, 3, na(1), pd(2)))), "na1 status 2, pd2 status 6")
		ts.expect(ts.one(relay(link, query(pkt6.MsgRenew, 3, na(1), pd(2)))), "na1 status 3, pd2 status 3")
		ts.expect(ts.one(relay(link, query(pkt6.MsgRebind, 3, na(1)))), "na1 status 3")
		ts.expect(ts.one(relay(link, query(pkt6.MsgRebind, 3, na(1), pd(2)))), "no answer")
	})
	t.Run("FD.8.8 ports of answers", func(t *testing.T) {
		if a := ts.from(from{port: 9999}, query(pkt6.MsgSolicit, 4, na(1))); a.port != 546 {
			t.Errorf("a client is answered at port %d", a.port)
		}
		relayed := from{src: "2001:db8:1::2", port: 9999}
		if a := ts.from(relayed, relay("2001:db8:1::2", query(pkt6.MsgSolicit, 4, na(1)))); a.port != 547 {
			t.Errorf("a relay is answered at port %d", a.port)
		}
		if a := ts.from(relayed, relay("2001:db8:1::2", query(pkt6.MsgSolicit, 4, na(1)), opt(pkt6.OptRelayPort, 0, 0))); a.port != 9999 {
			t.Errorf("D6.19.1 a relay with a port of its own is answered at port %d", a.port)
		}
	})
	t.Run("D6.10.14 the way back", func(t *testing.T) {
		inner := relayFrom("2001:db8:1::2", "fe80::7", query(pkt6.MsgSolicit, 4, na(1)), opt(pkt6.OptInterfaceID, 'a'), opt(pkt6.OptRemoteID, 0, 0, 0, 1, 'r'))
		a := ts.one(relayFrom("2001:db8:1::3", "fe80::8", inner, opt(pkt6.OptInterfaceID, 'b')))
		if n := len(a.Relays()); n != 2 {
			t.Fatalf("the answer goes back over %d relays", n)
		}
		for i, want := range []string{"b", "a"} {
			r := a.Relays()[i]
			id, _ := r.Options.Find(pkt6.OptInterfaceID)
			_, remote := r.Options.Find(pkt6.OptRemoteID)
			if string(id) != want || remote {
				t.Errorf("relay %d gets interface-id %q, remote-id %t", i, id, remote)
			}
		}
	})
	t.Run("FD.8.7 hop counts are not checked", func(t *testing.T) {
		raw := relay("2001:db8:1::2", query(pkt6.MsgSolicit, 4, na(1)))
		raw[1] = 99
		if ts.one(raw) == nil {
			t.Error("hop count 99: no answer")
		}
	})
	t.Run("32 relays, not 33", func(t *testing.T) {
		raw := query(pkt6.MsgSolicit, 4, na(1))
		for range 32 {
			raw = relay("2001:db8:1::2", raw)
		}
		if ts.one(raw) == nil {
			t.Error("32 relays: no answer")
		}
		if ts.one(relay("2001:db8:1::2", raw)) != nil {
			t.Error("33 relays: an answer")
		}
	})
	t.Run("D6.36.1 D6.10.9 an IA that fails does not keep others from anything", func(t *testing.T) {
		small := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		small.expect(small.one(query(pkt6.MsgRequest, 1, pd(9), na(1), na(2))), "na1 2001:db8:1::10 4500/7200, na2 status 2, pd9 status 6")
		if a := small.one(query(pkt6.MsgSolicit, 2, na(1))); a.given() != "na1 status 2" || a.Type() != pkt6.MsgAdvertise || a.statusOf() != -1 {
			t.Errorf("nothing left: %s", a.given())
		}
	})
	t.Run("IAs by the thousand", func(t *testing.T) {
		big := newTestServer(t, `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "pools": [ { "pool": "2001:db8:1::/64" } ] } ]`)
		raw := query(pkt6.MsgRequest, 1)
		for i := range 4000 {
			raw = append(raw, opt(pkt6.OptIANA, 0, 0, byte(i>>8), byte(i), 0, 0, 0, 0, 0, 0, 0, 0)...)
		}
		n := 0
		for range big.one(raw).IAs() {
			n++
		}
		if n != maxIAs {
			t.Errorf("%d IAs are served, want %d", n, maxIAs)
		}
	})
}

func TestRapidCommit(t *testing.T) {
	rapid := opt(pkt6.OptRapidCommit)
	ts := newTestServer(t, subnetWith(`"rapid-commit": true, "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ]`))
	a := ts.one(query(pkt6.MsgSolicit, 1, na(1), rapid))
	if a.Type() != pkt6.MsgReply || !a.Has(pkt6.OptRapidCommit) || ts.stored("2001:db8:1::10") == nil {
		t.Errorf("D6.18.1 answer of type %d: %s", a.Type(), a.given())
	}
	if a := ts.one(query(pkt6.MsgSolicit, 2, na(1))); a.Type() != pkt6.MsgAdvertise || a.Has(pkt6.OptRapidCommit) {
		t.Errorf("the client does not want it: answer of type %d", a.Type())
	}
	ts = newTestServer(t, plain)
	if a := ts.one(query(pkt6.MsgSolicit, 1, na(1), rapid)); a.Type() != pkt6.MsgAdvertise || a.Has(pkt6.OptRapidCommit) {
		t.Errorf("D6.18.2 answer of type %d", a.Type())
	}
}

func TestRenew(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1, na(1), pd(2))
	ts.pass(1000e9)
	for _, typ := range []byte{pkt6.MsgRenew, pkt6.MsgRebind} {
		ts.expect(ts.one(query(typ, 1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56"))),
			"na1 2001:db8:1::10 4500/7200, pd2 2001:db8:8000::/56 4500/7200")
	}
	if l := ts.stored("2001:db8:1::10"); l.CLTT != ts.now.Unix() {
		t.Errorf("the lease was last seen at %d", l.CLTT)
	}
	t.Run("D6.36.2 D6.10.12 an IA without a lease", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"), na(7))), "na1 2001:db8:1::10 4500/7200, na7 2001:db8:1::11 4500/7200")
		ts.expect(ts.one(query(pkt6.MsgRebind, 2, na(1))), "na1 2001:db8:1::12 4500/7200")
	})
	t.Run("what the client must not have", func(t *testing.T) {
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10", "2001:db8:2::5"))),
			"na1 2001:db8:1::10 4500/7200, na1 2001:db8:2::5 0/0")
	})
	t.Run("nothing left", func(t *testing.T) {
		small := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10/128" } ]`))
		small.lease(1, na(1))
		small.expect(small.one(query(pkt6.MsgRenew, 2, na(1), pd(2))), "na1 status 2, pd2 status 3")
		small.expect(small.one(query(pkt6.MsgRebind, 2, pd(2))), "no answer")
	})
	t.Run("a lease that has run out is counted anew", func(t *testing.T) {
		ts.pass(8000e9)
		assigned, total := ts.stat("subnet[1].assigned-nas"), ts.stat("cumulative-assigned-nas")
		ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"))), "na1 2001:db8:1::10 4500/7200")
		if ts.stat("subnet[1].assigned-nas") != assigned || ts.stat("cumulative-assigned-nas") != total+1 || ts.stat("reclaimed-leases") != 1 {
			t.Errorf("assigned %d, cumulative %d, reclaimed %d", ts.stat("subnet[1].assigned-nas"), ts.stat("cumulative-assigned-nas"), ts.stat("reclaimed-leases"))
		}
	})
}

func TestRelease(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1, na(1), pd(2))
	release := func(n byte, ias ...[]byte) *answer { return ts.one(query(pkt6.MsgRelease, n, ias...)) }
	t.Run("D6.10.13 of others", func(t *testing.T) {
		a := release(2, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56"))
		if a.given() != "na1 status 3, pd2 status 3" || a.statusOf() != pkt6.StatusNoBinding {
			t.Errorf("wrong DUID: %s, message %d", a.given(), a.statusOf())
		}
		ts.expect(release(1, na(9, "2001:db8:1::10"), na(1), na(1, "2001:db8:1::1f")), "na9 status 3, na1 status 3, na1 status 3")
	})
	t.Run("D6.28.4 kept for their client", func(t *testing.T) {
		a := release(1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56"))
		if a.given() != "na1 status 0, pd2 status 0" || a.statusOf() != pkt6.StatusSuccess {
			t.Errorf("%s, message %d", a.given(), a.statusOf())
		}
		if l := ts.stored("2001:db8:1::10"); l == nil || l.State != 3 || l.ValidLft != 0 || l.PreferredLft != 0 {
			t.Errorf("lease %+v", l)
		}
		if ts.stat("subnet[1].assigned-nas") != 0 || ts.stat("subnet[1].pd-pool[0].assigned-pds") != 0 {
			t.Error("it counts as assigned")
		}
		ts.expect(ts.one(query(pkt6.MsgRequest, 1, na(1))), "na1 2001:db8:1::10 4500/7200")
		if ts.stat("subnet[1].assigned-nas") != 1 {
			t.Error("it does not count as assigned again")
		}
	})
	t.Run("without affinity", func(t *testing.T) {
		ts := newTestServer(t, `"expired-leases-processing": { "hold-reclaimed-time": 0 }, `+plain)
		ts.lease(1, na(1))
		ts.one(query(pkt6.MsgRelease, 1, na(1, "2001:db8:1::10")))
		if ts.stored("2001:db8:1::10") != nil {
			t.Error("the lease is still there")
		}
	})
}

func TestDecline(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1, na(1), pd(2))
	decline := func(n byte, ias ...[]byte) *answer { return ts.one(query(pkt6.MsgDecline, n, ias...)) }
	t.Run("D6.29.1 of others", func(t *testing.T) {
		ts.expect(decline(2, na(1, "2001:db8:1::10")), "na1 status 3")
		ts.expect(decline(1, na(9, "2001:db8:1::10")), "na9 status 3")
		ts.expect(decline(1, na(1, "2001:db8:1::1f")), "na1 status 3")
		ts.expect(decline(1, na(1)), "na1 status 3")
	})
	a := decline(1, na(1, "2001:db8:1::10"), pd(2, "2001:db8:8000::/56"))
	if a.given() != "na1 status 0" || a.statusOf() != -1 {
		t.Errorf("D6.29.2 D6.29.5 %s, message %d", a.given(), a.statusOf())
	}
	l := ts.stored("2001:db8:1::10")
	if l == nil || l.State != 1 || l.ValidLft != 86400 || string(l.DUID) != "\x00\x00\x00" || len(l.HWAddr) > 0 {
		t.Errorf("FD.7.4 D6.29.4 lease %+v", l)
	}
	if ts.stat("declined-addresses") != 1 || ts.stat("subnet[1].pool[0].declined-addresses") != 1 || ts.stat("subnet[1].assigned-nas") != 1 {
		t.Error("D6.29.6 the statistics differ")
	}
	ts.expect(ts.one(query(pkt6.MsgRequest, 3, na(1, "2001:db8:1::10"))), "na1 2001:db8:1::11 4500/7200")
}

func TestConfirm(t *testing.T) {
	ts := newTestServer(t, plain)
	confirm := func(ias ...[]byte) int {
		a := ts.one(query(pkt6.MsgConfirm, 1, ias...))
		if a == nil {
			return -1
		}
		return a.statusOf()
	}
	for _, c := range []struct {
		what string
		ias  [][]byte
		want int
	}{
		{"on-link", [][]byte{na(1, "2001:db8:1::99"), na(2, "2001:db8:1::98")}, pkt6.StatusSuccess},
		{"off-link", [][]byte{na(1, "2001:db8:1::99"), na(2, "2001:db8:2::98")}, pkt6.StatusNotOnLink},
		{"no address", [][]byte{na(1), pd(1, "2001:db8:8000::/56")}, -1},
		{"nothing", nil, -1},
	} {
		if got := confirm(c.ias...); got != c.want {
			t.Errorf("D6.10.11 %s: status %d, want %d", c.what, got, c.want)
		}
	}
	if a := ts.one(relay("2001:db8:ffff::1", query(pkt6.MsgConfirm, 1, na(1, "2001:db8:1::99")))); a.statusOf() != pkt6.StatusNotOnLink {
		t.Errorf("no subnet: status %d", a.statusOf())
	}
}

func TestRegistration(t *testing.T) {
	ts := newTestServer(t, plain)
	address := pkt6.AppendLease(nil, pkt6.OptIANA, &pkt6.Lease{Addr: ip("2001:db8:1::99"), Preferred: 300, Valid: 500})
	a := ts.from(from{src: "2001:db8:1::99"}, query(pkt6.MsgAddrRegInform, 1, address))
	if a == nil || a.Type() != pkt6.MsgAddrRegReply || !a.Has(pkt6.OptIAAddr) {
		t.Fatalf("FD.8.10 answer %v", a)
	}
	if l := ts.stored("2001:db8:1::99"); l == nil || l.State != 4 || l.ValidLft != 500 || l.PreferredLft != 300 {
		t.Errorf("lease %+v", l)
	}
	ts.from(from{src: "2001:db8:1::99"}, query(pkt6.MsgAddrRegInform, 1, address))
	for name, want := range map[string]int64{
		"subnet[1].registered-nas": 1, "subnet[1].cumulative-registered-nas": 1, "cumulative-registered-nas": 1, "subnet[1].assigned-nas": 0,
		"pkt6-addr-reg-inform-received": 2, "pkt6-addr-reg-reply-sent": 2,
	} {
		if got := ts.stat(name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if ts.from(from{src: "2001:db8:1::98"}, query(pkt6.MsgAddrRegInform, 2, address)) != nil {
		t.Error("an address of somebody else is registered")
	}
	ts.pass(600e9)
	if _, _, err := ts.srv.reclamation.Run(0, 0, false); err != nil {
		t.Fatal(err)
	}
	if ts.stored("2001:db8:1::99") != nil || ts.stat("subnet[1].registered-nas") != 0 {
		t.Error("the registration outlives its lifetime")
	}
}
