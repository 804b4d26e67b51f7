package netio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/tests/require"
)

var aClient = [6]byte{2, 0, 0, 0, 0, 9}

// TestRaw4Receives lists frames that a raw socket hands up, each followed by one
// that it surely does, so that "nothing came" is known and not waited for.
func TestRaw4Receives(t *testing.T) { eachRaw(t, testRaw4Receives) }

func testRaw4Receives(t *testing.T, open opener) {
	w := newWire(t)
	w.server.IP(t, "addr add 10.0.0.3/24 dev eth0")
	s := w.open(open, serverAddr, Options{})
	badUDPChecksum := func(ip []byte) { ip[len(ip)-1] ^= 1 }

	for _, c := range []struct {
		name  string
		query query
		want  bool
	}{
		{"FD.3.12 limited broadcast", query{}, true},
		{"FD.3.12 own address", query{dst: serverAddr, dstMAC: w.iface.MAC}, true},
		{"FD.3.12 not the directed broadcast address", query{dst: 0x0a0000ff}, false},
		{"FD.3.12 not another address", query{dst: 0x0a000009, dstMAC: w.iface.MAC}, false},
		{"D4.8.6 not another address of the interface", query{dst: 0x0a000003, dstMAC: w.iface.MAC}, false},
		{"D4.8.5 relayed query", query{src: clientAddr, srcPort: 67, dst: serverAddr, dstMAC: w.iface.MAC}, true},
		{"own address in a broadcast frame", query{dst: serverAddr}, true},
		{"odd source port", query{srcPort: 4011}, true},
		{"FD.3.11 UDP checksum zero", query{edit: func(ip []byte) { ip[26], ip[27] = 0, 0 }}, true},
		{"FD.3.11 wrong IP header checksum", query{edit: func(ip []byte) { ip[10] ^= 0x55 }}, true},
		{"FD.3.11 wrong UDP checksum is dropped", query{edit: badUDPChecksum}, false},
		{"IP options", query{options: []byte{0x94, 4, 0, 0, 1, 1, 1, 0}}, true},
		{"Ethernet padding", query{trailer: 30}, true},
		{"first fragment", query{fragment: 0x2000}, false},
		{"later fragment", query{fragment: 0x0010}, false},
		{"do not fragment", query{fragment: 0x4000}, true},
		{"other port", query{dstPort: 69}, false},
		{"TCP", query{protocol: unix.IPPROTO_TCP}, false},
		{"frame for another host", query{dst: serverAddr, dstMAC: []byte{2, 9, 9, 9, 9, 9}}, false},
		{"tagged for a VLAN without interface", query{vlan: 5}, false},
		{"priority tag", query{vlan: 0xe000}, true},
		{"UDP length short of the datagram", query{edit: func(ip []byte) {
			ip[25]--
			ip[26], ip[27] = 0, 0
		}}, true},
		{"UDP length beyond the packet", query{edit: func(ip []byte) { ip[25]++ }}, false},
		{"UDP length into the Ethernet padding", query{trailer: 30, edit: func(ip []byte) {
			ip[25]++
			ip[26], ip[27] = 0, 0
		}}, false},
		{"UDP length below its header", query{edit: func(ip []byte) { ip[25] = 7 }}, false},
		{"IP length beyond the frame", query{edit: func(ip []byte) { ip[2] = 1 }}, false},
		{"IP version 6", query{edit: func(ip []byte) { ip[0] = 0x65 }}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.query.srcMAC = aClient
			c.query.payload = "under test"
			w.inject(c.query.frame())
			w.inject(query{srcMAC: aClient, payload: "the end"}.frame())
			got := receiveUntil(t, s, upTo("the end"))
			if !c.want {
				if len(got) != 1 || string(got[0].Payload) != "the end" {
					t.Fatalf("received %q, want the second datagram only", payloads(got))
				}
				return
			}
			if len(got) != 2 {
				t.Fatalf("received %q, want both datagrams", payloads(got))
			}
			want := Datagram4{
				Payload: got[0].Payload, Src: c.query.src, Dst: or(c.query.dst, broadcast),
				SrcPort: or(c.query.srcPort, 68), SrcMAC: aClient, IfIndex: w.iface.Index,
			}
			if fmt.Sprint(got[0]) != fmt.Sprint(want) {
				t.Errorf("received %+v\nwant     %+v", got[0], want)
			}
			if text := string(got[0].Payload); !bytes.HasPrefix([]byte("under test"), []byte(text)) || len(text) < 9 {
				t.Errorf("payload %q", text)
			}
		})
	}
	stats := s.(StatsSource).Stats()
	if stats.BadChecksum != 1 { // FD.3.11: dropped and counted
		t.Errorf("%d wrong checksums counted, want 1", stats.BadChecksum)
	}
	if stats.NotForUs != 0 {
		t.Errorf("the filter let %d frames through that it should have kept from us", stats.NotForUs)
	}
	if stats.Malformed == 0 {
		t.Error("malformed frames are not counted")
	}
}

