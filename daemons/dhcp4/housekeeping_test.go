package dhcp4

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/server"
)

func TestDecline(t *testing.T) {
	decline := func(ts *testServer, n byte, a string) *sentReply {
		return ts.one(from{}, query(declineMsg, n, requested(a), serverID("192.0.2.1")))
	}
	t.Run("D4.46.1 only by the holder", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		expectSilence(t, decline(ts, 2, a))
		if ts.stored(a).State != lease.StateDefault || !strings.Contains(ts.log.String(), "DHCP4_DECLINE_LEASE_MISMATCH") {
			t.Errorf("a stranger's DECLINE was heard: %s", ts.log.String())
		}
		expectSilence(t, decline(ts, 1, a))
		if ts.stored(a).State != lease.StateDeclined || !strings.Contains(ts.log.String(), "DHCP4_DECLINE_LEASE Received DHCPDECLINE for addr 192.0.2.10") {
			t.Errorf("the holder's DECLINE was not: %s", ts.log.String())
		}
		expectSilence(t, decline(ts, 1, "192.0.2.19"))
		if !strings.Contains(ts.log.String(), "DHCP4_DECLINE_LEASE_NOT_FOUND") {
			t.Error("unknown address is not logged")
		}
	})
	t.Run("D4.46.2 D4.46.3 D4.46.4 D4.56.5 statistics and recovery", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		decline(ts, 1, a)
		check := func(want map[string]int64) {
			t.Helper()
			for name, w := range want {
				for _, prefix := range []string{"", "subnet[1].", "subnet[1].pool[0]."} {
					if prefix == "" && name == "assigned-addresses" {
						continue
					}
					if got := ts.stat(prefix + name); got != w {
						t.Errorf("%s%s is %d, want %d", prefix, name, got, w)
					}
				}
			}
		}
		check(map[string]int64{"declined-addresses": 1, "assigned-addresses": 1, "reclaimed-declined-addresses": 0})
		ts.pass(86401 * time.Second)
		if _, _, err := ts.srv.reclamation.Run(0, 0, false); err != nil {
			t.Fatal(err)
		}
		check(map[string]int64{"declined-addresses": 0, "assigned-addresses": 0, "reclaimed-declined-addresses": 1, "reclaimed-leases": 1})
		if ts.stored(a) != nil {
			t.Error("a declined lease is kept after its probation")
		}
	})
	t.Run("D4.46.1 option 50 is needed", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expectSilence(t, ts.one(from{}, query(declineMsg, 1)))
		if n := ts.stat("pkt4-receive-drop"); n != 1 {
			t.Errorf("pkt4-receive-drop is %d", n)
		}
	})
}

