package dhcp6

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// Packet loops that share a server give no address and no prefix twice, and count as
// one would (D6.26.5).
func TestSeveralLoops(t *testing.T) {
	const loops, clients = 4, 50
	ts := newTestServer(t, `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0",
		"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::d7" } ],
		"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ] } ]`)
	var each [loops]map[string]string // what is leased → client
	var all sync.WaitGroup
	for n := range each {
		sock := &fakeSocket{addr: ts.sock.addr, name: "eth0", index: 2}
		l := newLoop(ts.srv, sock, packetloop.BatchSize)
		each[n] = map[string]string{}
		all.Go(func() {
			for c := range byte(clients) {
				for _, a := range lend(l, sock, byte(n)*clients+c) {
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
	const want = loops * clients
	nas, pds := ts.stat("subnet[1].assigned-nas"), ts.stat("subnet[1].assigned-pds")
	if len(holders) != 2*want || nas != want || pds != want {
		t.Errorf("%d leases are held, assigned-nas is %d, assigned-pds %d; want %d of each", len(holders), nas, pds, want)
	}
	if n := ts.stat("pkt6-request-received"); n != want || ts.stat("pkt6-reply-sent") != want {
		t.Errorf("%d REQUESTs are counted, want %d", n, want)
	}
}

// lend lets a client get an address and a prefix through a loop.
func lend(l *loop, sock *fakeSocket, client byte) (leases []string) {
	sock.sent = nil
	l.Turn([]netio.Datagram6{{
		Payload: query(pkt6.MsgRequest, client, na(1), pd(1)), Src: ip("fe80::99"), Dst: ip("ff02::1:2"), SrcPort: 546, IfIndex: sock.index,
	}})
	for _, a := range sock.sent {
		for ia := range a.IAs() {
			for lease := range ia.Leases() {
				leases = append(leases, netip.PrefixFrom(ip6(lease.Addr), int(lease.Len)).String())
			}
		}
	}
	return leases
}