func TestRaw4OneAddressOfSeveral(t *testing.T) { eachRaw(t, testRaw4OneAddressOfSeveral) }

func testRaw4OneAddressOfSeveral(t *testing.T, open opener) {
	w := newWire(t)
	w.server.IP(t, "addr add 10.0.0.3/24 dev eth0")
	const second = 0x0a000003
	s1 := w.open(open, serverAddr, Options{})
	s2 := w.open(open, second, Options{NoBroadcast: true})

	w.inject(query{payload: "one", dst: serverAddr, dstMAC: w.iface.MAC}.frame())
	w.inject(query{payload: "two", dst: second, dstMAC: w.iface.MAC}.frame())
	w.inject(query{payload: "all"}.frame())
	t.Run("D4.8.6 unicast for the chosen address only", func(t *testing.T) {
		if got := fmt.Sprint(payloads(receive(t, s1, 2))); got != "[one all]" {
			t.Errorf("first address received %s", got)
		}
		w.inject(query{payload: "end", dst: second, dstMAC: w.iface.MAC}.frame())
		if got := fmt.Sprint(payloads(receive(t, s2, 2))); got != "[two end]" {
			t.Errorf("second address received %s", got)
		}
	})
}

// TestRaw4PartialChecksum has a sender on this host, whose kernel leaves the UDP
// checksum to hardware that a veth pair does not have.
func TestRaw4PartialChecksum(t *testing.T) { eachRaw(t, testRaw4PartialChecksum) }