func TestStatistics(t *testing.T) {
	// What each packet changes, as seen on a running Kea.
	other := from{src: ip("10.9.9.9"), dst: ip("192.0.2.1")}
	for _, c := range []struct {
		name string
		from from
		m    *dhcpv4.DHCPv4
		want string // names without pkt4-, sorted
	}{
		{"DISCOVER without subnet", other, query(discoverMsg, 1, giaddr("10.9.9.9")), "discover-received received"},
		{"REQUEST without subnet, selecting", other, query(requestMsg, 1, giaddr("10.9.9.9"), requested("10.9.9.1"), serverID("192.0.2.1")), "nak-sent received request-received sent"},
		{"INIT-REBOOT of an unknown client", from{}, query(requestMsg, 1, requested("192.0.2.10")), "received request-received"},
		{"REQUEST for an address in no pool", from{}, query(requestMsg, 1, requested("192.0.2.99"), serverID("192.0.2.1")), "received request-received"},
		{"foreign server identifier", from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.9")), "receive-drop received request-received"},
		{"DISCOVER with server identifier", from{}, query(discoverMsg, 1, serverID("192.0.2.1")), "discover-received receive-drop received"},
		{"OFFER", from{}, query(offerMsg, 1), "offer-received receive-drop received"},
		{"unknown type", from{}, query(99, 1), "receive-drop received unknown-received"},
		{"RELEASE of an unknown lease", from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, query(releaseMsg, 1, ciaddr("192.0.2.10")), "received release-received"},
		{"DECLINE of an unknown lease", from{}, query(declineMsg, 1, requested("192.0.2.10")), "decline-received received"},
		{"DISCOVER", from{}, query(discoverMsg, 1), "discover-received offer-sent received sent"},
		{"INFORM", from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, query(informMsg, 1, ciaddr("192.0.2.50")), "ack-sent inform-received received sent"},
	} {
		t.Run("D4.47 "+c.name, func(t *testing.T) {
			ts := newTestServer(t, plain)
			ts.one(c.from, c.m)
			var changed []string
			for _, n := range []string{"ack-received", "ack-sent", "decline-received", "discover-received", "inform-received", "nak-received", "nak-sent", "offer-received", "offer-sent",
				"parse-failed", "receive-drop", "received", "release-received", "request-received", "sent", "unknown-received"} {
				if ts.stat("pkt4-"+n) != 0 {
					changed = append(changed, n)
				}
			}
			if got := strings.Join(changed, " "); got != c.want {
				t.Errorf("changed %q, want %q", got, c.want)
			}
		})
	}
	t.Run("D4.47.2 all exist from the start but failures", func(t *testing.T) {
		ts := newTestServer(t, plain)
		shown := map[string]bool{}
		for s := range ts.srv.Statistics().All() {
			if s.Shown() {
				shown[s.Name()] = true
			}
		}
		for _, n := range []string{"pkt4-received", "pkt4-nak-sent", "declined-addresses", "reclaimed-leases", "v4-allocation-fail", "v4-lease-reuses", "v4-reservation-conflicts",
			"subnet[1].total-addresses", "subnet[1].reclaimed-declined-addresses", "subnet[1].v4-lease-reuses", "subnet[1].pool[0].declined-addresses"} {
			if !shown[n] {
				t.Errorf("%s is missing", n)
			}
		}
		if shown["subnet[1].v4-allocation-fail"] {
			t.Error("subnet[1].v4-allocation-fail is there before a failure")
		}
	})
	t.Run("release and return", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		ts.one(from{src: ip(a), dst: ip("192.0.2.1")}, query(releaseMsg, 1, ciaddr(a)))
		if got := ts.stat("subnet[1].assigned-addresses"); got != 0 {
			t.Errorf("assigned after release is %d", got)
		}
		if got := ts.stat("reclaimed-leases"); got != 0 {
			t.Errorf("reclaimed-leases after release is %d", got)
		}
		expect(t, ts.lease(1), ackMsg, a)
		if x, c := ts.stat("subnet[1].assigned-addresses"), ts.stat("cumulative-assigned-addresses"); x != 1 || c != 2 {
			t.Errorf("assigned %d, cumulative %d", x, c)
		}
	})
}

