package e2e_test

import (
	"net"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/wire"
)

// Ports other than DHCP's, for relayed traffic.
func TestPorts(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D4.1.3 ports by -p and -P", func(t *testing.T) {
			l := newLAN(t)
			srv := s.prepare(t, l.server)
			config := bareConfig()
			config["interfaces-config"] = object{"interfaces": list{"lo"}, "dhcp-socket-type": "udp"}
			config["subnet4"] = list{object{
				"id": 8, "subnet": farSubnet, "pools": list{object{"pool": farPool}},
				"relay": object{"ip-addresses": list{"127.0.0.1"}},
			}}
			srv.Configure(t, config)
			srv.Flags = []string{"-p", "10067", "-P", "10068"}
			srv.Run(t)
			var relay *net.UDPConn
			if err := l.server.Do(func() (err error) {
				relay, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 10068})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			query := wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("127.0.0.1"))
			if _, err := relay.WriteToUDP(query.ToBytes(), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 10067}); err != nil {
				t.Fatal(err)
			}
			relay.SetReadDeadline(time.Now().Add(5 * time.Second))
			buf := make([]byte, 1500)
			n, _, err := relay.ReadFromUDP(buf)
			if err != nil {
				t.Fatalf("no answer at the port of -P: %v", err)
			}
			if offer, err := dhcpv4.FromBytes(buf[:n]); err != nil || offer.TransactionID != query.TransactionID {
				t.Errorf("not the answer: %v, %v", offer, err)
			}
			for _, wrong := range []string{"0", "65536", "x"} {
				out, err := srv.Command(t, "-c", srv.ConfigFile(), "-p", wrong).CombinedOutput()
				if status, ok := exitStatus(err); !ok || status != 1 {
					t.Errorf("-p %s ended with status %d\n%s", wrong, status, out)
				}
			}
		})
	})
}