func testRaw4PartialChecksum(t *testing.T, open opener) {
	w := newWire(t)
	s := w.open(open, serverAddr, Options{})
	err := w.client.Do(func() error {
		conn, err := net.DialUDP("udp4", &net.UDPAddr{Port: 68}, &net.UDPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 67})
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = conn.Write([]byte("from a kernel"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := receive(t, s, 1); len(got) != 1 || string(got[0].Payload) != "from a kernel" {
		t.Fatalf("received %q; stats %+v", payloads(got), s.(StatsSource).Stats())
	}
}

// TestRaw4ChildInterface sends to a macvlan child, whose frames a packet socket
// on the parent sees too, as it does those of a VLAN child.
func TestRaw4ChildInterface(t *testing.T) { eachRaw(t, testRaw4ChildInterface) }

func testRaw4ChildInterface(t *testing.T, open opener) {
	w := newWire(t)
	if out, err := w.server.Command("ip", "link", "add", "link", "eth0", "name", "child", "type", "macvlan").CombinedOutput(); err != nil {
		require.Skip(t, "kernel without macvlan: %v: %s", err, out)
	}
	w.server.IP(t, "link set child up")
	child := w.detect("child")
	s := w.open(open, serverAddr, Options{})
	w.inject(query{dst: serverAddr, dstMAC: child.MAC, payload: "for the child"}.frame())
	w.inject(query{dst: serverAddr, dstMAC: w.iface.MAC, payload: "for the parent"}.frame())
	if got := fmt.Sprint(payloads(receiveUntil(t, s, upTo("for the parent")))); got != "[for the parent]" {
		t.Errorf("received %s", got)
	}
}

func TestRaw4PassesTheFirewall(t *testing.T) {
	w := newWire(t)
	if err := w.server.Do(dropInput); err != nil {
		require.Skip(t, "kernel without nftables: %v", err)
	}
	relayed := query{src: clientAddr, dst: serverAddr, dstMAC: w.iface.MAC, payload: "hello"}
	t.Run("D4.8.5 the firewall is bypassed", func(t *testing.T) {
		s := w.open(OpenRaw4, serverAddr, Options{})
		w.inject(relayed.frame())
		if got := receive(t, s, 1); len(got) != 1 {
			t.Error("the firewall kept a datagram from the raw socket")
		}
		s.Close()
		// The firewall does drop what comes the common way.
		u := w.open(OpenUDP4, serverAddr, Options{})
		w.inject(relayed.frame())
		if n, err := u.Recv(make([]Datagram4, 1)); n != 0 || err != nil {
			t.Errorf("Recv = %d, %v behind a firewall that drops everything", n, err)
		}
	})
}

func TestRaw4HoldsThePort(t *testing.T) {
	w := newWire(t)
	direct := query{src: clientAddr, srcMAC: w.clientMAC, dst: serverAddr, dstMAC: w.iface.MAC, payload: "hello"}
	s := w.open(OpenRaw4, serverAddr, Options{})
	w.inject(direct.frame())
	if got := receive(t, s, 1); len(got) != 1 {
		t.Fatal("nothing received")
	}
	if w.icmpSeen(200 * time.Millisecond) {
		t.Error("the kernel answered port-unreachable beside the server")
	}
	s.Close()
	w.inject(direct.frame())
	if !w.icmpSeen(2 * time.Second) {
		t.Error("no port-unreachable after Close: the port is still held")
	}
}

func TestRaw4Truncates(t *testing.T) { eachRaw(t, testRaw4Truncates) }

func testRaw4Truncates(t *testing.T, open opener) {
	w := newWire(t)
	s := w.open(open, serverAddr, Options{})
	w.server.IP(t, "link set eth0 mtu 9000")
	w.client.IP(t, "link set eth0 mtu 9000")
	w.inject(query{payload: string(make([]byte, 5000))}.frame())
	if !dropped(t, s, func(s Stats) uint64 { return s.Truncated }) {
		t.Error("a frame longer than the buffer is not counted")
	}
}

// TestRaw4JumboFrames checks that frames too long for a ring are received.
func TestRaw4JumboFrames(t *testing.T) {
	w := newWire(t)
	w.server.IP(t, "link set eth0 mtu 9000")
	w.client.IP(t, "link set eth0 mtu 9000")
	w.iface = w.detect("eth0")
	s := w.open(OpenRaw4, serverAddr, Options{Ring: 1 << 20})
	payload := string(make([]byte, 5000))
	w.inject(query{payload: payload}.frame())
	if got := receive(t, s, 1); len(got) != 1 || string(got[0].Payload) != payload {
		t.Errorf("received %d; stats %+v", len(got), s.(StatsSource).Stats())
	}
}

func TestRaw4NeedsEthernet(t *testing.T) {
	w := newWire(t)
	lo := w.detect("lo")
	err := w.server.Do(func() error {
		_, err := OpenRaw4(lo, 0x7f000001, 67, Options{})
		return err
	})
	if err == nil || err.Error() != "open raw socket on lo: not an Ethernet interface; use dhcp-socket-type udp" { // D4.50.10
		t.Errorf("error = %v", err)
	}
}

func TestRaw4LinkDownAndUp(t *testing.T) { eachRaw(t, testRaw4LinkDownAndUp) }

func testRaw4LinkDownAndUp(t *testing.T, open opener) {
	w := newWire(t)
	single := w.open(open, serverAddr, Options{})
	t.Run("FD.10.7 link down and up needs no reload", func(t *testing.T) {
		w.inject(query{payload: "before"}.frame())
		if got := fmt.Sprint(payloads(receive(t, single, 1))); got != "[before]" {
			t.Fatalf("received %s", got)
		}
		w.server.IP(t, "link set eth0 down")
		if n, err := single.Recv(make([]Datagram4, 1)); n != 0 || err != nil {
			t.Fatalf("Recv on a link that is down = %d, %v", n, err)
		}
		down := []Reply4{{Payload: []byte("x"), Dst: clientAddr, DstPort: 68, DstMAC: w.clientMAC}}
		if err := single.Send(down); err != nil || down[0].Err == nil {
			t.Errorf("Send on a link that is down = %v, reply error %v", err, down[0].Err)
		}
		w.server.IP(t, "link set eth0 up")
		w.awaitCarrier()
		w.inject(query{payload: "after"}.frame())
		if got := fmt.Sprint(payloads(receive(t, single, 1))); got != "[after]" {
			t.Fatalf("received %s", got)
		}
		if err := single.Send(down); err != nil || down[0].Err != nil {
			t.Errorf("Send = %v, reply error %v", err, down[0].Err)
		}
		w.capture(68)
	})
}

// awaitCarrier waits until both ends of the cable are running again.
func (w *wire) awaitCarrier() {
	w.t.Helper()
	w.server.AwaitRunning(w.t, "eth0")
	w.client.AwaitRunning(w.t, "eth0")
}

// TestRaw4Overflow checks that what the kernel drops for want of room is seen.
func TestRaw4Overflow(t *testing.T) {
	for name, options := range map[string]Options{"queue": {ReceiveBuffer: 4096}, "ring": {Ring: ringBlock}} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			s := w.open(OpenRaw4, serverAddr, options)
			for range 100 {
				w.inject(query{payload: "flood"}.frame())
			}
			got := receive(t, s, 1)
			for range 2 {
				stats := s.(StatsSource).Stats()
				if len(got) == 0 || stats.Overflow == 0 || stats.Overflow > 99 {
					t.Errorf("%d received, %+v", len(got), stats)
				}
			}
		})
	}
}