func TestExpiration(t *testing.T) {
	expire := func(t *testing.T, conf string) (*testServer, string) {
		ts := newTestServer(t, conf)
		a := ts.lease(1, opt(12, 'h')).YourIPAddr.String()
		ts.pass(7201 * time.Second)
		return ts, a
	}
	t.Run("D4.54.2 D4.54.4 kept as reclaimed, without its name", func(t *testing.T) {
		ts, a := expire(t, plain)
		if n, more, err := ts.srv.reclamation.Run(100, 0, false); n != 1 || more || err != nil {
			t.Fatalf("reclaimed %d, more %t, %v", n, more, err)
		}
		if l := ts.stored(a); l.State != lease.StateReclaimed || len(l.Hostname) != 0 || len(l.HWAddr) != 6 {
			t.Errorf("lease is %+v", l)
		}
		if r, x := ts.stat("subnet[1].reclaimed-leases"), ts.stat("subnet[1].assigned-addresses"); r != 1 || x != 0 {
			t.Errorf("reclaimed %d, assigned %d", r, x)
		}
		if rows := ts.rows(); !strings.HasPrefix(rows[len(rows)-1], a+",02:00:00:00:00:01,,7200,") || !strings.HasSuffix(rows[len(rows)-1], ",1,0,0,,2,,0") {
			t.Errorf("row is %q", rows[len(rows)-1])
		}
	})
	t.Run("each step is logged as Kea does", func(t *testing.T) {
		ts, a := expire(t, plain)
		ts.debug()
		ts.srv.reclamation.Run(100, 250*time.Millisecond, false)
		rest := ts.log.String()
		for _, line := range []string{
			"ALLOC_ENGINE_V4_LEASES_RECLAMATION_START starting reclamation of expired leases (limit = 100 leases or 250 milliseconds)",
			"ALLOC_ENGINE_V4_LEASE_RECLAIM [hwtype=1 02:00:00:00:00:01], cid=[no info]: reclaiming expired lease for address " + a,
			"ALLOC_ENGINE_LEASE_RECLAIMED successfully reclaimed lease " + a,
			"ALLOC_ENGINE_V4_LEASES_RECLAMATION_COMPLETE reclaimed 1 leases in ",
			"ALLOC_ENGINE_V4_NO_MORE_EXPIRED_LEASES all expired leases have been reclaimed",
		} {
			_, after, found := strings.Cut(rest, line)
			if !found {
				t.Fatalf("%q is not where it belongs in the log:\n%s", line, &ts.log)
			}
			rest = after
		}
	})
	t.Run("D4.54.4 D4.58.11 purged after the hold time", func(t *testing.T) {
		ts, a := expire(t, plain)
		ts.srv.reclamation.Run(0, 0, false)
		ts.srv.reclamation.PurgeAll(3600 * time.Second)
		if ts.stored(a) == nil {
			t.Fatal("purged too early")
		}
		ts.pass(3601 * time.Second)
		ts.srv.reclamation.PurgeAll(3600 * time.Second)
		if ts.stored(a) != nil {
			t.Error("not purged")
		}
	})
	t.Run("D4.54.6 RELEASE expires or deletes", func(t *testing.T) {
		for conf, kept := range map[string]bool{
			"": true, `"expired-leases-processing": { "hold-reclaimed-time": 0 }, `: false, `"expired-leases-processing": { "flush-reclaimed-timer-wait-time": 0 }, `: false,
		} {
			ts := newTestServer(t, conf+plain)
			a := ts.lease(1).YourIPAddr.String()
			ts.one(from{src: ip(a), dst: ip("192.0.2.1")}, query(releaseMsg, 1, ciaddr(a)))
			if (ts.stored(a) != nil) != kept {
				t.Errorf("with %q the lease is kept: %t", conf, !kept)
			}
		}
	})
	t.Run("D4.54.7 limit by number", func(t *testing.T) {
		ts := newTestServer(t, plain)
		for n := range byte(5) {
			ts.lease(n)
		}
		ts.pass(7201 * time.Second)
		if n, more, _ := ts.srv.reclamation.Run(3, 0, false); n != 3 || !more {
			t.Errorf("reclaimed %d, more %t", n, more)
		}
		if n, more, _ := ts.srv.reclamation.Run(0, 0, true); n != 2 || more {
			t.Errorf("then %d, more %t", n, more)
		}
	})
	t.Run("D4.54.10 returning client, unless another asked", func(t *testing.T) {
		ts, a := expire(t, plain)
		ts.srv.reclamation.Run(0, 0, false)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, a)
		expect(t, ts.one(from{}, query(requestMsg, 2, requested(a), serverID("192.0.2.1"))), ackMsg, a)
		if b := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "").YourIPAddr.String(); b == a {
			t.Errorf("%s is offered although another has it", b)
		}
	})
	t.Run("D4.54.11 D4.48.15 leases-reclaim", func(t *testing.T) {
		ts, a := expire(t, plain)
		commands := control.NewRegistry(ts.srv.log.dhcp4)
		ts.srv.RegisterCommands(commands)
		call := func(args string) control.Answer {
			v, err := element.ParseWire([]byte(args))
			if err != nil {
				t.Fatal(err)
			}
			return commands.Call(context.Background(), &control.Request{Command: "leases-reclaim", Args: v})
		}
		if r := call(`{}`); r.Result != control.Error {
			t.Errorf("without remove: %+v", r)
		}
		if r := call(`{ "remove": false }`); r.Result != 0 || ts.stored(a).State != lease.StateReclaimed {
			t.Errorf("remove false: %+v", r)
		}
		ts.lease(2)
		ts.pass(7201 * time.Second)
		if r := call(`{ "remove": true }`); r.Text != "Reclamation of expired leases is complete." {
			t.Errorf("remove true: %+v", r)
		}
		if ts.stored("192.0.2.11") != nil {
			t.Error("remove true kept the lease")
		}
	})
	t.Run("D4.54.9 traffic waits", func(t *testing.T) {
		// Reclamation and queries take turns at the store: one of both at a time.
		ts, _ := expire(t, plain)
		tx := ts.srv.state.Load().leases.Begin4()
		done := make(chan struct{})
		go func() { ts.srv.reclamation.Run(0, 0, false); close(done) }()
		select {
		case <-done:
			t.Error("reclamation did not wait for the batch in work")
		case <-time.After(20 * time.Millisecond):
		}
		tx.Rollback()
		<-done
	})
}

