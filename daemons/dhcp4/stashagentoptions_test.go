package dhcp4

import (
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// stashing is a configuration in which only clients behind the port "p" of a relay
// get an address.
const stashing = `"stash-agent-options": true, "store-extended-info": true, ` + behindPort

const behindPort = `"client-classes": [ { "name": "port", "test": "relay4[1].hex == 'p'",
		"option-data": [ { "name": "time-servers", "data": "192.0.2.4", "always-send": true } ] } ],
	"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19", "client-class": "port" } ],
		"reservations": [ { "circuit-id": "'p'", "hostname": "behind-p" } ] } ]`

func TestStashAgentOptions(t *testing.T) {
	port := opt(82, 1, 1, 'p', 2, 1, 'r')
	t.Run("D4.34.2 a renewal counts as if it had option 82", func(t *testing.T) {
		ts := newTestServer(t, stashing)
		ts.debug()
		ts.request(1, "192.0.2.10", port)
		kept := ts.context("192.0.2.10")
		ts.pass(time.Minute)
		r := expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
		if r.Options[82] != nil {
			t.Errorf("option 82 of the answer is % x", r.Options[82])
		}
		if r.HostName() != "behind-p" { // reserved by circuit-id
			t.Errorf("option 12 is %q", r.HostName())
		}
		if l := ts.stored("192.0.2.10"); l.CLTT != ts.now.Unix() || string(l.UserContext) != kept {
			t.Errorf("the lease of %d has the user context %s", l.CLTT, l.UserContext)
		}
		if line := "recovered for query [hwtype=1 02:00:00:00:00:01], cid=[no info], tid=0x1020301 relay agent option from lease 192.0.2.10: "; !strings.Contains(ts.log.String(), line) {
			t.Errorf("the log lacks %q:\n%s", line, ts.log.String())
		}
		ts.restart(stashing)
		expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
	})
	t.Run("D4.34.2 link selection of it selects the subnet", func(t *testing.T) {
		ts := newTestServer(t, `"stash-agent-options": true, "store-extended-info": true, "shared-networks": [ { "name": "n", "subnet4": [
			{ "id": 1, "subnet": "192.0.2.0/24", "pools": [ ] }, { "id": 2, "subnet": "198.51.100.0/24", "pools": [ { "pool": "198.51.100.10-198.51.100.19" } ] } ] } ]`)
		ts.debug()
		link := opt(82, 5, 4, 192, 0, 2, 0)
		ts.request(1, "198.51.100.10", link)
		ts.log.Reset()
		expect(t, ts.renew(1, "198.51.100.10"), ackMsg, "198.51.100.10")
		if !strings.Contains(ts.log.String(), "the subnet with ID 1 was selected") {
			t.Errorf("log:\n%s", ts.log.String())
		}
	})
	t.Run("D4.34.2 while a commit for the disk is under way", func(t *testing.T) {
		ts := newTestServer(t, `"lease-database": { "type": "memfile", "durability": "fsync" }, `+stashing)
		ts.request(1, "192.0.2.10", port)
		ts.request(2, "192.0.2.11", port)
		ts.sock.piece = 1
		renewal := func(n byte, a string) *dhcpv4.DHCPv4 { return query(requestMsg, n, ciaddr(a)) }
		rs := ts.send(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, renewal(1, "192.0.2.10"), renewal(2, "192.0.2.11"))
		if len(rs) != 2 || rs[0].MessageType() != ackMsg || rs[1].MessageType() != ackMsg {
			t.Errorf("answers: %v", rs)
		}
	})
	t.Run("D4.34.2 as an earlier Kea kept it", func(t *testing.T) {
		ts, _ := startWith(t, `"sanity-checks": { "extended-info-checks": "none" }, `+stashing, leaseRow("192.0.2.10", "01", `{ "ISC": { "relay-agent-info": "0x010170" } }`))
		expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
	})
	for name, c := range map[string]struct {
		conf string
		send func(ts *testServer) *sentReply
	}{
		"D4.34.1 off by default": {`"store-extended-info": true, ` + behindPort, func(ts *testServer) *sentReply { return ts.renew(1, "192.0.2.10") }},
		"D4.34.2 relies on store-extended-info": {`"stash-agent-options": true, ` + behindPort,
			func(ts *testServer) *sentReply { return ts.renew(1, "192.0.2.10") }},
		"D4.34.2 not for another client": {stashing, func(ts *testServer) *sentReply { return ts.renew(2, "192.0.2.10") }},
		"D4.34.2 not by broadcast": {stashing, func(ts *testServer) *sentReply {
			return ts.one(from{src: ip("192.0.2.10")}, query(requestMsg, 1, ciaddr("192.0.2.10")))
		}},
		"D4.34.2 not over a relay": {stashing, func(ts *testServer) *sentReply {
			return ts.one(relayed, query(requestMsg, 1, giaddr("192.0.2.2"), ciaddr("192.0.2.10")))
		}},
		"D4.34.2 not with an option 82 of its own": {stashing, func(ts *testServer) *sentReply { return ts.renew(1, "192.0.2.10", opt(82, 1, 1, 'q')) }},
	} {
		t.Run(name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			ts.request(1, "192.0.2.10", port)
			expect(t, c.send(ts), nakMsg, "")
		})
	}
	t.Run("D4.34.2 with an empty option 82", func(t *testing.T) {
		ts := newTestServer(t, stashing)
		ts.request(1, "192.0.2.10", port)
		expect(t, ts.renew(1, "192.0.2.10", opt(82)), ackMsg, "192.0.2.10")
	})
	t.Run("D4.34.2 DHCPREQUEST only", func(t *testing.T) {
		ts := newTestServer(t, stashing)
		ts.request(1, "192.0.2.10", port)
		if r := expect(t, ts.renew(1, "192.0.2.10"), ackMsg, ""); r.Options[4] == nil {
			t.Error("a renewal is answered without the option of its class")
		}
		r := ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, query(informMsg, 1, ciaddr("192.0.2.10")))
		if expect(t, r, ackMsg, "").Options[4] != nil {
			t.Error("an INFORM is answered with the option of a class that option 82 decides on")
		}
	})
}