func TestRaw4Sends(t *testing.T) {
	w := newWire(t)
	s := w.open(OpenRaw4, serverAddr, Options{Batch: 4})
	everybody := [6]byte{255, 255, 255, 255, 255, 255}
	for _, c := range []struct {
		name  string
		reply Reply4
	}{
		// Nobody answers ARP for 10.0.0.77.
		{"D4.8.5 client without an address", Reply4{Dst: 0x0a00004d, DstPort: 68, DstMAC: aClient}},
		{"broadcast", Reply4{Dst: broadcast, DstPort: 68, DstMAC: everybody}},
		{"broadcast address to one client", Reply4{Dst: broadcast, DstPort: 68, DstMAC: aClient}},
		{"unicast address in a broadcast frame", Reply4{Dst: clientAddr, DstPort: 68, DstMAC: everybody}},
		{"relay in another subnet", Reply4{Dst: 0xc0000201, DstPort: 67, DstMAC: w.clientMAC}},
		{"odd length", Reply4{Dst: clientAddr, DstPort: 68, Payload: []byte("odd"), DstMAC: aClient}},
		{"as long as the link allows", Reply4{Dst: clientAddr, DstPort: 68, Payload: make([]byte, 1500-28), DstMAC: aClient}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.reply.Payload == nil {
				c.reply.Payload = []byte("an answer")
			}
			rs := []Reply4{c.reply}
			if err := s.Send(rs); err != nil || rs[0].Err != nil {
				t.Fatalf("Send = %v, reply error %v", err, rs[0].Err)
			}
			checkFrame(t, w, w.capture(c.reply.DstPort), &c.reply)
		})
	}
}