func TestService(t *testing.T) {
	t.Run("D4.48.14 disabled and enabled", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.srv.service.Disable(server.OriginUser, 0)
		ts.srv.service.Disable(2000, 0)
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1)))
		if n := ts.stat("pkt4-received"); n != 0 {
			t.Errorf("pkt4-received is %d while disabled", n)
		}
		ts.srv.service.Enable(server.OriginUser)
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1)))
		ts.srv.service.Enable(2000)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "")
	})
	t.Run("a batch whose leases cannot be stored is not answered", func(t *testing.T) {
		ts := newTestServer(t, plain)
		st := ts.srv.state.Load()
		st.leases.close() // commits fail from now on
		if rs := ts.send(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1"))); len(rs) != 0 {
			t.Errorf("%d answers", len(rs))
		}
		if ts.stat("cumulative-assigned-addresses") != 0 || !strings.Contains(ts.log.String(), "DHCP4_LEASE_COMMIT_FAIL") {
			t.Errorf("assigned %d, log %s", ts.stat("cumulative-assigned-addresses"), ts.log.String())
		}
	})
}

func TestSyncedCommits(t *testing.T) {
	conf := `"lease-database": { "type": "memfile", "durability": "fsync" }, ` + plain
	t.Run("offers do not wait for the disk, acknowledgements do", func(t *testing.T) {
		ts := newTestServer(t, conf)
		ts.srv.state.Load().leases.close() // commits fail from now on
		rs := ts.send(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")), query(discoverMsg, 2))
		if len(rs) != 1 || rs[0].MessageType() != offerMsg {
			t.Errorf("answers %v", rs)
		}
	})
	t.Run("an offer that is stored waits", func(t *testing.T) {
		ts := newTestServer(t, `"offer-lifetime": 60, `+conf)
		ts.srv.state.Load().leases.close()
		if rs := ts.send(from{}, query(discoverMsg, 1)); len(rs) != 0 {
			t.Errorf("answers %v", rs)
		}
	})
	t.Run("queries that come meanwhile share a commit", func(t *testing.T) {
		ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: "/leases"}
		ts.sock = &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2, piece: 1}
		files := crashfs.New()
		ts.files = files
		ts.start(conf)
		defer ts.srv.Close()
		syncs := 0
		files.SetFail(func(op crashfs.Op, _ string) error {
			if op != crashfs.Sync {
				return nil
			}
			syncs++
			for _, r := range ts.sock.sent {
				if r.MessageType() == ackMsg {
					t.Errorf("client %v is acknowledged %v before the disk has it", r.ClientHWAddr, r.YourIPAddr)
				}
			}
			if syncs > 1 {
				return errors.New("broken")
			}
			return nil
		})
		request := func(n byte, addr string) *dhcpv4.DHCPv4 {
			return query(requestMsg, n, requested(addr), serverID("192.0.2.1"))
		}
		rs := ts.send(from{}, request(1, "192.0.2.11"), query(discoverMsg, 2), request(3, "192.0.2.13"), request(4, "192.0.2.13"))
		var got []string
		for _, r := range rs {
			got = append(got, fmt.Sprint(r.ClientHWAddr[5], r.MessageType()))
		}
		if want := "[2 OFFER 1 ACK 3 ACK 4 NAK]"; fmt.Sprint(got) != want || syncs != 1 {
			t.Errorf("answers %v after %d syncs, want %s after one", got, syncs, want)
		}
		ts.sock.sent = nil
		if rs := ts.send(from{}, request(5, "192.0.2.15"), query(discoverMsg, 6), request(7, "192.0.2.17")); len(rs) != 1 || rs[0].MessageType() != offerMsg {
			t.Errorf("without the disk there are the answers %v", rs)
		}
	})
	t.Run("an answer that waited and cannot be sent names its client", func(t *testing.T) {
		ts := newTestServer(t, conf)
		ts.sock.piece, ts.sock.fail = 1, errors.New("no way")
		ts.send(from{}, query(requestMsg, 1, requested("192.0.2.11"), serverID("192.0.2.1")), query(requestMsg, 2, requested("192.0.2.12"), serverID("192.0.2.1")))
		for _, client := range []string{"02:00:00:00:00:01", "02:00:00:00:00:02"} {
			if want := "DHCP4_PACKET_SEND_FAIL [hwtype=1 " + client + "]"; !strings.Contains(ts.log.String(), want) {
				t.Errorf("%s is not in the log: %s", want, &ts.log)
			}
		}
	})
	t.Run("each is answered once", func(t *testing.T) {
		ts := newTestServer(t, conf)
		rs := ts.send(from{}, query(discoverMsg, 1), query(requestMsg, 2, requested("192.0.2.15"), serverID("192.0.2.1")))
		if len(rs) != 2 || ts.stat("pkt4-sent") != 2 {
			t.Errorf("%d answers, %d counted", len(rs), ts.stat("pkt4-sent"))
		}
	})
}

