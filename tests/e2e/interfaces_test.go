package e2e_test

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"

	"nestor/tests/netns"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// Two wires, eth0 with 10.0.0.1 and eth1 with 10.2.0.1: on which of them does
// the server answer?
func TestInterfaces(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		first, second := newLAN(t), netns.New(t)
		netns.Veth(t, first.server, "eth1", "10.2.0.1/24", second, "eth0", "")
		first.server.IP(t, "addr add 10.2.0.2/24 dev eth1")
		st0 := newStation(t, first)
		st1 := &station{wire.NewStation(t, second, "eth0", first.server, "eth1")}
		config := func(interfaces ...any) object {
			return bareConfig().With(object{
				"interfaces-config": object{"interfaces": list(interfaces)},
				"subnet4": list{
					object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}},
					object{"id": 9, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.100 - 10.2.0.119"}}},
				},
			})
		}
		srv := s.Start(t, first.server, config("eth0"))
		reload := func(interfaces ...any) {
			srv.Configure(t, config(interfaces...))
			if result, text, _ := srv.Call(t, "config-reload", nil); result != 0 {
				t.Fatalf("config-reload with %v: %s", interfaces, text)
			}
		}
		// to1 is a DISCOVER by unicast to an address of eth1.
		to1 := func(address string) wire.Query {
			q := discover(wire.NewMAC())
			q.Src, q.Dst = wire.Port("10.2.0.50", 68), wire.Port(address, 67)
			return q
		}
		answered := func(st *station, q wire.Query) int {
			n := st.Put(t, q)
			// What comes to an interface that is served is answered in order; on
			// the other wire wait for what the first one answers.
			st0.Ask(t, discover(wire.NewMAC()))
			answers := 0
			for i, f := range st.Seen() {
				if i >= n && f.Msg.OpCode == dhcpv4.OpcodeBootReply && f.Msg.TransactionID == q.Msg.TransactionID {
					answers++
				}
			}
			return answers
		}

		t.Run("one interface by name", func(t *testing.T) {
			st0.Ask(t, discover(wire.NewMAC()))
			if answered(st1, discover(wire.NewMAC())) != 0 {
				t.Error("answers on eth1, though only eth0 is named")
			}
		})
		s.fact(t, "D4.8.2 all, by name, by address", func(t *testing.T) {
			reload("*")
			st0.Ask(t, discover(wire.NewMAC()))
			st1.Ask(t, discover(wire.NewMAC()))
			reload("eth0", "eth1")
			st1.Ask(t, to1("10.2.0.1"))
			st1.Ask(t, to1("10.2.0.2"))
			reload("eth0", "eth1/10.2.0.1")
			st1.Ask(t, to1("10.2.0.1"))
			if answered(st1, to1("10.2.0.2")) != 0 {
				t.Error("answers at 10.2.0.2, though only eth1/10.2.0.1 is named")
			}
			reload("eth0", "eth1/10.2.0.1", "eth1/10.2.0.2")
			st1.Ask(t, to1("10.2.0.1"))
			st1.Ask(t, to1("10.2.0.2"))
		})
		s.fact(t, "D4.8.3 * beside names", func(t *testing.T) {
			reload("eth0", "*")
			st1.Ask(t, discover(wire.NewMAC()))
		})
		s.fact(t, "D4.8.7 several addresses, one answer", func(t *testing.T) {
			reload("eth0", "eth1")
			q := discover(wire.NewMAC())
			st1.Ask(t, q)
			st0.Ask(t, discover(wire.NewMAC()))
			if n := st1.Count(func(f *wire.Frame) bool {
				return f.Msg.OpCode == dhcpv4.OpcodeBootReply && f.Msg.TransactionID == q.Msg.TransactionID
			}); n != 1 {
				t.Errorf("one DISCOVER on an interface with two addresses drew %d answers", n)
			}
		})
	})
}

func TestUDPSockets(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		config := bareConfig()
		config["interfaces-config"] = object{"interfaces": list{"eth0"}, "dhcp-socket-type": "udp"}
		s.Start(t, l.server, config)
		st := newStation(t, l)
		// The relay's address must be reachable: replies go the kernel's way.
		relay := wire.NewMAC()
		l.server.IP(t, "neigh replace 10.0.0.2 lladdr "+relay.String()+" nud permanent dev eth0")
		l.server.IP(t, "route add 10.1.0.0/24 via 10.0.0.2")
		viaRelay := func() wire.Query {
			q := throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1")))
			q.From = relay
			return q
		}
		s.fact(t, "D4.8.8 relayed traffic only", func(t *testing.T) {
			st.Ask(t, viaRelay()).WantTo(t, "10.1.0.1:67", relay)
			direct := discover(wire.NewMAC())
			n := st.Put(t, direct)
			st.Ask(t, viaRelay())
			if f := st.Answer(n, direct); f != nil {
				t.Errorf("a broadcast of a direct client was answered: %s", f)
			}
		})
	})
}

