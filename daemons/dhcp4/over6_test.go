package dhcp4

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/control"
	"nestor/lib/dhcp4o6"
	"nestor/lib/element"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
	"nestor/lib/server"
)

// over6Conf has a subnet for each of the ways by which DHCPv4-over-DHCPv6 finds one,
// and one that it does not find.
const over6Conf = `
	"client-classes": [ { "name": "from", "test": "pkt.src == 0x20010db8000100000000000000000007", "boot-file-name": "by-source" },
		{ "name": "nobody", "test": "pkt4.mac == 0x00" } ],
	"subnet4": [
	{ "id": 1, "subnet": "10.1.0.0/24", "interface": "eth0", "pools": [ { "pool": "10.1.0.10-10.1.0.19" } ] },
	{ "id": 2, "subnet": "10.2.0.0/24", "4o6-subnet": "2001:db8:1::/48", "pools": [ { "pool": "10.2.0.10-10.2.0.19" } ] },
	{ "id": 3, "subnet": "10.3.0.0/24", "4o6-interface-id": "port7", "pools": [ { "pool": "10.3.0.10-10.3.0.19" } ] },
	{ "id": 4, "subnet": "10.4.0.0/24", "4o6-interface": "eth1", "pools": [ { "pool": "10.4.0.10-10.4.0.19" } ] },
	{ "id": 5, "subnet": "10.5.0.0/24", "4o6-subnet": "2001:db8:5::/48", "client-classes": [ "nobody" ], "pools": [ { "pool": "10.5.0.10-10.5.0.19" } ] },
	{ "id": 6, "subnet": "10.6.0.0/24", "4o6-subnet": "2001:db8::/32", "4o6-interface": "eth6", "pools": [ { "pool": "10.6.0.10-10.6.0.19" } ] } ]`

var loopback = netip.IPv6Loopback()

// fakeSocket6 collects what is sent to the DHCPv6 server.
type fakeSocket6 struct {
	netio.Socket6
	sent   [][]byte
	fail   error
	forget bool
}

func (f *fakeSocket6) Interface() (string, int) { return "lo", 1 }

// Recv receives the same message from three senders.
func (f *fakeSocket6) Recv(ds []netio.Datagram6) (int, error) {
	query := viaDHCPv6(origin("eth0", "2001:db8:1::7"), query(discoverMsg, 1).ToBytes())
	return copy(ds, []netio.Datagram6{
		{Payload: query, Src: netip.MustParseAddr("2001:db8::1").As16(), SrcPort: 6767},
		{Payload: query, Src: loopback.As16(), SrcPort: 6768},
		{Payload: query, Src: loopback.As16(), SrcPort: 6767},
	}), nil
}

func (f *fakeSocket6) Send(rs []netio.Reply6) error {
	for i := range rs {
		if rs[i].Dst != loopback.As16() || rs[i].DstPort != 6767 {
			panic(fmt.Sprintf("answer to %v port %d", netip.AddrFrom16(rs[i].Dst), rs[i].DstPort))
		}
		if rs[i].Err = f.fail; f.fail == nil && !f.forget {
			f.sent = append(f.sent, bytes.Clone(rs[i].Payload))
		}
	}
	return nil
}

// over6Server is a server whose DHCPv6 server is the test.
type over6Server struct {
	*testServer
	v6   *fakeSocket6
	loop *loop
}

func newOver6Server(t *testing.T, conf string) *over6Server {
	return besideDHCPv6(newTestServer(t, conf))
}

func besideDHCPv6(ts *testServer) *over6Server {
	on := map[string]uint32{"eth0": ip("192.0.2.1"), "eth1": ip("198.51.100.1"), "eth6": ip("203.0.113.1")}
	ts.srv.sockets.on.Store(&on)
	s := &over6Server{testServer: ts, v6: &fakeSocket6{}}
	s.loop = newLoop(ts.srv, newOver6Socket(dhcp4o6.Over(s.v6, 6767)), packetloop.BatchSize)
	return s
}

