package netio

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/tests/netns"
)

var (
	group6        = netip.MustParseAddr("ff02::1:2")
	serverGlobal6 = netip.MustParseAddr("2001:db8::1")
	clientGlobal6 = netip.MustParseAddr("2001:db8::2")
)

// wire6 is a veth cable with global and link-local IPv6 addresses on both ends.
type wire6 struct {
	t              testing.TB
	server, client *netns.NS
	iface          Interface
	serverLink     netip.Addr
	clientLink     netip.Addr
	clientZone     string // by number: package net looks names up in its own namespace
}

func newWire6(t testing.TB) *wire6 {
	t.Helper()
	w := &wire6{t: t, server: netns.New(t), client: netns.New(t)}
	netns.Veth(t, w.server, "eth0", "", w.client, "eth0", "")
	w.server.IP(t, "addr add 2001:db8::1/64 dev eth0 nodad")
	w.client.IP(t, "addr add 2001:db8::2/64 dev eth0 nodad")
	w.iface, w.serverLink = w.settled(w.server)
	client, link := w.settled(w.client)
	w.clientLink, w.clientZone = link, strconv.Itoa(client.Index)
	return w
}

// settled waits until the kernel has checked the link-local address of eth0.
func (w *wire6) settled(ns *netns.NS) (Interface, netip.Addr) {
	w.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var found []Interface
		if err := ns.Do(func() (err error) { found, err = Detect(); return err }); err != nil {
			w.t.Fatal(err)
		}
		for _, i := range found {
			for _, a := range i.Addrs6 {
				if i.Name == "eth0" && a.Addr.IsLinkLocalUnicast() && !a.Tentative {
					return i, a.Addr
				}
			}
		}
	}
	w.t.Fatal("no link-local address within 10 s")
	return Interface{}, netip.Addr{}
}

func (w *wire6) open(open func() (Socket6, error)) Socket6 {
	w.t.Helper()
	var s Socket6
	if err := w.server.Do(func() (err error) { s, err = open(); return err }); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	return s
}

// listen opens the client's socket.
func (w *wire6) listen(addr netip.Addr, port int) *net.UDPConn {
	w.t.Helper()
	var conn *net.UDPConn
	err := w.client.Do(func() (err error) {
		conn, err = net.ListenUDP("udp6", &net.UDPAddr{IP: addr.AsSlice(), Port: port, Zone: w.zoneOf(addr)})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	return conn
}

func (w *wire6) zoneOf(a netip.Addr) string {
	if a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() {
		return w.clientZone
	}
	return ""
}

func (w *wire6) send(conn *net.UDPConn, to netip.Addr, text string) {
	w.t.Helper()
	err := w.client.Do(func() error {
		_, err := conn.WriteToUDP([]byte(text), &net.UDPAddr{IP: to.AsSlice(), Port: 547, Zone: w.zoneOf(to)})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// receive6 returns the next datagram, or fails the test after two seconds.
func receive6(t *testing.T, s Socket6) Datagram6 {
	t.Helper()
	ds := make([]Datagram6, 1)
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		n, err := s.Recv(ds)
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			return ds[0]
		}
	}
	t.Fatal("nothing was received")
	return Datagram6{}
}

func TestUDP6(t *testing.T) {
	w := newWire6(t)
	global := w.open(func() (Socket6, error) { return OpenUDP6(w.iface, serverGlobal6, 547, Options{}) })
	link := w.open(func() (Socket6, error) { return OpenUDP6(w.iface, w.serverLink, 547, Options{}) })
	group := w.open(func() (Socket6, error) { return OpenMulticast6(w.iface, group6, w.serverLink, 547, Options{}) })
	fromLink, fromGlobal := w.listen(w.clientLink, 546), w.listen(clientGlobal6, 546)
	for _, c := range []struct {
		name          string
		client        *net.UDPConn
		src, to, from netip.Addr
		socket        Socket6
	}{
		{"D6.3.5 client to the servers' group", fromLink, w.clientLink, group6, w.serverLink, group},
		{"D6.3.5 unicast to the link-local address", fromLink, w.clientLink, w.serverLink, w.serverLink, link},
		{"D6.3.6 unicast to a global address", fromGlobal, clientGlobal6, serverGlobal6, serverGlobal6, global},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.send(c.client, c.to, "query")
			d := receive6(t, c.socket)
			if string(d.Payload) != "query" || d.SrcPort != 546 || d.IfIndex != w.iface.Index ||
				d.Src != c.src.As16() || d.Dst != c.to.As16() {
				t.Fatalf("received %+v", d)
			}
			rs := []Reply6{{Payload: []byte("one"), Dst: d.Src, DstPort: 546, IfIndex: d.IfIndex}, {Payload: []byte("two"), Dst: d.Src, DstPort: 546}}
			if err := c.socket.Send(rs); err != nil || rs[0].Err != nil || rs[1].Err != nil {
				t.Fatalf("send: %v, %v, %v", err, rs[0].Err, rs[1].Err)
			}
			for _, want := range []string{"one", "two"} {
				buf := make([]byte, 100)
				c.client.SetReadDeadline(time.Now().Add(2 * time.Second))
				n, from, err := c.client.ReadFromUDPAddrPort(buf)
				if err != nil || string(buf[:n]) != want {
					t.Fatalf("client got %q, %v; want %q", buf[:n], err, want)
				}
				if from.Port() != 547 || from.Addr().WithZone("") != c.from {
					t.Errorf("the reply comes from %s, want %s port 547", from, c.from)
				}
			}
		})
	}
}

func TestUDP6Apart(t *testing.T) {
	w := newWire6(t)
	w.open(func() (Socket6, error) { return OpenMulticast6(w.iface, group6, w.serverLink, 547, Options{}) })
	err := w.server.Do(func() error {
		_, err := OpenMulticast6(w.iface, group6, w.serverLink, 547, Options{})
		return err
	})
	if !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("a second socket for the same group and interface: %v, want EADDRINUSE", err)
	}
	netns.Veth(t, w.server, "eth1", "", w.client, "eth1", "")
	err = w.server.Do(func() error {
		other, err := net.InterfaceByName("eth1")
		if err != nil {
			return err
		}
		s, err := OpenMulticast6(Interface{Name: "eth1", Index: other.Index, MTU: 1500}, group6, w.serverLink, 547, Options{})
		if err == nil {
			s.Close()
		}
		return err
	})
	if err != nil {
		t.Errorf("the same group on another interface: %v", err)
	}
	err = w.server.Do(func() error {
		_, err := OpenUDP6(w.iface, netip.MustParseAddr("2001:db8::99"), 547, Options{})
		return err
	})
	if !errors.Is(err, unix.EADDRNOTAVAIL) {
		t.Errorf("an address that the interface lacks: %v, want EADDRNOTAVAIL", err)
	}
}

func TestUDP6Stops(t *testing.T) {
	w := newWire6(t)
	s := w.open(func() (Socket6, error) { return OpenUDP6(w.iface, serverGlobal6, 547, Options{}) })
	s.Stop()
	if _, err := s.Recv(make([]Datagram6, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Stop: %v, want net.ErrClosed", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Send([]Reply6{{}}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("send after Close: %v, want net.ErrClosed", err)
	}
}
