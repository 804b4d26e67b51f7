package dhcp6

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/dhcp4o6"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// over4Server is a server on the loopback whose client and whose DHCPv4 server are the
// test.
type over4Server struct {
	t      *testing.T
	srv    *Server
	log    syncedText
	port   uint16 // dhcp4o6-port
	client *net.UDPConn
	server *net.UDPAddr
	v4     *net.UDPConn
}

// syncedText is a log that is read while others write it.
type syncedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *syncedText) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *syncedText) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// speaker is a UDP socket at a port of ::1, 0: any.
func speaker(t *testing.T, port uint16) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback, Port: int(port)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func portOf(c *net.UDPConn) uint16 { return uint16(c.LocalAddr().(*net.UDPAddr).Port) }

// portPair finds two consecutive free ports of ::1.
func portPair(t *testing.T) uint16 {
	t.Helper()
	for range 50 {
		c, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
		if err != nil {
			t.Fatal(err)
		}
		port := portOf(c)
		c.Close()
		if next, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback, Port: int(port) + 1}); err == nil {
			next.Close()
			return port
		}
	}
	t.Fatal("no two free ports")
	return 0
}

// newOver4Server starts a server; without a DHCPv4 server unless attend is called.
func newOver4Server(t *testing.T) *over4Server {
	t.Helper()
	s := &over4Server{t: t, port: portPair(t), client: speaker(t, 0)}
	sys := logging.New("kea-dhcp6")
	sys.SetConsole(&s.log, &s.log)
	probe := speaker(t, 0)
	port := portOf(probe)
	probe.Close()
	s.server = &net.UDPAddr{IP: net.IPv6loopback, Port: int(port)}
	s.srv = New(Options{
		Log: sys, DataDir: t.TempDir(), LFCProgram: "/bin/true", ServerPort: port, ClientPort: portOf(s.client),
	})
	t.Cleanup(func() { s.srv.Close() })
	s.configure(s.port)
	return s
}

// conf is a configuration with a port for the DHCPv4 server.
func (s *over4Server) conf(port uint16) string {
	return fmt.Sprintf(`"dhcp4o6-port": %d, "interfaces-config": { "interfaces": [ "lo/::1" ] },
		"loggers": [ { "name": "kea-dhcp6", "severity": "DEBUG", "debuglevel": 99, "output_options": [ { "output": "stdout" } ] } ],
		"client-classes": [ { "name": "DROP", "test": "option[16].exists" } ],
		"lease-database": { "type": "memfile", "persist": false }, "subnet6": [ { "id": 1, "subnet": "::/64", "interface": "lo",
		"pools": [ { "pool": "::1:0/112" } ] } ]`, port)
}

func (s *over4Server) configure(port uint16) {
	s.t.Helper()
	cfg := parse(s.t, s.conf(port))
	if err := s.srv.opts.Log.Configure(cfg.Loggers, false); err != nil {
		s.t.Fatal(err)
	}
	if err := s.srv.Configure(context.Background(), cfg); err != nil {
		s.t.Fatal(err)
	}
	s.srv.timers.Stop()
}

// attend lets the test be the DHCPv4 server.
func (s *over4Server) attend(port uint16) {
	s.t.Helper()
	if s.v4 != nil {
		s.v4.Close()
	}
	s.v4 = speaker(s.t, port+1)
}

func (s *over4Server) send(raw []byte) {
	s.t.Helper()
	if _, err := s.client.WriteTo(raw, s.server); err != nil {
		s.t.Fatal(err)
	}
}

const (
	soon    = 5 * time.Second
	silence = 200 * time.Millisecond
)

// heard is what arrives at a socket within a time, nil if nothing does.
func heard(t *testing.T, c *net.UDPConn, wait time.Duration) []byte {
	t.Helper()
	b := make([]byte, 1<<16)
	c.SetReadDeadline(time.Now().Add(wait))
	n, _, err := c.ReadFromUDP(b)
	if err != nil {
		return nil
	}
	return b[:n]
}