func TestPacketQueue(t *testing.T) {
	t.Run("a queue that cannot be is refused where it would be used", func(t *testing.T) {
		ts := newTestServer(t, plain)
		for queue, want := range map[string]string{
			`"queue-type": "foo"`: `there is no queue-type "foo", use "kea-ring4"`,
			`"capacity": 0`:       "a capacity of 0 is not possible",
			`"capacity": 4000000`: "a capacity of 4000000 is not possible",
		} {
			conf := `"dhcp-queue-control": { "enable-queue": true, ` + queue + ` }, ` + plain
			if err := ts.srv.Test(ts.parse(conf)); err != nil {
				t.Errorf("%s with multi-threading: %v", queue, err)
			}
			err := ts.srv.Test(ts.parse(`"multi-threading": { "enable-multi-threading": false }, ` + conf))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error is %v, want %q", queue, err, want)
			}
		}
	})
	t.Run("PL.12.2 D4.55.1 D4.55.4 off by default and with multi-threading", func(t *testing.T) {
		for conf, want := range map[string]int{
			``: 0,
			`"dhcp-queue-control": { "enable-queue": true, "capacity": 5 }, `:                                                                     0,
			`"multi-threading": { "enable-multi-threading": false }, "dhcp-queue-control": { "enable-queue": true, "capacity": 5 }, `:             5,
			`"multi-threading": { "enable-multi-threading": false }, "dhcp-queue-control": { "enable-queue": false, "capacity": 5 }, `:            0,
			`"multi-threading": { "enable-multi-threading": false }, "dhcp-queue-control": { "enable-queue": true, "queue-type": "kea-ring4" }, `: 64,
		} {
			ts := newTestServer(t, conf+plain)
			ts.srv.sockets.Interfaces = someInterfaces
			p, err := ts.srv.sockets.plan(ts.parse(`"interfaces-config": { "interfaces": [ "eth0" ] }, `+conf+plain), false)
			if err != nil || p.Sockets[0].Queue != want {
				t.Errorf("%s: planned %+v, %v; want a capacity of %d", conf, p, err, want)
			}
			text := fmt.Sprintf(`DHCP4_CONFIG_PACKET_QUEUE DHCPv4 packet queue info after configuration: { "capacity": %d, "queue-type": "kea-ring4", "size": 0 }`, want)
			if strings.Contains(ts.log.String(), text) != (want > 0) {
				t.Errorf("%s: log is %s", conf, &ts.log)
			}
		}
	})
}

func TestDeviations(t *testing.T) {
	t.Run("D4.50.8 REQUEST without address is granted", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expect(t, ts.one(from{}, query(requestMsg, 1)), ackMsg, "192.0.2.10")
	})
	t.Run("D4.50.9 DECLINE without server identifier", func(t *testing.T) {
		ts := newTestServer(t, plain)
		a := ts.lease(1).YourIPAddr.String()
		ts.one(from{}, query(declineMsg, 1, requested(a)))
		if ts.stored(a).State != lease.StateDeclined {
			t.Error("not carried out")
		}
	})
	t.Run("D4.56.2 classes of the reservation count for pools", func(t *testing.T) {
		ts := newTestServer(t, `"client-classes": [ { "name": "gold" } ], "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19", "client-class": "gold" } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01", "client-classes": [ "gold" ] } ] } ]`)
		expect(t, ts.lease(1), ackMsg, "192.0.2.10")
		expectSilence(t, ts.one(from{}, query(discoverMsg, 2)))
	})
	t.Run("D4.50.1 message types", func(t *testing.T) {
		ts := newTestServer(t, plain)
		for _, typ := range []dhcpv4.MessageType{discoverMsg, offerMsg, requestMsg, declineMsg, ackMsg, nakMsg, releaseMsg, informMsg} {
			ts.one(from{}, query(typ, 1, requested("192.0.2.10")))
			name := "pkt4-" + strings.ToLower(typ.String()) + "-received"
			if n := ts.stat(name); n != 1 {
				t.Errorf("%s is %d", name, n)
			}
		}
	})
}
