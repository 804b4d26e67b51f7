package netio

import (
	"fmt"
	"net"
	"testing"
	"time"

	"nestor/tests/netns"
)

func TestUDP4Receives(t *testing.T) {
	w := newWire(t)
	w.server.IP(t, "addr add 10.0.0.3/24 dev eth0")
	w.client.IP(t, "route add 192.0.2.0/24 dev eth0")
	w.server.IP(t, "route add 192.0.2.0/24 dev eth0") // or reverse path filtering drops what comes from there
	s := w.open(OpenUDP4, serverAddr, Options{})
	for _, c := range []struct {
		name  string
		query query
		want  bool
	}{
		{"D4.8.8 relayed query", query{src: 0xc0000209, srcPort: 67, dst: serverAddr, dstMAC: w.iface.MAC}, true},
		{"D4.8.8 no broadcast of a direct client", query{}, false},
		{"D4.8.8 no broadcast of a configured client", query{src: clientAddr}, false},
		{"unicast of a direct client", query{src: clientAddr, dst: serverAddr, dstMAC: w.iface.MAC}, true},
		{"odd source port", query{src: clientAddr, srcPort: 4011, dst: serverAddr, dstMAC: w.iface.MAC}, true},
		{"not another address of the interface", query{src: clientAddr, dst: 0x0a000003, dstMAC: w.iface.MAC}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.query.payload = "under test"
			w.inject(c.query.frame())
			w.inject(query{src: clientAddr, dst: serverAddr, dstMAC: w.iface.MAC, payload: "the end"}.frame())
			got := receiveUntil(t, s, upTo("the end"))
			if !c.want {
				if len(got) != 1 {
					t.Fatalf("received %q, want the second datagram only", payloads(got))
				}
				return
			}
			want := Datagram4{
				Payload: []byte("under test"), Src: c.query.src, Dst: serverAddr,
				SrcPort: or(c.query.srcPort, 68), IfIndex: w.iface.Index,
			}
			if len(got) != 2 || fmt.Sprint(got[0]) != fmt.Sprint(want) {
				t.Errorf("received %+v\nwant     %+v", got, want)
			}
		})
	}
}

func TestUDP4Truncates(t *testing.T) {
	w := newWire(t)
	s := w.open(OpenUDP4, serverAddr, Options{})
	w.server.IP(t, "link set eth0 mtu 9000")
	w.client.IP(t, "link set eth0 mtu 9000")
	w.inject(w.relayed(string(make([]byte, 5000))))
	if !dropped(t, s, func(s Stats) uint64 { return s.Truncated }) {
		t.Error("a datagram longer than the buffer is not counted")
	}
}