// passedOn sends a query and returns it as it comes to the DHCPv4 server.
func (s *over4Server) passedOn(raw []byte) (*dhcp4o6.Message, []byte) {
	s.t.Helper()
	s.send(raw)
	b := heard(s.t, s.v4, soon)
	m := &dhcp4o6.Message{}
	if err := m.Parse(b); err != nil {
		s.t.Fatalf("% x: %v\n%s", b, err, s.log.String())
	}
	return m, b
}

// answer makes a DHCPV4-RESPONSE to a query that was passed on.
func response(m *dhcp4o6.Message, content string) []byte {
	var r dhcp4o6.Response
	return r.AppendTo(nil, m, []byte(content))
}

// tell sends something as the DHCPv4 server.
func (s *over4Server) tell(port uint16, raw []byte) {
	s.t.Helper()
	if _, err := s.v4.WriteTo(raw, &net.UDPAddr{IP: net.IPv6loopback, Port: int(port)}); err != nil {
		s.t.Fatal(err)
	}
}

// serves reports whether a query comes to the DHCPv4 server and its answer back.
func (s *over4Server) serves(port uint16) bool {
	s.t.Helper()
	s.send(v4query("hello"))
	b := heard(s.t, s.v4, soon)
	var m dhcp4o6.Message
	if m.Parse(b) != nil {
		return false
	}
	s.tell(port, response(&m, "reply"))
	got := heard(s.t, s.client, soon)
	var back pkt6.Message
	return back.Parse(got) == nil && string(back.Option(pkt6.OptDHCPv4Message)) == "reply"
}

// v4query is a DHCPV4-QUERY with flag and contents.
func v4query(content string, options ...[]byte) []byte {
	return slices.Concat(append([][]byte{{pkt6.MsgDHCPv4Query, 0x80, 0, 7}, opt(pkt6.OptDHCPv4Message, []byte(content)...)}, options...)...)
}

func (s *over4Server) stat(name string) int64 { return s.srv.Statistics().Lazy(name).Value() }

