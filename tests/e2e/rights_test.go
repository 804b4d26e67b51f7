package e2e_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/servers"
	"nestor/tests/wire"
)

// unprivileged lets the server run as nobody, under Kea's name, with no more than
// the given capabilities (net_raw and so on).
func (s suite) unprivileged(t *testing.T, srv *server, capabilities ...string) {
	t.Helper()
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Fatalf("setpriv of util-linux: %v", err)
	}
	srv.UnderKeaName(t)
	const nobody = 65534
	for _, name := range []string{servers.WorkDir(), srv.Dir, srv.ConfigFile()} {
		if err := os.Chown(name, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	srv.Through = []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"}
	set := "-all"
	for _, c := range capabilities {
		set += ",+" + c
	}
	for _, kind := range []string{"inh-caps", "ambient-caps", "bounding-set"} {
		srv.Through = append(srv.Through, "--"+kind+"="+set)
	}
}

// wantRights compares the running server's user and capabilities.
func wantRights(t *testing.T, srv *server, capabilities string) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", srv.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Uid:\t65534", "CapEff:\t" + capabilities} {
		if !strings.Contains(string(status), want) {
			t.Errorf("the server lacks %q:\n%s", want, status)
		}
	}
}

// As Debian's unit has it: not root, two capabilities, a foreground process that
// says nothing to systemd, started under Kea's name with Kea's directories.
func TestUnprivileged(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.8 PL.1.24 runs with two capabilities", func(t *testing.T) {
			l := newLAN(t)
			srv := s.prepare(t, l.server)
			srv.Configure(t, bareConfig())
			s.unprivileged(t, srv, "net_bind_service", "net_raw")
			srv.Run(t)
			st := newStation(t, l)
			st.lease(t, wire.NewMAC())
			wantRights(t, srv, "0000000000002400")
			if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", srv.PID())); err != nil || s.Name == "nestor" && string(name) != "kea-dhcp4\n" {
				t.Errorf("the process is seen as %s (%v)", name, err)
			}
			srv.Signal(syscall.SIGHUP)
			srv.Logged(t, "DHCP4_DYNAMIC_RECONFIGURATION_SUCCESS")
			st.lease(t, wire.NewMAC())
			if status := srv.Stop(t); status != 0 {
				t.Errorf("exit status %d", status)
			}
		})
	})
}

// With UDP sockets the server needs the right to the port only, and none at a
// port that is everybody's, to which a packet filter may redirect what relays send.
func TestUnprivilegedUDP(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		for _, c := range []struct {
			fact         string
			port         int
			capabilities []string
			effective    string
		}{
			{"PL.1.24 no right to raw sockets for udp", 67, []string{"net_bind_service"}, "0000000000000400"},
			{"PL.1.25 no right at all for another port", 10067, nil, "0000000000000000"},
		} {
			s.fact(t, c.fact, func(t *testing.T) {
				l := newLAN(t)
				srv := s.prepare(t, l.server)
				srv.Configure(t, bareConfig().With(object{
					"interfaces-config": object{"interfaces": list{"lo/127.0.0.1"}, "dhcp-socket-type": "udp"},
					"subnet4": list{object{
						"id": 8, "subnet": farSubnet, "pools": list{object{"pool": farPool}},
						"relay": object{"ip-addresses": list{"127.0.0.2"}},
					}},
				}))
				s.unprivileged(t, srv, c.capabilities...)
				srv.Flags = []string{"-p", fmt.Sprint(c.port)}
				srv.Run(t)
				wantRights(t, srv, c.effective)
				var relay *net.UDPConn
				if err := l.server.Do(func() (err error) {
					relay, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 67})
					return err
				}); err != nil {
					t.Fatal(err)
				}
				defer relay.Close()
				query := wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("127.0.0.2"))
				if _, err := relay.WriteToUDP(query.ToBytes(), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: c.port}); err != nil {
					t.Fatal(err)
				}
				relay.SetReadDeadline(time.Now().Add(5 * time.Second))
				buf := make([]byte, 1500)
				n, _, err := relay.ReadFromUDP(buf)
				if err != nil {
					t.Fatalf("no answer at the relay: %v\n%s", err, srv.Log())
				}
				if offer, err := dhcpv4.FromBytes(buf[:n]); err != nil || offer.TransactionID != query.TransactionID {
					t.Errorf("not the answer: %v, %v", offer, err)
				}
			})
		}
	})
}