// TestUDP4Sends has the peer's kernel take the replies.
func TestUDP4Sends(t *testing.T) {
	w := newWire(t)
	var conn net.PacketConn
	err := w.client.Do(func() (err error) {
		conn, err = net.ListenPacket("udp4", "0.0.0.0:68")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w.server.IP(t, "addr add 10.0.0.3/24 dev eth0")
	// The second address: the kernel would choose the first for the route.
	s := w.open(OpenUDP4, 0x0a000003, Options{Batch: 2})
	rs := []Reply4{
		{Payload: []byte("one"), Dst: clientAddr, DstPort: 68},
		{Payload: []byte("two"), Dst: broadcast, DstPort: 68},
		{Payload: []byte("nowhere"), Dst: 0, DstPort: 0},
		{Payload: []byte("nobody"), Dst: 0x0a0000c8, DstPort: 68},                       // D4.9.2: ARP will fail, and nobody says so
		{Payload: make([]byte, 3000), Dst: clientAddr, DstPort: 68, Err: net.ErrClosed}, // leaves in fragments
	}
	if err := s.Send(rs); err != nil {
		t.Fatal(err)
	}
	if rs[2].Err == nil || rs[3].Err != nil {
		t.Errorf("reply to port 0: %v; reply to an address that nobody has: %v", rs[2].Err, rs[3].Err)
	}
	// The broadcast may overtake what waits for ARP.
	awaited := map[string]bool{"one": true, "two": true, string(rs[4].Payload): true}
	for len(awaited) > 0 {
		buf := make([]byte, 4000)
		conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		n, from, err := conn.ReadFrom(buf)
		if err != nil || !awaited[string(buf[:n])] || from.String() != "10.0.0.3:67" {
			t.Fatalf("%d bytes from %v, %v", n, from, err)
		}
		delete(awaited, string(buf[:n]))
	}
	for _, i := range []int{0, 1, 4} {
		if rs[i].Err != nil {
			t.Errorf("reply %d: %v", i, rs[i].Err)
		}
	}
	if stats := s.(StatsSource).Stats(); stats.Sent != 4 || stats.Unsent != 1 {
		t.Errorf("%+v", stats)
	}
}

// TestUDP4OutboundInterface has two ways to one destination: the routing table
// prefers eth0, the query came by eth1.
func TestUDP4OutboundInterface(t *testing.T) {
	w := newWire(t)
	other := netns.New(t)
	netns.Veth(t, w.server, "eth1", "10.1.0.1/24", other, "eth0", "10.1.0.2/24")
	w.server.IP(t, "route add 192.0.2.1 dev eth0 metric 1")
	w.server.IP(t, "route add 192.0.2.1 dev eth1 metric 2")
	w.client.IP(t, "addr add 192.0.2.1/32 dev lo")
	other.IP(t, "addr add 192.0.2.1/32 dev lo")
	eth1 := w.detect("eth1")

	arrives := func(t *testing.T, opts Options, ifIndex int) string {
		t.Helper()
		conns := map[string]net.PacketConn{}
		for name, ns := range map[string]*netns.NS{"eth0": w.client, "eth1": other} {
			err := ns.Do(func() (err error) {
				conns[name], err = net.ListenPacket("udp4", "192.0.2.1:67")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			defer conns[name].Close()
		}
		s := w.open(OpenUDP4, serverAddr, opts)
		defer s.Close()
		rs := []Reply4{{Payload: []byte("x"), Dst: 0xc0000201, DstPort: 67, IfIndex: ifIndex}}
		if err := s.Send(rs); err != nil || rs[0].Err != nil {
			t.Fatal(err, rs[0].Err)
		}
		for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); {
			for name, conn := range conns {
				conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				if _, from, err := conn.ReadFrom(make([]byte, 10)); err == nil {
					if from.String() != "10.0.0.1:67" {
						t.Errorf("source is %v", from)
					}
					return name
				}
			}
		}
		return "nowhere"
	}
	t.Run("same-as-inbound", func(t *testing.T) {
		if got := arrives(t, Options{}, eth1.Index); got != "eth1" {
			t.Errorf("reply arrived by %s", got)
		}
		if got := arrives(t, Options{}, 0); got != "eth0" {
			t.Errorf("reply without interface arrived by %s, want the socket's own", got)
		}
	})
	t.Run("use-routing", func(t *testing.T) {
		if got := arrives(t, Options{UseRouting: true}, eth1.Index); got != "eth0" {
			t.Errorf("reply arrived by %s, against the routing table", got)
		}
	})
}

func TestUDP4Loopback(t *testing.T) {
	w := newWire(t)
	w.iface = w.detect("lo")
	s := w.open(OpenUDP4, 0x7f000001, Options{})
	var conn net.Conn
	err := w.server.Do(func() (err error) {
		conn, err = net.Dial("udp4", "127.0.0.1:67")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte("ping"))
	got := receive(t, s, 1)
	if len(got) != 1 || got[0].Src != 0x7f000001 || got[0].IfIndex != w.iface.Index {
		t.Fatalf("received %+v", got)
	}
	rs := []Reply4{{Payload: []byte("pong"), Dst: got[0].Src, DstPort: got[0].SrcPort, IfIndex: got[0].IfIndex}}
	if err := s.Send(rs); err != nil || rs[0].Err != nil {
		t.Fatal(err, rs[0].Err)
	}
	buf := make([]byte, 10)
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	if n, err := conn.Read(buf); err != nil || string(buf[:n]) != "pong" {
		t.Errorf("%q, %v", buf[:n], err)
	}
}