// deliver gives the server a message of the DHCPv6 server and returns what comes back.
func (s *over6Server) deliver(raw ...[]byte) [][]byte {
	s.v6.sent = nil
	var ds []netio.Datagram4
	for _, b := range raw {
		ds = append(ds, netio.Datagram4{Payload: b, SrcPort: 6767})
	}
	s.loop.Turn(ds)
	return s.v6.sent
}

// origin is where a client is, as the DHCPv6 server sees it.
func origin(iface, addr string) *dhcp4o6.Origin {
	return &dhcp4o6.Origin{Interface: []byte(iface), Addr: netip.MustParseAddr(addr).As16(), Port: 546}
}

// viaDHCPv6 is a query as the DHCPv6 server passes it on. Relays are given by their
// interface-ids, the one nearest the client first; "" has none.
func viaDHCPv6(from *dhcp4o6.Origin, q []byte, relays ...string) []byte {
	msg := append([]byte{pkt6.MsgDHCPv4Query, 0x80, 0, 7}, pkt6.AppendOption(nil, pkt6.OptDHCPv4Message, q)...)
	for hops, id := range relays {
		header := append([]byte{pkt6.MsgRelayForward, byte(hops)}, make([]byte, 32)...)
		if id != "" {
			header = pkt6.AppendOption(header, pkt6.OptInterfaceID, []byte(id))
		}
		msg = pkt6.AppendOption(header, pkt6.OptRelayMessage, msg)
	}
	var m pkt6.Message
	if err := m.Parse(msg); err != nil {
		panic(err)
	}
	b, err := dhcp4o6.AppendQuery(nil, &m, from)
	if err != nil {
		panic(err)
	}
	return b
}

// ask passes one query and returns the answer in its wrapping, nil if there is none.
func (s *over6Server) ask(raw []byte) (*dhcp4o6.Message, *dhcpv4.DHCPv4) {
	s.t.Helper()
	sent := s.deliver(raw)
	if len(sent) == 0 {
		return nil, nil
	}
	var m dhcp4o6.Message
	if err := m.Parse(sent[0]); err != nil || len(sent) > 1 {
		s.t.Fatalf("%d answers, %v", len(sent), err)
	}
	v4, err := m.DHCPv4()
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := dhcpv4.FromBytes(v4)
	if err != nil {
		s.t.Fatal(err)
	}
	return &m, r
}

func TestOver6Selection(t *testing.T) {
	for _, c := range []struct {
		name   string
		from   *dhcp4o6.Origin
		relays []string
		want   string // address offered, "" for silence
	}{
		{"4o6-subnet has the source", origin("eth0", "2001:db8:1::7"), nil, "10.2.0.10"},
		{"4o6-interface is where it came in", origin("eth1", "2001:dead::7"), nil, "10.4.0.10"},
		{"4o6-interface-id is the relay's", origin("eth0", "2001:dead::7"), []string{"port7"}, "10.3.0.10"},
		{"the relay nearest the client counts", origin("eth0", "2001:dead::7"), []string{"port7", "trunk"}, "10.3.0.10"},
		{"the outer relay does not", origin("eth0", "2001:dead::7"), []string{"other", "port7"}, ""},
		{"nor if the inner one says nothing", origin("eth0", "2001:dead::7"), []string{"", "port7"}, ""},
		{"interface alone makes no subnet eligible", origin("eth0", "2001:dead::7"), nil, ""},
		{"any of the three suffices, the lowest id first", origin("eth6", "2001:db8:1::7"), []string{"port7"}, "10.2.0.10"},
		{"link-local source", origin("eth1", "fe80::7"), nil, "10.4.0.10"},
	} {
		t.Run("D4.31.2 "+c.name, func(t *testing.T) {
			s := newOver6Server(t, over6Conf)
			_, r := s.ask(viaDHCPv6(c.from, query(discoverMsg, 1).ToBytes(), c.relays...))
			if c.want == "" {
				if r != nil {
					t.Errorf("answered with %v", r)
				}
				return
			}
			if r == nil || r.MessageType() != offerMsg || r.YourIPAddr.String() != c.want {
				t.Errorf("answered with %v, want an offer of %s", r, c.want)
			}
		})
	}
	t.Run("a subnet that does not admit the client is passed over", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		if _, r := s.ask(viaDHCPv6(origin("eth0", "2001:db8:5::7"), query(discoverMsg, 1).ToBytes())); r == nil || r.YourIPAddr.String() != "10.6.0.10" {
			t.Errorf("answered with %v", r)
		}
	})
	t.Run("subnets without the keywords serve others as ever", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		expect(t, s.lease(1), ackMsg, "10.1.0.10")
	})
}