// The loopback is served only where it is named, with UDP sockets.
func TestLoopback(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D4.8.12 loopback by name and UDP", func(t *testing.T) {
			ns := netns.New(t)
			config := func(socketType string) object {
				return bareConfig().With(object{
					"interfaces-config": object{"interfaces": list{"lo"}, "dhcp-socket-type": socketType},
				})
			}
			srv := s.Start(t, ns, config("udp"))
			var conn net.PacketConn
			if err := ns.Do(func() (err error) {
				conn, err = net.ListenPacket("udp4", "127.0.0.1:67")
				return err
			}); err == nil {
				conn.Close()
				t.Error("port 67 of the loopback is free: the server does not listen there")
			}
			srv.Stop(t)

			srv.Configure(t, config("raw"))
			out, err := srv.Command(t, "-t", srv.ConfigFile()).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "lo") {
				t.Errorf("raw sockets on the loopback are accepted: %v\n%s", err, out)
			}
		})
	})
}

// What happens when a UDP port is taken.
func TestSocketInUse(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		config := func(more object) object {
			interfaces := object{"interfaces": list{"eth0", "eth1"}, "dhcp-socket-type": "udp"}
			return bareConfig().With(object{
				"interfaces-config": interfaces.With(more),
				"subnet4": list{
					object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}},
					object{"id": 8, "subnet": farSubnet, "pools": list{object{"pool": farPool}}},
				},
			})
		}
		// taken makes a LAN on which somebody else has the port of eth1.
		taken := func(t *testing.T) (*lan, net.PacketConn) {
			l := newLAN(t)
			other := netns.New(t)
			netns.Veth(t, l.server, "eth1", "10.2.0.1/24", other, "eth0", "")
			var conn net.PacketConn
			if err := l.server.Do(func() (err error) {
				conn, err = net.ListenPacket("udp4", "10.2.0.1:67")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			return l, conn
		}
		s.fact(t, "D4.8.13 the rest is served, or nothing", func(t *testing.T) {
			l, _ := taken(t)
			srv := s.Start(t, l.server, config(object{"service-sockets-require-all": false}))
			srv.Logged(t, "10.2.0.1")
			if !portTaken(t, l.server, "10.0.0.1:67") {
				t.Error("eth0 is not served")
			}
			srv.Stop(t)
			srv.Configure(t, config(object{"service-sockets-require-all": true}))
			cmd := srv.Command(t, "-c", srv.ConfigFile())
			err := cmd.Run()
			if status, ok := exitStatus(err); !ok || status == 0 {
				t.Errorf("a start that needs every socket ended with %v", err)
			}
		})
		s.fact(t, "D4.8.14 D4.8.15 retries", func(t *testing.T) {
			l, conn := taken(t)
			srv := s.Start(t, l.server, config(object{
				"service-sockets-max-retries": 3, "service-sockets-retry-wait-time": 200,
			}))
			conn.Close()
			srv.Logged(t, "DHCPSRV_OPEN_SOCKET_FAIL")
			servers.Eventually(t, retryLimit, "eth1 is opened by a retry", func() bool { return portTaken(t, l.server, "10.2.0.1:67") })
		})
	})
}

// portTaken tells whether somebody listens at a UDP address of the namespace.
func portTaken(t *testing.T, ns *netns.NS, address string) bool {
	t.Helper()
	err := ns.Do(func() error {
		conn, err := net.ListenPacket("udp4", address)
		if err == nil {
			conn.Close()
		}
		return err
	})
	if err != nil && !strings.Contains(err.Error(), unix.EADDRINUSE.Error()) {
		t.Fatal(err)
	}
	return err != nil
}

// A link that goes down and up again is served again without a reload.
func TestLinkDownAndUp(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.7 link down and up", func(t *testing.T) {
			l := newLAN(t)
			s.Start(t, l.server, bareConfig())
			st := newStation(t, l)
			st.Ask(t, discover(wire.NewMAC()))
			l.server.IP(t, "link set eth0 down")
			l.server.IP(t, "link set eth0 up")
			servers.Eventually(t, retryLimit, "an answer after the link came back", func() bool {
				q := discover(wire.NewMAC())
				n := st.Put(t, q)
				for range 20 {
					if st.Answer(n, q) != nil {
						return true
					}
					unix.Nanosleep(&unix.Timespec{Nsec: 10_000_000}, nil)
				}
				return false
			})
		})
	})
}

// With re-detect, an interface that appears later is found at the next reload.
func TestReDetect(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D4.8.11 re-detect", func(t *testing.T) {
			l, later := newLAN(t), netns.New(t)
			config := bareConfig().With(object{"interfaces-config": object{"interfaces": list{"*"}, "re-detect": true}})
			config["subnet4"] = append(config["subnet4"].(list), object{
				"id": 9, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.100 - 10.2.0.119"}},
			})
			srv := s.Start(t, l.server, config)
			netns.Veth(t, l.server, "eth1", "10.2.0.1/24", later, "eth0", "")
			st := &station{wire.NewStation(t, later, "eth0", l.server, "eth1")}
			named := config.With(object{"interfaces-config": object{"interfaces": list{"eth1"}, "re-detect": true}})
			if result, text, _ := srv.Call(t, "config-test", object{"Dhcp4": named}); result == 0 {
				t.Errorf("config-test has looked for interfaces anew: %s", text)
			}
			srv.Configure(t, named)
			srv.Signal(syscall.SIGHUP)
			servers.Eventually(t, retryLimit, "eth1 is served after SIGHUP", func() bool {
				q := discover(wire.NewMAC())
				n := st.Put(t, q)
				unix.Nanosleep(&unix.Timespec{Nsec: 50_000_000}, nil)
				return st.Answer(n, q) != nil
			})
		})
	})
}