func TestOver4(t *testing.T) {
	s := newOver4Server(t)
	s.attend(s.port)
	here := netip.IPv6Loopback().As16()
	t.Run("D6.23.2 a query goes on with its origin and an answer back without", func(t *testing.T) {
		m, raw := s.passedOn(v4query("hello", opt(pkt6.OptClientID, duidOf(1)...)))
		if string(m.Origin.Interface) != "lo" || m.Origin.Addr != here || m.Origin.Port != portOf(s.client) {
			t.Errorf("origin is %s, %v, %d", m.Origin.Interface, ip6(m.Origin.Addr), m.Origin.Port)
		}
		v4, err := m.DHCPv4()
		if err != nil || string(v4) != "hello" || m.Type() != pkt6.MsgDHCPv4Query || m.XID() != 0x800007 || !m.Has(pkt6.OptClientID) {
			t.Errorf("passed on was % x, %v", raw, err)
		}
		s.tell(s.port, response(m, "reply"))
		want := append([]byte{pkt6.MsgDHCPv4Response, 0x80, 0, 7}, opt(pkt6.OptDHCPv4Message, []byte("reply")...)...)
		if got := heard(t, s.client, soon); !bytes.Equal(got, want) {
			t.Errorf("answered with % x, want % x", got, want)
		}
	})
	t.Run("relayed", func(t *testing.T) {
		for _, port := range []bool{false, true} { // the relay's own, RFC 8357
			query := relay("2001:db8::1", v4query("hello"), opt(pkt6.OptInterfaceID, 'p'))
			if port {
				query = relay("2001:db8::1", v4query("hello"), opt(pkt6.OptInterfaceID, 'p'), opt(pkt6.OptRelayPort, 0, 0))
			}
			m, _ := s.passedOn(query)
			s.tell(s.port, response(m, "reply"))
			var back pkt6.Message
			if err := back.Parse(heard(t, s.client, soon)); err != nil || len(back.Relays()) != 1 || back.Relays()[0].Type != pkt6.MsgRelayReply {
				t.Fatalf("relay port %t: no answer through the relay: %v", port, err)
			}
			if id, _ := back.RelayOption(pkt6.OptInterfaceID); string(id) != "p" {
				t.Errorf("interface-id %q", id)
			}
		}
	})
	t.Run("D6.23.3 clients are told where to send them", func(t *testing.T) {
		ts := newTestServer(t, `"option-data": [ { "name": "dhcp4o6-server-addr", "data": "2001:db8:1::1" } ], `+plain)
		want := ip("2001:db8:1::1")
		if a := ts.one(query(pkt6.MsgInformationRequest, 1, oro(88))); a == nil || !bytes.Equal(a.Option(88), want[:]) {
			t.Errorf("answered with %v", a)
		}
	})
	t.Run("statistics", func(t *testing.T) {
		for name, want := range map[string]int64{
			"pkt6-received": 3, "pkt6-dhcpv4-query-received": 3, "pkt6-dhcpv4-response-sent": 3, "pkt6-sent": 3, "pkt6-receive-drop": 0,
		} {
			for end := time.Now().Add(soon); s.stat(name) != want; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("%s is %d, want %d", name, s.stat(name), want)
				}
			}
		}
	})
	t.Run("the log", func(t *testing.T) {
		for _, text := range []string{
			"DHCP6_DHCP4O6_RECEIVING receiving DHCPv4o6 packet from DHCPv4 server",
			fmt.Sprintf("DHCP6_DHCP4O6_PACKET_RECEIVED received DHCPv4o6 packet from DHCPv4 server (type 21) for ::1 port %d on interface lo", portOf(s.client)),
		} {
			if !strings.Contains(s.log.String(), text) {
				t.Errorf("%s is not in the log", text)
			}
		}
	})
	t.Run("dropped before", func(t *testing.T) {
		dropped := s.stat("pkt6-receive-drop")
		id := opt(pkt6.OptClientID, duidOf(1)...)
		s.send(v4query("x", id, id))
		s.send(v4query("x", opt(pkt6.OptServerID, 0, 2, 0, 0, 9, 0xbf, 9)))
		s.send(v4query("x", opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x')))
		if b := heard(t, s.v4, silence); b != nil {
			t.Errorf("passed on was % x", b)
		}
		if n := s.stat("pkt6-receive-drop") - dropped; n != 3 {
			t.Errorf("pkt6-receive-drop rose by %d, want 3", n)
		}
	})
}

// What a stranger in the place of the DHCPv4 server sends reaches no client unless it
// is an answer.
func TestOver4Answers(t *testing.T) {
	s := newOver4Server(t)
	s.attend(s.port)
	m, raw := s.passedOn(v4query("hello"))
	relayed, _ := s.passedOn(relay("2001:db8::1", v4query("hello")))
	good := response(m, "reply")
	m.Origin.Interface = []byte("eth9")
	nowhere := response(m, "reply")
	backwards := response(relayed, "reply")
	backwards[0] = pkt6.MsgRelayForward
	for name, c := range map[string]struct {
		raw    []byte
		logged string
	}{
		"empty":                          {nil, "DHCP6_DHCP4O6_RECEIVE_FAIL"},
		"shorter than a header":          {good[:3], "DHCP6_DHCP4O6_RECEIVE_FAIL"},
		"our own query come back":        {raw, "DHCP6_DHCP4O6_RECEIVE_FAIL failed to receive DHCPv4o6: message of type 20"},
		"a reply of DHCPv6":              {append([]byte{pkt6.MsgReply}, good[1:]...), "message of type 7"},
		"an answer in a query of relays": {backwards, "inside a message of type 12"},
		"no origin":                      {[]byte{pkt6.MsgDHCPv4Response, 0, 0, 0}, "DHCPSRV_DHCP4O6_RECEIVED_BAD_PACKET received bad DHCPv4o6 packet: no ISC vendor option"},
		"an interface without a socket":  {nowhere, "DHCP6_PACKET_SEND_FAIL"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.log.String())
			s.tell(s.port, c.raw)
			if b := heard(t, s.client, silence); b != nil {
				t.Errorf("the client got % x", b)
			}
			if text := s.log.String()[before:]; !strings.Contains(text, c.logged) {
				t.Errorf("%s is not in the log:\n%s", c.logged, text)
			}
		})
	}
	t.Run("D6.23.1 from another port", func(t *testing.T) {
		if _, err := speaker(t, 0).WriteTo(good, &net.UDPAddr{IP: net.IPv6loopback, Port: int(s.port)}); err != nil {
			t.Fatal(err)
		}
		if b := heard(t, s.client, silence); b != nil {
			t.Errorf("the client got % x", b)
		}
	})
	if n := s.stat("pkt6-sent"); n != 0 {
		t.Errorf("pkt6-sent is %d", n)
	}
	s.tell(s.port, good)
	if heard(t, s.client, soon) == nil {
		t.Error("a good answer does not come through after all that")
	}
}