func TestOver6Exchange(t *testing.T) {
	at := origin("eth0", "2001:db8:1::7")
	t.Run("the answer goes back as the query came, by no other socket", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		m, r := s.ask(viaDHCPv6(at, query(discoverMsg, 1).ToBytes(), "in", "", "out"))
		if r == nil || m.Type() != pkt6.MsgDHCPv4Response || m.XID() != 0x800007 || string(m.Origin.Interface) != "eth0" || m.Origin.Addr != at.Addr || m.Origin.Port != 546 {
			t.Fatalf("answered with %v, %+v", r, m)
		}
		var ids []string
		for _, relay := range m.Relays() {
			id, _ := relay.Options.Find(pkt6.OptInterfaceID)
			ids = append(ids, fmt.Sprintf("%d %d %s", relay.Type, relay.Hops, id))
		}
		if want := []string{"13 2 out", "13 1 ", "13 0 in"}; !slices.Equal(ids, want) {
			t.Errorf("relays of the answer are %q, want %q", ids, want)
		}
		if len(s.sock.sent) != 0 {
			t.Error("something went out by another socket")
		}
	})
	t.Run("offer, lease, renewal, release", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		_, offer := s.ask(viaDHCPv6(at, query(discoverMsg, 1).ToBytes()))
		_, ack := s.ask(viaDHCPv6(at, query(requestMsg, 1, requested("10.2.0.10"), serverID(offer.ServerIdentifier().String())).ToBytes()))
		if ack == nil || ack.MessageType() != ackMsg || s.stored("10.2.0.10") == nil {
			t.Fatalf("answered with %v", ack)
		}
		if id := ack.ServerIdentifier().String(); id != "192.0.2.1" {
			t.Errorf("server identifier is %s, not the address of the interface", id)
		}
		if ack.BootFileName != "by-source" {
			t.Errorf("pkt.src in an expression is not the client's IPv6 address")
		}
		_, renewed := s.ask(viaDHCPv6(at, query(requestMsg, 1, ciaddr("10.2.0.10")).ToBytes()))
		if renewed == nil || renewed.MessageType() != ackMsg || renewed.ClientIPAddr.String() != "10.2.0.10" {
			t.Errorf("renewal is answered with %v", renewed)
		}
		if _, r := s.ask(viaDHCPv6(at, query(releaseMsg, 1, ciaddr("10.2.0.10"), serverID("192.0.2.1")).ToBytes())); r != nil {
			t.Errorf("a release is answered with %v", r)
		}
		if got := [...]int64{s.stat("pkt4-received"), s.stat("pkt4-ack-sent"), s.stat("pkt4-release-received")}; got != [...]int64{4, 2, 1} {
			t.Errorf("statistics %v", got)
		}
	})
	t.Run("a foreign server identifier", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		if _, r := s.ask(viaDHCPv6(at, query(requestMsg, 1, requested("10.2.0.10"), serverID("9.9.9.9")).ToBytes())); r != nil {
			t.Errorf("answered with %v", r)
		}
	})
	t.Run("an address of another subnet", func(t *testing.T) {
		s := newOver6Server(t, strings.Replace(over6Conf, `"client-classes"`, `"authoritative": true, "client-classes"`, 1))
		if _, r := s.ask(viaDHCPv6(at, query(requestMsg, 1, requested("192.0.2.99")).ToBytes())); r == nil || r.MessageType() != dhcpv4.MessageTypeNak {
			t.Errorf("answered with %v", r)
		}
	})
	t.Run("INFORM without an address", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		if _, r := s.ask(viaDHCPv6(at, query(informMsg, 1).ToBytes())); r == nil || r.MessageType() != ackMsg || !r.YourIPAddr.IsUnspecified() {
			t.Errorf("answered with %v", r)
		}
	})
	t.Run("an interface without socket has no server identifier but a configured one", func(t *testing.T) {
		lost := viaDHCPv6(origin("eth9", "2001:db8:1::7"), query(discoverMsg, 1).ToBytes())
		s := newOver6Server(t, over6Conf)
		if _, r := s.ask(lost); r != nil || s.stat("pkt4-receive-drop") != 1 {
			t.Errorf("answered with %v", r)
		}
		s = newOver6Server(t, `"option-data": [ { "name": "dhcp-server-identifier", "data": "192.0.2.200" } ], `+over6Conf)
		if _, r := s.ask(lost); r == nil || r.ServerIdentifier().String() != "192.0.2.200" {
			t.Errorf("answered with %v", r)
		}
	})
	t.Run("a batch", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		sent := s.deliver(viaDHCPv6(at, query(discoverMsg, 1).ToBytes()), []byte{20}, viaDHCPv6(origin("eth1", "2001:db8:1::8"), query(discoverMsg, 2).ToBytes()))
		if len(sent) != 2 {
			t.Fatalf("%d answers", len(sent))
		}
		var m dhcp4o6.Message
		if err := m.Parse(sent[1]); err != nil || string(m.Origin.Interface) != "eth1" {
			t.Errorf("second answer goes to %s, %v", m.Origin.Interface, err)
		}
	})
	t.Run("a batch whose leases go to the disk", func(t *testing.T) {
		s := newOver6Server(t, `"lease-database": { "type": "memfile", "durability": "fsync" }, `+over6Conf)
		sent := s.deliver(viaDHCPv6(at, query(requestMsg, 1, requested("10.2.0.15"), serverID("192.0.2.1")).ToBytes(), "port7"), viaDHCPv6(origin("eth1", "2001:db8:1::8"), query(discoverMsg, 2).ToBytes()))
		var got []string
		for _, b := range sent {
			var m dhcp4o6.Message
			if err := m.Parse(b); err != nil {
				t.Fatal(err)
			}
			v4, _ := m.DHCPv4()
			r, err := dhcpv4.FromBytes(v4)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%v to %s over %d relays", r.MessageType(), m.Origin.Interface, len(m.Relays())))
		}
		// The offer does not wait for the lease.
		if want := []string{"OFFER to eth1 over 0 relays", "ACK to eth0 over 1 relays"}; !slices.Equal(got, want) {
			t.Errorf("answers %q, want %q", got, want)
		}
	})
	t.Run("an answer that cannot be sent", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		s.v6.fail = errors.New("no way")
		s.deliver(viaDHCPv6(at, query(discoverMsg, 1).ToBytes()))
		if !strings.Contains(s.log.String(), "DHCP4_DHCP4O6_PACKET_SEND_FAIL") || s.stat("pkt4-sent") != 0 {
			t.Errorf("pkt4-sent %d, log %s", s.stat("pkt4-sent"), &s.log)
		}
	})
	t.Run("nothing while the service is off", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		s.debug()
		s.srv.service.Disable(server.OriginUser, 0)
		if _, r := s.ask(viaDHCPv6(at, query(discoverMsg, 1).ToBytes())); r != nil {
			t.Errorf("answered with %v", r)
		}
		if text := "DHCP4_PACKET_DROP_0008 [hwtype=1 02:00:00:00:00:01], cid=[no info], tid=0x1020301: DHCP service is globally disabled"; !strings.Contains(s.log.String(), text) {
			t.Errorf("%s is not in the log:\n%s", text, &s.log)
		}
		s.deliver([]byte{20, 0, 0}, nil)
		s.srv.service.Enable(server.OriginUser)
		if _, r := s.ask(viaDHCPv6(at, query(discoverMsg, 1).ToBytes())); r == nil {
			t.Error("no answer once it is on again")
		}
	})
}