// checkFrame compares a whole captured frame with the reply it carries.
func checkFrame(t *testing.T, w *wire, frame []byte, r *Reply4) {
	t.Helper()
	if !bytes.Equal(frame[:6], r.DstMAC[:]) || !bytes.Equal(frame[6:12], w.iface.MAC) {
		t.Errorf("frame goes from %x to %x", frame[6:12], frame[:6])
	}
	ip, udp := frame[14:34], frame[34:]
	if len(udp) != 8+len(r.Payload) || int(binary.BigEndian.Uint16(ip[2:])) != 20+len(udp) ||
		int(binary.BigEndian.Uint16(udp[4:])) != len(udp) {
		t.Fatalf("lengths do not fit: %x", frame)
	}
	t.Run("FD.1.6 TTL 128, TOS 0x10, DF", func(t *testing.T) {
		if ip[0] != 0x45 || ip[1] != 0x10 || ip[8] != 128 || binary.BigEndian.Uint16(ip[6:]) != 0x4000 {
			t.Errorf("IP header %x", ip)
		}
	})
	if src, dst := binary.BigEndian.Uint32(ip[12:]), binary.BigEndian.Uint32(ip[16:]); src != serverAddr || dst != r.Dst {
		t.Errorf("packet goes from %x to %x", src, dst)
	}
	if binary.BigEndian.Uint16(udp) != 67 || binary.BigEndian.Uint16(udp[2:]) != r.DstPort {
		t.Errorf("ports %x", udp[:4])
	}
	if sum := slowSum(ip); sum != 0xffff {
		t.Errorf("IP checksum is wrong: header sums to %x", sum)
	}
	if sum := slowSum(pseudo(ip, len(udp)), udp); sum != 0xffff || udp[6] == 0 && udp[7] == 0 {
		t.Errorf("UDP checksum is wrong: datagram sums to %x", sum)
	}
	if !bytes.Equal(udp[8:], r.Payload) {
		t.Errorf("payload %q", udp[8:])
	}
}

// TestRaw4KernelTakesReplies has the peer's kernel as judge of the headers, with
// the checksum test that veth pairs leave out switched on.
func TestRaw4KernelTakesReplies(t *testing.T) {
	w := newWire(t)
	var conn net.PacketConn
	err := w.client.Do(func() (err error) {
		if err := verifyChecksums("eth0"); err != nil {
			return err
		}
		conn, err = net.ListenPacket("udp4", "10.0.0.2:68")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s := w.open(OpenRaw4, serverAddr, Options{})
	for length := range 300 {
		payload := bytes.Repeat([]byte{0xfe}, length)
		if err := s.Send([]Reply4{{Payload: payload, Dst: clientAddr, DstPort: 68, DstMAC: w.clientMAC}}); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 2000)
		conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		n, from, err := conn.ReadFrom(buf)
		if err != nil || !bytes.Equal(buf[:n], payload) || from.String() != "10.0.0.1:67" {
			t.Fatalf("length %d: %d bytes from %v, %v", length, n, from, err)
		}
	}
}

func TestRaw4TooLarge(t *testing.T) {
	w := newWire(t)
	s := w.open(OpenRaw4, serverAddr, Options{Batch: 2})
	reply := func(size int) Reply4 {
		return Reply4{Payload: make([]byte, size), Dst: clientAddr, DstPort: 68, DstMAC: w.clientMAC, Err: net.ErrClosed}
	}
	rs := []Reply4{reply(1473), reply(100), reply(70000), reply(101), reply(102)}
	if err := s.Send(rs); err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{unix.EMSGSIZE, nil, unix.EMSGSIZE, nil, nil} {
		if rs[i].Err != want {
			t.Errorf("reply %d of %d bytes: %v, want %v", i, len(rs[i].Payload), rs[i].Err, want)
		}
	}
	for _, size := range []int{100, 101, 102} {
		if frame := w.capture(68); len(frame) != headersLen+size {
			t.Errorf("frame of %d bytes, want payload of %d", len(frame), size)
		}
	}
	if stats := s.(StatsSource).Stats(); stats.Sent != 3 || stats.Unsent != 2 {
		t.Errorf("%+v", stats)
	}
}

func TestRaw4OpensOnALinkThatIsDown(t *testing.T) {
	w := newWire(t)
	w.server.IP(t, "link set eth0 down")
	s := w.open(OpenRaw4, serverAddr, Options{})
	w.server.IP(t, "link set eth0 up")
	w.awaitCarrier()
	w.inject(query{payload: "hello"}.frame())
	if got := receive(t, s, 1); len(got) != 1 {
		t.Error("nothing received once the link was up")
	}
}