// Without a DHCPv4 server the log says so, once, and nothing is lost when it comes.
func TestOver4Alone(t *testing.T) {
	s := newOver4Server(t)
	for range 5 {
		s.send(v4query("hello"))
		time.Sleep(20 * time.Millisecond)
	}
	text := fmt.Sprintf("DHCP6_DHCP4O6_SEND_FAIL failed to send DHCPv4o6 packet: nobody listens on ::1 port %d", s.port+1)
	for end := time.Now().Add(soon); !strings.Contains(s.log.String(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say that nobody is there:\n%s", s.log.String())
		}
	}
	if n := strings.Count(s.log.String(), text); n != 1 {
		t.Errorf("the log says so %d times", n)
	}
	s.attend(s.port)
	for range 5 {
		if !s.serves(s.port) {
			t.Fatalf("a query is lost\n%s", s.log.String())
		}
	}
}

// A DHCPv4 server that takes nothing in holds nobody else up.
func TestOver4NeverWaits(t *testing.T) {
	s := newOver4Server(t)
	s.attend(s.port)
	if err := s.v4.SetReadBuffer(1); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	big := v4query(strings.Repeat("x", 1000))
	for range 3000 {
		s.send(big)
	}
	s.send(query(pkt6.MsgInformationRequest, 1))
	s.send(query(pkt6.MsgRenew, 1, na(1)))
	var m pkt6.Message
	if err := m.Parse(heard(t, s.client, soon)); err != nil || m.Type() != pkt6.MsgReply {
		t.Errorf("no answer to another client: %v", err)
	}
	if took := time.Since(begun); took > soon {
		t.Errorf("it took %v", took)
	}
}

func TestOver4Link(t *testing.T) {
	s := newOver4Server(t)
	s.attend(s.port)
	first := s.port
	t.Run("D6.23.1 speaks from the port to the one behind it", func(t *testing.T) {
		if !s.serves(first) {
			t.Fatal("no answer")
		}
	})
	t.Run("is kept by a configuration with the same port", func(t *testing.T) {
		sock := s.srv.over4.Load()
		s.configure(first)
		if s.srv.over4.Load() != sock || !s.serves(first) {
			t.Error("the socket was opened anew")
		}
	})
	t.Run("a port in use is an error, the former goes on", func(t *testing.T) {
		taken := portPair(t)
		speaker(t, taken)
		err := s.srv.Configure(context.Background(), parse(t, s.conf(taken)))
		if err == nil || !strings.Contains(err.Error(), "dhcp4o6-port") {
			t.Errorf("error is %v", err)
		}
		if !s.serves(first) {
			t.Error("no answer after it")
		}
	})
	t.Run("moves to another port", func(t *testing.T) {
		second := portPair(t)
		s.configure(second)
		s.attend(second)
		if !s.serves(second) {
			t.Error("no answer on the new port")
		}
		speaker(t, first) // is free again
	})
	t.Run("D6.23.1 0 is off", func(t *testing.T) {
		s.configure(0)
		if s.srv.over4.Load() != nil || s.serves(s.port) {
			t.Error("it is on")
		}
		if !strings.Contains(s.log.String(), "DHCP6_DHCP4O6_OFF") || s.stat("pkt6-receive-drop") != 0 {
			t.Errorf("pkt6-receive-drop is %d; log %s", s.stat("pkt6-receive-drop"), s.log.String())
		}
	})
}