// What holds no DHCPv4 query is dropped, counts as none, and is told of.
func TestOver6Malformed(t *testing.T) {
	at := origin("eth0", "2001:db8:1::7")
	whole := viaDHCPv6(at, query(discoverMsg, 1).ToBytes())
	relayed := viaDHCPv6(at, query(discoverMsg, 1).ToBytes(), "port7")
	typed := func(typ byte) []byte { return append([]byte{typ}, whole[1:]...) }
	answer := newOver6Server(t, over6Conf).deliver(whole)[0]
	for name, c := range map[string]struct {
		raw     []byte
		logged  string
		counted int64
	}{
		"empty":                          {nil, "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"shorter than a header":          {whole[:3], "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"cut in the vendor option":       {whole[:20], "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"cut in the DHCPv4 message":      {whole[:len(whole)-1], "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"no origin":                      {append([]byte{20, 0, 0, 0}, pkt6.AppendOption(nil, 87, query(discoverMsg, 1).ToBytes())...), "DHCPSRV_DHCP4O6_RECEIVED_BAD_PACKET received bad DHCPv4o6 packet: no ISC vendor option", 0},
		"two DHCPv4 messages":            {append(bytes.Clone(whole), 0, 87, 0, 1, 0), "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"a bare DHCPv4 message":          {query(discoverMsg, 1).ToBytes(), "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"a solicit":                      {typed(pkt6.MsgSolicit), "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"a response":                     {typed(pkt6.MsgDHCPv4Response), "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"our own answer come back":       {answer, "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"a query in an answer to relays": {append([]byte{pkt6.MsgRelayReply}, relayed[1:]...), "DHCP4_DHCP4O6_BAD_PACKET", 0},
		"33 relays":                      {deep(at, 33), "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"a relay that relays nothing":    {relayed[:34], "DHCP4_DHCP4O6_RECEIVE_FAIL", 0},
		"a DHCPv4 message cut short":     {viaDHCPv6(at, query(discoverMsg, 1).ToBytes()[:100]), "DHCP4_PACKET_DROP_0001", 1},
		"an OFFER inside":                {viaDHCPv6(at, query(offerMsg, 1).ToBytes()), "DHCP4_PACKET_DROP_0006", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newOver6Server(t, over6Conf)
			s.debug()
			if sent := s.deliver(c.raw); len(sent) != 0 {
				t.Errorf("answered with % x", sent)
			}
			if n := s.stat("pkt4-received"); n != c.counted {
				t.Errorf("pkt4-received is %d, want %d", n, c.counted)
			}
			if !strings.Contains(s.log.String(), c.logged) {
				t.Errorf("%s is not in the log:\n%s", c.logged, &s.log)
			}
			if _, r := s.ask(whole); r == nil {
				t.Error("the next query gets no answer")
			}
		})
	}
	if sent := newOver6Server(t, over6Conf).deliver(deep(at, 32)); len(sent) != 1 {
		t.Error("a query over 32 relays gets no answer")
	}
}

func TestOver6Allocations(t *testing.T) {
	s := newOver6Server(t, over6Conf)
	if err := s.srv.opts.Log.Configure(s.parse(`"loggers": [ { "name": "kea-dhcp4", "severity": "ERROR" } ]`).Loggers, false); err != nil {
		t.Fatal(err)
	}
	s.v6.forget = true
	raw := viaDHCPv6(origin("eth0", "2001:db8:1::7"), query(discoverMsg, 1).ToBytes(), "port7")
	ds := make([]netio.Datagram4, 1)
	if n := testing.AllocsPerRun(100, func() {
		ds[0] = netio.Datagram4{Payload: raw}
		s.loop.Turn(ds)
	}); n != 0 || s.stat("pkt4-offer-sent") == 0 {
		t.Errorf("%v allocations a query, %d offers", n, s.stat("pkt4-offer-sent"))
	}
}

// deep is a query that came over n relays.
func deep(at *dhcp4o6.Origin, n int) []byte {
	b := viaDHCPv6(at, query(discoverMsg, 1).ToBytes())
	for range n {
		b = pkt6.AppendOption(append([]byte{pkt6.MsgRelayForward, 0}, make([]byte, 32)...), pkt6.OptRelayMessage, b)
	}
	return b
}

// FuzzOver6 gives the server what a stranger in the place of the DHCPv6 server sends.
func FuzzOver6(f *testing.F) {
	at := origin("eth0", "2001:db8:1::7")
	f.Add(viaDHCPv6(at, query(discoverMsg, 1).ToBytes()))
	f.Add(viaDHCPv6(origin("eth1", "fe80::1"), query(informMsg, 1).ToBytes(), "port7", ""))
	f.Add(viaDHCPv6(origin("eth6", "2001:db8::1"), query(requestMsg, 1, requested("10.6.0.10")).ToBytes()))
	f.Fuzz(func(t *testing.T, raw []byte) {
		ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir(), sock: &fakeSocket{addr: ip("192.0.2.1"), name: "eth0"}}
		ts.startQuietly(over6Conf + `, "lease-database": { "type": "memfile", "persist": false }`)
		defer ts.srv.Close()
		s := besideDHCPv6(ts)
		var q dhcp4o6.Message
		m, r := s.ask(raw)
		if r != nil && (q.Parse(raw) != nil || q.Type() != pkt6.MsgDHCPv4Query || m.XID() != q.XID() || m.Origin.Addr != q.Origin.Addr || len(m.Relays()) != len(q.Relays())) {
			t.Errorf("%x is answered with %v", raw, r)
		}
		if _, r := s.ask(viaDHCPv6(at, query(discoverMsg, 200).ToBytes())); r == nil {
			t.Error("an honest client gets no offer")
		}
	})
}

// portPair finds two consecutive free ports of ::1.
func portPair(t *testing.T) uint16 {
	t.Helper()
	for range 50 {
		c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
		if err != nil {
			t.Fatal(err)
		}
		port := c.LocalAddr().(*net.UDPAddr).Port
		c.Close()
		if next, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback, Port: port + 1}); err == nil {
			next.Close()
			return uint16(port)
		}
	}
	t.Fatal("no two free ports")
	return 0
}

// speaker speaks as the DHCPv6 server does, from a port of ::1.
func speaker(t *testing.T, port uint16) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback, Port: int(port)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// hears reports whether a query to the port is answered.
func hears(t *testing.T, c *net.UDPConn, port uint16, wait time.Duration) bool {
	t.Helper()
	to := &net.UDPAddr{IP: net.IPv6loopback, Port: int(port)}
	if _, err := c.WriteTo(viaDHCPv6(origin("eth0", "2001:db8:1::7"), query(discoverMsg, 1).ToBytes()), to); err != nil {
		t.Fatal(err)
	}
	var b [1500]byte
	for c.SetReadDeadline(time.Now().Add(wait)); ; {
		n, from, err := c.ReadFromUDP(b[:])
		if err != nil {
			return false
		}
		var m dhcp4o6.Message
		if m.Parse(b[:n]) == nil && from.Port == int(port) && from.IP.Equal(net.IPv6loopback) {
			return true
		}
	}
}

// Whoever is not the DHCPv6 server of this host, by address and port, is not heard.
func TestOver6Senders(t *testing.T) {
	s := newOver6Socket(dhcp4o6.Over(&fakeSocket6{}, 6767))
	ds := make([]netio.Datagram4, 4)
	n, err := s.Recv(ds)
	if n != 1 || err != nil || ds[0].SrcPort != 6767 || len(ds[0].Payload) == 0 {
		t.Errorf("%d messages, %v: %+v", n, err, ds[:n])
	}
	if n, err := s.Recv(ds[:2]); n != 0 || err != nil {
		t.Errorf("%d messages of two strangers, %v", n, err)
	}
}

func TestOver6Link(t *testing.T) {
	const answered, silent = 5 * time.Second, 300 * time.Millisecond
	first := portPair(t)
	conf := func(port uint16) string {
		return fmt.Sprintf(`"dhcp4o6-port": %d, "option-data": [ { "name": "dhcp-server-identifier", "data": "192.0.2.1" } ], %s`, port, over6Conf)
	}
	ts := newTestServer(t, conf(first))
	v6 := speaker(t, first)
	t.Run("D4.31.1 listens on the port behind it and hears the port itself", func(t *testing.T) {
		if !hears(t, v6, first+1, answered) {
			t.Fatal("no answer")
		}
	})
	t.Run("D4.31.1 hears no other port", func(t *testing.T) {
		if hears(t, speaker(t, 0), first+1, silent) {
			t.Error("a stranger is answered")
		}
	})
	t.Run("is kept by a configuration with the same port", func(t *testing.T) {
		sock := ts.srv.over6.Socket()
		ts.configure(conf(first))
		if ts.srv.over6.Socket() != sock || !hears(t, v6, first+1, answered) {
			t.Error("the socket was opened anew")
		}
	})
	t.Run("a port in use is an error, the former goes on", func(t *testing.T) {
		taken := portPair(t)
		speaker(t, taken+1)
		err := ts.srv.Configure(context.Background(), ts.parse(conf(taken)))
		if err == nil || !strings.Contains(err.Error(), "dhcp4o6-port") {
			t.Errorf("error is %v", err)
		}
		if !hears(t, v6, first+1, answered) {
			t.Error("no answer after it")
		}
	})
	t.Run("moves to another port", func(t *testing.T) {
		second := portPair(t)
		ts.configure(conf(second))
		if !hears(t, speaker(t, second), second+1, answered) {
			t.Error("no answer on the new port")
		}
		if hears(t, v6, first+1, silent) {
			t.Error("the former port is still served")
		}
	})
	t.Run("D4.31.1 0 is off", func(t *testing.T) {
		ts.configure(conf(0))
		if ts.srv.over6.Socket() != nil {
			t.Error("the socket is open")
		}
	})
}

func TestOver6SelectTest(t *testing.T) {
	s := newOver6Server(t, strings.Replace(over6Conf, `"subnet4": [`, `"shared-networks": [ { "name": "n", "subnet4": [
		{ "id": 9, "subnet": "10.9.0.0/24", "4o6-interface": "eth9" } ] } ], "subnet4": [`, 1))
	commands := control.NewRegistry(s.srv.log.dhcp4)
	s.srv.RegisterCommands(commands)
	for _, c := range []struct {
		args   string
		result int
		text   string
	}{
		{`{ "remote": "2001:db8:1::9" }`, 0, "selected subnet '10.2.0.0/24' id 2"},
		{`{ "interface": "eth1" }`, 0, "selected subnet '10.4.0.0/24' id 4"},
		{`{ "interface": "eth9", "address": "10.1.0.1", "relay": "10.1.0.1", "subnet": "10.1.0.0", "local": "::1", "link": "2001:db8::1" }`,
			0, "selected shared network 'n' starting with subnet '10.9.0.0/24' id 9"},
		{`{ "interface-id": "port7" }`, 0, "selected subnet '10.3.0.0/24' id 3"},
		{`{ "interface-id": "'port7'" }`, 0, "selected subnet '10.3.0.0/24' id 3"},
		{`{ "interface-id": "70:6f:72:74:37" }`, 0, "selected subnet '10.3.0.0/24' id 3"},
		{`{ "remote": "2001:db8:5::9" }`, 0, "selected subnet '10.6.0.0/24' id 6"},
		{`{ "remote": "2001:db8:5::9", "classes": [ "nobody" ] }`, 0, "selected subnet '10.5.0.0/24' id 5"},
		{`{ "interface": "eth0" }`, 3, "no subnet selected"},
		{`{ }`, 3, "no subnet selected"},
		{`{ "remote": "10.0.0.1" }`, 1, `bad 'remote' entry: "10.0.0.1" is not an IPv6 address`},
		{`{ "local": "x" }`, 1, `bad 'local' entry: "x" is not an IPv6 address`},
		{`{ "relay": "::1" }`, 1, `bad 'relay' entry: "::1" is not an IPv4 address`},
		{`{ "interface-id": "" }`, 1, "bad 'interface-id' entry: it is empty"},
		{`{ "interface-id": 7 }`, 1, "'interface-id' entry is not a string"},
		{`{ "peer": "x" }`, 1, "unknown entry 'peer'"},
		{`[ ]`, 1, "arguments must be a map"},
	} {
		args, err := element.ParseWire([]byte(c.args))
		if err != nil {
			t.Fatal(err)
		}
		answer := commands.Call(context.Background(), &control.Request{Command: "subnet4o6-select-test", Args: args})
		if int(answer.Result) != c.result || answer.Text != c.text {
			t.Errorf("%s: %d %q, want %d %q", c.args, answer.Result, answer.Text, c.result, c.text)
		}
	}
}
