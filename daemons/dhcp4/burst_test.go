package dhcp4

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// A client's messages come to one packet loop (lib/netio spreads by link-layer
// address), which serves them one after the other: none is dropped because an
// earlier one is in work.
func TestBurstOfOneClient(t *testing.T) {
	// FD.10.10
	ts := newTestServer(t, `"multi-threading": { "enable-multi-threading": true, "thread-pool-size": 4 }, `+plain)
	var burst []*dhcpv4.DHCPv4
	for i := range byte(20) {
		burst = append(burst, query(discoverMsg, 1, dhcpv4.WithTransactionID(dhcpv4.TransactionID{i})))
	}
	rs := ts.send(from{}, burst...)
	if len(rs) != len(burst) {
		t.Fatalf("%d of %d DISCOVERs are answered", len(rs), len(burst))
	}
	for i, r := range rs {
		if r.TransactionID != (dhcpv4.TransactionID{byte(i)}) || r.MessageType() != offerMsg {
			t.Errorf("answer %d is %v to %v", i, r.MessageType(), r.TransactionID)
		}
	}
	if n := ts.stat("pkt4-receive-drop"); n != 0 {
		t.Errorf("pkt4-receive-drop is %d", n)
	}
}

// Packet loops that share a server give no address twice.
func TestSeveralLoops(t *testing.T) {
	const loops, clients = 4, 50
	ts := newTestServer(t, `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.209" } ] } ]`)
	var each [loops]map[string]string // address → client
	var all sync.WaitGroup
	for n := range each {
		sock := &fakeSocket{addr: ts.sock.addr, name: "eth0", index: 2}
		l := newLoop(ts.srv, sock, packetloop.BatchSize)
		each[n] = map[string]string{}
		all.Go(func() {
			for c := range byte(clients) {
				if a := lend(l, sock, byte(n)*clients+c); a != "" {
					each[n][a] = fmt.Sprintf("client %d of loop %d", c, n)
				}
			}
		})
	}
	all.Wait()
	holders := map[string]string{}
	for _, m := range each {
		for a, who := range m {
			if other := holders[a]; other != "" {
				t.Errorf("%s is given to %s and to %s", a, other, who)
			}
			holders[a] = who
		}
	}
	if len(holders) != loops*clients || ts.stat("subnet[1].assigned-addresses") != loops*clients {
		t.Errorf("%d clients have addresses, assigned-addresses is %d; want %d", len(holders), ts.stat("subnet[1].assigned-addresses"), loops*clients)
	}
}

// lend lets a client get a lease through a loop; another client may be faster
// to ask for what it was offered. It returns the address, "" if there is none.
func lend(l *loop, sock *fakeSocket, client byte) string {
	turn := func(m *dhcpv4.DHCPv4) *sentReply {
		sock.sent = nil
		l.Turn([]netio.Datagram4{{Payload: m.ToBytes(), Dst: broadcastAddr, SrcPort: 68, IfIndex: sock.index}})
		if len(sock.sent) != 1 {
			return nil
		}
		return &sock.sent[0]
	}
	for range 100 {
		offer := turn(query(discoverMsg, client))
		if offer == nil {
			return ""
		}
		answer := turn(query(requestMsg, client, requested(offer.YourIPAddr.String()), serverID("192.0.2.1")))
		if answer != nil && answer.MessageType() == ackMsg && binary.BigEndian.Uint32(answer.YourIPAddr.To4()) != 0 {
			return answer.YourIPAddr.String()
		}
	}
	return ""
}