// The socket of the right interface sends, with an address of the destination's scope
// if there is one.
func TestOver4Sender(t *testing.T) {
	key := func(name, addr string, group bool) socketKey {
		return socketKey{name: name, addr: netip.MustParseAddr(addr), group: group}
	}
	keys := []socketKey{
		key("eth0", "fe80::1", true), key("eth0", "fe80::1", false), key("eth0", "2001:db8::1", false), key("eth1", "fe80::2", true),
	}
	for _, c := range []struct{ iface, dst, want string }{
		{"eth0", "fe80::99", "fe80::1"},
		{"eth0", "2001:db8::99", "2001:db8::1"},
		{"eth1", "2001:db8::99", "fe80::2"},
		{"eth2", "fe80::99", ""},
	} {
		best, rank := "", 0
		for _, k := range keys {
			if r := k.suits([]byte(c.iface), ip(c.dst)); r > rank {
				best, rank = k.addr.String(), r
			}
		}
		if best != c.want {
			t.Errorf("to %s by %s from %q, want %q", c.dst, c.iface, best, c.want)
		}
	}
	if keys[1].suits([]byte("eth0"), ip("fe80::99")) <= keys[0].suits([]byte("eth0"), ip("fe80::99")) {
		t.Error("the socket of the group is preferred")
	}
}

func TestOver4Allocations(t *testing.T) {
	s := newOver4Server(t)
	cfg := parse(t, s.conf(s.port))
	cfg.Loggers[0].Severity = "ERROR"
	if err := s.srv.opts.Log.Configure(cfg.Loggers, false); err != nil {
		t.Fatal(err)
	}
	l := newLoop(s.srv, &fakeSocket{addr: netip.IPv6Loopback(), name: "lo", index: 1}, packetloop.BatchSize)
	raw := relay("2001:db8::1", v4query("hello", opt(pkt6.OptClientID, duidOf(1)...)))
	s.attend(s.port)
	ds := make([]netio.Datagram6, 1)
	if n := testing.AllocsPerRun(100, func() {
		ds[0] = netio.Datagram6{Payload: raw, Src: netip.IPv6Loopback().As16(), SrcPort: 546}
		l.Turn(ds)
	}); n != 0 {
		t.Errorf("%v allocations a query", n)
	}
	m, _ := s.passedOn(v4query("hello"))
	back, a := response(m, "reply"), newAnswerer(s.srv)
	if n := testing.AllocsPerRun(100, func() { a.answer(back) }); n != 0 {
		t.Errorf("%v allocations an answer", n)
	}
}

// FuzzOver4 reads what a stranger in the place of the DHCPv4 server sends.
func FuzzOver4(f *testing.F) {
	for _, text := range [][]byte{v4query("x"), relay("2001:db8::1", v4query("x"), opt(pkt6.OptInterfaceID, 'p'))} {
		var q pkt6.Message
		if err := q.Parse(text); err != nil {
			f.Fatal(err)
		}
		b, err := dhcp4o6.AppendQuery(nil, &q, &dhcp4o6.Origin{Interface: []byte("lo"), Port: 546})
		if err != nil {
			f.Fatal(err)
		}
		var m dhcp4o6.Message
		if err := m.Parse(b); err != nil {
			f.Fatal(err)
		}
		f.Add(response(&m, "reply"))
	}
	a := newAnswerer(&Server{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a.read(raw) != nil {
			return
		}
		a.port()
		var m pkt6.Message
		if err := m.Parse(a.out); err != nil || m.Type() != pkt6.MsgDHCPv4Response {
			t.Errorf("the client gets % x: %v", a.out, err)
		}
		for content := range m.Instances(pkt6.OptVendorOpts) {
			if bytes.HasPrefix(content, []byte{0, 0, 9, 0xbf, 0xea, 0x60}) {
				t.Errorf("the client is told where it is: % x", content)
			}
		}
	})
}
