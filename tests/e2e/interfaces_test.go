package e2e_test

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"

	"nestor/tests/netns"
)

// Two wires, eth0 with 10.0.0.1 and eth1 with 10.2.0.1: on which of them does
// the server answer?
func TestInterfaces(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		first, second := newLAN(t), netns.New(t)
		netns.Veth(t, first.server, "eth1", "10.2.0.1/24", second, "eth0", "")
		first.server.IP(t, "addr add 10.2.0.2/24 dev eth1")
		st0 := newStation(t, first)
		mac1, err := net.ParseMAC(first.server.MAC(t, "eth1"))
		if err != nil {
			t.Fatal(err)
		}
		st1 := &station{wire: tap(t, second, "eth0"), serverMAC: mac1}
		config := func(interfaces ...any) object {
			return bareConfig().with(object{
				"interfaces-config": object{"interfaces": list(interfaces)},
				"subnet4": list{
					object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}},
					object{"id": 9, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.100 - 10.2.0.119"}}},
				},
			})
		}
		srv := s.start(t, first.server, config("eth0"))
		reload := func(interfaces ...any) {
			srv.configure(t, config(interfaces...))
			if result, text, _ := srv.call(t, "config-reload", nil); result != 0 {
				t.Fatalf("config-reload with %v: %s", interfaces, text)
			}
		}
		// to1 is a DISCOVER by unicast to an address of eth1.
		to1 := func(address string) query {
			q := discover(newMAC())
			q.src, q.dst = port("10.2.0.50", 68), port(address, 67)
			return q
		}
		answered := func(st *station, q query) int {
			n := st.put(t, q)
			// What comes to an interface that is served is answered in order; on
			// the other wire wait for what the first one answers.
			st0.ask(t, discover(newMAC()))
			answers := 0
			for i, f := range st.seen() {
				if i >= n && f.msg.OpCode == dhcpv4.OpcodeBootReply && f.msg.TransactionID == q.msg.TransactionID {
					answers++
				}
			}
			return answers
		}

		t.Run("one interface by name", func(t *testing.T) {
			st0.ask(t, discover(newMAC()))
			if answered(st1, discover(newMAC())) != 0 {
				t.Error("answers on eth1, though only eth0 is named")
			}
		})
		s.fact(t, "D4.8.2 all, by name, by address", func(t *testing.T) {
			reload("*")
			st0.ask(t, discover(newMAC()))
			st1.ask(t, discover(newMAC()))
			reload("eth0", "eth1")
			st1.ask(t, to1("10.2.0.1"))
			st1.ask(t, to1("10.2.0.2"))
			reload("eth0", "eth1/10.2.0.1")
			st1.ask(t, to1("10.2.0.1"))
			if answered(st1, to1("10.2.0.2")) != 0 {
				t.Error("answers at 10.2.0.2, though only eth1/10.2.0.1 is named")
			}
			reload("eth0", "eth1/10.2.0.1", "eth1/10.2.0.2")
			st1.ask(t, to1("10.2.0.1"))
			st1.ask(t, to1("10.2.0.2"))
		})
		s.fact(t, "D4.8.3 * beside names", func(t *testing.T) {
			reload("eth0", "*")
			st1.ask(t, discover(newMAC()))
		})
		s.fact(t, "D4.8.7 several addresses, one answer", func(t *testing.T) {
			reload("eth0", "eth1")
			q := discover(newMAC())
			st1.ask(t, q)
			st0.ask(t, discover(newMAC()))
			if n := st1.count(func(f *frame) bool {
				return f.msg.OpCode == dhcpv4.OpcodeBootReply && f.msg.TransactionID == q.msg.TransactionID
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
		s.start(t, l.server, config)
		st := newStation(t, l)
		// The relay's address must be reachable: replies go the kernel's way.
		relay := newMAC()
		l.server.IP(t, "neigh replace 10.0.0.2 lladdr "+relay.String()+" nud permanent dev eth0")
		l.server.IP(t, "route add 10.1.0.0/24 via 10.0.0.2")
		viaRelay := func() query {
			q := throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1")))
			q.from = relay
			return q
		}
		s.fact(t, "D4.8.8 relayed traffic only", func(t *testing.T) {
			st.ask(t, viaRelay()).wantTo(t, "10.1.0.1:67", relay)
			direct := discover(newMAC())
			n := st.put(t, direct)
			st.ask(t, viaRelay())
			if f := st.answer(n, direct); f != nil {
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
				return bareConfig().with(object{
					"interfaces-config": object{"interfaces": list{"lo"}, "dhcp-socket-type": socketType},
				})
			}
			srv := s.start(t, ns, config("udp"))
			var conn net.PacketConn
			if err := ns.Do(func() (err error) {
				conn, err = net.ListenPacket("udp4", "127.0.0.1:67")
				return err
			}); err == nil {
				conn.Close()
				t.Error("port 67 of the loopback is free: the server does not listen there")
			}
			srv.stop(t)

			srv.configure(t, config("raw"))
			out, err := srv.command(t, "-t", srv.configFile()).CombinedOutput()
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
			return bareConfig().with(object{
				"interfaces-config": interfaces.with(more),
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
			srv := s.start(t, l.server, config(object{"service-sockets-require-all": false}))
			srv.logged(t, "10.2.0.1")
			if !portTaken(t, l.server, "10.0.0.1:67") {
				t.Error("eth0 is not served")
			}
			srv.stop(t)
			srv.configure(t, config(object{"service-sockets-require-all": true}))
			cmd := srv.command(t, "-c", srv.configFile())
			err := cmd.Run()
			if status, ok := exitStatus(err); !ok || status == 0 {
				t.Errorf("a start that needs every socket ended with %v", err)
			}
		})
		s.fact(t, "D4.8.14 D4.8.15 retries", func(t *testing.T) {
			l, conn := taken(t)
			srv := s.start(t, l.server, config(object{
				"service-sockets-max-retries": 3, "service-sockets-retry-wait-time": 200,
			}))
			conn.Close()
			srv.logged(t, "DHCPSRV_OPEN_SOCKET_FAIL")
			eventually(t, retryLimit, "eth1 is opened by a retry", func() bool { return portTaken(t, l.server, "10.2.0.1:67") })
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
			s.start(t, l.server, bareConfig())
			st := newStation(t, l)
			st.ask(t, discover(newMAC()))
			l.server.IP(t, "link set eth0 down")
			l.server.IP(t, "link set eth0 up")
			eventually(t, retryLimit, "an answer after the link came back", func() bool {
				q := discover(newMAC())
				n := st.put(t, q)
				for range 20 {
					if st.answer(n, q) != nil {
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
			config := bareConfig().with(object{"interfaces-config": object{"interfaces": list{"*"}, "re-detect": true}})
			config["subnet4"] = append(config["subnet4"].(list), object{
				"id": 9, "subnet": "10.2.0.0/24", "pools": list{object{"pool": "10.2.0.100 - 10.2.0.119"}},
			})
			srv := s.start(t, l.server, config)
			netns.Veth(t, l.server, "eth1", "10.2.0.1/24", later, "eth0", "")
			st := &station{wire: tap(t, later, "eth0")}
			named := config.with(object{"interfaces-config": object{"interfaces": list{"eth1"}, "re-detect": true}})
			if result, text, _ := srv.call(t, "config-test", object{"Dhcp4": named}); result == 0 {
				t.Errorf("config-test has looked for interfaces anew: %s", text)
			}
			srv.configure(t, named)
			if err := srv.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			eventually(t, retryLimit, "eth1 is served after SIGHUP", func() bool {
				q := discover(newMAC())
				n := st.put(t, q)
				unix.Nanosleep(&unix.Timespec{Nsec: 50_000_000}, nil)
				return st.answer(n, q) != nil
			})
		})
	})
}
